"""The product over axes. y/x would be NaN where an element is 0, so nothing is divided here."""

from __future__ import annotations

import math

import numpy as np

from ..primitive import primitive, row
from .reductions import axes_of, spread
from .shapes import inverse, reshape


def pull_others(g, y, x, axis=None):
    return from_lines(pull_from_pairs(to_lines(g, axis), to_lines(x, axis)), x.shape, axis)


@primitive(pull_others)
def product_of_others(x, axis=None):
    """For each element the product of all others that a product over `axis` puts together with it."""
    return from_lines(multiply_pairs(to_lines(x, axis)), x.shape, axis)[()]


row(
    np.prod,
    lambda g, y, x, axis=None, keepdims=False: (
        spread(g, shape=x.shape, axis=axis, keepdims=keepdims) * product_of_others(x, axis=axis)
    ),
    notation="Π {0}",
)


def multiply_pairs(x):
    """Of a pair (a, b), the others of a are b and what is outside of the pair: the same with half as many numbers."""
    if x.shape[-1] < 2:
        return np.ones_like(x)
    a, b = pairs(x, fill=1)
    c = multiply_pairs(a * b)
    return interleaved(c * b, c * a, x.shape)


def pull_from_pairs(g, x):
    """The chain rule of `multiply_pairs`, step by step."""
    if x.shape[-1] < 2:
        return g * 0
    (a, b), (ga, gb) = pairs(x, fill=1), pairs(g, fill=0)
    c = product_of_others(a * b, axis=-1)
    through_c = pull_from_pairs(ga * b + gb * a, a * b)
    return interleaved(gb * c + through_c * b, ga * c + through_c * a, x.shape)


def pairs(x, fill):
    """The elements at even and at odd places of the last axis; one that lacks its partner gets `fill`."""
    if x.shape[-1] % 2:
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 1)], constant_values=fill)
    return x[..., 0::2], x[..., 1::2]


def interleaved(a, b, shape):
    """What `pairs` took apart."""
    together = reshape(np.stack((a, b), axis=-1), shape=(*a.shape[:-1], 2 * a.shape[-1]))
    return together[..., : shape[-1]]


def to_lines(x, axis):
    """The elements that one product puts together as the last axis."""
    kept, reduced = kept_and_reduced(axis, x.ndim)
    lines = np.transpose(x, kept + reduced)
    return reshape(lines, shape=(*lines.shape[: len(kept)], math.prod(lines.shape[len(kept) :])))


def from_lines(lines, shape, axis):
    kept, reduced = kept_and_reduced(axis, len(shape))
    return np.transpose(reshape(lines, shape=tuple(shape[a] for a in kept + reduced)), inverse(kept + reduced))


def kept_and_reduced(axis, ndim):
    reduced = tuple(range(ndim)) if axis is None else tuple(a % ndim for a in axes_of(axis))
    return tuple(a for a in range(ndim) if a not in reduced), reduced
