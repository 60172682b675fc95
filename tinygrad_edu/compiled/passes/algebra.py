"""Shorter ways to the same bits."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...operators import COMPARISONS
from ..literals import number_name, uniform
from ..program import Method, Program, Statement, Variable, value_of
from .sharing import named_alike, replace

NEUTRAL: dict[Any, tuple[float | None, float | None]] = {
    operator.mul: (1, 1),
    operator.truediv: (None, 1),
    operator.sub: (None, 0),
    operator.pow: (None, 1),
}
"""The left and the right operand that leave the other as it is, bit for bit; 0 + x does not, since 0 + −0 is 0."""

TRANSPOSE = Method("T", True)
SAME = (operator.pos, np.broadcast_to, Method("reshape"), Method("astype"), Method("squeeze"))
"""Functions that give their first operand, if its shape and dtype are right already."""

STRETCHING = {np.full: 1, np.broadcast_to: 0}
"""Functions that repeat one of their arguments, which broadcasting does by itself, and which of them."""

ROUNDED_ONCE = {np.add, np.subtract, np.multiply, np.true_divide, np.maximum, np.minimum}
ROUNDED_ONCE |= {function for function, _ in COMPARISONS.values()}
"""Functions that give the same bits however their operands lie in memory."""

MOST_EXACT = 2**24
"""Up to here, every whole number is a float32."""

FEW_ELEMENTS = 10_000
"""Up to here, it is felt how NumPy takes up a number."""

MEANS = {np.mean, Method("mean")}
REDUCTIONS = {np.sum: np.add, np.prod: np.multiply, np.max: np.maximum, np.min: np.minimum}
for name, ufunc in (("sum", np.add), ("prod", np.multiply), ("max", np.maximum), ("min", np.minimum)):
    REDUCTIONS[Method(name)] = ufunc  # type: ignore[index]


def simplify(program: Program) -> int:
    """Leave out what changes no bit: x·1, x/1, x − 0, a reshape to the same shape, ``x.T.T``."""
    same: dict[Any, Any] = {}
    transposed: dict[Any, Variable] = {}
    for s in program.statements:
        s.with_arguments(lambda x: same.get(x, x) if isinstance(x, Variable) else x)
        if s.function == TRANSPOSE and s.args[0] not in transposed:
            transposed[s.target] = s.args[0]
        elif (kept := transposed[s.args[0]] if s.function == TRANSPOSE else unchanged(s)) is not None:
            same[s.target] = named_alike(kept, s.target)
    return replace(program, same)


def unchanged(s: Statement) -> Variable | None:
    """The operand that the statement gives as it is, if there is one."""
    operands = list(s.args)
    for i, neutral in enumerate(NEUTRAL.get(s.function, ())):
        x = operands[1 - i]
        if neutral is not None and isinstance(x, Variable) and is_number(operands[i], neutral) and alike(x, s.target):
            return x
    kept = s.function in SAME and isinstance(operands[0], Variable) and alike(operands[0], s.target)
    return operands[0] if kept else None


def is_number(x: Any, number: float) -> bool:
    is_plain = not isinstance(x, Variable) and isinstance(x, (int, float, np.generic))
    return is_plain and bool(x == number) and not np.signbit(float(x))  # x − (−0) is not x


def alike(x: Variable, y: Variable) -> bool:
    return type(x.value) is type(y.value) and x.shape == y.shape and x.dtype == y.dtype


def broadcast(program: Program) -> int:
    """Let element-by-element functions stretch their operands, and do not store what was stretched."""
    stretched: dict[Any, Any] = {}
    count = 0
    for s in program.statements:
        if s.function in STRETCHING and not s.kwargs:
            stretched[s.target] = s.args[STRETCHING[s.function]]
        elif s.ufunc in ROUNDED_ONCE:
            for i, x in enumerate(s.args):
                small = stretched.get(x) if isinstance(x, Variable) else uniform(x)
                others = [np.shape(value_of(y)) for j, y in enumerate(s.args) if j != i]
                if small is not None and np.shape(value_of(x)) in others and dtype_of(small) == x.dtype:
                    s.args = (*s.args[:i], small, *s.args[i + 1 :])
                    count += 1
    return count


def dtype_of(x: Any) -> Any:
    return getattr(x, "dtype", None)


def shorten(program: Program) -> int:
    """Call what a function of NumPy leads to: ``np.add.reduce`` for ``np.sum``, ``x.T`` for ``np.transpose``."""
    count = 0
    done = []
    for s in program.statements:
        if s.function in MEANS and (n := terms_of_mean(s)):
            total = Variable(program, s.target.value * n)
            done.append(Statement(total, np.sum, s.args, s.kwargs, s.origin, s.phase))
            s.function, s.args, s.kwargs = operator.truediv, (total, n), {}
            count += 1
        done.append(s)
    program.statements = done
    for s in program.statements:
        if s.function is np.transpose and s.kwargs.get("axes") is None:
            s.function, s.kwargs = Method("T", True), {}
            count += 1
        if s.function in REDUCTIONS and len(s.args) == 1 and s.kwargs.keys() <= {"axis", "keepdims"}:
            s.function = REDUCTIONS[s.function].reduce
            s.kwargs = {"axis": s.kwargs.get("axis")} | ({"keepdims": True} if s.kwargs.get("keepdims") else {})
            count += 1
    return count


def numbers(program: Program) -> int:
    """Make arrays of 0, ½, 1, 2 and 1/n beside small arrays, once: NumPy would do it anew in each call."""
    count = 0
    for s in program.statements:
        if s.ufunc in ROUNDED_ONCE and 0 < s.target.ndim and s.target.size <= FEW_ELEMENTS:
            arrays = [x for x in s.args if isinstance(x, Variable) and x.ndim and x.dtype.kind == "f"]
            for i, x in enumerate(s.args):
                if len(arrays) == 1 and type(x) in (float, arrays[0].dtype.type) and number_name(x):
                    s.args = (*s.args[:i], np.array(x, arrays[0].dtype), *s.args[i + 1 :])
                    count += 1
    return count


def terms_of_mean(s: Statement) -> int:
    """How many numbers a mean is taken of, if sum and division give its bits: NumPy divides in float64."""
    (x,) = s.args
    n = x.size // max(np.size(s.target.value), 1)
    is_exact = x.dtype == np.float64 or x.dtype == np.float32 and n <= MOST_EXACT
    return n if is_exact and s.kwargs.keys() <= {"axis", "keepdims"} else 0


def floats(program: Program) -> int:
    """Write whole numbers beside floats as floats, which NumPy takes up faster."""
    count = 0
    for s in program.statements:
        first = 1 if s.function is np.where else 0
        operands = s.args[first:]
        arrays = [x for x in operands if isinstance(x, Variable)]
        if (s.function is np.where or s.ufunc in ROUNDED_ONCE) and all(x.dtype.kind == "f" for x in arrays):
            for i, x in enumerate(operands, first):
                if type(x) is int and abs(x) <= MOST_EXACT and arrays:
                    s.args = (*s.args[:i], float(x), *s.args[i + 1 :])
                    count += 1
    return count
