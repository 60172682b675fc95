"""Lesson 2: its numbers against the same training in NumPy alone, brute force and SciPy; its pictures."""

import lessons
import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import GradientError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson_2")


@pytest.fixture(scope="module")
def lesson(folder):
    return lessons.run("lesson_2_one_neuron.py", folder)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def train_by_hand(X, y, lr):
    """The training of the lesson, in NumPy, with the formula of the blackboard."""
    rng = np.random.RandomState(42)
    w, b, errors = np.array([rng.randn(), rng.randn()]), rng.randn(), []
    for step in range(10_000):
        i = rng.randint(8)
        p = sigmoid(X[i] @ w + b)
        slope = 2 * (p - y[i]) * p * (1 - p)
        w, b = w - lr * slope * X[i], b - lr * slope
        if step % 100 == 0:
            errors.append(np.sum((sigmoid(X @ w + b) - y) ** 2))
    return w, b, errors


def test_the_points(lesson):
    rows = [[3, 1.5, 0], [2, 1, 1], [4, 1.5, 0], [3, 4, 1], [3.5, 0.5, 0], [2, 0.5, 1], [5.5, 1, 1], [1, 1, 0]]
    np.testing.assert_array_equal(np.column_stack([lesson.X, lesson.y]), rows)


def test_the_start_and_which_point_a_prediction_belongs_to(lesson):
    w, b, _ = lesson.random_start()
    np.testing.assert_allclose(w.numpy(), [0.49671415, -0.1382643], atol=5e-9)
    assert f"{b:.8f}" == "0.64768854"
    assert lesson.first_row == pytest.approx(0.8732975096761088, rel=1e-15)
    assert lesson.other_point == pytest.approx(0.7784302101100966, rel=1e-15)
    assert np.abs(sigmoid(lesson.X @ w.numpy() + b.item()) - 0.7784302101100966).min() > 0.01


def test_the_training_is_that_of_numpy_alone(lesson):
    w, b, errors = train_by_hand(lesson.X, lesson.y, 0.1)
    assert len(lesson.errors) == 100
    np.testing.assert_allclose(lesson.errors, errors, rtol=1e-9)
    assert [f"{lesson.errors[i]:.10f}" for i in (0, -1)] == ["3.0675177766", "1.9038661902"]
    np.testing.assert_allclose(lesson.w, w, rtol=1e-9)
    np.testing.assert_allclose(lesson.w, [0.12828862, 0.46603092], atol=5e-9)
    assert f"{lesson.b:.8f}" == f"{b:.8f}" == "-0.94769653"


def test_the_engines_gradient_is_the_formula_at_every_step(lesson):
    assert 0 < lesson.gap < 1e-15


def test_gradcheck_names_the_component_that_the_slip_makes_wrong(lesson):
    assert lesson.report.worst.error < 1e-9
    assert "with respect to w[0] is 0.0959944" in lesson.complaint
    p = lesson.first_row
    [w_line] = [c for c in lesson.report.comparisons if c.input == "w"]
    assert w_line.analytic == pytest.approx(2 * p * p * (1 - p) * lesson.X[0][w_line.index], rel=1e-13)


def test_gradcheck_accepts_the_bias_and_names_either_weight(lesson):
    w, b, _ = lesson.random_start()
    for k in (0, 1):
        turned = w.numpy().copy()
        turned[k] = lesson.X[0][k]  # here the slip does no harm, so the other component is the wrong one
        with pytest.raises(GradientError, match=rf"with respect to w\[{1 - k}\]"):
            tg.gradcheck(lesson.squared_error_with_slip, turned, b)


def test_with_the_slip_weights_scale_but_never_turn(lesson):
    assert abs(lesson.turned) < 1e-12
    ratio = lesson.w_slip / lesson.w_start
    np.testing.assert_allclose(ratio, [0.0306349, 0.0306349], rtol=1e-4)


def test_four_learning_rates(lesson):
    assert {lr: round(e[-1], 3) for lr, e in lesson.by_rate.items()} == {
        1: 3.003,
        0.1: 1.904,
        0.01: 1.895,
        0.001: 2.005,
    }
    for lr in (0.01, 0.001):
        np.testing.assert_allclose(lesson.by_rate[lr], train_by_hand(lesson.X, lesson.y, lr)[2], rtol=1e-9)


def test_no_line_separates_the_points_and_the_best_has_six_right(lesson):
    zeros, ones = [[1, 1], [3.5, 0.5]], [[2, 1], [2, 0.5]]
    labels = {tuple(x): label for x, label in zip(lesson.X.tolist(), lesson.y)}
    assert [labels[tuple(x)] for x in zeros + ones] == [0, 0, 1, 1]
    np.testing.assert_allclose(np.dot([0.6, 0.4], zeros), np.dot([0.6, 0.4], ones))  # both are (2, 0.8)
    assert lesson.best_line == 6
    directions = np.random.default_rng(0).normal(size=(20_000, 2))
    cuts = np.random.default_rng(1).uniform(-7, 7, (20_000, 1))
    right = np.sum(
        (directions @ lesson.X.T / np.linalg.norm(directions, axis=1, keepdims=True) > cuts) == lesson.y, axis=1
    )
    assert right.max() == 6


def test_the_best_line_of_points_that_can_be_separated(lesson):
    assert lesson.most_right(lesson.X, (lesson.X[:, 0] > 2.5).astype(int)) == 8
    assert lesson.most_right(np.array([[0, 0], [1, 1], [0, 1], [1, 0.0]]), np.array([0, 0, 1, 1])) == 3


def test_the_least_sum_of_squares(lesson):
    optimize = pytest.importorskip("scipy.optimize")

    def error(theta):
        return np.sum((sigmoid(np.clip(lesson.X @ theta[:2] + theta[2], -500, 500)) - lesson.y) ** 2)

    starts = np.random.default_rng(0).normal(size=(40, 3)) * np.repeat([0.1, 1, 5, 20], 10)[:, np.newaxis]
    least = min(optimize.minimize(error, start).fun for start in starts)
    assert lesson.least_error == pytest.approx(least, abs=1e-8)
    assert f"{lesson.least_error:.4f}" == "1.8838"
    assert np.sum((0.5 - lesson.y) ** 2) == 2.0


def test_four_tanh_units_remember_all_points_and_predict_few(lesson):
    assert lesson.network_right == 8
    assert [tuple(p.shape) for p in lesson.net.parameters()] == [(2, 4), (4,), (4, 1), (1,)]
    assert lesson.left_out_right == {(2, 4, 1): 3, (2, 1): 0}


def test_layers_without_activation_collapse(lesson):
    assert lesson.collapse <= 1e-15


def test_ten_sigmoids_pass_at_most_a_quarter_to_the_tenth(lesson):
    assert lesson.steepest == 0.25
    slopes = tg.sigmoid(np.linspace(-10, 10, 1001))
    assert np.max(slopes * (1 - slopes)) == 0.25
    assert f"{lesson.most_passed:.1e}" == "9.5e-07"
    x, slope = 0.0, 1.0
    for _ in range(10):
        x = sigmoid(x)
        slope *= x * (1 - x)
    assert lesson.passed == pytest.approx(slope, rel=1e-12) and lesson.passed < lesson.most_passed


def test_the_chapter_shows_what_the_example_draws(lesson, folder):
    lessons.check_pictures(folder, 2)
