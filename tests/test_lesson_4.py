"""Lesson 4: its numbers against closed forms, exact arithmetic and scikit-learn; its pictures."""

from decimal import Decimal, localcontext
from math import cosh, exp, isnan

import lessons
import numpy as np
import pytest

import tinygrad_edu as tg


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson_4")


@pytest.fixture(scope="module")
def lesson(folder):
    return lessons.run("lesson_4_from_perceptron_to_frontiers.py", folder)


def boxes(picture):
    return {box.title[0].split(" =")[0]: [cell.text for row in box.rows for cell in row] for box in picture.plan.boxes}


def test_the_neuron_of_five_inputs(lesson):
    w, b = [-2.82751082, 0.27325313, 1.18576235, 0.16695059, 0.73230592], -0.41753312455308067
    X = [
        [-0.3587495, 0.32494874, 0.85232788, 1.35268481, -0.43819386],
        [-0.14368593, -0.20965451, 1.41444411, -1.16854331, 1.62431814],
        [-1.8191772, -1.08488133, -1.23953431, -1.68329863, 1.25165422],
    ]
    assert f"{lesson.predictions}" == "[0.83218968 0.93105794 0.97328719]"
    by_hand = [1 / (1 + exp(-sum(a * c for a, c in zip(w, x)) - b)) for x in X]
    np.testing.assert_allclose(lesson.predictions, by_hand, rtol=1e-14)


def test_the_shapes_of_every_symbol(lesson):
    shapes = boxes(tg.draw_forward(lesson.y_hat, show="shapes"))
    assert shapes == {"X": ["(3, 5)"], "w": ["(5,)"], "b": ["()"], "z": ["(3,)"], "ŷ": ["(3,)"]}
    network = boxes(tg.draw_backward(lesson.J, show="shapes"))
    expected = {"W₁": "(2, 4)", "b₁": "(4,)", "z₁": "(300, 4)", "h₁": "(300, 4)", "W₂": "(4, 1)", "b₂": "(1,)"}
    for name, shape in expected.items():
        assert network[name] == [shape, f"∂J/∂{name}: {shape}"]
    assert network["X"] == ["(300, 2)"] and network["y"] == ["(300, 1)"]


@pytest.mark.parametrize("name", ["neuron", "network"])
def test_the_worksheet_shows_the_same_boxes_and_no_shape(lesson, folder, name):
    worksheet, solution = ((folder / f"4_{name}_{kind}.svg").read_text("utf-8") for kind in ("worksheet", "shapes"))
    for shape in ("(3, 5)", "(5,)") if name == "neuron" else ("(2, 4)", "(4, 1)", "(300, 4)"):
        assert shape in solution and shape not in worksheet


def test_the_engine_knows_the_derivatives_of_the_activations(lesson):
    grid = lesson.grid
    np.testing.assert_allclose(lesson.slopes["sigmoid"], [1 / (4 * cosh(z / 2) ** 2) for z in grid], rtol=1e-13)
    np.testing.assert_allclose(lesson.slopes["tanh"], [1 / cosh(z) ** 2 for z in grid], rtol=1e-11)
    np.testing.assert_array_equal(lesson.slopes["relu"], [0] * 41 + [1] * 40)
    np.testing.assert_array_equal(lesson.slopes["binary_step"], 0)


def test_spellings_at_the_edge_of_floating_point(lesson):
    (minus_zero, _), (nan, _) = lesson.naive_relu
    assert minus_zero == 0 and np.signbit(minus_zero) and isnan(nan)
    assert lesson.our_relu == [(0, []), (0, [])] and not np.signbit([value for value, _ in lesson.our_relu]).any()
    assert lesson.naive_sigmoid == (0, ["overflow encountered in exp"]) and lesson.our_sigmoid == (0, [])


def test_the_given_weights(lesson):
    assert lesson.given_right == 295
    assert lesson.given_loss == pytest.approx(0.4914081691251134, rel=2e-15)
    z = lesson.logits.numpy()
    assert np.mean(np.logaddexp(0, z) - lesson.y_moons * z) == pytest.approx(0.4914081691251134, rel=5e-16)
    with localcontext() as context:
        context.prec = 50
        logits = [Decimal(float(z)) for z in lesson.logits.numpy()]
        exact = sum((1 + z.exp()).ln() - int(y) * z for z, y in zip(logits, lesson.y_moons)) / 300
    assert lesson.given_loss == pytest.approx(float(exact), rel=1e-15)


def test_the_textbook_loss_is_nan_where_outputs_are_exactly_one_and_debug_names_the_logarithm(lesson):
    assert lesson.exactly_one == 13 and lesson.surely_wrong == 0
    assert np.sum(1 / (1 + np.exp(-lesson.logits.numpy())) == 1) == 13
    assert isnan(lesson.textbook)
    assert lesson.complaint.startswith(
        "np.log of (1 − ŷ) of shape (300,) gave -inf at index (12,), where (1 − ŷ) is 0.0"
    )
    assert lesson.p.numpy()[12] == lesson.y_moons[12] == 1


def test_clipped_probabilities_make_the_surest_errors_cheaper(lesson):
    sklearn = pytest.importorskip("sklearn.metrics")
    clipped = tg.losses.log_loss(lesson.y_moons, lesson.p.numpy())
    assert f"{clipped:.4f}" == "0.4265"
    assert clipped == pytest.approx(sklearn.log_loss(lesson.y_moons, lesson.p.numpy()), rel=1e-12)


def test_from_scratch(lesson):
    assert lesson.trained_right >= 295
    assert lesson.test_right >= 71
    assert lesson.history.loss[-1] < 0.02 < 0.5 < lesson.history.loss[0]


@pytest.mark.parametrize("name", ["given", "trained"])
def test_the_plot_shows_a_straight_frontier_for_each_hidden_unit_and_the_shares(lesson, name):
    from matplotlib.figure import Figure

    net = getattr(lesson, name)
    hidden, chances = lesson.before_activation(net), lesson.chances(net)
    ax = tg.plots.decision_boundary(chances, lesson.X_moons, lesson.y_moons, Figure().subplots(), hidden=hidden)
    assert {"h₁", "h₂", "h₃", "h₄"} <= {text.get_text() for text in ax.texts}
    low, high = lesson.X_moons.min(axis=0), lesson.X_moons.max(axis=0)
    points = np.random.default_rng(0).uniform(low, high, size=(1000, 2))
    np.testing.assert_allclose(np.tanh(hidden(points)), net.layers[0](points).numpy(), rtol=1e-12)
    assert lesson.shares[name].sum() == pytest.approx(1)
    np.testing.assert_allclose(lesson.shares[name], 0.5, atol=0.05)


def test_the_third_unit_of_the_given_network_may_as_well_be_constant(lesson):
    W1, b1, W2, b2 = (p.numpy() for p in lesson.given.parameters())
    H = np.tanh(lesson.X_moons @ W1 + b1)
    constant = H * [1, 1, 0, 1] + [0, 0, 1, 0]
    np.testing.assert_array_equal((constant @ W2 + b2)[:, 0] > 0, lesson.logits.numpy() > 0)


def test_the_network_against_the_formula(lesson):
    W1, b1, W2, b2 = (p.numpy() for p in lesson.given.parameters())
    z = np.tanh(lesson.X_moons @ W1 + b1) @ W2 + b2
    np.testing.assert_allclose(lesson.logits.numpy(), z[:, 0], rtol=1e-14)
    assert W1[0, 0] == 19.04548787 and b1[3] == -7.55016811 and W2[0, 0] == -42.17763359 and b2[0] == -17.36405931876728


@pytest.mark.parametrize("seed", [0, 42, 2**32 - 1])
def test_moons_and_split_are_scikit_learns_bit_for_bit(seed):
    datasets, selection = pytest.importorskip("sklearn.datasets"), pytest.importorskip("sklearn.model_selection")
    ours = tg.data.moons(300, noise=0.15, random_state=seed)
    theirs = datasets.make_moons(300, noise=0.15, random_state=seed)
    ours += tuple(tg.data.split(*ours, test_size=0.25, random_state=seed))
    theirs += tuple(selection.train_test_split(*theirs, test_size=0.25, random_state=seed))
    assert len(ours) == len(theirs) == 6
    assert all(a.tobytes() == b.tobytes() for a, b in zip(ours, theirs))


def test_the_chapter_shows_what_the_example_draws(lesson, folder):
    lessons.check_pictures(folder, 4)
