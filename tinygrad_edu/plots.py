"""Plots with matplotlib (extra ``plot``): each draws on the axes `ax`, new ones by default, and returns them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .errors import MissingExtraError

BLUE, ORANGE = "#2F7FD1", "#D9622B"
"""Colours with enough contrast on white and on black."""


def missing() -> MissingExtraError:
    return MissingExtraError('Plots need matplotlib, the extra "plot": pip install "tinygrad_edu[plot]".')


def new_axes() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError:
        raise missing() from None
    return pyplot.subplots()[1]


def loss_curve(loss: Sequence[float], validation_loss: Sequence[float] = (), ax: Any = None) -> Any:
    """The loss over the epochs, on a logarithmic scale if it falls to less than a tenth."""
    ax = new_axes() if ax is None else ax
    ax.plot(range(1, len(loss) + 1), loss, color=BLUE, label="training")
    if len(validation_loss):
        ax.plot(range(1, len(validation_loss) + 1), validation_loss, color=ORANGE, linestyle="--", label="validation")
        ax.legend()
    if 0 < min(*loss, *validation_loss) < loss[0] / 10:
        ax.set_yscale("log")
    ax.set(xlabel="epoch", ylabel="loss")
    return ax


def decision_boundary(
    predict: Callable[[Any], Any], X: ArrayLike, y: ArrayLike, ax: Any = None, level: float = 0.5, points: int = 200
) -> Any:
    """The examples in the plane, the predictions as a shade, and the line where they cross `level`.

    Parameters
    ----------
    predict : takes an array of shape (m, 2), and gives the m predictions as an array.
    X, y : examples of shape (n, 2), and their classes 0 or 1 of shape (n,).
    points : how fine the grid is, along each axis.
    """
    ax = new_axes() if ax is None else ax
    X, y = np.asarray(X), np.asarray(y)
    margin = 0.08 * np.ptp(X, axis=0)
    x1, x2 = (np.linspace(low, high, points) for low, high in zip(X.min(axis=0) - margin, X.max(axis=0) + margin))
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    P = np.asarray(predict(grid.reshape(-1, 2))).reshape(points, points)
    ax.pcolormesh(x1, x2, P, cmap="coolwarm", vmin=2 * level - 1, vmax=1, alpha=0.35, shading="auto", rasterized=True)
    ax.contour(x1, x2, P, levels=[level], colors="#777777")
    for label, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        ax.scatter(*X[y == label].T, color=colour, marker=marker, edgecolors="white", linewidths=0.5, label=label)
    return ax


def save(draw: Callable[[Any], Any], path: str | Path, dark: bool = False) -> None:
    """Write what ``draw(ax)`` draws to a file, on a transparent ground, for light or `dark` pages.

    The same drawing gives the same bytes.
    """
    try:
        import matplotlib.style
        from matplotlib.figure import Figure
    except ImportError:
        raise missing() from None
    with matplotlib.style.context("dark_background" if dark else "default"):
        with matplotlib.rc_context({"svg.hashsalt": "tinygrad_edu", "svg.fonttype": "none"}):
            figure = Figure(figsize=(7, 4.2), layout="constrained")
            draw(figure.subplots())
            figure.savefig(path, metadata={"Date": None}, transparent=True)
