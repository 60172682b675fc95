"""One step of gradient descent as a picture: what each variable was, how it moves, and what that does to the loss."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..formulas.derivation import Derivation, derive
from ..formulas.numbers import value_grid
from ..pictures.boxes import Arrow, Box, Cell, Plan
from ..pictures.picture import Picture
from ..tensor import Tensor
from .phrases import bracketed, number
from .update import Change, Update, update

LEGEND = (
    Cell("text", "left: before the step; right: "),
    Cell("value", "after it"),
    Cell("text", "; in between: the step against "),
    Cell("gradient", "the gradient"),
)


def draw_update(output: Tensor, lr: float) -> Picture:
    """The step ``w ← w − α·∂L/∂w`` of every variable, with its numbers, and the loss before and after it.

    Nothing is changed: the step is the one that `optim.SGD` with this learning rate α would take, and the loss after
    it is computed by replaying the graph.

    Parameters
    ----------
    output : the Tensor that is minimised.
    lr : the learning rate α.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> w = tg.Tensor(3.0, name="w")
    >>> L = w * w
    >>> L.name = "L"
    >>> [arrow.label for arrow in tg.draw_update(L, lr=0.1).plan.arrows]
    [('− α·∂L/∂w', '= −0.1·6'), ('changes by −3.24', 'the gradient predicts −3.6')]
    """
    derivation, step = derive(output), update(output, lr)
    twins = {node: box for box, node in derivation.origin.items()}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for i, change in enumerate(step.changes):
        box = twins[change.variable]
        boxes += variable(f"w{i}", derivation.names[box], derivation.adjoint_name(box), change)
        label = [f"− α·{derivation.adjoint_name(box)}"]
        label += [f"= −{number(lr)}·{bracketed(number(change.gradient))}"] if np.ndim(change.gradient) < 2 else []
        arrows.append(Arrow(f"w{i}", f"w{i}_new", "forward", tuple(label)))
    boxes += losses(derivation, step)
    arrows.append(Arrow("L", "L_new", "forward", tuple(compared(step, lr))))
    title = f"One step of gradient descent, α = {number(lr)}"
    name = derivation.names[derivation.output]
    said = f"{title}: {name} is {number(step.loss_before)} before and {number(step.loss_after)} after it."
    return Picture(Plan(title, tuple(boxes), tuple(arrows), LEGEND, description=said))


def variable(id: str, name: str, adjoint: str, change: Change) -> list[Box]:
    """A variable before the step, with its gradient, and after it."""
    grid = value_grid(change.gradient)
    gradient = Cell("gradient", f"{adjoint} =" if grid else f"{adjoint} = {number(change.gradient)}", grid)
    shape = str(change.variable.shape) if change.variable.shape else ""
    return [
        Box(id, "parameter", (name,), shape, ((value(change.before),), (gradient,))),
        Box(f"{id}_new", "parameter", (f"{name} ← {name} − α·{adjoint}",), shape, ((value(change.after),),)),
    ]


def value(x: object) -> Cell:
    grid = value_grid(x)
    return Cell("value", "" if grid else number(x), grid)


def losses(derivation: Derivation, step: Update) -> list[Box]:
    name = derivation.names[derivation.output]
    found = ("L", f"{name} before", step.loss_before), ("L_new", f"{name} after", step.loss_after)
    return [Box(id, "loss", (title,), rows=((value(loss),),)) for id, title, loss in found]


def compared(step: Update, lr: float) -> Iterator[str]:
    """What the step did to the loss, and what the gradient alone, which is a tangent, predicts."""
    if not np.ndim(step.loss_before):
        yield f"changes by {number(step.loss_after - step.loss_before)}"
        yield f"the gradient predicts {number(-lr * sum(np.sum(c.gradient**2) for c in step.changes))}"
