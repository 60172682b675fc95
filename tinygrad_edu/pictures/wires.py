"""Pictures with a grid of their own (neurons): where the texts on straight wires stand, and how far the picture reaches."""

from __future__ import annotations

from collections import defaultdict

from .boxes import Arrow, Box, Plan
from .measure import box_block

Point = tuple[float, float]

# Shares of the way from tail to head, the dearest first: near the receiver, where wires lie apart.
_SHARES = (0.7, 0.65, 0.75, 0.6, 0.8, 0.55, 0.5)
_ENOUGH = 18.0


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
    """The centre of each arrow's label, by the arrow's index; wires between the same two columns share one height of the way."""
    centres = {box.id: _centre(box) for box in plan.boxes}
    bundles: dict[Point, list[int]] = defaultdict(list)
    for index, arrow in enumerate(plan.arrows):
        if arrow.label:
            bundles[centres[arrow.tail][0], centres[arrow.head][0]].append(index)
    positions = {}
    for bundle in bundles.values():
        ends = [(centres[plan.arrows[i].tail], centres[plan.arrows[i].head]) for i in bundle]
        share = _best_share(ends)
        for index, (tail, head) in zip(bundle, ends):
            positions[index] = _lifted(plan.arrows[index], _between(tail, head, share))
    return positions


def _best_share(ends: list[tuple[Point, Point]]) -> float:
    if len(ends) == 1:
        return 0.5
    return max(_SHARES, key=lambda share: min(_least_gap(ends, share), _ENOUGH))


def _least_gap(ends: list[tuple[Point, Point]], share: float) -> float:
    heights = sorted(_between(tail, head, share)[1] for tail, head in ends)
    return min(above - below for below, above in zip(heights, heights[1:]))


def _between(tail: Point, head: Point, share: float) -> Point:
    return tail[0] + share * (head[0] - tail[0]), tail[1] + share * (head[1] - tail[1])


def _lifted(arrow: Arrow, point: Point) -> Point:
    """A label that is no weight of a wire stands above it."""
    return (point[0], point[1] + 14 * len(arrow.label)) if arrow.weight is None else point


def _centre(box: Box) -> Point:
    return box.position or (0.0, 0.0)
