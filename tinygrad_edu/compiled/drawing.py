"""A compiled program as a picture: the forward pass runs in one direction, and the backward pass against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..pictures.boxes import Arrow, Box, Cell, Plan
from ..pictures.picture import Picture
from ..pictures.words import ENDS
from .blockwise import Block
from .program import Program, Statement, Variable, parts
from .source import Source

PHASES = {
    "forward": "forward (blue, {start} to {end})",
    "backward": "backward (orange, {end} to {start})",
    "update": "updates (green)",
}
ROLES = {"forward": "value", "backward": "gradient", "update": "parameter"}
IN_BLOCKS = "What is computed element by element runs in blocks of rows, on all cores."
MOST_IN_A_ROW = 12
"""With more boxes the picture runs from top to bottom."""


def drawn(program: Program, source: Source) -> Picture:
    """A box for each variable that has a name, or is read from two boxes, with the lines that lead to it."""
    statements = [*flat(program)]
    home = partition(program, statements, source)
    groups: dict[Variable, list[Statement]] = {}
    for s in statements:
        groups.setdefault(home[s.target], []).append(s)
    shown = [*(x for x in program.inputs if x.ndim), *groups]
    ids = {x: f"x{i}" for i, x in enumerate(shown)}
    results = {x for x in parts(program.outputs) if isinstance(x, Variable)}
    kinds = {x: "loss" if x in results else "value" if x in groups else "data" for x in shown}
    boxes = [
        Box(
            ids[x],
            kinds[x],
            (source.called[x],),
            str(x.shape) if x.ndim else "",
            tuple(lines(source, groups.get(x, []))),
        )
        for x in shown
    ]
    read = [(home.get(x, x), home[s.target], s.phase) for s in statements for x in s.used]
    arrows = dict.fromkeys(arrow(ids[x], ids[y], phase) for x, y, phase in read if x is not y and x in ids)
    caption = IN_BLOCKS if len(statements) > len(program.statements) else ""
    return Picture(titled(source.name, statements, Plan("", tuple(boxes), tuple(arrows), caption=caption)))


def titled(name: str, statements: list[Statement], plan: Plan) -> Plan:
    """The plan with its direction, and what that and the colours mean."""
    direction = "LR" if len(plan.boxes) <= MOST_IN_A_ROW else "TB"
    phases = {s.phase for s in statements}
    meanings = [text.format(**ENDS[direction]) for phase, text in PHASES.items() if phase in phases]
    title = f"The program of {name}" + (f": {', '.join(meanings)}" if meanings else "")
    description = f"The data flow between the {len(statements)} statements of a program, in {len(plan.boxes)} boxes."
    return replace(plan, title=title, direction=direction, description=description)


def flat(program: Program) -> Iterator[Statement]:
    """The statements, those of blocks among them; without what only makes room for blocks."""
    for s in program.statements:
        if isinstance(s.function, Block):
            yield from s.function.statements
        elif s.phase:
            yield s


def partition(program: Program, statements: list[Statement], source: Source) -> dict[Variable, Variable]:
    """In whose box each variable is computed: its own, or that of the only box that reads it."""
    results = {id(x) for x in program.results}
    home: dict[Variable, Variable] = {}
    readers: dict[Variable, set[Variable]] = {}
    renamed: set[Variable] = set()
    """What goes on under the same name."""
    for s in reversed(statements):
        x, boxes = s.target, readers.get(s.target, set())
        is_shown = id(x) in results or len(boxes) != 1 or x.name is not None and x not in renamed
        home[x] = x if is_shown else next(iter(boxes))
        for y in s.used:
            readers.setdefault(y, set()).add(home[x])
        if s.into is not None and source.called[s.into] == source.called[x]:
            renamed.add(s.into)
    return home


def lines(source: Source, group: list[Statement]) -> Iterator[tuple[Cell, ...]]:
    """The lines of the source, without comments."""
    for s in group:
        for line in source.lines([s]):
            code = line.partition("  # ")[0].rstrip()
            if code and not code.startswith("# "):
                yield (Cell(ROLES.get(s.phase, "text"), code),)


def arrow(tail: str, head: str, phase: str) -> Arrow:
    """What leads to a gradient runs against the direction of the forward pass."""
    return Arrow(tail, head, "forward") if phase == "forward" else Arrow(head, tail, "backward")
