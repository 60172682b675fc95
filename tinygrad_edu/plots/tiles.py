"""Rows of numbers as images, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ShapeError
from ..metrics.arrays import values
from .axes import colour, prepared


def images(
    X: ArrayLike, shape: tuple[int, int], names: Sequence[Any] = (), ax: Any = None, columns: int | None = None
) -> Any:
    """Each row of X as an image, in ink on paper: the greatest number is darkest.

    Parameters
    ----------
    X : array of shape (n, height · width).
    shape : height and width of an image, in pixels.
    names : what to write above each image, such as its class.
    columns : how many images stand side by side; about √n by default.
    """
    ax = prepared(ax, grid=False)
    return tiled(ax, values(X), shape, names, columns, cmap=blend(ax, "ground", "ink"))


def weights(
    W: Any, shape: tuple[int, int], names: Sequence[Any] = (), ax: Any = None, columns: int | None = None
) -> Any:
    """The weights of each neuron as an image of what it looks for: blue positive, orange negative.

    Parameters
    ----------
    W : weights of shape (height · width, neurons), such as those of a first layer.
    shape, names, columns : as in `images`, for neurons.
    """
    ax = prepared(ax, grid=False)
    W = values(W)
    largest = np.abs(W).max(initial=0) or 1
    colours = blend(ax, "gradient", "ground", "value")
    ax = tiled(ax, W.T, shape, names, columns, cmap=colours, vmin=-largest, vmax=largest)
    bar = ax.figure.colorbar(ax.images[0], ax=ax, shrink=0.7, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(color=colour("line", ax), labelcolor=colour("quiet", ax))
    return ax


def tiled(
    ax: Any, X: NDArray[Any], shape: tuple[int, int], names: Sequence[Any], columns: int | None, **look: Any
) -> Any:
    """One image per row of X on the same axes, with a gap of a pixel, or room for the names."""
    (height, width), n = shape, len(X)
    if X.ndim != 2 or X.shape[1] != height * width:
        said = f"Images of {height} × {width} pixels have {height * width} numbers each"
        raise ShapeError(f"{said}, but the array holds {n} of shape {X.shape[1:]}.")
    columns = columns or ceil(sqrt(n))
    gap = ceil(0.3 * height) if len(names) else 1
    sheet = np.full((ceil(n / columns) * (height + gap), columns * (width + 1)), np.nan)
    for i, row in enumerate(X):
        top, left = gap + i // columns * (height + gap), i % columns * (width + 1)
        sheet[top : top + height, left : left + width] = row.reshape(shape)
        ax.add_patch(outline(left, top, width, height, ax))
        if i < len(names):
            ax.text(left + (width - 1) / 2, top - 0.7, names[i], ha="center", va="bottom", color=colour("quiet", ax))
    ax.imshow(sheet, interpolation="none", **look)
    ax.set_axis_off()
    return ax


def outline(left: float, top: float, width: int, height: int, ax: Any) -> Any:
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {"fill": False, "edgecolor": colour("data", ax), "linewidth": 0.5, "clip_on": False}
    return Rectangle((left - 0.5, top - 0.5), width, height, **look)


def blend(ax: Any, *roles: str) -> Any:
    """From the colour of the first role to that of the last: opaque, since an image stays as it is on dark pages."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("roles", [colour(role, ax) for role in roles])
