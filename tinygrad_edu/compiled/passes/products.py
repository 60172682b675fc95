"""Sums and products in another order: the same numbers up to rounding, faster."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..program import Method, Program, Statement, Variable, value_of
from .uses import Uses, is_like, is_like_number, is_number

LONGEST_SUM = 65_536
"""Products add up in few columns, where NumPy adds in pairs: of more numbers, float32 would lose too much."""

MANY = 8
"""How many times larger an array is, if numbers had better be multiplied with the smaller one."""

WORTH_MOVING = 50_000
"""Elements of a product that has a name; below, one call costs as much as the other."""

DOT = Method("dot")


def dot(program: Program) -> int:
    """Write Σ a·b as ``a.dot(b)``, if nobody else reads the product."""
    uses = Uses(program)
    count = 0
    for s in program.statements:
        if s.function == np.add.reduce and s.kwargs == {"axis": None} and (made := uses.maker_of(s.args[0])):
            factors = factors_of(made)
            few = made.target.size <= LONGEST_SUM or made.target.dtype == np.float64
            if few and all(is_matrix_like(x, made.target.shape) for x in factors):
                s.function, s.args, s.kwargs = DOT if made.target.ndim == 1 else np.vdot, factors, {}
                count += 1
    return count


def factors_of(s: Statement) -> tuple[Any, ...]:
    is_square = s.ufunc is np.square or s.function is operator.pow and is_number(s.args[1]) and s.args[1] == 2
    return (s.args[0],) * 2 if is_square else tuple(s.args) if s.function is operator.mul else (None,)


def is_matrix_like(x: Any, shape: tuple[int, ...]) -> bool:
    """Whether products of x are computed as fast as they can be: floats without gaps in memory."""
    return isinstance(x, Variable) and x.shape == shape and x.dtype.kind == "f" and x.value.flags.c_contiguous


def ones(program: Program) -> int:
    """Write sums along an axis of a matrix as products with ones, which are faster."""
    count = 0
    for s in program.statements:
        if s.function == np.add.reduce and (axis := axis_of_matrix(s)) is not None:
            (x,) = s.args
            n = x.shape[axis]
            vector = (
                np.ones((1, n) if axis == 0 else (n, 1), x.dtype) if s.kwargs.get("keepdims") else np.ones(n, x.dtype)
            )
            s.function, s.args, s.kwargs = DOT, (vector, x) if axis == 0 else (x, vector), {}
            count += 1
    return count


def axis_of_matrix(s: Statement) -> int | None:
    """The axis that the statement sums along, if it sums short columns or rows of a matrix."""
    axis = s.kwargs.get("axis", 0)
    axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
    x = s.args[0]
    is_short = x.ndim == 2 and isinstance(axis, int) and 0 < x.shape[axis] <= LONGEST_SUM
    return axis % 2 if is_short and x.dtype in (np.float32, np.float64) and x.size else None


def columns(program: Program) -> int:
    """Take columns and rows out of matrices that are multiplied with a unit vector, as Hessians do."""
    count = 0
    for s in program.statements:
        if s.function == DOT and len(s.args) == 2:
            for x, unit, axis in ((*s.args, 1), (*s.args[::-1], 0)):
                if is_matrix(x, s.target) and (i := place_of_one(unit)) is not None:
                    s.function, s.args = operator.getitem, (x, (slice(None), i) if axis else i)
                    count += 1
                    break
    return count


def is_matrix(x: Any, product: Variable) -> bool:
    return isinstance(x, Variable) and x.ndim == 2 and x.dtype == product.dtype and x.dtype.kind == "f"


def place_of_one(x: Any) -> int | None:
    """Where the 1 of a unit vector stands."""
    is_unit = type(x) is np.ndarray and x.ndim == 1 and np.count_nonzero(x) == 1 and x.sum() == 1
    return int(np.argmax(x)) if is_unit else None


def scale(program: Program) -> int:
    """Multiply numbers with the smaller side of a product: Xᵀ(c·d) = c·(Xᵀd)."""
    uses = Uses(program)
    count = 0
    done: list[Statement] = []
    for s in program.statements:
        moved = scaled_after(s, uses) or scaled_before(s, uses)
        done += moved or [s]
        count += bool(moved)
    program.statements = done
    return count


LINEAR = {DOT, np.vdot, np.add.reduce}
"""Functions that are linear in each of their operands."""


def scaled_after(s: Statement, uses: Uses) -> list[Statement]:
    """The product without a number in one of its operands, and the number times the product."""
    for x in s.used if s.function in LINEAR else ():
        made = uses.maker_of(x)
        is_large = x.name is None and x.size >= MANY * max(np.size(s.target.value), MANY)
        if made and is_large and (found := number_in(made)):
            target, s.target = s.target, Variable(s.target.program, s.target.value)
            s.with_arguments(lambda y: found[1] if y is x else y)  # noqa: B023  called at once
            return [s, times(target, found[0], s.target, made.function, s)]
    return []


def scaled_before(s: Statement, uses: Uses) -> list[Statement]:
    """The number times the smaller operand, and the product, in place of the number times the product."""
    found = number_in(s)
    product = uses.maker_of(found[1]) if found else None
    if not found or product is None or product.function != DOT or s.target.size < WORTH_MOVING:
        return []
    smaller = min(product.used, key=lambda x: x.size)
    if len(product.used) != 2 or MANY * smaller.size > s.target.size:
        return []
    scaled = Variable(smaller.program, smaller.value)
    args = tuple(scaled if x is smaller else x for x in product.args)
    return [times(scaled, found[0], smaller, s.function, s), Statement(s.target, DOT, args, {}, s.origin, s.phase)]


def number_in(s: Statement) -> tuple[Any, Variable] | None:
    """The number that the statement multiplies or divides an array with, and the array."""
    if s.function is operator.mul:
        pairs = [s.args, s.args[::-1]]
    else:
        pairs = [s.args[::-1]] if s.function is operator.truediv else []
    for number, x in pairs:
        is_scaled = np.ndim(value_of(number)) == 0 and is_like_number(number, s.target) and is_like(x, s.target)
        if is_scaled and x.dtype in (np.float32, np.float64):
            return number, x
    return None


def times(target: Variable, number: Any, x: Variable, function: Any, s: Statement) -> Statement:
    return Statement(
        target, function, (x, number) if function is operator.truediv else (number, x), {}, s.origin, s.phase
    )
