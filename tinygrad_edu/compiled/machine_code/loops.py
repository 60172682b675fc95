"""Statements as loops over single elements: the indices they run over, and what is done at each.

NumPy itself says which loop it would take (`ufunc.resolve_dtypes`), so numbers have the precision that they have there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ...operators import COMPARISONS
from ..literals import uniform
from ..passes.memory import may_share_memory
from ..program import OPERATORS, Method, Statement, Variable, value_of

LETTERS = "ijklmn"
LONGEST_SUM = 1024
"""Longer sums are NumPy's, which adds in pairs and so rounds less."""
LARGEST_PRODUCT = 4096
"""Matrix products of more multiplications are BLAS's."""
LARGEST_CALL = 128
"""Functions such as exp are NumPy's on more elements: it computes several at once."""

AT_ONCE: set[Any] = {np.add, np.subtract, np.multiply, np.true_divide, np.negative, np.positive, np.absolute, np.square}
AT_ONCE |= {np.maximum, np.minimum, np.sqrt, np.reciprocal, np.sign}
COMPARED = {function for function, _ in COMPARISONS.values()}
LOGICAL = {np.logical_and, np.logical_or, np.logical_not, np.where, np.positive}
AT_ONCE |= COMPARED | LOGICAL
"""Functions that are a few instructions of the processor."""

CALLED: set[Any] = {np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.power, np.cbrt, np.hypot}
CALLED |= {np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.arctan2, np.sinh, np.cosh, np.tanh}
CALLED |= {np.arcsinh, np.arccosh, np.arctanh, np.logaddexp}
"""Functions that are computed by the mathematical library."""

POWERS = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}
"""What NumPy computes for powers of arrays."""

SUMS: dict[Any, tuple[Any, float]] = {
    np.add.reduce: (np.add, 0.0),
    np.multiply.reduce: (np.multiply, 1.0),
    np.maximum.reduce: (np.maximum, -np.inf),
    np.minimum.reduce: (np.minimum, np.inf),
}
"""What joins the elements of a reduction, and what it begins with."""

SAME_ELEMENTS: tuple[Any, ...] = (np.broadcast_to, operator.pos, Method("copy"), Method("astype"), np.full)
PRODUCTS: tuple[Any, ...] = (Method("dot"), np.dot, np.matmul, OPERATORS[np.matmul])

COMPUTED = frozenset(map(np.dtype, "?fd"))
"""What loops make and views show: numba knows neither float16 nor longdouble, and no other order of bytes."""
READ = COMPUTED | frozenset(map(np.dtype, "bhilqBHILQ"))
"""What loops read."""


@dataclass
class Operand:
    """An operand of a loop: which index of the loop runs along each of its axes (None: it has one element there)."""

    x: Any
    axes: tuple[int | None, ...]
    dtype: np.dtype[Any]
    """What it is converted to."""

    @property
    def is_straight(self) -> bool:
        """Whether index number k runs along axis number k."""
        return all(a in (None, k) for k, a in enumerate(self.axes))

    def through(self, turned: dict[Any, Any]) -> Operand:
        """The same elements, where x is a transposed array, read from the array itself."""
        x, axes = self.x, self.axes
        while isinstance(x, Variable) and x in turned:
            x, axes = turned[x], axes[::-1]
        return Operand(x, axes, self.dtype)


@dataclass
class Loop:
    """``target[place] = function(*operands)`` for all indices within `space`."""

    statement: Statement
    space: tuple[int, ...]
    function: Any
    operands: list[Operand]
    place: tuple[int | None, ...]
    inner: int = 0
    """For products: how many terms are added up for each element, along one more index."""
    joined: np.ufunc | None = None
    """For sums and the like: what joins the elements, from `start` on."""
    start: float = 0.0
    divided_by: int = 1

    @property
    def target(self) -> Variable:
        return self.statement.target


def loop_of(s: Statement, turned: dict[Any, Any]) -> Loop | None:
    """The loop of a statement, or None where NumPy is left to do it; `turned` says what was transposed to what."""
    form = next((form for accepts, form in FORMS if accepts(s)), None)
    is_known = isinstance(s.target.value, (np.ndarray, np.generic)) and s.target.dtype in COMPUTED
    loop = form(s) if form and is_known else None
    if loop is None or not fits(loop):
        return None
    loop.operands = [x.through(turned) for x in loop.operands]
    return loop if stays_apart(loop) else None


def stays_apart(loop: Loop) -> bool:
    """Whether memory that is written in place is read only where it is written."""
    into = loop.statement.into
    if into is None:
        return True
    if loop.joined is not None or loop.inner:
        return False
    others = [x.x for x in loop.operands if x.x is not into or not x.is_straight]
    return not any(may_share_memory(value_of(x), into.value) for x in others)


def fits(loop: Loop) -> bool:
    """Whether the loop is one of numbers that numba computes as NumPy does, and not too long."""
    if len(loop.space) >= len(LETTERS):
        return False
    if not all(takes(loop.function, x.dtype) and is_read(x.x) and holds(x.dtype, x.x) for x in loop.operands):
        return False
    n: int = prod(loop.space)
    if loop.joined is not None:
        return n <= LONGEST_SUM * max(np.size(loop.target.value), 1)
    is_long = loop.inner > LONGEST_SUM or loop.function in CALLED and n > LARGEST_CALL
    return n * loop.inner <= LARGEST_PRODUCT and not is_long


def takes(function: Any, dtype: np.dtype[Any]) -> bool:
    """Whether the function means the same for such numbers."""
    others = "bi" if function in COMPARED else "b" if function in LOGICAL else ""
    return dtype in (np.float32, np.float64) or dtype.kind in others


def is_read(x: Any) -> bool:
    """Whether loops have it: a number that is written out, or an array that may be passed to numba."""
    if (value := constant(x)) is not None:
        return isinstance(value, (int, float, np.number, np.bool_))
    return getattr(value_of(x), "dtype", None) in READ


def holds(dtype: np.dtype[Any], x: Any) -> bool:
    """Whether a number, if x is one, is within the range of the dtype; NumPy compares with any number."""
    value = constant(x)
    return value is None or dtype.kind != "i" or bool(np.iinfo(dtype).min <= value <= np.iinfo(dtype).max)


# ---------------------------------------------------------------------- element by element


def elementwise(s: Statement) -> Loop | None:
    function = s.ufunc
    exponent = s.args[-1]
    if s.function is operator.pow and np.ndim(value_of(s.args[0])) and type(exponent) in (int, float):
        function = POWERS.get(exponent, function)
    if function is None or function not in AT_ONCE | CALLED:
        return None
    operands = s.args[: function.nin]
    if not all(map(is_read, operands)):
        return None
    dtypes = function.resolve_dtypes((*map(kind, operands), *[None] * function.nout))
    return over_target(s, function, operands, dtypes) if dtypes[-1] == s.target.dtype else None


def chosen(s: Statement) -> Loop | None:
    dtype = s.target.dtype
    return over_target(s, np.where, s.args, (np.dtype(bool), dtype, dtype)) if len(s.args) == 3 else None


def same_elements(s: Statement) -> Loop:
    return over_target(s, np.positive, s.args[1:2] if s.function is np.full else s.args[:1], (s.target.dtype,))


def over_target(s: Statement, function: Any, operands: Any, dtypes: Any) -> Loop:
    axes = tuple(range(s.target.ndim))
    return Loop(s, s.target.shape, function, [operand(x, axes, t) for x, t in zip(operands, dtypes)], axes)


def operand(x: Any, axes: tuple[int | None, ...], dtype: Any) -> Operand:
    """An operand that is stretched to the space of the loop: its last axes are the last of those."""
    shape = np.shape(value_of(x))
    own = axes[len(axes) - len(shape) :]
    return Operand(x, tuple(a if n > 1 else None for a, n in zip(own, shape)), np.dtype(dtype))


def constant(x: Any) -> Any:
    """The number that a constant is, or that all elements of a constant array are."""
    if isinstance(x, Variable):
        return None
    return uniform(x) if isinstance(x, np.ndarray) else x


def kind(x: Any) -> Any:
    """What decides the precision: the dtype, or that it is a number of Python, which adapts."""
    return getattr(value_of(x), "dtype", type(x))


# ---------------------------------------------------------------------- sums and products


def reduction(s: Statement) -> Loop | None:
    x = s.args[0]
    is_known = len(s.args) == 1 and s.kwargs.keys() <= {"axis", "keepdims"}
    if not is_known or not x.ndim or not x.size or s.target.dtype.kind != "f":
        return None
    joined, start = SUMS.get(s.function, (np.add, 0.0))
    over = s.kwargs.get("axis", 0 if s.function in SUMS else None)
    over = range(x.ndim) if over is None else over if isinstance(over, tuple) else (over,)
    summed = {a % x.ndim for a in over}
    axes = tuple(range(x.ndim))
    place = tuple(None if a in summed else a for a in axes if a not in summed or s.kwargs.get("keepdims"))
    mean = 1 if s.function in SUMS else prod(x.shape[a] for a in summed)
    operands = [operand(x, axes, s.target.dtype)]
    return Loop(s, x.shape, np.positive, operands, place, 0, joined, start, mean)


def product(s: Statement) -> Loop | None:
    a, b = map(value_of, s.args)
    if np.ndim(a) == np.ndim(b) == 1:
        return inner_product(s)
    if not {np.ndim(a), np.ndim(b)} <= {1, 2} or s.kwargs or not len(b):
        return None
    axes = tuple(range(s.target.ndim))
    left, right = (*axes[: a.ndim - 1], len(axes)), (len(axes), *axes[a.ndim - 1 :])
    operands = [Operand(x, own, s.target.dtype) for x, own in zip(s.args, (left, right)) if constant(x) != 1]
    return Loop(s, s.target.shape, np.multiply if len(operands) > 1 else np.positive, operands, axes, inner=len(b))


def inner_product(s: Statement) -> Loop | None:
    a, b = map(value_of, s.args)
    axes = tuple(range(np.ndim(a)))
    operands = [Operand(x, axes, s.target.dtype) for x in s.args]
    return Loop(s, a.shape, np.multiply, operands, (), 0, np.add) if np.shape(a) == np.shape(b) else None


FORMS: tuple[tuple[Callable[[Statement], bool], Callable[[Statement], Loop | None]], ...] = (
    (lambda s: s.function in PRODUCTS, product),
    (lambda s: s.ufunc is not None, elementwise),
    (lambda s: s.function is np.where, chosen),
    (lambda s: s.function in SAME_ELEMENTS, same_elements),
    (lambda s: s.function in SUMS or s.function in (np.mean, Method("mean")), reduction),
    (lambda s: s.function is np.vdot, inner_product),
)
