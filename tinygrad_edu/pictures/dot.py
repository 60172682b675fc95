"""A plan as DOT text: built as plain strings, the same text byte for byte in every run."""

from __future__ import annotations

from collections.abc import Iterator

from . import style, tables
from .boxes import Arrow, Box, Cluster, Plan
from .clusters import lengths
from .measure import box_block, caption_block, heading_block
from .wires import extent, label_positions


def dot_source(plan: Plan, dark: bool = False) -> str:
    """The picture in the DOT language of Graphviz, for ``dot``, or for ``neato -n2`` where the plan is fixed."""
    lines = [*_defaults(plan, dark), *(_fixed(plan, dark) if plan.direction == "fixed" else _layered(plan, dark))]
    return "digraph {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def _attributes(label: str = "", /, **values: object) -> str:
    """Attributes in alphabetical order; `label` is HTML-like, everything else is ours, so quotes are enough."""
    pairs = {name.rstrip("_"): f'"{value}"' for name, value in values.items() if value is not None}
    if label:
        pairs["label"] = f"<{label}>"
    return "[" + ", ".join(f"{name}={pairs[name]}" for name in sorted(pairs)) + "]"


def _defaults(plan: Plan, dark: bool) -> Iterator[str]:
    ink = style.colour("text", dark)
    common: dict[str, object] = {"fontcolor": ink, "fontname": style.FONT}
    heading = _heading(plan, dark) if plan.direction != "fixed" else ""
    yield "graph " + _attributes(
        heading, bgcolor=style.colour("ground", dark), labelloc="t", pad=0.15, **common, **_shape(plan),
    )  # fmt: skip
    yield "node " + _attributes(fontsize=style.BOX_SIZE, shape="plain", **common)
    yield "edge " + _attributes(arrowsize=0.8, color=ink, fontsize=style.EDGE_SIZE, **common)


def _heading(plan: Plan, dark: bool) -> str:
    return tables.heading(plan, dark) if plan.title or plan.legend else ""


def _shape(plan: Plan) -> dict[str, object]:
    """How Graphviz lays the picture out: arrows with labels keep their boxes apart by themselves."""
    if plan.direction == "fixed":
        return {"outputorder": "edgesfirst", "splines": "line"}
    labels = any(arrow.label for arrow in plan.arrows)
    down = plan.direction == "TB"
    ranksep = (0.2 if labels else 0.35) if down else (0.3 if labels else 0.55)
    return {"nodesep": 0.35 if down else 0.3, "rankdir": plan.direction, "ranksep": ranksep}


def _numbers(plan: Plan) -> dict[str, str]:
    return {box.id: f"n{i}" for i, box in enumerate(plan.boxes)}


def _layered(plan: Plan, dark: bool) -> Iterator[str]:
    ids = _numbers(plan)
    boxes = [f"{ids[box.id]} {_box(box, dark)}" for box in plan.boxes]
    clusters = _clusters(plan, None, ids, dark)
    if plan.caption:
        yield "subgraph cluster_picture {"
        yield "  graph " + _attributes(tables.quiet(plan.caption, dark), labelloc="b", margin=0, peripheries=0)
        yield from (f"  {line}" for line in (*boxes, *clusters))
        yield "}"
    else:
        yield from boxes
        yield from clusters
    spine = {box.id for box in plan.boxes if box.on_spine}
    for arrow, length in zip(plan.arrows, lengths(plan)):
        weight = _STRAIGHT if arrow.tail in spine and arrow.head in spine else None
        attributes = _arrow(arrow, plan, dark, weight=weight, minlen=length if length > 1 else None)
        yield f"{ids[arrow.tail]} -> {ids[arrow.head]} {attributes}"


def _clusters(plan: Plan, parent: str | None, ids: dict[str, str], dark: bool) -> Iterator[str]:
    for number, cluster in enumerate(plan.clusters):
        if cluster.parent == parent:
            yield f"subgraph cluster_{number} {{"
            yield "  graph " + _frame(cluster, dark)
            yield from (f"  {ids[member]}" for member in cluster.members)
            yield from (f"  {line}" for line in _clusters(plan, cluster.id, ids, dark))
            yield "}"


def _frame(cluster: Cluster, dark: bool) -> str:
    return _attributes(
        tables.quiet(cluster.label, dark), color=style.colour("data", dark), labeljust="l", labelloc="b",
        margin=8, peripheries=1, style="rounded",
    )  # fmt: skip


def _box(box: Box, dark: bool, pos: str | None = None) -> str:
    group = "spine" if box.on_spine else None
    if box.kind not in style.CIRCLE:
        return _attributes(tables.box_table(box, dark), group=group, pos=pos)
    frame = style.FRAMES[box.kind]
    return _attributes(
        tables.circle_label(box, dark), color=style.colour(frame.line, dark), fillcolor=style.colour(frame.fill, dark),
        fixedsize="true", group=group, penwidth=frame.width, pos=pos, shape="circle", style="filled",
        width=round(box_block(box).width / 72, 2),
    )  # fmt: skip


def _arrow(arrow: Arrow, plan: Plan, dark: bool, **reach: int | None) -> str:
    role = style.arrow_role(arrow)
    label = _arrow_label(arrow, plan, dark) if arrow.label and plan.direction != "fixed" else ""
    colour = style.colour(role, dark)
    styled = dict(_FLOWS[arrow.flow], **({"style": "dashed"} if arrow.negative else {}))
    both = f"{style.colour('text', dark)}:{colour}" if arrow.flow == "both" else colour
    return _attributes(label, color=both, penwidth=style.arrow_width(arrow), **reach, **styled)


# Clusters undo what `group` does for the spine; a heavy edge stays straight through them.
_STRAIGHT = 20

# The edge always runs from tail to head: turned round, it would turn the ranks round, too.
_FLOWS: dict[str, dict[str, object]] = {
    "forward": {},
    "backward": {"dir": "back"},
    "both": {"dir": "both"},
    "idle": {"arrowtail": "none", "dir": "back", "style": "dashed"},
}


def _arrow_label(arrow: Arrow, plan: Plan, dark: bool) -> str:
    return tables.arrow_label(arrow, 14 if plan.direction == "TB" else 4, dark)


def _fixed(plan: Plan, dark: bool) -> Iterator[str]:
    ids = _numbers(plan)
    left, bottom, right, top = extent(plan)
    if plan.title or plan.legend:
        above = top + 20 + heading_block(plan).height / 2
        label = _heading(plan, dark)
        yield "title " + _attributes(label, pos=_position((left + right) / 2, above))
    for box in plan.boxes:
        yield f"{ids[box.id]} {_box(box, dark, _position(*(box.position or (0.0, 0.0))))}"
    for arrow in plan.arrows:
        yield f"{ids[arrow.tail]} -> {ids[arrow.head]} {_arrow(arrow, plan, dark)}"
    for index, place in label_positions(plan).items():
        arrow = plan.arrows[index]
        label = tables.arrow_label(arrow, 4, dark, patch=arrow.weight is not None)
        yield f"label{index} " + _attributes(label, pos=_position(*place))
    if plan.caption:
        below = bottom - 16 - caption_block(plan).height / 2
        yield "caption " + _attributes(tables.quiet(plan.caption, dark), pos=_position((left + right) / 2, below))


def _position(x: float, y: float) -> str:
    return f"{x:.2f},{y:.2f}"
