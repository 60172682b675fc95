"""Lesson 5: its numbers against closed forms and scikit-learn, the tools that find each fault, and its pictures."""

import re
from math import exp, log, tanh

import lessons
import numpy as np
import pytest

import tinygrad_edu as tg

CHAPTER = lessons.chapter(5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson_5")


@pytest.fixture(scope="module")
def lesson(folder):
    pytest.importorskip("sklearn")
    return lessons.run("lesson_5_layers_and_training.py", folder)


def sigmoid(z):
    return 1 / (1 + exp(-z))


def bell(z):
    return sigmoid(z) * sigmoid(-z)


# The values at −2 and 3, and the derivatives there.
EIGHT = {
    "identity": ([-2, 3], [1, 1]),
    "linear, a = 2": ([-4, 6], [2, 2]),
    "sigmoid": ([sigmoid(-2), sigmoid(3)], [bell(-2), bell(3)]),
    "tanh": ([tanh(-2), tanh(3)], [1 - tanh(2) ** 2, 1 - tanh(3) ** 2]),
    "binary step, threshold 1": ([0, 1], [0, 0]),
    "relu, a = 2": ([0, 6], [0, 2]),
    "leaky relu, a = 2, b = 0.5": ([-1, 6], [0.5, 2]),
    "softmax, p₁ for x₂ = 0": ([sigmoid(-2), sigmoid(3)], [bell(-2), bell(3)]),
}
KINKS = {
    "binary step, threshold 1": ["at the jump, f′(1) = 0"],
    "relu, a = 2": ["at the kink, f′(0) = 0"],
    "leaky relu, a = 2, b = 0.5": ["at the kink, f′(0) = 0.5"],
}


def test_all_eight_activations_with_their_derivatives(lesson):
    assert lesson.ACTIVATIONS.keys() == EIGHT.keys()
    for name, (values, slopes) in EIGHT.items():
        np.testing.assert_allclose(lesson.ACTIVATIONS[name](np.array([-2.0, 3.0])), values, rtol=1e-14)
        np.testing.assert_allclose(lesson.slopes[name], slopes, rtol=1e-12)


def test_kinks_are_marked_where_there_are_some(lesson):
    for name in EIGHT:
        assert lesson.kinks[name] == KINKS.get(name, []), name


def test_softmax_gives_probabilities_and_is_smooth(lesson):
    by_hand = [[exp(z) / sum(map(exp, row)) for z in row] for row in np.random.default_rng(0).normal(size=(4, 3))]
    np.testing.assert_allclose(lesson.P, by_hand, rtol=1e-14)
    np.testing.assert_allclose(lesson.sums, 1, rtol=1e-15)
    np.testing.assert_allclose(lesson.shifted, lesson.P, rtol=1e-12)
    np.testing.assert_allclose(lesson.jacobian, lesson.closed_form, atol=1e-15)
    assert [c.order for c in lesson.smooth.comparisons] == [1, 2] and lesson.smooth.worst.error < 1e-8


def test_what_the_worst_answer_costs_by_dtype_and_clipping(lesson):
    clipped, float32, float64, exact = lesson.worst.values()
    assert f"{clipped:.3f}" == "16.118" and clipped == pytest.approx(7 * log(10), rel=1e-12)
    assert float32.dtype == np.float32 and float32 == pytest.approx(23 * log(2), rel=1e-6)
    assert float64.dtype == np.float64 and float64 == pytest.approx(52 * log(2), rel=1e-12)
    assert (f"{float32:.3f}", f"{float64:.3f}", exact) == ("15.942", "36.044", 1000)
    assert f"{-np.log(np.clip(np.float32(0), np.float32(1e-7), None)):.3f}" == "16.118"


def test_clipping_is_scikit_learns():
    sklearn = pytest.importorskip("sklearn.metrics")
    for dtype in (np.float32, np.float64):
        P = np.array([[0, 1], [1, 0]], dtype=dtype)
        theirs = sklearn.log_loss([0, 0], P, labels=[0, 1])
        assert tg.losses.cross_entropy(np.array([0, 0]), P) == pytest.approx(theirs, rel=1e-6)


def test_irises_in_ten_lines(lesson):
    assert len(lesson.y_test) == 38
    assert np.sum(lesson.predicted == lesson.y_test) >= 37
    assert lesson.estimator_right >= 37
    assert [layer.W.shape for layer in lesson.net.layers] == [(4, 10), (10, 5), (5, 3)]


def test_the_ten_lines_are_at_most_ten():
    script = (lessons.EXAMPLES / "lesson_5_layers_and_training.py").read_text("utf-8")
    cell = script.partition("# %% Irises, in ten lines\n")[2].partition("\n\n")[0]
    block = re.search(r"```python\n(flowers = .*?)```", CHAPTER.read_text("utf-8"), re.DOTALL)
    for code in (cell, block[1]):
        assert "train.fit(" in code and 5 < len(code.strip().splitlines()) <= 10


@pytest.mark.parametrize("seed", range(5))
def test_irises_do_not_depend_on_a_lucky_seed(lesson, seed):
    layers = [tg.nn.Layer(m, n, f, seed) for m, n, f in ((4, 10, "relu"), (10, 5, "relu"), (5, 3, "softmax"))]
    net = tg.nn.MLP.from_layers(layers)
    optimiser = tg.optim.Adam(net.parameters(), lr=0.01)
    tg.train.fit(net, lesson.X_train, lesson.y_train, tg.losses.cross_entropy, optimiser, epochs=200)
    assert np.sum(net(lesson.X_test).numpy().argmax(axis=1) == lesson.y_test) >= 36


# Each fault, the tool that finds it, and what the tool says.
FAULTS = {
    "no self": ("gradcheck", r"TypeError: .*takes 1 positional argument but 2 were given"),
    "softmax over the whole batch": ("test", r"AssertionError: .*Mismatched elements: 6 / 6"),
    "softmax overflows": ("debug", r"NonFiniteError: np\.exp of 'Z' .* gave inf at index \(0, 0\), where 'Z' is 1000"),
    "the loss fed back as the gradient": ("gradcheck", r"GradientError: .*gradient of shape \(\) .* of shape \(6, 3\)"),
    "sigmoid's derivative given Z": ("gradcheck", r"GradientError: In sigmoid_of_z, the derivative of order 1"),
    "not multiplied by what arrives": ("gradcheck", r"GradientError: In sigmoid_alone, the derivative of order 1"),
    "relu's backward returns a·A": ("gradcheck", r"GradientError: In relu_times_a, the derivative of order 1"),
    "X overwritten by the outputs": ("shape error", r"ShapeError: .*\(6, 3\) and 'W1' of shape \(4, 10\)"),
    "y not one-hot": ("shape error", r"ShapeError: The target has shape \(6, 1\) and the prediction \(6, 3\)"),
    "1/m twice": ("gradcheck", r"GradientError: In divided_twice, .* is (\S+) analytically, but (\S+) by central"),
    "rows against columns": ("shape error", r"ShapeError: .*\(4, 6\) and 'W1' .*check which axis holds the examples"),
    "the caller's array changed by /=": ("debug", r"ChangedError: A plain array of shape \(6, 4\) was changed"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_by_a_tool(lesson, fault):
    tool, said = FAULTS[fault]
    assert lesson.found[fault][0] == tool
    assert re.match(said, lesson.found[fault][1])


def test_no_fault_is_left_out(lesson):
    assert list(lesson.found) == list(FAULTS)


def test_the_ratio_says_how_often_the_mean_was_taken(lesson):
    wrong, right = re.match(FAULTS["1/m twice"][1], lesson.found["1/m twice"][1]).groups()
    assert float(right) / float(wrong) == pytest.approx(6, rel=1e-6)


def test_the_repaired_pieces_pass_the_tools_that_found_the_faults(lesson):
    tg.gradcheck(tg.sigmoid, lesson.Z)
    tg.gradcheck(lambda Z: 2 * tg.relu(Z), lesson.Z)
    tg.gradcheck(tg.losses.cross_entropy, lesson.targets, tg.softmax(lesson.Z))
    tg.gradcheck(tg.losses.cross_entropy_from_logits, lesson.targets, lesson.Z)


def test_the_repaired_network_computes_the_engines_gradients_and_learns(lesson):
    assert lesson.gap < 1e-15
    assert lesson.repaired_right >= 37
    targets = np.eye(3)[lesson.y_train]
    lesson.repaired.backward(lesson.repaired.forward(lesson.X_train), targets)
    first, h = lesson.repaired.layers[0], 1e-6

    def loss(step):
        first.W[2, 3] += step
        P = lesson.repaired.forward(lesson.X_train)
        first.W[2, 3] -= step
        return -np.mean(np.sum(targets * np.log(P), axis=1))

    assert first.dW[2, 3] == pytest.approx((loss(h) - loss(-h)) / (2 * h), abs=1e-8)


def test_the_repaired_network_leaves_the_callers_arrays_alone(lesson):
    X, y = lesson.X_train.copy(), lesson.y_train.copy()
    lesson.repaired.fit(X, y, lr=0.1, epochs=2).predict(X)
    np.testing.assert_array_equal(X, lesson.X_train)
    np.testing.assert_array_equal(y, lesson.y_train)


def test_backpropagation_computes_and_gradient_descent_updates(lesson):
    assert lesson.moved_by_backward == 0 < lesson.moved_by_step
    assert (lesson.A @ lesson.B).tolist() != (lesson.B @ lesson.A).tolist()


def test_exercise_1_tanh_lies_between_minus_one_and_one_and_is_a_sigmoid(lesson):
    z = np.linspace(-15, 15, 3001)
    assert lesson.tanh_gap < 1e-15
    assert -1 < np.tanh(z).min() < -0.999 and 0.999 < np.tanh(z).max() < 1
    assert np.tanh(20.0) == 1


def test_exercise_2_softmax_has_no_kink_however_steep_and_the_larger_of_two_jumps(lesson):
    softmax, steep, larger = (lesson.kinks[name] for name in lesson.maxima)
    assert softmax == steep == [] and larger == ["at the jump, f′(0) = 0"]


def test_exercise_3_the_first_of_two_classes_is_the_sigmoid_of_the_difference(lesson):
    by_hand = [exp(a) / (exp(a) + exp(b)) for a, b in lesson.pairs]
    np.testing.assert_allclose(lesson.p1, by_hand, rtol=1e-14)
    np.testing.assert_allclose(lesson.p1, [sigmoid(a - b) for a, b in lesson.pairs], rtol=1e-14)
    assert lesson.sigmoid_gap < 1e-15


def test_the_chapter_shows_what_the_example_draws(lesson, folder):
    lessons.check_pictures(folder, 5)
