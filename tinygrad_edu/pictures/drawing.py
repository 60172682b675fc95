"""A picture in which everything has its place: boxes, curves and lines of text, the origin in the upper left corner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .boxes import Arrow, Box, Plan
from .measure import Block, Line, caption_block, heading_block

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_MARGIN, _SPACE = 12.0, 10.0


@dataclass(frozen=True)
class PlacedBox:
    """A box with its upper left corner and its text."""

    box: Box
    x: float
    y: float
    block: Block

    @property
    def edges(self) -> Rectangle:
        return self.x, self.y, self.x + self.block.width, self.y + self.block.height


@dataclass(frozen=True)
class PlacedArrow:
    """A way from the tail's edge to the head's through `points`, joined by curves unless `straight`."""

    arrow: Arrow
    points: tuple[Point, ...]
    label: tuple[Line, ...] = ()
    area: Rectangle | None = None
    """Where the label stands."""
    straight: bool = False


@dataclass(frozen=True)
class PlacedFrame:
    """The frame of a cluster and its label."""

    edges: Rectangle
    label: Line


@dataclass
class Drawing:
    """All that is drawn, in points; `texts` are the heading and the caption."""

    boxes: list[PlacedBox]
    arrows: list[PlacedArrow]
    frames: list[PlacedFrame] = field(default_factory=list)
    down: bool = False
    texts: tuple[Line, ...] = ()
    width: float = 0
    height: float = 0


def finished(drawing: Drawing, plan: Plan) -> Drawing:
    """`drawing` moved into the positive quadrant, with the heading above and the caption below it."""
    left, top, right, bottom = _around(drawing)
    heading, caption = heading_block(plan), caption_block(plan)
    inner = max(right - left, heading.width, caption.width)
    above = heading.height + _SPACE if heading.height else 0
    below = caption.height + _SPACE if caption.height else 0
    x, y = _MARGIN + (inner - (right - left)) / 2 - left, _MARGIN + above - top
    width, height = inner + 2 * _MARGIN, bottom - top + above + below + 2 * _MARGIN
    texts = (
        *heading.moved((width - heading.width) / 2, _MARGIN),
        *caption.moved((width - caption.width) / 2, height - _MARGIN - caption.height),
    )
    return Drawing(
        [replace(box, x=box.x + x, y=box.y + y) for box in drawing.boxes],
        [_moved(arrow, x, y) for arrow in drawing.arrows],
        [PlacedFrame(_shifted(f.edges, x, y), _line(f.label, x, y)) for f in drawing.frames],
        drawing.down, texts, width, height,
    )  # fmt: skip


def _around(drawing: Drawing) -> Rectangle:
    areas = [box.edges for box in drawing.boxes] + [frame.edges for frame in drawing.frames]
    areas += [arrow.area for arrow in drawing.arrows if arrow.area]
    areas += [(x, y, x, y) for arrow in drawing.arrows for x, y in arrow.points]
    lefts, tops, rights, bottoms = zip(*areas or [(0.0, 0.0, 0.0, 0.0)])
    return min(lefts), min(tops), max(rights), max(bottoms)


def _moved(arrow: PlacedArrow, x: float, y: float) -> PlacedArrow:
    points = tuple((px + x, py + y) for px, py in arrow.points)
    area = arrow.area and _shifted(arrow.area, x, y)
    return replace(arrow, points=points, label=tuple(_line(line, x, y) for line in arrow.label), area=area)


def _shifted(edges: Rectangle, x: float, y: float) -> Rectangle:
    return edges[0] + x, edges[1] + y, edges[2] + x, edges[3] + y


def _line(line: Line, x: float, y: float) -> Line:
    return replace(line, x=line.x + x, y=line.y + y)


def centred(block: Block, x: float, y: float) -> tuple[tuple[Line, ...], Rectangle]:
    """The lines of `block` around a centre, and the area that they take."""
    left, top = x - block.width / 2, y - block.height / 2
    return block.moved(left, top), (left, top, left + block.width, top + block.height)


def without_repeats(points: Iterable[Point]) -> tuple[Point, ...]:
    kept: list[Point] = []
    for point in points:
        if not kept or abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) > 0.01:
            kept.append(point)
    return tuple(kept)
