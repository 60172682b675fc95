"""Multilayer perceptrons as estimators, with the settings of scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.validation import validate_data

from .. import losses
from ..nn import MLP
from .base import FLOATS, NetworkClassifier, before_output, decided, output_activation
from .settings import check_settings
from .stochastic import MLPEstimator
from .training import Loss


class MLPClassifier(NetworkClassifier, MLPEstimator):
    """A multilayer perceptron that minimises the cross-entropy plus (α/2) Σ w² / n, by Adam or gradient descent.

    The settings have scikit-learn's names, meanings and defaults. With the same `random_state`, weights start from
    the same numbers and batches are the same, so that the losses of both agree, epoch by epoch, up to rounding.

    Parameters
    ----------
    hidden_layer_sizes : the number of neurons of each hidden layer; ``()`` is a logistic regression.
    activation : of the hidden layers: ``"relu"``, ``"tanh"``, ``"logistic"``, ``"identity"``, or another of
        `tinygrad_edu.nn.ACTIVATIONS`.
    solver : ``"adam"``, or ``"sgd"`` with `momentum` (and `nesterovs_momentum`).
    alpha : α, which keeps weights (not biases) small.
    batch_size : examples per step; ``"auto"`` is the smaller of 200 and n.
    learning_rate : for ``"sgd"``: ``"constant"``; ``"invscaling"``, `learning_rate_init` / tᵖ after t examples,
        p = `power_t`; or ``"adaptive"``, divided by 5 whenever training stalls.
    max_iter : the most epochs of `fit`.
    shuffle : whether examples are in a new order in each epoch.
    random_state : seed of the first weights, the order of examples and the validation data.
    tol, n_iter_no_change : training stalls when the loss has not fallen by `tol` for so many epochs.
    warm_start : whether another `fit` goes on from where the one before ended.
    early_stopping, validation_fraction : set a part of the examples aside, stop when their score stalls,
        and keep the best weights.
    beta_1, beta_2, epsilon : of Adam; the last as ε̂ in D. P. Kingma and J. Ba (2015), section 2.

    Attributes
    ----------
    network_ : the trained `tinygrad_edu.nn.MLP`.
    classes_ : the classes, in the order of the columns of `predict_proba`.
    coefs_, intercepts_ : the parameters of each layer.
    loss_, loss_curve_ : the loss of the latest epoch, and of each: a mean over its batches, each before its step.
    validation_scores_ : the accuracy after each epoch; empty without `early_stopping`.
    n_iter_, t_ : epochs of the latest `fit`, and examples seen in all.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu.estimators import MLPClassifier
    >>> X, y = tg.data.moons(200, noise=0.15, random_state=0)
    >>> model = MLPClassifier(activation="tanh", learning_rate_init=0.1, random_state=0).fit(X, y)
    >>> model.score(X, y) > 0.97
    True
    """

    _score = staticmethod(lambda Y, P, **weights: accuracy_score(decided(Y), decided(P), **weights))

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> Any:
        """Train for one epoch, from where the training is.

        Parameters
        ----------
        classes : all classes that will ever occur; needed in the first call.
        """
        check_settings(self)
        if not hasattr(self, "network_"):
            if classes is None:
                raise ValueError("The first call of partial_fit needs classes=, all the classes that will ever occur.")
            self._learn_classes(np.asarray(classes))
        elif classes is not None and not np.array_equal(np.unique(np.asarray(classes)), self.classes_):
            raise ValueError(f"classes={classes!r} differ from those of the call before, {self.classes_}.")
        return self._fit_one_epoch(X, y, sample_weight)

    def _validated(self, X: Any, y: Any, fresh: bool) -> tuple[Any, Any]:
        X, y = validate_data(self, X, y, dtype=FLOATS, reset=fresh)
        return X, y

    def _output_activation(self, outputs: int) -> str:
        return output_activation(outputs)

    def _trained(self) -> MLP:
        return before_output(self.network_)


class MLPRegressor(MultiOutputMixin, RegressorMixin, MLPEstimator):
    """A multilayer perceptron that minimises ½ Σ (ŷ − y)² / n plus (α/2) Σ w² / n, by Adam or gradient descent.

    Settings and attributes as in `MLPClassifier`; the validation score is R². Targets have the shape (n,) or (n, k).

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_edu.estimators import MLPRegressor
    >>> x = np.linspace(-2, 2, 100)[:, np.newaxis]
    >>> model = MLPRegressor(hidden_layer_sizes=(20,), activation="tanh", learning_rate_init=0.03, random_state=0)
    >>> model.fit(x, np.sin(x[:, 0])).score(x, np.sin(x[:, 0])) > 0.99
    True
    """

    _score = staticmethod(r2_score)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Any:
        """Train for one epoch, from where the training is."""
        check_settings(self)
        return self._fit_one_epoch(X, y, sample_weight)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The predictions, of shape (n,) if the network has one output, else (n, k)."""
        y_hat = self._outputs(X)
        return y_hat[:, 0] if y_hat.shape[1] == 1 else y_hat

    def _validated(self, X: Any, y: Any, fresh: bool) -> tuple[Any, Any]:
        X, y = validate_data(self, X, y, dtype=FLOATS, multi_output=True, y_numeric=True, reset=fresh)
        return X, y

    def _learn_classes(self, y: Any) -> None:
        """Numbers have no classes."""

    def _targets(self, y: Any) -> NDArray[Any]:
        return np.asarray(y).reshape(len(y), -1)

    def _output_activation(self, outputs: int) -> str:
        return "identity"

    def _trained(self) -> MLP:
        return self.network_

    def _losses(self) -> tuple[Loss, Loss]:
        return half_squared_error, lambda Y, Z: ((Z - Y) ** 2).sum(axis=1) / 2

    def _shown_loss(self) -> Any:
        return losses.mean_squared_error


def half_squared_error(Y: Any, Y_hat: Any) -> Any:
    """½ Σ (ŷ − y)² / n: all outputs of an example count, where the mean squared error takes their mean."""
    return losses.mean_squared_error(Y, Y_hat) * (Y.shape[1] / 2)
