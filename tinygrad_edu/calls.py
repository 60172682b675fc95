"""A call of a function on fresh variables, and what the sweeps over it give: the machinery of the transforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from .backward import adjoints, values
from .derivatives.shapes import astype
from .eager import NUMBERS
from .errors import ShapeError, UnsupportedError
from .messages import not_differentiable_data
from .nested import contains_node, leaves, rebuilt
from .node import Node, topological_order
from .operators import Operators
from .recorder import Recorder
from .recording import enable_grad
from .tensor import Tensor, as_tensor, gradient, seed_for

Argnums = int | tuple[int, ...]
Function = Callable[..., Any]


class Call:
    """A call of `f` on fresh variables in place of the arguments to differentiate by.

    `outputs` are the Tensors that came out, `closed` says that they depend on these variables only,
    and that none of the arguments was a Tensor: nobody can ask for a derivative of the answer.
    """

    def __init__(self, f: Function, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.name = name_of(f)
        positions = (argnums,) if isinstance(argnums, int) else argnums
        chosen = tuple([argument(args, i, self.name) for i in positions])
        if len({i % len(args) for i in positions}) < len(positions):
            raise UnsupportedError(f"argnums={argnums}: each argument of {self.name} is named once.")
        self.chosen = chosen[0] if isinstance(argnums, int) else chosen
        self.given = leaves(chosen)
        with enable_grad():
            self.variables = [fresh(x) for x in self.given]
            arguments = list(args)
            for i, x in zip(positions, rebuilt(chosen, iter(self.variables))):
                arguments[i] = x
            self.result = f(*arguments, **kwargs)
            self.outputs = [as_tensor(y) for y in leaves(self.result)]
        self.closed = not contains_node(self.given) and not self.depends_on_others()

    def depends_on_others(self) -> bool:
        mine = set(self.variables)
        nodes = [x for y in self.outputs if y.requires_grad for x in topological_order(y)]
        return any([x.row is None and x not in mine for x in nodes])

    def single_number(self) -> Any:
        """The output of a scalar function."""
        y = self.outputs[0] if len(self.outputs) == 1 else None
        if y is None or y.size != 1:
            got = f"{len(self.outputs)} outputs" if y is None else f"an output of shape {y.shape}"
            raise ShapeError(
                f"{self.name} gave {got}: a gradient is the derivative of one number. "
                f"Reduce the output first (y.sum(), y.mean()), or use tg.jacobian({self.name})."
            )
        return y

    def pull(self, y: Any, seed: Any = None, closed: bool | None = None) -> list[Any]:
        """The gradient of `y` by each variable, for a `seed` that arrives at `y`."""
        if isinstance(seed, Node) or not (self.closed if closed is None else closed):
            return gradient(y, self.variables, seed)  # type: ignore[no-any-return]
        if not y.requires_grad:
            return [np.zeros(x.shape, x.dtype)[()] for x in self.variables]
        seed = seed_for(y, None) if seed is None else np.asarray(seed, y.dtype)[()]
        found = adjoints(y, self.variables, seed, values)
        return [np.array(found[x])[()] if x in found else np.zeros(x.shape, x.dtype)[()] for x in self.variables]

    def push(self, y: Any, tangents: list[Any]) -> Any:
        """How fast `y` changes when the variables change by `tangents`."""
        u = Tensor(np.ones(y.shape, y.dtype))
        slope = inner(gradient(y, self.variables, u), tangents)
        if not self.closed or contains_node(tangents):
            return gradient(slope, u)
        found = adjoints(slope, [u], np.ones((), slope.dtype)[()], values)
        return self.answer(as_tensor(found.get(u, np.zeros(y.shape))))

    def nested(self, derivatives: list[Any]) -> Any:
        """One derivative per variable, nested as the arguments are; for Python numbers, Python numbers."""
        return rebuilt(self.chosen, (number_like(x, d) for x, d in zip(self.given, derivatives)))

    def answer(self, y: Any) -> Any:
        """An output as the caller gets it."""
        if not self.closed:
            return y
        plain = np.array(y.numpy())[()]
        return plain.item() if plain.shape == () and all(type(x) in NUMBERS for x in self.given) else plain


def name_of(f: Function) -> str:
    return f.__name__ if hasattr(f, "__name__") else repr(f)


def fresh(x: Any) -> Any:
    """A variable of this call alone; made from `x` by an operation if an outer derivative may ask for `x`."""
    if isinstance(x, Recorder):
        if x.dtype.kind not in "fbiu":
            raise not_differentiable_data(x.value, f"its dtype is {x.dtype}")
        variable = +x if x.dtype.kind == "f" else astype(x, dtype=np.float64)
        variable.requires_grad, variable.name = True, x.name
        return variable
    return +x if isinstance(x, Operators) and x.requires_grad else Tensor(x)


def inner(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """``Σ x · y`` over all elements."""
    return reduce(add, [np.sum(x * y) for x, y in zip(xs, ys)])


def number_like(x: Any, derivative: Any) -> Any:
    plain_number = type(x) in NUMBERS and not isinstance(derivative, Node) and np.shape(derivative) == ()
    return derivative.item() if plain_number else derivative


def argument(args: tuple[Any, ...], i: int, name: str) -> Any:
    if not -len(args) <= i < len(args):
        raise UnsupportedError(f"argnums={i}, but {name} was called with {len(args)} positional arguments.")
    return args[i]
