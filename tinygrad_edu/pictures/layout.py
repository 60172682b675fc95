"""Our own layered layout, for machines without Graphviz: plain Python, near to linear time."""

from __future__ import annotations

import math

from .borders import LABEL, Borders
from .boxes import Plan
from .clusters import frames_of
from .coordinates import balance, place
from .drawing import Drawing, PlacedArrow, PlacedBox, PlacedFrame, Point, Rectangle, centred, finished, without_repeats
from .layers import Item, layers_of
from .measure import Line
from .ordering import ordered
from .ports import ports
from .spans import quiet_lines

_LEAST, _LEAST_DOWN, _MOST = 24.0, 16.0, 80.0
_GAP, _GAP_DOWN = 12.0, 24.0
_INSIDE, _NESTED = 10.0, 6.0


def layered(plan: Plan) -> Drawing:
    """The drawing of a plan in layers, from left to right or from top to bottom."""
    return finished(_Layout(plan).drawing(), plan)


class _Layout:
    """Coordinates are found along the ranks (u) and across them (v), and become x and y at the end."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.down = plan, plan.direction == "TB"
        self.layers = layers_of(plan)
        self.borders = Borders(self.layers, ordered(self.layers), self.down)
        self.rows, gap = self.borders.rows, _GAP_DOWN if self.down else _GAP
        place(self.layers, self.rows, gap)
        self.borders.tighten(gap)
        balance(self.layers, self.rows, gap)
        self.pads = self._pads()
        self.starts, self.ends = self._along()
        self.ports = ports(self.layers)

    def drawing(self) -> Drawing:
        boxes = [self._box(i) for i in range(len(self.plan.boxes))]
        arrows = [self._arrow(i) for i in range(len(self.plan.arrows))]
        frames = [self._frame(c.id, c.label) for c in self.plan.clusters if c.id in self.pads]
        return Drawing(boxes, arrows, frames, self.down)

    def _along(self) -> tuple[list[float], list[float]]:
        """Where each layer begins and ends: between them room for the arrows to bend, the more the further they go."""
        items, bends = self.layers.items, [0.0] * len(self.rows)
        for tail, head in self.layers.links:
            way = abs(items[tail].place - items[head].place)
            bends[items[tail].layer] = max(bends[items[tail].layer], way)
        starts, ends, u = [], [], 0.0
        least, share = (_LEAST_DOWN, 4) if self.down else (_LEAST, 2)
        for layer, (row, bend) in enumerate(zip(self.rows, bends)):
            starts.append(u)
            ends.append(u + max((items[i].length for i in row), default=0.0))
            u = ends[-1] + max(self._frames_between(layer), min(max(least, bend / share), _MOST))
        return starts, ends

    def _pads(self) -> dict[str, tuple[int, int, float, float]]:
        """For each frame its first and last layer, and how far it reaches beyond them."""
        pads = {}
        for frame, (line, _) in self.borders.lines.items():
            around = [f for f in frames_of(self.plan).values() if frame in f]
            pad = _INSIDE + _NESTED * max(len(f) - f.index(frame) - 1 for f in around)
            layers = [self.layers.items[i].layer for i in line]
            pads[frame] = min(layers), max(layers), pad, pad + (LABEL if self.down else 0)
        return pads

    def _frames_between(self, layer: int) -> float:
        """The room that frames need behind a layer, where some end and others begin."""
        ends = [pad for _, last, _, pad in self.pads.values() if last == layer]
        starts = [pad for first, _, pad, _ in self.pads.values() if first == layer + 1]
        return max(ends, default=0.0) + max(starts, default=0.0) + 4

    def _xy(self, u: float, v: float) -> Point:
        return (v, u) if self.down else (u, v)

    def _middle(self, item: Item) -> float:
        return (self.starts[item.layer] + self.ends[item.layer]) / 2

    def _box(self, index: int) -> PlacedBox:
        item = self.layers.items[index]
        assert item.block is not None
        x, y = self._xy(self._middle(item), item.place)
        return PlacedBox(self.plan.boxes[index], x - item.block.width / 2, y - item.block.height / 2, item.block)

    def _arrow(self, index: int) -> PlacedArrow:
        arrow, (tail, *way, head) = self.plan.arrows[index], self.layers.chains[index]
        ways = [self._through(self.layers.items[i]) for i in way]
        ends = self._face(tail, way[0], 1), self._face(head, way[-1], -1)[::-1]
        points = without_repeats(self._xy(u, v) for u, v in [*ends[0], *sum(ways, []), *ends[1]])
        return PlacedArrow(arrow, points, *self._label(self.layers.items[way[-1]]))

    def _through(self, item: Item) -> list[Point]:
        """Level through a layer with labels or boxes; where there is nothing to avoid, the curve is left free."""
        start, end = self.starts[item.layer], self.ends[item.layer]
        return [(start, item.place), (end, item.place)] if end > start else []

    def _face(self, box: int, other: int, side: int) -> list[Point]:
        """From the edge of a box, level to the edge of its layer."""
        item, v = self.layers.items[box], self.ports[box, other]
        reach = math.sqrt(max(item.before**2 - (v - item.place) ** 2, 0)) if item.is_round else item.length / 2
        edge = self.ends[item.layer] if side > 0 else self.starts[item.layer]
        return [(self._middle(item) + side * reach, v), (edge, v)]

    def _label(self, item: Item) -> tuple[tuple[Line, ...], Rectangle | None]:
        if item.block is None:
            return (), None
        if self.down:
            return centred(item.block, item.place + 6 + item.block.width / 2, self._middle(item))
        return centred(item.block, self._middle(item), item.place - 3 - item.block.height / 2)

    def _frame(self, frame: str, label: str) -> PlacedFrame:
        (before, *_), (after, *_) = self.borders.lines[frame]
        first, last, start, end = self.pads[frame]
        left, top = self._xy(self.starts[first] - start, self.layers.items[before].place)
        right, bottom = self._xy(self.ends[last] + end, self.layers.items[after].place)
        return PlacedFrame((left, top, right, bottom), Line(left + 8, bottom - 6, quiet_lines(label)[:1], "start"))
