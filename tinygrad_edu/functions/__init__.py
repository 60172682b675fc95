"""Activations, and the stable functions that NumPy lacks: each is a body in NumPy and one rule per operand."""

from .activations import (
    binary_step,
    elu,
    gelu,
    leaky_relu,
    linear,
    relu,
    sigmoid,
    silu,
    softplus,
)
from .entropies import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_of,
    cross_entropy_from_logits,
    cross_entropy_of,
    mean_binary_cross_entropy_from_logits,
    mean_cross_entropy_from_logits,
)
from .softmaxes import (
    log_softmax,
    logsumexp,
    softmax,
)

__all__ = [
    "binary_cross_entropy_from_logits",
    "binary_cross_entropy_of",
    "binary_step",
    "cross_entropy_from_logits",
    "cross_entropy_of",
    "elu",
    "gelu",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsumexp",
    "mean_binary_cross_entropy_from_logits",
    "mean_cross_entropy_from_logits",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
]
