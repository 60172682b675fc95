"""What a classifier says all over the plane, and where it changes its mind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ShapeError
from ..formulas.names import pretty
from ..metrics.arrays import values
from .axes import SERIES, add_legend, colour, prepared

Predict = Callable[[Any], Any]
SHADES = 16  # few enough for small files
MARKERS = ("o", "^", "s", "D", "v")
NAME_GAP, NAME_ROOM = 4.0, 16.0  # from the border, and from name to name, in points


def decision_boundary(
    predict: Predict,
    X: ArrayLike,
    y: ArrayLike,
    ax: Any = None,
    level: float = 0.5,
    points: int = 200,
    hidden: Predict | None = None,
    names: Sequence[str] = (),
) -> Any:
    """The examples in the plane, the predicted classes as shades, and the line between them.

    The legend says how much of the plane that is shown each class gets.

    Parameters
    ----------
    predict : takes an array of shape (m, 2), and gives m predictions, of class 1 where they exceed `level`, or one
        score per class, of shape (m, k), of which the greatest counts.
    X, y : examples of shape (n, 2), and their classes 0, 1, … of shape (n,).
    points : how fine the grid is, along each axis.
    hidden : takes the same array, and gives what goes into the activation of each hidden unit, of shape (m, h); the
        line where it is 0 is the frontier of the unit.
    names : what to call the classes.

    Raises
    ------
    ShapeError
        If the examples are no points in the plane, or have other classes than those that are predicted.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import tinygrad_edu as tg
    >>> X, y = tg.data.moons(100, noise=0.1, random_state=0)
    >>> net = tg.nn.MLP([2, 4, 1], output="sigmoid", seed=0)
    >>> first = net.layers[0]
    >>> ax = tg.plots.decision_boundary(net, X, y, Figure().subplots(), hidden=lambda P: P @ first.W + first.b)
    """
    ax = prepared(ax, grid=False)
    X, y = np.asarray(X), np.asarray(y).reshape(-1)
    x1, x2, grid = plane(X, points)
    scores = class_scores(predict, grid, level)
    k = scores.shape[1]
    if len(y) != len(X) or not np.isin(y, np.arange(k)).all():
        raise ShapeError(
            f"decision_boundary: the classes of {len(X)} examples are as many integers from 0 to {k - 1}, "
            f"but {len(y)} were given, such as {', '.join(map(str, np.unique(y)[:3]))}."
        )
    shade_regions(ax, x1, x2, scores.reshape(points, points, -1))
    shares = shares_of(scores)
    if hidden is not None:
        draw_frontiers(ax, x1, x2, values(hidden(grid)).reshape(points, points, -1))
    labels = [f"{names[c] if len(names) else c} ({100 * share:.0f} % of the area)" for c, share in enumerate(shares)]
    draw_examples(ax, X, y, labels)
    ax.set(xlabel="x₁", ylabel="x₂", xlim=x1[[0, -1]], ylim=x2[[0, -1]])
    return ax


def area_shares(predict: Predict, X: ArrayLike, level: float = 0.5, points: int = 200) -> NDArray[np.float64]:
    """What part of the plane around the examples each class gets: fractions that sum to 1; see `decision_boundary`."""
    return shares_of(class_scores(predict, plane(np.asarray(X), points)[2], level))


def plane(X: NDArray[Any], points: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The coordinates of a grid around the examples, and all of its points as rows."""
    if X.ndim != 2 or X.shape[1] != 2 or not len(X):
        raise ShapeError(
            f"Boundaries are drawn in the plane, around examples of shape (n, 2), but these have shape {X.shape}. "
            "Of more columns choose two, X[:, [0, 1]], and a model of these two."
        )
    margin = 0.08 * np.ptp(X, axis=0)
    x1, x2 = np.linspace(X.min(axis=0) - margin, X.max(axis=0) + margin, points).T
    return x1, x2, np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def class_scores(predict: Predict, grid: NDArray[Any], level: float) -> NDArray[Any]:
    """A score per class at each point, the greatest of which wins, from predictions of either kind."""
    P = np.asarray(values(predict(grid)), dtype=np.float64).reshape(len(grid), -1)
    return P if P.shape[1] > 1 else np.hstack([level - P, P - level])


def shares_of(scores: NDArray[Any]) -> NDArray[np.float64]:
    return np.bincount(scores.argmax(axis=1), minlength=scores.shape[1]) / len(scores)


def shade_regions(ax: Any, x1: NDArray[Any], x2: NDArray[Any], scores: NDArray[Any]) -> None:
    """Each point in the colour of its class, stronger the further the class is ahead; lines between the classes."""
    from matplotlib.colors import to_rgb

    *_, second, first = np.moveaxis(np.sort(scores, axis=-1), -1, 0)
    ahead = np.round(SHADES * (first - second) / max(np.max(first - second), np.finfo(float).tiny)) / SHADES
    colours = np.array([to_rgb(class_colour(c, ax)) for c in range(scores.shape[-1])])
    shades = np.dstack([colours[scores.argmax(axis=-1)], 0.06 + 0.3 * ahead])
    place = {"extent": (*x1[[0, -1]], *x2[[0, -1]]), "origin": "lower", "aspect": "auto", "zorder": 0}
    ax.imshow(shades, interpolation="none", **place)  # files keep the grid's own points, a tenth of those on the page
    for c in range(1, scores.shape[-1]):
        others = np.delete(scores, c, axis=-1).max(axis=-1)
        zero_line(ax, x1, x2, scores[..., c] - others, colors=colour("ink", ax), linewidths=1.8)


def draw_frontiers(ax: Any, x1: NDArray[Any], x2: NDArray[Any], Z: NDArray[Any]) -> None:
    """The frontier of each hidden unit, with its name where the line leaves the plane at the top or at the right."""
    corner, size = np.array([x1[0], x2[0]]), np.ptp([x1, x2], axis=1)
    at_the_top: dict[int, NDArray[Any]] = {}
    at_the_right: dict[int, NDArray[Any]] = {}
    for j in range(Z.shape[-1]):
        line = zero_line(ax, x1, x2, Z[..., j], colors=colour("parameter", ax), linewidths=1.2, linestyles="--")
        if line is not None:
            points = np.concatenate([path.vertices for path in line.get_paths()])
            right, above = ((points - corner) / size).T
            end = np.maximum(right, above).argmax()
            (at_the_top if above[end] > right[end] else at_the_right)[j] = points[end]
    write_names(ax, at_the_top, 0, ha="center", va="bottom")
    write_names(ax, at_the_right, 1, ha="left", va="center")


def write_names(ax: Any, ends: dict[int, NDArray[Any]], axis: int, **place: str) -> None:
    """The names of hidden units along a border, each moved on where it would touch the one before."""
    low, high = (ax.get_xlim, ax.get_ylim)[axis]()
    points = (ax.bbox.width, ax.bbox.height)[axis] * 72 / ax.figure.dpi / (high - low)
    last = -np.inf
    for j in sorted(ends, key=lambda j: float(ends[j][axis])):
        wanted = points * ends[j][axis]
        last = max(wanted, last + NAME_ROOM)
        shift = np.insert([NAME_GAP], axis, last - wanted)
        look = {"color": colour("parameter", ax), "annotation_clip": False, **place}
        ax.annotate(pretty(f"h{j + 1}"), ends[j], shift, textcoords="offset points", **look)


def zero_line(ax: Any, x1: NDArray[Any], x2: NDArray[Any], Z: NDArray[Any], **look: Any) -> Any:
    """The line where Z is 0, if there is one."""
    return ax.contour(x1, x2, Z, levels=[0], **look) if Z.min() < 0 < Z.max() else None


def draw_examples(ax: Any, X: NDArray[Any], y: NDArray[Any], labels: Sequence[str]) -> None:
    for c, label in enumerate(labels):
        look = {"color": class_colour(c, ax), "edgecolors": colour("ground", ax), "linewidths": 0.6, "s": 32}
        ax.scatter(*X[y == c].T, marker=MARKERS[c % len(MARKERS)], label=label, zorder=3, **look)
    add_legend(ax)


def class_colour(c: int, ax: Any) -> str:
    return colour(SERIES[c % len(SERIES)], ax)
