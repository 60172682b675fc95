"""Products of vectors, matrices and arrays of more axes."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from ..errors import ShapeError
from ..primitive import composed, primitive, row
from ..refusals import describe, do_not_fit
from .shapes import reshape


@primitive(lambda g, y, x: g[..., 0], notation="{0}")
def column(x):
    """The vector as a matrix of one column."""
    return x[..., np.newaxis]


@primitive(lambda g, y, x: g[..., 0, :], notation=lambda x: x.T)
def lying(x):
    """The vector as a matrix of one row, when vectors stand as columns: xᵀ."""
    return x[..., np.newaxis, :]


@primitive(lambda g, y, x: g[..., 0], notation=lambda x: x.T)
def standing(x):
    """The vector as a matrix of one column, when vectors lie as rows: xᵀ."""
    return x[..., np.newaxis]


@primitive(lambda g, y, x: g[..., 0, :], notation="{0}")
def line(x):
    """The vector as a matrix of one row, when vectors lie as rows."""
    return x[..., np.newaxis, :]


def product(a, b):
    """a @ b; where both are vectors or matrices, the method of arrays takes half the time for small ones."""
    if a.__class__ is ndarray and b.__class__ is ndarray and a.ndim in (1, 2) and b.ndim in (1, 2):
        return a.dot(b)
    return a @ b if getattr(a, "ndim", 0) else np.matmul(a, b)  # which says what is wrong with a number


def matmul_left(g, y, a, b):
    if b.ndim == 1:
        return g * b if a.ndim == 1 else column(g) @ lying(b)
    if b.ndim == 2:
        return product(g, b.T)
    return (lying(g) if a.ndim == 1 else g) @ b.swapaxes(-1, -2)


def matmul_right(g, y, a, b):
    if a.ndim == 1:
        return g * a if b.ndim == 1 else standing(a) @ line(g)
    if a.ndim == 2:
        return product(a.T, g)
    return lying(g) @ a if b.ndim == 1 else a.swapaxes(-1, -2) @ g


row(np.matmul, matmul_left, matmul_right, notation=lambda a, b: a @ b)


@composed(np.dot)
def dot(a, b):
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(b) == 1 or np.ndim(a) <= 2 == np.ndim(b):
        return np.matmul(a, b)
    return contracted("np.dot", a, b, [np.ndim(a) - 1], [np.ndim(b) - 2])


@composed(np.inner)
def inner(a, b):
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(a) == np.ndim(b) == 1:
        return np.matmul(a, b)
    return contracted("np.inner", a, b, [np.ndim(a) - 1], [np.ndim(b) - 1])


row(
    np.outer,
    lambda g, y, a, b: reshape(g @ np.ravel(b), shape=a.shape),
    lambda g, y, a, b: reshape(np.ravel(a) @ g, shape=b.shape),
    notation="{0:atom} {1:atom}ᵀ",
)


@composed(np.kron)
def kron(a, b):
    """Every element of a times all of b: axes of a and b alternate, and are then joined in pairs."""
    ndim = max(np.ndim(a), np.ndim(b))
    m, n = ((1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b))
    blocks = np.reshape(a, [k for i in m for k in (i, 1)]) * np.reshape(b, [k for i in n for k in (1, i)])
    return np.reshape(blocks, tuple(i * j for i, j in zip(m, n)))


@composed(np.tensordot)
def tensordot(a, b, axes=2):
    return contracted("np.tensordot", a, b, *summed_axes(axes, a, b))


def contracted(name, a, b, left, right):
    """A matrix product of the axes that stay with those that are summed over: `left` of a with `right` of b."""
    for i, j in zip(left, right):
        if np.shape(a)[i] != np.shape(b)[j]:
            axes = f"axis {i} of the first has {np.shape(a)[i]} elements, axis {j} of the second has {np.shape(b)[j]}"
            raise do_not_fit(name, a, b, f"{axes}: they are multiplied pairwise and summed.")
    free_a, free_b = ([i for i in range(np.ndim(x)) if i not in used] for x, used in ((a, left), (b, right)))
    rows, columns = ([np.shape(x)[i] for i in free] for x, free in ((a, free_a), (b, free_b)))
    k = [np.shape(a)[i] for i in left]
    matrix_a = np.reshape(np.transpose(a, free_a + left), (math.prod(rows), math.prod(k)))
    matrix_b = np.reshape(np.transpose(b, right + free_b), (math.prod(k), math.prod(columns)))
    return np.reshape(matrix_a @ matrix_b, (*rows, *columns))


def summed_axes(axes, a, b):
    """The axes of a and those of b, counted from the first, that are summed over."""
    if isinstance(axes, int):
        axes = list(range(-axes, 0)), list(range(axes))
    left, right = ([axis] if isinstance(axis, int) else list(axis) for axis in axes)
    if len(left) != len(right) or not (has_axes(a, left) and has_axes(b, right)):
        raise ShapeError(f"np.tensordot of {describe(a)} and {describe(b)}: axes={axes} are no pairs of their axes.")
    return [i % np.ndim(a) for i in left], [i % np.ndim(b) for i in right]


def has_axes(x, axes):
    return all(-np.ndim(x) <= i < np.ndim(x) for i in axes)
