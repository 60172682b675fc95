"""Run a function once on recorders: what it computes is recorded, and what would be lost is refused, with the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from typing import Any, NoReturn

import numpy as np

from ..debugging import line_of_the_user
from ..derivatives.shapes import astype
from ..eager import NUMBERS, Eager
from ..errors import UnsupportedError
from ..messages import cannot_broadcast, list_of_tensors
from ..nested import contains_node, leaves, rebuilt
from ..node import Node, age, next_stamp
from ..operators import ARITHMETIC, UNARY
from ..primitive import COMPOSED, TABLE, Row, qualified_name
from ..recorder import Recorder
from ..recording import Tracing, recording, recording_now
from .effects import Effects

OPERATORS = {function: operate for function, operate in (*UNARY.values(), *ARITHMETIC.values())}
SHAPED_BY_VALUES = (np.nonzero, np.flatnonzero, np.argwhere)
"""Functions whose result has as many elements as the values make it have."""


def spelled(row: Row, operate: Callable[..., Any]) -> Row:
    """The row, computed by Python's own operator."""
    same = copy(row)
    same.function = operate
    return same


class Tracer(Recorder):
    """A recorder that stands for a value of which only shape and dtype will be the same in the next call."""

    __slots__ = ()
    precedence = 2

    @classmethod
    def recorded(cls, row: Row, operands: tuple[Any, ...], settings: tuple[Any, ...]) -> Tracer:
        mode = recording_now()
        if not isinstance(mode, Trace):
            raise UnsupportedError(
                f"A value of a function that is being compiled is used where nothing is recorded "
                f"({line_of_the_user()}): it was kept after the recording, or reached another thread, or tg.debug() "
                "is on. Give it as a result."
            )
        if row.rules and not row.variadic:
            operands = tuple(map(plain_operand, operands))
        check_shape(row, operands, settings)
        try:
            result = row.call(values_of(operands), values_of(settings))
        except ValueError as error:
            raise cannot_broadcast(row, *operands, error) from None
        node = cls(scalar_of(result), None, row, operands, settings)
        if not mode.takes_gradients:
            node.requires_grad, node.parents, node.pullbacks = False, (), ()
        mode.watch(node)
        return node

    @classmethod
    def apply_unknown(cls, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if isinstance(function, np.ufunc):
            return super().apply_unknown(function, args, kwargs)
        raise UnsupportedError(
            f"{qualified_name(function)} is not in the table of derivatives, so it cannot be compiled "
            f"({line_of_the_user()}). Compute it outside, and give the result as an argument; or make it a @primitive."
        )

    # Python's own operators are recorded as such: on single numbers their last digit may differ from the function's.

    @staticmethod
    def unary_method(row: Row, operate: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return Recorder.unary_method(spelled(row, operate), operate)

    @staticmethod
    def binary_method(row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return Recorder.binary_method(spelled(row, operate), operate)

    @staticmethod
    def reflected_method(row: Row, operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return Recorder.reflected_method(spelled(row, operate), operate)

    def detach(self) -> Tracer:
        """The same value, through which no derivative flows back."""
        constant: Tracer = +self
        constant.requires_grad, constant.parents, constant.pullbacks = False, (), ()
        return constant

    def astype(self, dtype: Any) -> Any:
        return astype(self, dtype=dtype)

    def backward(self, gradient: Any = None, keep: str = "all") -> None:
        """Take down that the gradients of leaves are filled; those of inner nodes are not kept."""
        mode = recording_now()
        assert isinstance(mode, Trace)
        if not self.requires_grad:
            advice = "No Tensor that takes a gradient is in it. For arguments: tg.compile(tg.value_and_grad(f))."
            raise refused(self, ".backward()", advice)
        mode.effects.backward(self, gradient)

    @property
    def record(self) -> NoReturn:
        raise refused(self, "Numbers")

    def __iter__(self) -> Iterator[Any]:
        raise refused(self, "Iteration", "Index it, x[0], x[1], or use functions of whole arrays.")

    def __getattr__(self, name: str) -> Any:
        function: Any = getattr(np, name, None)
        if hasattr(np.ndarray, name) and (function in TABLE or function in COMPOSED):
            return lambda *args, **kwargs: function(self, *args, **kwargs)
        if name.startswith("__") or not hasattr(Eager, name) and not hasattr(np.ndarray, name) and name not in LEAVING:
            raise AttributeError(f"A value that is compiled has no attribute {name!r}.")
        raise refused(self, f".{name}", LEAVING.get(name))


LEAVING = {
    "data": None,
    "item": "Give the Tensor as a result, and read its number there.",
    "numpy": None,
    "grad": "Give what you want as a result: tg.compile(tg.value_and_grad(f)), or tg.gradient(L, w) inside.",
    "register_hook": "Hooks are not compiled: run the function as it is to watch its gradients.",
}


def leaving(name: str, how: str, advice: str | None = None) -> None:
    def method(self: Tracer, *args: Any, **kwargs: Any) -> NoReturn:
        raise refused(self, how, advice)

    setattr(Tracer, name, method)


for name in ("bool", "float", "int"):
    leaving(f"__{name}__", f"{name}()")
leaving("__array__", "Making an array")
leaving("__index__", "Indexing with the value")
leaving("__setitem__", "Assignment to elements")
leaving("__str__", "Writing out")
leaving("__format__", "Writing out")
for name in ARITHMETIC:
    leaving(f"__i{name}__", "An update in place", "Write a = a + x instead of a += x, which writes into an array.")


def refused(x: Any, how: str, advice: str | None = None) -> UnsupportedError:
    name = f"{x.name!r}" if x.name else f"a value of shape {x.shape}"
    return UnsupportedError(
        f"{how} of {name} in a function that is compiled ({line_of_the_user()}): what happens now would be "
        "repeated for good, whatever the values are. "
        + (
            advice
            or "np.where(condition, a, b) chooses by value; what steers the program must be a Python number among the "
            "arguments (it is compiled in); to derive by a number, give it as np.float64(x)."
        )
    )


def plain_operand(x: Any) -> Any:
    """Operands that are no arrays yet, such as lists, as arrays."""
    if isinstance(x, (Node, np.ndarray, np.generic)) or x is None or type(x) in NUMBERS:
        return x
    if contains_node(x):
        raise list_of_tensors()
    return np.asarray(x)


def value_of(x: Any) -> Any:
    if isinstance(x, Recorder):
        return x.value
    return x._data if isinstance(x, Eager) else x


def values_of(x: Any) -> Any:
    return rebuilt(x, map(value_of, leaves(x)))


def scalar_of(y: Any) -> Any:
    return y[()] if y.__class__ is np.ndarray and not y.ndim else y


def check_shape(row: Row, operands: tuple[Any, ...], settings: tuple[Any, ...]) -> None:
    """Refuse what has a shape that depends on values."""
    masks = [x for x in leaves(settings) if isinstance(x, Node) and x.dtype.kind == "b"]
    if row.function in SHAPED_BY_VALUES or masks:
        raise UnsupportedError(
            f"{row.name} gives an array whose shape depends on values, and compiled code has fixed shapes "
            f"({line_of_the_user()}). Use the mask itself: np.where(mask, x, 0), (x * mask).sum() / mask.sum()."
        )


class Trace(Tracing):
    """One recording: the nodes, and which of them are adjoints."""

    def __init__(self) -> None:
        self.adjoints: dict[Node, Node] = {}
        self.backward: list[int] = []
        """When the first backward pass began: it is marked in the source."""
        self.variables: dict[Eager, Watch] = {}
        """The Tensors that were met, and who watches them."""
        self.effects = Effects(partial(Tracer, requires_grad=False))

    def __call__(self, node: Any) -> Any:
        row: Row = node.row
        return Tracer.recorded(
            spelled(row, OPERATORS[row.function]) if row.function in OPERATORS else row, node.inputs, node.settings
        )

    def operand(self, x: Any) -> Any:
        return +x

    def refuse(self, x: Any, how: str) -> None:
        raise refused(x, how)

    def gradient(self, x: Any) -> Any:
        return self.effects.gradient(x)

    def zero_grad(self, x: Any) -> None:
        self.effects.zero_grad(x)

    def update(self, optimiser: Any) -> None:
        self.effects.update(optimiser)

    def watch(self, node: Tracer) -> None:
        """Be told the adjoint of the node, and of the Tensors among its operands."""
        node.hooks = [Watch(self, node)]
        for x in leaves((node.inputs, node.settings)):
            if isinstance(x, Eager) and x not in self.variables:
                check_hooks(x)
                self.variables[x] = Watch(self, x)
                x.hooks = [*(x.hooks or ()), self.variables[x]]

    def adjoint(self, node: Node, total: Any) -> None:
        if not self.backward and isinstance(recording_now(), Trace):
            self.backward.append(next_stamp())
        if isinstance(total, Tracer):
            self.adjoints.setdefault(total, node)

    def __enter__(self) -> Trace:
        self.token = recording.set(self)
        return self

    def __exit__(self, *error: Any) -> None:
        recording.reset(self.token)
        for x, watch in self.variables.items():
            x.hooks = [hook for hook in x.hooks or () if hook is not watch] or None


class Watch:
    """A hook that tells a recording what arrives at a node; to anybody else, it is none."""

    def __init__(self, trace: Trace, node: Any) -> None:
        self.trace = trace
        self.node = node

    def __call__(self, total: Any) -> None:
        self.trace.adjoint(self.node, total)


def check_hooks(x: Eager) -> None:
    if any(not isinstance(hook, Watch) for hook in x.hooks or ()):
        raise UnsupportedError(
            f"{x.name or 'A Tensor'!r} has hooks, which compiled code would not call. Remove them, or run the function "
            "as it is."
        )


def standing_for(x: Any, name: str | None) -> Any:
    """What the function is given in place of an array or a Tensor."""
    if isinstance(x, Eager):
        check_hooks(x)
        return Tracer(x._data, x.name or name, requires_grad=x.requires_grad)
    if isinstance(x, (np.ndarray, np.generic)):
        check_kind(x)
        return Tracer(x, name, requires_grad=False)
    return x


def check_kind(x: Any) -> None:
    """Refuse arrays that compute in their own way, such as masked ones."""
    if isinstance(x, np.ndarray) and type(x) is not np.ndarray:
        raise UnsupportedError(
            f"A {type(x).__name__} computes in its own way, which compiled code does not know. Give np.asarray(x)."
        )


def computed_before(outputs: list[Any]) -> list[Node]:
    """Every node that the outputs were computed from, in the order in which they were made."""
    seen = {x for x in outputs if isinstance(x, Node)}
    stack = list(seen)
    while stack:
        node = stack.pop()
        if isinstance(node, Recorder):
            for x in leaves((node.inputs, node.settings)):
                if isinstance(x, Node) and x not in seen:
                    seen.add(x)
                    stack.append(x)
    return sorted(seen, key=age)
