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
        except (TypeError, RecursionError):  # an object that cannot be copied this way
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
        """By identity; what leads to no array is its own copy."""
        self.happened = False
        self.changed = False
        """Whether what was just copied holds a copy, or one that is still in the making."""

    def value(self, x: Any) -> Any:
        """A copy of `x`, or `x` itself if the array is not found there."""
        if x is self.x:
            self.happened = self.changed = True
            return self.other
        if id(x) in self.copies:
            self.changed |= self.copies[id(x)] is not x
            return self.copies[id(x)]
        before, self.changed = self.changed, False
        copy = self.copied(x)
        if not self.changed:
            copy = self.copies[id(x)] = x
        self.changed |= before
        return copy

    def copied(self, x: Any) -> Any:
        if isinstance(x, MethodType):
            return MethodType(self.value(x.__func__), self.value(x.__self__))
        if isinstance(x, FunctionType):
            return self.function(x)
        if type(x) is tuple:
            return tuple([self.value(item) for item in x])
        if type(x) is list:
            items: list[Any] = self.begun(x, [])
            items += [self.value(item) for item in x]
            return items
        if type(x) is dict:
            return self.filled(self.begun(x, {}), x)
        if hasattr(x, "__dict__") and not isinstance(x, (type, ModuleType, np.ndarray, Eager)):
            copy = self.begun(x, object.__new__(type(x)))
            self.filled(vars(copy), vars(x))
            return copy
        return x

    def begun(self, x: Any, copy: Any) -> Any:
        """The copy of `x`, known before it is filled: what `x` holds may hold `x`."""
        self.copies[id(x)] = copy
        return copy

    def filled(self, copy: dict[Any, Any], x: Any) -> dict[Any, Any]:
        copy.update({key: self.value(item) for key, item in x.items()})
        return copy

    def function(self, f: FunctionType) -> FunctionType:
        names = dict(f.__globals__)
        cells = tuple(CellType() for _ in f.__closure__ or ())
        copy: FunctionType = self.begun(f, FunctionType(f.__code__, names, f.__name__, f.__defaults__, cells))
        copy.__kwdefaults__ = f.__kwdefaults__
        for cell, new in zip(f.__closure__ or (), cells):
            with suppress(ValueError):  # not filled yet
                new.cell_contents = self.value(cell.cell_contents)
        if not is_of_library(f):
            names.update({name: self.value(names[name]) for name in global_names(f.__code__) if name in names})
        return copy
