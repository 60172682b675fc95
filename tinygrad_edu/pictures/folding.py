"""Large graphs: the first and the last boxes are shown, what lies between them is one box that counts them."""

from __future__ import annotations

from typing import NamedTuple

from ..formulas.partition import Partition
from ..recorder import Recorder

MOST_BOXES = 40
MORE = "more"


class Folding(NamedTuple):
    shown: list[Recorder]
    hidden: set[Recorder]
    first: int
    """How many boxes stand before the fold."""
    feeding: list[Recorder]
    """The shown boxes that hidden ones use."""
    members: list[Recorder]
    """All nodes that are shown inside a shown box, inputs first."""


def fold(parts: Partition) -> Folding:
    """Keep at most `MOST_BOXES`: a third from the inputs' side, the rest from the output's."""
    boxes = parts.boxes
    first = MOST_BOXES // 3 if len(boxes) > MOST_BOXES else len(boxes)
    last = max(first, len(boxes) - (MOST_BOXES - first)) if first < len(boxes) else first
    hidden = set(boxes[first:last])
    shown = [*boxes[:first], *boxes[last:]]
    used = {
        parts.home[x]
        for node, home in parts.home.items()
        if home in hidden
        for x in node.inputs
        if isinstance(x, Recorder)
    }
    members = [n for n in reversed(parts.home) if parts.home[n] not in hidden and isinstance(n, Recorder)]
    return Folding(shown, hidden, first, [b for b in shown if b in used], members)
