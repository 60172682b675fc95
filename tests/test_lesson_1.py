"""Lesson 1: its numbers against closed forms, the standard library and scikit-learn; its pictures."""

from math import exp, log

import lessons
import numpy as np
import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson_1")


@pytest.fixture(scope="module")
def lesson(folder):
    return lessons.run("lesson_1_neurons_by_hand.py", folder)


def sigmoid(z):
    return 1 / (1 + exp(-z))


def test_one_neuron(lesson):
    assert lesson.sigmoid_output == 0.9990889488055994 == sigmoid(7)
    assert lesson.identity_output == 7
    assert lesson.Neuron(0, 1, 4).feedforward(2, 3) == 0.9990889488055994
    assert lesson.Neuron(0, 1, 4, regression=True).feedforward(2, 3) == 7


def test_three_neurons_wired_as_matrices_and_in_the_courses_spelling_agree(lesson):
    assert [f"{h:.8f}" for h in lesson.hidden] == ["0.99908895", "0.98201379"]
    expected = pytest.approx(0.9524917424084265, rel=1e-15)
    assert sigmoid(2 * sigmoid(7) + 1) == expected
    assert [lesson.wired, lesson.as_matrices, lesson.in_numpy, lesson.adapted] == [expected] * 4
    assert lesson.W1.tolist() == [[1, 0.5], [2, 1]]


def test_the_log_loss_is_scikit_learns(lesson):
    sklearn = pytest.importorskip("sklearn.metrics")
    y, p = [0, 1, 1, 0, 1], [0.1, 0.8, 0.6, 0.5, 0.3]
    assert lesson.example_loss == pytest.approx(0.5472899351247816, rel=1e-15)
    assert lesson.example_loss == pytest.approx(sklearn.log_loss(y, p), rel=1e-15)
    assert lesson.example_loss == pytest.approx(-sum(map(log, (0.9, 0.8, 0.6, 0.5, 0.3))) / 5, rel=1e-15)


def test_the_exam_table(lesson):
    rows = list(zip(lesson.exam.names, *lesson.X.T, lesson.success, lesson.physics))
    assert rows == [("Bob", 12, 15, 1, 16), ("Eli", 10, 9, 0, 10), ("Tom", 18, 18, 1, 19), ("Ryan", 13, 14, 1, 16)]


def test_untrained_classification_is_hardly_better_than_a_constant(lesson):
    by_hand = [sigmoid(2 * sigmoid(0.05 * math + 0.001 * chemistry)) for math, chemistry in lesson.X]
    np.testing.assert_allclose(lesson.chances.numpy(), by_hand, rtol=1e-15)
    np.testing.assert_allclose(by_hand, [0.78552533, 0.77715166, 0.80678737, 0.7892344], atol=5e-9)
    assert lesson.untrained_log_loss == pytest.approx(0.5485133607757963, rel=1e-15)
    assert f"{lesson.constant_log_loss:.10f}" == "0.5623351446"
    assert lesson.constant_log_loss == pytest.approx(-(3 * log(0.75) + log(0.25)) / 4, rel=1e-15)


def test_untrained_regression_is_hardly_better_than_the_mean(lesson):
    weighted = [(0.05 * m + 0.001 * c, 0.002 * m + 0.003 * c) for m, c in lesson.X]
    by_hand = [2 * sigmoid(z1) + 7 * sigmoid(z2) + 10 for z1, z2 in weighted]
    np.testing.assert_allclose(lesson.points.numpy(), by_hand, rtol=1e-15)
    np.testing.assert_allclose(by_hand, [14.91886316, 14.83137891, 15.08666261, 14.93927089], atol=5e-9)
    assert lesson.untrained_squared_error == pytest.approx(10.237608699909138, rel=1e-14)
    assert lesson.constant_squared_error == 10.6875 == np.var(lesson.physics)


def test_a_weight_of_zero_passes_no_gradient_but_has_one(lesson):
    np.testing.assert_array_equal(lesson.gradients["W1"][:, 1], 0)
    assert lesson.gradients["b1"][1] == 0
    assert np.all(lesson.gradients["W1"][:, 0] != 0)
    assert f"{lesson.gradients['W2'][1, 0]:.8f}" == "0.01814399"
    h2 = [sigmoid(0.02 * m + 0.003 * c) for m, c in lesson.X]
    by_hand = np.mean((lesson.chances.numpy() - lesson.success) * h2)
    assert lesson.gradients["W2"][1, 0] == pytest.approx(by_hand, rel=1e-13)


def test_the_picture_of_the_zero_weight_shows_it(lesson):
    wires = {(arrow.tail, arrow.head): arrow.label for arrow in lesson.picture.plan.arrows}
    assert wires["c0_0", "c1_1"] == wires["c0_1", "c1_1"] == ("0",)
    assert wires["c1_1", "c2_0"] == ("−0.12",)


def test_training_finds_what_the_weights_of_somebody_did_not(lesson):
    np.testing.assert_array_equal(lesson.trained_chances > 0.5, lesson.success)
    assert lesson.classification.loss[0] > 0.5 > 0.02 > lesson.classification.loss[-1]
    np.testing.assert_allclose(lesson.trained_points, lesson.physics, atol=1e-9)
    assert lesson.regression.loss[-1] < 1e-18
    assert lesson.classifier.layers[1].W.numpy()[1, 0] != 0


def test_saturated_neurons_leave_the_mean(lesson):
    np.testing.assert_allclose(lesson.stuck(lesson.X).numpy()[:, 0], 15.25, atol=1e-6)
    assert lesson.stuck_history.loss[-1] == pytest.approx(10.6875, rel=1e-9)
    assert np.max(lesson.slopes) < 1e-8


def test_the_chapter_shows_what_the_example_draws(lesson, folder):
    lessons.check_pictures(folder, 1)
