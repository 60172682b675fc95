"""Softmax and its relatives along an axis, which never overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..derivatives.reductions import spread
from ..primitive import primitive


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
    notation=lambda x, axis=-1: x.applied("softmax", "call").applied("ln"),
)
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """ln softmax(x) = x − ln Σⱼ eˣʲ along `axis`, finite for any finite x.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.log_softmax([0.0, 1000.0]))
    [-1000.     0.]
    """
    return log_softmax_of(x, axis)


def log_softmax_of(x: Any, axis: Any = -1) -> Any:
    if axis == -1 and x.__class__ is np.ndarray and x.ndim == 2 and x.shape[1] < SHORT:
        columns = x.T.copy()  # NumPy goes over rows one by one, over columns all at once
        shifted = columns - np.maximum.reduce(columns)
        return (shifted - np.log(np.add.reduce(np.exp(shifted)))).T.copy()
    shifted = np.subtract(x, np.maximum.reduce(x, axis=axis, keepdims=True))
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))


SHORT = 32
"""Rows of fewer elements are reduced faster as columns, copies included."""


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
