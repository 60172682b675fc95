"""What the chain rule brings from box to box: the sweep, started at each box and stopped at the next ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..backward import graph, sweep, values
from ..formulas.normal import ZERO, Formula, constant, symbol
from ..formulas.reading import formula
from ..formulas.shortest import simplest
from ..node import Node
from ..recorder import Recorder, plain
from .partition import Partition


class Edge(NamedTuple):
    """From the box `tail` to the box `head` that uses it; nothing flows back where `derivative` is None."""

    tail: Recorder
    head: Recorder
    derivative: Formula | None
    value: Any


def adjoints(output: Recorder) -> dict[Node, Any]:
    """∂L/∂node for every node, as numbers. Of an array, L is the sum of its elements."""
    if not output.requires_grad:
        return {}
    return dict(sweep(output, np.ones_like(output.value)[()], values))


class Derivation:
    """The boxes of a partition with the formula of each, and the derivative on each edge.

    Every box is computed from *symbols* that stand for other boxes, so the sweep from a box ends there.
    At the operations level each use of a box is a symbol of its own: ``x·x`` has two edges.
    """

    def __init__(self, parts: Partition, names: dict[Recorder, str], loss: str, separate_uses: bool) -> None:
        self.parts = parts
        self.names = names
        self.loss = loss
        self.separate_uses = separate_uses
        self.output = parts.boxes[-1]
        self.adjoint = adjoints(self.output)
        self.known: dict[Node, Formula] = {}
        self.symbols: dict[Recorder, dict[Recorder, Recorder]] = {box: {} for box in parts.boxes}
        self.inside: dict[Node, Recorder] = {}
        self.closed: dict[Recorder, Formula | None] = {self.output: constant(1)}
        """∂L/∂box in terms of boxes alone (ŷ − y); None where that would grow too long."""

    def symbol_for(self, box: Recorder, home: Recorder) -> Recorder:
        """The leaf that stands for `box` inside `home`."""
        for leaf, meant in self.symbols[home].items():
            if meant is box and not self.separate_uses:
                return leaf
        leaf = Recorder(box.value, box.name, requires_grad=box.requires_grad)
        self.symbols[home][leaf] = box
        # separate uses do not collect: x·x stays x·x where each x has an arrow of its own
        self.known[leaf] = symbol(self.names[box], np.ndim(box.value), key=id(leaf if self.separate_uses else box))
        return leaf

    def symbol(self, box: Recorder) -> Formula:
        return symbol(self.names[box], np.ndim(box.value), key=id(box))

    def build(self, members: Iterable[Recorder]) -> None:
        """Copy the inside of the boxes, each node once, with symbols where another box is used."""
        for node in members:
            if node.row is not None:
                home = self.parts.home[node]
                inputs = tuple(self.inner(x, home) for x in node.inputs)
                self.inside[node] = Recorder(node.value, None, node.row, inputs, node.settings)

    def inner(self, x: Any, home: Recorder) -> Any:
        if not isinstance(x, Recorder):
            return x
        return self.symbol_for(x, home) if self.parts.home[x] is x else self.inside[x]

    def formula(self, box: Recorder) -> Formula:
        """How the box is computed from the others."""
        return formula(self.inside[box], self.known)

    def edges(self, box: Recorder) -> list[Edge]:
        """One edge per symbol inside the box, in the order in which they were used."""
        found = self.derivatives(box) if box in self.adjoint and box in self.inside else {}
        edges = []
        for leaf, tail in self.symbols[box].items():
            derivative, value = found.get(leaf, (None, None))
            edges.append(Edge(tail, box, derivative, value))
        return edges

    def derivatives(self, box: Recorder) -> dict[Node, tuple[Formula, Any]]:
        """What arrives at each symbol inside the box: ∂box/∂symbol of a number, and of an array in terms of ∂L/∂box."""
        inside = self.inside[box]
        scalar = not np.ndim(box.value)
        seed = Recorder(np.ones_like(box.value)[()] if scalar else self.adjoint[box], requires_grad=False)
        here = {**self.known, inside: self.symbol(box), seed: constant(1) if scalar else self.adjoint_symbol(box)}
        closed = self.closed.get(box)
        found: dict[Node, tuple[Formula, Any]] = {}
        for leaf, total in sweep(inside, seed, graph):
            if isinstance(leaf, Recorder) and leaf in self.symbols[box]:
                local = simplest(formula(total, here))
                found[leaf] = (local, plain(total))
                if closed is None:
                    through = None
                else:
                    through = closed * local if scalar else formula(total, {**here, seed: closed})
                self.add_closed(self.symbols[box][leaf], through)
        return found

    def add_closed(self, box: Recorder, part: Formula | None) -> None:
        known = self.closed.get(box, ZERO)
        total = None if part is None or known is None else simplest(part + known)
        self.closed[box] = total if total is not None and total.size <= MOST_CLOSED else None

    def adjoint_symbol(self, box: Recorder) -> Formula:
        return symbol(f"∂{self.loss}/∂{self.names[box]}", np.ndim(box.value), adjoint=True, key=id(box))


MOST_CLOSED = 24
"""The size up to which ∂L/∂box is composed further; beyond, formulas would only grow."""
