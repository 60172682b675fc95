"""Boxes that are shown as one: modules, what lies outside the part that is asked for, the middle of a large graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..formulas.partition import Partition
from ..recorder import Recorder

MOST_BOXES = 40
MORE = "more"


@dataclass(frozen=True, eq=False)
class Group:
    """Boxes that one box stands for; `output` is the one among them whose value it shows, if any."""

    id: str
    title: tuple[str, ...]
    members: tuple[Recorder, ...]
    output: Recorder | None = None


Unit = Recorder | Group


class Folding(NamedTuple):
    units: list[Unit]
    """What gets a box, in the order of the graph."""
    home: dict[Recorder, Group]
    """Where each hidden box is shown."""
    feeding: list[tuple[Recorder, Group]]
    """Which boxes each group uses; they may be in other groups."""
    members: list[Recorder]
    """All nodes that are shown inside a shown box, inputs first."""

    @property
    def shown(self) -> list[Recorder]:
        return [unit for unit in self.units if isinstance(unit, Recorder)]

    @property
    def groups(self) -> list[Group]:
        return [unit for unit in self.units if isinstance(unit, Group)]

    @property
    def hidden(self) -> set[Recorder]:
        return set(self.home)


def fold(parts: Partition, groups: Sequence[Group] = ()) -> Folding:
    """Show each group as one, and at most `MOST_BOXES`: a third from the inputs' side, the rest from the output's."""
    home = {box: group for group in groups for box in group.members}
    units: list[Unit] = list(dict.fromkeys(home.get(box, box) for box in parts.boxes))
    if len(units) > MOST_BOXES:
        first, last = MOST_BOXES // 3, len(units) - (MOST_BOXES - MOST_BOXES // 3)
        middle = tuple(box for unit in units[first:last] for box in members(unit))
        more = Group(MORE, counted(middle), middle)
        units[first:last] = [more]
        home.update(dict.fromkeys(middle, more))
    inside = [n for n in reversed(parts.home) if parts.home[n] not in home and isinstance(n, Recorder)]
    return Folding(units, home, feeding(parts, home), inside)


def members(unit: Unit) -> tuple[Recorder, ...]:
    return unit.members if isinstance(unit, Group) else (unit,)


def counted(boxes: Sequence[Recorder]) -> tuple[str, ...]:
    return (f"⋯ {len(boxes)} more box{'es' * (len(boxes) != 1)} ⋯",)


def feeding(parts: Partition, home: dict[Recorder, Group]) -> list[tuple[Recorder, Group]]:
    """Each box that a group uses, and the group; without those inside the group."""
    found = {
        (parts.home[x], home[box])
        for node, box in parts.home.items()
        if box in home
        for x in node.inputs
        if isinstance(x, Recorder) and home.get(parts.home[x]) is not home[box]
    }
    place = {box: i for i, box in enumerate(parts.boxes)}
    return sorted(found, key=lambda pair: (place[pair[0]], place[pair[1].members[0]]))
