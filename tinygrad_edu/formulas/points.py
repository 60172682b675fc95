"""A recorded graph at other points: the values of its named nodes and of their adjoints, for comparison."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from ..backward import sweep, values
from ..node import Node
from ..recorder import Recorder
from ..replay import leaves_first, replay
from .derivation import derive
from .names import pretty

RANDOM_POINTS = 3
SPREAD = 0.2
SPREAD_WITH_MASKS = 1e-3
"""How far points lie from the recorded values, relative to them: near, where masks were recorded as they were."""


class Point(NamedTuple):
    """The values of the names that a line may use, and ∂L/∂(node) for each node."""

    names: dict[str, Any]
    adjoints: dict[Node, Any]
    is_recorded: bool


class Points:
    """The recorded point, and random ones: where the variables move, and where the data of a line move, too."""

    def __init__(self, output: Any, seed: int, with_counts: bool = False) -> None:
        self.output = output
        self.rng = np.random.default_rng(seed)
        self.counts = counts(output) if with_counts else {}
        nodes = leaves_first(output)
        masked = any(np.asarray(x).dtype == bool for node in nodes for x in node.inputs if not isinstance(x, Node))
        self.spread = SPREAD_WITH_MASKS if masked else SPREAD
        self.leaves: list[Any] = [x for x in nodes if x.row is None and x.dtype.kind == "f"]
        self.shared = [self.point({}), *self.around(())]

    def for_line(self, names: Collection[str]) -> list[Point]:
        """The points at which a line that uses these names is compared."""
        data = [x for x in self.leaves if not x.requires_grad and x.name and {x.name, pretty(x.name)} & set(names)]
        return [*self.shared, *self.around(data)] if data else self.shared

    def around(self, data: Collection[Node]) -> list[Point]:
        """Random points where the engine's own numbers are finite; `data` are the constants that move."""
        points = []
        for _ in range(RANDOM_POINTS):
            moving = [x for x in self.leaves if x.requires_grad or any(x is d for d in data)]
            points.append(self.point({x: self.near(x.numpy()) for x in moving}))
        return [point for point in points if all(np.isfinite(x).all() for x in point.adjoints.values())]

    def near(self, value: Any) -> Any:
        """A value near this one, of the same sign; zeros move, too, and what adds up to 1 still does."""
        noise = self.rng.uniform(0, self.spread, np.shape(value))
        moved = np.float64(value) * (1 + noise) + (value == 0) * noise
        if np.ndim(value) and np.shape(value)[-1] > 1 and np.allclose(np.sum(value, axis=-1), 1, rtol=1e-6, atol=0):
            moved = moved / np.sum(moved, axis=-1, keepdims=True)
        return moved[()]

    def point(self, changed: dict[Node, Any]) -> Point:
        root, origin = replay(self.output, changed)
        totals = dict(sweep(root, np.ones_like(root.value)[()], values))
        adjoints = {origin[twin]: total for twin, total in totals.items() if isinstance(twin, Recorder)}
        names = dict(self.counts)
        loss = self.output.name or "L"
        for node, total in adjoints.items():
            if node.name:
                names |= {f"d{node.name}": total, f"d{loss}_d{node.name}": total}
        for twin, node in origin.items():
            if isinstance(node, Node) and node.name:
                names |= {node.name: twin.value, pretty(node.name): twin.value}
        return Point(names, adjoints, not changed)


def counts(output: Any) -> dict[str, Any]:
    """The number that formulas of this graph call n, if it is one."""
    derivation = derive(output)
    derivation.build(node for node in reversed(derivation.parts.home) if isinstance(node, Recorder))
    edges = [edge for box in reversed(derivation.parts.boxes) for edge in derivation.edges(box)]
    sizes = derivation.sizes(edge.derivative for edge in edges if edge.derivative is not None)
    return {"n": sizes.pop().key} if len(sizes) == 1 else {}
