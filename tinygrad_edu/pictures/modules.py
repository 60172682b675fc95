"""Frames around what a neuron or a layer computed: all nodes that were recorded while its call lasted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..node import Node, scope_of
from ..recorder import Recorder
from .boxes import Cluster
from .scene import Scene


class Call(NamedTuple):
    """A module's call, from the stamp before it to that of its output."""

    label: str
    began: int
    ended: int

    def holds(self, stamp: int) -> bool:
        return self.began < stamp <= self.ended


def clusters(scene: Scene, ids: dict[Recorder, str]) -> tuple[Cluster, ...]:
    """A frame per call that shows at least two boxes; a call inside another has its frame inside."""
    origin = scene.derivation.origin
    nodes = [node for node in origin.values() if isinstance(node, Node)]
    calls = sorted({Call(*scope, n.stamp) for n in nodes if (scope := scope_of(n))}, key=lambda c: c.began)
    homes = {box: innermost(calls, origin[box]) for box in scene.shown}
    homes.update((box, leaf_home(box, scene, homes)) for box in scene.shown if box.row is None)
    found = []
    for call in calls:
        members = [ids[box] for box in scene.shown if homes[box] == call]
        members += [f"{ids[box]}_sum" for box in scene.shown if homes[box] == call and scene.meets(box)]
        if len(members) > 1:
            around = [c for c in calls if c != call and c.holds(call.ended)]
            found.append(
                Cluster(str(call.began), call.label, tuple(members), str(around[-1].began) if around else None)
            )
    return tuple(found)


def innermost(calls: list[Call], origin: Any) -> Call | None:
    holding = [c for c in calls if isinstance(origin, Node) and origin.row is not None and c.holds(origin.stamp)]
    return holding[-1] if holding else None


def leaf_home(leaf: Recorder, scene: Scene, homes: Mapping[Recorder, Call | None]) -> Call | None:
    """A variable belongs to the only call that uses it."""
    users = {homes[e.head] for e in scene.edges if e.tail is leaf}
    return users.pop() if leaf.requires_grad and len(users) == 1 else None
