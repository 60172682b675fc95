"""Our own drawing as SVG: rectangles, circles, curves with arrowheads, and text as text."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

from . import style
from .boxes import Arrow
from .drawing import Drawing, PlacedArrow, PlacedBox, PlacedFrame, Point
from .measure import Line
from .spans import Span

_HEAD = 9.0
_PARALLEL = 1.2
_CORNER = 10.0


def svg_element(drawing: Drawing, name: str) -> ET.Element:
    """The drawing in light colours; ids begin with `name`."""
    width, height = _number(drawing.width), _number(drawing.height)
    root = ET.Element("svg", width=f"{width}pt", height=f"{height}pt", viewBox=f"0 0 {width} {height}")
    ET.SubElement(root, "rect", width="100%", height="100%", fill=style.colour("ground"))
    picture = ET.SubElement(root, "g", {"font-family": style.FONT})
    for frame in drawing.frames:
        _frame(ET.SubElement(picture, "g", {"class": "cluster"}), frame)
    for number, arrow in enumerate(drawing.arrows, start=1):
        _arrow(ET.SubElement(picture, "g", {"id": f"{name}-edge{number}", "class": "edge"}), arrow, drawing.down)
    for number, box in enumerate(drawing.boxes):
        _box(ET.SubElement(picture, "g", {"id": f"{name}-n{number}", "class": "node"}), box)
    for line in drawing.texts:
        _text(picture, line)
    return root


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _frame(parent: ET.Element, frame: PlacedFrame) -> None:
    left, top, right, bottom = frame.edges
    _rectangle(parent, left, top, right - left, bottom - top, fill="none", stroke=style.colour("data"))
    _text(parent, frame.label)


def _rectangle(parent: ET.Element, x: float, y: float, width: float, height: float, **look: str) -> None:
    radius = min(_CORNER, width / 2, height / 2)
    numbers = {"x": x, "y": y, "width": width, "height": height, "rx": radius}
    ET.SubElement(parent, "rect", {key: _number(value) for key, value in numbers.items()}, **look)


def _ring(parent: ET.Element, placed: PlacedBox) -> None:
    left, top, right, bottom = placed.edges
    out, role = style.RING / 2 + 1, placed.box.ring
    look = {"fill": "none", "stroke": style.colour(role), "stroke-width": str(style.RING)}
    _rectangle(parent, left - out, top - out, right - left + 2 * out, bottom - top + 2 * out, **look)


def _box(parent: ET.Element, placed: PlacedBox) -> None:
    frame, block = style.FRAMES[placed.box.kind], placed.block
    if placed.box.ring not in ("", "hidden"):
        _ring(parent, placed)
    look = {"fill": style.colour(frame.fill), "stroke": style.colour(frame.line), "stroke-width": str(frame.width)}
    if placed.box.kind in style.CIRCLE:
        numbers = {"cx": placed.x + block.width / 2, "cy": placed.y + block.height / 2, "r": block.width / 2}
        ET.SubElement(parent, "circle", {key: _number(value) for key, value in numbers.items()}, **look)
    else:
        _rectangle(parent, placed.x, placed.y, block.width, block.height, **look)
    for line in block.moved(placed.x, placed.y):
        _text(parent, line)


def _text(parent: ET.Element, line: Line) -> None:
    place = {"x": _number(line.x), "y": _number(line.y), "text-anchor": line.anchor, "xml:space": "preserve"}
    if len(line.spans) == 1:
        ET.SubElement(parent, "text", place, **_look(line.spans[0])).text = line.spans[0].drawn
        return
    text = ET.SubElement(parent, "text", place)
    for span in line.spans:
        ET.SubElement(text, "tspan", _look(span)).text = span.drawn


def _look(span: Span) -> dict[str, str]:
    bold = {"font-weight": "bold"} if span.bold else {}
    return {"font-size": str(span.size), "fill": _colour(span.role), **bold}


def _colour(role: str) -> str:
    return "none" if role == "hidden" else style.colour(role)


def _arrow(parent: ET.Element, placed: PlacedArrow, down: bool) -> None:
    arrow = placed.arrow
    role = style.arrow_role(arrow)
    forward, back = arrow.flow in ("forward", "both"), arrow.flow in ("backward", "both")
    if arrow.flow == "both":
        _way(parent, placed, down, "text", ends=(False, True), shift=_PARALLEL)
        _way(parent, placed, down, role, ends=(True, False), shift=-_PARALLEL)
    else:
        _way(parent, placed, down, role, ends=(back, forward))
    if arrow.weight is not None and placed.area:
        left, top, right, bottom = placed.area
        _rectangle(parent, left, top, right - left, bottom - top, fill=style.colour("ground"))
    for line in placed.label:
        _text(parent, line)


def _way(
    parent: ET.Element, placed: PlacedArrow, down: bool, role: str, ends: tuple[bool, bool], shift: float = 0
) -> None:
    """One line with heads at its tail and at its head, as `ends` says, moved sideways by `shift`."""
    width, colour = style.arrow_width(placed.arrow), style.colour(role)
    points = [(x + shift, y) if down else (x, y + shift) for x, y in placed.points]
    if len(points) < 2:
        return
    tips = [
        (points[at], _direction(points[before], points[at], placed.straight, down)) for before, at in ((1, 0), (-2, -1))
    ]
    size = _HEAD + 1.5 * (width - 1)
    for at, wanted, (tip, way) in zip((0, -1), ends, tips):
        if wanted:
            points[at] = tip[0] - way[0] * size * 0.8, tip[1] - way[1] * size * 0.8
    look = {"fill": "none", "stroke": colour, "stroke-width": str(width), **_dashes(placed.arrow)}
    ET.SubElement(parent, "path", look, d=_path(points, placed.straight, down))
    for wanted, (tip, way) in zip(ends, tips):
        if wanted:
            ET.SubElement(parent, "polygon", points=_head(tip, way, size), fill=colour)


def _dashes(arrow: Arrow) -> dict[str, str]:
    return {"stroke-dasharray": "5,3"} if arrow.negative or arrow.flow == "idle" else {}


def _direction(before: Point, tip: Point, straight: bool, down: bool) -> Point:
    """The unit vector with which a way arrives at its tip."""
    right, below = tip[0] - before[0], tip[1] - before[1]
    if not straight:
        return (0.0, math.copysign(1, below)) if down else (math.copysign(1, right), 0.0)
    length = math.hypot(right, below) or 1.0
    return right / length, below / length


def _head(tip: Point, way: Point, size: float) -> str:
    x, y, half = tip[0] - way[0] * size, tip[1] - way[1] * size, size * 0.36
    side, other = (x - way[1] * half, y + way[0] * half), (x + way[1] * half, y - way[0] * half)
    return " ".join(map(_pair, (tip, side, other)))


def _path(points: list[Point], straight: bool, down: bool) -> str:
    steps = [f"M{_pair(points[0])}"]
    for one, other in zip(points, points[1:]):
        level = one[0] == other[0] if down else one[1] == other[1]
        steps.append(f"L{_pair(other)}" if straight or level else _curve(one, other, down))
    return " ".join(steps)


def _curve(one: Point, other: Point, down: bool) -> str:
    if down:
        middle = (one[1] + other[1]) / 2
        return f"C{_pair((one[0], middle))} {_pair((other[0], middle))} {_pair(other)}"
    middle = (one[0] + other[0]) / 2
    return f"C{_pair((middle, one[1]))} {_pair((middle, other[1]))} {_pair(other)}"


def _pair(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"
