"""Tables of data, each with its source."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingExtraError, how_to_install


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


class Digits(NamedTuple):
    """Handwritten digits: 1,797 images of 8 × 8 pixels."""

    X: NDArray[np.float64]
    """The pixels of each image, row by row, whole numbers from 0 (paper) to 16 (ink), of shape (1797, 64)."""
    y: NDArray[np.int64]
    """The digit that was written, of shape (1797,)."""
    shape: tuple[int, int]
    """Height and width of an image, in pixels."""
    source: str
    """Where the images were published."""


def digits() -> Digits:
    """Handwritten digits from scikit-learn (extra ``sklearn``), not scaled: divide by 16 for pixels from 0 to 1."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingExtraError(
            f"The digits come with scikit-learn, which is not installed: {how_to_install('sklearn')}"
        ) from None
    X, y = load_digits(return_X_y=True)
    return Digits(X, y.astype(np.int64), (8, 8), DIGITS_SOURCE)


DIGITS_SOURCE = (
    "E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
    "https://archive.ics.uci.edu/dataset/80: its test set, by 13 writers, as scikit-learn carries it."
)


class Exam(NamedTuple):
    """Marks of four students; from the first two, success or the mark in physics is to be predicted."""

    names: tuple[str, ...]
    X: NDArray[np.float64]
    """Marks in mathematics and chemistry, out of 20, of shape (4, 2)."""
    success: NDArray[np.int64]
    """1 if the student passed, of shape (4,)."""
    physics: NDArray[np.float64]
    """Marks in physics, out of 20, of shape (4,)."""
    source: str
    """Where the figures come from."""


def exam() -> Exam:
    """Four students, their marks, and whether they passed: a table for classification and for regression.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> marks = tg.data.exam()
    >>> for name, (mathematics, chemistry), passed in zip(marks.names, marks.X, marks.success):
    ...     print(name, mathematics, chemistry, passed)
    Bob 12.0 15.0 1
    Eli 10.0 9.0 0
    Tom 18.0 18.0 1
    Ryan 13.0 14.0 1
    """
    X = np.array([[12.0, 15], [10, 9], [18, 18], [13, 14]])
    success, physics = np.array([1, 0, 1, 1], dtype=np.int64), np.array([16.0, 10, 19, 16])
    return Exam(("Bob", "Eli", "Tom", "Ryan"), X, success, physics, COURSE.format(1))


class Points(NamedTuple):
    """Points in the plane, of two classes."""

    X: NDArray[np.float64]
    """Coordinates, of shape (n, 2)."""
    y: NDArray[np.int64]
    """The class of each point, 0 or 1, of shape (n,)."""
    source: str
    """Where the figures come from."""


def eight_points() -> Points:
    """Eight points of two classes that no straight line separates."""
    rows = [[3, 1.5, 0], [2, 1, 1], [4, 1.5, 0], [3, 4, 1], [3.5, 0.5, 0], [2, 0.5, 1], [5.5, 1, 1], [1, 1, 0]]
    table = np.array(rows)
    return Points(table[:, :2], table[:, 2].astype(np.int64), COURSE.format(2))


class NeuronExample(NamedTuple):
    """A sigmoid neuron of five inputs, and three examples to put in."""

    X: NDArray[np.float64]
    """Examples, of shape (3, 5)."""
    w: NDArray[np.float64]
    """The weights, of shape (5,)."""
    b: float
    """The bias."""
    source: str
    """Where the figures come from."""


def neuron_example() -> NeuronExample:
    """A neuron with its weights, and three examples.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> X, w, b, _ = tg.data.neuron_example()
    >>> neuron = tg.nn.Neuron(w=w, b=b, activation="sigmoid")
    >>> print(neuron(X).data.round(8))
    [0.83218968 0.93105794 0.97328719]
    """
    X = [
        [-0.3587495, 0.32494874, 0.85232788, 1.35268481, -0.43819386],
        [-0.14368593, -0.20965451, 1.41444411, -1.16854331, 1.62431814],
        [-1.8191772, -1.08488133, -1.23953431, -1.68329863, 1.25165422],
    ]
    w = [-2.82751082, 0.27325313, 1.18576235, 0.16695059, 0.73230592]
    return NeuronExample(np.array(X), np.array(w), -0.41753312455308067, COURSE.format(4))


COURSE = "An exercise of an introductory course on neural networks, which lesson {} works through."
