"""The mathematics of logistic regression, written out: a page, slides, a table, and a check of one's own lines.

z = X w + b      ŷ = σ(z)      J = (1/n) Σᵢ (−yᵢ ln ŷᵢ − (1 − yᵢ) ln(1 − ŷᵢ))
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pages (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)
sys.stdout.reconfigure(encoding="utf-8")  # ∂ and Σ also where a terminal expects something else

flowers = tg.data.iris()
X = tg.constant(tg.data.standardise(flowers.X[50:, 2:]), name="X")  # (100, 2): petal length and width
y = tg.constant(flowers.y[50:] - 1.0, name="y")  # (100,): 0 versicolor, 1 virginica
w = tg.Tensor([0.5, 1.0], name="w")
b = tg.Tensor(0.0, name="b")

z = X @ w + b
y_hat = tg.sigmoid(z)
J = np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))
tg.named(z=z, y_hat=y_hat, J=J)

page = tg.explain(J, w)
print(page, end="\n\n")
J.backward()
np.testing.assert_array_equal(page.value, w.grad)  # what is explained is what backward() computes

table = tg.trace_table(J, tangents={b: 1.0})  # forward mode: how fast everything changes with b
print(table, end="\n\n")

by_hand = {"y_hat": "(y_hat - y)/(y_hat*(1 - y_hat))/n", "z": "(y_hat - y)/n", "w": "X.T @ (y_hat - y)", "b": "sum(dz)"}
print(tg.check_derivation(J, by_hand))  # the line for w has lost its 1/n

for name, text in {
    "explain.md": page.markdown,
    "explain.tex": page.latex,
    "table.md": table.markdown,
    "table.tex": table.latex,
    "table.csv": table.csv,
}.items():
    (out / name).write_text(text, encoding="utf-8")
