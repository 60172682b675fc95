r"""Formulas in LaTeX: a golden list, names that are hostile on purpose, and a document that compiles where LaTeX is."""

from __future__ import annotations

import re
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_formulas import DERIVATIVES, FORMULAS, recorded

import tinygrad_edu as tg
from tinygrad_edu.backward import graph, sweep
from tinygrad_edu.formulas.latex import latex
from tinygrad_edu.formulas.latex_names import latex_name, latex_number
from tinygrad_edu.formulas.names import pretty
from tinygrad_edu.formulas.normal import symbol
from tinygrad_edu.formulas.reading import formula
from tinygrad_edu.formulas.shortest import simplest
from tinygrad_edu.recorder import Recorder


def written(f):
    y, _, known = recorded(f)
    return latex(formula(y, known))


def derivative(f, wrt):
    y, leaves, known = recorded(f)
    seed = Recorder(np.ones(y.shape), requires_grad=False)
    known |= {seed: symbol("∂L/∂f", len(y.shape), adjoint=True), y: symbol("f", len(y.shape))}
    return latex(simplest(formula(dict(sweep(y, seed, graph))[leaves[wrt]], known)))


GOLDEN = [
    (lambda w, x: w * x, r"w \cdot x"),
    (lambda x: 2 * x, "2 x"),
    (lambda A, v: A @ v, r"A \, v"),
    (lambda A, B: (A @ B) * A, r"\left(A \, B\right) \odot A"),
    (lambda x, y: (x - y) ** 2, r"\left(x - y\right)^{2}"),
    (lambda x, p: x**p, "x^{p}"),
    (lambda x, p: np.sin(x) ** p, r"\left(\sin x\right)^{p}"),
    (lambda u, v: (u @ v) ** 2, r"\left(u \cdot v\right)^{2}"),
    (lambda u, v: (u @ v) * v, r"\left(u \cdot v\right) \cdot v"),
    (lambda x: np.sqrt(1 + x), r"\sqrt{1 + x}"),
    (lambda x: np.cbrt(x), r"\sqrt[3]{x}"),
    (lambda x: 1 / (1 + np.exp(-x)), r"\frac{1}{1 + e^{-x}}"),
    (lambda x: tg.sigmoid(2 * x), r"\sigma\left(2 x\right)"),
    (lambda x, y: -y * np.log(x) - (1 - y) * np.log(1 - x),
     r"-y \, \ln x - \left(1 - y\right) \, \ln\left(1 - x\right)"),
    (lambda x: np.abs(x - 1), r"\vert x - 1 \vert"),
    (lambda x, y: x > y, "[ x > y ]"),
    (lambda v: np.mean(v * v), r"\operatorname{mean} ( v^{2} )"),
    (lambda A: np.sum(A, axis=0), r"\sum_{i} A_{i}"),
    (lambda A, v: np.sum(A, axis=1) * v[0], r"\left(\sum_{j} A_{j}\right) \cdot v [ 0 ]"),
    (lambda A: (A.T) ** 2, r"\left(A^{\top}\right)^{2}"),
    (lambda A: np.exp(A).T, r"\left(e^{A}\right)^{\top}"),
    (lambda x: np.log2(x), r"\log_{2} x"),
    (lambda x: np.exp2(x + 1), "2^{x + 1}"),
    (lambda x: tg.leaky_relu(x, slope=0.2), r"\operatorname{leaky\_relu}\left(x, \mathrm{slope} = 0.2\right)"),
    (lambda A: 2 / 3 * (A.T @ A), r"0.667 \cdot A^{\top} \, A"),
    (lambda v: np.linalg.norm(v) ** 2, r"\Vert v \Vert^{2}"),
    (lambda x: 1e-7 * x, r"1 \cdot 10^{-7} x"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "expected"), GOLDEN, ids=[e for _, e in GOLDEN])
def test_formulas_are_written_with_fraction_lines_and_roots(f, expected):
    assert written(f) == expected


def test_a_new_operation_needs_no_latex():
    @tg.primitive(lambda g, y, x: 3 * g * x**2, notation="{0:atom}³")
    def cube(x):
        return x**3

    assert written(lambda x: cube(1 + x)) == r"\left(1 + x\right) {}^{3}"


NAMES = [
    ("y_hat", r"\hat{y}"), ("w1", "w_{1}"), ("w_12", "w_{12}"), ("theta", r"\theta"), ("theta_0", r"\theta_{0}"),
    ("x_bar", r"\bar{x}"), ("z_tilde", r"\tilde{z}"), ("x_prime", "x'"), ("x_i", "x_{i}"), ("Sigma", r"\Sigma"),
    ("learning_rate", r"\mathrm{learning\_rate}"), ("a b", r"\mathrm{a\ b}"), ("dz", r"\mathrm{dz}"),
    ("$x$", r"\mathrm{\$x\$}"), ("{", r"\mathrm{\{}"), ("100%", r"\mathrm{100\%}"), ("a&b", r"\mathrm{a\&b}"),
    ("\\input{/etc}", r"\mathrm{\backslash{}input\{/etc\}}"), ("x^2", r"\mathrm{x\wedge{}2}"),
    ("<script>", r"\mathrm{{<}script{>}}"), ("日", r"\mathrm{U\!65E5}"),
    ("∂L/∂w", r"\frac{\partial L}{\partial w}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=[n for n, _ in NAMES])
def test_names_are_transliterated_and_hostile_ones_escaped(name, expected):
    assert latex_name(pretty(name)) == expected


def test_numbers_and_arrays():
    assert latex_number("−0.5") == "-0.5" and latex_number("1e−7") == r"1 \cdot 10^{-7}"
    assert latex_name("(0.1, …, −∞)") == r"(0.1, \ldots, -\infty)" and latex_name("NaN") == r"\mathrm{NaN}"
    assert latex_name("[[1, −2], [3, 4]]") == r"\begin{pmatrix} 1 & -2 \\ 3 & 4 \end{pmatrix}"
    assert latex_name("[[1, −2], …]") == r"[[1, -2], \ldots]"


# ---------------------------------------------------------------------- every formula is well formed

EVERY = [written(f) for f, _ in (*FORMULAS, *GOLDEN)] + [derivative(f, wrt) for f, wrt, _ in DERIVATIVES]


def problems(code: str) -> list[str]:
    """What LaTeX would stumble over, found without it."""
    found = []
    flat = re.sub(r"\\[{}$%&#_\\]", "", code)
    depth = 0
    for c in flat:
        depth += (c == "{") - (c == "}")
        found += ["a brace is closed before it is opened"] if depth < 0 else []
    found += ["a brace is left open"] if depth else []
    found += ["a special character"] if re.search(r"[$%#~`]|(?<!&)&(?![ =])", flat.replace("pmatrix", "")) else []
    found += ["not ASCII"] if not code.isascii() else []
    found += ["brackets that do not match"] if code.count(r"\left(") != code.count(r"\right)") else []
    return found + (["two exponents"] if re.search(r"\^\{[^{}]*\}\s*\^", flat) else [])


@pytest.mark.parametrize("code", EVERY)
def test_every_formula_is_well_formed(code):
    assert problems(code) == []


@given(st.text(max_size=30))
def test_any_name_is_well_formed(name):
    shown = latex_name(pretty(name))
    assert problems(shown) == []
    commands = set(re.findall(r"\\([A-Za-z]+)", shown))
    assert commands <= KNOWN, f"{name!r} became a command"


KNOWN = set(re.findall(r"\\([A-Za-z]+)", " ".join(map(latex_name, map(chr, range(32, 0x3000)))))) | {
    "mathrm", "frac", "partial", "sum", "cdot", "begin", "end", "pmatrix",
}  # fmt: skip


def test_the_list_of_commands_has_none_that_acts():
    acting = {"input", "include", "write", "def", "csname", "openin", "openout", "catcode", "newcommand", "loop"}
    assert "hat" in KNOWN and not acting & KNOWN


@pytest.mark.parametrize("code", [c for c in EVERY if "pmatrix" not in c])
def test_another_reader_of_latex_understands_it(code):
    mathtext = pytest.importorskip("matplotlib.mathtext")
    mathtext.MathTextParser("agg").parse(f"${code.replace(chr(92) + 'top', 'T')}$")


# ---------------------------------------------------------------------- whole documents

HOSTILE = ["$\\input{x}$", "}{\\relax", "%", "a_b^c", "#1&~", "日本", "x'₁'", "\\end{align*}", "", "'''", "²³"]


def hostile_pages():
    """Pages with names that try to leave their place."""
    for name in HOSTILE:
        x, w = tg.constant([1.0, 2.0], name=name), tg.Tensor([[0.5, 0.1], [1.0, -1.0]], name=name + "w")
        L = np.sum(np.tanh(w @ x) ** 2)
        L.name = name + "L"
        yield tg.explain(L, w).latex
        yield tg.trace_table(L, tangents={w: np.ones((2, 2))}).latex
        yield tg.explain(L, tg.Tensor(1.0, name=name)).latex + tg.explain(L, L).latex
    x = v = tg.Tensor(0.5)
    for _ in range(100):
        v = np.sin(v) + v
    yield tg.explain(v, x).latex


@pytest.mark.parametrize("page", list(hostile_pages()), ids=lambda page: f"{len(page)} characters")
def test_no_name_leaves_its_place_in_a_page(page):
    kept = re.sub(r"\\(begin|end)\{(align\*|tabular|pmatrix)\}(\{[lr]+\})?", "", page)
    kept = re.sub(r"(?<!\\)(&=|& |\$)", "", kept.replace(r"\\", ""))
    assert problems(kept) == []


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="LaTeX is not installed")
def test_it_compiles(tmp_path):
    formulas = "\n\n".join(f"${code}$" for code in EVERY)
    pages = "\n\n".join([*hostile_pages(), formulas])
    source = f"\\documentclass{{article}}\\usepackage{{amsmath}}\\begin{{document}}\n{pages}\n\\end{{document}}\n"
    (tmp_path / "page.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
