"""MLPClassifier on scikit-learn's digits: ours and scikit-learn's, with equal settings, in float64."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
from measuring import Contestant, Workload

from tinygrad_edu.estimators import MLPClassifier

EPOCHS = 5
SETTINGS = {
    "the defaults": {},
    "(64, 32)": {"hidden_layer_sizes": (64, 32)},
    "(30,), sgd": {"hidden_layer_sizes": (30,), "solver": "sgd", "learning_rate_init": 0.1},
}


def problem(settings, n):
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X[:n] / 16, y[:n], {**settings, "max_iter": EPOCHS, "random_state": 0}


def fitting(kind, X, y, settings):
    def fit():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # so few epochs are not enough
            return np.array(kind(**settings).fit(X, y).loss_curve_)

    return Contestant(fit, fit, EPOCHS)


def scikit_learn(X, y, settings):
    from sklearn.neural_network import MLPClassifier

    return fitting(MLPClassifier, X, y, settings)


WORKLOAD = Workload(
    title="An epoch of digits",
    what=f"MLPClassifier on 1,797 images of digits, with equal settings and random states; time per epoch of {EPOCHS}, "
    "with what `fit` does before and after.",
    problem=problem,
    sizes={name: (settings, None) for name, settings in SETTINGS.items()},
    tiny=({"hidden_layer_sizes": (4,)}, 60),
    contestants={"scikit-learn": scikit_learn, "tinygrad_edu": partial(fitting, MLPClassifier)},
)
