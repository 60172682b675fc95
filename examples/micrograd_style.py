"""Code written for micrograd, on this engine: only the import is another one.

    J = (1/n) Σᵢ max(0, 1 − yᵢ sᵢ) + 10⁻⁴ Σ p²      p ← p − α ∂J/∂p

Trains a network of single neurons on two moons, prints how it gets better, and draws one neuron.
"""

import argparse
import random
from pathlib import Path

import tinygrad_edu as tg
from tinygrad_edu.compat.micrograd import MLP, Neuron, draw_dot  # was: from micrograd.nn import MLP, Neuron

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the picture (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)
random.seed(2)

X, y = tg.data.moons(50, noise=0.1, random_state=1)
points, signs = X.tolist(), (2 * y - 1).tolist()  # −1 for one moon, +1 for the other
model = MLP(2, [8, 8, 1])
print(f"{len(model.parameters())} parameters")

STEPS = 45
for step in range(STEPS):
    scores = [model(point) for point in points]
    hinge = sum((1 - sign * score).relu() for sign, score in zip(signs, scores)) * (1 / len(points))
    loss = hinge + 1e-4 * sum(p * p for p in model.parameters())
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= (1.0 - 0.9 * step / STEPS) * p.grad
    if step % 20 == 0 or step == STEPS - 1:
        right = sum((score.data > 0) == (sign > 0) for sign, score in zip(signs, scores))
        print(f"step {step:2}: loss {loss.data:.3f}, {right} of {len(points)} right")

neuron = Neuron(2)
for p, label in zip(neuron.parameters(), ("w1", "w2", "b")):
    p.label = label
output = neuron([1.0, -2.0])
output.label = "output"
output.backward()
draw_dot(output).save(out / "micrograd_neuron.svg")
