"""Metrics: how good predictions are, as plain numbers. The target comes first, as in scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import losses
from .errors import ShapeError
from .tensor import Tensor


def values(x: Any) -> NDArray[Any]:
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x)


def arrays(y: Any, y_hat: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """The values of target and prediction, of one shape."""
    y, y_hat = values(y), values(y_hat)
    if y.shape != y_hat.shape:
        raise ShapeError(losses.mismatch(y, y_hat))
    return y, y_hat


def accuracy(y: ArrayLike, y_hat: ArrayLike) -> float:
    """The fraction of predicted classes that are right.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.accuracy([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    y, y_hat = arrays(y, y_hat)
    return float(np.mean(y == y_hat))


def confusion_matrix(y: ArrayLike, y_hat: ArrayLike) -> NDArray[np.int64]:
    """How many examples of class i (row) were predicted as class j (column), for all classes that occur, sorted.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.confusion_matrix(["cat", "dog", "dog"], ["cat", "cat", "dog"]).tolist()
    [[1, 0], [1, 1]]
    """
    y, y_hat = arrays(y, y_hat)
    classes, index = np.unique(np.concatenate([y.ravel(), y_hat.ravel()]), return_inverse=True)
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(counts, (index[: y.size], index[y.size :]), 1)
    return counts


def log_loss(y: Any, y_hat: Any) -> float:
    """The mean of −ln of the probability given to the true class, in nats.

    Parameters
    ----------
    y : classes 0 and 1 of shape (n,), or 0, …, k−1.
    y_hat : the probabilities of class 1, of shape (n,), or of each of k classes, of shape (n, k).
    """
    y, y_hat = values(y), values(y_hat)
    loss = losses.cross_entropy if y_hat.ndim > y.ndim else losses.log_loss
    return float(loss(y, y_hat))


def mean_squared_error(y: ArrayLike, y_hat: ArrayLike) -> float:
    """(1/n) Σ (ŷ − y)²."""
    y, y_hat = arrays(y, y_hat)
    return float(losses.mean_squared_error(y, y_hat))


def r2(y: ArrayLike, y_hat: ArrayLike) -> float:
    """The coefficient of determination, ``1 − Σ (y − ŷ)² / Σ (y − mean(y))²``: 1 is perfect, 0 no better than the mean.

    Raises
    ------
    ShapeError
        If all targets are equal: there is no variance to explain.
    """
    y, y_hat = arrays(y, y_hat)
    spread = np.sum((y - y.mean()) ** 2)
    if not spread:
        raise ShapeError("r2: all targets are equal, so there is no variance to explain. Use mean_squared_error.")
    return float(1 - np.sum((y - y_hat) ** 2) / spread)
