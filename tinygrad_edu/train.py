"""Training: mini-batches, epochs, validation, early stopping, and a history of the losses."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import compiled, plots
from .data import same_length, split
from .errors import ShapeError, UnsupportedError
from .nn import Module
from .optim import Optimiser
from .recording import no_grad

Loss = Callable[[Any, Any], Any]
Step = Callable[..., tuple[Any, dict[str, Any]]]
Part = slice | NDArray[np.intp]


@dataclass
class History:
    """The losses of a training, epoch by epoch; ``print(history)`` shows them as a table."""

    loss: list[float] = field(default_factory=list)
    """Mean over the examples of an epoch, each measured just before the step it led to."""
    validation_loss: list[float] = field(default_factory=list)
    """Loss on the validation data after each epoch; empty without them."""
    best_epoch: int | None = None
    """The epoch, counted from 1, with the least validation loss; its parameters are the ones kept by early stopping."""

    gradient_norms: dict[str, list[float]] = field(default_factory=dict)
    """The Euclidean norm of the gradient of each parameter, by name, in the last step of each epoch."""

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the epochs (extra ``plot``); returns the matplotlib axes."""
        return plots.loss_curve(self.loss, self.validation_loss, ax=ax)

    def __str__(self) -> str:
        n = len(self.loss)
        shown = sorted({round(i) for i in np.linspace(0, n - 1, min(n, 10))})
        columns = {"epoch": [str(i + 1) for i in shown], "loss": [f"{self.loss[i]:.5f}" for i in shown]}
        if self.validation_loss:
            columns["validation loss"] = [f"{self.validation_loss[i]:.5f}" for i in shown]
        rows = zip(*([name, *cells] for name, cells in columns.items()))
        return "\n".join("  ".join(cell.rjust(max(len(name), 7)) for name, cell in zip(columns, row)) for row in rows)


def fit(
    model: Module,
    X: ArrayLike,
    y: ArrayLike,
    loss: Loss,
    optimiser: Optimiser,
    *,
    epochs: int,
    batch_size: int | None = None,
    seed: int | np.random.Generator | None = 0,
    validation: float | tuple[ArrayLike, ArrayLike] | None = None,
    patience: int | None = None,
    progress: bool = True,
    compile: bool = False,
) -> History:
    """Train `model`: in each epoch, one step of the optimiser per batch of examples.

    Parameters
    ----------
    model : what maps X to predictions.
    X, y : examples along axis 0, and their targets.
    loss : ``loss(y, prediction)``, a mean over the examples.
    optimiser : made with the parameters of the model.
    batch_size : examples per step; None: all of them, in one step per epoch.
    seed : shuffles the examples before each epoch; None keeps them in order.
    validation : data (X, y) to measure the loss on after each epoch, or the fraction of the examples to set aside.
    patience : stop after this many epochs without a better validation loss, and restore the best parameters.
    progress : show a bar on standard error, if that is a terminal.
    compile : run the steps as NumPy code, which is recorded at the first batch of each size (see
        `tinygrad_edu.compile`): faster, with the same numbers up to rounding; ``.grad`` stays empty.

    Raises
    ------
    ShapeError
        If X and y do not hold the same number of examples, or none.
    UnsupportedError
        If `epochs` or `batch_size` is no such number, if `patience` is given without `validation`, or if the step
        cannot be compiled.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> X, y = tg.data.moons(200, noise=0.15, random_state=0)
    >>> net = tg.nn.MLP([2, 8, 1], output="sigmoid", seed=0)
    >>> optimiser = tg.optim.Adam(net.parameters(), lr=0.05)
    >>> history = tg.train.fit(net, X, y[:, None], tg.losses.log_loss, optimiser, epochs=50, batch_size=20)
    >>> tg.metrics.accuracy(y[:, None], net(X).data > 0.5) > 0.97
    True
    """
    if patience is not None and validation is None:
        raise UnsupportedError("fit: patience= watches the validation loss: give validation=0.2 or validation=(X, y).")
    check_count("epochs", epochs, 0)
    check_count("batch_size", batch_size, 1)
    rng = None if seed is None else np.random.default_rng(seed)
    X, y, held_out = set_aside(np.asarray(X), np.asarray(y), validation, rng)
    n = same_length(X, y)
    if not n:
        raise ShapeError(f"fit: X of shape {np.shape(X)} holds no examples.")
    step = training_step(model, loss, optimiser)
    step = compiled.compile(step) if compile else step
    history, keeper = History(), BestParameters(model)
    for epoch in shown(epochs, history, progress and sys.stderr.isatty()):
        mean, norms = run_epoch(step, X, y, [*batches(n, batch_size, rng)])
        history.loss.append(mean)
        for name, norm in norms.items():
            history.gradient_norms.setdefault(name, []).append(float(norm))
        if held_out is not None:
            with no_grad():
                history.validation_loss.append(loss(held_out[1], model(held_out[0])).item())
            history.best_epoch = keeper.update(epoch, history.validation_loss)
            if patience is not None and epoch - history.best_epoch >= patience:
                break
    if patience is not None:
        keeper.restore()
    return history


def check_count(name: str, given: Any, least: int) -> None:
    if given is not None and not (isinstance(given, (int, np.integer)) and given >= least):
        raise UnsupportedError(f"fit: {name} is a whole number from {least} on, but {given!r} was given.")


def set_aside(X: Any, y: Any, validation: Any, rng: np.random.Generator | None) -> tuple[Any, Any, Any]:
    """Training data, and the validation data if there are any."""
    if not isinstance(validation, float):
        return X, y, None if validation is None else tuple(map(np.asarray, validation))
    seed = int((rng or np.random.default_rng(0)).integers(2**31))
    X, X_validation, y, y_validation = split(X, y, test_size=validation, random_state=seed)
    return X, y, (X_validation, y_validation)


def batches(n: int, size: int | None, rng: np.random.Generator | None) -> Iterator[Part]:
    """The examples of each batch; all of them as a slice, which costs no copy."""
    if size is None or size >= n:
        yield slice(None)
        return
    order = np.arange(n) if rng is None else rng.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


def training_step(model: Module, loss: Loss, optimiser: Optimiser) -> Step:
    """A function of a batch that takes one step, and gives the loss before it and, if wanted, the gradient norms."""

    def step(X: Any, y: Any, with_norms: bool = False) -> tuple[Any, dict[str, Any]]:
        optimiser.zero_grad()
        L = loss(y, model(X))
        L.backward(keep="leaves")
        norms = gradient_norms(model) if with_norms else {}
        optimiser.step()
        return L, norms

    return step


def gradient_norms(model: Module) -> dict[str, Any]:
    """The Euclidean norm of each gradient; 0 where there is none."""
    gradients = {name: p.grad for name, p in model.named_parameters().items()}
    return {name: 0.0 if g is None else np.sqrt(np.sum(g * g)) for name, g in gradients.items()}


def run_epoch(step: Step, X: Any, y: Any, parts: list[Part], with_norms: bool = True) -> tuple[float, dict[str, Any]]:
    """One step per batch; the mean loss of the examples, and the gradient norms of the last step."""
    total, norms = 0.0, dict[str, Any]()
    last = len(parts) - 1
    for i, part in enumerate(parts):
        targets = y[part]
        L, norms = step(X[part], targets, True) if with_norms and i == last else step(X[part], targets)
        total += L.item() * len(targets)
    return total / len(y), norms


class BestParameters:
    """The parameters of the epoch with the least validation loss: no copies, since updates never write into arrays."""

    def __init__(self, model: Module) -> None:
        self.parameters = model.parameters()
        self.epoch = 0

    def update(self, epoch: int, losses: list[float]) -> int:
        """Remember the parameters if the last loss is the best; returns the best epoch so far."""
        if self.epoch == 0 or losses[-1] < losses[self.epoch - 1]:
            self.epoch = epoch
            self.arrays = [p.numpy() for p in self.parameters]
        return self.epoch

    def restore(self) -> None:
        for p, array in zip(self.parameters, self.arrays):
            p.data = array


def shown(epochs: int, history: History, visible: bool, width: int = 30) -> Iterator[int]:
    """Count the epochs from 1, with a bar and the latest loss on standard error if it is `visible`."""
    last = 0.0
    for epoch in range(1, epochs + 1):
        yield epoch
        if visible and (time.monotonic() - last > 0.05 or epoch == epochs):
            last = time.monotonic()
            bar = "█" * (width * epoch // epochs)
            text = f"\r{bar:░<{width}} {epoch}/{epochs}  loss {history.loss[-1]:.5f}"
            print(text, end="", file=sys.stderr, flush=True)
    if visible:
        print(file=sys.stderr)
