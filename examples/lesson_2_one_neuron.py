"""Lesson 2: one sigmoid neuron learns from eight points, one at a time, and meets its limit.

    ŷ = σ(w·x + b)      L = (ŷ − y)²      by hand:  ∂L/∂w = 2(ŷ − y)·σ(1 − σ)·x,   ∂L/∂b = 2(ŷ − y)·σ(1 − σ)

The chapter that goes with it is docs/lessons/2-one-neuron.md.
"""

# %% Where the pictures go
import argparse
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.errors import GradientError

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("lesson_2"), help="folder for the pictures (default: lesson_2)")
out = parser.parse_known_args()[0].out  # a notebook has arguments of its own
out.mkdir(parents=True, exist_ok=True)

# %% Eight points, and a neuron with random weights
X, y, _ = tg.data.eight_points()


def predict(w, b, x):
    return tg.sigmoid(w @ x + b)


def random_start(seed=42):
    """Weights and bias, and the generator that goes on to draw the points."""
    generator = np.random.RandomState(seed)
    w = tg.Tensor([generator.randn(), generator.randn()], name="w")
    return w, tg.Tensor(generator.randn(), name="b"), generator


w, b, _ = random_start()
first_row, other_point = predict(w, b, X[0]).item(), predict(w, b, np.array([1.66, 1.56])).item()
print(f"w = {w.numpy()}, b = {b:.8f}")
print(f"predicted for {X[0]}: {first_row}; for [1.66 1.56]: {other_point}")

# %% The derivative by hand, by the engine, and with a slip: w where x belongs
y_hat = predict(w, b, tg.constant(X[0], name="x"))
L = (y_hat - tg.constant(y[0], name="y")) ** 2
tg.named(y_hat=y_hat, L=L)
tg.draw(L).save(out / "2_gradient.svg")


@tg.primitive(lambda g, p, w, b, x: g * p * (1 - p) * w, lambda g, p, w, b, x: g * p * (1 - p), None)
def predict_with_slip(w, b, x):
    return predict(w, b, x)


def squared_error(w, b):
    return (predict(w, b, X[0]) - y[0]) ** 2


def squared_error_with_slip(w, b):
    return (predict_with_slip(w, b, X[0]) - y[0]) ** 2


report = tg.gradcheck(squared_error, w, b)
print(report)
try:
    tg.gradcheck(squared_error_with_slip, w, b)
except GradientError as error:
    complaint = str(error)
print(complaint)


# %% Stochastic gradient descent, one random point per step
def by_hand(w, b, x, y):
    p = predict(w, b, x)
    slope = 2 * (p - y) * p * (1 - p)
    return slope * x, slope


def train(lr, predict=predict, steps=10_000):
    """Weights, bias, the summed squared error after every hundredth step, and how far the engine was from by_hand."""
    w, b, generator = random_start()
    optimiser = tg.optim.SGD([w, b], lr)
    errors, gap = [], 0.0
    for step in range(steps):
        i = generator.randint(len(X))
        optimiser.zero_grad()
        ((predict(w, b, X[i]) - y[i]) ** 2).backward()
        dw, db = by_hand(w.numpy(), b.item(), X[i], y[i])
        gap = max(gap, *np.abs(w.grad - dw), abs(b.grad - db))
        optimiser.step()
        if step % 100 == 0:
            errors.append(summed_error(w, b))
    return w.numpy(), b.item(), errors, gap


def summed_error(w, b):
    with tg.no_grad():
        return ((predict(w, b, X.T) - y) ** 2).sum().item()


w, b, errors, gap = train(0.1)
print(f"{len(errors)} errors, from {errors[0]:.10f} to {errors[-1]:.10f}; w = {w}, b = {b:.8f}")
print(f"engine and hand differ by at most {gap:.1e} in 10,000 steps")

w_slip, b_slip, errors_slip, _ = train(0.1, predict_with_slip)
w_start = random_start()[0].numpy()
turned = np.linalg.det([w_start, w_slip]) / np.linalg.norm(w_start) / np.linalg.norm(w_slip)
print(f"with the slip: w = {w_slip}, which is {w_slip / w_start} times the start; sine of the angle {turned:.0e}")

# %% Four learning rates
by_rate = {lr: errors if lr == 0.1 else train(lr)[2] for lr in (1, 0.1, 0.01, 0.001)}
print({lr: round(e[-1], 3) for lr, e in by_rate.items()})


def draw_rates(ax):
    tg.plots.loss_curves({f"learning rate {lr}": e for lr, e in by_rate.items()}, ax=ax, at=range(1, 10_001, 100))
    ax.set(xlabel="step", ylabel="sum of squared errors")


tg.plots.save(draw_rates, out / "2_learning_rates.svg")


# %% What one neuron can reach: the best line, and the least sum of squares
def most_right(X, y):
    """How many points the best straight line gets right: every way to part them is tried.

    The order of the points along a direction changes only where two of them are level, so one direction between
    each two such angles is enough.
    """
    pairs = X[:, np.newaxis] - X
    level = np.unique((np.arctan2(pairs[..., 1], pairs[..., 0])[pairs.any(axis=-1)] + np.pi / 2) % (2 * np.pi))
    angles = (level + np.append(level[1:], level[0] + 2 * np.pi)) / 2
    orders = [np.argsort(X @ (np.cos(a), np.sin(a))) for a in angles]
    return max(np.sum(y[order] == (np.arange(len(y)) >= k)) for order in orders for k in range(len(y) + 1))


best_line = most_right(X, y)


def newton(theta, steps=20):
    """From near a minimum of the summed squared error to the minimum."""

    def error(theta):
        return ((predict(theta[:2], theta[2], X.T) - y) ** 2).sum()

    for _ in range(steps):
        theta = theta - np.linalg.solve(tg.hessian(error)(theta), tg.grad(error)(theta))
    return error(theta)


least_error = newton(np.append(w, b))
print(f"the best line has {best_line} of 8 right; the least sum of squares is {least_error:.4f}, ", end="")
print(f"always answering 0.5 gives {np.sum((0.5 - y) ** 2)}")

# %% Four tanh units
Z = tg.data.standardise(X)


def trained_network(Z, y, sizes=(2, 4, 1)):
    net = tg.nn.MLP(sizes, hidden="tanh", output="sigmoid", seed=0)
    optimiser = tg.optim.Adam(net.parameters(), lr=0.05)
    tg.train.fit(net, Z, y[:, np.newaxis], tg.losses.log_loss, optimiser, epochs=500)
    return net


def classes(net, Z):
    return (net(Z).numpy()[:, 0] > 0.5).astype(int)


net = trained_network(Z, y)
network_right = np.sum(classes(net, Z) == y)
print(f"four tanh units: {network_right} of 8 right")


def draw_boundaries(ax):
    mean, std = X.mean(axis=0), X.std(axis=0)
    tg.plots.decision_boundary(lambda points: net((points - mean) / std), X, y, ax=ax)
    ax.plot([1, 3.5], [1, 0.5], "--", [2, 2], [0.5, 1], "--", color="#777777", linewidth=1)  # they cross


tg.plots.save(draw_boundaries, out / "2_boundary.svg")


# %% Right on what it has seen; and on what it has not?
def right_when_left_out(sizes):
    right = 0
    for i in range(len(X)):
        others = np.arange(len(X)) != i
        Z, Z_left_out = tg.data.standardise(X[others], X[[i]])
        right += int(classes(trained_network(Z, y[others], sizes), Z_left_out)[0] == y[i])
    return right


left_out_right = {sizes: right_when_left_out(sizes) for sizes in ((2, 4, 1), (2, 1))}
print(f"each point predicted by a training without it: {left_out_right} of 8 right")

# %% Layers without activation are one affine map
deep = tg.nn.MLP([2, 5, 4, 1], hidden="identity", seed=1)
W1, b1, W2, b2, W3, b3 = (p.numpy() for p in deep.parameters())
W, bias = W1 @ W2 @ W3, (b1 @ W2 + b2) @ W3 + b3
collapse = np.abs(deep(X).numpy() - (X @ W + bias)).max()
print(f"three layers without activation and one: they differ by {collapse:.0e}")


# %% Ten sigmoids pass at most a millionth of the gradient
def ten_sigmoids(x):
    for i in range(1, 11):
        x = tg.sigmoid(x)
        x.name = f"h{i}"
    return x


steepest = tg.grad(tg.sigmoid)(0.0)
most_passed = steepest**10
passed = tg.grad(ten_sigmoids)(0.0)
print(f"σ' is at most {steepest}; ten of them pass at most {most_passed:.1e}, here {passed:.1e}")
tg.draw_backward(ten_sigmoids(tg.Tensor(0.0, name="x"))).save(out / "2_ten_sigmoids.svg")
