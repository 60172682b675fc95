"""The combined picture with a part of it hidden: what is not seen keeps its place, so pictures of a series agree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .boxes import Arrow, Box, Cell, Plan, Row

HIDEABLE = ("gradients",)
FILL_IN = "fill in: "


def view(
    plan: Plan,
    values: Collection[str],
    gradients: Collection[str],
    forward: Collection[int],
    backward: Collection[int],
) -> Plan:
    """The plan with the values and gradients of these boxes, and these arrows forward and back; by ids and numbers."""
    boxes = tuple(seen(box, box.id in values, box.id in gradients) for box in plan.boxes)
    arrows = tuple(drawn(arrow, i in forward, i in backward) for i, arrow in enumerate(plan.arrows))
    return replace(plan, boxes=boxes, arrows=arrows)


def seen(box: Box, value: bool, gradient: bool) -> Box:
    if box.kind == "sum":
        return box if gradient else replace(box, kind="fork")
    hidden = {role for role, shown in (("value", value), ("gradient", gradient)) if not shown}
    return replace(box, rows=tuple(without(row, hidden) for row in box.rows))


def without(row: Row, roles: Collection[str]) -> Row:
    return tuple(replace(cell, role="hidden") if cell.role in roles else cell for cell in row)


def drawn(arrow: Arrow, forward: bool, backward: bool) -> Arrow:
    """An arrow that neither pass has taken yet is a dashed line; where nothing flows back, none does here."""
    back = backward and arrow.flow in ("both", "backward")
    flow = "both" if forward and back else "forward" if forward else "backward" if back else "idle"
    return replace(arrow, flow=flow, label_hidden=not back)


def aligned(plan: Plan, flow: str, title: str) -> Plan:
    """The forward or the backward half of the combined plan, in the room of both."""
    ids, numbers = {box.id for box in plan.boxes}, range(len(plan.arrows))
    if flow == "forward":
        half = view(plan, ids, (), numbers, ())
        return replace(half, title=title, legend=without(plan.legend, {cell.role for cell in plan.legend}))
    return replace(view(plan, ids, ids, (), numbers), title=title)


def worksheet(plan: Plan) -> Plan:
    """The plan with room where its gradients stand: every box in its place."""
    boxes = tuple(seen(box, True, False) if box.kind != "sum" else box for box in plan.boxes)
    arrows = tuple(replace(arrow, label_hidden=arrow.flow in ("both", "backward")) for arrow in plan.arrows)
    legend = (Cell("text", FILL_IN), *plan.legend) if plan.legend else ()
    return replace(plan, boxes=boxes, arrows=arrows, legend=legend)
