"""Activations and the stable functions: values against closed forms, far out, and with their settings."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import functions
from tinygrad_edu.backward import graph, sweep
from tinygrad_edu.derivatives.reductions import spread
from tinygrad_edu.recorder import Recorder

FAR = np.array([-1e4, -800.0, 0.0, 800.0, 1e4])

ACTIVATIONS = [tg.sigmoid, tg.relu, tg.leaky_relu, tg.linear, tg.binary_step, tg.softplus, tg.elu, tg.gelu, tg.silu]
ACTIVATIONS += [tg.softmax, tg.log_softmax, tg.logsumexp]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_activations_do_not_warn_far_out(dtype):
    x = FAR.astype(dtype)
    for f, expected in [
        (tg.sigmoid, [0, 0, 0.5, 1, 1]),
        (tg.relu, [0, 0, 0, 800, 1e4]),
        (tg.softplus, [0, 0, math.log(2), 800, 1e4]),
        (tg.elu, [-1, -1, 0, 800, 1e4]),
        (tg.silu, [0, 0, 0, 800, 1e4]),
        (tg.gelu, [0, 0, 0, 800, 1e4]),
        (tg.softmax, [0, 0, 0, 0, 1]),
        (tg.log_softmax, [-2e4, -10800, -1e4, -9200, 0]),
    ]:
        t = tg.Tensor(x)
        y = f(t)
        y.sum().backward()
        assert y.dtype == t.grad.dtype == dtype
        np.testing.assert_allclose(y.numpy(), np.array(expected, dtype), rtol=1e-6, atol=1e-30)
        assert np.isfinite(t.grad).all()


def test_lists_of_numbers_are_taken_as_they_are_by_numpy():
    for f in ACTIVATIONS:
        np.testing.assert_array_equal(f([-1.0, 2.0]), f(np.array([-1.0, 2.0])))
    np.testing.assert_array_equal(tg.binary_cross_entropy_from_logits([0, 1], [0.0, 0.0]), [math.log(2)] * 2)


def test_sigmoid_keeps_its_relative_precision_on_both_sides():
    x = np.array([-700.0, -30.0, -1.0, 0.0, 1.0, 7.0])
    np.testing.assert_allclose(tg.sigmoid(x), [1 / (1 + math.exp(-v)) for v in x], rtol=1e-15)
    assert 0 < tg.sigmoid(-740.0) < 1e-300 and np.isnan(tg.sigmoid(np.array([np.nan]))).all()


@pytest.mark.parametrize(
    "f, x, value, slope",
    [
        (lambda x: tg.leaky_relu(x, slope=0.2), -2.0, -0.4, 0.2),
        (lambda x: tg.leaky_relu(x, 0.2), 2.0, 2.0, 1.0),
        (lambda x: tg.linear(x, slope=3), -2.0, -6.0, 3.0),
        (lambda x: tg.linear(x), -2.0, -2.0, 1.0),
        (lambda x: tg.elu(x, alpha=0.5), -1.0, 0.5 * (math.exp(-1) - 1), 0.5 * math.exp(-1)),
        (lambda x: tg.binary_step(x, threshold=2), 1.9, 0.0, 0.0),
        (lambda x: tg.binary_step(x, threshold=2), 2.0, 1.0, 0.0),
        (lambda x: tg.sigmoid(x=x), 0.0, 0.5, 0.25),
    ],
)
def test_settings(f, x, value, slope):
    t = tg.Tensor(x)
    y = f(t)
    y.backward()
    assert y.item() == pytest.approx(value, rel=1e-15)
    assert t.grad == pytest.approx(slope, rel=1e-15)


def test_gelu_is_near_the_exact_form():
    x = np.linspace(-5, 5, 101)
    exact = x * np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x])
    assert 1e-4 < np.abs(tg.gelu(x) - exact).max() < 5e-4


def test_softmax_over_any_axis_sums_to_one():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    for axis in (0, 1, -1, (0, 2)):
        np.testing.assert_allclose(tg.softmax(x, axis=axis).sum(axis=axis), 1, rtol=1e-15)
        np.testing.assert_allclose(np.exp(tg.log_softmax(x, axis=axis)), tg.softmax(x, axis=axis), rtol=1e-14)


def test_logsumexp_with_infinities():
    assert tg.logsumexp(np.array([-np.inf, 0.0])) == 0
    assert tg.logsumexp(np.array([-np.inf, -np.inf])) == -np.inf
    assert tg.logsumexp(np.array([np.inf, 0.0])) == np.inf


# ------------------------------------------------------------------ cross-entropies


def test_binary_cross_entropy_from_logits_is_exact_far_out():
    z = tg.Tensor([-1e4, -30.0, 0.0, 30.0, 1e4])
    ones = tg.binary_cross_entropy_from_logits(1.0, z)
    np.testing.assert_allclose(
        ones.numpy(), [1e4, 30 + math.log1p(math.exp(-30)), math.log(2), math.exp(-30), 0], rtol=1e-12
    )
    ones.sum().backward()
    np.testing.assert_allclose(z.grad, [-1, -1, -0.5, -math.exp(-30), 0], atol=1e-16)


def test_binary_cross_entropy_from_logits_equals_the_formula_from_probabilities():
    y, z = np.array([0.0, 1.0, 0.3]), np.array([0.5, -1.2, 2.0])
    p = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(
        tg.binary_cross_entropy_from_logits(y, z), -y * np.log(p) - (1 - y) * np.log(1 - p), rtol=1e-14
    )


LOGITS = np.array([[0.2, -1.0, 0.7], [2.0, 0.1, -0.4]])
ONE_HOT = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])


def test_cross_entropy_from_logits_equals_the_formula_from_probabilities():
    p = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    expected = -np.log(p[[0, 1], [2, 0]])
    for y in (ONE_HOT, np.array([2, 0]), [2, 0]):
        np.testing.assert_allclose(tg.cross_entropy_from_logits(y, LOGITS), expected, rtol=1e-14)
        z = tg.Tensor(LOGITS)
        tg.cross_entropy_from_logits(y, z).sum().backward()
        np.testing.assert_allclose(z.grad, p - ONE_HOT, rtol=1e-14)


def test_cross_entropy_from_logits_is_exact_far_out():
    z = tg.Tensor([[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]])
    loss = tg.cross_entropy_from_logits(np.array([0, 1]), z)
    loss.sum().backward()
    np.testing.assert_array_equal(loss.numpy(), [0, 2e4])
    np.testing.assert_array_equal(z.grad, [[0, 0, 0], [1, -1, 0]])


@pytest.mark.parametrize("number", [np.float64, np.float32])
def test_relu_of_one_number_has_the_bits_of_numpys_maximum(number):
    for x in map(number, [-math.inf, -2.5, -0.0, 0.0, 2.5, math.inf, math.nan]):
        y, expected = tg.relu(tg.Tensor(x)).numpy(), np.maximum(x, 0)
        assert (y.tobytes(), y.dtype) == (expected.tobytes(), expected.dtype)


@pytest.mark.parametrize("width", [1, 2, 31, 32, 100])
def test_log_softmax_of_rows_is_that_of_each_row(width):
    x = np.random.default_rng(0).normal(scale=100, size=(5, width))
    for layout in (x, np.asfortranarray(x), np.repeat(x, 2, axis=0)[::2]):
        np.testing.assert_allclose(tg.log_softmax(layout), [tg.log_softmax(row) for row in x], rtol=1e-15, atol=1e-13)


def test_a_function_of_one_operand_may_keep_a_residual():
    @tg.primitive(lambda g, y, x, e: g * e, residual=np.exp)
    def exp_minus_one(x):
        e = np.exp(x)
        return e - 1, e

    x = tg.Tensor([0.0, 1.0])
    exp_minus_one(x).sum().backward()
    np.testing.assert_allclose(x.grad, [1, math.e], rtol=1e-15)
    assert tg.grad(tg.grad(exp_minus_one))(1.0) == pytest.approx(math.e, rel=1e-15)


def test_the_logarithms_that_cross_entropy_keeps_are_what_every_reading_computes():
    z = tg.Tensor(LOGITS)
    loss = tg.cross_entropy_from_logits(ONE_HOT, z)
    kept = loss.record[3]
    np.testing.assert_array_equal(kept, functions.log_softmax(LOGITS))
    loss.backward(np.ones(2))
    node = tg.gradient(loss, z, seed=np.ones(2))
    recorded = Recorder(LOGITS)
    adjoints = dict(sweep(tg.cross_entropy_from_logits(ONE_HOT, recorded), Recorder(np.ones(2)), graph))
    np.testing.assert_array_equal(z.grad, node.numpy())
    np.testing.assert_array_equal(z.grad, adjoints[recorded].value)
    tg.gradcheck(lambda z: tg.cross_entropy_from_logits(ONE_HOT, z), LOGITS, order=3, tolerance=1e-5)


def test_spread_of_a_plain_array_is_what_broadcasting_gives():
    np.testing.assert_array_equal(spread(np.array([1.0, 2.0]), shape=(2, 3), axis=1), [[1, 1, 1], [2, 2, 2]])


def test_the_mean_binary_cross_entropy_is_the_mean_of_the_elements_and_keeps_the_sigmoid():
    y, far = np.array([1.0, 0.0, 0.25, 1.0, 0.0]), np.array([-30.0, -740.0, 0.5, 1e4, 1e4])
    for z in (tg.Tensor(far), tg.Tensor(far[:, np.newaxis])):
        targets = y.reshape(z.shape)
        mean = functions.mean_binary_cross_entropy_from_logits(targets, z)
        assert mean.item() == np.mean(tg.binary_cross_entropy_from_logits(targets, z.numpy()))
        np.testing.assert_array_equal(mean.record[3], tg.sigmoid(z.numpy()))
        mean.backward()
        np.testing.assert_allclose(z.grad.ravel(), (1 / (1 + np.exp(-np.clip(far, -700, 700))) - y) / 5, atol=1e-16)
    tg.gradcheck(lambda z: functions.mean_binary_cross_entropy_from_logits(y[:3], z), LOGITS[0], order=3)


def test_the_mean_cross_entropy_is_the_mean_of_the_cross_entropies():
    z = tg.Tensor(LOGITS)
    mean = functions.mean_cross_entropy_from_logits(ONE_HOT, z)
    assert mean.item() == pytest.approx(np.mean(tg.cross_entropy_from_logits(ONE_HOT, LOGITS)), rel=1e-15)
    mean.backward()
    np.testing.assert_allclose(z.grad, (functions.softmax(LOGITS) - ONE_HOT) / 2, rtol=1e-14)
    tg.gradcheck(lambda z: functions.mean_cross_entropy_from_logits(ONE_HOT, z), LOGITS, order=3, tolerance=1e-5)
