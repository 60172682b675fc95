"""Several plans in one picture, each in a frame of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .boxes import Cluster, Plan


def beside(plans: Mapping[str, Plan], title: str, caption: str, description: str) -> Plan:
    """One plan with a frame for each of `plans`, labelled by its key; legend and direction are those of the first."""
    parts = [numbered(plan, f"p{i}", label) for i, (label, plan) in enumerate(plans.items())]
    return replace(
        parts[0],
        title=title,
        boxes=tuple(box for part in parts for box in part.boxes),
        arrows=tuple(arrow for part in parts for arrow in part.arrows),
        clusters=tuple(cluster for part in parts for cluster in part.clusters),
        caption=caption,
        description=description,
    )


def numbered(plan: Plan, prefix: str, label: str) -> Plan:
    """The plan with ids that begin with `prefix`, all in one frame."""

    def own(id: str) -> str:
        return f"{prefix}_{id}"

    boxes = tuple(replace(box, id=own(box.id)) for box in plan.boxes)
    inner = tuple(
        Cluster(own(c.id), c.label, tuple(map(own, c.members)), own(c.parent) if c.parent else prefix)
        for c in plan.clusters
    )
    around = Cluster(prefix, label, tuple(box.id for box in boxes))
    arrows = tuple(replace(arrow, tail=own(arrow.tail), head=own(arrow.head)) for arrow in plan.arrows)
    return replace(plan, boxes=boxes, arrows=arrows, clusters=(around, *inner))
