"""One neuron and one example, as on a blackboard.

    z = w·x + b      ŷ = σ(z)      L = −y ln ŷ − (1 − y) ln(1 − ŷ)

By hand, with the chain rule:  ∂L/∂z = ŷ − y,  ∂L/∂w = (ŷ − y)·x,  ∂L/∂b = ŷ − y.
"""

import argparse
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pictures (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)

w = tg.Tensor([0.1, -0.2], name="w")
b = tg.Tensor(0.3, name="b")
x = tg.constant([2.0, 3.0], name="x")
y = tg.constant(1.0, name="y")

z = w @ x + b
y_hat = tg.sigmoid(z)
L = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)
tg.named(z=z, y_hat=y_hat, L=L)
L.backward()

error = y_hat.item() - y.item()
print(f"z = {z:.4f}   y_hat = {y_hat:.4f}   L = {L:.4f}")
print("          by hand              by the engine")
print(f"dL/dz     {error:<20.4f} {z.grad:.4f}")
print(f"dL/dw     {str((error * x.data).round(4)):<20} {w.grad.round(4)}")
print(f"dL/db     {error:<20.4f} {b.grad:.4f}")
np.testing.assert_allclose(w.grad, error * x.data, rtol=1e-12)

tg.draw_forward(L, align=True).save(out / "scalar_forward.svg")
tg.draw_backward(L).save(out / "scalar_backward.svg")
tg.draw(L).save(out / "scalar_combined.svg")

w.data = w.data - 1.0 * w.grad  # one step of gradient descent
b.data = b.data - 1.0 * b.grad
print(f"y_hat after one step: {tg.sigmoid(w @ x + b):.4f}")
