"""Which frames a box stands in, and how far arrows must reach so that frames stand side by side."""

from __future__ import annotations

from .boxes import Plan


def frames_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The ids of the clusters around each box, the outermost first; boxes without any are left out."""
    parents = {cluster.id: cluster.parent for cluster in plan.clusters}
    around: dict[str, tuple[str, ...]] = {}
    for cluster in plan.clusters:
        chain = tuple(reversed(_chain(cluster.id, parents)))
        for member in cluster.members:
            around[member] = max(around.get(member, ()), chain, key=len)
    return around


def _chain(id: str | None, parents: dict[str, str | None]) -> list[str]:
    chain: list[str] = []
    while id is not None and id not in chain:
        chain.append(id)
        id = parents.get(id)
    return chain


def lengths(plan: Plan) -> list[int]:
    """How many ranks each arrow spans at least: 2 where it enters a frame whose own boxes feed the head, too.

    So what feeds a layer from outside stands left of the layer's frame, and layers stand side by side.
    """
    around = frames_of(plan)
    fed = {a.head for a in plan.arrows if around.get(a.tail) and around.get(a.tail) == around.get(a.head)}
    return [
        2 if arrow.head in fed and not set(around[arrow.head]) <= set(around.get(arrow.tail, ())) else 1
        for arrow in plan.arrows
    ]
