"""The events of both passes in order, as data: what the player, the frames and the slides are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import UnsupportedError
from ..formulas.derivation import Edge
from ..recorder import Recorder
from ..tensor import Tensor
from .phrases import Phrases
from .scenery import Scenery
from .update import update

MOST_STEPS = 1000
"""Beyond, a page or a folder of frames would help nobody."""


@dataclass(frozen=True)
class Step:
    """One event of the forward pass, the backward pass, or the update.

    In the forward pass `total` is the value of `node`. In the backward pass the gradient that `arrives` at `source`
    times the `local` derivative is `added` to ∂L/∂(node), which is now `total`; where `source` is an array, `added` is
    what its gradient becomes on the way (Xᵀ · ∂L/∂z). In an update `total` is the new value of `node`, and
    at last the new loss.
    """

    number: int
    phase: str
    """``"forward"``, ``"backward"`` or ``"update"``."""
    node: str
    """The name of the node that gets something."""
    target: str
    """What it gets: ``z``, or ``∂L/∂z``."""
    total: Any
    symbols: str
    """The event as a formula: ``∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z``."""
    numbers: str
    """The right side with numbers: ``= −2.11 · 0.249 = −0.525``."""
    box: str
    """The id of the node's box in the picture; `arrows` are the numbers of the arrows along which it happens."""
    arrows: tuple[int, ...] = ()
    source: str | None = None
    arrives: Any = None
    local: str = ""
    """The local derivative with symbols and numbers: ``∂ŷ/∂z = ŷ(1 − ŷ) = 0.475(1 − 0.475) = 0.249``."""
    factor: Any = None
    """The local derivative as a number, where `source` is one."""
    added: Any = None
    waiting: int = 0
    """How many contributions are still to come before `total` is ∂L/∂(node)."""
    sum: str = ""
    """The running sum, where several contributions meet: ``3 + 3 = 6``."""

    def __str__(self) -> str:
        return f"{self.number}. {self.phase}: {self.symbols} {self.numbers}".rstrip()


def steps(output: Tensor, detail: str | None = None, lr: float | None = None) -> list[Step]:
    """Every event of the forward and the backward pass, ``∂L/∂x += ∂L/∂y · ∂y/∂x``, in the order in which they happen.

    Parameters
    ----------
    output : the Tensor whose graph is walked, usually the loss. ``.grad`` is left alone.
    detail : ``"named"`` or ``"operations"``, as in `draw`.
    lr : the learning rate of an update at the end; without it there is none.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> x = tg.Tensor(3.0)
    >>> v = x * x
    >>> L = v + x
    >>> tg.named(x=x, v=v, L=L)
    >>> for step in tg.steps(L, detail="operations", lr=0.1):
    ...     print(step)
    1. forward: v = x·x = 3·3 = 9
    2. forward: L = v + x = 9 + 3 = 12
    3. backward: ∂L/∂L = 1
    4. backward: ∂L/∂v = ∂L/∂L · ∂L/∂v = 1 · 1 = 1
    5. backward: ∂L/∂x += ∂L/∂L · ∂L/∂x = 1 · 1 = 1
    6. backward: ∂L/∂x += ∂L/∂v · ∂v/∂x = 1 · 3 = 3
    7. backward: ∂L/∂x += ∂L/∂v · ∂v/∂x = 1 · 3 = 3
    8. update: x ← x − α·∂L/∂x = 3 − 0.1·7 = 2.3
    9. update: L is 12 before the step, and 7.59 after it
    """
    return walk(output, Scenery(output, detail), lr)


def few_steps(output: Tensor, scenery: Scenery, lr: float | None) -> list[Step]:
    """The steps through a picture, if they are few enough to walk through.

    Raises
    ------
    UnsupportedError
        If there are more than `MOST_STEPS`.
    """
    found = walk(output, scenery, lr)
    if len(found) > MOST_STEPS:
        raise UnsupportedError(
            f"{len(found)} steps are too many to walk through (at most {MOST_STEPS}). Name the values that matter, "
            'with tg.named(...), and leave detail="operations" out: the rest folds into their formulas.'
        )
    return found


def walk(output: Tensor, scenery: Scenery, lr: float | None) -> list[Step]:
    """The steps through a picture."""
    events = [*forward(scenery), *backward(scenery), *(updating(output, scenery, lr) if lr is not None else ())]
    return [replace(step, number=number) for number, step in enumerate(events, start=1)]


def forward(scenery: Scenery) -> Iterator[Step]:
    """Each box is computed from the boxes before it."""
    names, phrases = scenery.derivation.names, Phrases(scenery.derivation)
    for box, edges in scenery.edges.items():
        if box.row is not None:
            symbols, numbers = phrases.computed(box)
            arrows = tuple(i for edge in edges for i in scenery.arrows(edge))
            yield Step(0, "forward", names[box], names[box], box.value, symbols, numbers, scenery.box(box), arrows)


def backward(scenery: Scenery) -> Iterator[Step]:
    """From the output on, each box passes its gradient to the boxes that it was computed from."""
    derivation, phrases = scenery.derivation, Phrases(scenery.derivation)
    output, adjoint = derivation.output, derivation.adjoint
    if output not in adjoint:
        return
    waiting = Counter(e.tail for edges in scenery.edges.values() for e in edges if e.derivative is not None)
    target = phrases.adjoint(output)
    yield Step(
        0, "backward", derivation.names[output], target, adjoint[output], f"{target} = 1", "", scenery.box(output)
    )
    totals: dict[Recorder, Any] = {}
    several = {box for box, count in waiting.items() if count > 1}
    for box in reversed(scenery.edges):
        for edge in scenery.edges[box]:
            if edge.derivative is not None:
                waiting[edge.tail] -= 1
                yield passed(edge, scenery, phrases, totals, waiting[edge.tail], edge.tail in several)


def passed(
    edge: Edge, scenery: Scenery, phrases: Phrases, totals: dict[Recorder, Any], waiting: int, several: bool
) -> Step:
    """What one box passes to another, added to what has arrived there before."""
    upstream = scenery.derivation.adjoint[edge.head]
    scalar = not edge.head.shape
    added = upstream * edge.value if scalar else edge.value
    before = totals.get(edge.tail)
    totals[edge.tail] = total = added if before is None else before + added
    symbols, numbers = phrases.chained(edge, added, several)
    return Step(
        0, "backward", scenery.derivation.names[edge.tail], phrases.adjoint(edge.tail), total, symbols, numbers,
        scenery.box(edge.tail), scenery.arrows(edge), scenery.derivation.names[edge.head], upstream,
        phrases.local(edge), edge.value if scalar else None, added, waiting,
        phrases.running(before, added, total) if several else "",
    )  # fmt: skip


def updating(output: Tensor, scenery: Scenery, lr: float) -> Iterator[Step]:
    """Each variable moves against its gradient; then the loss is computed again."""
    derivation, phrases = scenery.derivation, Phrases(scenery.derivation)
    twins = {node: recorder for recorder, node in derivation.origin.items()}
    step = update(output, lr)
    for change in step.changes:
        box = twins[change.variable]
        symbols, numbers = phrases.moved(box, change.before, change.gradient, change.after, lr)
        name = derivation.names[box]
        yield Step(0, "update", name, name, change.after, symbols, numbers, scenery.box(box))
    name = derivation.names[derivation.output]
    said = phrases.compared(step.loss_before, step.loss_after)
    yield Step(0, "update", name, name, step.loss_after, said, "", scenery.box(derivation.output))
