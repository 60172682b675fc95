"""The paths along which a derivative reaches a box: counted, the first ones listed, each with what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..backward import sweep, values
from ..node import Node, topological_order
from ..recorder import Recorder
from .derivation import Derivation


class Path(NamedTuple):
    """The boxes from the output to the variable, and the use of each box inside the one before."""

    boxes: tuple[Recorder, ...]
    uses: tuple[Recorder, ...]


class Paths:
    """The boxes on the way from the output to `target`, in the order in which the sweep reaches them.

    There are none if no gradient flows to it. Their insides are built in the derivation.
    """

    def __init__(self, derivation: Derivation, target: Recorder) -> None:
        self.derivation = derivation
        self.target = target
        self.boxes = boxes_between(derivation, target)
        inside = set(self.boxes)
        home = derivation.parts.home
        derivation.build(n for n in reversed(home) if home[n] in inside and isinstance(n, Recorder))
        self.uses = {box: self.flowing(box, inside) for box in self.boxes}

    def flowing(self, box: Recorder, inside: set[Recorder]) -> list[tuple[Recorder, Recorder]]:
        """The symbols in a box along which a gradient flows towards the target, and the boxes that they stand for."""
        if box is self.target or box not in self.derivation.inside:
            return []
        reached = set(topological_order(self.derivation.inside[box]))
        symbols = self.derivation.symbols[box]
        return [(leaf, tail) for leaf, tail in symbols.items() if tail in inside and leaf in reached]

    @property
    def count(self) -> int:
        """How many paths there are, without walking them."""
        ways = dict.fromkeys(self.boxes, 0)
        for box in self.boxes:
            ways[box] = ways[box] or int(box is self.boxes[0])
            for _, tail in self.uses[box]:
                ways[tail] += ways[box]
        return ways.get(self.target, 0)

    def __iter__(self) -> Iterator[Path]:
        """Path after path; no recursion, and no dead ends, since every box leads on to the target."""
        Link = tuple[Any, Recorder, Recorder | None]
        stack: list[Link] = [(None, self.boxes[0], None)] if self.boxes else []
        while stack:
            link = stack.pop()
            if link[1] is self.target:
                yield unrolled(link)
            stack += [(link, tail, leaf) for leaf, tail in reversed(self.uses[link[1]])]

    def brought(self, path: Path) -> Any:
        """The part of the derivative that comes along a path: the chain rule with nothing added up."""
        g = np.ones_like(path.boxes[0].value)[()]
        for box, leaf in zip(path.boxes, path.uses):
            g = dict(sweep(self.derivation.inside[box], g, values))[leaf]
        return g


def unrolled(link: Any) -> Path:
    boxes, uses = [], []
    while link is not None:
        link, box, leaf = link
        boxes.append(box)
        uses.append(leaf)
    return Path(tuple(reversed(boxes)), tuple(reversed(uses[:-1])))


def boxes_between(derivation: Derivation, target: Recorder) -> list[Recorder]:
    """The boxes that depend on `target` and that the output depends on, both included, from the output on."""
    if target not in derivation.adjoint:
        return []
    depends: set[Node] = {target}
    for node in reversed(derivation.parts.home):
        if not depends.isdisjoint(node.parents):
            depends.add(node)
    return [box for box in reversed(derivation.parts.boxes) if box in depends and box in derivation.adjoint]
