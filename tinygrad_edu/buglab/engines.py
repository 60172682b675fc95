"""Engines that are wrong on purpose, each in one thing.

Every engine gives ∂L/∂node for the nodes of a replayed graph. What it does right, it does with the parts of the
right sweep: the order, the rules of the rows, and the shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..backward import fitted, values
from ..errors import UnsupportedError
from ..node import Node, topological_order
from ..recorder import Recorder

Adjoints = dict[Node, Any]
MOST_MESSAGES = 10_000
"""Without an order, the work doubles with every value that is used twice."""


def contributions(node: Any, total: Any) -> Iterator[tuple[Any, Any]]:
    """What a node passes on to each of its inputs; a leaf has none."""
    if node.row is not None:
        for x, rule in zip(node.parents, node.pullbacks):
            yield x, fitted(rule(total, *values(node)), x, node)


def one(output: Recorder) -> Any:
    """∂L/∂L in the shape of the output."""
    return np.ones_like(output.value)[()]


def without_order(output: Recorder) -> Adjoints:
    """Each node passes on what it has as soon as anything arrives, depth first."""
    totals: Adjoints = {output: one(output)}
    waiting = [contributions(output, totals[output])]
    for _ in range(MOST_MESSAGES):
        if not waiting:
            return totals
        for x, part in waiting[-1]:
            totals[x] = part + totals[x] if x in totals else part
            waiting.append(contributions(x, totals[x]))  # the bug: at once, whatever may still arrive
            break
        else:
            waiting.pop()
    raise UnsupportedError(
        f"Without an order, {MOST_MESSAGES:,} messages were not enough for this graph: every value that is used twice "
        "doubles them. Take a smaller graph."
    )


def assigning(output: Recorder) -> Adjoints:
    """What arrives replaces what was there."""
    totals: Adjoints = {output: one(output)}
    for node in reversed(topological_order(output)):
        for x, part in contributions(node, totals[node]):
            totals[x] = part  # the bug: not part + totals[x]
    return totals


def not_reset(output: Recorder) -> Adjoints:
    """A second call adds to what the first one left in all nodes."""
    totals: Adjoints = {}
    for _ in range(2):
        totals[output] = one(output)  # the bug: only the output starts anew
        for node in reversed(topological_order(output)):
            for x, part in contributions(node, totals[node]):
                totals[x] = part + totals[x] if x in totals else part
    return totals


def without_sum(output: Recorder) -> Adjoints:
    """What broadcasting copied is not summed back."""
    totals: Adjoints = {output: one(output)}
    for node in reversed(topological_order(output)):
        for x, rule in zip(node.parents, node.pullbacks):
            part = rule(totals[node], *values(node))  # the bug: in the shape of the node, not in that of x
            totals[x] = part + totals[x] if x in totals else part
    return totals


def updating(output: Recorder, lr: float = 0.1) -> Adjoints:
    """Each variable takes its step as soon as its gradient arrives."""
    totals: Adjoints = {output: one(output)}
    for node in reversed(topological_order(output)):
        for x, part in contributions(node, totals[node]):
            totals[x] = part + totals[x] if x in totals else part
            if x.row is None:
                x.value = x.value - lr * part  # the bug: the rules still to come see the new value
    return totals
