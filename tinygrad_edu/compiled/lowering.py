"""From recorded operations to a program: every function runs once more, on variables that write NumPy calls down.

A function of NumPy is one call. A primitive of ours is read through: its body is NumPy too. A body that cannot be read
through, because it writes into arrays, becomes a function of its own at the top of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..derivatives.reductions import spread
from ..derivatives.shapes import sum_to, unbroadcast
from ..nested import leaves, rebuilt
from ..node import Node
from ..primitive import TABLE
from .program import Method, Program, Untraceable, value_of


def spread_written_out(program: Program) -> Callable[..., Any]:
    """`spread`, with ``np.full`` written down: NumPy does not ask its arguments."""

    def body(x: Any, shape: Any = (), axis: Any = None, keepdims: bool = False) -> Any:
        if axis is None:
            return program.call(np.full, (shape, x), {})[()]
        return np.broadcast_to(x if keepdims else np.expand_dims(x, axis), shape)

    return body


def sum_to_written_out(program: Program) -> Callable[..., Any]:
    """`sum_to`, with the product of ones written down: the method of a plain array does not ask its argument."""

    def body(x: Any, shape: Any = ()) -> Any:
        if x.ndim == 2 and x.shape[1:] == shape and x.dtype.kind == "f":
            return program.call(Method("dot"), (np.ones(len(x), x.dtype), x), {})
        return sum_to(x, shape)

    return body


WRITTEN_OUT: dict[Any, Callable[[Program], Callable[..., Any]]] = {
    TABLE[spread].function: spread_written_out,
    TABLE[unbroadcast].function: sum_to_written_out,
}
"""Bodies that NumPy's protocols cannot follow. If a bit differs from what the body gives, the body itself is called."""


def lower(nodes: Iterable[Any], known: dict[Any, Any], program: Program) -> dict[Any, Any]:
    """What each recorded operation is in the program, given what the leaves are."""
    found = dict(known)
    for node in nodes:
        if node in found:
            continue
        operands, settings = (
            rebuilt(x, (found[leaf] if isinstance(leaf, Node) else known.get(id(leaf), leaf) for leaf in leaves(x)))
            for x in (node.inputs, node.settings)
        )
        program.origin = node
        found[node] = lowered(program, node, operands, settings)
    return found


def lowered(program: Program, node: Any, operands: Any, settings: Any) -> Any:
    """What the body of the row does to these operands; or one call of it, if that cannot be told bit for bit."""
    row = node.row
    body = WRITTEN_OUT[row.function](program) if row.function in WRITTEN_OUT else row.function
    arguments = row.packed(operands)
    named = dict(zip(row.settings, settings))
    before = len(program.statements)
    try:
        y = body(*arguments, **named)
        y = as_scalar(y[0] if row.residual else y)
        if is_same(value_of(y), node.value):
            return y
    except (Untraceable, TypeError, ValueError):  # the latter from NumPy, when it is to store a variable in an array
        pass
    del program.statements[before:]
    y = program.call(row.function, tuple(arguments), named)
    return as_scalar(y[0] if row.residual else y)


def is_same(a: Any, b: Any) -> bool:
    if isinstance(a, (np.ndarray, np.generic)) and isinstance(b, (np.ndarray, np.generic)):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    return type(a) is type(b) and repr(a) == repr(b)


def as_scalar(x: Any) -> Any:
    """A single number as a scalar, as Tensors hold it."""
    value = value_of(x)
    return x[()] if isinstance(value, np.ndarray) and not value.ndim else x
