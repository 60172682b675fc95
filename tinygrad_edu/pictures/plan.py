"""From a recorded graph to the boxes and arrows of its picture. Pure: no drawing engine, no operation by name."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ..errors import UnsupportedError
from ..formulas.names import SUBSCRIPTS, pretty
from ..formulas.numbers import number_text, value_grid, value_text
from ..formulas.text import text
from ..node import Node
from ..recorder import Recorder
from ..replay import replay
from .boxes import Arrow, Box, Cell, Plan
from .derivation import Derivation, Edge
from .folding import MORE, Folding, fold
from .partition import partition

LEVELS = ("named", "operations")
FLOWS = {
    "forward": "Forward pass",
    "backward": "Backward pass: from right to left",
    "both": "Forward pass (black, left to right) and backward pass (orange, right to left)",
}
TOO_LONG_FOR_A_ROW = 8


def plan_graph(output: Node, flow: str, detail: str | None = None, direction: str | None = None, title: str | None = None) -> Plan:
    """The picture of the graph of `output`, with the values, adjoints and local derivatives that `flow` shows."""
    replayed = replay(output)
    detail = checked(detail or default_detail(replayed.output), LEVELS, "detail")
    parts = partition(replayed.output, detail)
    names = box_names(parts.boxes)
    folding = fold(parts)
    derivation = Derivation(parts, names, names[replayed.output], separate_uses=detail == "operations")
    derivation.build(folding.members)
    return Planner(derivation, folding, flow, detail).plan(direction, title)


def checked(given: str, known: tuple[str, ...], what: str) -> str:
    if given not in known:
        raise UnsupportedError(f"{what}={given!r}: it is one of {', '.join(map(repr, known))}.")
    return given


def default_detail(output: Recorder) -> str:
    """Named, if the output and every variable have names; every operation otherwise."""
    leaves = [output]
    seen: set[Node] = set()
    while leaves:
        node = leaves.pop()
        if node.name is None and (node is output or node.row is None and node.requires_grad):
            return "operations"
        for x in node.inputs:
            if isinstance(x, Recorder) and x not in seen:
                seen.add(x)
                leaves.append(x)
    return "named"


def box_names(boxes: list[Recorder]) -> dict[Recorder, str]:
    """The name of every box as it is shown; unnamed ones are v₁, v₂, … in topological order, the output L."""
    taken = {box.name for box in boxes}
    names: dict[Recorder, str] = {}
    unnamed = 0
    for box in boxes:
        if box.name is not None:
            names[box] = pretty(box.name)
        elif box is boxes[-1] and "L" not in taken:
            names[box] = "L"
        else:
            unnamed += 1
            names[box] = "v" + str(unnamed).translate(SUBSCRIPTS)
    return names


class Planner:
    """Collects the boxes and arrows of one picture."""

    def __init__(self, derivation: Derivation, folding: Folding, flow: str, detail: str) -> None:
        self.derivation = derivation
        self.folding = folding
        self.flow = flow
        self.named = detail == "named"
        self.loss = derivation.loss
        self.ids = {box: f"n{i}" for i, box in enumerate(folding.shown, start=1)}
        edges = {box: derivation.edges(box) for box in reversed(folding.shown)}
        self.edges = [edge for box in folding.shown for edge in edges[box]]
        self.arriving = Counter(e.tail for e in self.edges if e.derivative is not None)
        self.spine = spine(derivation.output, self.edges)

    def plan(self, direction: str | None, title: str | None) -> Plan:
        boxes = [self.box(b) for b in self.folding.shown]
        if self.folding.hidden:
            boxes.insert(self.folding.first, Box(MORE, "more", (f"⋯ {len(self.folding.hidden)} more boxes ⋯",)))
        sums = [self.sum_box(b) for b in self.folding.shown if self.meets(b)]
        return Plan(
            title=title or FLOWS[self.flow],
            boxes=(*boxes, *sums),
            arrows=tuple(self.arrows()),
            legend=self.legend(),
            caption=self.caption(),
            direction=direction or ("LR" if self.named or len(self.spine) <= TOO_LONG_FOR_A_ROW else "TB"),
            description=self.description(),
        )

    # ------------------------------------------------------------------ boxes

    def box(self, node: Recorder) -> Box:
        name = self.derivation.names[node]
        leaf = node.row is None
        title = name if leaf else f"{name} = {text(self.derivation.formula(node))}"
        shape = str(node.shape) if node.shape else ""
        kind = "loss" if node is self.derivation.output else self.kind(node) if leaf else "value"
        rows = self.rows(node) if self.named else self.columns(node)
        return Box(self.ids[node], kind, broken(title), shape, rows, node in self.spine)

    def kind(self, leaf: Recorder) -> str:
        return "parameter" if leaf.requires_grad else "data"

    def rows(self, node: Recorder) -> tuple[tuple[Cell, ...], ...]:
        """The value, and under it ∂L/∂(this box), in symbols where those are short."""
        rows = [value_cell("value", "", node.value)]
        if self.flow != "forward" and node in self.derivation.adjoint:
            adjoint = self.derivation.adjoint[node]
            left = f"∂{self.loss}/∂{self.derivation.names[node]} ="
            right = self.contributions(node) or self.symbols_of(node)
            rows += [Cell("gradient", f"{left} {right}"), *value_cells("gradient", "=", adjoint)] if right else value_cells(
                "gradient", left, adjoint
            )
        return tuple((cell,) for cell in rows)

    def columns(self, node: Recorder) -> tuple[tuple[Cell, ...], ...]:
        """Value and adjoint side by side."""
        cells = [Cell("value", value_text(node.value))]
        if self.flow != "forward" and node in self.derivation.adjoint:
            cells.append(Cell("gradient", value_text(self.derivation.adjoint[node])))
        return (tuple(cells),)

    def symbols_of(self, node: Recorder) -> str:
        """∂L/∂node in terms of boxes, if that is short and says more than the arrow to it."""
        closed = self.derivation.closed.get(node)
        into = [e for e in self.edges if e.tail is node and e.derivative is not None]
        if closed is None or not into or closed.size > 6 or closed.number is not None:
            return ""
        if len(into) == 1 and into[0].derivative == closed:
            return ""
        return text(closed)

    def contributions(self, node: Recorder) -> str:
        """``3 + 3 + 1`` where several numbers add up."""
        into = [e for e in self.edges if e.tail is node and e.derivative is not None]
        if not 2 <= len(into) <= 4 or node.shape or any(e.head.shape for e in into):
            return ""
        parts = [number_text(e.value * self.derivation.adjoint[e.head]) for e in into]
        return " + ".join(parts).replace("+ −", "− ")

    def meets(self, box: Recorder) -> bool:
        return self.flow != "forward" and self.arriving[box] > 1

    def sum_box(self, box: Recorder) -> Box:
        return Box(f"{self.ids[box]}_sum", "sum", ("Σ",), on_spine=box in self.spine)

    # ------------------------------------------------------------------ arrows

    def arrows(self) -> list[Arrow]:
        arrows: dict[tuple[str, str, tuple[str, ...], int], Arrow] = {}
        for i, edge in enumerate(self.edges):
            tail = self.ids.get(edge.tail, MORE)
            flowing = edge.derivative is not None
            if flowing and self.meets(edge.tail):
                tail += "_sum"
            label = self.label(edge) if flowing and self.flow != "forward" and tail != MORE else ()
            key = (tail, self.ids[edge.head], label, 0 if self.named else i)
            arrows.setdefault(key, Arrow(tail, self.ids[edge.head], self.drawn(flowing), label))
        for box in self.folding.feeding:
            arrows[self.ids[box], MORE, (), 0] = Arrow(self.ids[box], MORE, self.drawn(box.requires_grad))
        for box in self.folding.shown:
            if self.meets(box):
                arrows[self.ids[box], "", (), 0] = Arrow(self.ids[box], f"{self.ids[box]}_sum", self.flow)
        return list(arrows.values())

    def drawn(self, flowing: bool) -> str:
        if self.flow == "both" and not flowing:
            return "forward"
        return self.flow if flowing or self.flow == "forward" else "idle"

    def label(self, edge: Edge) -> tuple[str, ...]:
        """The local derivative in symbols, and as a number where it is one."""
        assert edge.derivative is not None
        right = text(edge.derivative)
        left = ""
        if self.named and not edge.head.shape:
            left = f"∂{self.derivation.names[edge.head]}/∂{self.derivation.names[edge.tail]} = "
        elif self.named and self.arriving[edge.tail] == 1:
            left = f"∂{self.loss}/∂{self.derivation.names[edge.tail]} = "
        lines = [left.strip(), right] if left and len(left + right) > LONGEST_LINE else [left + right]
        symbolic = edge.derivative.number is None and not edge.head.shape and np.ndim(edge.value) < 2 and np.size(edge.value) <= 4
        if not symbolic:
            return tuple(lines)
        number = f"= {value_text(edge.value)}"
        if not self.named and len(lines[-1] + number) <= SHORT_LABEL:
            return (f"{lines[-1]} {number}",)
        return (*lines, number)

    # ------------------------------------------------------------------ words around it

    def legend(self) -> tuple[Cell, ...]:
        if self.flow == "forward":
            return ()
        sums = "; Σ adds what arrives" if any(self.meets(b) for b in self.folding.shown) else ""
        return (
            Cell("text", "in a box: "),
            Cell("value", "value"),
            Cell("text", " and "),
            Cell("gradient", f"∂{self.loss}/∂(this box)"),
            Cell("text", f"; on an arrow: the local derivative{sums}; numbers rounded to 3 digits"),
        )

    def caption(self) -> str:
        level = (
            'Boxes are the named values; detail="operations" shows every operation.'
            if self.named
            else 'Every operation is a box; names and detail="named" fold them into formulas.'
        )
        if self.folding.hidden:
            level += f" {len(self.folding.hidden)} of {len(self.folding.hidden) + len(self.folding.shown)} boxes are folded away."
        if self.derivation.output.shape and self.flow != "forward":
            level += f" {self.loss} is an array: the gradients are those of the sum of its elements."
        return level

    def description(self) -> str:
        names = self.derivation.names
        leaves = [names[b] for b in self.folding.shown if b.row is None]
        steps = [t for b in self.folding.shown if b.row is not None for t in [" ".join(self.box(b).title)]]
        return f"Computation graph of {self.loss} from {', '.join(leaves)}: {'; '.join(steps[:12])}{'; …' if len(steps) > 12 else ''}."


LONGEST_LINE = 30
SHORT_LABEL = 18
LONGEST_TITLE = 40


def broken(title: str) -> tuple[str, ...]:
    """A long title on two lines, broken in front of a sign outside of brackets."""
    if len(title) <= LONGEST_TITLE:
        return (title,)
    depth, places = 0, []
    for i, c in enumerate(title):
        depth += (c in "([") - (c in ")]")
        if depth <= 1 and i > 0 and title[i : i + 3] in (" + ", " − "):
            places.append(i)
    if not places:
        return (title,)
    middle = min(places, key=lambda i: abs(i - len(title) / 2))
    return (title[:middle], "    " + title[middle + 1 :])


def value_cell(role: str, left: str, value: object) -> Cell:
    grid = value_grid(value)
    return Cell(role, left, grid) if grid else Cell(role, f"{left} {value_text(value)}".strip())


def value_cells(role: str, left: str, value: object) -> list[Cell]:
    """A text with a number behind it, or with a matrix under it."""
    cell = value_cell(role, left, value)
    return [Cell(role, left), Cell(role, "", cell.grid)] if cell.grid and left else [cell]


def spine(output: Recorder, edges: list[Edge]) -> set[Recorder]:
    """The longest chain from a variable to the output along which gradients flow: it is drawn straight."""
    depth: dict[Recorder, int] = {}
    for edge in edges:  # tails before heads
        if edge.derivative is not None:
            depth[edge.head] = max(depth.get(edge.head, 0), depth.get(edge.tail, 0) + 1)
    chain = {output}
    node = output
    while True:
        before = [e.tail for e in edges if e.head is node and e.derivative is not None]
        if not before:
            return chain
        node = max(before, key=lambda b: depth.get(b, 0))
        chain.add(node)
