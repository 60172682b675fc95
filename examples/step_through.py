"""Walk through one step of learning: forward, backward, update.

    z = w·x + b      ŷ = σ(z)      L = −y ln ŷ − (1 − y) ln(1 − ŷ)

Writes a page to step through, a quiz, the frames of a talk, a worksheet, and the picture of the update.
"""

import argparse
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the files (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)

w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
x, y = tg.constant([2.0, 3.0], name="x"), tg.constant(1.0, name="y")
z = w @ x + b
y_hat = tg.sigmoid(z)
L = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
tg.named(z=z, y_hat=y_hat, L=L)

for step in tg.steps(L, lr=0.5):
    print(step)

tg.play(L, out / "steps.html", lr=0.5)
tg.play(L, out / "quiz.html", quiz=True)
tg.frames(L, out / "frames", lr=0.5)
tg.frames(L, out / "frames", format="tex", lr=0.5)
tg.draw_backward(L, hide="gradients").save(out / "worksheet.svg")
tg.draw_backward(L).save(out / "solution.svg")
tg.draw_update(L, lr=0.5).save(out / "update.svg")

L.backward()
tg.optim.SGD([w, b], lr=0.5).step()
print(f"after the step: w = {w.data.round(3)}, b = {b.data:.3f}")
