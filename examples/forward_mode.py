"""Forward mode: how fast everything changes along one direction, and when that costs less than reverse mode.

    z = w·x + b      ŷ = σ(z)      ẏ = Σ ∂y/∂x · ẋ

Prints a table of both modes and counts the nodes each must visit; draws the tangents.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the picture (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)
sys.stdout.reconfigure(encoding="utf-8")  # ∂ and ŷ also where a terminal expects something else

w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
x = tg.constant([2.0, 3.0], name="x")
z = w @ x + b
y_hat = tg.sigmoid(z)
tg.named(z=z, y_hat=y_hat)

direction = np.array([1.0, 0.0])
print(tg.trace_table(y_hat, tangents={w: direction}), end="\n\n")
tg.draw_forward(y_hat, tangents={w: direction}).save(out / "tangents.svg")

_, tangent = tg.jvp(lambda w: tg.sigmoid(w @ x.data + b.data), (w.data,), (direction,))
y_hat.backward()
print(f"along {direction}: forward mode {tangent:.4f}, gradient times direction {w.grad @ direction:.4f}\n")


def graph(n, m):
    """n inputs, added up, twenty sines, and m outputs."""
    xs = [tg.Tensor(0.1, name=f"x{i}") for i in range(n)]
    t = sum(xs[1:], xs[0])
    for _ in range(20):
        t = np.sin(t)
    return xs, [t * (i + 1.5) for i in range(m)]


print("inputs  outputs  reverse mode  forward mode   (nodes visited for all derivatives)")
for n, m in ((1, 1), (50, 1), (1, 50)):
    xs, ys = graph(n, m)
    y = np.stack(ys)
    reverse = sum(row.adjoint is not None for y_i in ys for row in tg.trace_table(y_i, detail="operations").rows)
    forward = sum(row.tangent is not None for x_i in xs for row in tg.trace_table(y, {x_i: 1.0}, "operations").rows)
    print(f"{n:6}  {m:7}  {reverse:12}  {forward:12}")
