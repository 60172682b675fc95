"""Metrics against scikit-learn's, on drawn examples with ties, classes that are never predicted and classes that never
occur, and by hand where it gives warnings or NaN."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import tinygrad_edu as tg
from tinygrad_edu import metrics
from tinygrad_edu.errors import ShapeError, UnsupportedError

rng = np.random.default_rng(0)
y, y_hat = rng.integers(0, 4, 50), rng.integers(0, 4, 50)
CLASS_METRICS = (metrics.accuracy, metrics.confusion_matrix, metrics.precision, metrics.recall, metrics.f1)
AVERAGES = (None, "macro", "micro", "weighted")


@pytest.fixture(scope="module")
def theirs():
    return pytest.importorskip("sklearn.metrics")


def quietly(function, *args, **settings):
    """scikit-learn's answer without its warnings about 0/0."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **settings)


def close(ours, other):
    np.testing.assert_allclose(ours, other, rtol=1e-12, atol=1e-12)


def pairs_of_classes(k):
    """Targets and predictions, of which few examples leave out some of the k classes."""
    classes = st.integers(0, k - 1)
    return st.lists(st.tuples(classes, classes), min_size=1, max_size=12).map(lambda pairs: np.array(pairs).T)


@given(pairs_of_classes(4))
def test_counts_of_classes_equal_scikit_learns(theirs, pairs):
    y, y_hat = pairs
    close(metrics.accuracy(y, y_hat), theirs.accuracy_score(y, y_hat))
    np.testing.assert_array_equal(metrics.confusion_matrix(y, y_hat), quietly(theirs.confusion_matrix, y, y_hat))
    for ours, other in (
        (metrics.precision, theirs.precision_score),
        (metrics.recall, theirs.recall_score),
        (metrics.f1, theirs.f1_score),
    ):
        for average in AVERAGES:
            close(ours(y, y_hat, average), quietly(other, y, y_hat, average=average))


@given(pairs_of_classes(2))
def test_counts_of_class_1_equal_scikit_learns(theirs, pairs):
    close(metrics.precision(*pairs), quietly(theirs.precision_score, *pairs))
    close(metrics.recall(*pairs), quietly(theirs.recall_score, *pairs))
    close(metrics.f1(*pairs), quietly(theirs.f1_score, *pairs))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([-1e300, -0.5, 0.0, 0.25, 0.5, 1.0, 7.0])), min_size=2))
def test_roc_curves_with_ties_equal_scikit_learns(theirs, examples):
    y, scores = np.array([passed for passed, _ in examples]), np.array([score for _, score in examples])
    assume(0 < y.sum() < len(y))
    for ours, other in zip(metrics.roc_curve(y, scores), theirs.roc_curve(y, scores)):
        close(ours, other)
    close(metrics.auc(y, scores), theirs.roc_auc_score(y, scores))


@given(arrays(np.float64, (9, 3), elements=st.floats(0.01, 1).map(lambda x: round(x, 1) + 0.1)))
def test_one_against_the_rest_equals_scikit_learns(theirs, scores):
    y, P = np.arange(9) % 3, scores / scores.sum(axis=1, keepdims=True)
    close(metrics.auc(y, P), theirs.roc_auc_score(y, P, multi_class="ovr", average="macro"))
    close(metrics.auc(y, P, average=None), theirs.roc_auc_score(y, P, multi_class="ovr", average=None))
    close(metrics.log_loss(y, P), theirs.log_loss(y, P))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1))
def test_log_loss_equals_scikit_learns_also_of_one_class_and_of_certain_mistakes(theirs, examples):
    y, p = np.array([passed for passed, _ in examples]), np.array([probability for _, probability in examples])
    close(metrics.log_loss(y, p), theirs.log_loss(y, p, labels=[False, True]))


numbers = st.integers(-3, 3) | st.floats(-100, 100, width=32)


@given(st.lists(st.tuples(numbers, numbers), min_size=2), st.booleans())
def test_errors_of_numbers_equal_scikit_learns(theirs, examples, alike):
    y, y_hat = np.array(examples, dtype=np.float64).T
    y = np.full_like(y, 2.0) if alike else y
    close(metrics.mean_squared_error(y, y_hat), theirs.mean_squared_error(y, y_hat))
    assume(alike or np.std(y) > 1e-3)
    np.testing.assert_allclose(metrics.r2(y, y_hat), theirs.r2_score(y, y_hat), rtol=1e-12, atol=1e-12)


def test_columns_are_averaged_as_scikit_learn_does(theirs):
    Y, Y_hat = rng.normal(size=(2, 20, 3))
    Y[:, 1] = 4.0
    close(metrics.r2(Y, Y_hat), theirs.r2_score(Y, Y_hat))
    close(metrics.mean_squared_error(Y, Y_hat), theirs.mean_squared_error(Y, Y_hat))


# ---------------------------------------------------------------------- by hand


def test_by_hand():
    assert metrics.accuracy([0, 1, 1], [0, 1, 0]) == 2 / 3
    assert metrics.confusion_matrix([0, 0, 2], [0, 2, 2]).tolist() == [[1, 1], [0, 1]]
    assert metrics.mean_squared_error([1.0, 3.0], [2.0, 1.0]) == 2.5
    assert metrics.r2([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]) == 0.5
    assert metrics.log_loss([1, 0], [0.5, 0.5]) == pytest.approx(np.log(2))
    assert metrics.auc([0, 1, 0, 1], [0.0, 0.5, 0.5, 1.0]) == 0.875  # 3 of 4 pairs in order, and one tie


def test_the_area_is_the_share_of_pairs_in_order():
    y, scores = rng.integers(0, 2, 40), rng.integers(0, 6, 40)
    ahead = scores[y == 1][:, np.newaxis] - scores[y == 0]
    assert metrics.auc(y, scores) == pytest.approx(np.mean(np.where(ahead == 0, 0.5, ahead > 0)), abs=1e-14)


def test_what_is_0_by_0_is_0():
    y, y_hat = [0, 0, 1], [0, 0, 2]  # class 1 is never predicted, class 2 never occurs
    assert metrics.precision(y, y_hat, average=None).tolist() == [1, 0, 0]
    assert metrics.recall(y, y_hat, average=None).tolist() == [1, 0, 0]
    assert metrics.precision([0, 0], [0, 0]) == metrics.recall([0, 0], [0, 0]) == metrics.f1([0, 0], [0, 0]) == 0


def test_r2_of_equal_targets_is_1_or_0():
    assert metrics.r2([2.0, 2.0], [2.0, 2.0]) == 1 and metrics.r2([2.0, 2.0], [2.0, 2.1]) == 0
    assert metrics.r2([0.1] * 3, [0.1] * 3) == 1 and metrics.r2([0.1] * 3, [0.2] * 3) == 0  # their mean is not 0.1


def test_names_and_truth_values_are_classes_too():
    assert metrics.recall(["a", "b", "b"], ["a", "a", "b"], average=None).tolist() == [1, 0.5]
    assert metrics.precision([True, False], [True, True]) == 0.5
    assert metrics.f1([0.0, 1.0], np.array([[0.2], [0.9]])[:, 0] > 0.5) == 1


def test_small_whole_numbers_do_not_overflow():
    y, y_hat = np.array([0, 200], dtype=np.uint8), np.array([250, 0], dtype=np.uint8)
    assert metrics.mean_squared_error(y, y_hat) == (250**2 + 200**2) / 2
    assert metrics.r2(y, y_hat) == 1 - (250**2 + 200**2) / 20000


def test_tensors_are_read_as_arrays():
    targets = rng.normal(size=50)
    assert metrics.r2(targets, tg.Tensor(targets)) == 1.0
    assert metrics.log_loss([1, 0], tg.Tensor([0.5, 0.5])) == pytest.approx(np.log(2))
    assert metrics.auc([0, 1, 2], tg.Tensor(np.eye(3))) == 1


# ---------------------------------------------------------------------- what is refused


def test_shapes_must_agree():
    for metric in (*CLASS_METRICS, metrics.mean_squared_error, metrics.r2, metrics.roc_curve):
        with pytest.raises(ShapeError, match=r"\(50,\) and the prediction \(50, 1\)"):
            metric(y, y_hat[:, None])
        with pytest.raises(ShapeError, match="at least one example"):
            metric([], [])
    with pytest.raises(ShapeError, match="at least one example"):
        metrics.log_loss([], [])


def test_one_number_does_not_vary():
    with pytest.raises(ShapeError, match="no variance to explain. Use mean_squared_error"):
        metrics.r2([1.0], [1.0])
    with pytest.raises(ShapeError, match="no variance"):
        metrics.r2(1.0, 1.0)


def test_probabilities_are_no_classes():
    for metric in CLASS_METRICS:
        with pytest.raises(UnsupportedError, match=r"prediction holds 0\.7, which is no class.*y_hat > 0\.5"):
            metric([0, 1], [0.0, 0.7])
    with pytest.raises(UnsupportedError, match="holds nan"):
        metrics.accuracy([0, 1], [0, np.nan])


def test_class_1_is_not_asked_for_among_several():
    with pytest.raises(UnsupportedError, match="classes 0, 1, 2, 3, and not just 0 and 1: write average=None"):
        metrics.precision(y, y_hat)
    with pytest.raises(UnsupportedError, match="no average called 'mean'. Write None or one of: binary, macro"):
        metrics.f1(y, y_hat, average="mean")
    with pytest.raises(UnsupportedError, match="\"macro\" or None, not 'micro'"):
        metrics.auc([0, 1], np.eye(2), average="micro")


def test_one_class_has_no_roc_curve():
    for metric in (metrics.roc_curve, metrics.auc):
        with pytest.raises(ShapeError, match="All 3 examples are of class 1: there is nothing to tell apart"):
            metric([1, 1, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ShapeError, match="No example is of class 2"):
        metrics.auc([0, 1, 0], np.eye(3))
    with pytest.raises(ShapeError, match="All examples are of class 0"):
        metrics.auc([0, 0], np.eye(2))
    with pytest.raises(ShapeError, match="integers from 0 to 1"):
        metrics.auc([0, 5], np.eye(2))


def test_a_roc_curve_needs_two_classes_and_numbers():
    with pytest.raises(UnsupportedError, match=r"roc_curve\(y == c, P\[:, c\]\)"):
        metrics.roc_curve([0, 1, 2], [0.1, 0.2, 0.3])
    with pytest.raises(UnsupportedError, match="score is NaN"):
        metrics.auc([0, 1], [np.nan, 0.3])


def test_logits_are_no_probabilities():
    with pytest.raises(UnsupportedError, match=r"1\.5 is no probability.*log_loss_from_logits"):
        metrics.log_loss([0, 1], [0.3, 1.5])
    with pytest.raises(UnsupportedError, match="nan is no probability"):
        metrics.log_loss([0, 1], [[np.nan, 0.5], [0.5, 0.5]])


def test_infinite_scores_tie_like_all_others():
    for y in ([0, 1, 0, 1], [1, 0, 0, 1]):
        for sign in (1, -1):
            scores = sign * np.array([np.inf, np.inf, 0.0, 1.0])
            assert metrics.auc(y, scores) == metrics.auc(y, np.clip(scores, -9, 9))


def test_text_and_numbers_are_not_compared():
    for metric in (metrics.accuracy, metrics.confusion_matrix, metrics.f1):
        with pytest.raises(UnsupportedError, match=r"such as 0, the prediction such as '0': .*y\.astype\(int\)"):
            metric([0, 1], ["0", "1"])
    assert metrics.accuracy(np.array(["a", "b"], dtype=object), ["a", "c"]) == 0.5


def test_a_column_of_probabilities_is_named_as_such():
    for metric in (metrics.log_loss, metrics.auc):
        with pytest.raises(ShapeError, match=r"\(2,\) and the prediction \(2, 1\).*y_hat\[:, 0\]"):
            metric([0, 1], [[0.3], [0.6]])
    assert metrics.log_loss([[0], [1]], [[0.5], [0.5]]) == metrics.log_loss([0, 1], [0.5, 0.5])
