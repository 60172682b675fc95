"""The recorder: a concrete value that remembers how it was made.

One recorder serves formulas, pictures and compiled code. It records *every* NumPy function, with or
without a row in the table, comparisons included: a mask that stayed a plain array would vanish from
formulas and be baked into compiled code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .eager import Eager, read_only
from .node import Node, next_stamp
from .operators import Operators
from .primitive import COMPOSED, TABLE, Row, dispatch


class Recorder(Operators):
    """A value with the function, inputs and settings that made it, and perhaps a name."""

    __slots__ = ("value", "settings")
    precedence = 1
    value: Any

    def __init__(
        self,
        value: Any,
        name: str | None = None,
        row: Row | None = None,
        inputs: tuple[Any, ...] = (),
        settings: tuple[Any, ...] = (),
        requires_grad: bool = True,
    ) -> None:
        self.value = value
        self.name = name
        self.row = row
        self.inputs = inputs
        self.settings = settings
        rules = row.rules if row else ()
        taking = [(x, r) for x, r in zip(inputs, rules) if isinstance(x, Node) and x.requires_grad and r]
        self.parents, self.pullbacks = zip(*taking) if taking else ((), ())
        self.kind = type(None)  # no class of values fits unseen: the sweep compares shapes
        self.stamp = next_stamp()
        self.requires_grad = bool(self.parents) if row else requires_grad
        self.hooks = None

    @property
    def record(self) -> tuple[Any, ...]:
        """The values that the operation saw (output, operands, settings): reads like a Tensor's."""
        assert self.row is not None
        return (self.value, *self.row.arguments(tuple([plain(x) for x in self.inputs])), *self.settings)

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.value)

    @property
    def dtype(self) -> Any:
        return np.asarray(self.value).dtype

    def __repr__(self) -> str:
        return f"<Recorder {self.name or (self.row.name if self.row else 'value')} {self.value!r}>"

    @classmethod
    def apply(cls, row: Row, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not row.rules:
            return cls.recorded(row.taking(len(args), tuple(kwargs)), args, tuple(kwargs.values()))
        operands, settings = row.bind(args, kwargs)
        return cls.recorded(row, operands, settings)

    @classmethod
    def recorded(cls, row: Row, operands: tuple[Any, ...], settings: tuple[Any, ...]) -> Recorder:
        return cls(row.call([plain(x) for x in operands], settings), None, row, operands, settings)

    @classmethod
    def apply_unknown(cls, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a function that has no row: it is shown, but no derivative passes through it."""
        return cls.apply(Row(function), args, kwargs)

    @staticmethod
    def unary_method(row: Row, operate: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda self: self.apply(row, (self,), {})

    @staticmethod
    def binary_method(row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda self, other: self.apply(row, (self, other), {})

    @staticmethod
    def reflected_method(row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda self, other: self.apply(row, (other, self), {})

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        return dispatch(function, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return dispatch(function, args, kwargs)

    def __bool__(self) -> bool:
        raise TypeError(
            "A recorded value has no truth value: the branch taken now would be recorded for good. Use np.where."
        )


def plain(x: Any) -> Any:
    """The value of an operand of whatever kind."""
    if isinstance(x, Recorder):
        return x.value
    return read_only(x._data) if isinstance(x, Eager) else x


__all__ = ["COMPOSED", "TABLE", "Recorder", "plain"]
