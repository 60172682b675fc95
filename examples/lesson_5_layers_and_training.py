"""Lesson 5: eight activations, softmax and cross-entropy, irises in ten lines, and the repair of a network.

    softmax:  pⱼ = e^zⱼ / Σₖ e^zₖ          cross-entropy:  L = −Σⱼ yⱼ ln pⱼ          together:  ∂L/∂z = p − y

The chapter that goes with it is docs/lessons/5-layers-and-training.md.
"""

# %% Where the pictures go
import argparse
from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tinygrad_edu as tg
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.estimators import MLPClassifier
from tinygrad_edu.nn import MLP, Layer

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("lesson_5"), help="folder for the pictures (default: lesson_5)")
out = parser.parse_known_args()[0].out  # a notebook has arguments of its own
out.mkdir(parents=True, exist_ok=True)


# %% Eight activations; a and b are what the exercises call them
def identity(z):
    return z


def linear(z):
    return tg.linear(z, slope=2)


def binary_step(z):
    return tg.binary_step(z, threshold=1)


def relu(z):
    return 2 * tg.relu(z)


def leaky_relu(z):
    return 2 * tg.leaky_relu(z, slope=0.5 / 2)


def softmax_against_0(z):
    """The first of two outputs, while the second input stays 0."""
    return tg.softmax(np.stack([z, 0 * z], axis=-1))[..., 0]


ACTIVATIONS = {
    "identity": identity,
    "linear, a = 2": linear,
    "sigmoid": tg.sigmoid,
    "tanh": np.tanh,
    "binary step, threshold 1": binary_step,
    "relu, a = 2": relu,
    "leaky relu, a = 2, b = 0.5": leaky_relu,
    "softmax, p₁ for x₂ = 0": softmax_against_0,
}
kinks = {}


def draw(functions):
    """Draws a plot for each, and keeps what it says about kinks."""

    def draw_all(axes):
        for ax, (name, f) in zip(np.ravel(axes), functions.items()):
            tg.plots.activation(f, ax=ax).set_title(name)
            labels = [text.get_text() for text in ax.get_legend().texts]
            kinks[name] = [label for label in labels if label.startswith("at the")]

    return draw_all


names = list(ACTIVATIONS)
for number, group in ((1, names[:4]), (2, names[4:])):
    path = out / f"5_activations_{number}.svg"
    tg.plots.save(draw({name: ACTIVATIONS[name] for name in group}), path, panels=(2, 2), size=(9, 7))
slopes = {name: tg.grad(lambda z, f=f: f(z).sum())(np.array([-2.0, 3.0])) for name, f in ACTIVATIONS.items()}
for name, f in ACTIVATIONS.items():
    values = f(np.array([-2.0, 3.0])).round(4)
    print(f"{name:<27} at -2 and 3: {values}, derivative {slopes[name].round(4)} {' '.join(kinks[name])}")

# %% What softmax is
Z = np.random.default_rng(0).normal(size=(4, 3))
P = tg.softmax(Z)
sums, shifted = P.sum(axis=1), tg.softmax(Z + 1000)
print(f"rows sum to {sums}; adding 1000 to all inputs changes the outputs by {np.abs(shifted - P).max():.0e}")
smooth = tg.gradcheck(tg.softmax, Z, order=2)
print(f"smooth: first and second derivatives agree with central differences to {smooth.worst.error:.0e}")
jacobian = tg.jacobian(tg.softmax)(Z[0])
closed_form = np.diag(P[0]) - np.outer(P[0], P[0])
print(f"Jacobian and diag(p) - p pᵀ differ by at most {np.abs(jacobian - closed_form).max():.0e}")

# %% Cross-entropy: what the worst answer costs, by dtype and clipping
P_wrong, truth = np.array([[0.0, 1.0]]), np.array([0])
worst = {
    "clipped to [1e-7, 1 - 1e-7], float64": -np.log(np.clip(P_wrong, 1e-7, 1 - 1e-7))[0, 0],
    "tg.losses.cross_entropy, float32": tg.losses.cross_entropy(truth, P_wrong.astype(np.float32)),
    "tg.losses.cross_entropy, float64": tg.losses.cross_entropy(truth, P_wrong),
    "from logits (0, 1000), not clipped": tg.losses.cross_entropy_from_logits(truth, np.array([[0.0, 1000.0]])),
}
for how, cost in worst.items():
    print(f"{how:<38} {cost:.3f}")

# %% Irises, in ten lines
flowers = tg.data.iris()
X_train, X_test, y_train, y_test = tg.data.split(flowers.X, flowers.y, test_size=0.25, random_state=42)
X_train, X_test = tg.data.standardise(X_train, X_test)
net = MLP.from_layers([Layer(4, 10, "relu"), Layer(10, 5, "relu"), Layer(5, 3, "softmax")])
optimiser = tg.optim.Adam(net.parameters(), lr=0.01)
history = tg.train.fit(net, X_train, y_train, tg.losses.cross_entropy, optimiser, epochs=200)
predicted = net(X_test).numpy().argmax(axis=1)
print(f"{np.sum(predicted == y_test)} of {len(y_test)} right")


# %% The same as scikit-learn spells it: fit, predict, score
parts = tg.data.split(flowers.X, flowers.y, test_size=0.25, random_state=42)
classifier = MLPClassifier(hidden_layer_sizes=(10, 5), learning_rate_init=0.01, max_iter=500, random_state=0)
model = make_pipeline(StandardScaler(), classifier).fit(parts[0], parts[2])
estimator_right = round(model.score(parts[1], parts[3]) * len(y_test))
print(f"as an estimator: {estimator_right} of {len(y_test)} right after {classifier.n_iter_} epochs")


# %% What happened in training, and which flowers are mistaken for which
def draw_iris(axes):
    tg.plots.loss_curve(history.loss, ax=axes[0])
    tg.plots.confusion_matrix(y_test, predicted, names=flowers.species, ax=axes[1])


tg.plots.save(draw_iris, out / "5_iris.svg", panels=(1, 2), size=(10, 4.2))

# %% Repair the network: what is wrong with it, and which tool says so
rng = np.random.default_rng(1)
X, Y = rng.normal(size=(6, 4)), tg.data.one_hot([0, 1, 2, 1, 0, 2])
Z = rng.normal(size=(6, 3))
found = {}


def attempt(fault, tool, action):
    """Keep what the tool says when the faulty code is tried."""
    try:
        action()
    except (TinygradError, TypeError, AssertionError) as error:
        found[fault] = (tool, f"{type(error).__name__}: {' '.join(str(error).split())}")
        print(f"- {fault}  [{tool}]\n  {found[fault][1][:240]}")


class WithoutSelf:
    def forward(Z):
        return 1 / (1 + np.exp(-Z))


def softmax_of_the_batch(Z):
    return np.exp(Z) / np.sum(np.exp(Z))


def rows_sum_to_one(P):
    np.testing.assert_allclose(P.sum(axis=1), 1)


def in_debug_mode(f, Z):
    with tg.debug():
        f(tg.Tensor(Z, name="Z"))


@tg.primitive(None, lambda g, L, Y, P: g * L)
def loss_fed_back(Y, P):
    return tg.losses.cross_entropy(Y, P)


@tg.primitive(lambda g, A, Z: g * Z * (1 - Z))
def sigmoid_of_z(Z):
    return tg.sigmoid(Z)


@tg.primitive(lambda g, A, Z: A * (1 - A))
def sigmoid_alone(Z):
    return tg.sigmoid(Z)


@tg.primitive(lambda g, A, Z, a=1: a * A)
def relu_times_a(Z, a=1):
    return a * np.maximum(Z, 0)


@tg.primitive(None, lambda g, J, Y, Z: g * (tg.softmax(Z) - Y) / len(Y) / len(Y))
def divided_twice(Y, Z):
    return tg.losses.cross_entropy_from_logits(Y, Z)


def two_epochs(X):
    for _ in range(2):
        for layer in net.layers:
            X = layer(X)


def scaled(X):
    X /= X.max(axis=0)
    return X


def scaled_after_use(X):
    with tg.debug():
        L = tg.losses.cross_entropy(Y, net(X))
    scaled(X)
    L.backward()


targets, classes_in_a_column = tg.constant(Y, name="Y"), Y.argmax(axis=1)[:, np.newaxis]
attempt("no self", "gradcheck", lambda: tg.gradcheck(WithoutSelf().forward, Z))
attempt("softmax over the whole batch", "test", lambda: rows_sum_to_one(softmax_of_the_batch(Z)))
attempt("softmax overflows", "debug", lambda: in_debug_mode(softmax_of_the_batch, [[1000.0, 0.0, 0.0]]))
attempt("the loss fed back as the gradient", "gradcheck", lambda: tg.gradcheck(loss_fed_back, targets, tg.softmax(Z)))
attempt("sigmoid's derivative given Z", "gradcheck", lambda: tg.gradcheck(sigmoid_of_z, Z))
attempt("not multiplied by what arrives", "gradcheck", lambda: tg.gradcheck(sigmoid_alone, Z))
attempt("relu's backward returns a·A", "gradcheck", lambda: tg.gradcheck(relu_times_a, Z))
attempt("X overwritten by the outputs", "shape error", lambda: two_epochs(X))
attempt("y not one-hot", "shape error", lambda: tg.losses.cross_entropy(classes_in_a_column, net(X)))
attempt("1/m twice", "gradcheck", lambda: tg.gradcheck(divided_twice, targets, Z))
attempt("rows against columns", "shape error", lambda: net(X.T))
attempt("the caller's array changed by /=", "debug", lambda: scaled_after_use(X.copy()))


# %% The network, repaired: NumPy alone, the examples in rows
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dZ):
        self.dW, self.db = self.X.T @ dZ, dZ.sum(axis=0)
        return dZ @ self.W.T

    def update(self, lr):
        self.W, self.b = self.W - lr * self.dW, self.b - lr * self.db


class Relu:
    def forward(self, Z):
        self.positive = Z > 0
        return np.maximum(Z, 0)

    def backward(self, dA):
        return dA * self.positive

    def update(self, lr):
        pass


class Network:
    """The last layer gives logits; softmax and cross-entropy come together, because ∂J/∂Z = (P − Y)/n is short."""

    def __init__(self, layers):
        self.layers = layers

    def forward(self, X):
        A = X
        for layer in self.layers:
            A = layer.forward(A)
        E = np.exp(A - A.max(axis=1, keepdims=True))
        return E / E.sum(axis=1, keepdims=True)

    def backward(self, P, Y):
        d = (P - Y) / len(Y)
        for layer in reversed(self.layers):
            d = layer.backward(d)

    def fit(self, X, y, lr, epochs):
        Y = np.eye(y.max() + 1)[y]
        for _ in range(epochs):
            self.backward(self.forward(X), Y)
            for layer in self.layers:
                layer.update(lr)
        return self

    def predict(self, X):
        return self.forward(X).argmax(axis=1)


# %% The same gradients as the engine, and the same flowers
def fresh():
    return MLP.from_layers([Layer(4, 10, "relu"), Layer(10, 5, "relu"), Layer(5, 3, "softmax")])


engine = fresh()
W1, b1, W2, b2, W3, b3 = (p.numpy() for p in engine.parameters())
repaired = Network([Affine(W1, b1), Relu(), Affine(W2, b2), Relu(), Affine(W3, b3)])
tg.losses.cross_entropy(y_train, engine(X_train)).backward()
repaired.backward(repaired.forward(X_train), np.eye(3)[y_train])
by_hand = [g for layer in repaired.layers[::2] for g in (layer.dW, layer.db)]
gap = max(np.abs(p.grad - g).max() for p, g in zip(engine.parameters(), by_hand))
repaired_right = int(np.sum(repaired.fit(X_train, y_train, lr=0.1, epochs=1000).predict(X_test) == y_test))
print(f"gradients differ by at most {gap:.0e}; repaired: {repaired_right} of {len(y_test)} right")

# %% Three words to keep apart: backpropagation computes, descent updates, AB is not BA
model = fresh()
start = [p.numpy().copy() for p in model.parameters()]
tg.losses.cross_entropy(y_train, model(X_train)).backward()
moved_by_backward = max(np.abs(p.numpy() - s).max() for p, s in zip(model.parameters(), start))
tg.optim.SGD(model.parameters(), lr=0.1).step()
moved_by_step = max(np.abs(p.numpy() - s).max() for p, s in zip(model.parameters(), start))
print(f"parameters moved by backward(): {moved_by_backward}, by step(): {moved_by_step:.3f}")
A, B = np.array([[1, 1], [0, 1]]), np.array([[1, 0], [1, 1]])
print("AB =", (A @ B).tolist(), " BA =", (B @ A).tolist())


# %% Exercise 1: where does tanh lie, and how is it made of the sigmoid?
def draw_exercise_1(ax):
    tg.plots.activation(np.tanh, ax=ax)
    z = np.linspace(-4, 4, 33)
    ax.plot(
        z, 2 * tg.sigmoid(2 * z) - 1, "o", markerfacecolor="none", color=ax.lines[0].get_color(), label="2σ(2z) − 1"
    )
    ax.legend(frameon=False, labelcolor="linecolor")


tg.plots.save(draw_exercise_1, out / "5_exercise_1.svg")
z = np.linspace(-15, 15, 3001)
tanh_gap = np.abs(np.tanh(z) - (2 * tg.sigmoid(2 * z) - 1)).max()
print(f"tanh and 2σ(2z) − 1 differ by at most {tanh_gap:.0e}; tanh runs from {np.tanh(z).min()} to {np.tanh(z).max()}")


# %% Exercise 2: has softmax a kink?
def steep_softmax(z):
    return softmax_against_0(8 * z)


def largest(z):
    """1 where z is the larger of z and 0: the "hard" maximum."""
    return tg.binary_step(z)


maxima = {"softmax of z and 0": softmax_against_0, "softmax of 8z and 0": steep_softmax, "the larger, z or 0": largest}
tg.plots.save(draw(maxima), out / "5_exercise_2.svg", panels=(1, 3), size=(13, 4))
print({name: kinks[name] for name in maxima})

# %% Exercise 3: the first output of a two-class softmax, drawn over x₁ − x₂
pairs = np.random.default_rng(3).uniform(-3, 3, size=(60, 2))
difference, p1 = pairs[:, 0] - pairs[:, 1], tg.softmax(pairs)[:, 0]
sigmoid_gap = np.abs(p1 - tg.sigmoid(difference)).max()


def draw_exercise_3(ax):
    tg.plots.activation(tg.sigmoid, ax=ax, low=-6, high=6)
    ax.plot(difference, p1, "o", markerfacecolor="none", color=ax.lines[0].get_color(), label="p₁ of 60 random pairs")
    ax.set_xlabel("x₁ − x₂")
    ax.legend(frameon=False, labelcolor="linecolor")


tg.plots.save(draw_exercise_3, out / "5_exercise_3.svg")
print(f"p₁ and σ(x₁ − x₂) differ by at most {sigmoid_gap:.0e}")
