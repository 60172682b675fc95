"""Cross-entropies from logits, exact for logits of any size."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..derivatives.arithmetic import EVERYWHERE
from ..derivatives.reductions import count
from ..primitive import primitive
from ..refusals import refuse_swapped
from .activations import is_positive, sigmoid, sigmoid_from
from .softmaxes import log_softmax, log_softmax_of


@primitive(
    lambda g, y, target, z: -g * z,
    lambda g, y, target, z: g * (sigmoid(z) - target),
    notation="H({0}, σ({1}))",
    domain=((0.0, 1.0), EVERYWHERE),
)
def binary_cross_entropy_of(target: Any, z: Any) -> Any:
    """−y ln σ(z) − (1 − y) ln(1 − σ(z)), element by element."""
    e = np.exp(-np.abs(z))
    return binary_losses(target, z, e, is_positive(z, e.dtype))


def binary_losses(target: Any, z: Any, e: Any, positive: Any) -> Any:
    """ln(1 + eᶻ) − y z from e = e^−|z|, which never overflows, and [z ≥ 0]."""
    return np.multiply(z, positive - target) + np.log1p(e)


@primitive(
    lambda g, y, target, z, p: -g / count(z) * z,
    lambda g, y, target, z, p: g / count(z) * (p - target),
    residual=lambda target, z: sigmoid(z),
    notation="mean(H({0}, σ({1})))",
)
def mean_binary_cross_entropy_from_logits(target: Any, z: Any) -> Any:
    """The mean of `binary_cross_entropy_from_logits`, in one operation that keeps σ(z)."""
    e = np.exp(-np.abs(z))
    positive = is_positive(z, e.dtype)
    total = np.add.reduce(binary_losses(target, z, e, positive), axis=None)
    return total / max(z.size, 1), sigmoid_from(e, positive)


def binary_cross_entropy_from_logits(y: Any, z: Any) -> Any:
    """−y ln σ(z) − (1 − y) ln(1 − σ(z)) = ln(1 + eᶻ) − y z, element by element; ∂/∂z = σ(z) − y.

    In nats per element, and exact for logits of any size: the exponential is taken of −|z| only.

    Parameters
    ----------
    y : targets, 0 or 1, or probabilities.
    z : logits, which broadcast with `y`.

    Raises
    ------
    UnsupportedError
        If the target takes a gradient and the logits do not: they are swapped.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.binary_cross_entropy_from_logits(1.0, -1e4))
    10000.0
    """
    refuse_swapped(y, z)
    return binary_cross_entropy_of(y, z)


# The rules need s = ln softmax(z), which the forward pass has at hand.


@primitive(
    lambda g, y, target, z, s: g[..., np.newaxis] * -s,
    lambda g, y, target, z, s: g[..., np.newaxis] * (np.exp(s) - target),
    residual=lambda target, z: log_softmax(z),
    notation="H({0}, softmax({1}))",
)
def cross_entropy_of(target: Any, z: Any) -> Any:
    """−Σⱼ yⱼ ln softmax(z)ⱼ for every example."""
    s = log_softmax_of(z)
    return -np.vecdot(target, s), s


@primitive(
    lambda g, y, target, z, s: g / count(z, 0) * -s,
    lambda g, y, target, z, s: g / count(z, 0) * (np.exp(s) - target),
    residual=lambda target, z: log_softmax(z),
    notation="mean(H({0}, softmax({1})))",
)
def mean_cross_entropy_from_logits(target: Any, z: Any) -> Any:
    """−(1/n) Σᵢ Σⱼ Yᵢⱼ ln softmax(Z)ᵢⱼ: the mean of `cross_entropy_from_logits` over n examples, in one pass."""
    s = log_softmax_of(z)
    return -np.vdot(target, s) / max(len(s), 1), s


def cross_entropy_from_logits(y: Any, z: Any) -> Any:
    """−Σⱼ yⱼ ln softmax(z)ⱼ = ln Σⱼ eᶻʲ − Σⱼ yⱼ zⱼ for every example, in nats; ∂/∂z = softmax(z) − y.

    Exact for logits of any size.

    Parameters
    ----------
    y : the classes, integers of shape (n,), or one-hot rows or probabilities, which sum to 1, of shape (n, k).
    z : logits of shape (n, k); one example may leave out n.

    Raises
    ------
    ShapeError
        If the shapes of classes and logits do not fit.
    UnsupportedError
        If the target takes a gradient and the logits do not: they are swapped.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> z = tg.Tensor([[0.0, 0.0], [0.0, 1e4]])
    >>> tg.cross_entropy_from_logits(np.array([0, 0]), z)
    Tensor([6.93147181e-01, 1.00000000e+04])
    """
    refuse_swapped(y, z)
    z = z if hasattr(z, "ndim") else np.asarray(z)
    y = y if hasattr(y, "ndim") else np.asarray(y)
    if y.ndim == z.ndim - 1:
        y = (y[..., np.newaxis] == np.arange(z.shape[-1])).astype(z.dtype)
    return cross_entropy_of(y, z)
