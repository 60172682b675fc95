"""Sums, means and products over axes; and `spread`, the way back up from a reduction."""

from __future__ import annotations

import numpy as np

from ..primitive import primitive, row


@primitive(
    lambda g, y, x, shape=(), axis=None, keepdims=False: g.sum(axis=axis, keepdims=keepdims),
    notation="{0}",
)
def spread(x, shape=(), axis=None, keepdims=False):
    """Copy the result of a reduction to every element it came from: the reduced axes are put back."""
    if axis is not None and not keepdims and shape:
        x = np.expand_dims(x, axis)
    return np.broadcast_to(x, shape)


@primitive(notation="n")
def count(x, axis=None):
    """The number of elements that a reduction over `axis` puts together, at least 1."""
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    return max(int(np.prod([x.shape[a] for a in axes])), 1)


row(
    np.sum,
    lambda g, y, x, axis=None, keepdims=False: spread(g, shape=x.shape, axis=axis, keepdims=keepdims),
    notation="Σ {0}",
)
row(
    np.mean,
    lambda g, y, x, axis=None, keepdims=False: spread(g, shape=x.shape, axis=axis, keepdims=keepdims)
    / count(x, axis=axis),
    notation="mean({0})",
)
for function in (np.prod, np.max, np.min, np.var, np.std):
    row(function)
