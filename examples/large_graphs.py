"""Draw graphs that are too large for a slide: modules as boxes, the neighbours of a value, what lies between two.

ŷ = MLP(x) with 2-16-16-1 neurons, and x₁₀₀₀₀ = sin(… sin(x₀))
"""

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pictures (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)

net = tg.nn.MLP([2, 16, 16, 1], hidden="tanh", output="sigmoid", seed=0)
y_hat = net(tg.constant([0.4, 0.6], name="x"))
L = tg.losses.log_loss(tg.constant([1.0], name="y"), y_hat)
tg.named(L=L)
pictures = {
    "modules": tg.draw(L, depth=1),
    "focus": tg.draw_forward(L, focus=y_hat),
    "path": tg.draw_backward(L, path=(net.layers[2].b, y_hat), digits=4),
}

chain = [tg.Tensor(0.5, name="x_0")]
for _ in range(10_000):
    chain.append(np.sin(chain[-1]))
begun = perf_counter()
pictures["chain"] = tg.draw(chain[-1], detail="operations", focus=chain[5000])
pictures["chain"].save(out / "chain.svg")
print(f"10,000 operations folded and drawn in {perf_counter() - begun:.2f} seconds")

for name, picture in pictures.items():
    picture.save(out / f"{name}.svg")
    print(f"{name}: {picture.plan.counts}, {picture.slide_font:.1f} pt on a slide")
