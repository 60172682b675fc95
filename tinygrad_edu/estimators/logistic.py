"""Logistic regression as an estimator, trained to the optimum by Newton's method."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from copy import copy
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_scalar
from sklearn.utils.validation import validate_data

from ..nn import MLP, Layer
from ..transforms import hvp, value_and_grad
from .base import NetworkClassifier, before_output, output_activation
from .training import objective, weighted

OUT_OF_STEPS = 1
"""What SciPy's trust-region methods report after `max_iter` steps."""


class LogisticRegression(NetworkClassifier):
    """Logistic regression that minimises Σ ℓ + ‖W‖²/(2C): ℓ is the log loss of an example, or the cross-entropy.

    The optimum is found by Newton's method in a trust region: each step solves H s = −g by conjugate gradients
    (T. Steihaug (1983)), which need the Hessian H only in products H v, and those are two sweeps of the graph. It
    gets close to the optimum in ten to fifty steps, also where columns have very different scales.

    Parameters
    ----------
    penalty : ``"l2"``, or None for no penalty.
    C : the larger, the weaker the penalty; infinite: none.
    tol : the norm of the gradient of the mean loss at which the optimum counts as reached; the gradient is that
        by weights of columns whose root mean square is 1.
    fit_intercept : whether there are biases.
    max_iter : the most steps of `fit`.
    warm_start : whether another `fit` starts from where the one before ended.

    Attributes
    ----------
    network_ : the trained `tinygrad_edu.nn.MLP` of one layer.
    classes_ : the classes, in the order of the columns of `predict_proba`.
    coef_, intercept_ : weights of shape (1, d) and (1,) for two classes, (k, d) and (k,) for more.
    n_iter_ : the steps taken, in an array of shape (1,).

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.estimators import LogisticRegression
    >>> flowers = tg.data.iris()
    >>> model = LogisticRegression().fit(flowers.X, flowers.y)
    >>> print(f"{model.score(flowers.X, flowers.y):.4f}")
    0.9733
    """

    def __init__(
        self,
        penalty: str | None = "l2",
        *,
        C: float = 1.0,
        tol: float = 1e-9,
        fit_intercept: bool = True,
        max_iter: int = 100,
        warm_start: bool = False,
    ) -> None:
        self.penalty = penalty
        self.C = C
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.warm_start = warm_start

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Any:
        """Find the weights that minimise the loss; computed in float64.

        Parameters
        ----------
        X, y : examples of shape (n, d), and their classes.
        sample_weight : how much each example counts, of shape (n,).
        """
        self._check_settings()
        fresh = not (self.warm_start and hasattr(self, "network_"))
        examples, classes = validate_data(self, X, y, dtype=np.float64, reset=fresh)
        if fresh:
            self._learn_classes(classes)
        targets = self._targets(classes)
        if fresh:
            self.network_ = untrained(examples.shape[1], targets.shape[1])
        self._minimise(*weighted(examples, targets, sample_weight))
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """The logits, of shape (n, n_classes); of two classes that of the second, of shape (n,)."""
        Z = self._logits(X)
        return Z[:, 0] if Z.shape[1] == 1 else Z

    @property
    def coef_(self) -> NDArray[Any]:
        """The weights, of shape (1, d) for two classes, (k, d) for more."""
        return self.network_.layers[0].W.numpy().T  # type: ignore[no-any-return]

    @property
    def intercept_(self) -> NDArray[Any]:
        """The biases, of shape (1,) for two classes, (k,) for more."""
        return self.network_.layers[0].b.numpy()  # type: ignore[no-any-return]

    def _check_settings(self) -> None:
        if self.penalty not in ("l2", None):
            raise ValueError(f"penalty is 'l2' or None, not {self.penalty!r}.")
        for name in ("C", "tol"):
            check_scalar(getattr(self, name), name, Real, min_val=0, include_boundaries="neither")
        check_scalar(self.max_iter, "max_iter", Integral, min_val=1)

    def _minimise(self, X: NDArray[Any], T: NDArray[Any]) -> None:
        [layer], scale = self.network_.layers, column_scale(X)
        biases = layer.b.numpy()[: len(layer) * self.fit_intercept]
        loss = self._loss(X, T, scale)
        found = minimize(
            value_and_grad(loss),
            np.concatenate([(layer.W.numpy() * scale).ravel(), biases]),
            jac=True,
            hessp=partial(hvp, loss),
            method="trust-ncg",
            options={"gtol": self.tol, "maxiter": self.max_iter},
        )
        learned = reading(layer, found.x, scale)
        layer.W.data, layer.b.data = learned.W, learned.b
        self.n_iter_ = np.array([found.nit])
        if found.status == OUT_OF_STEPS:
            warnings.warn(self._not_converged(found.jac), ConvergenceWarning, stacklevel=3)

    def _loss(self, X: NDArray[Any], T: NDArray[Any], scale: NDArray[Any]) -> Callable[[Any], Any]:
        """The loss as a function of one vector of parameters."""
        [logits], alpha = before_output(self.network_).layers, 0.0 if self.penalty is None else 1 / self.C

        def loss(theta: Any) -> Any:
            layer = reading(logits, theta, scale)
            return objective(*self._losses(), [layer.W], alpha, len(logits))(T, layer(X))

        return loss

    def _not_converged(self, gradient: NDArray[Any]) -> str:
        return (
            f"LogisticRegression stopped after max_iter={self.max_iter} steps, with a gradient of norm "
            f"{np.linalg.norm(gradient):.1e}, above tol={self.tol}. Without a penalty there may be no optimum."
        )


def untrained(n_in: int, n_out: int) -> MLP:
    return MLP.from_layers([Layer(n_in, n_out, output_activation(n_out), init="zeros")])


def column_scale(X: NDArray[Any]) -> NDArray[Any]:
    """The root mean square of each column, of shape (d, 1): weights times this are numbers of like size."""
    scale = np.sqrt(np.mean(X * X, axis=0))[:, np.newaxis]
    return np.where(scale == 0, 1, scale)


def reading(layer: Layer, theta: Any, scale: NDArray[Any]) -> Any:
    """The layer with parameters from one vector: the weights times `scale`, then the biases; 0 if there are none."""
    read: Any = copy(layer)
    read.W = theta[: layer.W.size].reshape(layer.W.shape) / scale
    read.b = theta[layer.W.size :] if len(theta) > layer.W.size else np.zeros(len(layer))
    return read
