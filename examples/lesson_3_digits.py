"""Lesson 3, second half: a network that reads digits, and how to say how well it does.

    ŷ = softmax(… relu(x W₁ + b₁) …),   J = −(1/n) Σᵢ ln ŷᵢ[class of example i]

The chapter that goes with it is docs/lessons/3-logistic-regression-and-digits.md.
"""

# %% Where the pictures go
import argparse
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as SklearnMLP
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

import tinygrad_edu as tg
from tinygrad_edu import metrics
from tinygrad_edu.estimators import LogisticRegression, MLPClassifier

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("lesson_3"), help="folder for the pictures (default: lesson_3)")
out = parser.parse_known_args()[0].out  # a notebook has arguments of its own
out.mkdir(parents=True, exist_ok=True)
threadpool_limits(1)  # products of matrices this small gain nothing from a second thread

# %% The data: 1797 images of 8 × 8 pixels from 0 to 16; a quarter is kept for the test
digits = tg.data.digits()
pixels, pixels_test, y, y_test = tg.data.split(digits.X.astype(np.float32), digits.y, random_state=0)
print(f"{len(y)} images to learn from, {len(y_test)} to test on")


def draw_images(ax):
    tg.plots.images(pixels[:20], digits.shape, y, ax, columns=10)


tg.plots.save(draw_images, out / "3_images.svg", size=(7, 2))


# %% Training, in the plain library
def network(hidden, seed=0):
    return tg.nn.MLP([64, *hidden, 10], hidden="relu", seed=seed, dtype=np.float32)


def train(net, X, optimiser, epochs, loss=tg.losses.cross_entropy_from_logits, seed=0):
    return tg.train.fit(net, X, y, loss, optimiser, epochs=epochs, batch_size=100, seed=seed)


def predicted(net, X):
    return net(X).numpy().argmax(axis=1)


def spread(accuracies):
    return f"{np.mean(accuracies):.3f} ({min(accuracies):.3f} to {max(accuracies):.3f})"


# %% Scaling: the same network, four ways to give it the pixels, two optimisers, five seeds
scaled = {
    "none, 0 to 16": (pixels, pixels_test),
    "[0, 1]": (pixels / 16, pixels_test / 16),
    "[-1, 1]": (pixels / 8 - 1, pixels_test / 8 - 1),
    "z-scores": tg.data.standardise(pixels, pixels_test),
}
OPTIMISERS = {"SGD": lambda p: tg.optim.SGD(p, lr=0.1), "Adam": lambda p: tg.optim.Adam(p, lr=0.01)}
SEEDS = range(5)


def accuracies(hidden, inputs, inputs_test, optimiser, epochs):
    """On the test data, one for each seed."""
    found = []
    for seed in SEEDS:
        net = network(hidden, seed)
        train(net, inputs, optimiser(net.parameters()), epochs, seed=seed)
        found.append(metrics.accuracy(y_test, predicted(net, inputs_test)))
    return found


scalings = {
    (scaling, name): accuracies((32,), *data, optimiser, epochs=10)
    for scaling, data in scaled.items()
    for name, optimiser in OPTIMISERS.items()
}
print(f"accuracy after 10 epochs, mean (least to most) of {len(SEEDS)} seeds")
for scaling in scaled:
    print(f"{scaling:<14} " + "   ".join(f"{name} {spread(scalings[scaling, name])}" for name in OPTIMISERS))
X, X_test = scaled["[-1, 1]"]

# %% One-hot: the class 3 as a row with a 1 in place 3
one_hot = tg.data.one_hot(y, 10, dtype=np.float32)
Z = network((300,))(X)
from_classes, from_rows = (tg.losses.cross_entropy_from_logits(t, Z).item() for t in (y, one_hot))
print(f"{y[0]} as a row {one_hot[0].astype(int)}; loss from classes {from_classes:.4f}, from rows {from_rows:.4f}")

# %% A network with 300 hidden neurons, judged class by class
net = network((300,))
history = train(net, X, tg.optim.Adam(net.parameters(), lr=0.01), epochs=30)
y_hat = predicted(net, X_test)
P = tg.softmax(net(X_test)).numpy()
per_class = {f.__name__: f(y_test, y_hat, average=None) for f in (metrics.precision, metrics.recall, metrics.f1)}
areas = metrics.auc(y_test, P, average=None)
accuracy, macro_auc = metrics.accuracy(y_test, y_hat), metrics.auc(y_test, P)
confusion = metrics.confusion_matrix(y_test, y_hat)
print("digit  precision  recall     F1    AUC")
for digit, *row in zip(range(10), *per_class.values(), areas):
    print(f"{digit:>5}" + "".join(f"{value:{width}.3f}" for value, width in zip(row, (11, 8, 7, 7))))
print("macro" + "".join(f"{np.mean(v):{width}.3f}" for v, width in zip((*per_class.values(), areas), (11, 8, 7, 7))))
print(f"accuracy {accuracy:.4f}, macro AUC {macro_auc:.5f}")
print(confusion)
tg.plots.save(lambda ax: tg.plots.confusion_matrix(y_test, y_hat, ax=ax), out / "3_confusion.svg")

# %% Architectures: what does not fit through two or three numbers is lost
ARCHITECTURES = (2, 3, 2), (3, 3), (10,), (100,), (300,)
architectures = {hidden: accuracies(hidden, X, X_test, OPTIMISERS["Adam"], epochs=30) for hidden in ARCHITECTURES}
for hidden, found in architectures.items():
    print(f"hidden {'-'.join(map(str, hidden)):<6} accuracy {spread(found)}")


def draw_architectures(ax):
    tg.plots.spread({"-".join(map(str, hidden)): found for hidden, found in architectures.items()}, ax)
    ax.set(xlabel="hidden neurons, layer by layer", ylabel="accuracy on the test data, five seeds")


tg.plots.save(draw_architectures, out / "3_architectures.svg")
narrow = network((3, 3))
train(narrow, X, tg.optim.Adam(narrow.parameters(), lr=0.01), epochs=30)
P_narrow = tg.softmax(narrow(X_test)).numpy()
narrow_auc = metrics.auc(y_test, P_narrow)


def draw_roc(axes):
    for ax, scores, title in zip(axes, (P, P_narrow), ("300 hidden neurons", "hidden layers of 3 and 3")):
        tg.plots.roc_curves(y_test, scores, ax=ax).set_title(title)


tg.plots.save(draw_roc, out / "3_roc.svg", panels=(1, 2), size=(10, 5))

# %% L2: α Σ w²/2 added to the loss, over α = 10.0 ** -1 to 10.0 ** -6 (the integer 10 cannot be raised to −1 in NumPy)
ALPHAS = 10.0 ** -np.arange(1, 7)


def with_penalty(loss, net, alpha):
    matrices = [layer.W for layer in net.layers]
    return lambda y, z: loss(y, z) + tg.losses.l2_penalty(matrices, alpha)


def swept(alpha):
    """Accuracy on the training and on the test data, for three seeds."""
    found = []
    for seed in SEEDS[:3]:
        net = network((100,), seed)
        loss = with_penalty(tg.losses.cross_entropy_from_logits, net, alpha)
        train(net, X, tg.optim.Adam(net.parameters(), lr=0.01), epochs=20, loss=loss, seed=seed)
        found.append((metrics.accuracy(y, predicted(net, X)), metrics.accuracy(y_test, predicted(net, X_test))))
    return tuple(zip(*found))


sweep = {alpha: swept(alpha) for alpha in ALPHAS}
for alpha, (seen, unseen) in sweep.items():
    print(f"alpha {alpha:.0e}: training {spread(seen)}, test {spread(unseen)}")


def draw_sweep(ax):
    for i, label in enumerate(("training", "test")):
        tg.plots.spread({f"{alpha:.0e}": found[i] for alpha, found in sweep.items()}, ax, label=label)
    ax.set(xlabel="alpha", ylabel="accuracy, three seeds")


tg.plots.save(draw_sweep, out / "3_alpha.svg")

# %% The same on moons, where it can be seen; and what the probabilities are worth
moons, moons_y = tg.data.moons(60, noise=0.3, random_state=0)
more_moons, more_y = tg.data.moons(2000, noise=0.3, random_state=1)


def moon_network(alpha):
    net = tg.nn.MLP([2, 32, 32, 1], hidden="tanh", seed=0, dtype=np.float32)
    loss = with_penalty(tg.losses.log_loss_from_logits, net, alpha)
    optimiser = tg.optim.Adam(net.parameters(), lr=0.01)
    tg.train.fit(net, moons.astype(np.float32), moons_y[:, np.newaxis], loss, optimiser, epochs=600)
    return lambda points: tg.sigmoid(net(points.astype(np.float32)).numpy()[:, 0])


by_alpha = {alpha: moon_network(alpha) for alpha in ALPHAS}


def right_and_sure(predict, points, classes):
    """Accuracy, and the mean probability of the predicted class: equal where probabilities are calibrated."""
    p = predict(points)
    return metrics.accuracy(classes, (p > 0.5).astype(int)), float(np.maximum(p, 1 - p).mean())


calibration = {alpha: right_and_sure(predict, more_moons, more_y) for alpha, predict in by_alpha.items()}
for alpha, (right, sure) in calibration.items():
    print(f"moons, alpha {alpha:.0e}: right on {right:.3f} of new points, and sure of itself by {sure:.3f}")


def draw_moons(axes):
    for ax, (alpha, predict) in zip(axes, by_alpha.items()):
        tg.plots.decision_boundary(predict, moons, moons_y, ax, points=60)
        ax.get_legend().remove()
        ax.set(title=f"alpha {alpha:.0e}", xticks=[], yticks=[], xlabel=f"test {calibration[alpha][0]:.3f}", ylabel="")


tg.plots.save(draw_moons, out / "3_alpha_moons.svg", panels=(1, len(ALPHAS)), size=(11, 2.4))

# %% Others on the same split
rival = {"hidden_layer_sizes": (300,), "learning_rate_init": 0.01, "batch_size": 100, "max_iter": 30}
with warnings.catch_warnings():
    warnings.simplefilter("ignore", ConvergenceWarning)  # both stop after 30 epochs, as ours above
    others = {
        "SVC": [SVC().fit(X, y)],
        "scikit-learn's MLPClassifier": [SklearnMLP(**rival, random_state=seed).fit(X, y) for seed in SEEDS[:3]],
        "tinygrad_edu's MLPClassifier": [MLPClassifier(**rival, random_state=seed).fit(X, y) for seed in SEEDS[:3]],
        "tinygrad_edu's LogisticRegression": [LogisticRegression().fit(X, y)],
    }
comparison = {"the network above": architectures[(300,)]}
comparison |= {name: [model.score(X_test, y_test) for model in models] for name, models in others.items()}
for name, scores in comparison.items():
    print(f"{name:<34} {spread(scores) if len(scores) > 1 else f'{scores[0]:.3f}'}")
templates = others["tinygrad_edu's LogisticRegression"][0].coef_.T


def draw_templates(ax):
    tg.plots.weights(templates, digits.shape, range(10), ax, columns=5)


tg.plots.save(draw_templates, out / "3_templates.svg", size=(7, 3))
