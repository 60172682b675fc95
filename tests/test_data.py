"""Data: Fisher's table against scikit-learn's copy of it, shuffles and splits bit for bit."""

import numpy as np
import pytest

from tinygrad_edu import data
from tinygrad_edu.errors import ShapeError, UnsupportedError


def test_iris_is_fishers_table():
    flowers = data.iris()
    assert flowers.X.shape == (150, 4) and np.bincount(flowers.y).tolist() == [50, 50, 50]
    # the means that Fisher prints in his Table II
    np.testing.assert_allclose(flowers.X[flowers.y == 1].mean(axis=0), [5.936, 2.770, 4.260, 1.326], atol=1e-12)
    np.testing.assert_allclose(flowers.X[flowers.y == 0].mean(axis=0), [5.006, 3.428, 1.462, 0.246], atol=1e-12)
    assert "Fisher (1936)" in flowers.source and flowers.features[2:] == ("petal length", "petal width")


def test_iris_equals_scikit_learns():
    load_iris = pytest.importorskip("sklearn.datasets").load_iris
    ours, theirs = data.iris(), load_iris()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert list(ours.species) == list(theirs.target_names)


@pytest.mark.parametrize("n, shuffle, noise, seed", [(300, True, 0.15, 42), (7, True, None, 0), (8, False, 0.1, 3)])
def test_moons_equal_scikit_learns_bit_for_bit(n, shuffle, noise, seed):
    make_moons = pytest.importorskip("sklearn.datasets").make_moons
    X, y = data.moons(n, shuffle=shuffle, noise=noise, random_state=seed)
    X2, y2 = make_moons(n, shuffle=shuffle, noise=noise, random_state=seed)
    assert X.tobytes() == X2.tobytes() and y.tolist() == y2.tolist()


def test_moons_without_a_seed_are_refused():
    with pytest.raises(UnsupportedError, match="random_state=0"):
        data.moons(10)


@pytest.mark.parametrize("n, test_size, seed", [(150, 0.25, 42), (150, 0.1, 0), (7, 0.5, 1)])
def test_split_equals_scikit_learns(n, test_size, seed):
    train_test_split = pytest.importorskip("sklearn.model_selection").train_test_split
    X, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    for ours, theirs in zip(
        data.split(X, y, test_size=test_size, random_state=seed),
        train_test_split(X, y, test_size=test_size, random_state=seed),
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_split_keeps_rows_together_and_loses_none():
    X_train, X_test, y_train, y_test = data.split(np.arange(10)[:, None] * 2, np.arange(10), random_state=0)
    np.testing.assert_array_equal(X_train[:, 0], 2 * y_train)
    assert sorted([*y_train, *y_test]) == list(range(10)) and len(y_test) == 3


def test_split_refuses_what_does_not_fit():
    with pytest.raises(ShapeError, match=r"\(3,\) and \(4,\).*same number of examples"):
        data.split(np.zeros(3), np.zeros(4), random_state=0)
    with pytest.raises(ShapeError, match="leaves a part empty"):
        data.split(np.zeros(3), test_size=1.0, random_state=0)


def test_standardise_uses_the_first_array_for_all():
    rng = np.random.default_rng(0)
    X, test = rng.normal(3, 5, (40, 2)), rng.normal(size=(5, 2))
    Z, scaled = data.standardise(X, test)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(Z.std(axis=0), 1, atol=1e-14)
    np.testing.assert_allclose(scaled * X.std(axis=0) + X.mean(axis=0), test, atol=1e-14)
    assert data.standardise(X.astype(np.float32)).dtype == np.float32


def test_standardise_leaves_constant_columns_at_zero():
    np.testing.assert_array_equal(data.standardise([[7.0], [7.0]]), [[0.0], [0.0]])


def test_one_hot():
    np.testing.assert_array_equal(data.one_hot([2, 0]), [[0, 0, 1], [1, 0, 0]])
    assert data.one_hot([0], 3, np.float32).dtype == np.float32 and data.one_hot([0], 3).shape == (1, 3)
    with pytest.raises(ShapeError, match="integers from 0 to 1"):
        data.one_hot([0, 2], 2)
    with pytest.raises(ShapeError, match="dtype float64"):
        data.one_hot([0.0, 1.0], 2)
