"""One step of gradient descent: w ← w − α·∂L/∂w for every variable, and the loss before and after."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..backward import sweep, values
from ..optim import SGD
from ..recorder import plain
from ..replay import replay
from ..tensor import Tensor


class Change(NamedTuple):
    """A variable's value before and after the step, and the gradient that moved it."""

    variable: Tensor
    before: Any
    gradient: Any
    after: Any


class Update(NamedTuple):
    """What a step changes, and what that does to the loss."""

    changes: list[Change]
    loss_before: Any
    loss_after: Any


def update(output: Tensor, lr: float) -> Update:
    """The step that `optim.SGD` would take, without taking it: the loss after it is computed by replaying the graph."""
    root, origin = replay(output)
    adjoint = dict(sweep(root, np.ones_like(root.value)[()], values)) if root.requires_grad else {}
    moved = [
        (node, recorder.value, adjoint[recorder])
        for recorder, node in origin.items()
        if recorder.row is None and recorder in adjoint
    ]
    descent = SGD([node for node, _, _ in moved], lr) if moved else None
    changes = [
        Change(node, w, g, descent.updated(w, g, np.array(lr, g.dtype)))  # type: ignore[union-attr]
        for node, w, g in moved
    ]
    after = replay(output, {change.variable: change.after for change in changes}).output
    return Update(changes, plain(output), after.value)
