"""Sums, means and extremes over axes; and `spread`, the way back up from a reduction."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..primitive import primitive, row
from .arithmetic import ratio
from .shapes import reshape


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
