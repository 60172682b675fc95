"""What the errors of Tensors say: the operands by name and shape, and what to write instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import ShapeError, TinygradError, UnsupportedError
from .node import Node
from .primitive import COMPOSED, TABLE, Row, qualified_name


def describe(x: Any) -> str:
    """How messages speak of an operand: by name and shape."""
    if isinstance(x, Node):
        return f"{x.name!r} of shape {x.shape}" if x.name else f"a Tensor of shape {x.shape}"
    return f"a {type(x).__name__} of shape {np.shape(x)}"


def cannot_broadcast(row: Row, *arguments: Any) -> TinygradError | ValueError:
    """The error for operands whose shapes do not fit: both by name, with the axis that differs."""
    *operands, error = arguments
    shaped = [x for x in operands if np.ndim(x if not isinstance(x, Node) else np.empty(x.shape)) > 0]
    if len(shaped) != 2 or "shape" not in str(error) and "dimension" not in str(error):
        return ShapeError(f"{row.name} of {' and '.join(describe(x) for x in operands)}: {error}")
    a, b = shaped
    return ShapeError(f"{row.name}: {describe(a)} and {describe(b)} do not fit together: {differing_axis(row, a, b)}")


def differing_axis(row: Row, a: Any, b: Any) -> str:
    sa, sb = (x.shape for x in (a, b))
    if row.function in (np.matmul, np.dot):
        m, n = sa[-1], sb[-2 if len(sb) > 1 else 0]
        return f"the last axis of the first has {m} elements, and it is multiplied with one of {n}. Transpose one of them (.T), or check which axis holds the examples."
    for axis in range(1, min(len(sa), len(sb)) + 1):
        m, n = sa[-axis], sb[-axis]
        if m != n and 1 not in (m, n):
            return f"axis -{axis} has {m} elements in one and {n} in the other (axes are matched from the last; only an axis of 1 is stretched)."
    return "their axes differ."


def leaves_the_graph(x: Any, how: str) -> UnsupportedError:
    if how.startswith("Tensor("):
        return UnsupportedError(
            "A list of Tensors was given as data, which would lose their history. Join them with np.stack([...]) or np.concatenate([...])."
        )
    return UnsupportedError(
        f"{how} of {describe(x)} would leave the graph, and no derivative would flow back. "
        "Write x.item() for a Python number or x.data for the array if that is what you want (for plots, for example); "
        "np.stack([a, b]) joins Tensors, np.exp(x) and the like take them as they are, "
        "and x.detach() gives a constant."
    )


def not_differentiable_data(data: Any, why: str) -> UnsupportedError:
    return UnsupportedError(
        f"A Tensor holds real numbers, but {type(data).__name__} data were given and {why}. "
        "Give numbers, equally long lists of numbers, or a real NumPy array (z.real, np.abs(z) for complex ones)."
    )


def advice_for_attribute(name: str) -> str:
    """What to write instead of an attribute that Tensors do not have: ``t.tanh()`` is ``np.tanh(t)``."""
    known = {f.__name__: qualified_name(f) for f in (*COMPOSED, *TABLE) if hasattr(f, "__name__")}
    if name in known:
        prefix = "" if known[name].startswith("np.") else "tg."
        return f"A Tensor has no method {name!r}: write {prefix}{known[name]}(x)."
    return f"A Tensor has no attribute {name!r}."
