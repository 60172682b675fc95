"""Initial weights, of shape (n_in, n_out), drawn from an explicit generator."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import UnsupportedError
from .activations import ACTIVATIONS, Activation, named_in

Initialiser = Callable[[np.random.Generator, int, int], NDArray[Any]]
Seed = int | np.random.Generator


def glorot(rng: np.random.Generator, n_in: int, n_out: int) -> NDArray[Any]:
    """Uniform in ±√(6/(n_in + n_out)): X. Glorot and Y. Bengio (2010), eq. 16."""
    limit = sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


def he(rng: np.random.Generator, n_in: int, n_out: int) -> NDArray[Any]:
    """Normal with variance 2/n_in, for units that are zero on one side: K. He et al. (2015), eq. 10."""
    return rng.normal(0, sqrt(2 / n_in), (n_in, n_out))


def normal(rng: np.random.Generator, n_in: int, n_out: int) -> NDArray[Any]:
    """Normal with standard deviation 0.01: A. Krizhevsky et al. (2012), section 5."""
    return rng.normal(0, 0.01, (n_in, n_out))


def zeros(rng: np.random.Generator, n_in: int, n_out: int) -> NDArray[Any]:
    """All zero: right for a single neuron; the hidden neurons of a network would all stay alike."""
    return np.zeros((n_in, n_out))


INITIALISERS: dict[str, Initialiser] = {"glorot": glorot, "he": he, "normal": normal, "zeros": zeros}
ONE_SIDED = tuple(ACTIVATIONS[name] for name in ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus"))


def initial_weights(
    n_in: int, n_out: int, activation: Activation, seed: Seed, init: str | Initialiser | None
) -> NDArray[Any]:
    for what, n in (("inputs", n_in), ("neurons", n_out)):
        if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
            raise UnsupportedError(f"The number of {what} is a whole number from 1 on, but {n!r} was given.")
    if init is None:
        init = "he" if activation in ONE_SIDED else "glorot"
    draw: Initialiser = named_in(INITIALISERS, init, "initialiser")
    return draw(np.random.default_rng(seed), n_in, n_out)
