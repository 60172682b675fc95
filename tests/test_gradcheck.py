"""gradcheck finds wrong derivatives, of any order, and says where."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import GradientError, UnsupportedError


@tg.primitive(lambda g, y, x: g * 2 * x * x)
def wrong_cube(x):
    return x**3


@tg.primitive(lambda g, y, x: wrong_cosine(x) * g)
def wrong_at_order_two(x):
    return np.sin(x)


@tg.primitive(lambda g, y, x: g * np.cos(x))
def wrong_cosine(x):
    return np.cos(x)


@tg.primitive(lambda g, y, x: g * (1 + (x > 2)))
def wrong_at_one_element(x):
    return x * 1.0


def test_smooth_functions_agree_to_order_four():
    report = tg.gradcheck(lambda x, y: np.sin(x) * y + x @ y, np.array([0.3, 2.0]), np.array([0.5, 1.0]), order=4)
    assert len(report.comparisons) == 8
    assert report.worst.error < 1e-8
    assert report.worst.tolerance == pytest.approx(1e-6 * max(1, abs(report.worst.numeric)))


def test_the_worst_element_is_named_with_its_index_both_values_and_the_tolerance():
    x = np.array([[1.0, 1.5], [2.5, -1.0]])
    c = np.random.default_rng(1).uniform(0.5, 1.5, (2, 2))[1, 0]
    with pytest.raises(GradientError) as caught:
        tg.gradcheck(wrong_at_one_element, x)
    message = str(caught.value)
    assert "wrong_at_one_element" in message and "x[1, 0]" in message
    assert f"{2 * c:.10g} analytically" in message
    assert f"but {c:.8g}"[:10] in message
    assert "the tolerance is 1e-06" in message


def test_of_a_number_the_report_shows_the_derivatives_themselves():
    with pytest.raises(GradientError, match=r"with respect to x is 8 analytically, but (12|11\.9999999)"):
        tg.gradcheck(wrong_cube, 2.0)


def test_a_wrong_rule_of_the_rule_shows_at_order_two_only():
    assert tg.gradcheck(wrong_at_order_two, 0.7).worst.error < 1e-9
    with pytest.raises(GradientError, match="derivative of order 2 with respect to x is"):
        tg.gradcheck(wrong_at_order_two, 0.7, order=2)


def test_the_report_is_the_same_in_every_run_and_reads_as_a_table():
    reports = [str(tg.gradcheck(lambda a, b: np.exp(a) * b, np.array([0.1, 0.2]), 3.0, order=2)) for _ in range(2)]
    assert reports[0] == reports[1]
    head, *lines = reports[0].splitlines()
    assert head.split() == ["order", "input", "max", "error", "at", "index", "analytic", "numeric", "tolerance"]
    assert [line.split()[:2] for line in lines] == [["1", "a"], ["1", "b"], ["2", "a"], ["2", "b"]]


@pytest.mark.parametrize("integers", [2, np.array([1, 2]), [True, False]])
def test_integers_are_refused(integers):
    with pytest.raises(UnsupportedError, match=r"its dtype is .*2\.0 instead of 2.*tg\.constant"):
        tg.gradcheck(lambda x: x * x, integers)


def test_constants_are_passed_on_and_not_checked():
    labels = tg.constant(np.array([0, 1, 1]))
    report = tg.gradcheck(lambda k, x: np.sum(k * x), labels, np.ones(3))
    assert [c.input for c in report.comparisons] == ["x"]


def test_float32_and_named_tensors_are_checked_in_float64():
    w = tg.Tensor(np.array([0.5, 0.7], dtype=np.float32), name="weights")
    report = tg.gradcheck(lambda x: np.sin(x), w)
    assert report.worst.input == "weights"
    assert report.worst.error < 1e-9
    assert w.grad is None


def test_a_derivative_that_is_nan_never_agrees():
    @tg.primitive(lambda g, y, x: g * np.nan)
    def undefined(x):
        return x * 1.0

    with pytest.raises(GradientError, match="is nan analytically"):
        tg.gradcheck(undefined, np.array([1.0, 2.0]))


def test_a_function_that_does_not_depend_on_an_input_has_gradient_zero():
    report = tg.gradcheck(lambda x, y: x * x, 1.5, 2.5, order=2)
    assert [c.analytic for c in report.comparisons if c.input == "y"] == [0.0, 0.0]


def test_order_zero_is_refused():
    with pytest.raises(UnsupportedError, match="from order 1 on"):
        tg.gradcheck(wrong_cube, 1.0, order=0)


def test_a_check_of_nothing_is_refused():
    with pytest.raises(UnsupportedError, match="no derivative to check: all inputs are constants"):
        tg.gradcheck(np.sin, tg.constant(2.0))
    with pytest.raises(UnsupportedError, match="no derivative to check: no inputs were given"):
        tg.gradcheck(lambda: tg.Tensor(1.0))


@pytest.mark.parametrize("tolerance", [0, -1e-6, float("nan")])
def test_a_tolerance_is_positive(tolerance):
    with pytest.raises(UnsupportedError, match="tolerance=.*: it must be positive"):
        tg.gradcheck(np.sin, 1.0, tolerance=tolerance)
