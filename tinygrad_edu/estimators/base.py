"""What all estimators share: a fitted network that predicts, is drawn, saved and loaded."""

from __future__ import annotations

from copy import copy
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from .. import functions, losses
from ..data import one_hot
from ..nn import MLP
from ..nn.activations import identity
from ..pictures.neurons import draw_neurons
from ..pictures.picture import Picture
from ..recording import no_grad
from .files import read, write
from .training import Loss

FLOATS = (np.float64, np.float32)


class NetworkEstimator(BaseEstimator):
    """An estimator whose `fit` leaves a trained `network_`, from X to what is predicted."""

    network_: MLP

    def draw(self, x: ArrayLike | None = None, y: Any = None) -> Picture:
        """The network neuron by neuron; with the example `x` its outputs, with its target `y` the backward pass."""
        check_is_fitted(self)
        if y is None:
            return draw_neurons(self.network_, x)
        target = self._targets(np.atleast_1d(y))[0]
        return draw_neurons(self.network_, x, target[0] if len(target) == 1 else target, self._shown_loss())

    def save(self, path: str | PathLike[str]) -> None:
        """Write settings and what was learned to `path`, in NumPy's ``.npz`` format, without pickle."""
        check_is_fitted(self)
        write(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Any:
        """The fitted estimator that `save` wrote.

        Raises
        ------
        UnsupportedError
            If the file was not written by `save` of this class.
        """
        return read(cls, path)

    def _outputs(self, X: Any, network: MLP | None = None) -> NDArray[Any]:
        """What the fitted network gives for data that a caller hands in."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        with no_grad():
            return (network or self.network_)(X).numpy()  # type: ignore[no-any-return]

    def _targets(self, y: Any) -> NDArray[Any]:
        """Targets as the network gives them, one row per example."""
        raise NotImplementedError

    def _losses(self) -> tuple[Loss, Loss]:
        """The mean loss of the examples, and that of each of them, both from what is before the output's activation."""
        raise NotImplementedError

    def _shown_loss(self) -> Any:
        """The loss of one output of the network, as `draw` shows it."""
        raise NotImplementedError


class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    """A classifier whose network gives the probability of each class, or of the second of two."""

    classes_: NDArray[Any]

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of each example, of shape (n,)."""
        index = decided(self._outputs(X))
        return self.classes_[index]

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """The probability of each class, in the order of `classes_`, of shape (n, n_classes)."""
        P = self._outputs(X)
        return np.hstack([1 - P, P]) if P.shape[1] == 1 else P

    def predict_log_proba(self, X: ArrayLike) -> NDArray[Any]:
        """ln of `predict_proba`, finite also where a probability is too small for a float."""
        Z = self._logits(X)
        if Z.shape[1] == 1:
            Z = np.hstack([np.zeros_like(Z), Z])
        return functions.log_softmax(Z)  # type: ignore[no-any-return]

    def _logits(self, X: ArrayLike) -> NDArray[Any]:
        check_is_fitted(self)
        return self._outputs(X, before_output(self.network_))

    def _learn_classes(self, y: Any) -> None:
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            found = f"all targets are of one class: {self.classes_.tolist()[0]!r}"
            raise ValueError(f"{type(self).__name__} tells classes apart, but {found}.")

    def _targets(self, y: Any) -> NDArray[Any]:
        """The classes as 0 and 1 if there are two, as one-hot rows if there are more."""
        y = column_or_1d(y, warn=True)
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"Targets have classes {unknown}, which are not among the known {self.classes_}.")
        index = np.searchsorted(self.classes_, y)
        k = len(self.classes_)
        return one_hot(index, k) if k > 2 else index[:, np.newaxis].astype(np.float64)

    def _losses(self) -> tuple[Loss, Loss]:
        if len(self.classes_) > 2:
            return losses.cross_entropy_from_logits, functions.cross_entropy_from_logits
        return losses.log_loss_from_logits, lambda y, z: functions.binary_cross_entropy_from_logits(y, z).ravel()

    def _shown_loss(self) -> Any:
        return losses.log_loss if len(self.classes_) == 2 else losses.cross_entropy


def decided(P: NDArray[Any]) -> NDArray[np.intp]:
    """The index of the class that each row of probabilities (or of targets) is for."""
    return P.argmax(axis=1) if P.shape[1] > 1 else (P[:, 0] > 0.5).astype(np.intp)


def output_activation(n_outputs: int) -> str:
    return "sigmoid" if n_outputs == 1 else "softmax"


def before_output(network: MLP) -> MLP:
    """The same network, sharing its parameters, without the activation of the output: it gives logits."""
    last = copy(network.layers[-1])
    last.activation = identity
    return MLP.from_layers([*network.layers[:-1], last])
