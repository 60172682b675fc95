"""Trace tables hold what both passes compute, and forward mode beside them; no name in them is more than a name."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
from random_graphs import program, run

import tinygrad_edu as tg
from tinygrad_edu.errors import ShapeError, UnsupportedError


def neuron():
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    x, y = tg.constant([2.0, 3.0], name="x"), tg.constant(1.0, name="y")
    z = w @ x + b
    y_hat = tg.sigmoid(z)
    L = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)
    tg.named(z=z, y_hat=y_hat, L=L)
    return L, w, b


TABLE = """\
   node  computed as                  value        ∂L/∂node        tangent
1  w                                  (0.1, −0.2)  (−1.05, −1.57)  (1, 0)
2  x                                  (2, 3)
3  b                                  0.3          −0.525
4  y                                  1
5  z     w·x + b                      −0.1         −0.525          2
6  ŷ     σ(z)                         0.475        −2.11           0.499
7  L     −y ln ŷ − (1 − y) ln(1 − ŷ)  0.744        1               −1.05"""


def test_a_table_has_one_row_per_node_in_order():
    L, w, _ = neuron()
    table = tg.trace_table(L, tangents={w: [1.0, 0.0]})
    assert str(table) == TABLE and repr(table) == "<TraceTable of 7 nodes>"
    assert len(tg.trace_table(L, detail="operations").rows) == 13
    assert "tangent" not in str(tg.trace_table(L))


def cells(table):
    return list(csv.DictReader(io.StringIO(table.csv)))


def test_the_csv_has_every_digit():
    L, w, b = neuron()
    L.backward()
    rows = {row["node"]: row for row in cells(tg.trace_table(L))}
    assert list(rows) == ["w", "x", "b", "y", "z", "ŷ", "L"]
    assert json.loads(rows["w"]["adjoint"]) == w.grad.tolist() and json.loads(rows["b"]["adjoint"]) == b.grad
    assert json.loads(rows["L"]["value"]) == L.item() and rows["x"]["adjoint"] == ""
    assert rows["ŷ"]["computed as"] == "σ(z)"


def test_markdown_and_latex_have_a_line_per_row():
    L, w, _ = neuron()
    table = tg.trace_table(L)
    lines = table.markdown.splitlines()
    assert lines[:2] == ["|  | node | computed as | value | ∂L/∂node |", "| --- | --- | --- | --- | --- |"]
    assert lines[7] == "| 6 | ŷ | σ(z) | 0.475 | −2.11 |" and len(lines) == 9
    assert r"6 & $\hat{y}$ & $\sigma\left(z\right)$ & $0.475$ & $-2.11$ \\" in table.latex
    assert table._repr_mimebundle_() == {"text/markdown": table.markdown, "text/plain": str(table)}
    assert w.grad is None


def test_displaying_never_raises():
    table = tg.trace_table(neuron()[0])
    table.rows[0] = None
    assert "could not be written" in table._repr_mimebundle_()["text/plain"]


# ---------------------------------------------------------------------- forward mode


@pytest.mark.parametrize("seed", range(30))
def test_tangents_are_directional_derivatives_of_every_node(seed):
    rng = np.random.default_rng(seed)
    arrays, operations = program(rng)
    leaves = [tg.Tensor(x) for x in arrays]
    directions = [rng.normal(size=x.shape) for x in arrays]
    nodes = run(operations, leaves)
    table = tg.trace_table(nodes[-1], dict(zip(leaves, directions)), detail="operations")
    h = 1e-6
    up, down = (run(operations, [x + s * h * v for x, v in zip(arrays, directions)]) for s in (1, -1))
    by_value = [(row.value, row.tangent) for row in table.rows]
    for node, above, below in zip(nodes, up, down):
        tangent = next(t for value, t in by_value if np.array_equal(value, node.numpy()) and t is not None)
        np.testing.assert_allclose(tangent, (above - below) / (2 * h), rtol=1e-5, atol=1e-6)


def test_forward_and_reverse_mode_agree():
    L, w, b = neuron()
    v = np.array([0.3, -2.0])
    last = tg.trace_table(L, {w: v, b: 2.0}).rows[-1]
    L.backward()
    assert last.tangent == pytest.approx(w.grad @ v + b.grad * 2.0, rel=1e-12)
    assert tg.trace_table(L, {w: v}).rows[2].tangent is None


def test_tangents_that_do_not_fit_are_refused():
    L, w, _ = neuron()
    with pytest.raises(ShapeError, match=r"The tangent of 'w' has shape \(3,\); it needs \(2,\)"):
        tg.trace_table(L, {w: np.ones(3)})
    with pytest.raises(UnsupportedError, match="for 'q', but the output does not depend"):
        tg.trace_table(L, {tg.Tensor(1.0, name="q"): 1.0})


# ---------------------------------------------------------------------- names

HOSTILE = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "a,b", 'a"b', "a\nb", "|", "a|b",
    "<script>alert(1)</script>",
    "<img src=x>", "[x](javascript:1)", "![x](y)", "`code`", "**bold**", "$x$", "\\", "&lt;", "\x00", "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_are_harmless(name):
    x = tg.Tensor(2.0, name=name)
    L = x * x
    L.name = name + "L"
    table = tg.trace_table(L)
    rows = list(csv.reader(io.StringIO(table.csv)))
    assert [len(row) for row in rows] == [5, 5, 5]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    lines = table.markdown.splitlines()
    assert len(lines) == 4 and all(len(re.findall(r"(?<!\\)\|", line.replace(r"\\", ""))) == 6 for line in lines)
    assert not re.search(r"(?<!\\)[<>`\[\]$]|(?<!\\)\*", table.markdown.replace(r"\\", ""))
    assert len(table.latex.splitlines()) == 6 and len(str(table).splitlines()) == 3
