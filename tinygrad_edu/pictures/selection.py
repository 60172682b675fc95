"""A part of a large graph: what is near one value, what lies between two, or modules as single boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import UnsupportedError
from ..formulas.derivation import Derivation, derive
from ..node import Node
from ..recorder import Recorder
from ..refusals import describe
from ..replay import leaves_first
from .folding import Folding, Group, counted, fold
from .modules import at_depth, calls_in, module_groups

Neighbours = dict[Recorder, set[Recorder]]


def folded(
    output: Node,
    detail: str | None = None,
    focus: Node | None = None,
    radius: int = 1,
    path: Sequence[Node] | None = None,
    depth: int | None = None,
) -> tuple[Derivation, Folding]:
    """The boxes of the graph of `output`, and which of them are shown as one.

    Raises
    ------
    UnsupportedError
        If several parts are asked for at once, or a value that is not in the graph.
    """
    if (focus is not None) + (path is not None) + (depth is not None) > 1:
        raise UnsupportedError("A picture has one of focus=, path= and depth=.")
    if path is not None and (isinstance(path, Node) or len(path) != 2):
        given = f"{describe(path)} was" if isinstance(path, Node) else f"{len(path)} were"
        raise UnsupportedError(f"path= has two ends, path=(a, b), but {given} given.")
    if depth is not None:
        if not depth >= 1:
            raise UnsupportedError(
                f"depth={depth}: the outermost modules are boxes at depth=1, those in them at depth=2."
            )
        return modules_folded(output, detail, depth)
    wanted = [focus] if focus is not None else list(path or ())
    for node in wanted:
        if not isinstance(node, Node):
            raise UnsupportedError(f"focus= and path= take Tensors of the graph, but {type(node).__name__} was given.")
    derivation = derive(output, detail, {*wanted})
    groups = []
    if wanted:
        boxes = [box_of(node, derivation, output) for node in wanted]
        shown = near(derivation, boxes[0], radius) if focus is not None else between(derivation, boxes)
        groups = outside(derivation, shown)
    return derivation, built(derivation, groups)


def built(derivation: Derivation, groups: Sequence[Group]) -> Folding:
    folding = fold(derivation.parts, groups)
    derivation.build(folding.members)
    return folding


def modules_folded(output: Node, detail: str | None, depth: int) -> tuple[Derivation, Folding]:
    """Each module at this depth as one box, with its output in it."""
    nodes = leaves_first(output)
    calls = at_depth(calls_in(nodes), depth)
    ends = {call.ended for call in calls}
    derivation = derive(output, detail, {node for node in nodes if node.row is not None and node.stamp in ends})
    return derivation, built(derivation, module_groups(derivation, calls))


def box_of(node: Node, derivation: Derivation, output: Node) -> Recorder:
    for box, origin in derivation.origin.items():
        if origin is node:
            return box
    raise UnsupportedError(f"{describe(node)} is not in the graph of {describe(output)}.")


def uses(derivation: Derivation) -> tuple[Neighbours, Neighbours]:
    """The boxes that each box is computed from, and those that use it."""
    parts = derivation.parts
    inputs: Neighbours = {box: set() for box in parts.boxes}
    users: Neighbours = {box: set() for box in parts.boxes}
    for node, head in parts.home.items():
        for x in node.inputs:
            if isinstance(x, Recorder) and (tail := parts.home[x]) is not head:
                inputs[head].add(tail)
                users[tail].add(head)
    return inputs, users


def reached(starts: Iterable[Recorder], neighbours: Neighbours) -> set[Recorder]:
    found = set(starts)
    waiting = list(found)
    while waiting:
        new = neighbours[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def near(derivation: Derivation, focus: Recorder, radius: int) -> set[Recorder]:
    """The boxes at most `radius` arrows away."""
    inputs, users = uses(derivation)
    found = {focus}
    for _ in range(radius):
        found |= {other for box in found for other in inputs[box] | users[box]}
    return found


def between(derivation: Derivation, ends: Sequence[Recorder]) -> set[Recorder]:
    """The boxes on a way from the first to the second.

    Raises
    ------
    UnsupportedError
        If there is no way from one to the other.
    """
    inputs, users = uses(derivation)
    start, end = ends
    found = reached([start], users) & reached([end], inputs)
    if not found:
        a, b = derivation.names[start], derivation.names[end]
        raise UnsupportedError(f"{b} is not computed from {a}: there is no path from {a} to {b}.")
    return found


def outside(derivation: Derivation, shown: set[Recorder]) -> list[Group]:
    """What is left out, in two boxes: what the shown ones depend on, and the rest."""
    inputs, _ = uses(derivation)
    before = reached(shown, inputs)
    hidden: dict[str, list[Any]] = {"before": [], "after": []}
    for box in derivation.parts.boxes:
        if box not in shown:
            hidden["before" if box in before else "after"].append(box)
    return [Group(side, counted(boxes), tuple(boxes)) for side, boxes in hidden.items() if boxes]
