"""The frames of clusters in our own layout: a line before and a line after the items of each, through its layers."""

from __future__ import annotations

from .layers import Item, Layers
from .style import SHAPE_SIZE

LABEL = 1.35 * SHAPE_SIZE
_LINE = 2.0


class Borders:
    """`rows` are the layers with the border items in place, `lines` those before and those after a frame's items."""

    def __init__(self, layers: Layers, rows: list[list[int]], down: bool) -> None:
        self.layers, self.label = layers, 0.0 if down else LABEL
        self.lines: dict[str, tuple[list[int], list[int]]] = {}
        self.depths: dict[str, int] = {}
        self.rows = [self._around(row) for row in rows]

    def _around(self, row: list[int]) -> list[int]:
        """`row` with a border wherever a frame begins or ends; frames end in the reverse order."""
        new: list[int] = []
        inside: tuple[str, ...] = ()
        for index, frames in [*((i, self.layers.items[i].frames) for i in row), (-1, ())]:
            common = _common(inside, frames)
            layer = self.layers.items[row[0]].layer
            new += [self._border(frame, layer, depth, 1) for depth, frame in _numbered(inside, common)[::-1]]
            new += [self._border(frame, layer, depth, 0) for depth, frame in _numbered(frames, common)]
            new += [index] if index >= 0 else []
            inside = frames
        return new

    def _border(self, frame: str, layer: int, depth: int, side: int) -> int:
        line = self.lines.setdefault(frame, ([], []))[side]
        self.depths[frame] = depth
        self.layers.items.append(Item(layer, _LINE + side * self.label, _LINE))
        index = len(self.layers.items) - 1
        if line and self.layers.items[line[-1]].layer == layer - 1:
            self.layers.links.append((line[-1], index))
        line.append(index)
        return index

    def tighten(self, gap: float) -> None:
        """Fix every border to one line as near to what it holds as `gap` allows, the inner ones first."""
        items = self.layers.items
        pairs = [(items[one], items[other]) for row in self.rows for one, other in zip(row, row[1:])]
        following = {id(one): other for one, other in pairs}
        leading = {id(other): one for one, other in pairs}
        for frame in sorted(self.lines, key=lambda frame: -self.depths[frame]):
            starts, ends = ([items[i] for i in line] for line in self.lines[frame])
            _fix(starts, min(following[id(i)].place - following[id(i)].before - gap - i.after for i in starts))
            _fix(ends, max(leading[id(i)].place + leading[id(i)].after + gap + i.before for i in ends))


def _fix(line: list[Item], place: float) -> None:
    for item in line:
        item.place = item.fixed = place


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many frames both begin with."""
    return next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


def _numbered(frames: tuple[str, ...], start: int) -> list[tuple[int, str]]:
    return list(enumerate(frames))[start:]
