"""Optimisers, learning-rate schedules and gradient clipping."""

from .clipping import clip_norm, clip_value
from .optimiser import Optimiser
from .optimisers import SGD, Adam, AdamW, Momentum, Nesterov, RMSProp
from .schedules import cosine, exponential, step_decay, warmup

__all__ = [
    "SGD", "Adam", "AdamW", "Momentum", "Nesterov", "Optimiser", "RMSProp",
    "clip_norm", "clip_value", "cosine", "exponential", "step_decay", "warmup",
]  # fmt: skip
