"""Logistic regression on Fisher's irises: versicolor (0) against virginica (1), by petal length and width."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import data, losses, nn, optim, train


class Result(NamedTuple):
    """What was learned, and from what."""

    neuron: nn.Neuron
    start: dict[str, Any]
    """The parameters before training, as a state of the neuron."""
    history: train.History
    petals: NDArray[np.float64]
    """Petal length and width in cm, of shape (100, 2)."""
    X: NDArray[np.float64]
    """The same, standardised."""
    y: NDArray[np.int64]
    loss: float
    """In nats per example."""
    wrong: int
    coefficients: NDArray[np.float64]
    """Per cm: the slopes of the logarithm of the odds."""
    intercept: float

    def predict(self, petals: Any) -> Any:
        """The probability of virginica for petals measured in cm, of shape (n, 2)."""
        z = petals @ self.coefficients + self.intercept
        return 1 / (1 + np.exp(-z))


def learn(seed: int, progress: bool) -> Result:
    """Train one sigmoid neuron on all examples at once until nothing changes any more.

    Plain gradient descent: the loss is convex, and of standardised inputs its curvature is nowhere above
    (1 + correlation)/4 = 0.45, so every step at lr = 4 < 2/0.45 goes down, and 2,000 reach the minimum to 1e-8.
    """
    flowers = data.iris()
    petals, y = flowers.X[50:, 2:], flowers.y[50:] - 1
    X = data.standardise(petals)
    neuron = nn.Neuron(2, "sigmoid", seed)
    start = neuron.state_dict()
    optimiser = optim.SGD(neuron.parameters(), lr=4.0)
    history = train.fit(neuron, X, y, losses.log_loss, optimiser, epochs=2000, progress=progress)
    y_hat = neuron(X).numpy()
    coefficients = neuron.w.numpy() / petals.std(axis=0)
    return Result(
        neuron, start, history, petals, X, y,
        loss=losses.log_loss(y, y_hat).item(),
        wrong=int(np.sum((y_hat > 0.5) != y)),
        coefficients=coefficients,
        intercept=neuron.b.item() - petals.mean(axis=0) @ coefficients,
    )  # fmt: skip


def report(result: Result) -> str:
    """The result as lines of text."""
    length, width = result.coefficients
    return (
        "Logistic regression on Fisher's iris: versicolor (0) or virginica (1) from the petals\n"
        f"  loss          {result.loss:.5f} nats per example, after {len(result.history.loss)} steps\n"
        f"  wrong         {result.wrong} of {len(result.y)}\n"
        f"  coefficients  {length:.4f} per cm of petal length, {width:.4f} per cm of petal width\n"
        f"  intercept     {result.intercept:.4f}"
    )
