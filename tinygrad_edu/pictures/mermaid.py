"""A picture as a Mermaid flowchart, for Markdown pages that draw such text (GitHub, GitLab, MkDocs)."""

from __future__ import annotations

from collections.abc import Iterator

from . import style
from .boxes import Arrow, Box, Plan
from .spans import cell_span, label_lines, title_lines

SHAPES = {"sum": ("((", "))"), "fork": ("((", "))"), "neuron": ("((", "))"), "more": ("[", "]")}
LINES = {"forward": "-->", "backward": "-->", "both": "<-->", "idle": "-.-"}
TURNED = {"LR": "RL", "TB": "BT", "fixed": "LR"}


def mermaid_source(plan: Plan) -> str:
    """The picture as text between ```` ```mermaid ```` fences.

    A backward picture runs from right to left, so that its arrows point back and the loss stays on the right.
    """
    back = any(arrow.flow == "backward" for arrow in plan.arrows)
    direction = TURNED[plan.direction] if back or plan.direction == "fixed" else plan.direction
    ids = {box.id: f"n{number}" for number, box in enumerate(plan.boxes)}
    lines = [f"flowchart {direction}"]
    lines += [f"  {ids[box.id]}{shape(box)}:::{box.kind}" for box in plan.boxes]
    lines += [f"  {line(arrow, ids, back)}" for arrow in plan.arrows]
    lines += [f"  classDef {kind} {look}" for kind, look in classes({box.kind for box in plan.boxes})]
    return "\n".join(lines) + "\n"


def shape(box: Box) -> str:
    start, end = SHAPES.get(box.kind, ("(", ")"))
    titles = ["".join(span.text for span in spans) for spans in title_lines(box)]
    rows = [" ".join(cell_span(cell).text for cell in row if cell.role != "hidden") for row in box.rows]
    grids = [
        "; ".join(" ".join(row) for row in cell.grid) for cells in box.rows for cell in cells if cell.role != "hidden"
    ]
    return f'{start}"{"<br/>".join(escaped(part) for part in (*titles, *rows, *grids) if part.strip())}"{end}'


def line(arrow: Arrow, ids: dict[str, str], back: bool) -> str:
    ends = (arrow.head, arrow.tail) if back else (arrow.tail, arrow.head)
    words = "" if arrow.label_hidden else "<br/>".join(escaped(span.text) for span in label_lines(arrow))
    label = f'|"{words}"|' if words else ""
    return f"{ids[ends[0]]} {LINES[arrow.flow]}{label} {ids[ends[1]]}"


def classes(kinds: set[str]) -> Iterator[tuple[str, str]]:
    for kind in sorted(kinds):
        frame = style.FRAMES[kind]
        fill, stroke, ink = (style.colour(role) for role in (frame.fill, frame.line, "text"))
        yield kind, f"fill:{fill},stroke:{stroke},stroke-width:{frame.width}px,color:{ink}"


def escaped(words: str) -> str:
    """Letters, digits and what Unicode has for mathematics as they stand; the rest by number.

    >>> escaped('w₁ <b>"x"</b>')
    'w₁ #60;b#62;#34;x#34;#60;/b#62;'
    """
    return "".join(c if c.isalnum() or not c.isascii() or c in " .,=+-/" else f"#{ord(c)};" for c in words)
