"""Functions that give an array another shape; and the way back from broadcasting."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ..primitive import composed, primitive, row

ones = lru_cache(maxsize=32)(np.ones)


def sum_to(x: Any, shape: Any = ()) -> Any:
    """Sum over the axes along which a value of this `shape` was stretched: the way back from broadcasting."""
    if len(given := x.shape) == 2 and given[1:] == shape and x.dtype.kind == "f":
        return ones(given[0], x.dtype).dot(x)  # the sum over rows, twice as fast as np.add.reduce
    extra = len(given) - len(shape)
    if extra:
        x = np.add.reduce(x, tuple(range(extra)))
    if x.shape == shape:
        return x
    stretched = tuple([i for i, n in enumerate(shape) if n == 1 != x.shape[i]])
    return np.add.reduce(x, axis=stretched, keepdims=True)


unbroadcast = primitive(
    lambda g, y, x, shape=(): np.broadcast_to(g, x.shape),
    name="unbroadcast",
    notation=lambda x, shape=(), *, given=((),): x.sum_to(shape, *given),
)(sum_to)


row(np.broadcast_to, lambda g, y, x, shape=(): g, notation="{0}")  # the sweep sums what was stretched


@primitive(lambda g, y, x, dtype=None: astype(g, dtype=x.dtype), notation="{0}")
def astype(x, dtype=None):
    return x.astype(dtype)


# ------------------------------------------------------------------ reshaping


@primitive(lambda g, y, x, shape=(): reshape(g, shape=x.shape), notation="{0}")
def reshape(x, shape=()):
    """The same elements in another shape; a single number of shape () is a scalar."""
    return x.reshape(shape)[()]


@composed(np.reshape)
def reshape_as_numpy_spells_it(a, shape=(), newshape=None):
    return reshape(a, shape=shape if newshape is None else newshape)


@composed(np.ravel)
def ravel(a):
    return reshape(a, shape=(-1,))


@composed(np.expand_dims)
def expand_dims(a, axis):
    return reshape(a, shape=np.expand_dims(empty(a), axis).shape)


@composed(np.squeeze)
def squeeze(a, axis=None):
    return reshape(a, shape=np.squeeze(empty(a), axis).shape)


@composed(np.atleast_1d)
def atleast_1d(*arrays):
    return at_least(1, arrays)


@composed(np.atleast_2d)
def atleast_2d(*arrays):
    return at_least(2, arrays)


def at_least(ndim, arrays):
    padded = tuple(led_by_ones(a, ndim - np.ndim(a)) for a in arrays)
    return padded if len(padded) > 1 else padded[0]


def led_by_ones(a, missing):
    return a if missing <= 0 and hasattr(a, "ndim") else np.reshape(a, (1,) * missing + np.shape(a))


def empty(a):
    """An array of this shape that takes no memory, to ask NumPy for shapes."""
    return np.broadcast_to(np.float64(0), a.shape)


# ------------------------------------------------------------------ reordering axes


def inverse(axes):
    """The permutation that undoes this one."""
    return tuple(np.argsort(np.mod(axes, len(axes))).tolist())


row(
    np.transpose,
    lambda g, y, x, axes=None: g.T if axes is None else np.transpose(g, inverse(axes)),
    notation=lambda x, axes=None: x.T,
)
row(
    np.swapaxes,
    lambda g, y, x, axis1=0, axis2=1: g.swapaxes(axis1, axis2),
    notation=lambda x, axis1=0, axis2=1: x.T,
)
row(np.moveaxis, lambda g, y, x, source=None, destination=None: np.moveaxis(g, destination, source))
