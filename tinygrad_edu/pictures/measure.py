"""How large the parts of a picture are, by our estimate of text widths: blocks of lines, stacked and side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import style
from .boxes import Arrow, Box, Cell, Grid, Plan, Row
from .texts import shown, text_width, wrapped


@dataclass(frozen=True)
class Span:
    """A run of text in one colour, size and weight."""

    text: str
    role: str
    size: int
    bold: bool = False

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.bold)


@dataclass(frozen=True)
class Line:
    """Runs on one baseline. `x` is the left end, the middle or the right end of them, as `anchor` says; y downwards."""

    x: float
    y: float
    spans: tuple[Span, ...]
    anchor: str = "middle"


@dataclass(frozen=True)
class Block:
    """Lines with the rectangle that holds them, its upper left corner at (0, 0)."""

    width: float
    height: float
    lines: tuple[Line, ...] = ()

    def moved(self, right: float, down: float) -> tuple[Line, ...]:
        return tuple(replace(line, x=line.x + right, y=line.y + down) for line in self.lines)


def line_of(spans: tuple[Span, ...], margin: float = 0, anchor: str = "middle") -> Block:
    """One line of text as a block with `margin` shared by its left and right."""
    size = max((span.size for span in spans), default=style.BOX_SIZE)
    width = sum(span.width for span in spans) + margin
    x = {"start": margin / 2, "middle": width / 2, "end": width - margin / 2}[anchor]
    return Block(width, 1.35 * size, (Line(x, 1.03 * size, spans, anchor),))


def stacked(blocks: list[Block], gap: float = 0) -> Block:
    """Blocks below each other, centred."""
    width = max((block.width for block in blocks), default=0)
    lines, height = [], 0.0
    for block in blocks:
        lines += block.moved((width - block.width) / 2, height)
        height += block.height + gap
    return Block(width, max(height - gap, 0), tuple(lines))


def beside(blocks: list[Block]) -> Block:
    """Blocks next to each other, centred on one height."""
    height = max((block.height for block in blocks), default=0)
    lines, width = [], 0.0
    for block in blocks:
        lines += block.moved(width, (height - block.height) / 2)
        width += block.width
    return Block(width, height, tuple(lines))


def box_block(box: Box) -> Block:
    """The text of a box, and the size of the box."""
    if box.kind in style.CIRCLE:
        return _round(box)
    rows = [beside([_cell(cell) for cell in row]) for row in box.rows]
    text = stacked([_title(box), *rows], 3)
    return Block(text.width + 2, text.height + 8, text.moved(1, 4))


def _round(box: Box) -> Block:
    longest, heavy = style.LONGEST_ROUND, box.kind != "sum"
    spans = [Span(shown(line, longest), "text" if heavy else "gradient", style.BOX_SIZE, heavy) for line in box.title]
    spans += [Span(shown(cell.text, longest), cell.role, _size(cell.role)) for row in box.rows for cell in row]
    text = stacked([line_of((span,), 8) for span in spans], -2)
    size = max(style.CIRCLE[box.kind], text.width + 8)
    return Block(size, size, text.moved((size - text.width) / 2, (size - text.height) / 2))


def _size(role: str) -> int:
    return style.SIZES.get(role, style.BOX_SIZE)


def _title(box: Box) -> Block:
    lines = [[Span(shown(line), "text", style.BOX_SIZE, bold=True)] for line in box.title or ("",)]
    if box.shape:
        lines[-1] += [Span(text, "shape", style.SHAPE_SIZE) for text in ("\u00a0", shown(box.shape))]
    if len(lines) == 1:
        return line_of(tuple(lines[0]), style.MARGIN)
    blocks = [line_of(tuple(spans), style.MARGIN, "start") for spans in lines]
    width = max(block.width for block in blocks)
    return stacked([replace(block, width=width) for block in blocks])


def _cell(cell: Cell) -> Block:
    span = Span(shown(cell.text), cell.role, _size(cell.role))
    text = [line_of((span,), style.MARGIN)] if cell.text or not cell.grid else []
    return stacked([*text, _grid(cell.grid, cell.role)] if cell.grid else text)


def _grid(grid: Grid, role: str) -> Block:
    spans = [[Span(shown(number), role, style.BOX_SIZE) for number in line] for line in grid]
    columns = [max((span.width for span in column), default=0) + 8 for column in zip(*spans)]
    rows = [beside([_number(span, width) for span, width in zip(line, columns)]) for line in spans]
    return stacked(rows)


def _number(span: Span, width: float) -> Block:
    block = line_of((span,))
    return Block(width, block.height, (replace(block.lines[0], x=width - 4, anchor="end"),))


def label_block(arrow: Arrow, role: str) -> Block:
    """The lines on an arrow."""
    role = "hidden" if arrow.label_hidden else role
    return stacked([line_of((Span(shown(line), role, style.EDGE_SIZE),), 6) for line in arrow.label])


def heading_block(plan: Plan) -> Block:
    """The title and the legend."""
    title = [(Span(shown(plan.title, style.LONGEST_HEADING), "text", style.TITLE_SIZE),)] if plan.title else []
    return stacked([line_of(spans, 8) for spans in [*title, _legend(plan.legend)] if spans], 2)


def _legend(legend: Row) -> tuple[Span, ...]:
    return tuple(Span(shown(cell.text, style.LONGEST_HEADING), cell.role, style.EDGE_SIZE) for cell in legend)


def caption_block(plan: Plan) -> Block:
    """The lines below the picture."""
    return stacked([line_of((Span(line, "shape", style.SHAPE_SIZE),), 8) for line in wrapped(plan.caption)])
