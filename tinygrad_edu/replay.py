"""Read a recorded graph again, as recorders: the values are those that each operation saw at the time.

Nothing is computed anew, so what is drawn or explained is what happened, also after a parameter has moved on.
Only where other values are given for some nodes, what depends on them is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from . import messages
from .node import Node, age
from .recorder import Recorder, plain


class Replayed(NamedTuple):
    output: Recorder
    origin: dict[Recorder, Any]
    """The node that each recorder stands for (of plain arrays: their id)."""


def replay(output: Node, changed: Mapping[Node, Any] | None = None) -> Replayed:
    """The graph of `output` as recorders; plain arrays among the operands become leaves that take no gradient.

    With values for the nodes of `changed`, the rest is computed from them.

    Raises
    ------
    UnsupportedError
        If `output` is no Tensor.
    """
    if not isinstance(output, Node):
        raise messages.no_graph(output)
    twins: dict[Any, Recorder] = {
        x: Recorder(value, x.name, requires_grad=x.requires_grad) for x, value in (changed or {}).items()
    }
    for node in leaves_first(output):
        if node.row is None or node in twins:
            continue
        record = node.record  # type: ignore[attr-defined]
        inputs = tuple(twin(x, v, twins) for x, v in zip(node.inputs, record[1] if node.row.variadic else record[1:]))
        value = node.row.call([plain(x) for x in inputs], node.settings) if changed else record[0]
        twins[node] = Recorder(value, node.name, node.row, inputs, node.settings)
    found = twin(output, plain(output), twins)
    return Replayed(found, {recorder: origin for origin, recorder in twins.items()})


def twin(x: Any, value: Any, twins: dict[Any, Recorder]) -> Any:
    """The recorder of one operand: itself if it is a number, one shared leaf if it is an array or a variable."""
    if not isinstance(x, Node) and not np.ndim(x):
        return x
    key = x if isinstance(x, Node) else id(x)
    if key not in twins:
        name, needs = (x.name, x.requires_grad) if isinstance(x, Node) else (None, False)
        twins[key] = Recorder(value, name, requires_grad=needs)
    return twins[key]


def leaves_first(output: Node) -> list[Node]:
    """Every node that `output` was computed from, constants included: leaves, then the rest as it was computed."""
    seen = {output}
    stack = [output]
    while stack:
        for x in stack.pop().inputs:
            if isinstance(x, Node) and x not in seen:
                seen.add(x)
                stack.append(x)
    return sorted(seen, key=lambda node: (node.row is not None, age(node)))
