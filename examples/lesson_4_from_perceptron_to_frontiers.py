"""Lesson 4: shapes, activations with their derivatives, and how hidden units draw the frontier between two moons.

    one neuron:  ŷ = σ(X w + b)          a hidden layer:  H = tanh(X W₁ + b₁),   ŷ = σ(H W₂ + b₂)

The chapter that goes with it is docs/lessons/4-from-perceptron-to-frontiers.md.
"""

# %% Where the pictures go
import argparse
import warnings
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.errors import NonFiniteError
from tinygrad_edu.nn import MLP, Layer

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("lesson_4"), help="folder for the pictures (default: lesson_4)")
out = parser.parse_known_args()[0].out  # a notebook has arguments of its own
out.mkdir(parents=True, exist_ok=True)

# %% One neuron, three examples at once
example = tg.data.neuron_example()
X, w, b = tg.constant(example.X, name="X"), tg.Tensor(example.w, name="w"), tg.Tensor(example.b, name="b")
z = X @ w + b
y_hat = tg.sigmoid(z)
tg.named(z=z, y_hat=y_hat)
predictions = y_hat.numpy()
print("ŷ =", predictions)

# %% What are the sizes of the symbols? First the worksheet, then the answers
for show, name in (("blanks", "worksheet"), ("shapes", "shapes")):
    tg.draw_forward(y_hat, show=show, title="What are the shapes?").save(out / f"4_neuron_{name}.svg")

# %% Four activations and their derivatives
DERIVATIVES = {
    "binary_step": lambda z: 0 * z,
    "sigmoid": lambda z: 1 / (4 * np.cosh(z / 2) ** 2),
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "relu": lambda z: 1.0 * (z > 0),
}
grid = np.linspace(-4, 4, 81)
slopes = {name: tg.grad(lambda z, f=tg.nn.ACTIVATIONS[name]: f(z).sum())(grid) for name in DERIVATIVES}
for name, formula in DERIVATIVES.items():
    print(f"{name:<12} engine and formula differ by at most {np.abs(slopes[name] - formula(grid)).max():.0e}")


def draw_activations(axes):
    for ax, name in zip(axes.flat, DERIVATIVES):
        tg.plots.activation(name, ax=ax)


tg.plots.save(draw_activations, out / "4_activations.svg", panels=(2, 2), size=(9, 7))


# %% Two spellings that look right, at the edge of floating point
def observed(f, z):
    """What f makes of z, and the warnings on the way."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return float(f(np.float64(z))), [str(warning.message) for warning in caught]


naive_relu = [observed(lambda z: z * (z > 0), z) for z in (-2, -np.inf)]
our_relu = [observed(tg.relu, z) for z in (-2, -np.inf)]
naive_sigmoid = observed(lambda z: 1 / (1 + np.exp(-z)), -800)
our_sigmoid = observed(tg.sigmoid, -800)
print(f"z*(z > 0) at -2 and -inf: {naive_relu}, tg.relu: {our_relu}")
print(f"1/(1 + exp(-z)) at -800: {naive_sigmoid}, tg.sigmoid: {our_sigmoid}")

# %% Two moons, and a network with given weights
X_moons, y_moons = tg.data.moons(300, noise=0.15, random_state=42)


def given_network():
    """Four tanh units and one output, with the weights of a finished training."""
    net = MLP.from_layers([Layer(2, 4, "tanh"), Layer(4, 1)])
    W1, b1, W2, b2 = net.parameters()
    W1.data = [
        [19.04548787, -8.65065699, 14.28282749, -9.44291219],
        [15.44773976, 5.09753522, -3.12074945, 10.5002505],
    ]
    b1.data = [-12.89987776, 10.35173209, 11.65978321, -7.55016811]
    W2.data = [[-42.17763359], [-34.87459471], [7.21432064], [-36.52606503]]
    b2.data = [-17.36405931876728]
    return net


def right(net, X, y):
    """How many examples lie on the right side; the network gives logits."""
    return int(np.sum((net(X).numpy()[:, 0] > 0) == y))


given = given_network()
logits = given(X_moons)[:, 0]
given_right = right(given, X_moons, y_moons)
given_loss = tg.losses.log_loss_from_logits(y_moons, logits).item()
print(f"given weights: {given_right} of 300 right, log loss from logits {given_loss:.16f}")

# %% The shapes of the network, forward and backward
J = tg.losses.log_loss(
    tg.constant(y_moons[:, np.newaxis], name="y"),
    MLP([2, 4, 1], output="sigmoid", seed=0)(tg.constant(X_moons, name="X")),
)
J.name = "J"
for show, name in (("blanks", "worksheet"), ("shapes", "shapes")):
    tg.draw_backward(J, show=show, title="What are the shapes?").save(out / f"4_network_{name}.svg")

# %% The textbook formula on the same numbers: 0·(−∞)
p = tg.sigmoid(logits.detach())
p.name = "y_hat"
exactly_one = int(np.sum(p.numpy() == 1))
surely_wrong = int(np.sum((p.numpy() == 1) & (y_moons == 0)))


def textbook_loss(p):
    return -np.mean(y_moons * np.log(p) + (1 - y_moons) * np.log(1 - p))


with np.errstate(all="ignore"):
    textbook = textbook_loss(p.numpy())
with tg.debug():
    try:
        textbook_loss(tg.Tensor(p.numpy(), name="y_hat"))
    except NonFiniteError as error:
        complaint = str(error)
print(f"{exactly_one} outputs are exactly 1 ({surely_wrong} of them wrong); the textbook loss is {textbook}")
print(complaint)


# %% From scratch
def train(X, y):
    """A network of four tanh units, and its history of 1000 steps with all examples."""
    net = MLP([2, 4, 1], hidden="tanh", seed=0)
    optimiser = tg.optim.Adam(net.parameters(), lr=0.05)
    return net, tg.train.fit(net, X, y[:, np.newaxis], tg.losses.log_loss_from_logits, optimiser, epochs=1000)


trained, history = train(X_moons, y_moons)
trained_right = right(trained, X_moons, y_moons)
print(f"from scratch: {trained_right} of 300 right, log loss {history.loss[-1]:.4f}")

# %% Right on what it has not seen
X_train, X_test, y_train, y_test = tg.data.split(X_moons, y_moons, test_size=0.25, random_state=42)
judged, _ = train(X_train, y_train)
test_right = right(judged, X_test, y_test)
print(f"trained on {len(y_train)}: {right(judged, X_train, y_train)} of them right, and {test_right} of the other 75")


# %% Frontiers: of the network, and of each hidden unit
def chances(net):
    return lambda points: tg.sigmoid(net(points).numpy()[:, 0])


def before_activation(net):
    """What goes into the hidden units: a unit changes sides where this is 0, a straight line."""
    first = net.layers[0]
    return lambda points: points @ first.W.numpy() + first.b.numpy()


for name, net in (("given", given), ("trained", trained)):
    tg.plots.save(
        lambda ax, net=net: tg.plots.decision_boundary(
            chances(net), X_moons, y_moons, ax=ax, hidden=before_activation(net)
        ),
        out / f"4_frontiers_{name}.svg",
    )
shares = {name: tg.plots.area_shares(chances(net), X_moons) for name, net in (("given", given), ("trained", trained))}
print("shares of the area:", {name: share.round(3).tolist() for name, share in shares.items()})
