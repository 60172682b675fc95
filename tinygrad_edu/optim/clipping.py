"""Gradient clipping: bounds on what one step can do."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import numpy as np

from ..tensor import Tensor
from .optimiser import gradients_of


def clip_norm(parameters: Iterable[Tensor], limit: float) -> float:
    """Scale all gradients by the same factor so that their joint Euclidean norm is at most `limit`.

    R. Pascanu et al. (2013), algorithm 1. Returns the norm before clipping.
    """
    parameters = list(parameters)
    norm = sqrt(sum(float(np.vdot(g, g)) for g in gradients_of(parameters)))
    if norm > limit:
        for p in parameters:
            p.grad = p.grad * (limit / norm)
    return norm


def clip_value(parameters: Iterable[Tensor], limit: float) -> None:
    """Bring every element of every gradient into [−limit, limit]."""
    parameters = list(parameters)
    for p, g in zip(parameters, gradients_of(parameters)):
        p.grad = np.clip(g, -limit, limit)
