"""The order of the items within each layer: few crossings by barycentres, what shares a frame kept together."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

from .layers import Layers

_SWEEPS = 8
Rows = list[list[int]]


def ordered(layers: Layers) -> Rows:
    """The layers, each in the best order found; of two equally good ones the first, which follows the plan."""
    ahead, behind = neighbours(layers)
    rows = layers.rows()
    rows = [_sorted(layers, row, {item: float(i) for i, item in enumerate(row)}) for row in rows]
    best, fewest = rows, crossings(rows, ahead)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        rows = _swept(layers, rows, behind if sweep % 2 == 0 else ahead, backwards=sweep % 2 == 1)
        _switch(layers, rows, ahead, behind)
        crossed = crossings(rows, ahead)
        if crossed < fewest:
            best, fewest = rows, crossed
    return best


def neighbours(layers: Layers) -> tuple[Rows, Rows]:
    ahead: Rows = [[] for _ in layers.items]
    behind: Rows = [[] for _ in layers.items]
    for tail, head in layers.links:
        ahead[tail].append(head)
        behind[head].append(tail)
    return ahead, behind


def _swept(layers: Layers, rows: Rows, neighbours: Rows, backwards: bool) -> Rows:
    """Every layer sorted by the mean position of its neighbours in the layer just sorted."""
    swept: Rows = []
    previous: dict[int, float] = {}
    for row in reversed(rows) if backwards else rows:
        spread = max(len(previous) - 1, 1) / max(len(row) - 1, 1)
        scores = {item: i * spread for i, item in enumerate(row)}
        scores |= {item: _mean(previous[n] for n in neighbours[item]) for item in row if neighbours[item]}
        row = _sorted(layers, row, scores)
        previous = {item: float(i) for i, item in enumerate(row)}
        swept.append(row)
    return swept[::-1] if backwards else swept


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _sorted(layers: Layers, row: Sequence[int], scores: dict[int, float]) -> list[int]:
    """`row` by score, a frame's items together where their mean belongs."""
    groups: dict[tuple[str, ...], list[float]] = {}
    for item in row:
        frames = layers.items[item].frames
        for depth in range(1, len(frames) + 1):
            groups.setdefault(frames[:depth], []).append(scores[item])
    means = {frames: _mean(values) for frames, values in groups.items()}

    def key(item: int) -> list[tuple[float, str]]:
        frames = layers.items[item].frames
        return [(means[frames[: d + 1]], frames[d]) for d in range(len(frames))] + [(scores[item], "")]

    return sorted(row, key=key)


def _switch(layers: Layers, rows: Rows, ahead: Rows, behind: Rows) -> None:
    """Switch neighbours of one frame wherever their links cross less the other way round."""
    position = {item: float(i) for row in rows for i, item in enumerate(row)}
    for row in rows:
        for i in range(len(row) - 1):
            one, other = row[i], row[i + 1]
            gain = sum(_crossed(sides[one], sides[other], position) for sides in (ahead, behind))
            if gain > 0 and layers.items[one].frames == layers.items[other].frames:
                row[i], row[i + 1] = other, one
                position[other], position[one] = i, i + 1


def _crossed(one: list[int], other: list[int], position: dict[int, float]) -> int:
    """How many crossings fewer there are if the item linked to `one` moves behind that linked to `other`."""
    ways = [position[a] - position[b] for a in one for b in other]
    return sum(way > 0 for way in ways) - sum(way < 0 for way in ways)


def crossings(rows: Rows, ahead: Rows) -> int:
    """How often links between neighbouring layers cross."""
    total = 0
    for row, following in zip(rows, rows[1:]):
        position = {item: i for i, item in enumerate(following)}
        seen: list[int] = []
        for item in row:
            ends = sorted(position[head] for head in ahead[item])
            total += sum(len(seen) - bisect.bisect_right(seen, end) for end in ends)
            for end in ends:
                bisect.insort(seen, end)
    return total
