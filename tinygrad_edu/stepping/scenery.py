"""The picture that the steps walk through, and where in it a box or an edge is found."""

from __future__ import annotations

from collections.abc import Iterator

from ..formulas.derivation import Derivation, Edge
from ..node import Node
from ..pictures.plan import plan_scene
from ..pictures.scene import Scene
from ..pictures.selection import folded
from ..recorder import Recorder


class Scenery:
    """The combined picture of a graph, and all edges of the graph, also those inside what the picture folds away."""

    def __init__(self, output: Node, detail: str | None = None, direction: str | None = None) -> None:
        self.derivation, folding = derivation, _ = folded(output, detail)
        self.scene = Scene(derivation, folding, "both")
        self.plan = plan_scene(self.scene, direction, None)
        single = [box.id for box in self.plan.boxes if box.kind not in ("sum", "more")]
        self.ids = dict(zip(self.scene.shown, single)) | {box: group.id for box, group in folding.home.items()}
        self.edges: dict[Recorder, list[Edge]] = {box: [] for box in derivation.parts.boxes}
        for edge in (*self.scene.edges, *folded_edges(derivation, folding.hidden)):
            self.edges[edge.head].append(edge)

    def box(self, node: Recorder) -> str:
        """The id of the node's box in the plan."""
        return self.ids[node]

    def arrows(self, edge: Edge) -> tuple[int, ...]:
        """The numbers of the arrows along an edge: two where a Σ stands on the way, none inside a fold."""
        tail, head = self.box(edge.tail), self.box(edge.head)
        through = f"{tail}_sum"
        along = [i for i, a in enumerate(self.plan.arrows) if a.head == head and a.tail in (tail, through)]
        if not along or tail == head:
            return ()
        alike = [e for e in self.edges[edge.head] if e.tail is edge.tail]
        own = along[min(next(i for i, e in enumerate(alike) if e is edge), len(along) - 1)]
        before = [i for i, a in enumerate(self.plan.arrows) if (a.tail, a.head) == (tail, through)]
        return (own, *before) if self.plan.arrows[own].tail == through else (own,)


def folded_edges(derivation: Derivation, hidden: set[Recorder]) -> Iterator[Edge]:
    """The edges into boxes that the picture does not show."""
    home = derivation.parts.home
    derivation.build(node for node in reversed(home) if home[node] in hidden and isinstance(node, Recorder))
    return (edge for box in derivation.parts.boxes if box in hidden for edge in derivation.edges(box))
