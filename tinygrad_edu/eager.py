"""Eager operations: NumPy computes at once, and the call is recorded."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np
from numpy import ndarray

from .errors import ChangedError
from .messages import cannot_broadcast, does_not_fit, list_of_tensors, not_differentiable_data
from .nested import contains_node, leaves, rebuilt
from .node import Node, changed_message, next_stamp
from .operators import REFLECTED, Operators
from .primitive import TABLE, Row, dispatch, unknown_function
from .recording import Tracing, recording_now

NUMBERS = frozenset((float, int, bool))
"""Python numbers stay Python numbers: they adapt to the dtype of the array they meet."""


class Eager(Operators):
    """An array whose operations run at once.

    `record` is what the operation saw: the arrays (output, operands) and its settings. The array of a leaf
    is private until it `is exposed` to be written to; from then on operations record a copy.
    """

    __slots__ = ("_data", "_is_exposed", "record")
    _data: Any
    _is_exposed: bool
    record: tuple[Any, ...]

    shape = property(attrgetter("_data.shape"), doc="The shape of the array; () for a single number.")
    ndim = property(attrgetter("_data.ndim"), doc="The number of axes.")
    size = property(attrgetter("_data.size"), doc="The number of elements.")
    dtype = property(attrgetter("_data.dtype"), doc="The NumPy dtype.")

    # The three methods below are what every operator on scalars costs, so each is one flat function.

    @classmethod
    def unary_method(cls, row: Row, operate: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def method(self: Eager) -> Any:
            a = self._data.copy() if self._is_exposed else self._data
            y = operate(a)
            inputs = (self,)
            return make(cls, y, row, inputs, (y, a), inputs if self.requires_grad else (), row.rules)

        return method

    @classmethod
    def binary_method(cls, row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        rules, left, right = row.rules, row.rules[:1], row.rules[1:]

        def method(self: Eager, other: Any) -> Any:
            a = self._data.copy() if self._is_exposed else self._data
            kind = other.__class__
            if kind is cls:
                b = other._data.copy() if other._is_exposed else other._data
            elif kind in NUMBERS:
                b = other
            elif isinstance(other, Node):
                return NotImplemented
            else:
                other = b = operand(other)
            try:
                y = operate(a, b)
            except ValueError as error:
                raise cannot_broadcast(row, self, other, error) from None
            inputs = (self, other)
            if kind is cls and other.requires_grad:
                if self.requires_grad:
                    return make(cls, y, row, inputs, (y, a, b), inputs, rules)
                return make(cls, y, row, inputs, (y, a, b), (other,), right)
            return make(cls, y, row, inputs, (y, a, b), (self,) if self.requires_grad else (), left)

        def plain_method(self: Eager, other: Any) -> Any:
            if isinstance(other, Node) and other.precedence > self.precedence:
                return NotImplemented
            return operate(recorded(self), recorded(other))

        return method if rules else plain_method

    @classmethod
    def reflected_method(cls, row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        right = row.rules[1:]

        def method(self: Eager, other: Any) -> Any:
            a = self._data.copy() if self._is_exposed else self._data
            b = other if other.__class__ in NUMBERS else operand(other)
            try:
                y = operate(b, a)
            except ValueError as error:
                raise cannot_broadcast(row, b, self, error) from None
            return make(cls, y, row, (b, self), (y, b, a), (self,) if self.requires_grad else (), right)

        def plain_method(self: Eager, other: Any) -> Any:
            return operate(other, recorded(self))

        return method if row.rules else plain_method

    @classmethod
    def apply(cls, row: Row, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not row.rules:
            return row.function(*plain(args), **plain(kwargs))
        if row.arity == 1 == len(args) and not kwargs and args[0].__class__ is cls and not row.residual:
            return cls.apply_to_one(row, args[0])
        operands, settings = row.bind(args, kwargs)
        inputs, arrays, parents, pullbacks = [], [], [], []
        rules = iter(row.rules)
        for x in operands:
            rule = next(rules)
            if x.__class__ is cls:
                arrays.append(x._data.copy() if x._is_exposed else x._data)
                if x.requires_grad and rule:
                    parents.append(x)
                    pullbacks.append(rule)
            else:
                x = x if x.__class__ in NUMBERS else operand(x)
                arrays.append(x)
            inputs.append(x)
        try:
            y = row.computed(arrays, settings)
        except ValueError as error:
            raise cannot_broadcast(row, *operands, error) from None
        if row.residual:
            y, kept = y
            arrays.append(kept)
        if y.__class__ is ndarray and not y.ndim:
            y = y[()]
        record = (y, tuple(arrays), *settings) if row.variadic else (y, *arrays, *settings)
        return make(cls, y, row, tuple(inputs), record, tuple(parents), tuple(pullbacks))

    @classmethod
    def apply_to_one(cls, row: Row, x: Any) -> Any:
        """`apply` for the most frequent calls: one operand and no settings."""
        a = x._data.copy() if x._is_exposed else x._data
        try:
            y = row.computed((a,), row.defaults) if row.defaults else row.function(a)
        except ValueError as error:
            raise cannot_broadcast(row, x, error) from None
        if y.__class__ is ndarray and not y.ndim:
            y = y[()]
        return make(cls, y, row, (x,), (y, a) + row.defaults, (x,) if x.requires_grad else (), row.rules)

    @classmethod
    def apply_unknown(cls, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function without a row is refused if a derivative would be lost, and computed otherwise."""
        if any(x.requires_grad for x in leaves([*args, *kwargs.values()]) if isinstance(x, Node)):
            raise unknown_function(function)
        return function(*plain(args), **plain(kwargs))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:  # short cuts for np.tanh(t) and array @ t
            if len(inputs) == 1:
                if (row := TABLE.get(ufunc)) is not None and row.rules:
                    return self.apply_to_one(row, self)
            elif inputs[0].__class__ is ndarray and (reflected := REFLECTED.get(ufunc)):
                return getattr(self, reflected)(inputs[0])
        return dispatch(ufunc if method == "__call__" else getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return dispatch(function, args, kwargs)

    def check_inputs(self) -> None:
        assert self.row is not None
        seen = self.record[1] if self.row.variadic else self.record[1:]
        for x, array in zip(self.inputs, seen):
            if isinstance(x, Eager) and x.row is None:
                if x.stamp > self.stamp or x._is_exposed and not np.array_equal(x._data, array, equal_nan=True):
                    raise ChangedError(changed_message(x, self))


new = object.__new__


def make(
    cls: Any,
    y: Any,
    row: Row,
    inputs: tuple[Any, ...],
    record: tuple[Any, ...],
    parents: tuple[Any, ...],
    pullbacks: tuple[Any, ...],
) -> Any:
    """The node that holds `y`, recorded as computed by `row`, unless recording is switched off."""
    t = new(cls)
    t._data = y
    t.kind = y.__class__
    t.stamp = next_stamp()
    t.name = t.hooks = t._grad = None
    t._is_exposed = False
    mode = recording_now()
    if mode:
        t.row = row
        t.inputs = inputs
        t.record = record
        t.parents = parents
        t.pullbacks = pullbacks
        t.requires_grad = True if parents else False
        if mode is not True:
            return mode(t)
    else:
        t.row = None
        t.inputs = t.parents = t.pullbacks = t.record = ()
        t.requires_grad = False
    return t


# ---------------------------------------------------------------------- values of operands


def operand(x: Any) -> Any:
    """A plain operand as it is recorded: by reference, so it must not be written to before backward()."""
    if x.__class__ is ndarray and x.dtype.kind in "fbiu":
        return x
    array = x if x is None or isinstance(x, (ndarray, np.generic)) else np.asarray(x)
    if array is not None and array.dtype.kind not in "fbiu":
        raise not_differentiable_data(x, f"its dtype is {array.dtype}")
    return array


def recorded(x: Any) -> Any:
    """The value of an operand at this moment."""
    if isinstance(x, Eager):
        if isinstance(mode := recording_now(), Tracing):
            return mode.operand(x)
        return x._data.copy() if x._is_exposed else x._data
    return x


def leaving(x: Any, how: str) -> None:
    """The value of `x` leaves the graph, which a function that is compiled must not do."""
    mode = recording_now()
    if mode is not True and isinstance(mode, Tracing):
        mode.refuse(x, how)


def plain(args: Any) -> Any:
    """Nested arguments with the values of the Tensors among them."""
    return rebuilt(args, map(recorded, leaves(args)))


def numeric_array(data: Any, dtype: Any = None) -> Any:
    """A fresh array of real numbers, or an error that says what is wrong with `data`."""
    if isinstance(data, Eager):
        leaving(data, "A copy")
        data = data._data
    if data.__class__ is not ndarray and contains_node(data):
        raise list_of_tensors()
    try:
        array = np.array(data, dtype=dtype)
    except (ValueError, TypeError) as error:
        raise not_differentiable_data(data, str(error)) from None
    if array.dtype.kind not in "fbiu":
        raise not_differentiable_data(data, f"its dtype is {array.dtype}")
    return array


def fitted(what: str, value: Any, x: Any) -> Any:
    """A fresh array (or scalar) in the shape and dtype of `x`."""
    array = numeric_array(value)
    if array.shape != x.shape or not np.can_cast(array.dtype, x.dtype, "same_kind"):
        raise does_not_fit(what, array, x)
    return array.astype(x.dtype, copy=False)[()]


def read_only(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        x = x.view()
        x.flags.writeable = False
    return x
