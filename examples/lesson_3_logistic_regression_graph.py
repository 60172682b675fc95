"""Lesson 3, first half: logistic regression as a computation graph, for one example and for all at once.

    z = w·x + b      ŷ = σ(z)      L = −y ln ŷ − (1 − y) ln(1 − ŷ)      J = (1/n) Σᵢ Lᵢ

The chapter that goes with it is docs/lessons/3-logistic-regression-and-digits.md.
"""

# %% Where the pictures go
import argparse
from functools import partial
from math import exp
from pathlib import Path
from timeit import repeat, timeit

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.errors import GradientError, ShapeError
from tinygrad_edu.node import topological_order

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("lesson_3"), help="folder for the pictures (default: lesson_3)")
out = parser.parse_known_args()[0].out  # a notebook has arguments of its own
out.mkdir(parents=True, exist_ok=True)

# %% One example, one derivative at a time
w1, w2, b = tg.Tensor(0.1), tg.Tensor(-0.2), tg.Tensor(0.3)
x1, x2, y = tg.constant(2.0), tg.constant(3.0), tg.constant(1.0)
p1 = w1 * x1
p2 = w2 * x2
z = p1 + p2 + b
y_hat = tg.sigmoid(z)
L = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)
tg.named(w1=w1, w2=w2, b=b, x1=x1, x2=x2, y=y, p1=p1, p2=p2, z=z, y_hat=y_hat, L=L)
order = [node.name for node in topological_order(L) if node.name]
tg.draw_forward(L, direction="TB").save(out / "3_one_forward.svg")
tg.draw_backward(L, direction="TB").save(out / "3_one_backward.svg")
tg.draw_backward(L, detail="operations").save(out / "3_one_operations.svg")

L.backward()
a, t = y_hat.item(), y.item()
to_y_hat = -t / a + (1 - t) / (1 - a)  # each line uses the one above: that is the chain rule
to_z = to_y_hat * a * (1 - a)
to_p1 = to_p2 = to_bias = to_z * 1
to_w1, to_w2 = to_p1 * x1.item(), to_p2 * x2.item()
by_hand = {y_hat: to_y_hat, z: to_z, p1: to_p1, p2: to_p2, b: to_bias, w1: to_w1, w2: to_w2}
print(f"z = {z:.4f}   y_hat = {y_hat:.4f}   L = {L:.4f}   forward order: {' '.join(order)}")
for node, derivative in by_hand.items():
    print(f"dL/d{node.name:<6} by hand {derivative:8.4f}   by the engine {node.grad:8.4f}")

# %% All examples at once
X = tg.constant([[2.0, 3.0], [1.0, -1.0], [-1.0, 0.5]], name="X")
y = tg.constant([1.0, 0.0, 1.0], name="y")
w = tg.Tensor([0.1, -0.2], name="w")
b = tg.Tensor(0.3, name="b")
n = len(y)


def cost_of(z):
    """J for pre-activations z, with names for the pictures."""
    y_hat = tg.sigmoid(z)
    J = np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))
    tg.named(z=z, y_hat=y_hat, J=J)
    return J


J = cost_of(X @ w + b)
tg.draw_forward(J).save(out / "3_batch_forward.svg")
tg.draw_backward(J).save(out / "3_batch_backward.svg")
J.backward()
errors = tg.sigmoid(X.data @ w.data + b.data) - y.data
batch_by_hand = X.data.T @ errors / n, errors.sum() / n
print(f"J = {J:.4f}   dJ/dw by hand {batch_by_hand[0].round(4)}, by the engine {w.grad.round(4)}")
print(f"             dJ/db by hand {batch_by_hand[1]:.4f}, by the engine {b.grad:.4f}")

# %% The bias in two other ways: as the weight w0 of an input x0 that is always 1, and as a vector of n copies
augmented_X = tg.constant(np.column_stack([np.ones(n), X.data]), name="X_tilde")
augmented_w = tg.Tensor([b.item(), *w.data], name="w_tilde")
augmented_J = cost_of(augmented_X @ augmented_w)
tg.draw_backward(augmented_J).save(out / "3_bias_augmented.svg")
augmented_J.backward()

beta = np.broadcast_to(b, (n,))
vector_J = cost_of(X @ w + beta)
tg.named(beta=beta)
tg.draw_backward(vector_J).save(out / "3_bias_vector.svg")
to_beta, to_b = (g.numpy() for g in tg.gradient(vector_J, [beta, b]))
print(f"augmented: dJ/d(b, w1, w2) = {augmented_w.grad.round(4)}")
print(f"as a vector: {to_beta.round(4)}, which sums to {to_b:.4f}")

# %% Broadcasting: copied on the way forward, summed on the way back
A = tg.Tensor([[2.0, 3.0], [4.0, 5.0]], name="A")
r = tg.Tensor([[-4.0, 2.0]], name="r")
C = np.broadcast_to(r, A.shape)
S = A + C
tg.named(C=C, S=S)
np.testing.assert_array_equal(S.data, (A + r).data)  # NumPy copies by itself
tg.draw_forward(S, title="Broadcasting, forward: r is copied to every row").save(out / "3_broadcasting_forward.svg")
tg.draw_backward(S, title="Broadcasting, backward: Σ over the rows").save(out / "3_broadcasting_backward.svg")
print(f"A + r = {S.data.tolist()}, and {(A + r).data.tolist()} without the explicit copies")

column = np.array([[0.2], [0.4], [0.9]])
print(f"shape of (3, 1) - (3,): {(column - y.data).shape}")
try:
    tg.losses.log_loss(y, column)
except ShapeError as error:
    refusal = str(error)
    print(f"the loss refuses it: {refusal}")


# %% Slips in a derivation, and what central differences say of each
def judged(gradient_by_hand):
    """What gradcheck says of a rule for ∂J/∂w."""

    @tg.primitive(lambda g, J, w: g * gradient_by_hand(w, tg.sigmoid(X.data @ w + 0.3)))
    def cost(w):
        return tg.losses.log_loss(y.data, tg.sigmoid(X.data @ w + 0.3))

    try:
        tg.gradcheck(cost, w.data)
    except GradientError as error:
        return str(error).splitlines()[0].removeprefix("In cost, ").split(":")[0]
    return "right"


slips = {
    "(1/n) Σ (ŷ − y) x": lambda w, p: X.data.T @ (p - y.data) / n,
    "the sign of L turned half-way": lambda w, p: X.data.T @ (y.data - p) / n,
    "the factor ŷ(1 − ŷ) x lost": lambda w, p: np.ones(2) * np.mean((1 - y.data) / (1 - p) - y.data / p),
    "Σ lost, one example left": lambda w, p: X.data[0] * (p[0] - y.data[0]) / n,
}
verdicts = {name: judged(rule) for name, rule in slips.items()}
for name, verdict in verdicts.items():
    print(f"{name:<30} {verdict}")

# %% The likelihood, and the same two classes as a softmax
p = tg.sigmoid(X.data @ w.data + b.data)
likelihood = np.prod(p**y.data * (1 - p) ** (1 - y.data))
two_logits = np.column_stack([np.zeros(n), X.data @ w.data + b.data])
as_softmax = tg.losses.cross_entropy_from_logits(y.data.astype(int), two_logits).item()
from_likelihood = -np.log(likelihood) / n
print(f"likelihood {likelihood:.6f}, -ln of it by n {from_likelihood:.6f}, J = {J:.6f}, as a softmax {as_softmax:.6f}")


# %% A network: the loop backwards starts at the last layer and hands ∂J/∂Z to the layer before
def backward_by_hand(net, X, y):
    """The gradients of the log loss of a network of tanh layers with a sigmoid output."""
    H = [X]
    for layer in net.layers:
        H.append(layer(H[-1]).numpy())
    gradients, dZ = {}, (H[-1] - y) / len(y)
    for i in range(len(net.layers), 0, -1):
        gradients[f"W{i}"], gradients[f"b{i}"] = H[i - 1].T @ dZ, dZ.sum(axis=0)
        dZ = dZ @ net.layers[i - 1].W.numpy().T * (1 - H[i - 1] ** 2)  # ∂J/∂Z of layer i − 1
    return gradients


def gradients_of(net):
    """The gradients of the log loss by the engine."""
    targets = tg.constant(y.data[:, np.newaxis], name="y")
    J = tg.losses.log_loss(targets, net(X))
    J.name = "J"
    J.backward()
    return J, {name: p.grad for name, p in net.named_parameters().items()}


deep = tg.nn.MLP([2, 3, 2, 1], hidden="tanh", output="sigmoid", seed=0)
deep_by_hand, (_, deep_by_engine) = backward_by_hand(deep, X.data, y.data[:, np.newaxis]), gradients_of(deep)
largest = max(np.abs(deep_by_hand[name] - g).max() for name, g in deep_by_engine.items())
print(f"a 2-3-2-1 network: by hand and by the engine differ by at most {largest:.1e}")

# %% All weights zero: nothing but the output's bias can move
zero = tg.nn.MLP([2, 3, 1], hidden="tanh", output="sigmoid", init="zeros")
zero_J, zero_gradients = gradients_of(zero)
tg.draw_neurons(zero, x=X.data[0], y=y.data[0], loss=tg.losses.log_loss).save(out / "3_zero_weights.svg")
tg.draw_backward(zero_J).save(out / "3_zero_weights_as_matrices.svg")
optimiser = tg.optim.SGD(zero.parameters(), lr=1.0)
tg.train.fit(zero, X.data, y.data[:, np.newaxis], tg.losses.log_loss, optimiser, epochs=500)
print("zero weights, gradients:  ", {name: g.ravel().round(4).tolist() for name, g in zero_gradients.items()})
print("after 500 steps:          ", {name: v.ravel().round(4).tolist() for name, v in zero.state_dict().items()})


# %% How much faster is it all at once?
def gradient_by_loop(X, y, w, b):
    """(1/n) Σ (ŷ − y) x, number by number."""
    n, d = len(X), len(w)
    dw, db = [0.0] * d, 0.0
    for i in range(n):
        z = b
        for j in range(d):
            z += X[i][j] * w[j]
        error = 1 / (1 + exp(-z)) - y[i]
        for j in range(d):
            dw[j] += error * X[i][j] / n
        db += error / n
    return dw, db


def gradient_at_once(X, y, w, b):
    errors = 1 / (1 + np.exp(-(X @ w + b))) - y
    return errors @ X / len(y), errors.mean()


def seconds(n, d):
    """Of the loop on arrays, of the same loop on lists, whose numbers are quicker to reach, and of all at once."""
    rng = np.random.default_rng(0)
    arrays = rng.normal(size=(n, d)), rng.integers(0, 2, n).astype(float), rng.normal(size=d), 0.1
    lists = [np.asarray(part).tolist() for part in arrays]
    np.testing.assert_allclose(gradient_by_loop(*lists)[0], gradient_at_once(*arrays)[0])
    loops = [timeit(partial(gradient_by_loop, *data), number=1) for data in (arrays, lists)]
    return *loops, min(repeat(partial(gradient_at_once, *arrays), number=1, repeat=20))


times = {size: seconds(*size) for size in ((1000, 5), (100_000, 20))}
for (rows, inputs), (on_arrays, on_lists, at_once) in times.items():
    print(f"{rows:>7} × {inputs:<2}   at once {at_once:.1e} s", end="   in this run: ")
    print(f"a loop on arrays takes {on_arrays / at_once:.0f} times as long, on lists {on_lists / at_once:.0f} times")
