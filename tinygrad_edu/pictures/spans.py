"""What is written in a picture, in which colour, size and weight: one answer for every writer."""

from __future__ import annotations

from typing import NamedTuple

from . import style
from .boxes import Arrow, Box, Cell, Plan
from .texts import shown, text_width, wrapped


class Span(NamedTuple):
    """A run of text that can be drawn, in one colour, size and weight."""

    text: str
    role: str
    size: int = style.BOX_SIZE
    bold: bool = False

    @property
    def width(self) -> float:
        """The room to keep for it, in points."""
        return text_width(self.text, self.size, self.bold)

    @property
    def drawn(self) -> str:
        """What is written: of a hidden text only its room, so that a worksheet does not hold its solution."""
        return "\u00a0" if self.role == "hidden" else self.text


def title_lines(box: Box) -> list[list[Span]]:
    """The lines of the title, the shape at the end of the last."""
    lines = [[Span(shown(line), "text", bold=True)] for line in box.title or ("",)]
    if box.shape:
        lines[-1].append(Span("\u00a0" + shown(box.shape), "shape", style.SHAPE_SIZE))
    return lines


def circle_lines(box: Box) -> list[Span]:
    """The lines in a round box: short ones, or the circle would be large."""
    bold, longest = box.kind == "neuron", style.LONGEST_ROUND
    role = {"sum": "gradient", "fork": "hidden"}.get(box.kind, "text")
    lines = [Span(shown(line, longest), role, bold=bold) for line in box.title]
    return lines + [cell_span(cell, longest) for row in box.rows for cell in row]


def cell_span(cell: Cell, longest: int = style.LONGEST) -> Span:
    """The text of a cell."""
    return Span(shown(cell.text, longest), cell.role, style.SIZES.get(cell.role, style.BOX_SIZE))


def grid_spans(cell: Cell) -> list[list[Span]]:
    """The numbers of a cell, row by row."""
    return [[Span(shown(number), cell.role) for number in row] for row in cell.grid]


def label_lines(arrow: Arrow) -> list[Span]:
    """The lines of an arrow's label, in the arrow's colour."""
    role = "hidden" if arrow.label_hidden else style.arrow_role(arrow)
    return [Span(shown(line), role, style.EDGE_SIZE) for line in arrow.label]


def heading_lines(plan: Plan) -> list[list[Span]]:
    """The title, and the legend under it."""
    longest = style.LONGEST_HEADING
    title = [Span(shown(plan.title, longest), "text", style.TITLE_SIZE)] if plan.title else []
    legend = [Span(shown(cell.text, longest), cell.role, style.EDGE_SIZE) for cell in plan.legend]
    return [line for line in (title, legend) if line]


def quiet_lines(text: str) -> list[Span]:
    """A caption, or the label of a frame, in lines of whole words."""
    return [Span(line, "shape", style.SHAPE_SIZE) for line in wrapped(text)]
