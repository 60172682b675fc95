"""Optimisers: how parameters follow their gradients downhill.

An update is a formula: it writes into no array, computes a fresh one and hands it to the parameter. So a compiled step
is the same formula read once more, and there it may write into the memory of the parameter.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import inf
from typing import Any, ClassVar

import numpy as np

from ..errors import UnsupportedError
from ..recording import Tracing, recording_now
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

    moments: ClassVar[int] = 0
    """How many arrays are kept for each parameter, from step to step."""

    def __init__(self, parameters: Iterable[Tensor], lr: float | Schedule) -> None:
        self.parameters = checked(list(parameters))
        self.lr = lr
        self.steps = 0
        self.state = [[np.zeros_like(p.numpy())[()] for _ in range(self.moments)] for p in self.parameters]
        if not callable(lr):
            learning_rate(lr)

    def step(self) -> None:
        """Update every parameter from its ``.grad``.

        Raises
        ------
        UnsupportedError
            If a parameter has no gradient; none is updated then.
        """
        mode = recording_now()
        if mode is not True and isinstance(mode, Tracing):
            mode.update(self)
            return
        gradients = gradients_of(self.parameters)
        rates = self.rates(self.learning_rate())
        self.steps += 1
        dtype = None
        for p, g, kept in zip(self.parameters, gradients, self.state):
            if g.dtype is not dtype:  # most often all are alike
                dtype = g.dtype
                numbers = [as_array(rate, dtype) for rate in rates]
            if kept:
                kept[:] = self.remembered(g, *kept)
            p.assign(self.updated(p._data, g, *kept, *numbers))

    def learning_rate(self) -> float:
        """The learning rate of the next step."""
        return learning_rate(self.lr(self.steps) if callable(self.lr) else self.lr)

    def rates(self, lr: float) -> tuple[float, ...]:
        """The numbers of the next step that are others in each step, in the order in which `updated` takes them."""
        return (lr,)

    def remembered(self, g: Any, *kept: Any) -> tuple[Any, ...]:
        """What is kept of the gradients up to this one, `g`, given what was kept before."""
        return ()

    def updated(self, w: Any, g: Any, *kept_and_rates: Any) -> Any:
        """The value after the step, in fresh memory, of a parameter with value `w` and gradient `g`."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget all gradients: the next ``backward()`` starts from nothing."""
        if isinstance(mode := recording_now(), Tracing):
            for p in self.parameters:
                mode.zero_grad(p)
        else:
            for p in self.parameters:
                p._grad = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.parameters)} parameters, lr={self.lr})"


as_array = lru_cache(maxsize=32)(np.array)
"""A number as an array of the dtype of what it multiplies: a Python number takes NumPy twice the time."""


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
    mode = recording_now()
    read = mode.gradient if isinstance(mode, Tracing) else None
    gradients = []
    for p in parameters:
        g = read(p) if read else p._grad
        if g is None:
            raise UnsupportedError(
                f"{describe(p)} has no gradient: call L.backward() before step(). "
                "If you did, the loss does not depend on it: leave it out of the optimiser."
            )
        gradients.append(g)
    return gradients
