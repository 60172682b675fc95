"""The chain rule: one sweep over the graph in reverse topological order, with no operation named in it.

At every node the contributions that arrive from its consumers have been added up to ∂L/∂(node); the row
of the node turns that total into one contribution per input. What the numbers *are* is up to the reading:

* `values`: NumPy arrays as they were recorded; gives numbers (``backward()``),
* `graph`: the nodes themselves; gives nodes, so derivatives can be derived, drawn and written out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from numpy import asarray, ndarray
from numpy import shape as shape_of

from .derivatives.shapes import astype, sum_to, unbroadcast
from .errors import GradientError
from .node import Node, topological_order

Reading = Callable[[Any], tuple[Any, ...]]

values: Reading = attrgetter("record")
"""Read a Tensor as the tuple of arrays (output, operands, settings) that its operation saw."""


def graph(node: Node) -> tuple[Any, ...]:
    """Read a node as itself and its inputs, so that what the rules compute is recorded."""
    assert node.row is not None
    node.check_inputs()
    return (node, *node.row.arguments(node.inputs), *node.settings)


def sweep(output: Node, seed: Any, read: Reading, oldest: int = 0) -> Iterator[tuple[Node, Any]]:
    """Yield every node that `output` depends on with its adjoint, ``Σ (∂L/∂consumer)·(∂consumer/∂node)``.

    Parameters
    ----------
    output : where to start.
    seed : the gradient that arrives there, in the shape of `output`.
    read : the reading, `values` or `graph`.
    oldest : the stamp of the oldest node that is visited.
    """
    totals = {output: seed}
    for node in reversed(topological_order(output, oldest)):
        total = totals.pop(node)
        if node.hooks:
            total = hooked(node, total)
        yield node, total
        if node.row is None:
            continue
        arguments = (total,) + read(node)
        rules = iter(node.pullbacks)  # faster than zip
        for x in node.parents:
            part = next(rules)(*arguments)
            if part.__class__ is not x.kind:  # two scalars of one class fit
                part = fitted(part, x, node)
            elif part.__class__ is ndarray and (part.shape != x._data.shape or part.dtype is not x._data.dtype):
                part = fitted(part, x, node)
            totals[x] = part + totals[x] if x in totals else part  # the older first, as it was written


def adjoints(output: Node, wanted: Iterable[Node], seed: Any, read: Reading) -> dict[Node, Any]:
    """∂output/∂x for the nodes of `wanted` that `output` depends on.

    The sweep leaves out what is older than any of them.
    """
    targets = set(wanted)
    if not output.requires_grad or not targets:
        return {}
    oldest = min(x.stamp for x in targets)
    return {node: total for node, total in sweep(output, seed, read, oldest) if node in targets}


def hooked(node: Node, total: Any) -> Any:
    """The total after the node's hooks have seen it, and perhaps replaced it."""
    for hook in node.hooks or ():
        if isinstance(total, ndarray):
            total = total.view()
            total.flags.writeable = False
        changed = hook(total)
        if changed is not None:
            if shape_of(changed) != node.shape:
                raise GradientError(f"A hook gave something else than a gradient of shape {node.shape}: {changed!r}.")
            total = changed if isinstance(changed, Node) else asarray(changed, node.dtype)[()]
    return total


def fitted(part: Any, x: Node, node: Node) -> Any:
    """A contribution in the shape and dtype of its input: what broadcasting copied is summed back, once, here.

    An array of shape () becomes a scalar.

    Raises
    ------
    GradientError
        If it is None, or its shape cannot have come from broadcasting the input: the rule of the row is wrong.
    """
    is_array = part.__class__ is ndarray
    if not is_array and not hasattr(part, "shape"):
        if part is None:
            raise wrong_rule(node, x, "None")
        part = asarray(part, x.dtype)
    given, shape = part.shape, x.shape
    if given != shape:
        if given[1:] != shape and not is_stretched(given, shape):
            raise wrong_rule(node, x, f"a gradient of shape {given}")
        part = sum_to(part, shape) if is_array else unbroadcast(part, shape=shape)
    elif is_array:
        part = part[()]
    return part if part.dtype == x.dtype else astype(part, dtype=x.dtype)


def wrong_rule(node: Node, x: Node, given: str) -> GradientError:
    assert node.row is not None
    return GradientError(
        f"The rule of {node.row.name} gave {given} for an input of shape {x.shape}. "
        "Each rule must return a gradient that broadcasts like the output."
    )


def is_stretched(given: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether a value of this `shape` can be broadcast to the `given` one."""
    extra = len(given) - len(shape)
    return extra >= 0 and all(m == n or n == 1 for m, n in zip(given[extra:], shape))
