"""How large the parts of a picture are, by our estimate of text widths: blocks of lines, stacked and side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import style
from .boxes import Arrow, Box, Cell, Plan
from .spans import Span, cell_span, circle_lines, grid_spans, heading_lines, label_lines, quiet_lines, title_lines


@dataclass(frozen=True)
class Line:
    """Runs on one baseline. `x` is the left end, the middle or the right end of them, as `anchor` says; y downwards."""

    x: float
    y: float
    spans: Sequence[Span]
    anchor: str = "middle"


@dataclass(frozen=True)
class Block:
    """Lines with the rectangle that holds them, its upper left corner at (0, 0)."""

    width: float
    height: float
    lines: tuple[Line, ...] = ()

    def moved(self, right: float, down: float) -> tuple[Line, ...]:
        return tuple(replace(line, x=line.x + right, y=line.y + down) for line in self.lines)


def line_of(spans: Sequence[Span], margin: float = 0, anchor: str = "middle") -> Block:
    """One line of text as a block with `margin` shared by its left and right."""
    size = max((span.size for span in spans), default=style.BOX_SIZE)
    width = sum(span.width for span in spans) + margin
    x = {"start": margin / 2, "middle": width / 2, "end": width - margin / 2}[anchor]
    return Block(width, 1.35 * size, (Line(x, 1.03 * size, spans, anchor),))


def stacked(blocks: list[Block], gap: float = 0) -> Block:
    """Blocks below each other, centred."""
    width = max((block.width for block in blocks), default=0)
    lines: list[Line] = []
    height = 0.0
    for block in blocks:
        lines += block.moved((width - block.width) / 2, height)
        height += block.height + gap
    return Block(width, max(height - gap, 0), tuple(lines))


def beside(blocks: list[Block]) -> Block:
    """Blocks next to each other, centred on one height."""
    height = max((block.height for block in blocks), default=0)
    lines: list[Line] = []
    width = 0.0
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
    text = stacked([line_of([span], 8) for span in circle_lines(box)], -2)
    size = max(style.CIRCLE[box.kind], text.width + 8)
    return Block(size, size, text.moved((size - text.width) / 2, (size - text.height) / 2))


def _title(box: Box) -> Block:
    lines = title_lines(box)
    if len(lines) == 1:
        return line_of(lines[0], style.MARGIN)
    blocks = [line_of(spans, style.MARGIN, "start") for spans in lines]
    width = max(block.width for block in blocks)
    return stacked([replace(block, width=width) for block in blocks])


def _cell(cell: Cell) -> Block:
    text = [line_of([cell_span(cell)], style.MARGIN)] if cell.text or not cell.grid else []
    return stacked([*text, _grid(cell)] if cell.grid else text)


def _grid(cell: Cell) -> Block:
    spans = grid_spans(cell)
    columns = [max(span.width for span in column) + 8 for column in zip(*spans)]
    return stacked([beside([_number(span, width) for span, width in zip(row, columns)]) for row in spans])


def _number(span: Span, width: float) -> Block:
    block = line_of([span])
    return Block(width, block.height, (replace(block.lines[0], x=width - 4, anchor="end"),))


def label_block(arrow: Arrow) -> Block:
    """The lines on an arrow."""
    return stacked([line_of([span], 6) for span in label_lines(arrow)])


def heading_block(plan: Plan) -> Block:
    """The title and the legend."""
    return stacked(
        [line_of(spans, max(8, plan.room - sum(s.width for s in spans))) for spans in heading_lines(plan)], 2
    )


def caption_block(plan: Plan) -> Block:
    """The lines below the picture."""
    return stacked([line_of([span], 8) for span in quiet_lines(plan.caption)])
