"""Text is read as a function of named values, and never executed: what is not allowed is refused, pointing at it."""

from __future__ import annotations

import numpy as np
import pytest
from counting import calls

import tinygrad_edu as tg
from tinygrad_edu.errors import ExpressionError
from tinygrad_edu.expressions import parse

VALUES = {
    "x": np.array([1.0, 2.0]), "w": np.array([0.1, -0.2]), "y": 2.0, "b": 0.5,
    "X": np.array([[1.0, 2.0], [3.0, 4.0]]), "y_hat": 0.75, "ŷ": 0.25,
}  # fmt: skip
x, w, y, b, X = (VALUES[name] for name in ("x", "w", "y", "b", "X"))

READ = [
    ("(y_hat - y)*x", -1.25 * x),
    ("-x**2 + y/b", -(x**2) + 4),
    ("mean(log(1 + exp(-y*(X@w + b))))", np.mean(np.log(1 + np.exp(-y * (X @ w + b))))),
    ("np.sum(X, axis=0) + sum(X, 1) - x.sum()", X.sum(0) + X.sum(1) - 3),
    ("X[:, 0] + X[-1] + x[::-1][..., None][:, 0]", X[:, 0] + X[-1] + x[::-1]),
    ("X.T @ x / len(x)", X.T @ x / 2),
    ("x / X.shape[0] + x/x.size", x),
    ("(x > 1)*x + (y != 2)", np.array([0.0, 2.0])),
    ("where(x >= 2, x, 0)", np.array([0.0, 2.0])),
    ("max(abs(-x)) * np.pi + maximum(x, 1.5)", 2 * np.pi + np.array([1.5, 2.0])),
    ("σ(b) + sigmoid(b) + tg.sigmoid(b) + ln(y)", 3 / (1 + np.exp(-0.5)) + np.log(2)),
    ("stack((x, w), axis=-1)", np.stack((x, w), axis=-1)),
    ("norm(x) - np.linalg.norm(x) + reshape(X, (4, 1))[3, 0]", 4.0),
    ("ŷ\n  +\t1", 1.25),
    ("+".join(["x*y"] * 90), 90 * x * y),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_an_expression_gives_what_numpy_gives(text, expected):
    np.testing.assert_allclose(parse(text).evaluate(VALUES), expected, rtol=1e-12)


def test_names_stand_in_the_order_in_which_they_are_read():
    assert parse("mean(log(1 + exp(-y*(x@w + x.sum() + b))))").names == ("y", "x", "w", "b")
    assert parse("np.pi + σ(2)").names == ()


def test_tensors_are_recorded():
    w = tg.Tensor([0.1, -0.2])
    parse("mean((X @ w - x)**2)").evaluate({**VALUES, "w": w}).backward()
    np.testing.assert_allclose(w.grad, X.T @ (X @ w.data - x), rtol=1e-12)


def test_functions_made_with_primitive_can_be_used():
    @tg.primitive(lambda g, y, x: 3 * g * x**2)
    def cube(x):
        return x**3

    assert parse("cube(y)").evaluate({"y": 2.0}) == 8


REFUSED = [
    ("__import__('os').system('ls')", 1, r"not a function"),
    ("x + open('f')", 5, r"'open' is not a function"),
    ("x.__class__", 1, r"'__class__' is not an attribute"),
    ("x.tofile('f')", 1, r"'tofile' is not a function"),
    ("y + (lambda: 1)()", 6, r"not a function"),
    ("[x for x in y]", 1, r"A list comp cannot be used"),
    ("f'{x}'", 1, r"A joined str cannot"),
    ("(y := 3)", 2, r"A named expr cannot"),
    ("x + 'a'", 5, r"str values"),
    ("x * 1j", 5, r"complex values"),
    ("x ^ 2", 1, r"Powers are written with \*\*"),
    ("x % 2", 1, r"The operator Mod"),
    ("0 < x < 1", 1, r"Compare two values at a time"),
    ("x and y", 1, r"Conditions are multiplied"),
    ("x if y else w", 1, r"where\(condition, a, b\)"),
    ("x[w]", 3, r"An index is an integer"),
    ("x['a']", 3, r"An index is an integer"),
    ("sum(x, axis=y)", 13, r"A setting is a number"),
    ("sum(**x)", 7, r"A setting is a number"),
    ("log(x, where=True)", 8, r"log takes no settings here"),
    ("log(*x)", 5, r"A starred cannot"),
    ("sigmod(x)", 1, r"nearest that can: sigmoid"),
    ("scatter(x)", 1, r"'scatter' is not a function"),
    ("tile(x, 1000000000)", 1, r"'tile' is not a function"),
    ("x +", 3, r"not an expression"),
    ("2x", 1, r"not an expression"),
    ("x; y", 2, r"not an expression"),
    ("ŷ - x(3)", 5, r"'x' is not a function"),
]


@pytest.mark.parametrize(("text", "column", "problem"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_anything_else_is_refused_and_pointed_at(text, column, problem):
    with pytest.raises(ExpressionError, match=problem) as caught:
        parse(text)
    assert points_at(caught.value) == column and f"t column {column}" in str(caught.value)


FAILS = [
    ("x + q", 5, r"'q' has no value; the names that have one: x, w, y"),
    ("b + X @ stack((y, y, y))", 7, r"cannot be computed"),
    ("x[7]", 3, r"out of bounds"),
    ("y + 9**9**9", 6, r"too large"),
    ("1/0", 2, r"division by zero"),
    ("(-8)**(1/3)", 5, r"fractional power of a negative number"),
]


@pytest.mark.parametrize(("text", "column", "problem"), FAILS, ids=[text for text, _, _ in FAILS])
def test_what_cannot_be_computed_is_pointed_at(text, column, problem):
    with pytest.raises(ExpressionError, match=problem) as caught:
        parse(text).evaluate({**VALUES, "x": tg.Tensor(x)})
    assert points_at(caught.value) == column


def points_at(error: ExpressionError) -> int:
    """The column under which the caret stands, counted from 1."""
    caret = str(error).splitlines()[-1]
    assert caret.strip() == "^"
    return len(caret) - 4


def test_a_caret_in_a_long_text_stands_under_what_is_shown():
    text = "+".join(["x*y"] * 30) + " + oops(x) + " + "+".join(["x*y"] * 30)
    with pytest.raises(ExpressionError, match="'oops' is not a function") as caught:
        parse(text)
    _, shown, caret = str(caught.value).splitlines()
    assert shown[caret.index("^") :].startswith("oops(x)") and len(shown) <= 80


def test_several_values_are_not_one():
    with pytest.raises(ExpressionError, match="gives 2 values"):
        parse("X.shape").evaluate(VALUES)
    with pytest.raises(ExpressionError, match="is text, but int"):
        parse(3)  # type: ignore[arg-type]


growing = "x"
for _ in range(30):
    growing = f"({growing})[..., None]*x"

BOMBS = {
    "": "0 characters", "x" * 6000: "6000 characters", "-" * 4000 + "x": "nested .*deep",
    "(" * 300: "not an expression",
    "(" * 150 + "x" + ")" * 150: None, "+".join("x" * 150): "more than 100 deep",
    "stack((" + "x*x, " * 500 + "x))": "parts; at most 1000", "1" * 4800: "not an expression",
    "9**9**9**9": "too large", growing: "elements", "1e999 - 1": None, "x\x00": "null byte|not an expression",
    "x.T" + ".T" * 200: "more than 100 deep",
    "exp(" * 101 + "x" + ")" * 101: "more than 100 deep", "outer(" * 24 + "x" + ", x)" * 24: "elements",
}  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), BOMBS.items(), ids=[text[:12].replace("\x00", "") for text in BOMBS])
def test_bombs_are_refused_with_little_work(text, problem):
    def evaluate():
        if problem:
            with pytest.raises(ExpressionError, match=problem):
                parse(text).evaluate(VALUES)
        else:
            parse(text).evaluate(VALUES)

    assert calls(evaluate) < 100_000
