"""A training step, compiled: the NumPy program that runs, what each pass did to it, its picture, and what it saves."""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the picture (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)
sys.stdout.reconfigure(encoding="utf-8")  # W₁ and ∂ also where a terminal expects something else

X, labels = tg.data.moons(100, noise=0.1, random_state=0)
y = labels[:, np.newaxis].astype(float)


def training():
    """A network, and a function that takes one step."""
    net = tg.nn.MLP([2, 16, 1], hidden="tanh", seed=0)
    optimiser = tg.optim.Momentum(net.parameters(), lr=0.1)

    def step(X, y):
        optimiser.zero_grad()
        L = tg.losses.log_loss_from_logits(y, net(X))
        L.backward()
        optimiser.step()
        return L

    return net, step


def train(step, steps=2000):
    start = time.perf_counter()
    for _ in range(steps):
        L = step(X, y)
    return L.item(), time.perf_counter() - start


net, step = training()
compiled = tg.compile(step)
loss, seconds = train(compiled)
print(compiled.source)
print(compiled.report(), end="\n\n")

_, plain_step = training()
plain_loss, plain_seconds = train(plain_step)
print(f"loss after 2000 steps: {loss:.6f} compiled, {plain_loss:.6f} step by step")
print(f"right answers: {tg.metrics.accuracy(y, net(X).data > 0):.0%}")
print(f"compiled steps took {seconds / plain_seconds:.2f} of the time, recording included")
print("drawn:", compiled.graph.save(out / "compiled_training.svg").name)
