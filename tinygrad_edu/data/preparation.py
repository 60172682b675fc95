"""What is done to data before training: split, standardised, one-hot."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..errors import ShapeError


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
    if not len(X):
        raise ShapeError(f"standardise: an array of shape {X.shape} holds no examples to take the mean of.")
    mean, std = X.mean(axis=0), X.std(axis=0)
    equal = np.all(X == X[0], axis=0)  # their mean may be rounded, and then their std is not 0
    mean, std = (np.where(equal, a, b).astype(b.dtype) for a, b in ((X[0], mean), (1, std)))
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
    if indices.dtype.kind not in "iu":
        raise not_classes("0 on", indices, " np.unique(y, return_inverse=True)[1] numbers other classes.")
    k = classes if classes is not None else int(indices.max(initial=-1)) + 1
    if np.any((indices < 0) | (indices >= k)):
        raise not_classes(f"0 to {k - 1}", indices)
    rows: NDArray[Any] = np.eye(k, dtype=dtype)[indices]
    return rows


def not_classes(known: str, y: NDArray[Any], remedy: str = "") -> ShapeError:
    found = f"y has dtype {y.dtype} and values such as {y.ravel()[:3]}"
    return ShapeError(f"one_hot: classes are integers from {known}, but {found}.{remedy}")
