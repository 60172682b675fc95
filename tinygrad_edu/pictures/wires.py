"""Pictures with a grid of their own (neurons): where the texts on straight wires stand, and how far it all reaches."""

from __future__ import annotations

from collections import defaultdict

from .boxes import Arrow, Box, Plan
from .measure import box_block, label_block

Point = tuple[float, float]

# Shares of the way from tail to head, the dearest first: near the receiver, where wires lie apart.
_SHARES = (0.7, 0.65, 0.6, 0.75, 0.55, 0.8, 0.5)
_ENOUGH = 20.0


def extent(plan: Plan) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of the boxes of a plan with positions."""
    sized = [(_centre(box), box_block(box)) for box in plan.boxes]
    return (
        min((x - block.width / 2 for (x, _), block in sized), default=0),
        min((y - block.height / 2 for (_, y), block in sized), default=0),
        max((x + block.width / 2 for (x, _), block in sized), default=0),
        max((y + block.height / 2 for (_, y), block in sized), default=0),
    )


def label_positions(plan: Plan) -> dict[int, Point]:
    """The centre of each arrow's label, by the arrow's index; wires between two columns share one part of the way."""
    boxes = {box.id: box for box in plan.boxes}
    bundles: dict[tuple[float, float], list[int]] = defaultdict(list)
    for index, arrow in enumerate(plan.arrows):
        if arrow.label:
            bundles[_centre(boxes[arrow.tail])[0], _centre(boxes[arrow.head])[0]].append(index)
    positions = {}
    for bundle in bundles.values():
        wires = [_Wire(plan.arrows[i], boxes) for i in bundle]
        share = _best_share(wires)
        positions.update({index: wire.label_at(share) for index, wire in zip(bundle, wires)})
    return positions


class _Wire:
    """A straight arrow with its label."""

    def __init__(self, arrow: Arrow, boxes: dict[str, Box]) -> None:
        self.tail, self.head = _centre(boxes[arrow.tail]), _centre(boxes[arrow.head])
        label = label_block(arrow)
        self.reach = [box_block(boxes[end]).width / 2 for end in (arrow.tail, arrow.head)]
        self.clearance = self.reach[1] + label.width / 2 + 6
        # What is no weight of a wire stands above it.
        self.lift = label.height / 2 + 4 if arrow.weight is None else 0.0

    def at(self, share: float) -> Point:
        (x0, y0), (x1, y1) = self.tail, self.head
        return x0 + share * (x1 - x0), y0 + share * (y1 - y0)

    def label_at(self, share: float) -> Point:
        x, y = self.at(share)
        return x, y + self.lift

    def middle(self) -> float:
        """The share of the way that is halfway between the two boxes."""
        way = abs(self.head[0] - self.tail[0])
        return 0.5 + (self.reach[0] - self.reach[1]) / (2 * way) if way > sum(self.reach) else 0.5

    def is_clear(self, share: float) -> bool:
        return abs(self.head[0] - self.at(share)[0]) >= self.clearance


def _best_share(wires: list[_Wire]) -> float:
    if len(wires) == 1:
        return wires[0].middle()

    def worth(share: float) -> tuple[bool, float]:
        return all(wire.is_clear(share) for wire in wires), min(_least_gap(wires, share), _ENOUGH)

    return max(_SHARES, key=worth)


def _least_gap(wires: list[_Wire], share: float) -> float:
    heights = sorted(wire.at(share)[1] for wire in wires)
    return min(above - below for below, above in zip(heights, heights[1:]))


def _centre(box: Box) -> Point:
    return box.position or (0.0, 0.0)
