"""What a function refers to besides its arguments: names of its module, and variables it closes over."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

OURS = __name__.partition(".")[0]
Read = Callable[[], Any]


class Surroundings:
    """The values that a function, and the functions it refers to, find under the names they use.

    Attributes of objects are not looked into.
    """

    def __init__(self, f: Any) -> None:
        self.reads: dict[tuple[int, str], Read] = {}
        seen: set[int] = set()
        waiting = [f]
        while waiting:
            g = waiting.pop()
            if id(g) in seen:
                continue
            seen.add(id(g))
            for name, read in referred_to(g):
                value = read()
                if isinstance(value, ModuleType):
                    continue
                self.reads.setdefault((id(g), name), read)
                waiting.append(value)

    def seen(self) -> list[tuple[Read, Any]]:
        """What the names stand for now."""
        return [(read, read()) for read in self.reads.values()]

    def arrays(self) -> list[tuple[Any, str]]:
        """The arrays, and what they are called."""
        values = [(read(), name) for (_, name), read in self.reads.items()]
        return [(x, name) for x, name in values if isinstance(x, np.ndarray)]


def referred_to(f: Any) -> Iterator[tuple[str, Read]]:
    """The names that a function uses, with a way to read each."""
    if isinstance(f, MethodType):
        f = f.__func__
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


def itself(x: Any) -> Any:
    return x


def contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def global_names(code: Any) -> list[str]:
    """Names of the module that the code, or a function inside it, looks up."""
    own = [step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    inner = [const for const in code.co_consts if inspect.iscode(const)]
    return [*own, *(name for const in inner for name in global_names(const))]


def fingerprint(x: Any) -> Any:
    """Numbers and text by value and type (−0 is not 0), all else by identity."""
    if x is None or isinstance(x, (bool, int, str, float, complex, np.generic)):
        return type(x), repr(x)
    return id(x)
