"""Joining arrays, splitting them, and laying out copies."""

from __future__ import annotations

import numpy as np

from ..primitive import Each, composed, row
from .elements import along
from .shapes import atleast_1d, atleast_2d, reshape


def concatenate_rule(i, g, y, parts, axis=0):
    """The slice of g that went into the i-th part."""
    length = (lambda x: x.size) if axis is None else (lambda x: x.shape[axis])
    start = sum(length(x) for x in parts[:i])
    here = slice(start, start + length(parts[i]))
    return reshape(g[here], shape=parts[i].shape) if axis is None else g[along(axis, g.ndim, here)]


row(np.concatenate, Each(concatenate_rule))
row(np.stack, Each(lambda i, g, y, parts, axis=0: g[along(axis, g.ndim, i)]))


@composed(np.hstack)
def hstack(tup):
    parts = [atleast_1d(x) for x in tup]
    return np.concatenate(parts, axis=0 if parts[0].ndim == 1 else 1)


@composed(np.vstack)
def vstack(tup):
    return np.concatenate([atleast_2d(x) for x in tup], axis=0)


@composed(np.split)
def split(ary, indices_or_sections, axis=0):
    places = np.split(np.arange(ary.shape[axis]), indices_or_sections)
    return [ary[along(axis, ary.ndim, slice(p[0], p[-1] + 1) if p.size else slice(0, 0))] for p in places]


def tile_rule(g, y, x, reps=1):
    """The sum over the copies, whose axes stand before those of x."""
    reps = reps if isinstance(reps, tuple) else tuple(np.atleast_1d(reps))
    ndim = max(len(reps), x.ndim)
    copies = (1,) * (ndim - len(reps)) + reps
    lengths = (1,) * (ndim - x.ndim) + x.shape
    laid_out = tuple(n for pair in zip(copies, lengths) for n in pair)
    return reshape(reshape(g, shape=laid_out).sum(axis=tuple(range(0, 2 * ndim, 2))), shape=x.shape)


row(np.tile, tile_rule)
