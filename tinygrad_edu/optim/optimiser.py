"""Optimisers: how parameters follow their gradients downhill.

An update never writes into the arrays of a recorded graph: it computes a fresh one and hands it to the parameter.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..refusals import describe
from ..tensor import Tensor
from .schedules import Schedule


class Optimiser:
    """What all optimisers share: the parameters, the learning rate, and one `step`.

    Parameters
    ----------
    parameters : the leaf Tensors to update.
    lr : the learning rate, or a function of the number of steps taken so far, such as `cosine`.

    Raises
    ------
    UnsupportedError
        If a parameter is given twice, takes no gradient, or was computed from others, or if the learning rate is
        negative or no number (that of a schedule: in `step`).
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float | Schedule) -> None:
        self.parameters = checked(list(parameters))
        self.lr = lr
        self.steps = 0
        if not callable(lr):
            learning_rate(lr)

    def step(self) -> None:
        """Update every parameter from its ``.grad``.

        Raises
        ------
        UnsupportedError
            If a parameter has no gradient; none is updated then.
        """
        gradients = gradients_of(self.parameters)
        lr = learning_rate(self.lr(self.steps) if callable(self.lr) else self.lr)
        self.steps += 1
        for i, p in enumerate(self.parameters):
            p.assign(self.updated(p._data, gradients[i], lr, i))

    def updated(self, w: Any, g: Any, lr: float, i: int) -> Any:
        """The value after the step, in fresh memory, of parameter number `i` with value `w` and gradient `g`."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget all gradients: the next ``backward()`` starts from nothing."""
        for p in self.parameters:
            p.zero_grad()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.parameters)} parameters, lr={self.lr})"


def learning_rate(lr: Any) -> float:
    if isinstance(lr, (float, int, np.floating)) and 0 <= lr < inf:
        return float(lr)
    raise UnsupportedError(
        f"A learning rate is a number, positive or 0, but {lr!r} was given. Write lr=0.1, for example."
    )


def checked(parameters: list[Tensor]) -> list[Tensor]:
    if not parameters:
        raise UnsupportedError("An optimiser needs at least one parameter: optim.SGD(model.parameters(), lr=0.1).")
    seen: set[Tensor] = set()
    for p in parameters:
        if not isinstance(p, Tensor) or p.row is not None or not p.requires_grad:
            raise UnsupportedError(
                f"{describe(p)} is no parameter: that is a Tensor that takes a gradient and was not computed."
            )
        if p in seen:
            raise UnsupportedError(f"{describe(p)} is given twice, so each step would update it twice. Give it once.")
        seen.add(p)
    return parameters


def gradients_of(parameters: Iterable[Tensor]) -> list[Any]:
    """The gradients as they are, to be read only."""
    gradients = []
    for p in parameters:
        if p._grad is None:
            raise UnsupportedError(
                f"{describe(p)} has no gradient: call L.backward() before step(). "
                "If you did, the loss does not depend on it: leave it out of the optimiser."
            )
        gradients.append(p._grad)
    return gradients
