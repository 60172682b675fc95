"""HTML-like labels for Graphviz: the text of a box, an arrow or a heading as tables, every name escaped.

Each cell states the room its text needs, so that the text fits even where Graphviz measures with another font.
"""

from __future__ import annotations

import math
import re

from . import style
from .boxes import Arrow, Box, Cell, Grid, Row
from .measure import box_block
from .texts import shown, text_width, wrapped

PLAIN = 'border="0" cellborder="0" cellspacing="0"'
# Graphviz replaces \N, \E and \G by names even inside HTML-like labels, hence the doubled backslash.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\\": "\\\\", "\u00a0": "&#160;"}
)
_FRAGILE_SPACE = re.compile("^ | $| (?= )")


def escaped(text: str, longest: int = style.LONGEST) -> str:
    """`text` for an HTML-like label, drawn exactly as it stands; spaces at its ends and runs of them survive."""
    text = shown(text, longest)
    if text[:1] == " " or text[-1:] == " " or "  " in text:
        text = _FRAGILE_SPACE.sub("\u00a0", text)
    return text.translate(_ESCAPES) or "&#160;"


def font(text: str, role: str, dark: bool, size: int | None = None) -> str:
    """Already escaped `text` in the colour of `role`."""
    points = f' point-size="{size}"' if size else ""
    return f'<font color="{style.colour(role, dark)}"{points}>{text}</font>'


def row_of(*cells: str) -> str:
    return "<tr>" + "".join(cells) + "</tr>"


def table(rows: list[str], padding: int) -> str:
    """An invisible table."""
    return f'<table {PLAIN} cellpadding="{padding}">{"".join(rows)}</table>'


def td(content: str, width: float = 0, attributes: str = "") -> str:
    """A table cell at least `width` points wide."""
    room = f' width="{math.ceil(width)}"' if width else ""
    return f"<td{attributes}{room}>{content}</td>"


def box_table(box: Box, dark: bool) -> str:
    """The whole box as a table: its frame, the title, and the rows of values."""
    frame = style.FRAMES[box.kind]
    columns = max([1, *map(len, box.rows)])
    room = box_block(box).width if any(cell.grid for row in box.rows for cell in row) else 0
    rows = [row_of(_title(box, columns, dark)), *(_row(row, columns, room, dark) for row in box.rows)]
    return (
        f'<table border="{frame.width}" color="{style.colour(frame.line, dark)}" '
        f'bgcolor="{style.colour(frame.fill, dark)}" cellborder="0" cellspacing="0" cellpadding="3" '
        f'style="rounded">{"".join(rows)}</table>'
    )


def _title(box: Box, columns: int, dark: bool) -> str:
    span = f' colspan="{columns}"' if columns > 1 else ""
    names = [f"<b>{escaped(line)}</b>" for line in box.title] or ["&#160;"]
    widths = [text_width(shown(line), style.BOX_SIZE, bold=True) for line in box.title] or [0]
    if len(names) == 1 and not box.shape:
        return td(names[0], widths[0] + style.MARGIN, span)
    side = "left" if len(names) > 1 else "right"
    lines = [[td(name, width + 4, f' align="{side}"')] for name, width in zip(names, widths)]
    if box.shape:
        small = font("&#160;" + escaped(box.shape), "shape", dark, style.SHAPE_SIZE)
        lines[-1].append(td(small, text_width(shown(box.shape), style.SHAPE_SIZE) + 8, ' align="left"'))
    return td(table([row_of(*line) for line in lines], 1), 0, span)


def _row(row: Row, columns: int, room: float, dark: bool) -> str:
    last = columns - len(row) + 1
    spans = [""] * (len(row) - 1) + [f' colspan="{last}"' if last > 1 else ""]
    return row_of(*(_cell(cell, span, room / len(row), dark) for cell, span in zip(row, spans)))


def _cell(cell: Cell, span: str, room: float, dark: bool) -> str:
    if not cell.grid:
        return _text(cell, span, dark)
    numbers = _grid(cell.grid, cell.role, room, dark)
    if not cell.text:
        return td(numbers, 0, span)
    return td(table([row_of(_text(cell, "", dark)), row_of(td(numbers))], 1), 0, span)


def _text(cell: Cell, span: str, dark: bool) -> str:
    size = style.SIZES.get(cell.role)
    width = text_width(shown(cell.text), size or style.BOX_SIZE) + style.MARGIN
    return td(font(escaped(cell.text), cell.role, dark, size), width, span)


def _grid(grid: Grid, role: str, room: float, dark: bool) -> str:
    """Numbers in columns, flush right. Graphviz would spread them over the whole `room`, so empty cells fill it."""
    columns = zip(*grid)
    widths = [max(text_width(shown(text), style.BOX_SIZE) for text in column) + 6 for column in columns]
    side = (room - sum(widths)) / 2 - style.MARGIN / 2
    before, after = ([td("", width)] if width > 0 else [] for width in (side - 6, side))

    def number(text: str, width: float) -> str:
        return td(font(escaped(text), role, dark), width, ' align="right"')

    return table([row_of(*before, *map(number, line, widths), *after) for line in grid], 1)


def circle_label(box: Box, dark: bool) -> str:
    """The text of a round box, one line below the other."""
    longest = style.LONGEST_ROUND
    names = ["<b>" + escaped(line, longest) + "</b>" for line in box.title]
    cells = [cell for row in box.rows for cell in row]
    return "<br/>".join(names + [font(escaped(c.text, longest), c.role, dark, style.SIZES.get(c.role)) for c in cells])


def arrow_label(arrow: Arrow, role: str, margin: float, dark: bool, patch: bool = False) -> str:
    """The lines on an arrow; `margin` keeps them off the arrow, a `patch` of the ground off what they stand on."""
    role = "hidden" if arrow.label_hidden else role
    widths = [text_width(shown(line), style.EDGE_SIZE) + margin for line in arrow.label]
    texts = [font(escaped(line), role, dark, style.EDGE_SIZE) for line in arrow.label]
    rows = [row_of(td(text, width)) for text, width in zip(texts, widths)]
    ground = f' bgcolor="{style.colour("ground", dark)}"' if patch else ""
    return f'<table {PLAIN} cellpadding="1"{ground}>{"".join(rows)}</table>'


def heading(title: str, legend: Row, dark: bool) -> str:
    """The title with the legend, a line of coloured runs, under it."""
    longest = style.LONGEST_HEADING
    width = text_width(shown(title, longest), style.TITLE_SIZE)
    rows = [row_of(td(escaped(title, longest), width))] if title else []
    if legend:
        runs = "".join(font(escaped(c.text, longest), c.role, dark, style.EDGE_SIZE) for c in legend)
        width = sum(text_width(shown(c.text, longest), style.EDGE_SIZE) for c in legend)
        rows.append(row_of(td(runs, width)))
    return table(rows, 1)


def caption(text: str, dark: bool) -> str:
    """The lines below the picture."""
    return table([row_of(_quiet(line, dark)) for line in wrapped(text)], 1)


def _quiet(text: str, dark: bool) -> str:
    small = font(escaped(text, style.LONGEST_LINE), "shape", dark, style.SHAPE_SIZE)
    return td(small, text_width(text, style.SHAPE_SIZE))
