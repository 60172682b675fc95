"""How good a classifier is: confusion matrix and ROC curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import metrics
from ..metrics.classification import counted
from .axes import add_legend, colour, look, prepared


def confusion_matrix(y: ArrayLike, y_hat: ArrayLike, names: Sequence[str] = (), ax: Any = None) -> Any:
    """How many examples of each class (row) were predicted as each class (column); none is left blank.

    Parameters
    ----------
    y, y_hat : target and predicted classes.
    names : what to call the classes that occur, in sorted order; their values by default.
    """
    ax = prepared(ax, grid=False)
    occurring, counts = counted(y, y_hat)
    ticks = range(len(occurring))
    labels = [str(c) for c in (names if len(names) else occurring)]
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for i, j in zip(*np.nonzero(counts)):
        draw_cell(ax, i, j, share[i, j])
        ink = colour("ground" if share[i, j] > 0.65 else "ink", ax)
        ax.text(j, i, counts[i, j], ha="center", va="center", color=ink, fontsize=max(7, 14 - 0.5 * len(counts)))
    ax.set_xticks(ticks, labels)
    ax.set_yticks(ticks, labels)
    ax.spines[["left", "bottom"]].set_visible(False)
    edges = np.arange(len(counts) + 1) - 0.5
    for set_ticks in (ax.set_xticks, ax.set_yticks):
        set_ticks(edges, minor=True)
    ax.grid(which="minor", color=colour("data", ax), alpha=0.4, linewidth=0.6)
    ax.tick_params(which="both", length=0)
    ax.set(xlabel="predicted", ylabel="true", xlim=edges[[0, -1]], ylim=edges[[-1, 0]], aspect="equal")
    return ax


def draw_cell(ax: Any, i: int, j: int, share: float) -> None:
    """Blue where the class is right, orange where not, the stronger the greater its share of the row."""
    from matplotlib.patches import Rectangle

    shade = colour("value" if i == j else "gradient", ax)
    ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=shade, alpha=0.13 + 0.87 * share, linewidth=0))


def roc_curves(y: ArrayLike, scores: ArrayLike, names: Sequence[str] = (), ax: Any = None) -> Any:
    """True against false positive rate, with the area under each curve; of several classes, each against the rest.

    Parameters
    ----------
    y, scores : as in `metrics.auc`: classes 0 and 1 with scores of shape (n,), or 0, …, k−1 with (n, k).
    names : what to call the classes; their numbers by default.
    """
    ax = prepared(ax)
    y, scores = np.asarray(y), np.asarray(scores)
    ax.plot([0, 1], [0, 1], color=colour("quiet", ax), linewidth=1, linestyle=":", label="by chance (0.500)")
    if scores.ndim == 1:
        name, curve = f"class 1 ({metrics.auc(y, scores):.3f})", metrics.roc_curve(y, scores)
        ax.plot(*curve[:2], color=colour("value", ax), linewidth=2, label=name)
    else:
        several(ax, y, scores, names if len(names) else range(scores.shape[1]))
    ax.set(xlabel="false positive rate", ylabel="true positive rate", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    ax.set_aspect("equal")
    add_legend(ax, loc="lower right", title="area under the curve")
    return ax


def several(ax: Any, y: Any, scores: Any, names: Sequence[Any]) -> None:
    areas = metrics.auc(y, scores, average=None)
    curves = [metrics.roc_curve(y == c, scores[:, c]) for c in range(len(areas))]
    for i, (curve, area, name) in enumerate(zip(curves, areas, names)):
        ax.plot(*curve[:2], label=f"{name} ({area:.3f})", linewidth=1, **look(i, ax))
    rate, mean = mean_curve(curves)
    ax.plot(rate, mean, color=colour("ink", ax), linewidth=2.5, label=f"macro average ({areas.mean():.3f})")


def mean_curve(curves: Sequence[metrics.RocCurve]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean of the true positive rates, just before and at each false positive rate where one of them may jump."""
    rate = np.unique(np.concatenate([curve.false_positive_rate for curve in curves]))
    at = [np.interp(rate, *curve[:2]) for curve in curves]
    turned = [(1 - curve.false_positive_rate[::-1], 1 - curve.true_positive_rate[::-1]) for curve in curves]
    before = [1 - np.interp(1 - rate, *curve) for curve in turned]
    return np.repeat(rate, 2), np.mean([before, at], axis=1).T.ravel()
