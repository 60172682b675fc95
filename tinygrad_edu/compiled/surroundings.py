"""What a function refers to besides its arguments: names of its module, and variables it closes over."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from functools import lru_cache, partial
from numbers import Number
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ..eager import Eager
from ..optim import Optimiser

OURS = __name__.partition(".")[0]
Read = partial[Any]
BY_VALUE = (str, bytes, slice, range, Number, np.generic, np.dtype)

DEEPEST = 3
"""How many attributes of attributes are followed: ``self.model.layer.rate``."""

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
            g = unwrapped(waiting.pop())
            place = id(plain_function(g)), id(getattr(g, "__self__", g))
            if place not in followed:
                followed[place] = g  # kept, so that no other object gets its id
                waiting += self.follow(g)

    def follow(self, g: Any) -> list[Any]:
        """Enter the names that `g` uses, and return what they stand for."""
        found: list[Any] = []
        for name, read in referred_to(g):
            if not is_library(value := read()):
                self.reads.setdefault((id(g), name), read)
                self.look_into(value, g, found, DEEPEST)
        return found

    def look_into(self, x: Any, g: Any, found: list[Any], depth: int) -> None:
        """Enter the attributes of an object that the code of `g` may look up, and those of what they hold."""
        found += [x, *methods(x, g)] if not isinstance(x, ModuleType) else []
        for name, read in attributes(x, g) if depth else ():
            if not is_library(value := read()) and (id(x), name) not in self.reads:
                self.reads[id(x), name] = read
                self.look_into(value, g, found, depth - 1)

    def seen(self) -> list[tuple[Read, Any]]:
        """What the names stand for now, but for those that always stand for the same."""
        return [(read, read()) for read in self.reads.values() if read.func is not itself]

    def arrays(self) -> list[tuple[Any, str]]:
        """The arrays, and what they are called."""
        values = [(read(), name) for (_, name), read in self.reads.items()]
        return [(x, name) for x, name in values if isinstance(x, np.ndarray)]


def unwrapped(f: Any) -> Any:
    """The function inside an object that is called in its place, such as a compiled function or a cache."""
    while not isinstance(f, (FunctionType, MethodType, type)) and "__wrapped__" in getattr(f, "__dict__", {}):
        f = f.__wrapped__
    return f


def referred_to(f: Any) -> Iterator[tuple[str, Read]]:
    """The names that a function uses, with a way to read each."""
    if not isinstance(f, FunctionType):
        yield "self", partial(itself, getattr(f, "__self__", f))
    f = plain_function(f)
    if not isinstance(f, FunctionType):
        return
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
        yield name, partial(itself, contents(cell)) if is_of_library(f) else partial(contents, cell)
    if not is_of_library(f):
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


def attributes(x: Any, f: Any) -> Iterator[tuple[str, Read]]:
    """The attributes of an object, or of its class, that the code of `f` may look up, with a way to read each."""
    if isinstance(x, (FunctionType, MethodType, np.ndarray, Eager)) or not hasattr(x, "__dict__"):
        return
    changing = IN_EACH_STEP if isinstance(x, Optimiser) else ()
    for name in looked_up(f):
        if name in vars(x) and name not in changing:
            yield name, partial(vars(x).get, name)
        elif name in vars(type(x)) and not hasattr(vars(type(x))[name], "__get__"):
            yield name, partial(getattr, x, name, None)


def is_library(x: Any) -> bool:
    """Whether it is a module of ours or of NumPy, whose attributes stay what they are."""
    return isinstance(x, ModuleType) and x.__name__.partition(".")[0] in (OURS, "numpy")


def is_of_library(f: FunctionType) -> bool:
    """Whether a function is of ours or of NumPy, where names stay what they are; `wraps` copies ``__module__``."""
    return str(f.__globals__.get("__name__")).partition(".")[0] in (OURS, "numpy")


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
    return Same(x)


class Same:
    """Equal for one and the same object, which it keeps, so that no other gets its place."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.x is other.x

    def __hash__(self) -> int:
        return id(self.x)


def signature(x: Any) -> Any:
    """What must be the same of an argument for a program to serve again."""
    if isinstance(x, Eager):
        return Eager, signature(x._data), x.requires_grad, x.name, bool(x.hooks)
    if isinstance(x, (np.ndarray, np.generic)):
        return type(x), x.dtype, x.shape, x.strides
    return fingerprint(x)
