"""How well scores put the examples of a class before the others, at every threshold."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import losses
from ..errors import ShapeError, UnsupportedError
from .arrays import arrays, values


class RocCurve(NamedTuple):
    """The receiver operating characteristic: what each threshold on the score lets through."""

    false_positive_rate: NDArray[np.float64]
    """The fraction of class 0 that gets a score of at least the threshold, rising from 0 to 1."""
    true_positive_rate: NDArray[np.float64]
    """The same fraction of class 1."""
    thresholds: NDArray[np.float64]
    """From infinity, which no score reaches, down to the least score."""


def roc_curve(y: Any, scores: Any) -> RocCurve:
    """True against false positive rate for every threshold; points within a straight piece are left out.

    Parameters
    ----------
    y : classes 0 and 1, of shape (n,).
    scores : the greater, the more likely class 1: probabilities or logits, of shape (n,). Examples of equal score
        pass the threshold together.

    Raises
    ------
    ShapeError
        If all examples are of one class.
    UnsupportedError
        If there are other classes than 0 and 1, or scores are NaN.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> curve = metrics.roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> curve.false_positive_rate.tolist(), curve.true_positive_rate.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    """
    y, scores = ranked(*arrays(y, scores))
    last = np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(y) - 1)  # the last of each group of equal scores
    positives = np.cumsum(y)[last]
    negatives = 1 + last - positives
    corners = np.ones(len(last), dtype=bool)
    corners[1:-1] = (np.diff(positives, 2) != 0) | (np.diff(negatives, 2) != 0)
    false, true = (np.append(0, count[corners]) / count[-1] for count in (negatives, positives))
    return RocCurve(false, true, np.append(np.inf, scores[last][corners]))


def ranked(y: NDArray[Any], scores: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Classes and scores, the greatest score first."""
    present = set(np.unique(y).tolist())
    if not present <= {0, 1} or y.ndim != 1:
        raise UnsupportedError(
            f"A ROC curve separates class 1 from class 0; given were {y.ndim}-d targets such as {y.ravel()[:3]}. "
            "For one of several classes c, write roc_curve(y == c, P[:, c])."
        )
    if len(present) == 1:
        raise ShapeError(f"All {len(y)} examples are of class {int(present.pop())}: there is nothing to tell apart.")
    if np.isnan(scores).any():
        raise UnsupportedError("A score is NaN, which is neither before nor after any other.")
    order = np.argsort(-scores.astype(np.float64), kind="stable")
    return y[order].astype(np.int64), scores[order].astype(np.float64)


def auc(y: Any, scores: Any, average: str | None = "macro") -> Any:
    """The area under the ROC curve: the probability that an example of class 1 scores above one of class 0.

    A tie counts one half (J. Hanley and B. McNeil 1982).

    Parameters
    ----------
    y, scores : as in `roc_curve`; or classes 0, …, k−1 and scores of shape (n, k), each class against the rest.
    average : for several classes ``"macro"``, the mean of their areas, or None, all of them.

    Raises
    ------
    ShapeError
        If a class has no examples, or all of them.

    Examples
    --------
    >>> from tinygrad_edu import metrics
    >>> metrics.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    y, scores = values(y), values(scores)
    if scores.ndim != 2 or scores.shape[1] == 1:
        return area(y, scores)
    areas = np.array([area(*one_against_rest(y, scores, c)) for c in range(scores.shape[1])])
    if average not in ("macro", None):
        raise UnsupportedError(f'auc: average is "macro" or None, not {average!r}.')
    return float(areas.mean()) if average else areas


def area(y: Any, scores: Any) -> float:
    curve = roc_curve(y, scores)
    return float(np.trapezoid(curve.true_positive_rate, curve.false_positive_rate))


def one_against_rest(y: NDArray[Any], scores: NDArray[Any], c: int) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Whether each example is of class c, and its score for that class."""
    losses.classes_as_rows(y, scores.shape[1])
    mine = y == c
    if mine.all() or not mine.any():
        which = "All examples are" if mine.any() else "No example is"
        raise ShapeError(f"{which} of class {c}: there is nothing to tell apart from the rest.")
    return mine, scores[:, c]
