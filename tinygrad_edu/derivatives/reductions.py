"""Sums, means, extremes and products over axes; and `spread`, the way back up from a reduction."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..primitive import Each, primitive, row
from .arithmetic import ratio
from .shapes import reshape


@primitive(
    lambda g, y, x, shape=(), axis=None, keepdims=False: g.sum(axis=axis, keepdims=keepdims),
    notation="{0}",
)
def spread(x, shape=(), axis=None, keepdims=False):
    """Copy the result of a reduction to every element it came from: the reduced axes are put back."""
    if axis is None or not shape:  # a single number may be reduced over axis 0, which it does not have
        return np.full(shape, x)[()]  # np.broadcast_to takes several times as long for small arrays
    return np.broadcast_to(x if keepdims else np.expand_dims(x, axis), shape)


@primitive(notation="n{0:hidden}")
def count(x, axis=None, ddof=0):
    """The number of elements that a reduction over `axis` puts together, at least 1, less `ddof`."""
    if axis is None:
        n = x.size
    else:
        n = math.prod([x.shape[a] for a in axis]) if isinstance(axis, tuple) else x.shape[axis]
    return (n or 1) - ddof


def axes_of(axis: Any) -> tuple[int, ...]:
    return axis if isinstance(axis, tuple) else (axis,)


# ------------------------------------------------------------------ sums and means

row(
    np.sum,
    lambda g, y, x, axis=None, keepdims=False: spread(g, shape=x.shape, axis=axis, keepdims=keepdims),
    notation=lambda x, axis=None, keepdims=False: x.sum(axis),
)
row(
    np.mean,
    lambda g, y, x, axis=None, keepdims=False: spread(
        g / count(x, axis=axis), shape=x.shape, axis=axis, keepdims=keepdims
    ),
    notation="mean({0})",
)
row(np.cumsum, lambda g, y, x, axis=None: reshape(np.flip(np.cumsum(np.flip(g, axis), axis), axis), shape=x.shape))


def var_rule(g, y, x, axis=None, ddof=0, keepdims=False):
    slope = spread(g * 2 / count(x, axis=axis, ddof=ddof), shape=x.shape, axis=axis, keepdims=keepdims)
    return slope * (x - x.mean(axis=axis, keepdims=True))


def std_rule(g, y, x, axis=None, ddof=0, keepdims=False):
    up = {"shape": x.shape, "axis": axis, "keepdims": keepdims}
    slope = spread(g / count(x, axis=axis, ddof=ddof), **up)
    return ratio(slope * (x - x.mean(axis=axis, keepdims=True)), spread(y, **up))


row(np.var, var_rule, notation="var({0})")
row(np.std, std_rule, notation="std({0})", kinks="0 where all elements are equal")


# ------------------------------------------------------------------ maxima and minima


@primitive(notation="[{0} = {1}]")
def share(x, y, axis=None):
    """1 where x equals the extreme y, divided among those that do."""
    equal = (x == y).astype(x.dtype)
    return equal / np.maximum(equal.sum(axis=axis, keepdims=True), 1)


def extreme_rule(g, y, x, axis=None, keepdims=False):
    up = {"shape": x.shape, "axis": axis, "keepdims": keepdims}
    return spread(g, **up) * share(x, spread(y, **up), axis=axis)


for function in (np.max, np.amax):
    row(function, extreme_rule, notation="max({0})", kinks="equal largest elements share equally")
for function in (np.min, np.amin):
    row(function, extreme_rule, notation="min({0})", kinks="equal smallest elements share equally")


# ------------------------------------------------------------------ products


def others_rule(i, g, y, operands, axis=None):
    """g is one more direction after x, or takes the place of a direction, in which the function is linear."""
    return product_of_others(operands + (g,) if i == 0 else operands[:i] + (g,) + operands[i + 1 :], axis=axis)


@primitive(Each(others_rule))
def product_of_others(operands, axis=None):
    """The gradient of the product of x over `axis`, and its derivative in any number of directions after x.

    y/x would be NaN where an element is 0, so nothing is divided: each x + ε₁v₁ + … + εₖvₖ (with εᵢ² = 0) is
    multiplied with all others; the answer stands at ε₁ ⋯ εₖ.
    """
    x, *directions = operands
    reduced = list(range(x.ndim)) if axis is None or not x.ndim else [a % x.ndim for a in axes_of(axis)]
    order = [a for a in range(x.ndim) if a not in reduced] + reduced
    numbers = np.zeros((2 ** len(directions), *np.transpose(x, order).shape), dtype=x.dtype)
    numbers[0] = np.transpose(x, order)
    for i, direction in enumerate(directions):
        numbers[2**i] = np.transpose(direction, order)
    kept = numbers.shape[: -len(reduced) or None]
    lines = numbers.reshape(*kept, math.prod(numbers.shape[len(kept) :]))
    return np.transpose(times_others(lines)[-1].reshape(numbers.shape[1:]), np.argsort(order))[()]


def times_others(x):
    """Of a pair (a, b), the others of a are b and what is outside of the pair: the same with half as many numbers."""
    if x.shape[-1] < 2:
        return one_like(x)
    a, b = x[..., 0::2], x[..., 1::2]
    if x.shape[-1] % 2:
        b = np.concatenate((b, one_like(a[..., -1:])), axis=-1)
    outside = times_others(times(a, b))
    pairs = np.stack((times(outside, b), times(outside, a)), axis=-1)
    return pairs.reshape(*a.shape[:-1], 2 * a.shape[-1])[..., : x.shape[-1]]


def times(a, b):
    """The product of numbers with ε₁, …, εₖ; the bits of an index along the first axis say which of them it counts."""
    product = np.zeros_like(a)
    for left in range(len(a)):
        for right in range(len(b)):
            if not left & right:
                product[left | right] += a[left] * b[right]
    return product


def one_like(x):
    one = np.zeros_like(x)
    one[0] = 1
    return one


row(
    np.prod,
    lambda g, y, x, axis=None, keepdims=False: (
        spread(g, shape=x.shape, axis=axis, keepdims=keepdims) * product_of_others((x,), axis=axis)
    ),
    notation="Π {0}",
)
