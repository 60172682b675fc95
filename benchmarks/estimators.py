"""MLPClassifier on scikit-learn's digits: ours and scikit-learn's, with equal settings, in float64.

Both fit the same split with the same seeds, in turn, so that a slow moment of the machine meets both. Printed are
the median times of a fit, the median of the ratios of neighbouring fits, the ratio of the fastest fits, and the
accuracies. Matrix products run on one thread: with more, both wait for whatever else the machine does. Run it on a
quiet machine:

    python benchmarks/estimators.py [--seeds 5] [--rounds 3]
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier as Theirs
from threadpoolctl import threadpool_limits

from tinygrad_edu.estimators import MLPClassifier as Ours

SETTINGS = {
    "defaults": {},
    "(64, 32)": {"hidden_layer_sizes": (64, 32)},
    "(30,), sgd": {"hidden_layer_sizes": (30,), "solver": "sgd", "learning_rate_init": 0.1},
}


def fitted(kind, settings, seed, data):
    """Seconds to fit, epochs, and accuracy on the test set."""
    X, X_test, y, y_test = data
    model = kind(random_state=seed, **settings)
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start, model.n_iter_, model.score(X_test, y_test)


def measure(settings, seeds, rounds):
    """Seconds, epochs and accuracy of each fit, of shape (rounds × seeds, 2, 3): theirs, then ours."""
    X, y = load_digits(return_X_y=True)
    data = train_test_split(X / 16, y, random_state=0)
    order = [seed for _ in range(rounds) for seed in range(seeds)]
    return np.array([[fitted(kind, settings, seed, data) for kind in (Theirs, Ours)] for seed in order])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many random states (default: 5)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is fitted (default: 3)")
    given = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)  # both stop there
    for name, settings in SETTINGS.items():
        with threadpool_limits(1):
            results = measure(settings, given.seeds, given.rounds)
        seconds, epochs, accuracy = np.moveaxis(results, -1, 0)
        print(f"{name}: {epochs[:, 0].mean():.0f} and {epochs[:, 1].mean():.0f} epochs")
        for i, kind in enumerate(("scikit-learn", "tinygrad_edu")):
            shown = " ".join(f"{a:.4f}" for a in accuracy[: given.seeds, i])
            print(f"  {kind}  {np.median(seconds[:, i]):7.3f} s   accuracy {shown}, mean {accuracy[:, i].mean():.4f}")
        ratio, fastest = np.median(seconds[:, 1] / seconds[:, 0]), np.divide(*seconds.min(axis=0)[::-1])
        print(f"  tinygrad_edu / scikit-learn: {ratio:.2f} median, {fastest:.2f} fastest")


if __name__ == "__main__":
    main()
