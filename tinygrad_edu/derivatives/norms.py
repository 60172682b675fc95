"""Norms of vectors, and the Frobenius norm of matrices."""

from __future__ import annotations

import numpy as np

from ..errors import UnsupportedError
from ..primitive import composed, primitive
from .arithmetic import ratio
from .reductions import spread


def euclidean_rule(g, y, x, axis=None, keepdims=False):
    up = {"shape": x.shape, "axis": axis, "keepdims": keepdims}
    return ratio(spread(g, **up) * x, spread(y, **up))


@primitive(euclidean_rule, notation="‖{0}‖", kinks={0.0: 0.0})
def euclidean_norm(x, axis=None, keepdims=False):
    """The square root of the sum of squares."""
    return np.linalg.norm(x, axis=axis, keepdims=keepdims)


@composed(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False):
    is_vector = x.ndim == 1 if axis is None else isinstance(axis, int)
    if ord is None or ord == ("fro", 2)[is_vector]:
        return euclidean_norm(x, axis=axis, keepdims=keepdims)
    if not is_vector or isinstance(ord, str):
        raise UnsupportedError(
            f"np.linalg.norm is recorded for vectors, and for matrices with ord='fro', but ord={ord!r} was given "
            f"for an array of shape {x.shape} with axis={axis!r}. Name the axis of the vectors, or leave ord out."
        )
    if abs(ord) == np.inf:
        return (np.max if ord > 0 else np.min)(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return (x != 0).sum(axis=axis, keepdims=keepdims)
    return (np.abs(x) ** ord).sum(axis=axis, keepdims=keepdims) ** (1 / ord)
