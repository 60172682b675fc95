"""Products of vectors and matrices."""

from __future__ import annotations

import numpy as np

from ..primitive import primitive, row


@primitive(lambda g, y, x: g[..., 0], notation="{0}")
def column(x):
    """The vector as a matrix of one column."""
    return x[..., np.newaxis]


@primitive(lambda g, y, x: g[..., 0, :], notation="{0:atom}ᵀ")
def lying(x):
    """The vector as a matrix of one row, when vectors stand as columns: xᵀ."""
    return x[..., np.newaxis, :]


def matmul_left(g, y, a, b):
    if b.ndim == 1:
        return g * b if a.ndim == 1 else column(g) @ lying(b)
    return g @ b.T if b.ndim == 2 else g @ b.swapaxes(-1, -2)


def matmul_right(g, y, a, b):
    if a.ndim == 1:
        return g * a if b.ndim == 1 else column(a) @ lying(g)
    return a.T @ g if a.ndim == 2 else a.swapaxes(-1, -2) @ g


row(np.matmul, matmul_left, matmul_right, notation=lambda a, b: a @ b)
