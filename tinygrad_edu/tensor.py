"""Tensor: a node of the graph that holds an array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from operator import attrgetter
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .backward import adjoints, graph, sweep, values
from .errors import ShapeError, UnsupportedError
from .messages import (
    advice_for_attribute,
    cannot_broadcast,
    describe,
    leaves_the_graph,
    not_differentiable_data,
)
from .node import Node, next_stamp
from .operators import Operators
from .primitive import Row, dispatch, unknown_function

recording: ContextVar[bool] = ContextVar("recording", default=True)
recording_now = recording.get
NUMBERS = frozenset((float, int, bool))


class Tensor(Operators):
    """An array that remembers how it was computed, so that derivatives can flow back through it.

    Parameters
    ----------
    data : numbers, nested lists or an array; copied. Integers and bools become float64, since they
        need a gradient; float32 stays float32; complex numbers are refused.
    requires_grad : whether derivatives are taken with respect to it (see also `constant`).
    name : how it is called in pictures, formulas and messages.

    Raises
    ------
    UnsupportedError
        If `data` is complex, not numeric, or contains Tensors.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> x = tg.Tensor(3.0, name="x")
    >>> y = x * x + np.sin(x)
    >>> y.backward()
    >>> print(f"{x.grad:.4f}")          # 2x + cos x
    5.0100
    """

    __slots__ = ("_data", "_grad", "_grad_is_private", "_is_exposed", "record")
    _data: Any
    _grad: Any
    _grad_is_private: bool
    _is_exposed: bool
    record: tuple[Any, ...]

    def __init__(
        self, data: ArrayLike, requires_grad: bool = True, name: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        array = numeric_array(data, dtype)
        if requires_grad and array.dtype.kind in "biu":
            array = array.astype(np.float64)
        self._data = array if array.ndim else array[()]
        self.row = None
        self.kind = self._data.__class__
        self.inputs = self.parents = self.pullbacks = ()
        self.record = ()
        self.stamp = next_stamp()
        self.requires_grad = requires_grad
        self.name = name
        self.hooks = None
        self._grad = None
        self._is_exposed = False

    # ------------------------------------------------------------------ what it holds

    @property
    def data(self) -> Any:
        """The value: for a leaf an array that may be written to, for a computed node a read-only view."""
        if not isinstance(self._data, np.ndarray):
            return self._data
        if self.row is not None:
            return read_only(self._data)
        if not self._is_exposed:  # graphs that are already recorded keep the old array to themselves
            self._data = self._data.copy()
            self._is_exposed = True
        return self._data

    @data.setter
    def data(self, value: ArrayLike) -> None:
        if self.row is not None:
            raise UnsupportedError(
                f"{describe(self)} was computed by {self.row.name}; its value follows from its inputs. "
                "Change those, or use detach()."
            )
        if value is not self._data:
            array = np.array(value, dtype=self.dtype)
            if array.shape != self.shape:
                raise ShapeError(
                    f"Data of shape {array.shape} do not fit into {describe(self)}. Make a new Tensor for them."
                )
            self._data = array if array.ndim else array[()]
            self._is_exposed = False
        self.stamp = next_stamp()

    def assign(self, array: Any) -> None:
        """Replace the value of a leaf by `array`, without a copy: for optimisers, which own what they pass."""
        self._data = array
        self._is_exposed = False
        self.stamp = next_stamp()

    @property
    def grad(self) -> Any:
        """∂L/∂(this), filled by ``L.backward()``: an array of the same shape and dtype, or None."""
        if isinstance(self._grad, np.ndarray) and not self._grad_is_private:
            self._grad = self._grad.copy()
            self._grad_is_private = True
        return self._grad

    @grad.setter
    def grad(self, value: ArrayLike | None) -> None:
        if value is not None:
            value = np.array(value, dtype=self.dtype)
            if value.shape != self.shape:
                raise ShapeError(f"A gradient of shape {value.shape} does not fit {describe(self)}.")
            value = value if value.ndim else value[()]
        self._grad = value
        self._grad_is_private = True

    def zero_grad(self) -> None:
        """Forget the gradient: the next `backward` starts from nothing."""
        self._grad = None

    shape = property(attrgetter("_data.shape"), doc="The shape of the array; () for a single number.")
    ndim = property(attrgetter("_data.ndim"), doc="The number of axes.")
    size = property(attrgetter("_data.size"), doc="The number of elements.")
    dtype = property(attrgetter("_data.dtype"), doc="The NumPy dtype.")

    def item(self) -> Any:
        """The value as a Python number; for Tensors of one element."""
        return self._data.item()

    def numpy(self) -> Any:
        """A read-only view of the value (a NumPy scalar for a single number)."""
        return read_only(self._data)

    def detach(self) -> Tensor:
        """A constant with the same value and no history: no derivative flows back through it."""
        return Tensor(self._data, requires_grad=False, name=self.name)

    @property
    def settings(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The settings (axis, keepdims, ...) of the call that computed this."""
        return self.record[1 + len(self.row.packed(self.inputs)) :] if self.row else ()

    # ------------------------------------------------------------------ derivatives

    def backward(self, gradient: ArrayLike | None = None, keep: str = "all") -> None:
        """Fill ``.grad`` of every node this one depends on: ``∂L/∂node = Σ ∂L/∂consumer · ∂consumer/∂node``.

        Leaves accumulate over calls (two calls give twice the gradient; see `zero_grad`); inner nodes hold
        the gradient of the latest call.

        Parameters
        ----------
        gradient : what arrives at this node, in its shape; 1 for a single number.
        keep : ``"all"``, or ``"leaves"`` to free the gradients of inner nodes as the sweep goes.

        Raises
        ------
        ShapeError
            If this Tensor has more than one element and no `gradient` is given, or one of another shape.
        UnsupportedError
            If this Tensor needs no gradient.
        ChangedError
            If an input was changed after it was used.
        """
        if keep not in ("all", "leaves"):
            raise UnsupportedError(f"keep={keep!r}: it is 'all' or 'leaves'.")
        seed = gradient._data if isinstance(gradient, Tensor) else gradient
        for node, total in sweep(self, seed_for(self, seed), values):
            if node.row is None:
                node._grad, node._grad_is_private = (  # type: ignore[attr-defined]
                    (total, False) if node._grad is None else (node._grad + total, True)  # type: ignore[attr-defined]
                )
            elif keep == "all":
                node._grad = total  # type: ignore[attr-defined]
                node._grad_is_private = False  # type: ignore[attr-defined]

    def register_hook(self, hook: Callable[[Any], Any]) -> Callable[[], None]:
        """Call ``hook(total)`` once per sweep with the finished ∂L/∂(this); what it returns, if anything, replaces it.

        Returns a function that removes the hook.
        """
        self.hooks = [*(self.hooks or ()), hook]

        def remove() -> None:
            self.hooks = [h for h in self.hooks or () if h is not hook] or None

        return remove

    # ------------------------------------------------------------------ recording

    # The three methods below are what every operator on scalars costs, so each is one flat function.

    @staticmethod
    def unary_method(row: Row, operate: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def method(self: Tensor) -> Tensor:
            a = self._data.copy() if self._is_exposed else self._data
            y = operate(a)
            inputs = (self,)
            return make(y, row, inputs, (y, a), inputs if self.requires_grad else (), row.rules)

        return method

    @staticmethod
    def binary_method(row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        rules, left, right = row.rules, row.rules[:1], row.rules[1:]

        def method(self: Tensor, other: Any) -> Any:
            a = self._data.copy() if self._is_exposed else self._data
            kind = other.__class__
            if kind is Tensor:
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
            if kind is Tensor and other.requires_grad:
                if self.requires_grad:
                    return make(y, row, inputs, (y, a, b), inputs, rules)
                return make(y, row, inputs, (y, a, b), (other,), right)
            return make(y, row, inputs, (y, a, b), (self,) if self.requires_grad else (), left)

        def plain_method(self: Tensor, other: Any) -> Any:
            if isinstance(other, Node) and other.precedence > self.precedence:
                return NotImplemented
            return operate(recorded(self), recorded(other))

        return method if rules else plain_method

    @staticmethod
    def reflected_method(row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        right = row.rules[1:]

        def method(self: Tensor, other: Any) -> Any:
            a = self._data.copy() if self._is_exposed else self._data
            b = other if other.__class__ in NUMBERS else operand(other)
            try:
                y = operate(b, a)
            except ValueError as error:
                raise cannot_broadcast(row, b, self, error) from None
            return make(y, row, (b, self), (y, b, a), (self,) if self.requires_grad else (), right)

        def plain_method(self: Tensor, other: Any) -> Any:
            return operate(other, recorded(self))

        return method if row.rules else plain_method

    @classmethod
    def apply(cls, row: Row, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not row.rules:
            return row.function(*map(recorded, args), **kwargs)
        operands, settings = row.bind(args, kwargs)
        operands = tuple(x if isinstance(x, Tensor) or type(x) in NUMBERS else operand(x) for x in operands)
        arrays = tuple(recorded(x) for x in operands)
        try:
            y = row.call(arrays, settings)
        except ValueError as error:
            raise cannot_broadcast(row, *operands, error) from None
        if isinstance(y, np.ndarray) and not y.ndim:
            y = y[()]
        taking = [
            (x, rule) for x, rule in zip(operands, row.rules) if isinstance(x, Tensor) and x.requires_grad and rule
        ]
        parents, rules = zip(*taking) if taking else ((), ())
        return make(y, row, operands, (y, *row.packed(arrays), *settings), parents, rules)

    @classmethod
    def apply_unknown(cls, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        raise unknown_function(function)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return dispatch(ufunc if method == "__call__" else getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return dispatch(function, args, kwargs)

    # ------------------------------------------------------------------ leaving the graph, and showing it

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self.requires_grad:
            raise leaves_the_graph(self, "np.asarray")
        return np.array(self._data, dtype=dtype)

    def __float__(self) -> float:
        if self.requires_grad:
            raise leaves_the_graph(self, "float")
        return float(self._data)

    def __int__(self) -> int:
        if self.requires_grad:
            raise leaves_the_graph(self, "int")
        return int(self._data)

    def __index__(self) -> SupportsIndex:
        if self.requires_grad or self.dtype.kind not in "iu":
            raise leaves_the_graph(self, "an index")
        return int(self._data)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __format__(self, specification: str) -> str:
        return format(self._data, specification) if specification else str(self)

    def __repr__(self) -> str:
        data = np.array2string(np.asarray(self._data), separator=", ", prefix="Tensor(")
        kind = "" if self.requires_grad else ", requires_grad=False"
        dtype = "" if self.dtype in (np.float64, np.int64, np.bool_) else f", dtype={self.dtype}"
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({data}{name}{dtype}{kind})"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(advice_for_attribute(name))


new = object.__new__


def make(
    y: Any,
    row: Row,
    inputs: tuple[Any, ...],
    record: tuple[Any, ...],
    parents: tuple[Any, ...],
    pullbacks: Any,
) -> Tensor:
    """The Tensor that holds `y`, recorded as computed by `row`, unless recording is switched off."""
    t: Tensor = new(Tensor)
    t._data = y
    t.kind = y.__class__
    t.stamp = next_stamp()
    t.name = t.hooks = t._grad = None
    t._is_exposed = False
    if recording_now():
        t.row = row
        t.inputs = inputs
        t.record = record
        t.parents = parents
        t.pullbacks = pullbacks
        t.requires_grad = parents != ()
    else:
        t.row = None
        t.inputs = t.parents = t.pullbacks = t.record = ()
        t.requires_grad = False
    return t


def constant(data: ArrayLike, name: str | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """Named data: drawn and recorded like a `Tensor`, but takes no gradient and keeps its dtype."""
    return Tensor(data, requires_grad=False, name=name, dtype=dtype)


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording, as when a trained model is only used."""
    token = recording.set(False)
    try:
        yield
    finally:
        recording.reset(token)


@contextmanager
def enable_grad() -> Iterator[None]:
    """Record again, inside `no_grad` too."""
    token = recording.set(True)
    try:
        yield
    finally:
        recording.reset(token)


def named(**variables: Any) -> None:
    """Name every Tensor among `variables`, and ignore the rest: ``tg.named(**locals())``."""
    for name, x in variables.items():
        if isinstance(x, Tensor):
            x.name = name


def gradient(output: Tensor, wrt: Any, seed: ArrayLike | None = None) -> Any:
    """∂output/∂x for each x of `wrt`, as Tensors: they can be differentiated and drawn again.

    Parameters
    ----------
    output : a Tensor of one element, or of any shape if `seed` (what arrives at it) is given.
    wrt : a Tensor, or a list or tuple of them. Where `output` does not depend on one, its gradient is zero.
    """
    wanted = [wrt] if isinstance(wrt, Node) else list(wrt)
    with enable_grad():
        seed = seed_for(output, seed) if output.requires_grad else None
        found = adjoints(output, wanted, seed, graph)
        gradients = [as_tensor(found[x]) if x in found else constant(np.zeros(x.shape, x.dtype)) for x in wanted]
    return gradients[0] if isinstance(wrt, Node) else gradients


def as_tensor(x: Any) -> Any:
    return x if isinstance(x, Node) else constant(x)


# ---------------------------------------------------------------------- data in, values out


def numeric_array(data: Any, dtype: DTypeLike | None = None) -> Any:
    """A fresh array of real numbers, or an error that says what is wrong with `data`."""
    if isinstance(data, Tensor):
        data = data._data
    if isinstance(data, (list, tuple)) and contains_tensor(data):
        raise leaves_the_graph(None, "Tensor([...])")
    try:
        array = np.array(data, dtype=dtype)
    except ValueError as error:
        raise not_differentiable_data(data, str(error)) from None
    if array.dtype.kind not in "fbiu":
        raise not_differentiable_data(data, f"its dtype is {array.dtype}")
    return array


def contains_tensor(data: Any) -> bool:
    if isinstance(data, (list, tuple)):
        return any(contains_tensor(x) for x in data)
    return isinstance(data, Node)


def operand(x: Any) -> Any:
    """A plain operand as it is recorded: by reference, so it must not be written to before backward()."""
    if x is None or isinstance(x, np.ndarray):
        array = x
    else:
        array = np.asarray(x) if not isinstance(x, np.generic) else x
    if array is not None and array.dtype.kind not in "fbiu":
        raise not_differentiable_data(x, f"its dtype is {array.dtype}")
    return array


def recorded(x: Any) -> Any:
    """The value of an operand at this moment."""
    if isinstance(x, Tensor):
        return x._data.copy() if x._is_exposed else x._data
    return x


def read_only(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        x = x.view()
        x.flags.writeable = False
    return x


def seed_for(output: Tensor, gradient: Any) -> Any:
    """What arrives at the output: the given gradient in its shape and dtype, or 1 for a single number."""
    if not output.requires_grad:
        raise UnsupportedError(
            f"{describe(output)} needs no gradient: it was made from constants only, under no_grad(), or by detach()."
        )
    if gradient is None:
        if output.size != 1:
            raise ShapeError(
                f"The derivative of several numbers is not one gradient, and this is {describe(output)}. "
                "Reduce it first (y.sum(), y.mean()), or pass the gradient that arrives: y.backward(gradient)."
            )
        return np.ones(output.shape, output.dtype)[()]
    array = gradient if isinstance(gradient, Node) else np.array(gradient, dtype=output.dtype)[()]
    if array.shape != output.shape:
        raise ShapeError(
            f"The gradient that arrives at {describe(output)} must have its shape {output.shape}, not {array.shape}."
        )
    return array
