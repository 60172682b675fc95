"""Forward mode on a recorded graph: how fast each node changes when some of them change along given directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from ..backward import graph, sweep, values
from ..errors import ShapeError, UnsupportedError
from ..node import Node
from ..recorder import Recorder, plain


def tangents(nodes: Iterable[Node], directions: Mapping[Node, Any]) -> dict[Node, Any]:
    """``ẏ = Σ ∂y/∂x · ẋ`` for every node that depends on those with a direction; `nodes` are in topological order.

    No rule is written for it: what a rule pulls back from u is linear in u, so its product with ẋ is derived by u.
    """
    found = dict(directions)
    for node in nodes:
        if node not in found and any(x in found for x in node.parents):
            found[node] = pushed(node, found)
    return found


def pushed(node: Any, found: Mapping[Node, Any]) -> Any:
    """The tangent of one operation's output, from those of its inputs."""
    moving = {x: Recorder(plain(x)) for x in node.parents if x in found}
    inputs = tuple(moving[x] if isinstance(x, Node) and x in moving else plain(x) for x in node.inputs)
    output = Recorder(plain(node), None, node.row, inputs, node.settings)
    u = Recorder(np.ones_like(output.value)[()])
    totals = dict(sweep(output, u, graph))
    slope = reduce(add, [np.sum(totals[leaf] * found[x]) for x, leaf in moving.items()])
    pulled: Any = dict(sweep(slope, np.ones_like(slope.value)[()], values))[u]
    return pulled


def directed(given: Mapping[Any, Any], origin: Mapping[Recorder, Any]) -> dict[Node, Any]:
    """The directions that the user gave for Tensors, for the recorders that stand for them."""
    twins = {node: recorder for recorder, node in origin.items()}
    for x, v in given.items():
        if not isinstance(x, Node) or x not in twins or not x.requires_grad:
            name = getattr(x, "name", None) or f"{type(x).__name__}"
            raise UnsupportedError(
                f"A tangent is given for {name!r}, but the output does not depend on such a variable."
            )
        if np.shape(v) != x.shape:
            raise ShapeError(f"The tangent of {x.name or 'a variable'!r} has shape {np.shape(v)}; it needs {x.shape}.")
    return {twins[x]: np.asarray(v, x.dtype)[()] for x, v in given.items()}
