"""Functions of ours that a program calls as they are: their source, with all that it refers to."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from .literals import literal
from .surroundings import global_names


class NoSource(Exception):
    """A function whose source is not at hand, or refers to what cannot be written down."""


def helper_sources(function: Callable[..., Any]) -> dict[str, str]:
    """Definitions by name, of a function and of everything that it refers to; what is needed comes first.

    Raises
    ------
    NoSource
        If something has no source: then the function must be given to the program as it is.
    """
    found: dict[str, str] = {}
    define(plain_function(function), found)
    return found


def plain_function(function: Any) -> FunctionType:
    body = inspect.unwrap(function)
    if not isinstance(body, FunctionType) or body.__closure__ or body.__name__ == "<lambda>":
        raise NoSource(function)
    return body


def define(function: FunctionType, found: dict[str, str]) -> None:
    name = function.__name__
    if name in found:
        return
    found[name] = ""  # its place, should it call itself
    for needed in global_names(function.__code__):
        if needed in function.__globals__:
            define_name(needed, function.__globals__[needed], found)
    found[name] = found.pop(name) or bare_source(function)


def define_name(name: str, value: Any, found: dict[str, str]) -> None:
    if isinstance(value, ModuleType):
        if value.__name__ != "numpy" or name != "np":
            found[name] = f"import {value.__name__}" + (f" as {name}" if name != value.__name__ else "")
    elif (text := literal(value)) is not None:
        found[name] = f"{name} = {text}"
    elif callable(value) and plain_function(value).__name__ == name:
        define(plain_function(value), found)
    elif value not in (Any,):
        raise NoSource(name)


def bare_source(function: FunctionType) -> str:
    """The definition without decorators, docstring and type hints."""
    try:
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, SyntaxError, ValueError) as error:
        raise NoSource(function) from error
    if not isinstance(tree, ast.FunctionDef):
        raise NoSource(function)
    tree.decorator_list = []
    for part in ast.walk(tree):
        if isinstance(part, ast.arg):
            part.annotation = None
        elif isinstance(part, ast.FunctionDef):
            part.returns = None
    if ast.get_docstring(tree) and len(tree.body) > 1:
        del tree.body[0]
    return ast.unparse(tree)
