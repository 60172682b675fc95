"""Derivations by hand against the engine: wrong ones are blamed on the right line, right ones are not rejected."""

from __future__ import annotations

import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import ExpressionError, UnsupportedError

rng = np.random.default_rng(0)


def neuron():
    """One neuron and one example."""
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    x, y = tg.constant([2.0, 3.0], name="x"), tg.constant(1.0, name="y")
    z = w @ x + b
    y_hat = tg.sigmoid(z)
    L = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)
    tg.named(z=z, y_hat=y_hat, L=L)
    return L


def logistic():
    """All examples at once."""
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    X, y = tg.constant(rng.normal(size=(5, 2)), name="X"), tg.constant([1.0, 0.0, 1.0, 1.0, 0.0], name="y")
    z = X @ w + b
    y_hat = tg.sigmoid(z)
    L = tg.losses.log_loss(y, y_hat)
    tg.named(z=z, y_hat=y_hat, L=L)
    return L


def regression():
    """Least squares, with the residual named."""
    w, X = tg.Tensor([0.5, -1.0, 2.0], name="w"), tg.constant(rng.normal(size=(4, 3)), name="X")
    r = X @ w - tg.constant(rng.normal(size=4), name="t")
    L = np.mean(r**2)
    tg.named(r=r, L=L)
    return L


def network():
    """Two layers and a softmax."""
    W1, b1 = tg.Tensor(rng.normal(size=(2, 3)), name="W1"), tg.Tensor(rng.normal(size=3), name="b1")
    W2, b2 = tg.Tensor(rng.normal(size=(3, 3)), name="W2"), tg.Tensor(np.zeros(3), name="b2")
    X, Y = tg.constant(rng.normal(size=(4, 2)), name="X"), tg.constant(np.eye(3)[[0, 2, 1, 1]], name="Y")
    Z1 = X @ W1 + b1
    H = np.tanh(Z1)
    Z2 = H @ W2 + b2
    P = tg.softmax(Z2)
    L = -np.mean(np.sum(Y * np.log(P), axis=1))
    tg.named(Z1=Z1, H=H, Z2=Z2, P=P, L=L)
    return L


def shared():
    """x is used three times, directly and through v."""
    x = tg.Tensor(3.0, name="x")
    v = x * x
    L = v * x + np.sin(v) + x
    tg.named(v=v, L=L)
    return L


RIGHT = {
    neuron: {
        "y_hat": "-y/y_hat + (1-y)/(1-y_hat)", "z": "y_hat - y", "w": "(y_hat - y)*x", "b": "y_hat - y",
    },
    logistic: {
        "y_hat": "(y_hat - y)/(y_hat*(1 - y_hat))/n", "z": "(y_hat - y)/n", "w": "X.T @ (y_hat - y)/n",
        "b": "mean(y_hat - y)",
    },
    regression: {"r": "2*r/n", "w": "2/n * X.T @ r"},
    network: {
        "P": "-Y/P/n", "Z2": "(P - Y)/n", "b2": "sum(dZ2, axis=0)", "W2": "H.T @ dZ2", "H": "dZ2 @ W2.T",
        "Z1": "dH*(1 - H**2)", "b1": "sum(dZ1, axis=0)", "W1": "X.T @ dZ1",
    },
    shared: {"v": "x + cos(v)", "x": "(x + cos(v))*2*x + v + 1"},
}  # fmt: skip

ALSO_RIGHT = [
    (
        neuron,
        {"L": "1", "y_hat": "(y_hat - y)/(y_hat*(1 - y_hat))", "z": "sigmoid(w@x + b) - y", "w": "dz*x", "b": "dz"},
    ),
    (neuron, {"ŷ": "(ŷ - y)/(ŷ - ŷ**2)", "z": "dL_dy_hat*ŷ*(1 - ŷ)"}),
    (neuron, {"w": "(1/(1 + exp(-z)) - y)*x"}),
    (logistic, {"z": "(y_hat - y)/len(y)", "w": "dz @ X", "b": "sum(y_hat - y)/y.shape[0]", "L": "1"}),
    (logistic, {"w": "np.mean((y_hat - y)[:, None] * X, axis=0)", "b": "dz.sum()"}),
    (logistic, {"w": "sum(X.T * dz, axis=1)", "z": "dL_dy_hat * y_hat * (1 - y_hat)"}),
    (regression, {"w": "r @ X / 2", "r": "r / 2"}),
    (regression, {"w": "2*mean(r[:, None]*X, axis=0)"}),
    (network, {"Z1": "(dZ2 @ W2.T) * (1 - tanh(Z1)**2)", "W1": "X.T @ ((dZ2 @ W2.T) * (1 - H*H))"}),
    (network, {"b1": "dZ1.sum(axis=0)", "b2": "mean(P - Y, axis=0)", "W2": "H.T @ (P - Y)/4"}),
    (shared, {"x": "3*x**2 + 2*x*cos(x**2) + 1"}),
]

WRONG = {
    neuron: {
        "y_hat": ["y/y_hat + (1-y)/(1-y_hat)", "-y/y_hat - (1-y)/(1-y_hat)", "-y/y_hat + (1-y)/y_hat", "y_hat - y",
                  "-1/y_hat**2"],
        "z": ["y - y_hat", "y_hat", "(y_hat - y)*y_hat", "y_hat*(1 - y_hat)", "z - y", "-y/y_hat*(1 - y_hat) - y"],
        "w": ["(y_hat - y)*w", "(y - y_hat)*x", "(y_hat - y)", "y_hat*x", "(y_hat - y)@x", "(y_hat - y)*x**2",
              "(y_hat - y)*x/2"],
        "b": ["(y_hat - y)*b", "1", "y - y_hat", "0"],
    },
    logistic: {
        "y_hat": ["(y_hat - y)/(y_hat*(1 - y_hat))", "(y - y_hat)/(y_hat*(1 - y_hat))/n"],
        "z": ["y_hat - y", "(y - y_hat)/n", "mean(y_hat - y)"],
        "w": ["X.T @ (y_hat - y)", "X @ (y_hat - y)/n", "X.T @ (y - y_hat)/n", "X.T * (y_hat - y)/n",
              "w*mean(y_hat - y)", "sum(X, axis=0)*mean(y_hat - y)", "X.T @ y_hat/n"],
        "b": ["(y_hat - y)/n", "sum(y_hat - y)", "mean(y - y_hat)", "mean(y_hat)"],
    },
    regression: {
        "r": ["r/n", "2*r", "-2*r/n", "2*mean(r)"],
        "w": ["X.T @ r/n", "2/n * X @ r", "-2/n * X.T @ r", "2*X.T @ r", "2/n * X.T * r", "2/n * sum(r)*w"],
    },
    network: {
        "P": ["-Y/P", "Y/P/n", "-Y/n"],
        "Z2": ["P - Y", "(Y - P)/n", "P/n", "dP*P*(1 - P)"],
        "b2": ["dZ2", "sum(dZ2, axis=1)", "mean(dZ2, axis=0)"],
        "W2": ["dZ2.T @ H", "H @ dZ2", "Z1.T @ dZ2", "-H.T @ dZ2"],
        "H": ["dZ2 @ W2", "W2 @ dZ2.T", "dZ2"],
        "Z1": ["dH*(1 - H)", "dH", "dH*(1 - Z1**2)", "dH*H*(1 - H)"],
        "b1": ["dZ1", "mean(dZ1, axis=0)"],
        "W1": ["dZ1.T @ X", "X.T @ dH", "X @ dZ1", "W1*sum(dZ1, axis=0)"],
    },
    shared: {
        "v": ["x", "cos(v)", "x - cos(v)"],
        "x": ["(x + cos(v))*2*x", "(x + cos(v))*x + v + 1", "v + 1", "(x + cos(v))*2*x + v"],
    },
}  # fmt: skip

CASES = [(graph, name, wrong) for graph, lines in WRONG.items() for name, wrongs in lines.items() for wrong in wrongs]


def test_there_are_fifty_wrong_derivations():
    assert len(CASES) >= 50


@pytest.mark.parametrize("graph", RIGHT)
def test_right_derivations_are_accepted(graph):
    report = tg.check_derivation(graph(), RIGHT[graph])
    assert report and report.first_wrong is None, str(report)
    assert str(report).startswith(f"All {len(RIGHT[graph])} lines are right.")


@pytest.mark.parametrize(("graph", "lines"), ALSO_RIGHT, ids=lambda x: getattr(x, "__name__", None) or " ".join(x))
def test_other_ways_to_write_them_are_right_too(graph, lines):
    report = tg.check_derivation(graph(), lines, seed=1)
    assert report, str(report)


@pytest.mark.parametrize(("graph", "name", "wrong"), CASES, ids=[f"{g.__name__}, {n}: {w}" for g, n, w in CASES])
def test_a_wrong_line_is_named(graph, name, wrong):
    report = tg.check_derivation(graph(), {**RIGHT[graph], name: wrong})
    assert not report
    assert report.first_wrong.name == name, str(report)


def test_the_first_wrong_line_is_the_first_of_the_backward_pass():
    report = tg.check_derivation(
        neuron(), {"b": "0", "w": "w", "z": "y - y_hat", "y_hat": "-y/y_hat + (1-y)/(1-y_hat)"}
    )
    assert [line.name for line in report.lines] == ["y_hat", "z", "b", "w"]
    assert report.first_wrong.name == "z" and [bool(line.problem) for line in report.lines] == [False, True, True, True]


SAID = [
    (neuron, "z", "y - y_hat", r"gives 0.525 where ∂L/∂z is −0.525: the sign is wrong"),
    (logistic, "w", "X.T @ (y_hat - y)", r"where ∂L/∂w is .*: it is 5 times the right value"),
    (
        logistic,
        "b",
        "(y_hat - y)/n",
        r"of shape \(5,\) where ∂L/∂b is .*, of shape \(\): the sum over axis 0 is missing",
    ),
    (network, "W2", "dZ2.T @ H", r": it is the transpose"),
    (network, "W1", "X @ dZ1", r"cannot be computed .*mismatch"),
]


@pytest.mark.parametrize(("graph", "name", "wrong", "said"), SAID, ids=[w for _, _, w, _ in SAID])
def test_a_wrong_line_comes_with_what_the_right_one_gives(graph, name, wrong, said):
    assert re.search(said, str(tg.check_derivation(graph(), {name: wrong})))


def test_a_line_that_is_right_by_chance_is_found_at_random_points():
    w = tg.Tensor(0.0, name="w")
    L = np.sin(w) + tg.constant(2.0, name="x") * w
    L.name = "L"
    report = tg.check_derivation(L, {"w": "1 - w**2 + x"})
    assert not report and "at the random point w = " in str(report)


def test_a_line_may_use_what_the_data_are_but_not_by_chance():
    assert tg.check_derivation(neuron(), {"y_hat": "-1/y_hat"})  # y is 1
    report = tg.check_derivation(neuron(), {"y_hat": "-y/y_hat"})
    assert not report and re.search(r"at the random point y = .*, y_hat = ", str(report))


def test_choices_that_were_recorded_stay_as_they_were():
    x = tg.Tensor([-1e-2, 0.5, 2.0], name="x")
    L = np.sum(np.where(x > 0, x, 0.1 * x) ** 2)
    L.name = "L"
    assert tg.check_derivation(L, {"x": "where(x > 0, 2*x, 0.02*x)"})


def test_gradients_and_graph_are_left_alone():
    L = logistic()
    L.backward()
    before = {x.name: x.grad.copy() for x in L.parents}
    tg.check_derivation(L, RIGHT[logistic])
    assert all(np.array_equal(x.grad, before[x.name]) for x in L.parents)


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(
        UnsupportedError, match="no nodes of this graph are called 'q'. The names that it has: L, b, w, y_hat, z"
    ):
        tg.check_derivation(neuron(), {"q": "1"})
    with pytest.raises(UnsupportedError, match="'x' of shape .* has no derivative"):
        tg.check_derivation(neuron(), {"x": "1"})
    with pytest.raises(ExpressionError, match=r"(?s)'q' has no value.*At column 5.*\n    1 \+ q\n        \^"):
        tg.check_derivation(neuron(), {"w": "1 + q"})
    with pytest.raises(ExpressionError, match="'open' is not a function"):
        tg.check_derivation(neuron(), {"w": "open('f')"})
    with pytest.raises(UnsupportedError, match="takes a Tensor L, but float"):
        tg.check_derivation(1.0, {})  # type: ignore[arg-type]
    a, b = tg.Tensor(1.0, name="a"), tg.Tensor(2.0, name="a")
    with pytest.raises(UnsupportedError, match="2 nodes of this graph are called 'a'"):
        tg.check_derivation(a * b, {"a": "1"})


@pytest.mark.parametrize("lines", [{}, "z = y_hat - y", [("w", "x")], {tg.Tensor(1.0, name="w"): "x"}])
def test_lines_come_by_name(lines):
    with pytest.raises(UnsupportedError, match="takes lines by the names of the nodes"):
        tg.check_derivation(neuron(), lines)
