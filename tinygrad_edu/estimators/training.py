"""Mini-batch training with the settings of scikit-learn: batches, objective, optimiser, and when to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sklearn.utils.validation import _check_sample_weight

from ..losses import l2_penalty
from ..nn import MLP, Layer
from ..optim import Adam, Momentum, Nesterov, Optimiser
from ..optim.optimisers import minus
from ..tensor import Tensor

Loss = Callable[[Any, Any], Any]
Part = slice | NDArray[np.intp]

LEAST_RATE = 1e-6
"""An adaptive learning rate that has come down to this ends the training, as in scikit-learn."""


def initial_network(sizes: list[int], hidden: str, output: str, rng: np.random.RandomState, dtype: DTypeLike) -> MLP:
    """Weights and biases uniform in ±√(6/(n_in + n_out)), with 2 for 6 under sigmoids, as scikit-learn draws them."""
    layers = []
    for m, n, activation in zip(sizes, sizes[1:], [hidden] * (len(sizes) - 2) + [output]):
        limit = sqrt((2 if hidden == "sigmoid" else 6) / (m + n))
        layer = Layer(m, n, activation, init="zeros", dtype=dtype)
        layer.W.data = rng.uniform(-limit, limit, (m, n))
        layer.b.data = rng.uniform(-limit, limit, n)
        layers.append(layer)
    return MLP.from_layers(layers)


class EarlyEpsilon(Adam):
    """Adam that adds ε before it corrects for the start at zero: ``w ← w − lr m̂/(√ŝ + ε/√(1 − β₂ᵗ))``, as scikit-learn.

    D. P. Kingma and J. Ba (2015), the end of section 2, where it is called ε̂.
    """

    def rates(self, lr: float) -> tuple[float, ...]:
        lr, root = super().rates(lr)
        return (lr * root,)

    def updated(self, w: Any, g: Any, m: Any, s: Any, lr: Any) -> Any:  # type: ignore[override]
        return minus(w, lr * (m / (np.sqrt(s) + self.eps)))


def optimiser_for(settings: Any, parameters: list[Tensor]) -> Optimiser:
    lr = settings.learning_rate_init
    if settings.solver == "adam":
        return EarlyEpsilon(parameters, lr, (settings.beta_1, settings.beta_2), settings.epsilon)
    accelerated = Nesterov if settings.nesterovs_momentum else Momentum
    return accelerated(parameters, lr, settings.momentum)


def objective(mean: Loss, each: Loss, weights: list[Tensor], alpha: float, outputs: int) -> Loss:
    """Σ s ℓ / Σ s + (α/2) Σ w² / Σ s: ℓ is the loss of each example, s its weight, w are the `weights` of the network.

    The targets it takes have a column per output, and one with s if the examples are weighted; else s = 1, and the
    first sum is the `mean` of ℓ.
    """

    def loss(T: Any, Z: Any) -> Any:
        if T.shape[1] == outputs:
            return mean(T, Z) + l2_penalty(weights, alpha / len(T))
        s = T[:, outputs]
        total = s.sum()
        return each(T[:, :outputs], Z) @ (s / total) + l2_penalty(weights, alpha / total)

    return loss


def epochs(n: int, size: int, rng: np.random.RandomState | None) -> Iterator[list[Part]]:
    """The batches of each epoch; `rng` shuffles what the epoch before had shuffled."""
    starts = range(0, n, size)
    order = np.arange(n)
    while True:
        if rng is None:
            yield [slice(start, start + size) for start in starts]
        else:
            order = order[rng.permutation(n)]
            yield [order[start : start + size] for start in starts]


class Patience:
    """Counts the epochs in a row whose merit is not better than the best before by at least `tol`."""

    def __init__(self, best: float, tol: float) -> None:
        self.best, self.tol, self.stalled = best, tol, 0

    def see(self, merit: float) -> None:
        self.stalled = self.stalled + 1 if merit < self.best + self.tol else 0
        self.best = max(self.best, merit)


class Rate:
    """How the learning rate of stochastic gradient descent changes; that of Adam stays."""

    def __init__(self, settings: Any, optimiser: Optimiser) -> None:
        self.schedule = settings.learning_rate if settings.solver == "sgd" else "constant"
        self.initial, self.power = settings.learning_rate_init, settings.power_t
        self.optimiser = optimiser

    def after_epoch(self, examples: int) -> None:
        if self.schedule == "invscaling":
            self.optimiser.lr = self.initial / (examples + 1) ** self.power

    def lowered(self) -> bool:
        """Divide the learning rate by 5 if it adapts to a stalled training and is not tiny yet."""
        if self.schedule != "adaptive" or self.optimiser.lr <= LEAST_RATE:  # type: ignore[operator]
            return False
        self.optimiser.lr /= 5  # type: ignore[operator]
        return True


def weighted(X: Any, T: Any, sample_weight: Any) -> tuple[Any, Any]:
    """The examples that count, and their targets, with the weights as one more column if there are any."""
    if sample_weight is None:
        return X, T
    s = _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)
    counts = s > 0
    if not counts.any():
        raise ValueError("All of sample_weight is zero: there is nothing to learn from.")
    return X[counts], np.column_stack([T, s])[counts]
