"""What may stand in an expression: operators, functions of the table, and results that fit into memory."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from math import prod
from typing import Any

import numpy as np

from .. import functions
from ..primitive import COMPOSED, TABLE

OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.MatMult: operator.matmul, ast.USub: operator.neg, ast.UAdd: operator.pos,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
HINTS: dict[type[ast.AST], str] = {
    ast.BitXor: "Powers are written with **.",
    ast.BoolOp: "Conditions are multiplied: (x > 0)*(x < 1).",
    ast.IfExp: "Choices are written where(condition, a, b).",
}
ATTRIBUTES: dict[str, Callable[..., Any]] = {"T": np.transpose, "shape": np.shape, "size": np.size, "ndim": np.ndim}
CONSTANTS = {"pi": np.pi, "e": np.e}
OVERSIZED = {
    "broadcast_to", "diag", "einsum", "empty_like", "full_like", "kron", "ones_like", "pad", "repeat",
    "result_type", "split", "tensordot", "tile", "zeros_like",
}  # fmt: skip
"""Left out: a number in their arguments could ask for any amount of memory, or they take text."""
PRODUCTS = (operator.matmul, np.matmul, np.dot, np.inner)

LARGEST = 10**7
"""Elements of an array that an expression may make on its way."""
MOST_MADE = 2 * 10**7
"""Elements of all of them together: a recorded graph keeps them."""


def allowed_functions() -> dict[str, Callable[..., Any]]:
    """NumPy's functions that have a derivative, activations, and primitives of the user, by short name and notation."""
    stable = [f for f in vars(functions).values() if callable(f) and f.__doc__]
    found = {f.__name__: f for f in (*TABLE, *COMPOSED, *stable) if is_public(f)}
    found |= {name: f for name, f in vars(np).items() if callable(f) and (f in TABLE or f in COMPOSED)}
    notations = [(TABLE[f].notation, f) for f in found.values() if f in TABLE]
    found = {n: f for n, f in reversed(notations) if isinstance(n, str) and n.isidentifier()} | found
    return {name: f for name, f in found.items() if name not in OVERSIZED} | {"len": len}


def is_public(function: Any) -> bool:
    """Whether it is not one of the helpers that derivative rules are made of."""
    home = getattr(function, "__module__", None) or ""
    return not home.startswith("tinygrad_edu.") or home.startswith(functions.__name__)


def near_names(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.7)
    return f"; the nearest that can: {', '.join(near)}" if near else ""


def size_made(function: Callable[..., Any], operands: Sequence[Any]) -> int:
    """How many elements the result has; refused is what would fill the memory, as products of products can."""
    shapes = [x.shape for x in operands if getattr(x, "shape", ())]
    if len(shapes) == 2 and function in (*PRODUCTS, np.outer):
        shared = 1 if function is np.outer else max(shapes[0][-1], 1)
        size = int(prod(shapes[0]) * prod(shapes[1]) // shared**2)
    else:
        try:
            size = int(prod(np.broadcast_shapes(*shapes)))
        except ValueError:
            return 0  # the function itself says what is wrong
    if size > LARGEST:
        raise MemoryError(f"the result would have {size} elements; at most {LARGEST} are made")
    return size
