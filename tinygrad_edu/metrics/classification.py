"""How many classes are predicted right, counted in several ways."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import losses
from ..errors import UnsupportedError
from .arrays import classes, some, values

AVERAGES = ("binary", "macro", "micro", "weighted")


def accuracy(y: ArrayLike, y_hat: ArrayLike) -> float:
    """The fraction of predicted classes that are right.

    Raises
    ------
    UnsupportedError
        If probabilities are given instead of classes (as in every metric of classes).

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.accuracy([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    y, y_hat = classes(y, y_hat)
    return float(np.mean(y == y_hat))


def confusion_matrix(y: ArrayLike, y_hat: ArrayLike) -> NDArray[np.int64]:
    """How many examples of class i (row) were predicted as class j (column), for all classes that occur, sorted.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.confusion_matrix(["cat", "dog", "dog"], ["cat", "cat", "dog"]).tolist()
    [[1, 0], [1, 1]]
    """
    return counted(y, y_hat)[1]


def counted(y: ArrayLike, y_hat: ArrayLike) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The classes that occur, sorted, and the confusion matrix."""
    y, y_hat = classes(y, y_hat)
    occurring, index = np.unique(np.concatenate([y.ravel(), y_hat.ravel()]), return_inverse=True)
    k = len(occurring)
    pairs = index[: y.size] * k + index[y.size :]
    return occurring, np.bincount(pairs, minlength=k * k).reshape(k, k)


def precision(y: ArrayLike, y_hat: ArrayLike, average: str | None = "binary") -> Any:
    """TP/(TP + FP): of the examples predicted to be of a class, the fraction that is.

    It is 0 for a class that was never predicted.

    Parameters
    ----------
    average : ``"binary"``: of class 1 alone, for targets 0 and 1; ``"macro"``: the mean over all classes that occur;
        ``"weighted"``: that mean, each class weighted by how often it is the target; ``"micro"``: counted over all
        classes together; None: an array, one number per class that occurs, sorted.

    Raises
    ------
    UnsupportedError
        If the average is ``"binary"`` (the default) and there are other classes than 0 and 1.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> y, y_hat = [0, 1, 1, 2, 2, 2], [0, 1, 2, 2, 2, 1]
    >>> print(metrics.precision(y, y_hat, average=None))
    [1.         0.5        0.66666667]
    >>> print(f"{metrics.precision(y, y_hat, average='macro'):.4f}")
    0.7222
    """
    return averaged(y, y_hat, average, lambda true, predicted, actual: (true, predicted))


def recall(y: ArrayLike, y_hat: ArrayLike, average: str | None = "binary") -> Any:
    """TP/(TP + FN): of the examples of a class, the fraction that was predicted to be; 0 for a class without examples.

    `average` as in `precision`.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.recall([0, 1, 1, 1], [0, 1, 1, 0], average=None).round(4).tolist()
    [1.0, 0.6667]
    """
    return averaged(y, y_hat, average, lambda true, predicted, actual: (true, actual))


def f1(y: ArrayLike, y_hat: ArrayLike, average: str | None = "binary") -> Any:
    """2 TP/(2 TP + FP + FN), the harmonic mean of precision and recall; 0 where both are.

    `average` as in `precision`.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.f1([0, 1, 1, 1], [0, 1, 1, 0])
    0.8
    """
    return averaged(y, y_hat, average, lambda true, predicted, actual: (2 * true, predicted + actual))


def averaged(y: ArrayLike, y_hat: ArrayLike, average: str | None, fraction: Any) -> Any:
    """The fraction, made of the numbers of examples rightly predicted, predicted and actual in each class."""
    occurring, counts = counted(y, y_hat)
    true, predicted, actual = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    if average == "micro":
        return float(divided(*fraction(true.sum(), predicted.sum(), actual.sum())))
    scores = divided(*fraction(true, predicted, actual))
    if average is None:
        return scores
    if average == "binary":
        return of_class_1(occurring, scores)
    if average not in AVERAGES:
        raise UnsupportedError(f"There is no average called {average!r}. Write None or one of: {', '.join(AVERAGES)}.")
    return float(np.average(scores, weights=actual if average == "weighted" else None))


def of_class_1(occurring: NDArray[Any], scores: NDArray[np.float64]) -> float:
    if not set(occurring.tolist()) <= {0, 1}:
        raise UnsupportedError(
            f"There are the classes {', '.join(map(str, occurring))}, and not just 0 and 1: write average=None for one "
            'number per class, or average="macro", "micro" or "weighted".'
        )
    return float(scores[-1]) if occurring[-1] == 1 else 0.0


def divided(numerator: Any, denominator: Any) -> Any:
    """The fraction, and 0 where both are 0."""
    return numerator / np.maximum(denominator, 1)


def log_loss(y: Any, y_hat: Any) -> float:
    """The mean of −ln of the probability given to the true class, in nats.

    Parameters
    ----------
    y : classes 0 and 1 of shape (n,), or 0, …, k−1; classes that do not occur are no trouble.
    y_hat : the probabilities of class 1, of shape (n,), or of each of k classes, of shape (n, k).

    Raises
    ------
    UnsupportedError
        If a probability is not between 0 and 1.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> print(f"{metrics.log_loss([0, 1, 1, 0, 1], [0.1, 0.8, 0.6, 0.5, 0.3]):.6f}")
    0.547290
    """
    y, y_hat = some(values(y)), values(y_hat)
    wrong = ~((y_hat >= 0) & (y_hat <= 1))
    if np.any(wrong):
        raise UnsupportedError(
            f"log_loss: {y_hat[wrong][0]:.3g} is no probability. "
            "If these are logits, use losses.log_loss_from_logits or losses.cross_entropy_from_logits."
        )
    loss = losses.cross_entropy if y_hat.ndim > y.ndim and y_hat.shape[-1] != 1 else losses.log_loss
    return float(loss(y, y_hat))
