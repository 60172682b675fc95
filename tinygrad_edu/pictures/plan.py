"""From a recorded graph to the boxes and arrows of its picture. Pure: no drawing engine, no operation by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import UnsupportedError
from ..formulas.derivation import Edge
from ..formulas.names import NOTATIONS
from ..formulas.partition import checked
from ..formulas.tangents import directed
from ..formulas.tangents import tangents as tangents_of
from ..node import Node
from ..recorder import Recorder
from . import labels, words
from .boxes import Arrow, Box, Plan
from .folding import Group
from .measure import box_block, label_block
from .modules import clusters
from .scene import Scene
from .selection import folded
from .style import BOX_SIZE, SLIDE

GAP = 40.0
WIDEST = 1220.0
"""Points: in a wider picture the text in boxes is smaller than 11 pt on a 16:9 slide; top down it may be larger."""
MOST_DIGITS = 17
"""As many as tell any two floats apart."""
SMALL = 10.0
"""Points: smaller text is hard to read on a slide, and the caption says what helps."""


def plan_graph(
    output: Node,
    flow: str,
    detail: str | None = None,
    direction: str | None = None,
    title: str | None = None,
    show: str = "values",
    digits: int = 3,
    notation: str = "partial",
    tangents: Mapping[Any, Any] | None = None,
    **part: Any,
) -> Plan:
    """The picture of the graph of `output`, with the values, adjoints and local derivatives that `flow` shows.

    `part` is ``focus=``, ``path=`` or ``depth=``, as `folded` takes them.
    """
    if direction is not None:
        checked(direction, tuple(words.ENDS), "direction")
    checked(show, labels.SHOWN, "show")
    checked(notation, NOTATIONS, "notation")
    if not 1 <= digits <= MOST_DIGITS:
        raise UnsupportedError(f"digits={digits}: numbers are shown with 1 to {MOST_DIGITS} digits.")
    derivation, folding = folded(output, detail, **part)
    derivation.notation = notation
    scene = Scene(derivation, folding, flow, show, digits)
    if tangents:
        scene.tangents = tangents_of(reversed(derivation.parts.home), directed(tangents, derivation.origin))
    return plan_scene(scene, direction, title)


def plan_scene(scene: Scene, direction: str | None, title: str | None) -> Plan:
    """Boxes with their texts, arrows between them, and the words around them."""
    ids = {node: f"n{i}" for i, node in enumerate(scene.shown, start=1)}
    direction = direction or fitting(scene.showing("both"), ids)
    boxes = [
        group_box(scene, unit) if isinstance(unit, Group) else box(scene, unit, ids[unit])
        for unit in scene.folding.units
    ]
    sums = [Box(f"{ids[b]}_sum", "sum", ("Σ",), on_spine=b in scene.spine) for b in scene.shown if scene.meets(b)]
    return Plan(
        title=title or words.title(scene, direction),
        boxes=(*boxes, *sums),
        arrows=tuple(arrows(scene, ids)),
        legend=words.legend(scene),
        caption=words.caption(scene, spine_font(scene, ids, direction) < SMALL),
        clusters=clusters(scene, ids),
        direction=direction,
        description=words.description(scene),
    )


def box(scene: Scene, node: Recorder, id: str) -> Box:
    shape = str(node.shape) if node.shape and scene.show == "values" else ""
    return Box(id, kind(scene, node), labels.title(scene, node), shape, labels.rows(scene, node), node in scene.spine)


def group_box(scene: Scene, group: Group) -> Box:
    """A box for many; that of modules shows what the last of them gives."""
    if group.output is None:
        return Box(group.id, "more", group.title)
    shape = str(group.output.shape) if group.output.shape and scene.show == "values" else ""
    return Box(group.id, "more", group.title, shape, labels.module_rows(scene, group))


def kind(scene: Scene, node: Recorder) -> str:
    if node is scene.output:
        return "loss"
    return "value" if node.row is not None else "parameter" if node.requires_grad else "data"


def fitting(scene: Scene, ids: dict[Recorder, str]) -> str:
    """The direction: from left to right where that is readable on a slide, else the one with the larger text."""
    width, height = spine_size(scene, ids)
    return "LR" if width <= max(WIDEST, height * 16 / 9) else "TB"


def spine_font(scene: Scene, ids: dict[Recorder, str], direction: str) -> float:
    """The size of the text in boxes when the spine alone fills a slide: the whole picture's is smaller."""
    width, height = spine_size(scene, ids)
    return BOX_SIZE * (SLIDE[0] / max(width, 1) if direction == "LR" else SLIDE[1] / max(height, 1))


def spine_size(scene: Scene, ids: dict[Recorder, str]) -> tuple[float, float]:
    """How wide the boxes and labels on the spine are in a row, and how high below each other, in points."""
    boxes = [box(scene, node, ids[node]) for node in scene.spine if node in ids]
    spine = {b.id for b in boxes}
    between = [a for a in arrows(scene, ids) if a.tail.removesuffix("_sum") in spine and a.head in spine]
    blocks, gaps = [*map(box_block, boxes), *map(label_block, between)], GAP * len(between)
    return sum(b.width for b in blocks) + gaps, sum(b.height for b in blocks) + gaps


def arrows(scene: Scene, ids: dict[Recorder, str]) -> list[Arrow]:
    """An arrow per edge; those that a Σ receives pass through it, those from or to a group become one."""
    found = [arrow(scene, edge, ids) for edge in scene.edges]
    for tail, group in scene.folding.feeding:
        found.append(Arrow(start(scene, tail, ids), group.id, drawn(scene, tail.requires_grad)))
    found += [Arrow(ids[b], f"{ids[b]}_sum", scene.flow) for b in scene.shown if scene.meets(b)]
    groups = {group.id for group in scene.folding.groups}
    seen: set[Arrow] = set()
    return [a for a in found if not ({a.tail, a.head} & groups and (a in seen or seen.add(a)))]  # type: ignore[func-returns-value]


def arrow(scene: Scene, edge: Edge, ids: dict[Recorder, str]) -> Arrow:
    flowing = edge.derivative is not None
    labelled = flowing and scene.flow != "forward" and edge.tail in ids
    label = labels.derivative_label(scene, edge) if labelled else ()
    return Arrow(start(scene, edge.tail, ids), ids[edge.head], drawn(scene, flowing), label)


def start(scene: Scene, tail: Recorder, ids: dict[Recorder, str]) -> str:
    """The box from which an arrow starts: that of the tail, the Σ behind it, or that of its group."""
    if tail not in ids:
        return scene.folding.home[tail].id
    return f"{ids[tail]}_sum" if tail.requires_grad and scene.meets(tail) else ids[tail]


def drawn(scene: Scene, flowing: bool) -> str:
    """Which way an edge is drawn: in the backward picture nothing flows to data."""
    if flowing or scene.flow == "forward":
        return scene.flow
    return "forward" if scene.flow == "both" else "idle"
