"""Frames around what a neuron or a layer computed: all nodes that were recorded while its call lasted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from ..formulas.derivation import Derivation
from ..node import Node, scope_of
from ..recorder import Recorder
from .boxes import Cluster
from .folding import Group
from .scene import Scene

MOST_ALIKE = 3
"""More modules than these, one after the other and built alike, are counted in one box."""


class Call(NamedTuple):
    """A module's call, from the stamp before it to that of its output."""

    label: str
    began: int
    ended: int

    def holds(self, stamp: int) -> bool:
        return self.began < stamp <= self.ended


def calls_in(origins: Iterable[Any]) -> list[Call]:
    """The calls that computed these nodes, in the order in which they began."""
    nodes = [node for node in origins if isinstance(node, Node)]
    return sorted({Call(*scope, n.stamp) for n in nodes if (scope := scope_of(n))}, key=lambda c: c.began)


# ---------------------------------------------------------------------- frames


def clusters(scene: Scene, ids: dict[Recorder, str]) -> tuple[Cluster, ...]:
    """A frame per call that shows at least two boxes; a call inside another has its frame inside."""
    origin = scene.derivation.origin
    calls = calls_in(origin.values())
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


# ---------------------------------------------------------------------- modules as boxes


def module_groups(derivation: Derivation, calls: list[Call]) -> list[Group]:
    """A group per call; many that are alike, one after the other, are one."""
    members: dict[Call, list[Recorder]] = {call: [] for call in calls}
    for box, call in call_of_each(derivation, calls).items():
        members[call].append(box)
    inside = [(call, tuple(boxes)) for call, boxes in members.items() if boxes]
    return [group for _, alike in groupby(inside, key=structure) for group in counted(list(alike))]


def at_depth(calls: list[Call], depth: int) -> list[Call]:
    """The calls with depth − 1 calls around them, so 1 for the outermost."""
    around: list[Call] = []
    found = []
    for call in calls:
        while around and not around[-1].holds(call.ended):
            around.pop()
        around.append(call)
        if len(around) == depth:
            found.append(call)
    return found


def call_of_each(derivation: Derivation, calls: list[Call]) -> dict[Recorder, Call]:
    """The call among these, which do not overlap, that computed each box, or alone uses it if it is a variable."""
    ends = [call.ended for call in calls]
    found: dict[Recorder, Call] = {}
    for box in derivation.parts.boxes:
        origin = derivation.origin[box]
        if isinstance(origin, Node) and origin.row is not None:
            at = bisect_left(ends, origin.stamp)
            if at < len(calls) and calls[at].holds(origin.stamp):
                found[box] = calls[at]
    users: dict[Any, set[Call | None]] = {}
    for node, home in derivation.parts.home.items():
        for x in node.inputs:
            if isinstance(x, Recorder) and x.row is None and x.requires_grad:
                users.setdefault(x, set()).add(found.get(home))
    alone = {leaf: calls_using.pop() for leaf, calls_using in users.items() if len(calls_using) == 1}
    variables = {leaf: call for leaf, call in alone.items() if call}
    return {box: call for box in derivation.parts.boxes if (call := variables.get(box) or found.get(box))}


def structure(module: tuple[Call, tuple[Recorder, ...]]) -> list[Any]:
    """What two modules that are built alike have in common: functions and shapes."""
    return [(box.row and box.row.name, box.shape) for box in module[1]]


def counted(alike: list[tuple[Call, tuple[Recorder, ...]]]) -> Iterator[Group]:
    """The modules one by one, or as one if they are many."""
    first, last = alike[0], alike[-1]
    if len(alike) > MOST_ALIKE:
        labels = first[0].label if first[0].label == last[0].label else f"{first[0].label} to {last[0].label}"
        members = tuple(box for _, boxes in alike for box in boxes)
        yield Group(f"m{first[0].began}", (f"{labels}: {len(alike)} alike",), members, last[1][-1])
    else:
        for call, boxes in alike:
            yield Group(f"m{call.began}", (call.label,), boxes, boxes[-1])
