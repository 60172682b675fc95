"""How close predicted numbers are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import losses
from ..errors import ShapeError
from .arrays import arrays


def mean_squared_error(y: ArrayLike, y_hat: ArrayLike) -> float:
    """(1/n) Σ (ŷ − y)².

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.mean_squared_error([1.0, 3.0], [2.0, 1.0])
    2.5
    """
    y, y_hat = arrays(y, y_hat)
    return float(losses.mean_squared_error(y, y_hat))


def r2(y: ArrayLike, y_hat: ArrayLike) -> float:
    """The coefficient of determination, ``1 − Σ (y − ŷ)² / Σ (y − mean(y))²``: 1 is perfect, 0 no better than the mean.

    Where all targets are equal, it is 1 if all predictions are right, and 0 otherwise. Of several columns, the mean.

    Raises
    ------
    ShapeError
        If there are fewer than two examples, which cannot vary.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.r2([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    y, y_hat = (a.astype(np.float64) for a in arrays(y, y_hat))
    if not y.ndim or len(y) < 2:
        raise ShapeError("r2: one example has no variance to explain. Use mean_squared_error.")
    error, spread = np.sum((y - y_hat) ** 2, axis=0), np.sum((y - y.mean(axis=0)) ** 2, axis=0)
    equal = np.all(y == y[0], axis=0)  # their mean may be rounded, and then their spread is not 0
    explained = np.where(equal, error == 0, 1 - error / np.where(equal, 1, spread))
    return float(explained.mean())
