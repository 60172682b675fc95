"""Activations, and the stable functions that NumPy lacks: each is a body in NumPy and one rule per operand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .derivatives.arithmetic import EVERYWHERE, NEGATIVE, POSITIVE
from .derivatives.reductions import count, spread
from .primitive import primitive

# ------------------------------------------------------------------ activations, element by element


@primitive(lambda g, y, x: g * (y * (1 - y)), notation="σ", domain=EVERYWHERE)
def sigmoid(x: Any) -> Any:
    """The logistic function σ(x) = 1/(1 + e⁻ˣ); σ′ = σ(1 − σ).

    Never overflows: for x < 0 it is computed as eˣ/(1 + eˣ).

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(f"{tg.sigmoid(7.0):.4f} {tg.sigmoid(-800.0)}")
    0.9991 0.0
    """
    e = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1, e) / (1 + e)


@primitive(lambda g, y, x: g * (x > 0), domain=POSITIVE, kinks={0.0: 0.0})
def relu(x: Any) -> Any:
    """The rectified linear unit max(x, 0); its derivative at the kink 0 is 0 by convention.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> x = tg.Tensor([-1.0, 0.0, 2.0])
    >>> tg.relu(x).sum().backward()
    >>> print(x.grad)
    [0. 0. 1.]
    """
    if isinstance(x, np.floating):  # for one number, NumPy's function takes ten times as long
        return type(x)(0) if x <= 0 else x
    return np.maximum(x, 0)


@primitive(
    lambda g, y, x, slope=0.01: np.where(x > 0, g, g * slope),
    domain=POSITIVE,
    kinks="at 0 the derivative is the slope of the left side",
)
def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """x for x > 0, and slope · x elsewhere; its derivative at the kink 0 is `slope` by convention.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.leaky_relu(3.0), tg.leaky_relu(-2.0, slope=0.25))
    3.0 -0.5
    """
    return np.where(np.greater(x, 0), x, np.multiply(x, slope))[()]


@primitive(lambda g, y, x, slope=1: g * slope, notation=lambda x, slope=1: slope * x, domain=EVERYWHERE)
def linear(x: Any, slope: float = 1) -> Any:
    """slope · x; its derivative is `slope` everywhere.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.linear(3.0, slope=2))
    6.0
    """
    return np.multiply(x, slope)


@primitive(
    lambda g, y, x, threshold=0: g * 0,
    domain=POSITIVE,
    kinks="at the threshold, where it jumps, the derivative is 0 as everywhere else",
)
def binary_step(x: Any, threshold: float = 0) -> Any:
    """1 where x ≥ threshold, 0 elsewhere: the neuron of McCulloch and Pitts (1943).

    Its derivative is 0 wherever it exists, so nothing can be learned through it.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> x = tg.Tensor([-1.0, 0.5, 2.0])
    >>> tg.binary_step(x, threshold=0.5)
    Tensor([0., 1., 1.])
    """
    return np.heaviside(np.subtract(x, threshold), 1)


@primitive(lambda g, y, x: g * sigmoid(x), domain=EVERYWHERE)
def softplus(x: Any) -> Any:
    """ln(1 + eˣ), a smooth `relu`; its derivative is σ(x).

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(f"{tg.softplus(0.0):.4f} {tg.softplus(1e4)}")     # ln 2
    0.6931 10000.0
    """
    return np.logaddexp(x, 0)


@primitive(
    lambda g, y, x, alpha=1: np.where(x > 0, g, g * (y + alpha)),
    domain=NEGATIVE,
    kinks="at 0 the derivative is α; for α = 1 there is no kink",
)
def elu(x: Any, alpha: float = 1) -> Any:
    """The exponential linear unit: x for x > 0, α(eˣ − 1) elsewhere (Clevert, Unterthiner and Hochreiter 2015, eq. 15).

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(f"{tg.elu(2.0)} {tg.elu(-1.0):.4f}")
    2.0 -0.6321
    """
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0)))[()]


GELU_SCALE = math.sqrt(2 / math.pi)
GELU_CUBIC = 0.044715


def gelu_rule(g: Any, y: Any, x: Any) -> Any:
    t = np.tanh(GELU_SCALE * (x + GELU_CUBIC * x**3))
    inner = GELU_SCALE * (1 + 3 * GELU_CUBIC * (x * x))
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)


@primitive(gelu_rule, domain=EVERYWHERE)
def gelu(x: Any) -> Any:
    """The Gaussian error linear unit in its tanh form, x/2 · (1 + tanh(√(2/π)(x + 0.044715 x³))).

    It differs from x·Φ(x) by less than 0.0005 (Hendrycks and Gimpel 2016, section 2); NumPy has no Φ.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(f"{tg.gelu(1.0):.4f}")
    0.8412
    """
    return 0.5 * (x * (1 + np.tanh(GELU_SCALE * (x * (1 + GELU_CUBIC * np.square(x))))))


def silu_rule(g: Any, y: Any, x: Any) -> Any:
    s = sigmoid(x)
    return g * (s + y * (1 - s))


@primitive(silu_rule, domain=EVERYWHERE)
def silu(x: Any) -> Any:
    """The sigmoid linear unit x·σ(x), also called swish; its derivative is σ + x·σ(1 − σ).

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(f"{tg.silu(1.0):.4f}")
    0.7311
    """
    return np.multiply(x, sigmoid(x))


# ------------------------------------------------------------------ along an axis


@primitive(lambda g, y, x, axis=-1: y * (g - (g * y).sum(axis=axis, keepdims=True)))
def softmax(x: Any, axis: Any = -1) -> Any:
    """eˣⁱ / Σⱼ eˣʲ along `axis`: positive numbers that sum to 1. Smooth, and stable for any x.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.softmax([1000.0, 1000.0]))
    [0.5 0.5]
    """
    e = np.exp(np.subtract(x, np.max(x, axis=axis, keepdims=True)))
    return e / e.sum(axis=axis, keepdims=True)


@primitive(
    lambda g, y, x, axis=-1: g - np.exp(y) * g.sum(axis=axis, keepdims=True),
    notation=lambda x, axis=-1: x.applied("softmax").applied("ln"),
)
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """ln softmax(x) = x − ln Σⱼ eˣʲ along `axis`, finite for any finite x.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.log_softmax([0.0, 1000.0]))
    [-1000.     0.]
    """
    if axis == -1 and x.__class__ is np.ndarray and x.ndim == 2 and x.shape[1] < SHORT:
        return log_softmax_along(x.T.copy(), 0).T.copy()  # NumPy goes over rows one by one, over columns all at once
    return log_softmax_along(x, axis)


SHORT = 32
"""Rows of fewer elements are reduced faster as columns, copies included."""


def log_softmax_along(x: Any, axis: Any) -> Any:
    shifted = np.subtract(x, np.maximum.reduce(x, axis=axis, keepdims=True))
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))


def logsumexp_rule(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    up = {"shape": x.shape, "axis": axis, "keepdims": keepdims}
    return spread(g, **up) * np.exp(x - spread(y, **up))


@primitive(logsumexp_rule, notation="ln Σ exp({0})")
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """ln Σ eˣ over `axis` (all axes by default), without overflow; its gradient is the softmax.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(f"{tg.logsumexp([1000.0, 1000.0]):.4f}")           # 1000 + ln 2
    1000.6931
    """
    largest = np.max(x, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):  # ln 0 = −∞ is the answer where all elements are −∞
        total = np.log(np.exp(np.subtract(x, shift)).sum(axis=axis, keepdims=True)) + shift
    return total if keepdims else np.squeeze(total, axis)[()]


# ------------------------------------------------------------------ cross-entropies from logits


@primitive(
    lambda g, y, target, z: -g * z,
    lambda g, y, target, z: g * (sigmoid(z) - target),
    notation="H({0}, σ({1}))",
    domain=((0.0, 1.0), EVERYWHERE),
)
def binary_cross_entropy_from_logits(y: Any, z: Any) -> Any:
    """−y ln σ(z) − (1 − y) ln(1 − σ(z)) = ln(1 + eᶻ) − y z, element by element; ∂/∂z = σ(z) − y.

    In nats per element, and exact for logits of any size: the exponential is taken of −|z| only.

    Parameters
    ----------
    y : targets, 0 or 1, or probabilities.
    z : logits, which broadcast with `y`.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.binary_cross_entropy_from_logits(1.0, -1e4))
    10000.0
    """
    return np.maximum(z, 0) - np.multiply(y, z) + np.log1p(np.exp(-np.abs(z)))


# The rules need s = ln softmax(z), which the forward pass has at hand.


@primitive(
    lambda g, y, target, z, s: g[..., np.newaxis] * -s,
    lambda g, y, target, z, s: g[..., np.newaxis] * (np.exp(s) - target),
    residual=lambda target, z: log_softmax(z),
    notation="H({0}, softmax({1}))",
)
def cross_entropy_of(target: Any, z: Any) -> Any:
    """−Σⱼ yⱼ ln softmax(z)ⱼ for every example."""
    s = log_softmax(z)
    return -np.vecdot(target, s), s


@primitive(
    lambda g, y, target, z, s: g / count(z, axis=0) * -s,
    lambda g, y, target, z, s: g / count(z, axis=0) * (np.exp(s) - target),
    residual=lambda target, z: log_softmax(z),
    notation="mean(H({0}, softmax({1})))",
)
def mean_cross_entropy_from_logits(target: Any, z: Any) -> Any:
    """−(1/n) Σᵢ Σⱼ Yᵢⱼ ln softmax(Z)ᵢⱼ: the mean of `cross_entropy_from_logits` over n examples, in one pass."""
    s = log_softmax(z)
    return -np.vdot(target, s) / max(len(s), 1), s


def cross_entropy_from_logits(y: Any, z: Any) -> Any:
    """−Σⱼ yⱼ ln softmax(z)ⱼ = ln Σⱼ eᶻʲ − Σⱼ yⱼ zⱼ for every example, in nats; ∂/∂z = softmax(z) − y.

    Exact for logits of any size.

    Parameters
    ----------
    y : the classes, integers of shape (n,), or one-hot rows or probabilities, which sum to 1, of shape (n, k).
    z : logits of shape (n, k); one example may leave out n.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> z = tg.Tensor([[0.0, 0.0], [0.0, 1e4]])
    >>> tg.cross_entropy_from_logits(np.array([0, 0]), z)
    Tensor([6.93147181e-01, 1.00000000e+04])
    """
    z = z if hasattr(z, "ndim") else np.asarray(z)
    y = y if hasattr(y, "ndim") else np.asarray(y)
    if y.ndim == z.ndim - 1:
        y = (y[..., np.newaxis] == np.arange(z.shape[-1])).astype(z.dtype)
    return cross_entropy_of(y, z)
