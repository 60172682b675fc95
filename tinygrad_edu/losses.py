"""Losses: how far predictions are from targets, the target first; a mean over the examples, in nats for the log losses.

Each takes arrays as well as Tensors, and is written in NumPy, so its graph reads like its formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from . import functions
from .derivatives.shapes import astype
from .errors import ShapeError, UnsupportedError
from .node import Node
from .primitive import primitive
from .recorder import plain
from .refusals import refuse_swapped

__all__ = [
    "cross_entropy",
    "cross_entropy_from_logits",
    "l2_penalty",
    "log_loss",
    "log_loss_from_logits",
    "mean_squared_error",
]


def mean_squared_error(y: Any, y_hat: Any) -> Any:
    """(1/n) Σ (ŷ − y)², and (ŷ − y)² for one example.

    Raises
    ------
    ShapeError
        If the shapes of target and prediction differ (as in every loss).
    UnsupportedError
        If target and prediction are swapped (as in every loss).

    Examples
    --------
    >>> from tinygrad_edu import losses
    >>> losses.mean_squared_error([1.0, 2.0], [1.0, 4.0]).item()
    2.0
    """
    y, y_hat = matched(y, y_hat)
    return over_examples((y_hat - y) ** 2)


def log_loss(y: Any, y_hat: Any) -> Any:
    """−(1/n) Σ (y ln ŷ + (1 − y) ln(1 − ŷ)), and without the mean for one example.

    Parameters
    ----------
    y : the targets, 0 or 1.
    y_hat : the probabilities of 1, in the same shape, clipped to [ε, 1 − ε] as scikit-learn's ``log_loss``
        clips them (ε is the spacing of their dtype at 1). `log_loss_from_logits` needs no clipping.

    Raises
    ------
    UnsupportedError
        If a target or a prediction lies outside [0, 1] by more than rounding.

    Examples
    --------
    >>> from tinygrad_edu import losses
    >>> print(f"{losses.log_loss([0, 1, 1, 0, 1], [0.1, 0.8, 0.6, 0.5, 0.3]):.6f}")
    0.547290
    """
    y, y_hat = matched(y, y_hat)
    refuse_other_targets(y)
    refuse_logits(y_hat, "log_loss_from_logits")
    p = clipped(y_hat)
    return over_examples(-(y * np.log(p) + (1 - y) * np.log(1 - p)))


def log_loss_from_logits(y: Any, z: Any) -> Any:
    """The log loss of ŷ = σ(z), as ln(1 + eᶻ) − y z: exact for logits of any size."""
    y, z = matched(y, z)
    refuse_other_targets(y)
    return (functions.mean_binary_cross_entropy_from_logits if z.ndim else functions.binary_cross_entropy_of)(y, z)


def cross_entropy(y: Any, P: Any) -> Any:
    """−(1/n) Σᵢ Σⱼ Yᵢⱼ ln Pᵢⱼ, and without the mean for one example.

    Parameters
    ----------
    y : the classes, integers of shape (n,), or each as a row of probabilities, such as one-hot rows of shape (n, k).
    P : the predicted probabilities of the k classes, of shape (n, k), clipped as in `log_loss`.

    Examples
    --------
    >>> from tinygrad_edu import losses
    >>> print(f"{losses.cross_entropy([0, 1], [[0.5, 0.5], [0.1, 0.9]]):.4f}")     # (ln 2 − ln 0.9)/2
    0.3993
    """
    Y, P = matched_classes(y, P)
    refuse_other_targets(Y)
    refuse_logits(P, "cross_entropy_from_logits")
    return over_examples(-(Y * np.log(clipped(P))).sum(axis=-1))


def cross_entropy_from_logits(y: Any, Z: Any) -> Any:
    """The cross-entropy of P = softmax(Z), exact for logits of any size; `y` as in `cross_entropy`."""
    Y, Z = matched_classes(y, Z)
    one = Z.ndim == 1
    return (functions.cross_entropy_from_logits if one else functions.mean_cross_entropy_from_logits)(Y, Z)


def l2_penalty(parameters: Iterable[Any], strength: float) -> Any:
    """(λ/2) Σ w², to be added to a loss: it pulls each parameter w towards zero with λ w.

    Parameters
    ----------
    parameters : those to keep small; biases are usually left out.
    strength : λ.
    """
    return strength / 2 * sum(sum_of_squares(w) for w in parameters)


@primitive(lambda g, y, w: g * (2 * w), notation=lambda w: (w**2).sum())
def sum_of_squares(w: Any) -> Any:
    """Σ w², in one pass over `w`."""
    return np.vdot(w, w)


@primitive(
    lambda g, y, p: g,
    notation=lambda p: p,
    domain=(0.0, 1.0),
    kinks="outside [ε, 1 − ε] the gradient is passed on, so that a wrong and certain prediction is still corrected",
)
def clipped(p: Any) -> Any:
    """Probabilities at least ε away from 0 and 1, where logarithms are finite."""
    eps = np.finfo(np.result_type(p.dtype, np.float32)).eps
    return np.clip(p, eps, 1 - eps)


def over_examples(losses: Any) -> Any:
    """The mean, unless there is one example only."""
    return losses.mean() if losses.ndim else losses


def matched(y: Any, y_hat: Any) -> tuple[Any, Any]:
    """Target and prediction as arrays or nodes of one shape, the target in the dtype of the prediction."""
    y_hat = y_hat if is_node(y_hat) else floating(y_hat)
    if is_matched(y, y_hat):
        return y, y_hat
    y = in_dtype_of(y_hat, y)
    refuse_swapped(y, y_hat)
    if y.shape != y_hat.shape:
        raise ShapeError(mismatch(y, y_hat))
    return y, y_hat


def is_matched(y: Any, y_hat: Any) -> bool:
    """Whether a target needs nothing done, as in every step of training."""
    return y.__class__ is np.ndarray and y.shape == y_hat.shape != () and y.dtype == y_hat.dtype


def in_dtype_of(y_hat: Any, y: Any) -> Any:
    """The target in the dtype of the prediction; a node only if its own would lift float32 to float64."""
    dtype = y_hat.dtype
    if not is_node(y):
        return np.asarray(y, dtype=dtype)[()]
    return y if np.result_type(y.dtype, dtype) == dtype else astype(y, dtype=dtype)


def matched_classes(y: Any, P: Any) -> tuple[Any, Any]:
    """Classes as one-hot rows, and predictions of the same shape."""
    P = P if is_node(P) else floating(P)
    if is_matched(y, P):
        return y, P
    y = y if is_node(y) else np.asarray(y)
    if y.ndim == P.ndim - 1 and y.shape == P.shape[:-1]:
        y = classes_as_rows(y, P.shape[-1])
    return matched(y, P)


def classes_as_rows(y: Any, k: int) -> Any:
    classes = plain(y)
    if classes.dtype.kind not in "iu" or np.any((classes < 0) | (classes >= k)):
        raise ShapeError(f"Classes are integers from 0 to {k - 1}, one per row of predictions; given were {y!r}.")
    return y[..., np.newaxis] == np.arange(k)


def is_node(x: Any) -> bool:
    return isinstance(x, Node)


def floating(x: Any) -> Any:
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


ROUNDING = 1e-6
"""How far outside [0, 1] a probability may lie."""


def outside(p: Any) -> str | None:
    """Between which numbers `p` lies, if not between 0 and 1."""
    p = plain(p)
    if not p.size:
        return None
    if np.count_nonzero(p * p <= p) == p.size:  # all in [0, 1], in half the time of p.min() and p.max()
        return None
    least, most = np.min(p), np.max(p)
    return f"from {least:.4g} to {most:.4g}" if least < -ROUNDING or most > 1 + ROUNDING else None


def refuse_other_targets(y: Any) -> None:
    if where := outside(y):
        raise UnsupportedError(
            f"Targets are 0 or 1, or probabilities between, but those given reach {where}. "
            "Of the labels −1 and 1, (y > 0) makes 0 and 1."
        )


def refuse_logits(p: Any, instead: str) -> None:
    if where := outside(p):
        raise UnsupportedError(
            f"Predictions are probabilities, between 0 and 1, but those given reach {where}. "
            f"If they are logits, which no sigmoid or softmax has seen, write losses.{instead}(y, z)."
        )


def mismatch(y: Any, y_hat: Any) -> str:
    said = f"The target has shape {y.shape} and the prediction {y_hat.shape}"
    if y_hat.shape == (*y.shape, 1):
        return f"{said}: NumPy would pair each with every other. Write y[:, np.newaxis] for the target, or y_hat[:, 0]."
    if y.shape == (*y_hat.shape, 1):
        return f"{said}: NumPy would pair each with every other. Write y[:, 0] for the target."
    return f"{said}; a loss compares them element by element, so they must be the same."
