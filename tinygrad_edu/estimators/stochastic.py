"""Fitting by stochastic gradient descent: what the multilayer perceptrons share."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import islice
from math import inf, isfinite
from typing import Any

from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_classifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state

from ..compiled import Compiled, compile
from ..errors import NonFiniteError
from ..recording import no_grad
from ..train import BestParameters, Step, run_epoch, training_step
from .settings import MLPSettings, check_settings, hidden_sizes
from .training import Part, Patience, Rate, epochs, initial_network, objective, optimiser_for, weighted

COMPILED_AFTER = 500
"""Steps after which the next ones are compiled, to the same bits: recording them takes as long as a few hundred."""


class MLPEstimator(MLPSettings):
    """Training on mini-batches, for classifier and regressor."""

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Any:
        """Train until the loss (with `early_stopping`, the validation score) stalls, or for `max_iter` epochs.

        Parameters
        ----------
        X, y : examples of shape (n, d), and their targets.
        sample_weight : how much each example counts, of shape (n,); those of weight 0 are left out.

        Raises
        ------
        NonFiniteError
            If the loss becomes infinite or NaN.
        """
        check_settings(self)
        fresh = not (self.warm_start and hasattr(self, "network_"))
        rng = check_random_state(self.random_state)
        examples, targets = self._validated(X, y, fresh)
        if fresh:
            self._learn_classes(targets)
        examples, targets = self._prepared(examples, targets, sample_weight, rng, fresh)
        self._optimiser = optimiser_for(self, self.network_.parameters())
        if not self._converges(*self._set_aside(examples, targets, rng), rng):
            warnings.warn(
                f"{type(self).__name__} stopped after max_iter={self.max_iter} epochs, before it converged.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def _fit_one_epoch(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None) -> Any:
        if self.early_stopping:
            raise ValueError("partial_fit trains for one epoch: there is nothing for early_stopping=True to stop.")
        fresh = not hasattr(self, "network_")
        rng = check_random_state(self.random_state)
        examples, targets = self._prepared(*self._validated(X, y, fresh), sample_weight, rng, fresh)
        if fresh or not hasattr(self, "_optimiser"):
            self._optimiser = optimiser_for(self, self.network_.parameters())
        self._run(self._step(), examples, targets, next(self._epochs(len(examples), rng)))
        Rate(self, self._optimiser).after_epoch(self.t_)
        return self

    def _validated(self, X: Any, y: Any, fresh: bool) -> tuple[Any, Any]:
        """Examples and targets as arrays, checked; of a `fresh` estimator, or against what it was fitted to before."""
        raise NotImplementedError

    @property
    def coefs_(self) -> list[NDArray[Any]]:
        """The weight matrix of each layer, of shape (n_in, n_out)."""
        return [layer.W.numpy() for layer in self.network_.layers]

    @property
    def intercepts_(self) -> list[NDArray[Any]]:
        """The biases of each layer, of shape (n_out,)."""
        return [layer.b.numpy() for layer in self.network_.layers]

    # ------------------------------------------------------------------ data

    def _prepared(self, X: Any, y: Any, sample_weight: Any, rng: Any, fresh: bool) -> tuple[Any, Any]:
        """Examples, and their targets with a last column of weights if there are any; makes a `fresh` network."""
        T = self._targets(y).astype(X.dtype)
        if fresh:
            hidden = "sigmoid" if self.activation == "logistic" else self.activation
            sizes = [X.shape[1], *hidden_sizes(self), T.shape[1]]
            self.network_ = initial_network(sizes, hidden, self._output_activation(T.shape[1]), rng, X.dtype)
            self.loss_curve_: list[float] = []
            self.validation_scores_: list[float] = []
            self.t_ = 0
        return weighted(X, T, sample_weight)

    def _set_aside(self, X: Any, T: Any, rng: Any) -> tuple[Any, Any, Any]:
        """Training data, and the validation data if training stops early."""
        if not self.early_stopping:
            return X, T, None
        stratify = T[:, 0] if is_classifier(self) and len(self.classes_) == 2 else None
        X, X_held, T, T_held = train_test_split(
            X, T, random_state=rng, test_size=self.validation_fraction, stratify=stratify
        )
        return X, T, (X_held, T_held)

    # ------------------------------------------------------------------ epochs

    def _converges(self, X: Any, T: Any, held_out: Any, rng: Any) -> bool:
        """Train; False if `max_iter` epochs were not enough."""
        rate, keeper = Rate(self, self._optimiser), BestParameters(self.network_)
        merits = self.validation_scores_ if self.early_stopping else [-loss for loss in self.loss_curve_]
        patience, converged = Patience(max(merits, default=-inf), self.tol), False
        self.n_iter_, step = 0, self._step()
        for parts in islice(self._epochs(len(X), rng), self.max_iter):
            if not isinstance(step, Compiled) and self._optimiser.steps >= COMPILED_AFTER:
                step = compile(step, reorder=False)
            self._run(step, X, T, parts)
            self.n_iter_ += 1
            if held_out:
                self.validation_scores_.append(self._validation_score(*held_out))
                keeper.update(len(self.validation_scores_), [-s for s in self.validation_scores_])
            patience.see(self.validation_scores_[-1] if held_out else -self.loss_)
            rate.after_epoch(self.t_)
            if patience.stalled > self.n_iter_no_change:
                if converged := not rate.lowered():
                    break
                patience.stalled = 0
        if held_out:
            keeper.restore()
        return converged

    def _epochs(self, n: int, rng: Any) -> Iterator[list[Part]]:
        size = 200 if self.batch_size == "auto" else int(self.batch_size)
        return epochs(n, min(size, n), rng if self.shuffle else None)

    def _step(self) -> Step:
        """One step of the training, as a function of a batch."""
        weights = [layer.W for layer in self.network_.layers]
        loss = objective(*self._losses(), weights, self.alpha, len(self.network_.layers[-1]))
        return training_step(self._trained(), loss, self._optimiser)

    def _run(self, step: Step, X: Any, T: Any, parts: list[Part]) -> None:
        """One epoch."""
        self.loss_, _ = run_epoch(step, X, T, parts, with_norms=False)
        if not isfinite(self.loss_):
            raise NonFiniteError(
                f"The loss of {type(self).__name__} became {self.loss_} in epoch {len(self.loss_curve_) + 1}. "
                "Scale the inputs (StandardScaler), or choose a smaller learning_rate_init."
            )
        self.loss_curve_.append(self.loss_)
        self.t_ += len(X)

    def _validation_score(self, X: Any, T: Any) -> float:
        k = len(self.network_.layers[-1])
        with no_grad():
            outputs = self.network_(X).numpy()
        return float(self._score(T[:, :k], outputs, sample_weight=T[:, k] if T.shape[1] > k else None))
