"""Formulas are read from the rules: the golden list below is what a textbook would print."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.backward import graph, sweep
from tinygrad_edu.errors import UnsupportedError
from tinygrad_edu.formulas.names import pretty
from tinygrad_edu.formulas.normal import constant, symbol
from tinygrad_edu.formulas.numbers import number_text, value_grid, value_text
from tinygrad_edu.formulas.reading import formula
from tinygrad_edu.formulas.shortest import simplest
from tinygrad_edu.formulas.text import text
from tinygrad_edu.recorder import Recorder

VALUES = {
    "x": 0.7, "y": 0.4, "w": 1.3, "p": 0.6, "n": 3.0, "v": np.array([1.0, 2.0]), "u": np.array([3.0, -1.0]),
    "A": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), "B": np.array([[1.0, 0.5], [2.0, 1.0]]),
}  # fmt: skip


def recorded(f):
    """The function applied to recorders named like its parameters, with the formulas of those names."""
    names = f.__code__.co_varnames[: f.__code__.co_argcount]
    leaves = {name: Recorder(VALUES[name], name) for name in names}
    known = {leaf: symbol(pretty(name), np.ndim(leaf.value)) for name, leaf in leaves.items()}
    return f(*leaves.values()), leaves, known


def written(f):
    y, _, known = recorded(f)
    return text(formula(y, known))


def derivative(f, wrt):
    """∂f/∂wrt as text; of an array f, in terms of the adjoint ∂L/∂f."""
    y, leaves, known = recorded(f)
    if y.shape:
        seed = Recorder(np.ones(y.shape), requires_grad=False)
        known[seed] = symbol("∂L/∂f", len(y.shape), adjoint=True)
    else:
        seed = np.float64(1)
    known[y] = symbol("f", len(y.shape))
    totals = dict(sweep(y, seed, graph))
    return text(simplest(formula(totals[leaves[wrt]], known)))


FORMULAS = [
    (lambda w, x: w * x, "w·x"),
    (lambda v, u: v @ u, "v·u"),
    (lambda A, v: A @ v, "A v"),
    (lambda v, B: v @ B, "v B"),
    (lambda x: x * x, "x²"),
    (lambda x: x + x, "2x"),
    (lambda x: x - x, "0"),
    (lambda x: np.negative(-x), "x"),
    (lambda x: 1 * x + 0, "x"),
    (lambda x: -x + 1, "1 − x"),
    (lambda x, y: -x + y, "y − x"),
    (lambda x: 0.5 * x, "0.5x"),
    (lambda x: x / 2, "x/2"),
    (lambda x, y: x / y, "x/y"),
    (lambda x, y: x / y / x, "1/y"),
    (lambda x, y: -y * np.log(x) - (1 - y) * np.log(1 - x), "−y ln x − (1 − y) ln(1 − x)"),
    (lambda x, y: 2 * (x - y), "2(x − y)"),
    (lambda x, y: (x - y) ** 2, "(x − y)²"),
    (lambda x, p: x**p, "xᵖ"),
    (lambda x: x**0.5, "√x"),
    (lambda x: np.sqrt(1 + x), "√(1 + x)"),
    (lambda x: np.exp(-x), "e⁻ˣ"),
    (lambda x: 1 / (1 + np.exp(-x)), "1/(1 + e⁻ˣ)"),
    (lambda x: np.exp(np.sin(x)), "exp(sin x)"),
    (lambda x: tg.sigmoid(2 * x), "σ(2x)"),
    (lambda x: np.log(tg.sigmoid(x)), "ln σ(x)"),
    (lambda x: np.log(np.sin(x)), "ln(sin x)"),
    (lambda v: tg.log_softmax(v), "ln softmax(v)"),
    (lambda v: np.exp(tg.log_softmax(v)), "softmax(v)"),
    (lambda x: np.abs(x - 1), "|x − 1|"),
    (lambda x, y: x > y, "[x > y]"),
    (lambda x: np.sin(x) * np.cos(x), "sin x · cos x"),
    (lambda v: np.mean(v * v), "mean(v²)"),
    (lambda v: np.sum(v), "Σ v"),
    (lambda A: np.sum(A, axis=0), "Σᵢ Aᵢ"),
    (lambda A: A.T, "Aᵀ"),
    (lambda A: A.T.T, "A"),
    (lambda A: A * A, "A²"),
    (lambda A, B: (A @ B) * A, "(A B) ⊙ A"),
    (lambda A: A[:, 0], "A[:, 0]"),
    (lambda x, y: np.hypot(x, y), "hypot(x, y)"),
]

DERIVATIVES = [
    (lambda x: x * x, "x", "2x"),
    (lambda x: x * x * x, "x", "3x²"),
    (lambda w, x: w * x, "w", "x"),
    (lambda w, x: w * x + w, "x", "w"),
    (lambda x, y: x + y, "x", "1"),
    (lambda x: np.tanh(x), "x", "1 − f²"),
    (lambda x: np.exp(x), "x", "f"),
    (lambda x: tg.sigmoid(x), "x", "f(1 − f)"),
    (lambda x: np.log(x), "x", "1/x"),
    (lambda x: -np.log(x), "x", "−1/x"),
    (lambda x, y: x / y, "y", "−f/y"),
    (lambda x: tg.relu(x), "x", "[x > 0]"),
    (lambda x, y: -(y * np.log(x) + (1 - y) * np.log(1 - x)), "x", "−y/x + (1 − y)/(1 − x)"),
    (lambda x, y: -(y * np.log(tg.sigmoid(x)) + (1 - y) * np.log(1 - tg.sigmoid(x))), "x", "σ(x) − y"),
    (lambda x, y: (x - y) ** 2, "x", "2(x − y)"),
    (lambda v, u: v @ u, "v", "u"),
    (lambda A, v: A @ v, "v", "Aᵀ · ∂L/∂f"),
    (lambda A, v: A @ v, "A", "∂L/∂f · vᵀ"),
    (lambda v, B: v @ B, "v", "∂L/∂f · Bᵀ"),
    (lambda v, B: v @ B, "B", "vᵀ · ∂L/∂f"),
    (lambda v, x: v + x, "x", "Σᵢ ∂L/∂fᵢ"),
    (lambda v, u: v * u, "v", "∂L/∂f ⊙ u"),
    (lambda v: np.tanh(v), "v", "∂L/∂f ⊙ (1 − f²)"),
    (lambda A: tg.relu(A), "A", "∂L/∂f ⊙ [A > 0]"),
    (lambda v: np.sum(v * v), "v", "2v"),
    (lambda v: np.mean(v), "v", "1/n"),
    (lambda A: A.T, "A", "(∂L/∂f)ᵀ"),
]


@pytest.mark.parametrize(("f", "expected"), FORMULAS, ids=[e for _, e in FORMULAS])
def test_a_computation_reads_as_in_a_textbook(f, expected):
    assert written(f) == expected


@pytest.mark.parametrize(("f", "wrt", "expected"), DERIVATIVES, ids=[f"{w}: {e}" for _, w, e in DERIVATIVES])
def test_a_derivative_reads_as_in_a_textbook(f, wrt, expected):
    assert derivative(f, wrt) == expected


def test_the_derivative_of_log_loss_after_a_sigmoid_is_derived_not_looked_up():
    z, y = Recorder(np.float64(-0.1), "z"), Recorder(np.float64(1.0), "y", requires_grad=False)
    y_hat = tg.sigmoid(z)
    L = tg.losses.log_loss(y, y_hat)
    known = {z: symbol("z"), y: symbol("y"), y_hat: symbol("ŷ")}
    total = dict(sweep(L, np.float64(1), graph))[z]
    assert text(simplest(formula(total, known))) == "ŷ − y"
    assert total.value == pytest.approx(float(y_hat.value) - 1, rel=1e-12)


def test_a_new_operation_needs_no_further_code_for_its_formula():
    @tg.primitive(lambda g, y, x: 3 * g * x**2)
    def cube(x):
        return x**3

    assert written(lambda x: cube(x)) == "cube(x)"
    assert derivative(lambda x: cube(x), "x") == "3x²"


x, y = symbol("x"), symbol("y")


@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4), st.floats(0.5, 2), st.floats(0.5, 2))
def test_the_simplest_form_has_the_same_value(c, at_x, at_y):
    a, b, d, e = map(constant, c)
    f = (a * x + b * y) * (d - e * x) / x + (b - y) * (b - y) / (y * y)
    assert evaluated(simplest(f), at_x, at_y) == pytest.approx(evaluated(f, at_x, at_y), rel=1e-9, abs=1e-9)


def evaluated(f, at_x, at_y):
    """A formula of x and y as a number."""
    total = 0.0
    for coefficient, factors in f.terms:
        product = float(coefficient)
        for atom, exponent in factors:
            inner = getattr(atom, "inner", None)
            base = evaluated(inner, at_x, at_y) if inner else {"x": at_x, "y": at_y}[atom.name]
            product *= base**exponent
        total += product
    return total


def test_equal_formulas_are_equal_in_whatever_order_they_were_written():
    assert x + y == y + x and x * y == y * x and x / y * y == x
    assert hash(x * (x + y)) == hash((y + x) * x)
    assert x - y != y - x


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("y_hat", "ŷ"), ("w1", "w₁"), ("W_2", "W₂"), ("theta", "θ"), ("theta_0", "θ₀"), ("x_bar", "x̄"),
        ("y_prime", "y′"), ("y_prime_prime", "y″".replace("″", "′′")), ("z_tilde", "z̃"), ("h12", "h₁₂"), ("x_i", "xᵢ"),
        ("learning_rate", "learning_rate"), ("loss", "loss"), ("Sigma", "Σ"), ("a b", "a b"), ("a\nb", "a␊b"),
        ("\x00", "␀"), ("q" * 100, "q" * 23 + "…"), ("", ""),
    ],
)  # fmt: skip
def test_names_are_shown_as_mathematics_writes_them(name, shown):
    assert pretty(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.0, "0"), (-0.0, "0"), (1, "1"), (-0.52497, "−0.525"), (0.125, "0.125"), (1e-3, "0.001"),
        (0.00012345, "0.000123"), (9.9999e-5, "1e−4"), (99999, "99999"), (123456, "1.23e5"), (12345.678, "12346"),
        (-2e-7, "−2e−7"), (np.inf, "∞"), (-np.inf, "−∞"), (np.nan, "NaN"),
        (True, "1"), (0.9996, "1"), (2.999, "3"),
        (1e300, "1e300"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_write_them(number, shown):
    assert number_text(number) == shown


def test_arrays_show_their_ends_and_dust_is_zero():
    assert value_text(np.array([0.1, -0.2])) == "(0.1, −0.2)"
    assert value_text(np.linspace(0, 1, 100)) == "(0, …, 1)"
    assert value_text(np.array([1.0, 1e-14])) == "(1, 0)"
    assert value_text(np.ones((100, 2))) == "[[1, 1], …]"
    assert value_text(np.float64(0.1234)) == "0.1234"
    assert value_text(np.float64(0.12345)) == "0.123"
    assert value_text(np.zeros((0,))) == "( )" and value_text(np.zeros((0, 3))) == "[ ]"
    assert value_text(np.array([np.nan, np.inf])) == "(NaN, ∞)"
    assert value_grid(np.array([[1.0, -2.5], [0.001234, 1e-20]])) == (("1", "−2.5"), ("0.0012", "0"))
    assert value_grid(np.ones((5, 2))) == () and value_grid(np.ones(3)) == ()


@pytest.mark.parametrize(("given", "expected"), [((1,), "Σᵢ"), ((1, 1), "Σᵢ"), ((), "Σᵢⱼ"), ((4, 1), None)])
def test_the_way_back_from_broadcasting_sums_over_the_axes_that_were_stretched(given, expected):
    b = tg.Tensor(np.ones(given), name="b")
    z = tg.constant(np.ones((4, 1)), name="C") + b
    L = np.sum(z * z)
    tg.named(z=z, L=L)
    chain = tg.explain(L, b).stages[1].text
    assert f"∂L/∂b = {expected} ∂L/∂z" in chain if expected else "Σ" not in chain


def test_a_matrix_of_one_element_is_summed_over_both_axes():
    A, C = tg.Tensor([[2.0]], name="A"), tg.constant(np.arange(6.0).reshape(2, 3), name="C")
    S = A * C
    L = np.sum(S)
    tg.named(S=S, L=L)
    assert "∂L/∂A = Σᵢⱼ" in tg.explain(L, A).stages[1].text


# ---------------------------------------------------------------------- names


def test_names_that_read_as_formulas_have_brackets():
    a, c, x = tg.Tensor(2.0, name="a+b"), tg.Tensor(3.0, name="my weight"), tg.Tensor([1.0, 2.0], name="x y")
    L = a * c + np.log(a) / c**2 + (x * x).sum()
    L.name = "L"
    shown = str(tg.explain(L, a))
    assert "L = (a+b)(my weight) + ln(a+b)/(my weight)² + Σ (x y)²" in shown
    assert "∂L/∂(a+b) = (my weight) + 1/((my weight)²(a+b))" in shown and "∂L/∂a+b" not in shown
    assert r"\left(\mathrm{a+b}\right) \left(\mathrm{my\ weight}\right)" in tg.explain(L, a).latex


def test_two_variables_of_one_name_are_told_apart():
    v, w, other = tg.Tensor(4.0, name="w"), tg.Tensor(5.0, name="w"), tg.Tensor(6.0, name="w2")
    L = v / w * other
    L.name = "L"
    assert "L = w₁·w₂/w₃" in str(tg.explain(L, v))  # w2 is shown as w₂
    assert "∂L/∂w₃ = −w₂·w₁/w₃²" in str(tg.explain(L, w))
    assert [line.split()[1] for line in str(tg.trace_table(L)).splitlines()[1:]] == ["w₁", "w₃", "w₂", "L"]
    assert {box.title for box in tg.draw(L).plan.boxes} == {("w₁",), ("w₃",), ("w₂",), ("L = w₁·w₂/w₃",)}


INDICES = [
    ((0, 1), "A[0, 1]"),
    ((-1, None), "A[-1, None]"),
    ((slice(None), 1), "A[:, 1]"),
    (np.array([0, 1, 1]), "A[[0, 1, 1]]"),
    ((np.array([True, False, True]), 1), "A[[True, False, True], 1]"),
    ([0, 1, 0, 1, 0], "A[…]"),
    (np.array([0, 1, 0, 1, 0]), "A[…]"),
    ((), "A[()]"),
    (0, "A[0]"),
]


@pytest.mark.parametrize("index, shown", INDICES, ids=str)
def test_an_index_is_written_as_it_was_typed(index, shown):
    assert written(lambda A: A[index]) == shown


def test_text_in_settings_is_quoted():
    x = tg.Tensor(np.ones((2, 2)), name="X")
    assert "einsum(X, subscripts='ij->ji')" in str(tg.trace_table(np.einsum("ij->ji", x)))
    assert r"\mathrm{{'}ij-{>}ji{'}}" in tg.trace_table(np.einsum("ij->ji", x)).latex


def test_a_name_is_text():
    with pytest.raises(UnsupportedError, match=r"name of a Tensor is text, but 3 was given. Write name='3'"):
        tg.draw(tg.Tensor(1.0, name=3) * 2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "f, shown",
    [
        (lambda w, x: (w**x) ** 2, "(wˣ)²"),
        (lambda w, x: w ** (x**2), "w^(x²)"),
        (lambda x: np.exp(x) ** 2, "(eˣ)²"),
        (lambda x: np.exp(-(x**2)), "exp(−x²)"),
        (lambda x, y: np.exp(x) ** y, "(eˣ)ʸ"),
        (lambda x, y: np.sin(x) ** y, "(sin x)ʸ"),
        (lambda x: np.sqrt(x) ** 3, "(√x)³"),
        (lambda x, y: np.exp2(x) ** y, "(2^x)ʸ"),
        (lambda x, y: tg.sigmoid(x) ** y, "σ(x)ʸ"),
        (lambda A: A.T**2, "(Aᵀ)²"),
        (lambda u, v: (u @ v) ** 2, "(u·v)²"),
        (lambda u, v: (u @ v) * v, "(u·v)·v"),
        (lambda u, v: (u @ v) * (v @ u), "(u·v)(v·u)"),
        (lambda u, v: v / (u @ v), "v/(u·v)"),
        (lambda u, v: 1 / (u @ v) ** 2, "1/(u·v)²"),
        (lambda u, v: 2 * (u @ v), "2u·v"),
        (lambda B, v, x: x / (B @ v), "x/(B v)"),
    ],
)
def test_brackets_tell_formulas_apart(f, shown):
    assert written(f) == shown
