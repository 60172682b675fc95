"""The frames of clusters in our own layout: a line above and a line below the items of each, through all its layers."""

from __future__ import annotations

from .layers import Item, Layers
from .style import SHAPE_SIZE

INSIDE, LABEL = 10.0, 1.35 * SHAPE_SIZE


def framed(layers: Layers, rows: list[list[int]], down: bool) -> tuple[list[list[int]], dict[str, list[int]]]:
    """The rows with the border items of all frames in place, and these items by frame."""
    borders = _Borders(layers, down)
    return [borders.around(row) for row in rows], borders.found


class _Borders:
    def __init__(self, layers: Layers, down: bool) -> None:
        self.layers, self.found = layers, dict[str, list[int]]()
        self.below = INSIDE if down else INSIDE + LABEL
        self.last: dict[tuple[str, bool], int] = {}

    def around(self, row: list[int]) -> list[int]:
        """`row` with a border wherever a frame begins or ends; frames end in the reverse order."""
        new: list[int] = []
        inside: tuple[str, ...] = ()
        for index in [*row, None]:
            frames = () if index is None else self.layers.items[index].frames
            common = sum(1 for _ in _shared(inside, frames))
            layer = self.layers.items[row[0]].layer
            new += [self._border(frame, layer, ends=True) for frame in reversed(inside[common:])]
            new += [self._border(frame, layer, ends=False) for frame in frames[common:]]
            new += [] if index is None else [index]
            inside = frames
        return new

    def _border(self, frame: str, layer: int, ends: bool) -> int:
        before, after = (self.below, 2.0) if ends else (2.0, INSIDE)
        self.layers.items.append(Item(layer, before, after))
        index = len(self.layers.items) - 1
        previous = self.last.get((frame, ends))
        if previous is not None and self.layers.items[previous].layer == layer - 1:
            self.layers.links.append((previous, index))
        self.last[frame, ends] = index
        self.found.setdefault(frame, []).append(index)
        return index


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    """What both begin with."""
    shared = []
    for a, b in zip(one, other):
        if a != b:
            break
        shared.append(a)
    return shared
