"""Activations: each is a body in NumPy and one rule per operand, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..derivatives.arithmetic import EVERYWHERE, NEGATIVE, POSITIVE
from ..primitive import primitive


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
    return sigmoid_from(e, is_positive(x, e.dtype))


def is_positive(x: Any, dtype: Any) -> Any:
    """[x ≥ 0] as numbers of this type, which NumPy computes with several times faster than with bools."""
    return np.greater_equal(x, 0).astype(dtype)


def sigmoid_from(e: Any, positive: Any) -> Any:
    """σ(x) from e = e^−|x| and [x ≥ 0]: 1/(1 + e) for x ≥ 0, e/(1 + e) for x < 0."""
    return np.maximum(e, positive) / (1 + e)


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
