"""Where arrows leave and reach a box: apart from each other, in the order of their ways, the spine in the middle."""

from __future__ import annotations

from collections import defaultdict

from .coordinates import FIRM, isotonic
from .layers import Item, Layers

_APART, _CORNER = 12.0, 9.0


def ports(layers: Layers) -> dict[tuple[int, int], float]:
    """The coordinate across the ranks where a link meets a box, by the box and the item beside it."""
    sides: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for tail, head in layers.links:
        if layers.items[tail].is_box:
            sides[tail, True].append(head)
        if layers.items[head].is_box:
            sides[head, False].append(tail)
    found: dict[tuple[int, int], float] = {}
    for (box, _), others in sides.items():
        others.sort(key=lambda i: layers.items[i].place)
        places = _spread(layers.items[box], [layers.items[i] for i in others])
        found.update({(box, other): place for other, place in zip(others, places)})
    return found


def _spread(box: Item, others: list[Item]) -> list[float]:
    last = len(others) - 1
    half = max(box.before * 0.7 if box.is_round else box.before - _CORNER, 1.0)
    apart = min(_APART, 2 * half / max(last, 1))
    wishes = [0.0 if o.spine and box.spine else min(max(o.place - box.place, -half), half) for o in others]
    weights = [FIRM if o.spine and box.spine else 1.0 for o in others]
    levels = isotonic([wish - i * apart for i, wish in enumerate(wishes)], weights)
    return [
        box.place + min(max(level + i * apart, -half + i * apart), half - (last - i) * apart)
        for i, level in enumerate(levels)
    ]
