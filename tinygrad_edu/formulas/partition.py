"""Which nodes of a graph get a box of their own; all others fold into the formula of exactly one box.

A partition, so that drawing is linear in the size of the graph: copying a shared node into every formula
that uses it would take exponential time (thirty doublings ``y = y + y`` would be a billion terms).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from ..errors import UnsupportedError
from ..node import Node
from ..recorder import Recorder
from ..replay import leaves_first

LEVELS = ("named", "operations")
LONGEST_FORMULA = 56
"""Characters, roughly, of a formula that still reads at a glance."""


class Partition(NamedTuple):
    boxes: list[Recorder]
    """The nodes with a box of their own, inputs before consumers."""
    home: dict[Node, Recorder]
    """The box in which each node is shown."""


def partition(output: Recorder, detail: str, wanted: Collection[Recorder] = ()) -> Partition:
    """The boxes at this level of detail, ``"named"`` or ``"operations"``, and those `wanted` for other reasons.

    Raises
    ------
    UnsupportedError
        If there is no such level.
    """
    checked(detail, LEVELS, "detail")
    order = [node for node in leaves_first(output) if isinstance(node, Recorder)]
    boxes = named_boxes(order, {output, *wanted}) if detail == "named" else operation_boxes(order)
    home: dict[Node, Recorder] = {}
    consumers: dict[Node, set[Recorder]] = {}
    for node in reversed(order):
        homes = consumers.pop(node, set())
        own = node in boxes or len(homes) != 1
        home[node] = node if own else homes.pop()
        for x in node.inputs:
            if isinstance(x, Node):
                consumers.setdefault(x, set()).add(home[node])
    return Partition([node for node in order if home[node] is node], home)


def operation_boxes(order: list[Recorder]) -> set[Node]:
    """Every operation that a gradient passes through, and what it starts from."""
    return {node for node in order if node.requires_grad or node.row is None or node.name is not None}


def named_boxes(order: list[Recorder], wanted: set[Recorder]) -> set[Node]:
    """What is wanted, what has a name, variables and leaf arrays, and parts of formulas that would be too long."""
    boxes: set[Node] = set(wanted)
    length: dict[Node, int] = {}
    for node in order:
        parts = [x for x in node.inputs if isinstance(x, Node)]
        total = 2 + 2 * len(node.inputs) + sum(length[x] for x in parts)
        for longest in sorted(set(parts), key=lambda x: -length[x]):
            if total <= LONGEST_FORMULA or not length[longest]:
                break
            total -= length[longest] * sum(x is longest for x in parts)
            boxes.add(longest)
            length[longest] = 0
        named = node.name is not None or node.row is None and (node.requires_grad or np.ndim(node.value) > 0)
        if named:
            boxes.add(node)
        length[node] = 0 if node in boxes else total
    return boxes


def checked(given: str, known: tuple[str, ...], what: str) -> None:
    if given not in known:
        raise UnsupportedError(f"{what}={given!r}: it is one of {', '.join(map(repr, known))}.")


def default_detail(output: Recorder) -> str:
    """Named, if the output and every variable have names; every operation otherwise."""
    waiting = [output]
    seen: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node.name is None and (node is output or node.row is None and node.requires_grad):
            return "operations"
        for x in node.inputs:
            if isinstance(x, Recorder) and x not in seen:
                seen.add(x)
                waiting.append(x)
    return "named"
