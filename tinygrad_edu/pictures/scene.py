"""What a picture of a graph shows: its boxes, the edges between them with their derivatives, and who meets whom."""

from __future__ import annotations

from collections import Counter
from copy import copy
from typing import Any

from ..formulas.derivation import Derivation, Edge
from ..node import Node
from ..recorder import Recorder
from .folding import Folding


class Scene:
    """The boxes and edges of one picture, before they have texts."""

    def __init__(
        self, derivation: Derivation, folding: Folding, flow: str, show: str = "values", digits: int = 3
    ) -> None:
        self.derivation = derivation
        self.names = derivation.names
        self.adjoint = derivation.adjoint
        self.output = derivation.output
        self.loss = derivation.loss
        self.flow = flow
        self.show = show
        self.digits = digits
        self.tangents: dict[Node, Any] = {}
        """How fast each node moves along the directions that were given, in forward mode."""
        self.named = derivation.named
        self.shown = folding.shown
        self.folding = folding
        fed = [box for box, _ in folding.feeding if box.requires_grad]
        derivation.closed.update(dict.fromkeys(fed, None))  # part of what arrives at them is not shown
        # from the output on, so that ∂L/∂box is known before it is passed on
        by_head = {box: derivation.edges(box) for box in reversed(folding.shown)}
        self.edges = [edge for box in folding.shown for edge in by_head[box]]
        self.arriving = Counter([e.tail for e in self.edges if e.derivative is not None] + fed)
        self.spine = spine(self.output, self.edges)

    def showing(self, flow: str) -> Scene:
        """The same boxes and edges for another pass: all pictures of a graph run in the same direction."""
        other = copy(self)
        other.flow = flow
        return other

    def meets(self, box: Recorder) -> bool:
        """Whether several gradients arrive at the box, so that a Σ stands in front of it."""
        return self.flow != "forward" and self.arriving[box] > 1

    def into(self, box: Recorder) -> list[Edge]:
        """The edges along which gradients arrive at the box."""
        return [e for e in self.edges if e.tail is box and e.derivative is not None]


def spine(output: Recorder, edges: list[Edge]) -> set[Recorder]:
    """The longest chain from a variable to the output along which gradients flow: it is drawn straight."""
    depth: dict[Recorder, int] = {}
    for edge in edges:  # tails before heads
        if edge.derivative is not None:
            depth[edge.head] = max(depth.get(edge.head, 0), depth.get(edge.tail, 0) + 1)
    chain = {output}
    node = output
    while True:
        before = [e.tail for e in edges if e.head is node and e.derivative is not None]
        if not before:
            return chain
        node = max(before, key=lambda b: depth.get(b, 0))
        chain.add(node)
