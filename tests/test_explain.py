"""Explanations show what the sweep computes: its value, its paths, and formulas as a textbook would print them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from random_graphs import program, run

import tinygrad_edu as tg
from tinygrad_edu.errors import MissingExtraError, UnsupportedError


def neuron():
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    x, y = tg.constant([2.0, 3.0], name="x"), tg.constant(1.0, name="y")
    z = w @ x + b
    y_hat = tg.sigmoid(z)
    L = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)
    tg.named(z=z, y_hat=y_hat, L=L)
    return L, w, b, z


def batch():
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    X = tg.constant([[2.0, 3.0], [1.0, 0.0], [-1.0, 2.0]], name="X")
    z = X @ w + b
    y_hat = tg.sigmoid(z)
    J = tg.losses.log_loss(tg.constant([1.0, 0.0, 1.0], name="y"), y_hat)
    tg.named(z=z, y_hat=y_hat, J=J)
    return J, w, b


def classes():
    Z = tg.Tensor([[0.1, 0.5, -0.2], [1.0, 0.0, 0.3]], name="Z")
    P = tg.softmax(Z)
    L = -np.mean(np.sum(tg.constant([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], name="Y") * np.log(P), axis=1))
    tg.named(P=P, L=L)
    return L, Z


# ---------------------------------------------------------------------- value: a thousand random graphs


@pytest.mark.parametrize("first", range(0, 1000, 100))
def test_the_value_is_that_of_the_sweep_and_the_paths_add_up_to_it(first):
    several = 0
    for seed in range(first, first + 100):
        rng = np.random.default_rng(seed)
        arrays, operations = program(rng)
        leaves = [tg.Tensor(x) for x in arrays]
        nodes = run(operations, leaves)
        name_some(rng, nodes)
        nodes[-1].backward()
        check_slope(rng, arrays, operations, leaves)
        wrt = nodes[rng.integers(len(leaves) if rng.random() < 0.7 else len(nodes))]
        found = tg.explain(nodes[-1], wrt)
        assert np.array_equal(found.value, wrt.grad), f"seed {seed}"
        assert last_number(found, wrt), f"seed {seed}"
        if found.contributions:
            several += len(found.contributions) > 1
            assert len(found.contributions) == found.paths
            np.testing.assert_allclose(
                sum(found.contributions), wrt.grad, rtol=1e-12, atol=1e-12 * np.abs(wrt.grad).max()
            )
    assert several > 10


def name_some(rng, nodes):
    """Names for the leaves, the output and half of the rest, or for nothing."""
    if rng.random() < 0.7:
        for i, node in enumerate(nodes):
            node.name = f"a{i}" if node.row is None or rng.random() < 0.5 else None
        nodes[-1].name = "L"


def check_slope(rng, arrays, operations, leaves):
    """The derivative along a random direction, against differences of the program run on arrays."""
    directions = [rng.normal(size=x.shape) for x in arrays]

    def along(h):
        return run(operations, [x + h * v for x, v in zip(arrays, directions)])[-1]

    h = 1e-4
    numeric = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
    analytic = sum(np.sum(x.grad * v) for x, v in zip(leaves, directions))
    assert numeric == pytest.approx(analytic, rel=1e-6, abs=1e-6)


def last_number(found, wrt):
    """Whether the last stage ends with the value: of one number, as it is written."""
    shown = str(found.stages[-1].lines[-1].text.removesuffix("  (path by path)")).rsplit("= ", 1)[-1]
    if np.ndim(wrt.grad) or "e" in shown:
        return True
    return float(shown.replace("−", "-")) == pytest.approx(float(wrt.grad), rel=6e-3, abs=1e-12)


# ---------------------------------------------------------------------- what is written

NEURON = """\
1. What was computed, and the paths back
   L = −y ln ŷ − (1 − y) ln(1 − ŷ)
   ŷ = σ(z)
   z = w·x + b
   L ← ŷ ← z ← w

2. The chain rule in symbols
   ∂L/∂w = ∂L/∂ŷ · ∂ŷ/∂z · ∂z/∂w
   ∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z
   ∂L/∂w = ∂L/∂z · ∂z/∂w

3. The local derivatives in their places
   ∂L/∂ŷ = −y/ŷ + (1 − y)/(1 − ŷ)
   ∂L/∂z = ∂L/∂ŷ · ŷ(1 − ŷ) = ŷ − y
   ∂L/∂w = ∂L/∂z · x = (ŷ − y)·x

4. The numbers
   ∂L/∂ŷ = −1/0.475 + (1 − 1)/(1 − 0.475) = −2.11
   ∂L/∂z = −2.11 · 0.249 = −0.525
   ∂L/∂w = −0.525 · (2, 3) = (−1.05, −1.57)"""


def test_one_neuron_reads_as_on_a_blackboard():
    L, w, _, _ = neuron()
    assert str(tg.explain(L, w)) == NEURON


LINES = [
    (batch, 1, "   ∂J/∂w = Xᵀ · ∂J/∂z\n"),
    (batch, 1, "   ∂J/∂z = ∂J/∂ŷ ⊙ ŷ(1 − ŷ) = (ŷ − y)/n\n"),
    (batch, 1, "   ∂J/∂w = Xᵀ · ∂J/∂z = (1/n) · Xᵀ(ŷ − y)\n"),
    (batch, 1, "   n = 3\n"),
    (batch, 2, "   ∂J/∂b = Σᵢ ∂J/∂zᵢ = (1/n) · Σᵢ (ŷ − y)\n"),
    (classes, 1, "   ∂L/∂P = −Y/(n·P)\n"),
    (classes, 1, "= ((Σⱼ Yⱼ) ⊙ P − Y)/n\n"),
]


@pytest.mark.parametrize(("graph", "wrt", "line"), LINES, ids=[line.strip() for _, _, line in LINES])
def test_arrays_read_as_in_a_textbook(graph, wrt, line):
    tensors = graph()
    assert line in str(tg.explain(tensors[0], tensors[wrt]))


def test_paths_are_added_up():
    x = tg.Tensor(3.0, name="x")
    v = x * x
    L = v * v + v * x + x
    tg.named(v=v, L=L)
    found = tg.explain(L, x)
    assert found.paths == 2 and found.contributions == [126.0, 10.0] and found.value == 136.0
    assert "   L ← v ← x\n   L ← x\n" in str(found)
    assert "∂L/∂x = v + 1 + ∂L/∂v · ∂v/∂x\n" in str(found)
    assert str(found).endswith("∂L/∂x = 126 + 10 = 136  (path by path)")
    every = tg.explain(L, x, detail="operations")
    assert every.paths == 8 and "L ← v₃ ← v₁ ← v ← x  (4 ways)" in str(every) and every.value == 136.0


def test_many_paths_are_counted_not_walked():
    x = v = tg.Tensor(1.0)
    for _ in range(100):
        v = v + v
    found = tg.explain(v, x)
    assert found.paths == 2**100 and f"and {2**100 - 8} more: {2**100} paths in all" in str(found)
    assert found.value == 2.0**100 and "⋯ 77 more boxes ⋯" in str(found) and len(str(found).splitlines()) < 130


def test_a_deep_graph_is_explained_by_its_ends():
    x = v = tg.Tensor(0.5)
    for _ in range(5000):
        v = np.sin(v)
    v.backward()
    found = tg.explain(v, x)
    assert found.value == x.grad and found.paths == 1 and len(str(found).splitlines()) < 130


def test_gradients_are_left_alone_and_recorded_values_explained():
    L, w, _, _ = neuron()
    before = tg.explain(L, w)
    w.data = w.data - 1.0
    assert w.grad is None and str(tg.explain(L, w)) == str(before)


def test_what_nothing_flows_to():
    L, w, _, _ = neuron()
    q = tg.Tensor([1.0, 2.0], name="q")
    assert str(tg.explain(L, q)).endswith("∂L/∂q = 0  (no derivative flows to it)")
    np.testing.assert_array_equal(tg.explain(L, q).value, [0.0, 0.0])
    itself = tg.explain(L, L)
    assert itself.value == 1.0 and "∂L/∂L = 1" in str(itself)
    single = tg.explain(w * 2, w)
    assert "(a single step)" in str(single) and single.latex.count(r"\begin{align*}") == 4


def test_what_cannot_be_explained_is_refused():
    L, w, _, _ = neuron()
    with pytest.raises(UnsupportedError, match=r"tg.explain\(L, w\) takes Tensors, but ndarray was given"):
        tg.explain(L, w.data)
    with pytest.raises(UnsupportedError, match="'x' of shape .* has no derivative: it is a constant"):
        tg.explain(L, tg.constant(1.0, name="x"))
    with pytest.raises(UnsupportedError, match="detail='all'"):
        tg.explain(L, w, detail="all")


# ---------------------------------------------------------------------- simplified


def test_softmax_and_cross_entropy_are_p_minus_y_given_that_y_sums_to_one():
    pytest.importorskip("sympy")
    found = str(tg.explain(*classes(), simplify=True))
    assert "5. As short as it gets" in found and "   ∂L/∂Z = (P − Y)/n\n" in found
    assert found.endswith("Σⱼ Yⱼ = 1  (assumed; it is so in these data)")


def test_without_such_data_nothing_is_assumed():
    pytest.importorskip("sympy")
    Z = tg.Tensor([0.1, 0.5], name="Z")
    P = tg.softmax(Z)
    L = -np.sum(tg.constant([1.0, 2.0], name="Y") * np.log(P))
    tg.named(P=P, L=L)
    found = str(tg.explain(L, Z, simplify=True))
    assert found.endswith("   ∂L/∂Z = (Σᵢ Yᵢ)·P − Y")


def test_sympy_goes_further():
    pytest.importorskip("sympy")
    z = tg.Tensor(0.3, name="z")
    L = np.log(1 + np.exp(-z))
    L.name = "L"
    assert str(tg.explain(L, z, simplify=True)).endswith("∂L/∂z = −1/(1 + eᶻ)")
    L, w, _, _ = neuron()
    assert "   ∂L/∂ŷ = (ŷ − y)/(ŷ(1 − ŷ))\n" in str(tg.explain(L, w, simplify=True)).partition("5.")[2]


def test_the_simplified_form_has_the_same_value():
    sp = pytest.importorskip("sympy")
    from tinygrad_edu.formulas.normal import constant, symbol
    from tinygrad_edu.formulas.simplified import shorter, to_sympy

    x, y, one = symbol("x"), symbol("y"), constant(1)
    for f in (x / (one + x) - one, (x - y) * (x + y) / (x * y), x.exp() / (one + x.exp()) * y, 2 * x / (4 * y + 2 * x)):
        names: dict = {}
        before = to_sympy(f, names)
        after = to_sympy(shorter(f), names)
        assert sp.simplify(before - after) == 0 and shorter(f).size <= f.size


def test_without_sympy_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(MissingExtraError, match=r'pip install "tinygrad_edu\[sympy\]"'):
        tg.explain(*neuron()[:2], simplify=True)


# ---------------------------------------------------------------------- notebooks


def test_an_explanation_displays_itself():
    L, w, _, _ = neuron()
    found = tg.explain(L, w)
    bundle = found._repr_mimebundle_()
    assert bundle["text/plain"] == NEURON and bundle["text/markdown"] == found.markdown
    assert re.search(r"\*\*2\. The chain rule in symbols\*\*\n\n\$\$\n\\begin\{aligned\}\n", found.markdown)
    assert repr(found) == "<Explanation of a derivative in 4 stages, 1 path>"


@pytest.mark.parametrize("name", ["<script>", "$$", "a|b", "`x`", "\n\n", "\\end{aligned}", "[x](y)", "</div>"])
def test_no_name_leaves_its_place_in_markdown(name):
    x = tg.Tensor(2.0, name=name)
    L = x * np.exp(x)
    L.name = name + "L"
    shown = tg.explain(L, x).markdown
    assert shown.count("$$") == 8 and not re.search(r"<[a-z/]|`|\]\(", shown)
    assert shown.count("{aligned}") == 8


def test_a_variable_called_n_is_not_a_number_of_examples():
    n, x = tg.Tensor(0.5, name="n"), tg.constant([1.0, 2.0, 4.0], name="x")
    L = n * 3.0
    L.name = "L"
    assert "   n = " not in str(tg.explain(L, n)).partition("4. The numbers")[2]
    M = np.mean(n * x)
    M.name = "M"
    assert "   n = 3\n" in str(tg.explain(M, n)).partition("4. The numbers")[2]


def test_displaying_never_raises(monkeypatch):
    L, w, _, _ = neuron()
    found = tg.explain(L, w)
    found.stages[0] = None
    assert "could not be written" in found._repr_mimebundle_()["text/plain"]


# ---------------------------------------------------------------------- page and example

ROOT = Path(__file__).parent.parent


def test_the_page_shows_what_is_written_rendered():
    L, w, _, _ = neuron()
    assert tg.explain(L, w).stages[2].markdown in (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")


def test_the_example_writes_its_pages(tmp_path):
    example = ROOT / "examples" / "explain_logistic_regression.py"
    command = [sys.executable, "-W", "error", example, "--out", tmp_path / "pages"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("= (1/n) · Xᵀ(ŷ − y)\n", "is that for ∂J/∂w", "it is 100 times the right value"):
        assert words in done.stdout
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {
        "explain.md", "explain.tex", "table.md", "table.tex", "table.csv",
    }  # fmt: skip
