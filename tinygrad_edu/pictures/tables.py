"""HTML-like labels for Graphviz: the text of a box, an arrow or a heading as tables, every name escaped.

Each cell states the room its text needs, so that the text fits even where Graphviz measures with another font.
"""

from __future__ import annotations

import math
import re

from . import style
from .boxes import Arrow, Box, Cell, Plan, Row
from .measure import box_block
from .spans import Span, cell_span, circle_lines, grid_spans, heading_lines, label_lines, quiet_lines, title_lines

_PLAIN = 'border="0" cellborder="0" cellspacing="0"'
# Graphviz replaces \N, \E and \G by names even inside HTML-like labels, hence the doubled backslash.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\\": "\\\\", "\u00a0": "&#160;"}
)
# Long lines that no box surrounds: a wider font than the one measured with must not reach the page's edge.
_RESERVE = 1.04
_FRAGILE_SPACE = re.compile("^ | $| (?= )")


def escaped(text: str) -> str:
    """`text` for an HTML-like label, drawn exactly as it stands; spaces at its ends and runs of them survive."""
    if text[:1] == " " or text[-1:] == " " or "  " in text:
        text = _FRAGILE_SPACE.sub("\u00a0", text)
    return text.translate(_ESCAPES) or "&#160;"


def run(span: Span, dark: bool) -> str:
    """A run of text with its colour, size and weight; ink and the size of boxes are the default."""
    text = escaped(span.drawn)
    size = "" if span.size == style.BOX_SIZE else f' point-size="{span.size}"'
    if size or span.role != "text":
        text = f'<font color="{style.colour(span.role, dark)}"{size}>{text}</font>'
    return f"<b>{text}</b>" if span.bold else text


def row_of(*cells: str) -> str:
    """A row of a table."""
    return "<tr>" + "".join(cells) + "</tr>"


def table(rows: list[str], padding: int, ground: str = "") -> str:
    """An invisible table."""
    return f'<table {_PLAIN} cellpadding="{padding}"{ground}>{"".join(rows)}</table>'


def td(content: str, width: float = 0, attributes: str = "") -> str:
    """A table cell at least `width` points wide."""
    room = f' width="{math.ceil(width)}"' if width else ""
    return f"<td{attributes}{room}>{content}</td>"


def run_td(span: Span, margin: float, dark: bool, attributes: str = "") -> str:
    """A table cell with a run of text, and `margin` beside it."""
    return td(run(span, dark), span.width + margin, attributes)


def box_table(box: Box, dark: bool) -> str:
    """The whole box as a table: its frame, the title, and the rows of values."""
    frame = style.FRAMES[box.kind]
    columns = max([1, *map(len, box.rows)])
    room = box_block(box).width if any(cell.grid for row in box.rows for cell in row) else 0
    rows = [row_of(_title(box, columns, dark)), *(_row(row, columns, room, dark) for row in box.rows)]
    drawn = (
        f'<table border="{frame.width}" color="{style.colour(frame.line, dark)}" '
        f'bgcolor="{style.colour(frame.fill, dark)}" cellborder="0" cellspacing="0" cellpadding="3" '
        f'style="rounded">{"".join(rows)}</table>'
    )
    return ringed(drawn, style.colour(box.ring, dark)) if box.ring else drawn


def ringed(inner: str, colour: str) -> str:
    """A box with a ring around it, seen or not."""
    return (
        f'<table border="{style.RING}" color="{colour}" cellborder="0" cellspacing="0" cellpadding="1" '
        f'style="rounded">{row_of(td(inner))}</table>'
    )


def _title(box: Box, columns: int, dark: bool) -> str:
    span = f' colspan="{columns}"' if columns > 1 else ""
    lines = title_lines(box)
    if len(lines) == len(lines[0]) == 1:
        return run_td(lines[0][0], style.MARGIN, dark, span)
    sides = (' align="left"' if len(lines) > 1 else ' align="right"'), ' align="left"'
    rows = [row_of(*(run_td(name, 4, dark, side) for name, side in zip(line, sides))) for line in lines]
    return td(table(rows, 1), 0, span)


def _row(row: Row, columns: int, room: float, dark: bool) -> str:
    last = columns - len(row) + 1
    spans = [""] * (len(row) - 1) + [f' colspan="{last}"' if last > 1 else ""]
    return row_of(*(_cell(cell, span, room / len(row), dark) for cell, span in zip(row, spans)))


def _cell(cell: Cell, span: str, room: float, dark: bool) -> str:
    if not cell.grid:
        return run_td(cell_span(cell), style.MARGIN, dark, span)
    numbers = _grid(cell, room, dark)
    if not cell.text:
        return td(numbers, 0, span)
    return td(table([row_of(run_td(cell_span(cell), style.MARGIN, dark)), row_of(td(numbers))], 1), 0, span)


def _grid(cell: Cell, room: float, dark: bool) -> str:
    """Numbers in columns, flush right. Graphviz would spread them over the whole `room`, so empty cells fill it."""
    spans = grid_spans(cell)
    widths = [max(span.width for span in column) + 6 for column in zip(*spans)]
    side = (room - sum(widths)) / 2 - style.MARGIN / 2
    before, after = ([td("", width)] if width > 0 else [] for width in (side - 6, side))
    rows = [[td(run(span, dark), width, ' align="right"') for span, width in zip(row, widths)] for row in spans]
    return table([row_of(*before, *row, *after) for row in rows], 1)


def circle_label(box: Box, dark: bool) -> str:
    """The text of a round box, one line below the other."""
    return "<br/>".join(run(span, dark) for span in circle_lines(box))


def arrow_label(arrow: Arrow, margin: float, dark: bool, patch: bool = False) -> str:
    """The lines on an arrow; `margin` keeps them off the arrow, a `patch` of the ground off what they stand on."""
    ground = f' bgcolor="{style.colour("ground", dark)}"' if patch else ""
    return table([row_of(run_td(span, margin, dark)) for span in label_lines(arrow)], 1, ground)


def heading(plan: Plan, dark: bool) -> str:
    """The title with the legend, a line of coloured runs, under it."""
    lines = [("".join(run(span, dark) for span in line), sum(s.width for s in line)) for line in heading_lines(plan)]
    return table([row_of(td(runs, max(width, plan.room) * _RESERVE)) for runs, width in lines], 1)


def quiet(text: str, dark: bool) -> str:
    """The caption, or the label of a frame."""
    return table([row_of(td(run(span, dark), span.width * _RESERVE)) for span in quiet_lines(text)], 1)
