"""Sums, means, products and extremes over axes; and `spread`, the way back up from a reduction."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..primitive import primitive, row
from .arithmetic import ratio
from .shapes import inverse, reshape


@primitive(
    lambda g, y, x, shape=(), axis=None, keepdims=False: g.sum(axis=axis, keepdims=keepdims),
    notation="{0}",
)
def spread(x, shape=(), axis=None, keepdims=False):
    """Copy the result of a reduction to every element it came from: the reduced axes are put back."""
    if axis is None:
        return np.full(shape, x)[()]
    return np.broadcast_to(x if keepdims else np.expand_dims(x, axis), shape)


@primitive(notation="n{0:hidden}")
def count(x, axis=None, ddof=0):
    """The number of elements that a reduction over `axis` puts together, at least 1, less `ddof`."""
    n = x.size if axis is None else math.prod(x.shape[a] for a in axes_of(axis))
    return max(n, 1) - ddof


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
# y/x would be NaN where an element is 0, so the products of the others are made without dividing.


def others_rule(g, y, x):
    """Of every pair of elements of x, the product of all but the two."""
    if x.shape[-1] < 2:
        return g * 0
    ga, gb = pairs(g, fill=0)
    a, b = pairs(x, fill=1)
    c = product_of_others(a * b)
    through_c = others_rule(ga * b + gb * a, c, a * b)
    return interleaved(gb * c + through_c * b, ga * c + through_c * a, x.shape)


@primitive(others_rule)
def product_of_others(x):
    """For each element of the last axis the product of all others: halved until one pair is left."""
    if x.shape[-1] < 2:
        return np.ones_like(x)
    a, b = pairs(x, fill=1)
    c = product_of_others(a * b)
    return interleaved(c * b, c * a, x.shape)


def pairs(x, fill):
    """The elements at even and at odd places, as many of either; what is missing is `fill`."""
    if x.shape[-1] % 2:
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 1)], constant_values=fill)
    return x[..., 0::2], x[..., 1::2]


def interleaved(a, b, shape):
    """What `pairs` took apart."""
    together = reshape(np.stack((a, b), axis=-1), shape=(*a.shape[:-1], 2 * a.shape[-1]))
    return together[..., : shape[-1]]


def prod_rule(g, y, x, axis=None, keepdims=False):
    reduced = [a % x.ndim for a in (range(x.ndim) if axis is None else axes_of(axis))]
    order = (*(a for a in range(x.ndim) if a not in reduced), *reduced)
    kept = x.ndim - len(reduced)
    lines = np.transpose(x, order)
    flat = reshape(lines, shape=(*lines.shape[:kept], math.prod(lines.shape[kept:])))
    others = np.transpose(reshape(product_of_others(flat), shape=lines.shape), inverse(order))
    return spread(g, shape=x.shape, axis=axis, keepdims=keepdims) * others


row(np.prod, prod_rule, notation="Π {0}")
