"""Picking elements by index and by place; and `scatter`, the way back from an index."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import composed, primitive, row


@primitive(lambda g, y, x, index=(): scatter(g, index=index, shape=x.shape), notation="{0:atom}[{index}]")
def getitem(x, index=()):
    return x[index]


@primitive(lambda g, y, x, index=(), shape=(): g[index], notation="{0}")
def scatter(x, index=(), shape=()):
    """Zeros of `shape` with `x` added in at `index`: repeated elements add up."""
    y = np.zeros(shape, dtype=x.dtype)
    np.add.at(y, index, x)
    return y[()]


def along(axis, ndim, index):
    """The index of one axis, all of the others."""
    before = axis % ndim
    return (slice(None),) * before + (index,) if before else index


@composed(np.take)
def take(a, indices, axis=None):
    return np.ravel(a)[indices] if axis is None else a[along(axis, a.ndim, indices)]


@composed(np.repeat)
def repeat(a, repeats, axis=None):
    if axis is None:
        a, axis = np.ravel(a), 0
    return take(a, np.repeat(np.arange(a.shape[axis]), repeats), axis)


# ------------------------------------------------------------------ moving and cutting

row(np.flip, lambda g, y, x, axis=None: np.flip(g, axis))
row(np.roll, lambda g, y, x, shift=0, axis=None: np.roll(g, np.negative(shift), axis))
row(np.triu, lambda g, y, x, k=0: np.triu(g, k))
row(np.tril, lambda g, y, x, k=0: np.tril(g, k))


def pad_rule(g, y, x, pad_width=0, constant_values=0):
    return g[tuple(slice(before, before + n) for (before, _), n in zip(widths(pad_width, x.ndim), x.shape))]


def widths(pad_width, ndim):
    """How many elements are put before and after each axis; a dictionary names the axes that get any."""
    if isinstance(pad_width, dict):
        given: dict[int, Any] = {axis % ndim: width for axis, width in pad_width.items()}
        pad_width = [np.broadcast_to(given.get(i, 0), 2) for i in range(ndim)]
    return np.broadcast_to(pad_width, (ndim, 2)).tolist()


row(np.pad, pad_rule)


# ------------------------------------------------------------------ diagonals


@composed(np.diagonal)
def diagonal(a, offset=0, axis1=0, axis2=1):
    last = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = diagonal_index(last.shape, offset)
    return last[..., rows, columns]


@composed(np.trace)
def trace(a, offset=0, axis1=0, axis2=1):
    return diagonal(a, offset, axis1, axis2).sum(axis=-1)


def diagonal_index(shape, offset):
    rows = np.arange(max(-offset, 0), max(min(shape[-2], shape[-1] - offset), max(-offset, 0)))
    return rows, rows + offset


def diag_rule(g, y, x, k=0):
    return np.diag(g, k) if x.ndim == 1 else scatter(g, index=diagonal_index(x.shape, k), shape=x.shape)


row(np.diag, diag_rule)
