"""One training step of a multilayer perceptron: forward, cross-entropy from logits, backward, SGD; in float32.

Each library computes the same step from the same numbers, in turn with NumPy, so that a slow moment of the machine
meets both. Printed are the median times in microseconds, and the ratios to NumPy written by hand: the median of the
ratios of neighbouring runs, and the ratio of the fastest runs. Libraries that are not installed are left out.
Run it on a quiet machine:

    python benchmarks/mlp_step.py [--seconds 5]
"""

import argparse
import time

import numpy as np

import tinygrad_edu as tg

SIZES = [(32, 2, 16, 2), (64, 64, 32, 10), (64, 784, 128, 10), (256, 784, 256, 10)]
LR = 0.01


def problem(batch, inputs, hidden, outputs):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(batch, inputs)).astype(np.float32)
    Y = tg.data.one_hot(rng.integers(outputs, size=batch), outputs, dtype=np.float32)
    W1 = rng.normal(size=(inputs, hidden)).astype(np.float32) / np.float32(inputs**0.5)
    W2 = rng.normal(size=(hidden, outputs)).astype(np.float32) / np.float32(hidden**0.5)
    return X, Y, [W1, np.zeros(hidden, np.float32), W2, np.zeros(outputs, np.float32)]


def by_hand(X, Y, parameters):
    W1, b1, W2, b2 = (p.copy() for p in parameters)
    n = len(X)

    def step():
        H = np.tanh(X @ W1 + b1)
        Z = H @ W2 + b2
        Z -= Z.max(axis=1, keepdims=True)
        P = np.exp(Z)
        total = P.sum(axis=1, keepdims=True)
        P /= total
        loss = np.log(total).mean() - np.vdot(Y, Z) / n
        dZ = (P - Y) / n
        dW2 = H.T @ dZ
        db2 = dZ.sum(axis=0)
        dA = (dZ @ W2.T) * (1 - H * H)
        dW1 = X.T @ dA
        db1 = dA.sum(axis=0)
        for p, g in ((W1, dW1), (b1, db1), (W2, dW2), (b2, db2)):
            p -= LR * g
        return loss

    return step, lambda: [W1, b1, W2, b2]


def ours(X, Y, parameters):
    net = tg.nn.MLP([X.shape[1], len(parameters[1]), Y.shape[1]], hidden="tanh", dtype=np.float32)
    net.load_state_dict(dict(zip(net.named_parameters(), parameters)))
    optimiser = tg.optim.SGD(net.parameters(), lr=LR)

    def step():
        optimiser.zero_grad()
        loss = tg.losses.cross_entropy_from_logits(Y, net(X))
        loss.backward(keep="leaves")
        optimiser.step()
        return loss.item()

    return step, lambda: [p.data for p in net.parameters()]


def torch(X, Y, parameters):
    import torch

    x, labels = torch.from_numpy(X), torch.from_numpy(Y.argmax(axis=1))
    weights = [torch.from_numpy(p.copy()).requires_grad_() for p in parameters]
    optimiser = torch.optim.SGD(weights, lr=LR)

    def step():
        W1, b1, W2, b2 = weights
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(torch.tanh(x @ W1 + b1) @ W2 + b2, labels)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step, lambda: [p.detach().numpy() for p in weights]


def mygrad(X, Y, parameters):
    import mygrad
    from mygrad.nnet.losses import softmax_crossentropy

    labels = Y.argmax(axis=1)
    weights = [mygrad.tensor(p.copy()) for p in parameters]

    def step():
        W1, b1, W2, b2 = weights
        loss = softmax_crossentropy(mygrad.tanh(X @ W1 + b1) @ W2 + b2, labels)
        loss.backward()
        for p in weights:
            p.data -= np.float32(LR) * p.grad
        return loss.item()

    return step, lambda: [p.data for p in weights]


def autograd(X, Y, parameters):
    import autograd
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    weights = [p.copy() for p in parameters]

    def cost(weights):
        W1, b1, W2, b2 = weights
        Z = anp.tanh(X @ W1 + b1) @ W2 + b2
        return anp.mean(logsumexp(Z, axis=1) - anp.sum(Y * Z, axis=1))

    gradient = autograd.value_and_grad(cost)

    def step():
        loss, gradients = gradient(weights)
        for p, g in zip(weights, gradients):
            p -= np.float32(LR) * g
        return loss

    return step, lambda: weights


def contestants(size):
    """The step of each library that is installed, checked to compute what NumPy by hand does."""
    data = problem(*size)
    steps = {}
    for make in (by_hand, ours, torch, mygrad, autograd):
        try:
            step, parameters = make(*data)
        except ImportError:
            continue
        losses = [step() for _ in range(3)]
        steps[make.__name__] = step, losses, parameters()
    _, expected, weights = steps["by_hand"]
    for name, (_, losses, found) in steps.items():
        np.testing.assert_allclose(losses, expected, rtol=1e-4, err_msg=name)
        for a, b in zip(found, weights):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5, err_msg=name)
    return {name: step for name, (step, *_) in steps.items()}


def measure(step, reference, seconds, repeats=10):
    """Times per step in seconds of both, taken in turn: an array of shape (rounds, 2)."""
    rounds, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(rounds) < 20:
        row = []
        for run in (step, reference):
            start = time.perf_counter()
            for _ in range(repeats):
                run()
            row.append((time.perf_counter() - start) / repeats)
        rounds.append(row)
    return np.array(rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="time to measure each pair (default: 5)")
    given = parser.parse_args()
    for size in SIZES:
        steps = contestants(size)
        print("batch, inputs, hidden, outputs =", *size)
        for name, step in steps.items():
            times = measure(step, steps["by_hand"], given.seconds)
            ratio, fastest = np.median(times[:, 0] / times[:, 1]), times[:, 0].min() / times[:, 1].min()
            print(f"  {name:<10} {1e6 * np.median(times[:, 0]):8.1f} µs {ratio:7.2f} × by hand, fastest {fastest:5.2f}")


if __name__ == "__main__":
    main()
