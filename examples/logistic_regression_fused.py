"""From logits: sigmoid and log loss as one operation, which never overflows.

    z = X w + b      J = (1/n) Σᵢ (ln(1 + e^zᵢ) − yᵢ zᵢ)

By hand:  ∂J/∂z = (σ(z) − y)/n  and  ∂J/∂w = (1/n) Xᵀ(σ(z) − y): the same as in two operations, in one line.
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
    J = tg.losses.log_loss_from_logits(y, z)
    tg.named(z=z, J=J)
    return J, z


J, z = cost()
J.backward()
by_hand = X.data.T @ (tg.sigmoid(z.data) - y.data) / 100
print("          by hand                  by the engine")
print(f"dJ/dw     {str(by_hand.round(6)):<24} {w.grad.round(6)}")
np.testing.assert_allclose(w.grad, by_hand, rtol=1e-9)

tg.draw_forward(J, align=True).save(out / "fused_forward.svg")
tg.draw_backward(J).save(out / "fused_backward.svg")
tg.draw(J).save(out / "fused_combined.svg")

large = 1e4 * z
print(
    f"logits up to {np.abs(large.data).max():.0f}: J = {tg.losses.log_loss_from_logits(y, large):.4f}, and no overflow"
)

optimiser = tg.optim.SGD([w, b], lr=4.0)
for _ in range(2000):
    optimiser.zero_grad()
    cost()[0].backward()
    optimiser.step()
J, z = cost()
print(f"after 2000 steps: J = {J:.5f}, wrong {np.sum((z.data > 0) != y.data)} of 100")
