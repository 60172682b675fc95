"""Where items stand across the layers: as near to their neighbours as order and sizes allow, the spine straight."""

from __future__ import annotations

from collections.abc import Sequence

from .layers import Item, Layers

_SWEEPS = 16
FIRM = 1e7
_STIFF, _NEAR = 64.0, 8.0
Pull = list[tuple[int, float]]


def place(layers: Layers, rows: list[list[int]], gap: float) -> None:
    """Set `place` of every item; items of one layer keep `gap` between their edges."""
    items = layers.items
    for row in rows:
        _pull(items, row, [[] for _ in row], gap)
    behind, ahead = _pulls(layers)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for row in rows if forward else rows[::-1]:
            _pull(items, row, [behind[i] if forward else ahead[i] for i in row], gap)
    balance(layers, rows, gap)


def balance(layers: Layers, rows: list[list[int]], gap: float) -> None:
    """Pull every item to its neighbours on both sides at once."""
    behind, ahead = _pulls(layers)
    for row in rows:
        _pull(layers.items, row, [behind[i] + ahead[i] for i in row], gap)


def _pulls(layers: Layers) -> tuple[list[Pull], list[Pull]]:
    """For each item its neighbours behind and ahead with their weights: long arrows want to be straight."""
    behind: list[Pull] = [[] for _ in layers.items]
    ahead: list[Pull] = [[] for _ in layers.items]
    for tail, head in layers.links:
        ahead[tail].append((head, _STIFF))
        behind[head].append((tail, _STIFF))
    for index, item in enumerate(layers.items):
        if item.is_box:
            _weaken(index, behind, ahead)
            _weaken(index, ahead, behind)
    return behind, ahead


def _weaken(box: int, one: list[Pull], other: list[Pull]) -> None:
    """An arrow shares its height with the end where it is alone, so what is crowded pulls little."""
    weight = _NEAR / len(one[box]) ** 3 if one[box] else 0
    one[box] = [(item, weight) for item, _ in one[box]]
    for item, _ in one[box]:
        other[item] = [(n, weight if n == box else w) for n, w in other[item]]


def _pull(items: Sequence[Item], row: list[int], pulls: list[Pull], gap: float) -> None:
    wishes, weights = [], []
    for index, pull in zip(row, pulls):
        item, weight = items[index], sum(weight for _, weight in pull)
        wish = sum(items[n].place * w for n, w in pull) / weight if weight else item.place
        wishes.append(wish if item.fixed is None else item.fixed)
        weights.append(FIRM if item.fixed is not None else weight or 0.1)
    _settle([items[i] for i in row], wishes, weights, gap)


def _settle(row: list[Item], wishes: list[float], weights: list[float], gap: float) -> None:
    """The places nearest to `wishes`, in weighted squares, that keep the order and the distances."""
    offsets = [0.0]
    for one, other in zip(row, row[1:]):
        offsets.append(offsets[-1] + one.after + gap + other.before)
    for item, offset, level in zip(row, offsets, isotonic([w - o for w, o in zip(wishes, offsets)], weights)):
        item.place = level + offset


def isotonic(values: list[float], weights: list[float]) -> list[float]:
    """The ascending sequence nearest to `values` in weighted squares, by pooling adjacent violators (Ayer, 1955)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            level, mass, count = blocks.pop()
            total = mass + block[1]
            block = ((level * mass + block[0] * block[1]) / total, total, count + block[2])
        blocks.append(block)
    return [level for level, _, count in blocks for _ in range(count)]
