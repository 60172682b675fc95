"""The texts in boxes and on arrows: formulas, values, adjoints and local derivatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..formulas.derivation import Edge
from ..formulas.normal import symbols
from ..formulas.numbers import number_text, value_grid, value_text
from ..formulas.text import text
from ..recorder import Recorder
from .boxes import Cell
from .folding import Group
from .scene import Scene

LONGEST_LINE = 30
SHORT_LABEL = 18
LONGEST_TITLE = 40
MOST_SYMBOLS = 6
MOST_NUMBERS = 4
SHOWN = ("values", "shapes", "blanks")
BLANK = "(" + 10 * "\u00a0" + ")"


def title(scene: Scene, node: Recorder) -> tuple[str, ...]:
    """The name, with the formula if it was computed."""
    name = scene.names[node]
    return (name,) if node.row is None else broken(f"{name} = {text(scene.derivation.formula(node))}")


def broken(title: str, longest: int = LONGEST_TITLE) -> tuple[str, ...]:
    """A long title on two lines, broken in front of a sign outside of as many brackets as can be."""
    if len(title) <= longest:
        return (title,)
    depth, places = 0, []
    for i, c in enumerate(title):
        depth += (c in "([") - (c in ")]")
        if title[i : i + 3] in (" + ", " − "):
            places.append((depth, abs(i - len(title) // 2), i))
    if not places:
        return (title,)
    _, _, place = min(places)
    return (title[:place], "    " + title[place + 1 :])


# ---------------------------------------------------------------------- under the title


def rows(scene: Scene, node: Recorder) -> tuple[tuple[Cell, ...], ...]:
    """What a picture of this kind says about the box."""
    if scene.show != "values":
        return shapes(scene, node)
    found = lines(scene, node) if scene.named else columns(scene, node)
    if node not in scene.tangents:
        return found
    return (*found, (Cell("gradient", f"tangent {value_text(scene.tangents[node], scene.digits)}"),))


def shapes(scene: Scene, node: Recorder) -> tuple[tuple[Cell, ...], ...]:
    """The shape of the value, which is also that of ∂L/∂(this box); or room to write both."""
    shape = str(node.shape) if scene.show == "shapes" else BLANK
    cells = [Cell("value", shape)]
    if scene.flow != "forward" and node in scene.adjoint:
        cells.append(Cell("gradient", f"{scene.derivation.adjoint_name(node)}: {shape}"))
    return tuple((cell,) for cell in cells)


def lines(scene: Scene, node: Recorder) -> tuple[tuple[Cell, ...], ...]:
    """The value, and under it ∂L/∂(this box), in symbols too where those are short."""
    cells = [value_cell("value", node.value, scene.digits)]
    if scene.flow != "forward" and node in scene.adjoint:
        right = contributions(scene, node) or symbols_of(scene, node)
        cells += adjoint_cells(scene.derivation.adjoint_name(node), right, scene.adjoint[node], scene.digits)
    return tuple((cell,) for cell in cells)


def module_rows(scene: Scene, group: Group) -> tuple[tuple[Cell, ...], ...]:
    """What the group's output is, and how many parameters are inside."""
    assert group.output is not None
    parameters = sum(int(np.size(box.value)) for box in group.members if box.row is None and box.requires_grad)
    count = Cell("parameter", f"{parameters} parameter{'s' * (parameters != 1)}")
    name, (value, *adjoint) = scene.names[group.output], rows(scene, group.output)
    named = tuple(replace(cell, text=f"{name} = {cell.text}") if cell.role == "value" else cell for cell in value)
    return ((count,), named, *adjoint)


def columns(scene: Scene, node: Recorder) -> tuple[tuple[Cell, ...], ...]:
    """Value and adjoint side by side."""
    cells = [Cell("value", value_text(node.value, scene.digits))]
    if scene.flow != "forward" and node in scene.adjoint:
        cells.append(Cell("gradient", value_text(scene.adjoint[node], scene.digits)))
    return (tuple(cells),)


def value_cell(role: str, value: object, digits: int) -> Cell:
    grid = value_grid(value, digits)
    return Cell(role, "", grid) if grid else Cell(role, value_text(value, digits))


def adjoint_cells(left: str, right: str, adjoint: object, digits: int) -> list[Cell]:
    """``∂L/∂z = ŷ − y`` with the number under it; without symbols the number stands behind, a matrix below."""
    number = value_cell("gradient", adjoint, digits)
    if number.grid:
        return [Cell("gradient", f"{left} = {right} =" if right else f"{left} ="), number]
    if right:
        return [Cell("gradient", f"{left} = {right}"), Cell("gradient", f"= {number.text}")]
    return [Cell("gradient", f"{left} = {number.text}")]


def symbols_of(scene: Scene, node: Recorder) -> str:
    """∂L/∂node in terms of boxes, if that is short and says more than the arrow to it."""
    closed = scene.derivation.closed.get(node)
    into = scene.into(node)
    if closed is None or not into or closed.size > MOST_SYMBOLS or not any(symbols(closed)):
        return ""
    return "" if len(into) == 1 and into[0].derivative == closed else text(closed)


def contributions(scene: Scene, node: Recorder) -> str:
    """``3 + 3 + 1`` where several numbers add up."""
    into = scene.into(node)
    if not 2 <= len(into) <= MOST_NUMBERS or node.shape or any(e.head.shape for e in into):
        return ""
    if len(into) < scene.arriving[node]:
        return ""
    parts = [number_text(e.value * scene.adjoint[e.head], scene.digits) for e in into]
    return " + ".join(parts).replace("+ −", "− ")


# ---------------------------------------------------------------------- on an arrow


def derivative_label(scene: Scene, edge: Edge) -> tuple[str, ...]:
    """The local derivative in symbols, and as a number where it is one."""
    assert edge.derivative is not None
    left, right = left_side(scene, edge), text(edge.derivative)
    lines = [left.strip(), right] if left and len(left + right) > LONGEST_LINE else [left + right]
    small = scene.show == "values" and np.ndim(edge.value) <= 1 and np.size(edge.value) <= MOST_NUMBERS
    if edge.derivative.number is not None or edge.head.shape or not small:
        return tuple(lines)
    number = f"= {value_text(edge.value, scene.digits)}"
    if not scene.named and len(lines[-1] + number) <= SHORT_LABEL:
        return (f"{lines[-1]} {number}",)
    return (*lines, number)


def left_side(scene: Scene, edge: Edge) -> str:
    """∂z/∂w for a number z; for an array what arrives at w, unless more than this arrow brings it."""
    if not scene.named:
        return ""
    if not edge.head.shape:
        return f"∂{scene.names[edge.head]}/∂{scene.names[edge.tail]} = "
    return f"{scene.derivation.adjoint_name(edge.tail)} = " if scene.arriving[edge.tail] == 1 else ""
