"""Lesson 3: logistic regression as a graph against closed forms; digits against scikit-learn; its pictures."""

import re
from math import exp, log

import lessons
import numpy as np
import pytest

import tinygrad_edu as tg


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson_3")


@pytest.fixture(scope="module")
def lesson(folder):
    return lessons.run("lesson_3_logistic_regression_graph.py", folder)


@pytest.fixture(scope="module")
def digits(folder):
    pytest.importorskip("sklearn")
    from threadpoolctl import threadpool_limits

    with threadpool_limits():  # what the example sets is undone
        return lessons.run("lesson_3_digits.py", folder)


# ---------------------------------------------------------------------- the graph


def test_one_example_one_derivative_at_a_time(lesson):
    y_hat = 1 / (1 + exp(0.1))
    by_hand = {"y_hat": -1 / y_hat, "z": y_hat - 1, "p1": y_hat - 1, "p2": y_hat - 1, "b": y_hat - 1}
    by_hand |= {"w1": 2 * (y_hat - 1), "w2": 3 * (y_hat - 1)}
    assert {node.name: value for node, value in lesson.by_hand.items()} == pytest.approx(by_hand, rel=1e-14)
    assert {node.name: node.grad for node in lesson.by_hand} == pytest.approx(by_hand, rel=1e-14)
    assert lesson.L.item() == pytest.approx(-log(y_hat), rel=1e-14)


def test_what_is_needed_comes_first(lesson):
    assert lesson.order[-3:] == ["z", "y_hat", "L"]


def test_all_examples_at_once_is_the_mean_over_them_one_by_one(lesson):
    w, b = tg.Tensor([0.1, -0.2]), tg.Tensor(0.3)
    losses = [tg.losses.log_loss(y, tg.sigmoid(w @ x + b)) for x, y in zip(lesson.X.data, lesson.y.data)]
    for L in losses:
        L.backward()
    np.testing.assert_allclose(lesson.w.grad, w.grad / 3, rtol=1e-14)
    np.testing.assert_allclose(lesson.batch_by_hand[0], w.grad / 3, rtol=1e-14)
    assert [lesson.b.grad, lesson.batch_by_hand[1]] == pytest.approx([b.grad / 3] * 2, rel=1e-14)
    assert lesson.J.item() == pytest.approx(np.mean([L.item() for L in losses]), rel=1e-14)


def test_the_bias_in_three_ways(lesson):
    np.testing.assert_allclose(lesson.augmented_w.grad, [lesson.b.grad, *lesson.w.grad], rtol=1e-14)
    assert lesson.augmented_w.size == 2 + 1
    np.testing.assert_allclose(lesson.to_beta, lesson.errors / 3, rtol=1e-14)
    assert lesson.to_b == pytest.approx(lesson.errors.sum() / 3, rel=1e-14)


def test_broadcasting_copies_and_sums(lesson, folder):
    assert lesson.S.data.tolist() == (lesson.A + lesson.r).data.tolist() == [[-2, 5], [0, 7]]
    forward, backward = ((folder / f"3_broadcasting_{way}.svg").read_text("utf-8") for way in ("forward", "backward"))
    assert "copied" in forward
    assert "Σ" not in forward
    assert "Σᵢ" in backward
    cotangent = np.array([[1.0, 10.0], [100.0, 1000.0]])
    for S in (lesson.A + lesson.r, lesson.S):
        lesson.r.zero_grad()
        S.backward(cotangent)
        assert lesson.r.grad.tolist() == [[101, 1010]]


def test_a_column_less_a_vector_is_a_matrix_and_losses_refuse_it(lesson):
    assert (lesson.column - lesson.y.data).shape == (3, 3)
    assert "(3,) and the prediction (3, 1): NumPy would pair each with every other" in lesson.refusal


def test_central_differences_find_each_slip(lesson):
    right, sign, factor, total = lesson.verdicts.values()
    assert right == "right"
    assert "w[1] is 0.8193680916 analytically, but -0.8193680916" in sign
    assert "w[1] is -0.3959631786 analytically, but -0.8193680916" in factor
    assert "w[0] is -0.349986125 analytically, but 0.0235729146" in total


def test_the_loss_is_minus_the_logarithm_of_the_likelihood_and_that_of_a_softmax(lesson):
    p = [1 / (1 + exp(-z)) for z in (-0.1, 0.6, 0.1)]
    assert lesson.likelihood == pytest.approx(p[0] * (1 - p[1]) * p[2], rel=1e-14)
    expected = -log(p[0] * (1 - p[1]) * p[2]) / 3
    assert [lesson.from_likelihood, lesson.as_softmax, lesson.J.item()] == pytest.approx([expected] * 3, rel=1e-13)


def test_the_loop_from_the_last_layer_to_the_first(lesson):
    assert lesson.deep_by_hand.keys() == lesson.deep_by_engine.keys()
    for name, gradient in lesson.deep_by_engine.items():
        np.testing.assert_allclose(lesson.deep_by_hand[name], gradient, rtol=1e-12, err_msg=name)


def test_zero_weights_move_nothing_but_the_bias_of_the_output(lesson):
    *zeros, b2 = lesson.zero_gradients.values()
    assert [gradient.any() for gradient in zeros] == [False] * 3
    assert b2 == pytest.approx(0.5 - 2 / 3)
    *zeros, b2 = lesson.zero.state_dict().values()
    assert [parameter.any() for parameter in zeros] == [False] * 3
    assert b2 == pytest.approx(log(2), rel=1e-6)  # σ(ln 2) = 2/3


def test_the_loop_and_all_at_once_are_timed_in_this_run(lesson):
    assert list(lesson.times) == [(1000, 5), (100_000, 20)]
    for on_arrays, on_lists, at_once in lesson.times.values():
        for loop in (on_arrays, on_lists):
            assert f"{loop / at_once:.0f} times" in lesson.printed


# ---------------------------------------------------------------------- digits


def test_the_split_is_scikit_learns(digits):
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, _, y, y_test = train_test_split(*load_digits(return_X_y=True), random_state=0)
    np.testing.assert_array_equal(digits.pixels, X)
    np.testing.assert_array_equal(np.r_[digits.y, digits.y_test], np.r_[y, y_test])


def test_scalings(digits):
    low_and_high = {name: (X.min(), X.max()) for name, (X, _) in digits.scaled.items()}
    assert low_and_high["[0, 1]"] == (0, 1)
    assert low_and_high["[-1, 1]"] == (-1, 1)
    means = {key: np.mean(found) for key, found in digits.scalings.items()}
    assert all(means["none, 0 to 16", "SGD"] + 0.1 < means[name, "SGD"] for name in list(digits.scaled)[1:])
    assert all(means[name, "Adam"] > 0.93 for name in digits.scaled)
    assert all(f"{name:<14} SGD {means[name, 'SGD']:.3f} (" in digits.printed for name in digits.scaled)


def test_one_hot_rows_give_the_loss_of_classes(digits):
    np.testing.assert_array_equal(digits.one_hot @ np.arange(10), digits.y)
    assert digits.from_classes == pytest.approx(digits.from_rows, rel=1e-6)


def test_metrics_are_scikit_learns(digits):
    from sklearn import metrics

    y, y_hat, P = digits.y_test, digits.y_hat, digits.P.astype(float)
    theirs = metrics.precision_recall_fscore_support(y, y_hat)
    np.testing.assert_allclose(list(digits.per_class.values()), theirs[:3], rtol=1e-12)
    np.testing.assert_array_equal(digits.confusion, metrics.confusion_matrix(y, y_hat))
    assert digits.accuracy == metrics.accuracy_score(y, y_hat)
    areas = [metrics.roc_auc_score(y == c, P[:, c]) for c in range(10)]
    np.testing.assert_allclose(digits.areas, areas, rtol=1e-12)
    assert digits.macro_auc == pytest.approx(np.mean(areas), rel=1e-12)
    assert digits.accuracy > 0.965
    assert digits.narrow_auc < 0.98 < 0.995 < digits.macro_auc


def test_bottlenecks_depend_on_the_seed_and_wide_networks_do_not(digits):
    smallest, small, *_, wide = (np.array(found) for found in digits.architectures.values())
    assert 0.05 < smallest.min() < 0.3
    assert max(smallest.max(), small.max()) < 0.92
    assert min(np.ptp(smallest), np.ptp(small)) > 0.15
    assert wide.min() > 0.965
    assert wide.mean() == pytest.approx(0.98, abs=0.006)
    assert np.ptp(wide) < 0.02


def test_dead_neurons_leave_one_answer_for_all(digits):
    seed = int(np.argmin(digits.architectures[2, 3, 2]))
    net = digits.network((2, 3, 2), seed)
    digits.train(net, digits.X, tg.optim.Adam(net.parameters(), lr=0.01), epochs=30, seed=seed)
    assert len(set(digits.predicted(net, digits.X_test))) <= 3


def test_the_sweep_of_alpha(digits):
    assert [f"{alpha:.0e}" for alpha in digits.ALPHAS] == [f"1e-0{k}" for k in range(1, 7)]
    training, test = np.array([np.mean(found, axis=1) for found in digits.sweep.values()]).T
    assert training[0] < 0.95 < 0.995 < min(training[2:])
    assert test[0] + 0.03 < max(test)
    right, sure = np.array(list(digits.calibration.values())).T
    assert np.argmax(right) in (1, 2)
    assert sure[0] < right[0] - 0.05  # too modest
    assert sure[-1] > right[-1] + 0.08  # too sure
    memorised = digits.by_alpha[digits.ALPHAS[-1]]
    np.testing.assert_array_equal(memorised(digits.moons) > 0.5, digits.moons_y)


def test_comparison_on_the_same_split(digits):
    mine, svc, theirs, estimator, logistic = (np.mean(found) for found in digits.comparison.values())
    assert svc == pytest.approx(0.991, abs=0.0005)
    assert [mine, estimator] == pytest.approx([theirs, theirs], abs=0.01)
    assert 0.94 < logistic < mine


def test_the_chapter_shows_what_the_examples_draw(lesson, digits, folder):
    lessons.check_pictures(folder, 3)


def test_the_tables_of_the_chapter_are_results_of_the_example(digits):
    rows = dict(re.findall(r"^\| (.+?) \| (.*) \|$", lessons.chapter(3).read_text("utf-8"), re.MULTILINE))
    numbers = {name: [float(number) for number in re.findall(r"\d\.\d{3}", cells)] for name, cells in rows.items()}

    def shown(runs):
        return [np.mean(runs), min(runs), max(runs)] if len(runs) > 1 else runs

    def close(name, *scores, tolerance=0.01):
        expected = [value for runs in scores for value in shown(runs)]
        np.testing.assert_allclose(numbers[name], expected, atol=tolerance, err_msg=name)

    for name, scaling in zip(("[0, 1]: x/16", "[−1, 1]: x/8 − 1", "z-scores: (x − mean)/std"), list(digits.scaled)[1:]):
        close(name, *(digits.scalings[scaling, optimiser] for optimiser in ("SGD", "Adam")))
    close("as they are, 0 to 16", *(digits.scalings["none, 0 to 16", name] for name in ("SGD", "Adam")), tolerance=0.1)
    for hidden, found in digits.architectures.items():
        close(", ".join(map(str, hidden)), found, tolerance=0.01 if max(hidden) > 3 else 0.15)
    for name, found in zip(("the network above, five seeds", "scikit-learn's `SVC`"), ("the network above", "SVC")):
        close(name, digits.comparison[found])
    for exponent, result in zip("¹²³⁴⁵⁶", digits.calibration.values()):
        if f"10⁻{exponent}" in numbers:
            close(f"10⁻{exponent}", *([value] for value in result), tolerance=0.015)
    for digit in (0, 1, 8):
        measures = [scores[digit] for scores in (*digits.per_class.values(), digits.areas)]
        close(str(digit), *([value] for value in measures), tolerance=0.03)


def test_a_spread_shows_every_run_and_the_means():
    figure = pytest.importorskip("matplotlib.figure")
    ax = figure.Figure().subplots()
    for label, shift in (("training", 1), ("test", 0)):
        tg.plots.spread({"few": [0.0 + shift, 1.0 + shift], "many": [0.5 + shift]}, ax, label)
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1.5, 1.5], [0.5, 0.5]]
    dots = np.concatenate([dots.get_offsets().data for dots in ax.collections])
    assert dots.tolist() == [[0, 1], [0, 2], [1, 1.5], [0, 0], [0, 1], [1, 0.5]]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["few", "many"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "test"]
    assert ax.lines[0].get_color() != ax.lines[1].get_color()
