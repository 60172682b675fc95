"""From a recorded graph to the boxes and arrows of its picture. Pure: no drawing engine, no operation by name."""

from __future__ import annotations

from ..formulas.derivation import Edge, derive
from ..formulas.partition import checked
from ..node import Node
from ..recorder import Recorder
from . import labels, words
from .boxes import Arrow, Box, Plan
from .folding import MORE, fold
from .measure import box_block, label_block
from .modules import clusters
from .scene import Scene

GAP = 40.0
WIDEST = 1500.0
"""Points: in a wider picture the text in boxes is smaller than 9 pt on a slide, so it is drawn top down."""


def plan_graph(
    output: Node,
    flow: str,
    detail: str | None = None,
    direction: str | None = None,
    title: str | None = None,
    show: str = "values",
) -> Plan:
    """The picture of the graph of `output`, with the values, adjoints and local derivatives that `flow` shows."""
    if direction is not None:
        checked(direction, tuple(words.ENDS), "direction")
    checked(show, labels.SHOWN, "show")
    derivation = derive(output, detail)
    folding = fold(derivation.parts)
    derivation.build(folding.members)
    return plan_scene(Scene(derivation, folding, flow, show), direction, title)


def plan_scene(scene: Scene, direction: str | None, title: str | None) -> Plan:
    """Boxes with their texts, arrows between them, and the words around them."""
    ids = {node: f"n{i}" for i, node in enumerate(scene.shown, start=1)}
    direction = direction or ("LR" if row_width(scene.showing("both"), ids) <= WIDEST else "TB")
    boxes = [box(scene, node, ids[node]) for node in scene.shown]
    if scene.folding.hidden:
        boxes.insert(scene.folding.first, Box(MORE, "more", (f"⋯ {len(scene.folding.hidden)} more boxes ⋯",)))
    sums = [Box(f"{ids[b]}_sum", "sum", ("Σ",), on_spine=b in scene.spine) for b in scene.shown if scene.meets(b)]
    return Plan(
        title=title or words.title(scene, direction),
        boxes=(*boxes, *sums),
        arrows=tuple(arrows(scene, ids)),
        legend=words.legend(scene),
        caption=words.caption(scene),
        clusters=clusters(scene, ids),
        direction=direction,
        description=words.description(scene),
    )


def box(scene: Scene, node: Recorder, id: str) -> Box:
    shape = str(node.shape) if node.shape and scene.show == "values" else ""
    return Box(id, kind(scene, node), labels.title(scene, node), shape, labels.rows(scene, node), node in scene.spine)


def kind(scene: Scene, node: Recorder) -> str:
    if node is scene.output:
        return "loss"
    return "value" if node.row is not None else "parameter" if node.requires_grad else "data"


def row_width(scene: Scene, ids: dict[Recorder, str]) -> float:
    """How wide the picture would be from left to right: the boxes and labels on its spine, in points."""
    boxes = [box(scene, node, ids[node]) for node in scene.spine if node in ids]
    spine = {b.id for b in boxes}
    between = [a for a in arrows(scene, ids) if a.tail.removesuffix("_sum") in spine and a.head in spine]
    return sum(box_block(b).width for b in boxes) + sum(label_block(a).width + GAP for a in between)


def arrows(scene: Scene, ids: dict[Recorder, str]) -> list[Arrow]:
    """An arrow per edge; those that a Σ receives pass through it, those from folded boxes become one."""
    found = [arrow(scene, edge, ids) for edge in scene.edges]
    found += [Arrow(ids[b], MORE, drawn(scene, b.requires_grad)) for b in scene.folding.feeding]
    found += [Arrow(ids[b], f"{ids[b]}_sum", scene.flow) for b in scene.shown if scene.meets(b)]
    seen: set[Arrow] = set()
    return [a for a in found if not (a.tail == MORE and (a in seen or seen.add(a)))]  # type: ignore[func-returns-value]


def arrow(scene: Scene, edge: Edge, ids: dict[Recorder, str]) -> Arrow:
    flowing = edge.derivative is not None
    tail = ids.get(edge.tail, MORE)
    if flowing and tail != MORE and scene.meets(edge.tail):
        tail += "_sum"
    label = labels.derivative_label(scene, edge) if flowing and scene.flow != "forward" and tail != MORE else ()
    return Arrow(tail, ids[edge.head], drawn(scene, flowing), label)


def drawn(scene: Scene, flowing: bool) -> str:
    """Which way an edge is drawn: in the backward picture nothing flows to data."""
    if flowing or scene.flow == "forward":
        return scene.flow
    return "forward" if scene.flow == "both" else "idle"
