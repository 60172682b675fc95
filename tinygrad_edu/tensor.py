"""Tensor: a node of the graph that holds an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from . import messages
from .backward import adjoints, graph, sweep, values
from .conversions import Conversions
from .eager import fitted, leaving, numeric_array, read_only
from .errors import UnsupportedError
from .node import Node, next_stamp
from .recording import Tracing, enable_grad, recording_now


class Tensor(Conversions):
    """An array that remembers how it was computed, so that derivatives can flow back through it.

    Parameters
    ----------
    data : numbers, nested lists or an array; copied. Integers and bools become float64, since they
        need a gradient; float32 stays float32; complex numbers are refused.
    requires_grad : whether derivatives are taken with respect to it (see also `constant`).
    name : how it is called in pictures, formulas and messages.

    Notes
    -----
    Plain arrays among the operands of an operation are recorded by reference: write into them only after
    `backward`, or record a `constant`. `debug` finds out whether one was changed.

    Raises
    ------
    UnsupportedError
        If `data` is complex, not numeric, or contains Tensors: these would lose their history.

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

    __slots__ = ("_grad_is_private",)
    _grad_is_private: bool

    def __init__(
        self,
        data: ArrayLike,
        *,
        requires_grad: bool = True,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        if isinstance(data, Node) and data.requires_grad and requires_grad:
            raise messages.variable_from_tensor(data)
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
        leaving(self, "data")
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
        leaving(self, "data = ...")
        if self.row is not None:
            raise messages.computed_data(self)
        if value is not self._data:
            self._data = fitted("An array", value, self)
            self._is_exposed = False
        self.stamp = next_stamp()

    def assign(self, array: Any) -> None:
        """Replace the value of a leaf by `array`, without a copy: for optimisers, which own what they pass."""
        if recording_now() is not True:
            leaving(self, "assign()")
        self._data = array
        self._is_exposed = False
        self.stamp = next_stamp()

    @property
    def grad(self) -> Any:
        """∂L/∂(this), filled by ``L.backward()``: an array of the same shape and dtype, or None."""
        if isinstance(mode := recording_now(), Tracing):
            return mode.gradient(self)
        if isinstance(self._grad, np.ndarray) and not self._grad_is_private:
            self._grad = self._grad.copy()
            self._grad_is_private = True
        return self._grad

    @grad.setter
    def grad(self, value: ArrayLike | None) -> None:
        leaving(self, "grad = ...")
        self._grad = None if value is None else fitted("A gradient", value, self)
        self._grad_is_private = True

    def zero_grad(self) -> None:
        """Forget the gradient: the next `backward` starts from nothing."""
        if isinstance(mode := recording_now(), Tracing):
            mode.zero_grad(self)
        else:
            self._grad = None

    def item(self) -> Any:
        """The value as a Python number; for Tensors of one element."""
        leaving(self, "item()")
        return self._data.item()

    def numpy(self) -> Any:
        """A read-only view of the value (a NumPy scalar for a single number)."""
        leaving(self, "numpy()")
        return read_only(self._data)

    def detach(self) -> Tensor:
        """A constant with a copy of the value and no history: no derivative flows back through it."""
        if isinstance(mode := recording_now(), Tracing):
            return mode.operand(self).detach()  # type: ignore[no-any-return]
        return Tensor(self._data, requires_grad=False, name=self.name)

    @property
    def settings(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The settings (axis, keepdims, ...) of the call that computed this."""
        return self.record[len(self.record) - len(self.row.settings) :] if self.row else ()

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
        reached: dict[Any, Any] = {}
        keep_all = keep == "all"
        seed = gradient._data if isinstance(gradient, Tensor) else gradient
        for node, total in sweep(self, seed_for(self, seed), values):
            if node.row is None:
                reached[node] = total
            elif keep_all:
                node._grad = total  # type: ignore[attr-defined]
                node._grad_is_private = False  # type: ignore[attr-defined]
            else:
                node._grad = None  # type: ignore[attr-defined]
        for leaf, total in reached.items():  # only now, so that an error on the way leaves no half of the gradients
            if leaf._grad is None:
                leaf._grad = total
                leaf._grad_is_private = False
            else:
                leaf._grad = leaf._grad + total
                leaf._grad_is_private = True

    def register_hook(self, hook: Callable[[Any], Any]) -> Callable[[], None]:
        """Call ``hook(total)`` once per sweep with the finished ∂L/∂(this); what it returns, if anything, replaces it.

        Arrays are handed to it read-only. Returns a function that removes the hook.

        Examples
        --------
        >>> import tinygrad_edu as tg
        >>> w = tg.Tensor(3.0)
        >>> remove = w.register_hook(lambda g: g / 2)
        >>> (w * w).backward()
        >>> print(w.grad)
        3.0
        """
        self.hooks = [*(self.hooks or ()), hook]

        def remove() -> None:
            self.hooks = [h for h in self.hooks or () if h is not hook] or None

        return remove


def constant(data: ArrayLike, name: str | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """Named data: drawn and recorded like a `Tensor`, but takes no gradient and keeps its dtype.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> labels = tg.constant([0, 1, 1], name="y")
    >>> print(labels.dtype, labels.requires_grad)
    int64 False
    """
    return Tensor(data, requires_grad=False, name=name, dtype=dtype)


def named(**variables: Any) -> None:
    """Name every Tensor among `variables`, and ignore the rest: ``tg.named(**locals())``.

    Names that are empty or begin with ``_`` are ignored too: notebooks keep what they have shown as ``_`` and ``_3``.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> w, note = tg.Tensor(2.0), "ignored"
    >>> tg.named(w=w, note=note)
    >>> w.name
    'w'
    """
    for name, x in variables.items():
        if isinstance(x, Node) and name and not name.startswith("_"):
            x.name = name


def gradient(output: Tensor, wrt: Any, seed: ArrayLike | None = None) -> Any:
    """∂output/∂x for each x of `wrt`, as Tensors: they can be differentiated and drawn again.

    Parameters
    ----------
    output : a Tensor of one element, or of any shape if `seed` (what arrives at it) is given.
    wrt : a Tensor, or a list or tuple of them. Where `output` does not depend on one, its gradient is zero.

    Raises
    ------
    ShapeError
        If `output` has several elements and no `seed` is given.
    ChangedError
        If an input was changed after it was used.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> x = tg.Tensor(2.0, name="x")
    >>> slope = tg.gradient(x**3, x)               # 3x²
    >>> print(slope, tg.gradient(slope, x))        # and 6x
    Tensor(12.) Tensor(12.)
    """
    wanted = list(wrt) if isinstance(wrt, (list, tuple)) else [wrt]
    for x in (output, *wanted):
        if not isinstance(x, Node):
            raise messages.not_a_tensor(x)
    with enable_grad():
        seed = seed_for(output, seed) if output.requires_grad else None
        found = adjoints(output, wanted, seed, graph)
        gradients = [as_tensor(found[x]) if x in found else constant(np.zeros(x.shape, x.dtype)) for x in wanted]
    return gradients if isinstance(wrt, (list, tuple)) else gradients[0]


def as_tensor(x: Any) -> Any:
    return x if isinstance(x, Node) else constant(x)


def seed_for(output: Any, gradient: Any) -> Any:
    """What arrives at the output: the given gradient in its shape and dtype, or 1 for a single number."""
    if not output.requires_grad:
        raise messages.needs_no_gradient(output)
    if gradient is None:
        if output.kind is not np.ndarray and issubclass(output.kind, np.generic):
            return output.kind(1)
        if output.size != 1:
            raise messages.several_numbers(output)
        return np.ones(output.shape, output.dtype)[()]
    if isinstance(gradient, Node) and gradient.shape == output.shape:
        return gradient
    return fitted("A gradient", gradient, output)
