"""Does a recording depend on the values of an array that the function refers to? Recorded with others, it may show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import repeat
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ..eager import Eager
from .recording import Recording, alike, one_at_a_time, record
from .surroundings import global_names, is_of_library

DEEPEST_COPY = 8
"""How far into functions, objects and what they hold an array is exchanged for another."""


def depends_on(x: Any, f: Callable[..., Any], args: Any, kwargs: Any, recording: Recording) -> bool:
    """Whether a number, or the choice of operations, seems to come from the values of the array `x`.

    A copy of `f`, of the functions it calls and of the objects it refers to finds another array in the place of `x`;
    everything else, and so every other thread, goes on with `x`. Where there is no such copy, it may.
    """
    tries = []
    for other in other_values(x):
        exchange = Exchange(x, other)
        try:
            copy = exchange.value(f)
        except TypeError:  # an object that cannot be copied this way
            return True
        if not exchange.happened:
            return True
        with suppress(Exception), np.errstate(all="ignore"), one_at_a_time:  # other values may be refused
            tries.append(record(copy, args, kwargs, repeat(None)))
            if differs(recording, tries[-1], x, other):
                return True
    return not tries


def other_values(x: Any) -> Iterator[Any]:
    """Arrays that differ from x: nearby, in the same range, much larger and smaller, and with what is no number."""
    if x.dtype.kind == "b":
        yield from (~x, np.ones_like(x), np.zeros_like(x))
        return
    yield 0.5 * x + x.dtype.type(0.125) if x.dtype.kind == "f" else x // 2 + (x == 0)
    yield from (4 * x + 3, x + 1, np.zeros_like(x), x[::-1].copy() if x.ndim else -x)
    if x.dtype.kind == "f" or x.dtype.itemsize > 1:
        yield from (-x - 1, 1000 * abs(x) + 1000)
    if x.dtype.kind == "f":
        for strange in (np.inf, np.nan):
            other = x.copy()
            other[..., :1] = strange
            yield other


def differs(before: Recording, after: Recording, x: Any, other: Any) -> bool:
    if [a.row.name for a in before.operations] != [b.row.name for b in after.operations]:  # type: ignore[union-attr]
        return True
    leaves = before.leaves, after.leaves
    is_exchanged = [may_share_memory(a, x) and may_share_memory(b, other) for a, b in zip(*leaves)]
    return len(leaves[0]) != len(leaves[1]) or any(
        not alike(a, b) for a, b, exchanged in zip(*leaves, is_exchanged) if not exchanged
    )


def may_share_memory(a: Any, b: Any) -> bool:
    return isinstance(a, np.ndarray) and np.may_share_memory(a, b)


class Exchange:
    """Copies of functions, of lists and dicts, and of objects that find another array where they would find `x`."""

    def __init__(self, x: Any, other: Any) -> None:
        self.x = x
        self.other = other
        self.copies: dict[int, Any] = {}
        self.happened = False

    def value(self, x: Any, depth: int = DEEPEST_COPY) -> Any:
        """A copy of `x`, or `x` itself if the array is not found there."""
        if x is self.x:
            self.happened = True
            return self.other
        if id(x) in self.copies:
            return self.copies[id(x)]
        if not depth:
            return x
        before, self.happened = self.happened, False
        copy = self.copied(x, depth - 1)
        if not self.happened:
            copy = self.copies[id(x)] = x
        self.happened |= before
        return copy

    def copied(self, x: Any, depth: int) -> Any:
        if isinstance(x, MethodType):
            return MethodType(self.value(x.__func__, depth), self.value(x.__self__, depth))
        if isinstance(x, FunctionType):
            return self.function(x, depth)
        if type(x) in (list, tuple):
            return type(x)(self.value(item, depth) for item in x)
        if type(x) is dict:
            return {key: self.value(item, depth) for key, item in x.items()}
        if hasattr(x, "__dict__") and not isinstance(x, (type, ModuleType, np.ndarray, Eager)):
            return self.object(x, depth)
        return x

    def object(self, x: Any, depth: int) -> Any:
        self.copies[id(x)] = copy = object.__new__(type(x))
        copy.__dict__.update({name: self.value(item, depth) for name, item in vars(x).items()})
        return copy

    def function(self, f: FunctionType, depth: int) -> FunctionType:
        names = dict(f.__globals__)
        cells = tuple(CellType() for _ in f.__closure__ or ())
        copy = FunctionType(f.__code__, names, f.__name__, f.__defaults__, cells)
        copy.__kwdefaults__ = f.__kwdefaults__
        self.copies[id(f)] = copy
        for cell, new in zip(f.__closure__ or (), cells):
            with suppress(ValueError):  # not filled yet
                new.cell_contents = self.value(cell.cell_contents, depth)
        if not is_of_library(f):
            names.update({name: self.value(names[name], depth) for name in global_names(f.__code__) if name in names})
        return copy
