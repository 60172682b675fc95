"""What Python and other libraries ask of a Tensor: conversions, copies, printing, updates in place.

Habits from elsewhere meet an answer here: it works, or the error says what to write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np

from . import messages
from .eager import Eager, leaving
from .node import Node
from .operators import ARITHMETIC


class Elsewhere:
    """What Tensors do not have and other arrays do: looking it up says what to write instead.

    With a ``__getattr__`` in its place, Python would look up every attribute of a Tensor several times as slowly.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, x: Any, kind: Any = None) -> NoReturn:
        raise AttributeError(messages.advice_for_attribute(self.name))


def point_elsewhere(kind: type[Any], names: Iterable[str]) -> None:
    """Let the attributes of `kind` that are functions of the package say so: ``L.draw()`` is ``tg.draw(L)``."""
    for name in set(names).difference(dir(kind)):
        setattr(kind, name, Elsewhere(name))


class Conversions(Eager):
    """Values that leave the graph only when asked to."""

    __slots__ = ("_grad",)
    _grad: Any

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        point_elsewhere(cls, messages.names_elsewhere())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        leaving(self, "Making an array")
        if self.requires_grad:
            raise messages.leaves_the_graph(self, "Making an array")
        return np.array(self._data, dtype=dtype)

    def __float__(self) -> float:
        leaving(self, "float()")
        if self.requires_grad:
            raise messages.leaves_the_graph(self, "float()")
        return float(self._data.item())

    def __int__(self) -> int:
        leaving(self, "int()")
        if self.requires_grad:
            raise messages.leaves_the_graph(self, "int()")
        return int(self._data.item())

    def __index__(self) -> int:
        leaving(self, "Indexing with the value")
        if self.requires_grad or self.dtype.kind not in "iu":
            raise messages.leaves_the_graph(self, "Indexing with the value")
        return int(self._data.item())

    def __bool__(self) -> bool:
        leaving(self, "bool()")
        return bool(self._data)

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise messages.item_assignment(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        leaving(self, "A copy")
        if self.row is not None and self.requires_grad:
            raise messages.not_copied(self)
        return copied_leaf, (type(self), self._data, self.requires_grad, self.name, self._grad)

    def __format__(self, specification: str) -> str:
        if specification and self.size != 1:
            raise messages.not_one_number(self, specification)
        return format(self._data.item(), specification) if specification else str(self)

    def __repr__(self) -> str:
        data = np.array2string(np.asarray(self._data), separator=", ", prefix="Tensor(")
        kind = "" if self.requires_grad else ", requires_grad=False"
        dtype = "" if self.dtype in (np.float64, np.int64, np.bool_) else f", dtype={self.dtype}"
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({data}{name}{dtype}{kind})"

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not isinstance(vars(type(self)).get(name), Elsewhere)]


def in_place(sign: str, operate: Callable[[Any, Any], Any]) -> Callable[[Conversions, Any], Any]:
    """``w -= step`` would give the name w to a new node, and leave the variable as it was."""

    def method(self: Conversions, other: Any) -> Any:
        if self.row is None and self.requires_grad and not isinstance(other, Node):
            raise messages.in_place_update(self, sign)
        return operate(self, other)

    return method


for name, sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("pow", "**"), ("matmul", "@")):
    setattr(Conversions, f"__i{name}__", in_place(sign, ARITHMETIC[name][1]))


def copied_leaf(kind: Any, data: Any, requires_grad: bool, name: str | None, grad: Any) -> Any:
    """What ``copy`` and ``pickle`` make of a leaf: value, name and gradient, no hooks."""
    copy = kind(data, requires_grad=requires_grad, name=name)
    copy.grad = grad
    return copy
