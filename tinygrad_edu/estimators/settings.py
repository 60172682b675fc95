"""The settings of the multilayer perceptrons, and which values they may have."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_scalar

from ..nn import ACTIVATIONS
from .base import NetworkEstimator

BOUNDS: dict[str, tuple[type, float, float | None, str]] = {
    "alpha": (Real, 0, None, "left"),
    "beta_1": (Real, 0, 1, "left"),
    "beta_2": (Real, 0, 1, "left"),
    "epsilon": (Real, 0, None, "neither"),
    "learning_rate_init": (Real, 0, None, "neither"),
    "max_iter": (Integral, 1, None, "left"),
    "momentum": (Real, 0, 1, "both"),
    "n_iter_no_change": (Real, 1, None, "left"),
    "power_t": (Real, 0, None, "left"),
    "tol": (Real, 0, None, "left"),
    "validation_fraction": (Real, 0, 1, "neither"),
}
"""Type, least and greatest value, and which of the two may be taken."""

CHOICES: dict[str, tuple[str, ...]] = {
    "activation": ("logistic", *ACTIVATIONS),
    "learning_rate": ("constant", "invscaling", "adaptive"),
    "solver": ("adam", "sgd"),
}


class MLPSettings(NetworkEstimator):
    """Keeps the settings as they were given; `fit` checks them."""

    def __init__(
        self,
        hidden_layer_sizes: int | tuple[int, ...] = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        tol: float = 1e-4,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
    ) -> None:
        self.hidden_layer_sizes, self.activation, self.alpha = hidden_layer_sizes, activation, alpha
        self.solver, self.batch_size, self.max_iter, self.tol = solver, batch_size, max_iter, tol
        self.learning_rate, self.learning_rate_init, self.power_t = learning_rate, learning_rate_init, power_t
        self.momentum, self.nesterovs_momentum = momentum, nesterovs_momentum
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.shuffle, self.random_state, self.warm_start = shuffle, random_state, warm_start
        self.early_stopping, self.validation_fraction = early_stopping, validation_fraction
        self.n_iter_no_change = n_iter_no_change


def check_settings(settings: Any) -> None:
    """Raise a TypeError or ValueError that names the setting and what it may be."""
    for name, (kind, least, greatest, included) in BOUNDS.items():
        value = getattr(settings, name)
        check_scalar(value, name, kind, min_val=least, max_val=greatest, include_boundaries=included)
    for name, allowed in CHOICES.items():
        if getattr(settings, name) not in allowed:
            raise ValueError(f"{name} is one of {', '.join(allowed)}, not {getattr(settings, name)!r}.")
    if settings.batch_size != "auto":
        check_scalar(settings.batch_size, "batch_size", Integral, min_val=1)


def hidden_sizes(settings: Any) -> list[int]:
    """The number of neurons in each hidden layer; one number stands for one layer."""
    given = settings.hidden_layer_sizes
    sizes = list(given) if np.iterable(given) else [given]
    return [int(check_scalar(size, "hidden_layer_sizes", Integral, min_val=1)) for size in sizes]
