"""Derive a gradient once more: the curvature of tanh, and the Hessian of logistic regression times a vector.

    tanh″ = −2 tanh (1 − tanh²)      H v = Xᵀ(ŷ ⊙ (1 − ŷ) ⊙ X v)/n

Prints both by hand and by the engine, and draws their graphs; the Hessian itself never appears.
"""

import argparse
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pictures (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)

x = tg.Tensor(0.5, name="x")
t = np.tanh(x)
curvature = tg.gradient(tg.gradient(t, x), x)
tg.named(t=t, curvature=curvature)
tg.draw_forward(curvature).save(out / "second_derivative.svg")
by_hand = -2 * np.tanh(0.5) * (1 - np.tanh(0.5) ** 2)

flowers = tg.data.iris()
X = tg.constant(tg.data.standardise(flowers.X[50:, 2:]), name="X")  # (100, 2): petal length and width
y = tg.constant(flowers.y[50:] - 1.0, name="y")  # (100,): 0 versicolor, 1 virginica
w, v = tg.Tensor([0.5, 1.0], name="w"), tg.constant([1.0, 0.0], name="v")
n = len(y)
y_hat = tg.sigmoid(X @ w)
g = X.T @ (y_hat - y) / n
Hv = tg.gradient(g @ v, w)
tg.named(y_hat=y_hat, Hv=Hv)
tg.draw_forward(Hv).save(out / "hessian_vector.svg")
p = 1 / (1 + np.exp(-X.data @ w.data))
Hv_by_hand = X.data.T @ (p * (1 - p) * (X.data @ v.data)) / n


def loss(w):
    """The log loss from logits, whose gradient is g."""
    return tg.losses.log_loss_from_logits(y.data, X.data @ w)


print("          by hand              by the engine")
print(f"tanh''    {by_hand:<20.6f} {curvature.item():.6f}")
print(f"H v       {np.array2string(Hv_by_hand, precision=6):<20} {np.array2string(Hv.data, precision=6)}")
print(f"tg.hvp    {'':20} {np.array2string(tg.hvp(loss, w.data, v.data), precision=6)}")
