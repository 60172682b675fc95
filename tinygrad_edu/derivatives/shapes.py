"""Functions that move elements: shapes, indexing, joining; and the way back up from a broadcast or a slice."""

from __future__ import annotations

import numpy as np

from ..primitive import primitive, row


@primitive(lambda g, y, x, shape=(): broadcast(g, shape=x.shape), notation="Σ {0}")
def unbroadcast(x, shape=()):
    """Sum over the axes along which a value of this `shape` was stretched: the way back from broadcasting."""
    extra = x.ndim - len(shape)
    stretched = tuple(i for i, n in enumerate(x.shape) if i < extra or shape[i - extra] == 1 != n)
    return x.sum(axis=stretched, keepdims=True).reshape(shape)[()]


@primitive(lambda g, y, x, shape=(): unbroadcast(g, shape=x.shape), notation="{0}")
def broadcast(x, shape=()):
    """``np.broadcast_to``, which the table reaches for from its own rules."""
    return np.broadcast_to(x, shape)


@primitive(lambda g, y, x, dtype=None: astype(g, dtype=x.dtype), notation="{0}")
def astype(x, dtype=None):
    return x.astype(dtype)


@primitive(lambda g, y, x, index=(): scatter(g, index=index, shape=x.shape), notation="{0}[{index}]")
def getitem(x, index=()):
    return x[index]


@primitive(lambda g, y, x, index=(), shape=(): g[index], notation="{0}")
def scatter(x, index=(), shape=()):
    """Zeros of `shape` with `x` added in at `index`: repeated elements add up."""
    y = np.zeros(shape, dtype=x.dtype)
    np.add.at(y, index, x)
    return y


row(
    np.transpose,
    lambda g, y, x, axes=None: np.transpose(g, None if axes is None else tuple(np.argsort(axes))),
    notation="{0:atom}ᵀ",
)
row(np.reshape, lambda g, y, x, shape=(): g.reshape(x.shape), notation="{0}")
row(np.ravel, lambda g, y, x: g.reshape(x.shape), notation="{0}")
row(
    np.swapaxes,
    lambda g, y, x, axis1=0, axis2=1: g.swapaxes(axis1, axis2),
    notation="{0:atom}ᵀ",
)
