"""What the chain rule brings from box to box: the sweep, started at each box and stopped at the next ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from ..backward import graph, sweep, values
from ..node import Node
from ..recorder import Recorder, plain
from ..replay import replay
from .atoms import Symbol
from .names import SUBSCRIPTS, adjoint_name, pretty
from .normal import ZERO, Formula, constant, symbol, symbols
from .partition import Partition, default_detail, partition
from .reading import formula
from .shortest import simplest


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


def derive(output: Node, detail: str | None = None, wanted: Collection[Node] = ()) -> Derivation:
    """The boxes of the graph of `output` and their names; by default those that have names, if all variables do.

    Each node of `wanted` gets a box of its own.
    """
    root, origin = replay(output)
    boxes = [recorder for recorder, node in origin.items() if node in wanted]
    detail = detail or default_detail(root)
    return Derivation(partition(root, detail, boxes), detail == "named", origin)


class Derivation:
    """The boxes of a partition with the formula of each, and the derivative on each edge.

    Every box is computed from *symbols* that stand for other boxes, so the sweep from a box ends there.
    At the operations level each use of a box is a symbol of its own: ``x·x`` has two edges.
    """

    def __init__(self, parts: Partition, named: bool, origin: Mapping[Recorder, Any]) -> None:
        self.parts = parts
        self.named = named
        self.origin = origin
        self.output = parts.boxes[-1]
        self.names = box_names(parts.boxes)
        self.loss = f"Σ{self.names[self.output]}" if self.output.shape else self.names[self.output]
        self.notation = "partial"
        self.adjoint = adjoints(self.output)
        self.known: dict[Node, Formula] = {}
        self.symbols: dict[Recorder, dict[Recorder, Recorder]] = {box: {} for box in parts.boxes}
        self.inside: dict[Node, Recorder] = {}
        self.closed: dict[Recorder, Formula | None] = {self.output: constant(1)}
        """∂L/∂box in terms of boxes alone (ŷ − y); None where that would be longer than `longest`."""
        self.longest = MOST_CLOSED

    def symbol_for(self, box: Recorder, home: Recorder) -> Recorder:
        """The leaf that stands for `box` inside `home`."""
        for leaf, meant in self.symbols[home].items():
            if meant is box and self.named:
                return leaf
        leaf = Recorder(box.value, box.name, requires_grad=box.requires_grad)
        self.symbols[home][leaf] = box
        # separate uses do not collect: x·x stays x·x where each x has an arrow of its own
        self.known[leaf] = symbol(self.names[box], np.ndim(box.value), key=id(box if self.named else leaf))
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
        if self.parts.home[x] is x:
            return self.symbol_for(x, home)
        return x.value if x.row is None else self.inside[x]  # a number without a name is written as such

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
        self.closed[box] = total if total is not None and total.size <= self.longest else None

    def sizes(self, formulas: Iterable[Formula]) -> set[Symbol]:
        """The symbols n in them, which stand for a number of elements (their key), not for a box of that name."""
        boxes = {f.atom for f in (*self.known.values(), *map(self.symbol, self.names))}
        return {s for f in formulas for s in symbols(f) if s.name == "n" and not s.ndim and s not in boxes}

    def adjoint_symbol(self, box: Recorder) -> Formula:
        return symbol(self.adjoint_name(box), np.ndim(box.value), adjoint=True, key=id(box))

    def adjoint_name(self, box: Recorder) -> str:
        return adjoint_name(self.loss, self.names[box], self.notation)


MOST_CLOSED = 24
"""The size up to which ∂L/∂box is composed further; beyond, formulas would only grow."""


def box_names(boxes: list[Recorder]) -> dict[Recorder, str]:
    """The name of every box as it is shown; unnamed ones are v₁, v₂, … in topological order, the output L."""
    given = told_apart({box: pretty(box.name) for box in boxes if box.name})
    taken = set(given.values())
    free = (v for v in ("v" + str(k).translate(SUBSCRIPTS) for k in count(1)) if v not in taken)
    names: dict[Recorder, str] = {}
    for box in boxes:
        is_loss = box is boxes[-1] and "L" not in taken
        names[box] = given[box] if box in given else "L" if is_loss else next(free)
    return names


def told_apart(names: dict[Recorder, str]) -> dict[Recorder, str]:
    """The names, with numbers where several boxes have the same: of two w, w₁ and w₂."""
    times = Counter(names.values())
    taken = set(times)
    numbers = {name: count(1) for name in times}
    unique = {}
    for box, name in names.items():
        if times[name] > 1:
            numbered = (name + str(k).translate(SUBSCRIPTS) for k in numbers[name])
            unique[box] = next(n for n in numbered if n not in taken)
            taken.add(unique[box])
        else:
            unique[box] = name
    return unique
