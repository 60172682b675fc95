"""Losses against their formulas, central differences and scikit-learn; the traps they refuse."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import losses
from tinygrad_edu.errors import ShapeError, UnsupportedError
from tinygrad_edu.node import topological_order
from tinygrad_edu.recorder import Recorder

y = np.array([0, 1, 1, 0, 1])
p = np.array([0.1, 0.8, 0.6, 0.5, 0.3])
Z = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]])
P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


def test_values_by_hand():
    assert losses.log_loss(y, p) == pytest.approx(0.5472899351247816, rel=1e-15)
    assert losses.mean_squared_error(y, p) == pytest.approx(np.mean((p - y) ** 2), rel=1e-15)
    assert losses.cross_entropy([2, 0], P) == pytest.approx(-(np.log(P[0, 2]) + np.log(P[1, 0])) / 2, rel=1e-15)
    assert losses.cross_entropy(np.eye(3)[[2, 0]], P) == losses.cross_entropy([2, 0], P)
    assert losses.log_loss_from_logits(y, np.log(p / (1 - p))) == pytest.approx(losses.log_loss(y, p), rel=1e-14)
    assert losses.cross_entropy_from_logits([2, 0], Z) == pytest.approx(losses.cross_entropy([2, 0], P), rel=1e-14)


def test_one_example_needs_no_mean():
    L = losses.log_loss(1, tg.Tensor(0.8))
    L.backward()
    assert L.item() == pytest.approx(-np.log(0.8))
    assert losses.mean_squared_error(3.0, 1.0) == 4.0
    assert losses.cross_entropy(2, P[0]) == pytest.approx(-np.log(P[0, 2]))
    assert losses.cross_entropy_from_logits(2, Z[0]) == pytest.approx(-np.log(P[0, 2]))
    assert losses.log_loss_from_logits(1, 0.0) == pytest.approx(np.log(2))


CASES = {
    "mean_squared_error": (losses.mean_squared_error, y, p, lambda q: 2 * (q - y) / 5),
    "log_loss": (losses.log_loss, y, p, lambda q: (q - y) / (q * (1 - q)) / 5),
    "log_loss_from_logits": (losses.log_loss_from_logits, y, p, lambda z: (1 / (1 + np.exp(-z)) - y) / 5),
    "cross_entropy": (losses.cross_entropy, np.eye(3)[[2, 0]], P, lambda Q: -np.eye(3)[[2, 0]] / Q / 2),
    "cross_entropy_from_logits": (losses.cross_entropy_from_logits, [2, 0], Z, lambda _: (P - np.eye(3)[[2, 0]]) / 2),
}


@pytest.mark.parametrize("loss, target, prediction, gradient", CASES.values(), ids=CASES)
def test_gradients(loss, target, prediction, gradient):
    t = tg.Tensor(prediction)
    loss(target, t).backward()
    np.testing.assert_allclose(t.grad, gradient(prediction), rtol=1e-12)
    tg.gradcheck(lambda q: loss(target, q), prediction, order=2)


@pytest.mark.parametrize("loss, target, prediction, _", CASES.values(), ids=CASES)
def test_float32_stays_float32(loss, target, prediction, _):
    t = tg.Tensor(prediction, dtype=np.float32)
    for given in (target, np.asarray(target), tg.constant(target)):
        L = loss(given, t)
        L.backward()
        assert L.dtype == t.grad.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_loss_equals_scikit_learns_where_it_clips(dtype):
    metrics = pytest.importorskip("sklearn.metrics")
    q = np.array([0.0, 1.0, 0.3, 1.0, 0.0], dtype=dtype)
    assert losses.log_loss(y, q) == pytest.approx(metrics.log_loss(y, q), rel=1e-6 if dtype is np.float32 else 1e-14)
    Q = np.array([[1.0, 0.0, 0.0], [0.2, 0.5, 0.3]], dtype=dtype)
    assert losses.cross_entropy([1, 2], Q) == pytest.approx(metrics.log_loss([1, 2], Q, labels=[0, 1, 2]), rel=1e-6)


def test_a_wrong_and_certain_prediction_still_gets_a_gradient():
    q = tg.Tensor([0.0, 1.0])
    losses.log_loss([1, 0], q).backward()
    eps = np.finfo(float).eps
    np.testing.assert_allclose(q.grad, [-0.5 / eps, 0.5 / eps])


@pytest.mark.parametrize("size", [30.0, 800.0, 1e4])
def test_logits_of_any_size(size):
    z = tg.Tensor([size, -size, size, -size])
    L = losses.log_loss_from_logits([1, 0, 0, 1], z)
    L.backward()
    assert L.item() == pytest.approx(size / 2, rel=1e-12)
    np.testing.assert_allclose(z.grad, [0, 0, 0.25, -0.25], atol=1e-13)
    rows = tg.Tensor([[size, -size, 0.0], [size, -size, 0.0]])
    L = losses.cross_entropy_from_logits([0, 1], rows)
    L.backward()
    assert L.item() == pytest.approx(size, rel=1e-12)
    np.testing.assert_allclose(rows.grad, [[0, 0, 0], [0.5, -0.5, 0]], atol=1e-12)


def test_the_log_loss_of_one_example_reads_as_on_the_blackboard():
    y_hat = tg.Tensor(0.475, name="y_hat")
    L = losses.log_loss(tg.constant(1.0, name="y"), y_hat)
    functions = [node.row.name for node in topological_order(L) if node.row]
    assert functions == [
        "clipped",
        "np.log",
        "np.multiply",
        "np.subtract",
        "np.log",
        "np.multiply",
        "np.add",
        "np.negative",
    ]


@pytest.mark.parametrize("loss, target, prediction, _", CASES.values(), ids=CASES)
def test_losses_can_be_recorded(loss, target, prediction, _):
    target = np.asarray(target)
    recorded = loss(Recorder(target, "y", requires_grad=False), Recorder(prediction, "y_hat"))
    assert recorded.value == loss(target, prediction)


def test_l2_penalty():
    W, w = tg.Tensor([[1.0, -2.0]]), tg.Tensor(3.0)
    L = losses.l2_penalty([W, w], 0.5)
    L.backward()
    assert L.item() == 0.25 * 14 and W.grad.tolist() == [[0.5, -1.0]] and w.grad == 1.5


ALL = [
    losses.mean_squared_error,
    losses.log_loss,
    losses.log_loss_from_logits,
    losses.cross_entropy,
    losses.cross_entropy_from_logits,
]


@pytest.mark.parametrize("loss", ALL[:3])
def test_a_column_against_a_vector_is_refused(loss):
    with pytest.raises(ShapeError, match=r"\(5,\) and the prediction \(5, 1\).*y\[:, np.newaxis\].*y_hat\[:, 0\]"):
        loss(y, tg.Tensor(p[:, None]))
    with pytest.raises(ShapeError, match=r"\(5, 1\) and the prediction \(5,\).*y\[:, 0\]"):
        loss(y[:, None], tg.Tensor(p))
    with pytest.raises(ShapeError, match="must be the same"):
        loss(1, p)


@pytest.mark.parametrize("loss", ALL)
def test_swapped_arguments_are_refused(loss):
    with pytest.raises(UnsupportedError, match=r"loss\(y, y_hat\)"):
        loss(tg.Tensor(P), np.eye(3)[[2, 0]])


@pytest.mark.parametrize("loss", ALL[3:])
def test_classes_that_do_not_exist_are_refused(loss):
    for wrong in ([0, 3], [-1, 0], [0.0, 1.0]):
        with pytest.raises(ShapeError, match="integers from 0 to 2"):
            loss(wrong, P)
    with pytest.raises(ShapeError, match=r"\(3,\) and the prediction \(2, 3\)"):
        loss([0, 1, 2], P)
