"""Data to learn from, and what is done to it before training. Rows are examples."""

from __future__ import annotations

from importlib.resources import files
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .errors import ShapeError, UnsupportedError


class Iris(NamedTuple):
    """Fisher's irises: 150 flowers of three species."""

    X: NDArray[np.float64]
    """Measurements in cm, of shape (150, 4)."""
    y: NDArray[np.int64]
    """The species of each flower, as an index into `species`, of shape (150,)."""
    features: tuple[str, ...]
    """What the columns of `X` are."""
    species: tuple[str, ...]
    """The names of the classes."""
    source: str
    """Where the figures were published."""


def iris() -> Iris:
    """Fisher's irises: sepal and petal length and width (cm) of 50 flowers of each of three species.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> flowers = tg.data.iris()
    >>> flowers.X.shape, flowers.species
    ((150, 4), ('setosa', 'versicolor', 'virginica'))
    """
    lines = files(__package__).joinpath("iris.csv").read_text(encoding="utf-8").splitlines()
    source = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    header, *rows = [line.split(",") for line in lines if not line.startswith("#")]
    species, y = np.unique([row[-1] for row in rows], return_inverse=True)
    X = np.array([row[:-1] for row in rows], dtype=np.float64)
    features = tuple(name.replace("_", " ") for name in header[:-1])
    return Iris(X, y.astype(np.int64), features, tuple(map(str, species)), source)


def moons(
    n: int = 100, *, shuffle: bool = True, noise: float | None = None, random_state: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Two interleaving half circles: points of shape (n, 2) and their classes, equal to scikit-learn's ``make_moons``.

    Parameters
    ----------
    noise : standard deviation of the normal noise added to each coordinate; None: none.
    random_state : seed of the shuffling and the noise; the same seed gives scikit-learn's points bit for bit.
    """
    if random_state is None and (shuffle or noise):
        raise UnsupportedError("moons: shuffling and noise need a seed: moons(..., random_state=0).")
    rng = np.random.RandomState(random_state)
    outer, inner = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    x1 = np.append(np.cos(outer), 1 - np.cos(inner))
    x2 = np.append(np.sin(outer), 1 - np.sin(inner) - 0.5)
    X, y = np.column_stack([x1, x2]), np.repeat([0, 1], [len(outer), len(inner)])
    if shuffle:
        order = np.arange(n)
        rng.shuffle(order)
        X, y = X[order], y[order]
    if noise is not None:
        X += rng.normal(scale=noise, size=X.shape)
    return X, y


def split(*arrays: ArrayLike, test_size: float = 0.25, random_state: int) -> list[Any]:
    """Shuffle the examples and split each array in two: ``X_train, X_test, y_train, y_test = split(X, y, ...)``.

    Equal to scikit-learn's ``train_test_split`` for the same `test_size`, a fraction, and `random_state`.

    Raises
    ------
    ShapeError
        If the arrays differ in length, or one part would be empty.
    """
    n = same_length(*arrays)
    tests = ceil(test_size * n)
    if not 0 < tests < n:
        raise ShapeError(f"split: test_size={test_size} of {n} examples leaves a part empty. Give a fraction.")
    order = np.random.RandomState(random_state).permutation(n)
    return [np.asarray(a)[part] for a in arrays for part in (order[tests:], order[:tests])]


def same_length(*arrays: ArrayLike) -> int:
    """The number of examples that all the arrays have."""
    lengths = {len(np.asarray(a)) for a in arrays}
    if len(lengths) != 1:
        shapes = " and ".join(str(np.shape(a)) for a in arrays)
        raise ShapeError(f"Arrays of shapes {shapes} do not hold the same number of examples (axis 0 counts them).")
    return lengths.pop()


def standardise(X: ArrayLike, *others: ArrayLike) -> Any:
    """Scale each column to mean 0 and standard deviation 1: ``(x − mean)/std``, with the mean and std of `X` alone.

    Parameters
    ----------
    X : array of shape (n, d); a column in which all values are equal becomes 0.
    others : more data of d columns, such as a test set, scaled by the mean and std of `X`.

    Returns
    -------
    The scaled array, or a list of them if several were given.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> train, test = tg.data.standardise([[1.0], [3.0]], [[5.0]])
    >>> train.tolist(), test.tolist()
    ([[-1.0], [1.0]], [[3.0]])
    """
    X = np.asarray(X)
    mean, std = X.mean(axis=0), X.std(axis=0)
    std = np.where(std == 0, 1, std).astype(std.dtype)
    scaled = [(np.asarray(x) - mean) / std for x in (X, *others)]
    return scaled if others else scaled[0]


def one_hot(y: ArrayLike, classes: int | None = None, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Classes 0, …, k−1 as rows of the unit matrix: shape (n,) becomes (n, k).

    Parameters
    ----------
    y : integers from 0 to k−1.
    classes : k; the largest of `y` plus 1 by default.
    """
    indices = np.asarray(y)
    k = classes if classes is not None else int(indices.max(initial=-1)) + 1
    if indices.dtype.kind not in "iu" or np.any((indices < 0) | (indices >= k)):
        found = f"y has dtype {indices.dtype} and values such as {indices.ravel()[:3]}"
        raise ShapeError(f"one_hot: classes are integers from 0 to {k - 1}, but {found}.")
    rows: NDArray[Any] = np.eye(k, dtype=dtype)[indices]
    return rows
