"""All examples at once: logistic regression on 100 irises.

    z = X w + b      ŷ = σ(z)      J = (1/n) Σᵢ (−yᵢ ln ŷᵢ − (1 − yᵢ) ln(1 − ŷᵢ))

By hand:  ∂J/∂w = (1/n) Xᵀ(ŷ − y),  ∂J/∂b = (1/n) Σᵢ (ŷᵢ − yᵢ): b is copied to every example, so its derivatives add up.
"""

import argparse
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pictures (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)

flowers = tg.data.iris()
X = tg.constant(tg.data.standardise(flowers.X[50:, 2:]), name="X")  # (100, 2): petal length and width
y = tg.constant(flowers.y[50:] - 1, name="y")  # (100,): 0 versicolor, 1 virginica
w = tg.Tensor([0.5, 1.0], name="w")
b = tg.Tensor(0.0, name="b")


def cost():
    z = X @ w + b
    y_hat = tg.sigmoid(z)
    J = np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))
    tg.named(z=z, y_hat=y_hat, J=J)
    return J, y_hat


J, y_hat = cost()
J.backward()
errors = y_hat.data - y.data
by_hand = X.data.T @ errors / 100, errors.mean()
print("          by hand                  by the engine")
print(f"dJ/dw     {str(by_hand[0].round(6)):<24} {w.grad.round(6)}")
print(f"dJ/db     {by_hand[1]:<24.6f} {b.grad:.6f}")
np.testing.assert_allclose(w.grad, by_hand[0], rtol=1e-9)

tg.draw_forward(J, align=True).save(out / "vectorised_forward.svg")
tg.draw_backward(J).save(out / "vectorised_backward.svg")
tg.draw(J).save(out / "vectorised_combined.svg")

optimiser = tg.optim.SGD([w, b], lr=4.0)
for _ in range(2000):
    optimiser.zero_grad()
    cost()[0].backward()
    optimiser.step()
J, y_hat = cost()
print(f"after 2000 steps: J = {J:.5f}, wrong {np.sum((y_hat.data > 0.5) != y.data)} of 100")
