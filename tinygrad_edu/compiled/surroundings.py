"""What a function refers to besides its arguments: names of its module, and variables it closes over."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from functools import lru_cache, partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ..eager import Eager
from ..optim import Optimiser

OURS = __name__.partition(".")[0]
Read = partial[Any]
BY_VALUE = (bool, int, str, float, complex, slice, range, np.generic, np.dtype)

IN_EACH_STEP = ("lr", "steps", "state")
"""The attributes of an optimiser that a compiled step reads by itself at each call."""


class Surroundings:
    """The values that a function, and the functions it refers to, find under the names they use.

    Attributes of objects count as names (``self.rate``); items of lists and dicts, and what objects of other
    libraries hold inside, do not.
    """

    def __init__(self, f: Any) -> None:
        self.reads: dict[tuple[int, str], Read] = {}
        followed: dict[tuple[int, int], Any] = {}
        waiting = [f]
        while waiting:
            g = waiting.pop()
            place = id(plain_function(g)), id(getattr(g, "__self__", g))
            if place not in followed:
                followed[place] = g  # kept, so that no other object gets its id
                waiting += self.follow(g)

    def follow(self, g: Any) -> list[Any]:
        """Enter the names that `g` uses, and return what they stand for."""
        found = []
        for name, read in referred_to(g):
            value = read()
            if not isinstance(value, ModuleType):
                self.reads.setdefault((id(g), name), read)
                found += [value, *methods(value, g)]
                for attribute in attributes(value, g):
                    self.reads.setdefault((id(value), attribute), partial(vars(value).get, attribute))
                    found.append(vars(value)[attribute])
        return found

    def seen(self) -> list[tuple[Read, Any]]:
        """What the names stand for now, but for those that always stand for the same."""
        return [(read, read()) for read in self.reads.values() if read.func is not itself]

    def arrays(self) -> list[tuple[Any, str]]:
        """The arrays, and what they are called."""
        values = [(read(), name) for (_, name), read in self.reads.items()]
        return [(x, name) for x, name in values if isinstance(x, np.ndarray)]


def referred_to(f: Any) -> Iterator[tuple[str, Read]]:
    """The names that a function uses, with a way to read each."""
    if not isinstance(f, FunctionType):
        yield "self", partial(itself, getattr(f, "__self__", f))
    f = plain_function(f)
    if not isinstance(f, FunctionType):
        return
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
        yield name, partial(contents, cell)
    if f.__module__.partition(".")[0] not in (OURS, "numpy"):
        for name in global_names(f.__code__):
            if name in f.__globals__:
                yield name, partial(f.__globals__.get, name)
        for i, default in enumerate(f.__defaults__ or ()):
            yield f"default {i}", partial(itself, default)


def plain_function(f: Any) -> Any:
    """The function behind a method, or behind an object that is called like one."""
    if not isinstance(f, (FunctionType, MethodType, type)) and callable(f):
        f = type(f).__call__
    return f.__func__ if isinstance(f, MethodType) else f


def attributes(x: Any, f: Any) -> list[str]:
    """The attributes of an object that the code of `f` may look up, and that hold something of their own."""
    is_object = hasattr(x, "__dict__") and not isinstance(x, (FunctionType, type))
    changing = IN_EACH_STEP if isinstance(x, Optimiser) else ()
    return [name for name in looked_up(f) if is_object and name in vars(x) and name not in changing]


def methods(x: Any, f: Any) -> list[Any]:
    """The methods of an object that the code of `f` may call."""
    found = [getattr(type(x), name, None) for name in looked_up(f) if not isinstance(x, type)]
    return [MethodType(function, x) for function in found if isinstance(function, FunctionType)]


def looked_up(f: Any) -> list[str]:
    """The names of attributes in the code of `f`."""
    f = plain_function(f)
    return code_names(f.__code__, "LOAD_ATTR", "LOAD_METHOD") if isinstance(f, FunctionType) else []


def itself(x: Any) -> Any:
    return x


def contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def global_names(code: Any) -> list[str]:
    """Names of the module that the code, or a function inside it, looks up."""
    return code_names(code, "LOAD_GLOBAL", "LOAD_NAME")


@lru_cache(maxsize=1024)
def code_names(code: Any, *operations: str) -> list[str]:
    own = [step.argval for step in dis.get_instructions(code) if step.opname in operations]
    inner = [const for const in code.co_consts if inspect.iscode(const)]
    return [*own, *(name for const in inner for name in code_names(const, *operations))]


def fingerprint(x: Any) -> Any:
    """Numbers and text by value and type (−0 is not 0), all else by identity."""
    if x is None or isinstance(x, BY_VALUE):
        return type(x), repr(x)
    return id(x)


def signature(x: Any) -> Any:
    """What must be the same of an argument for a program to serve again."""
    if isinstance(x, Eager):
        return Eager, signature(x._data), x.requires_grad, x.name, bool(x.hooks)
    if isinstance(x, (np.ndarray, np.generic)):
        return type(x), x.dtype, x.shape, x.strides
    return fingerprint(x)
