"""How the pictures look: colours by role, light and dark, fonts, sizes and borders. Nothing else decides a look."""

from __future__ import annotations

from dataclasses import dataclass

from .boxes import Arrow

FONT = "DejaVu Sans,Verdana,sans-serif"
TITLE_SIZE, BOX_SIZE, EDGE_SIZE, SHAPE_SIZE = 16, 14, 12, 11
"""Font sizes in points. The legend is set in `EDGE_SIZE`, cluster labels and the caption in `SHAPE_SIZE`."""

SIZES = {"shape": SHAPE_SIZE, "parameter": SHAPE_SIZE}
"""Font sizes by the role of a cell, where they are not `BOX_SIZE`."""

MARGIN = 12
"""Room beside a text inside its box, left and right together, in points."""

CIRCLE = {"sum": 25, "fork": 25, "neuron": 74}
"""Least diameters of the round boxes, in points."""

SLIDE = 960.0, 540.0
"""Width and height of a 16:9 slide, 13.33 in by 7.5 in, in points."""

RING = 4
"""Width of the ring around a box where something happens, in points."""

LONGEST, LONGEST_ROUND, LONGEST_HEADING, LONGEST_LINE = 80, 12, 160, 110
"""Characters shown of a text in a box or on an arrow, in a circle, of a title or legend; in a line of the caption."""

# No two roles share a colour: a drawn light SVG is given its classes by reading the colours back. Those of values,
# gradients, parameters, the loss and data also differ for protanopia, deuteranopia and tritanopia.
LIGHT = {
    "ground": "#FFFFFF",
    "ink": "#1B1F24",
    "quiet": "#57616C",
    "line": "#4A5560",
    "value": "#0B5CAD",
    "gradient": "#B23A00",
    "parameter": "#00755A",
    "parameter-fill": "#DDF3EA",
    "loss": "#8C6E30",
    "loss-fill": "#FFF0C2",
    "data": "#6B7785",
    "data-fill": "#ECEFF3",
}

DARK = {
    "ground": "#12161C",
    "ink": "#E8EDF2",
    "quiet": "#A3AFBB",
    "line": "#9DA9B5",
    "value": "#7CC4FF",
    "gradient": "#FFA26B",
    "parameter": "#3FCF9F",
    "parameter-fill": "#12362C",
    "loss": "#E8B931",
    "loss-fill": "#3A2F0B",
    "data": "#8B98A7",
    "data-fill": "#1E252E",
}

INK = {"text": "ink", "shape": "quiet", "hidden": "hidden"}
"""The colour role of a cell's role, where the two names differ."""


@dataclass(frozen=True)
class Frame:
    """The outline of a box: roles of its fill and line, and the line's width, the second cue beside colour."""

    fill: str
    line: str
    width: float


FRAMES = {
    "data": Frame("data-fill", "data", 1),
    "parameter": Frame("parameter-fill", "parameter", 2),
    "value": Frame("ground", "line", 1),
    "loss": Frame("loss-fill", "loss", 3),
    "wrong": Frame("ground", "gradient", 4),
    "sum": Frame("ground", "gradient", 1.6),
    "fork": Frame("ground", "line", 1.6),
    "neuron": Frame("ground", "line", 1.5),
    "more": Frame("data-fill", "line", 1),
}


def colour(role: str, dark: bool = False) -> str:
    """The colour of a role, as ``#RRGGBB``; what is hidden keeps its place but is not seen."""
    if role == "hidden":
        return "transparent"
    return (DARK if dark else LIGHT)[INK.get(role, role)]


def arrow_role(arrow: Arrow) -> str:
    """The colour role of an arrow and its label."""
    if arrow.flow == "forward":
        return "text" if arrow.weight is None else "parameter"
    return "data" if arrow.flow == "idle" else "gradient"


def arrow_width(arrow: Arrow) -> float:
    """How thick an arrow is drawn, in points."""
    if arrow.weight is not None:
        return round(0.8 + 2.2 * arrow.weight, 2)
    return (1.4 if arrow.flow == "both" else 1) + 2 * arrow.lit


def contrast(one: str, other: str) -> float:
    """How well two colours stand apart, 1 to 21: (lighter + 0.05)/(darker + 0.05) of their luminances (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(code: str) -> float:
    shares = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return sum(share * weight for share, weight in zip(linear, (0.2126, 0.7152, 0.0722)))
