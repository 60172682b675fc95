"""What metrics are given, as plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import losses
from ..errors import ShapeError, UnsupportedError
from ..tensor import Tensor


def values(x: Any) -> NDArray[Any]:
    return x.numpy() if isinstance(x, Tensor) else np.asarray(x)


def arrays(y: Any, y_hat: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """The values of target and prediction, of one shape, and at least one."""
    y, y_hat = values(y), values(y_hat)
    if y.shape != y_hat.shape:
        raise ShapeError(losses.mismatch(y, y_hat))
    return some(y), y_hat


def some(y: NDArray[Any]) -> NDArray[Any]:
    if not y.size:
        raise ShapeError(f"A metric needs at least one example, but the target has shape {y.shape}.")
    return y


def classes(y: Any, y_hat: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Target and prediction, both classes and not probabilities."""
    y, y_hat = arrays(y, y_hat)
    for a, what in ((y, "target"), (y_hat, "prediction")):
        if a.dtype.kind == "f" and np.any(a != np.round(a)):
            raise UnsupportedError(
                f"The {what} holds {a[a != np.round(a)][0]:.3g}, which is no class. Of probabilities of class 1 write "
                "y_hat > 0.5, of those of several classes P.argmax(axis=1)."
            )
    if (y.dtype.kind == "U") != (y_hat.dtype.kind == "U") and "O" not in (y.dtype.kind, y_hat.dtype.kind):
        raise UnsupportedError(
            f"The target holds classes such as {y.flat[0].item()!r}, the prediction such as {y_hat.flat[0].item()!r}: "
            "text and numbers are never equal. Convert one of them, as in y.astype(int) or y_hat.astype(str)."
        )
    return y, y_hat
