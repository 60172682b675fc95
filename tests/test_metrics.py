"""Metrics against scikit-learn's."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import metrics
from tinygrad_edu.errors import ShapeError

rng = np.random.default_rng(0)
y, y_hat = rng.integers(0, 4, 50), rng.integers(0, 4, 50)
targets, values = rng.normal(size=50), rng.normal(size=50)


def test_by_hand():
    assert metrics.accuracy([0, 1, 1], [0, 1, 0]) == 2 / 3
    assert metrics.confusion_matrix([0, 0, 2], [0, 2, 2]).tolist() == [[1, 1], [0, 1]]
    assert metrics.mean_squared_error([1.0, 3.0], [2.0, 1.0]) == 2.5
    assert metrics.r2([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]) == 0.5
    assert metrics.log_loss([1, 0], [0.5, 0.5]) == pytest.approx(np.log(2))


def test_equal_to_scikit_learns():
    theirs = pytest.importorskip("sklearn.metrics")
    assert metrics.accuracy(y, y_hat) == theirs.accuracy_score(y, y_hat)
    np.testing.assert_array_equal(metrics.confusion_matrix(y, y_hat), theirs.confusion_matrix(y, y_hat))
    assert metrics.mean_squared_error(targets, values) == pytest.approx(theirs.mean_squared_error(targets, values))
    assert metrics.r2(targets, values) == pytest.approx(theirs.r2_score(targets, values))
    p = rng.uniform(size=50)
    assert metrics.log_loss(y % 2, p) == pytest.approx(theirs.log_loss(y % 2, p))
    P = rng.dirichlet(np.ones(4), size=50)
    assert metrics.log_loss(y, P) == pytest.approx(theirs.log_loss(y, P))


def test_tensors_are_read_as_arrays():
    assert metrics.r2(targets, tg.Tensor(targets)) == 1.0
    assert metrics.log_loss([1, 0], tg.Tensor([0.5, 0.5])) == pytest.approx(np.log(2))


def test_shapes_must_agree():
    for metric in (metrics.accuracy, metrics.confusion_matrix, metrics.mean_squared_error, metrics.r2):
        with pytest.raises(ShapeError, match=r"\(50,\) and the prediction \(50, 1\)"):
            metric(y, y_hat[:, None])
    with pytest.raises(ShapeError, match="no variance"):
        metrics.r2([1.0], [1.0])
