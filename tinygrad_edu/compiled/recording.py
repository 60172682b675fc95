"""One recording of a function, and whether two of them agree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from threading import RLock
from typing import Any, NamedTuple

import numpy as np

from ..eager import Eager
from ..errors import UnsupportedError
from ..nested import leaves, rebuilt
from ..node import Node
from ..recorder import Recorder
from .tracing import Trace, Tracer, computed_before, standing_for

one_at_a_time = RLock()
"""A recording watches Tensors that other threads may see, so only one runs at a time."""


class Recording(NamedTuple):
    """What a function did with values that stand for its arguments."""

    trace: Trace
    inputs: list[Any]
    """One per leaf of the arguments: what stands for it, or the leaf itself."""
    result: Any
    tensors: set[Any]
    """Those that stand for Tensors."""
    nodes: list[Node]
    """What the result was computed from, in the order of the program."""

    @property
    def operations(self) -> list[Tracer]:
        return [x for x in self.nodes if isinstance(x, Tracer) and x.row]

    @property
    def leaves(self) -> list[Any]:
        """The Tensors, arrays and numbers that operations found besides their operands, and the result's own."""
        found = [x for node in self.operations for x in leaves((node.inputs, node.settings))]
        return [x for x in (*found, *leaves(self.result), *self.trace.effects.values) if not isinstance(x, Recorder)]

    def is_ours(self, x: Any) -> bool:
        """Whether a Tensor was made while the function ran."""
        return self.trace.effects.is_ours(x)


def record(f: Callable[..., Any], args: Any, kwargs: dict[str, Any], names: Iterable[str | None]) -> Recording:
    with Trace() as trace:
        inputs = one_for_each(leaves((args, kwargs)), names)
        given, named = rebuilt((args, kwargs), iter(inputs))
        result = f(*given, **named)
        tensors = {x for x, given in zip(inputs, leaves((args, kwargs))) if isinstance(given, Eager)}
        nodes = computed_before([*leaves(result), *trace.effects.values])
    check_captured(leaves((args, kwargs)), trace.variables)
    recording = Recording(trace, inputs, result, tensors, nodes)
    trace.effects.check(recording.operations)
    return recording


def check_captured(given: Iterable[Any], variables: Collection[Any]) -> None:
    """Refuse an argument that the function also refers to by itself."""
    both = [x for x in given if isinstance(x, Eager) and x in variables]
    if both:
        raise UnsupportedError(
            f"{both[0].name or 'A Tensor'!r} is an argument of the compiled function, and the function also refers to "
            "it by itself: in the next call these may be two Tensors. Use one of the two."
        )


def one_for_each(given: list[Any], names: Iterable[str | None]) -> list[Any]:
    """What stands for each argument: the same for a Tensor that is given twice."""
    known: dict[Any, Any] = {}
    both = [(x, standing_for(x, name)) for x, name in zip(given, names)]
    return [known.setdefault(x, y) if isinstance(x, Eager) else y for x, y in both]


def captured(first: Recording, second: Recording) -> dict[int, Any]:
    """The arrays that exist outside of the function, by identity: in both recordings they are the same.

    Arrays that the function makes itself must be equal in both.

    Raises
    ------
    UnsupportedError
        If the function did not do the same twice: it draws random numbers, counts its calls, or looks at the clock.
    """
    if [x.row.name for x in first.operations] != [x.row.name for x in second.operations]:  # type: ignore[union-attr]
        raise differs("the operations differ")
    if len(first.leaves) != len(second.leaves):
        raise differs("the operands differ in number")
    outside = {}
    for a, b in zip(first.leaves, second.leaves):
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.may_share_memory(a, b) and alike(a, b):
            outside[id(b)] = b
        elif not alike(a, b):
            raise differs(f"where {shown(a)} was used first, it is {shown(b)} the second time")
    return outside


def alike(a: Any, b: Any) -> bool:
    if isinstance(a, Eager) and isinstance(b, Eager):
        a, b = a._data, b._data
    if isinstance(a, (np.ndarray, np.generic)) and isinstance(b, (np.ndarray, np.generic)):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    return a is b or type(a) is type(b) and repr(a) == repr(b)


def shown(x: Any) -> str:
    return f"an array of shape {x.shape}" if np.ndim(x) else repr(x)


def differs(what: str) -> UnsupportedError:
    return UnsupportedError(
        f"The function did not do the same when it was recorded again: {what}. Random numbers, counters and the clock "
        "would be compiled in as they were at that moment. Draw or read them outside, and give them as arguments."
    )
