"""micrograd's own demo: two moons, an MLP with ReLU, a maximum-margin loss with an L2 penalty, and gradient descent.

The notebook of A. Karpathy's micrograd (2020) computes it number by number; here it runs as it stands, on micrograd and
on our engine in micrograd's clothes, and then on arrays.
"""

from __future__ import annotations

import random

import numpy as np
from measuring import Contestant, Workload

import tinygrad_edu as tg
from tinygrad_edu.compat import micrograd as clothes

HIDDEN, ALPHA, RATE = (16, 16), 1e-4, 0.1


def problem(n):
    X, labels = tg.data.moons(n, noise=0.1, random_state=1337)
    return X, labels * 2.0 - 1


def layers():
    """The weights and biases that micrograd draws, as arrays."""
    random.seed(1337)
    for inputs, outputs in zip((2, *HIDDEN), (*HIDDEN, 1)):
        W = np.zeros((inputs, outputs))
        for j in range(outputs):
            W[:, j] = [random.uniform(-1, 1) for _ in range(inputs)]
        yield W, np.zeros(outputs)


def stepping(step, steps=3):
    """A contestant that is compared by its first losses."""
    return Contestant(step, lambda: [float(step()) for _ in range(steps)])


def number_by_number(Value, MLP, X, y):
    random.seed(1337)
    model = MLP(2, [*HIDDEN, 1])

    def step():
        inputs = [list(map(Value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y.tolist(), scores)]
        total = sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad
        return total.data

    return stepping(step)


def micrograd(X, y):
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return number_by_number(Value, MLP, X, y)


def compat(X, y):
    return number_by_number(clothes.Value, clothes.MLP, X, y)


def by_hand(X, y):
    (W1, b1), (W2, b2), (W3, b3) = parameters = list(layers())
    n = len(X)

    def step():
        H1 = np.maximum(X @ W1 + b1, 0)
        H2 = np.maximum(H1 @ W2 + b2, 0)
        margins = 1 - y * (H2 @ W3 + b3)[:, 0]
        penalty = sum(np.vdot(p, p) for layer in parameters for p in layer)
        loss = np.maximum(margins, 0).mean() + ALPHA * penalty
        dZ3 = (-y * (margins > 0) / n)[:, np.newaxis]
        dZ2 = (dZ3 @ W3.T) * (H2 > 0)
        dZ1 = (dZ2 @ W2.T) * (H1 > 0)
        slopes = [(A.T @ dZ, dZ.sum(axis=0)) for A, dZ in ((X, dZ1), (H1, dZ2), (H2, dZ3))]
        for layer, gradients in zip(parameters, slopes):
            for p, g in zip(layer, gradients):
                p -= RATE * (g + 2 * ALPHA * p)
        return loss

    return stepping(step)


def arrays(X, y):
    net = tg.nn.MLP([2, *HIDDEN, 1], hidden="relu")
    values = [p for layer in layers() for p in layer]
    net.load_state_dict(dict(zip(net.named_parameters(), values)))
    optimiser = tg.optim.SGD(net.parameters(), lr=RATE)

    def step():
        optimiser.zero_grad()
        margins = tg.relu(1 - y * net(X)[:, 0])
        loss = margins.mean() + tg.losses.l2_penalty(net.parameters(), 2 * ALPHA)
        loss.backward(keep="leaves")
        optimiser.step()
        return loss.item()

    return stepping(step)


WORKLOAD = Workload(
    title="micrograd's moons",
    what="One step of micrograd's demo: 100 points, an MLP of 2, 16, 16 and 1 units with ReLU, a maximum-margin loss "
    "with an L2 penalty, gradient descent; number by number, and on arrays.",
    problem=problem,
    sizes={"100 points": (100,)},
    tiny=(4,),
    contestants={
        "micrograd": micrograd,
        "tinygrad_edu.compat.micrograd": compat,
        "tinygrad_edu on arrays": arrays,
        "NumPy by hand": by_hand,
    },
)
