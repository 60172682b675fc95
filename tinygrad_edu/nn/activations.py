"""Activations by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import functions
from ..errors import UnsupportedError

Activation = Callable[[Any], Any]


def identity(z: Any) -> Any:
    """z itself: a layer without activation is an affine map."""
    return z


ACTIVATIONS: dict[str, Activation] = {
    "identity": identity,
    "linear": functions.linear,
    "sigmoid": functions.sigmoid,
    "tanh": np.tanh,
    "relu": functions.relu,
    "leaky_relu": functions.leaky_relu,
    "elu": functions.elu,
    "gelu": functions.gelu,
    "silu": functions.silu,
    "softplus": functions.softplus,
    "binary_step": functions.binary_step,
    "softmax": functions.softmax,
}


def named_in(table: dict[str, Any], given: Any, what: str) -> Any:
    """The function of this name, or the given function itself."""
    if callable(given):
        return given
    if given not in table:
        raise UnsupportedError(f"There is no {what} called {given!r}. Give a function, or one of: {', '.join(table)}.")
    return table[given]
