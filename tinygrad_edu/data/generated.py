"""Points in the plane, made from a seed, and their classes: small problems that one line cannot solve.

Each function gives points of shape (n, 2) and classes of shape (n,). `noise` is the standard deviation of the
normal noise added to each coordinate (None: none); the same `random_state` gives the same points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ShapeError, UnsupportedError

Examples = tuple[NDArray[np.float64], NDArray[np.int64]]


def moons(
    n: int = 100, *, shuffle: bool = True, noise: float | None = None, random_state: int | None = None
) -> Examples:
    """Two interleaving half circles, equal to scikit-learn's ``make_moons`` bit for bit.

    Parameters
    ----------
    noise : standard deviation of the normal noise added to each coordinate; None: none.
    random_state : seed of the shuffling and the noise.

    Raises
    ------
    UnsupportedError
        If something is drawn at random without a seed (as in every function here).
    """
    rng = generator("moons", random_state, shuffle or noise)
    outer, inner = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    upper = np.column_stack([np.cos(outer), np.sin(outer)])
    lower = np.column_stack([1 - np.cos(inner), 1 - np.sin(inner) - 0.5])
    return mixed([upper, lower], shuffle, noise, rng)


def circles(
    n: int = 100,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: int | None = None,
    factor: float = 0.8,
) -> Examples:
    """A circle of radius 1 (class 0) around one of radius `factor`, equal to scikit-learn's ``make_circles``."""
    rng = generator("circles", random_state, shuffle or noise)
    around = [np.linspace(0, 2 * np.pi, m, endpoint=False) for m in (n // 2, n - n // 2)]
    rings = [np.column_stack([np.cos(a) * r, np.sin(a) * r]) for a, r in zip(around, (1, factor))]
    return mixed(rings, shuffle, noise, rng)


def blobs(
    n: int = 100, centers: int | ArrayLike = 3, *, std: float = 1.0, shuffle: bool = True, random_state: int
) -> Examples:
    """Round clouds of normally distributed points, equal to scikit-learn's ``make_blobs`` bit for bit.

    Parameters
    ----------
    centers : the centres of the clouds, of shape (k, d), or how many to draw, each coordinate between −10 and 10.
    std : standard deviation of each cloud in each coordinate.
    """
    rng = np.random.RandomState(random_state)
    if isinstance(centers, int):
        centers = rng.uniform(-10, 10, size=(centers, 2))
    middles = np.asarray(centers, dtype=np.float64)
    if middles.ndim != 2:
        raise ShapeError(f"blobs: centers are points, of shape (k, d), not of shape {middles.shape}.")
    k = len(middles)
    sizes = [n // k + (i < n % k) for i in range(k)]
    clouds = [rng.normal(loc=middle, scale=std, size=(m, len(middle))) for m, middle in zip(sizes, middles)]
    return mixed(clouds, shuffle, None, rng)


def spirals(
    n: int = 100,
    classes: int = 2,
    *,
    turns: float = 1.0,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: int | None = None,
) -> Examples:
    """As many spirals as classes, each from the centre out to radius 1 in so many `turns`, evenly turned apart."""
    rng = generator("spirals", random_state, shuffle or noise)
    arms = []
    for j in range(classes):
        r = np.linspace(0, 1, n // classes + (j < n % classes) + 1)[1:]
        angle = 2 * np.pi * (turns * r + j / classes)
        arms.append(np.column_stack([r * np.cos(angle), r * np.sin(angle)]))
    return mixed(arms, shuffle, noise, rng)


def xor(n: int = 100, *, noise: float | None = None, random_state: int) -> Examples:
    """Points spread evenly over the square from −1 to 1; class 1 where one coordinate is positive and the other not.

    The classes are those before the noise.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> X, y = tg.data.xor(4, random_state=1)
    >>> (X > 0).tolist(), y.tolist()
    ([[False, True], [False, False], [False, False], [False, False]], [1, 0, 0, 0])
    """
    rng = np.random.RandomState(random_state)
    X = rng.uniform(-1, 1, size=(n, 2))
    y = np.logical_xor(*(X.T > 0)).astype(np.int64)
    return noisy(X, noise, rng), y


def generator(name: str, random_state: int | None, wanted: Any) -> np.random.RandomState:
    """scikit-learn's kind of generator, whose numbers never change."""
    if random_state is None and wanted:
        raise UnsupportedError(f"{name}: shuffling and noise need a seed: {name}(..., random_state=0).")
    return np.random.RandomState(random_state)


def mixed(
    groups: Sequence[NDArray[np.float64]], shuffle: bool, noise: float | None, rng: np.random.RandomState
) -> Examples:
    """The points of all groups and the numbers of their groups, shuffled, then noisy."""
    X = np.concatenate(groups)
    y = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    if shuffle:
        order = np.arange(len(X))
        rng.shuffle(order)
        X, y = X[order], y[order]
    return noisy(X, noise, rng), y


def noisy(X: NDArray[np.float64], noise: float | None, rng: np.random.RandomState) -> NDArray[np.float64]:
    return X if noise is None else X + rng.normal(scale=noise, size=X.shape)
