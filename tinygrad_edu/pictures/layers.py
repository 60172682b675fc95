"""The layers of our own layout: boxes in ranks, and between them the way points of the arrows, some with a label.

Two layers belong to a rank: an even one for its boxes and an odd one for the gap behind it, where labels have room
(Sugiyama, Tagawa and Toda, 1981).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .boxes import Arrow, Box, Plan
from .clusters import frames_of, lengths
from .measure import Block, box_block, label_block
from .style import CIRCLE

Ends = dict[int, list[tuple[int, int]]]
"""For each box those at the other end of its arrows, with the least length of each arrow in ranks."""


@dataclass
class Item:
    """A box, or a way point of arrows; `before` and `after` reach from its line to its edges, across the ranks."""

    layer: int
    before: float = 3
    after: float = 3
    length: float = 0
    """The extent along the ranks."""
    spine: bool = False
    frames: tuple[str, ...] = ()
    block: Block | None = None
    box: Box | None = None
    place: float = 0
    """The coordinate of its line across the ranks, once found."""
    fixed: float | None = None
    """Where its line has to be."""

    def __post_init__(self) -> None:
        if self.spine:
            self.fixed = 0.0

    @property
    def is_box(self) -> bool:
        return self.box is not None

    @property
    def is_round(self) -> bool:
        return self.box is not None and self.box.kind in CIRCLE


@dataclass
class Layers:
    """All items, `links` between items of neighbouring layers, and the chain of items of each arrow, ends included."""

    items: list[Item]
    links: list[tuple[int, int]] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)

    def rows(self) -> list[list[int]]:
        """The items of each layer, in the order of their making."""
        rows: list[list[int]] = [[] for _ in range(1 + max((item.layer for item in self.items), default=-1))]
        for index, item in enumerate(self.items):
            rows[item.layer].append(index)
        return rows


def layers_of(plan: Plan) -> Layers:
    """The boxes of the plan in layers, and every arrow as a chain through them."""
    numbers = {box.id: i for i, box in enumerate(plan.boxes)}
    edges = [(numbers[arrow.tail], numbers[arrow.head]) for arrow in plan.arrows]
    ranks = ranks_of(len(plan.boxes), edges, lengths(plan))
    frames, down = frames_of(plan), plan.direction == "TB"
    layers = Layers([])
    for box, rank in zip(plan.boxes, ranks):
        block = box_block(box)
        across, along = (block.width, block.height) if down else (block.height, block.width)
        around = frames.get(box.id, ())
        layers.items.append(Item(2 * rank, across / 2, across / 2, along, box.on_spine, around, block, box))
    _Chains(layers, down).add_all(plan.arrows, edges)
    return layers


def ranks_of(count: int, edges: list[tuple[int, int]], lengths: list[int]) -> list[int]:
    """The rank of each box: as far left as its inputs allow, then as near to its only reader as that allows."""
    into: Ends = defaultdict(list)
    out: Ends = defaultdict(list)
    for (tail, head), length in zip(edges, lengths):
        into[head].append((tail, length))
        out[tail].append((head, length))
    ranks, order = [0] * count, _topological(count, into, out)
    if len(order) < count:
        raise ValueError("the arrows of a plan form a circle; a computation graph has none")
    for node in order:
        ranks[node] = max((ranks[tail] + length for tail, length in into[node]), default=0)
    for node in reversed(order):
        if out[node] and len(into[node]) <= len(out[node]):
            ranks[node] = min(ranks[head] - length for head, length in out[node])
    first = min(ranks, default=0)
    return [rank - first for rank in ranks]


def _topological(count: int, into: Ends, out: Ends) -> list[int]:
    waiting = [len(into[node]) for node in range(count)]
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:
        for head, _ in out[node]:
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return ready


class _Chains:
    """Arrows as chains of way points; arrows of one kind from one box share theirs up to the gap before the head."""

    def __init__(self, layers: Layers, down: bool) -> None:
        self.layers, self.down = layers, down
        self.shared: dict[tuple[int, str, int], int] = {}
        self.next_on_spine = self._next_on_spine()
        self.spans = self._spans()

    def _next_on_spine(self) -> dict[int, int]:
        spine = [i for i, item in enumerate(self.layers.items) if item.spine]
        spine.sort(key=lambda i: self.layers.items[i].layer)
        return dict(zip(spine, spine[1:]))

    def _spans(self) -> dict[str, tuple[int, int]]:
        """The first and the last layer of each frame."""
        reached: dict[str, list[int]] = defaultdict(list)
        for item in self.layers.items:
            for frame in item.frames:
                reached[frame].append(item.layer)
        return {frame: (min(span), max(span)) for frame, span in reached.items()}

    def add_all(self, arrows: tuple[Arrow, ...], edges: list[tuple[int, int]]) -> None:
        for arrow, (tail, head) in zip(arrows, edges):
            self.layers.chains.append(self._chain(arrow, tail, head))
        links = {link: None for chain in self.layers.chains for link in zip(chain, chain[1:])}
        self.layers.links.extend(links)

    def _chain(self, arrow: Arrow, tail: int, head: int) -> list[int]:
        items = self.layers.items
        first, last = items[tail].layer + 1, items[head].layer - 1
        straight = self.next_on_spine.get(tail) == head
        if straight:
            self.next_on_spine.pop(tail)
        trunk = [self._trunk(arrow, tail, head, layer, straight) for layer in range(first, last)]
        return [tail, *trunk, self._end(arrow, tail, head, last, straight), head]

    def _trunk(self, arrow: Arrow, tail: int, head: int, layer: int, straight: bool) -> int:
        key = tail, "spine" if straight else arrow.flow, layer
        if key not in self.shared:
            self.shared[key] = self._add(Item(layer, spine=straight, frames=self._frames(tail, head, layer)))
        return self.shared[key]

    def _end(self, arrow: Arrow, tail: int, head: int, layer: int, straight: bool) -> int:
        item = Item(layer, spine=straight, frames=self._frames(tail, head, layer))
        if arrow.label:
            item.block = block = label_block(arrow)
            item.length = block.height if self.down else block.width
            if self.down:
                item.after = block.width + 8
            else:
                item.before = block.height + 3
        return self._add(item)

    def _add(self, item: Item) -> int:
        self.layers.items.append(item)
        return len(self.layers.items) - 1

    def _frames(self, tail: int, head: int, layer: int) -> tuple[str, ...]:
        """The frames that a way point is inside of: those of an end of the arrow whose columns it has reached."""
        ends = self.layers.items[tail], self.layers.items[head]
        return max((tuple(f for f in end.frames if self._reaches(f, layer)) for end in ends), key=len)

    def _reaches(self, frame: str, layer: int) -> bool:
        first, last = self.spans[frame]
        return first <= layer <= last
