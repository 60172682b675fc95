"""The drawing of a plan whose boxes have positions: straight wires from edge to edge, their labels on the ground."""

from __future__ import annotations

import math

from .boxes import Arrow, Box, Plan
from .drawing import Drawing, PlacedArrow, PlacedBox, Point, centred, finished
from .measure import box_block, label_block
from .style import CIRCLE
from .wires import label_positions


def gridded(plan: Plan) -> Drawing:
    """The drawing of a plan with positions; y upwards in the plan, downwards here."""
    placed = {box.id: _box(box) for box in plan.boxes}
    labels = label_positions(plan)
    arrows = [_arrow(arrow, placed, labels.get(i)) for i, arrow in enumerate(plan.arrows)]
    return finished(Drawing(list(placed.values()), arrows), plan)


def _box(box: Box) -> PlacedBox:
    (x, y), block = box.position or (0.0, 0.0), box_block(box)
    return PlacedBox(box, x - block.width / 2, -y - block.height / 2, block)


def _arrow(arrow: Arrow, placed: dict[str, PlacedBox], at: Point | None) -> PlacedArrow:
    tail, head = placed[arrow.tail], placed[arrow.head]
    points = _edge(tail, _centre(head)), _edge(head, _centre(tail))
    if at is None:
        return PlacedArrow(arrow, points, straight=True)
    return PlacedArrow(arrow, points, *centred(label_block(arrow), at[0], -at[1]), straight=True)


def _centre(box: PlacedBox) -> Point:
    return box.x + box.block.width / 2, box.y + box.block.height / 2


def _edge(box: PlacedBox, towards: Point) -> Point:
    """Where the line from the centre of `box` to a point leaves the box."""
    (x, y), half_width, half_height = _centre(box), box.block.width / 2, box.block.height / 2
    right, down = towards[0] - x, towards[1] - y
    if right == down == 0:
        return x, y
    if box.box.kind in CIRCLE:
        share = half_width / math.hypot(right, down)
    else:
        share = 1 / max(abs(right) / half_width, abs(down) / half_height)
    return x + share * right, y + share * down
