"""A node of the computation graph, and the order in which the chain rule visits it. No NumPy here."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from .errors import ChangedError

if TYPE_CHECKING:
    from .primitive import Row

next_stamp = count(1).__next__
"""One clock for all nodes: an input is always older than what was computed from it."""


class Node:
    """What was computed, from which inputs, and when.

    `inputs` is an ordered tuple *with repeats* (``x * x`` has two edges) that also holds the plain
    arrays and numbers among the operands; a leaf has no `row` and no inputs. `parents` are those inputs
    that take a gradient, and `pullbacks` the derivative rule for each of them.
    """

    __slots__ = (
        "row", "inputs", "parents", "pullbacks",
        "stamp", "kind", "requires_grad", "name", "hooks", "scope",
    )  # fmt: skip

    row: Row | None
    inputs: tuple[Any, ...]
    settings: tuple[Any, ...]
    parents: tuple[Any, ...]
    pullbacks: Iterable[Any]
    kind: type
    stamp: int
    requires_grad: bool
    name: str | None
    hooks: list[Any] | None
    scope: tuple[str, int]
    """Of the output of a module only (unset elsewhere): its label, and the stamp before which its work began."""

    precedence = 0
    """Where nodes of two kinds meet in one call, the kind of higher precedence records it."""

    @property
    def shape(self) -> tuple[int, ...]:
        raise NotImplementedError

    @property
    def dtype(self) -> Any:
        raise NotImplementedError

    @classmethod
    def apply(cls, row: Row, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the row's function on the values of `args` and record the call."""
        raise NotImplementedError

    def check_inputs(self) -> None:
        """Refuse to go on if an input no longer holds what the operation saw."""


age = attrgetter("stamp")


def scope_of(node: Node) -> tuple[str, int] | None:
    """The scope of a module's output, None of other nodes: most never had the slot filled, which saves time."""
    try:
        return node.scope
    except AttributeError:
        return None


def topological_order(output: Node, oldest: int = 0) -> list[Node]:
    """The nodes that a gradient of `output` flows to: leaves, then the rest as it was computed, `output` last.

    Nodes with a stamp before `oldest` are left out.

    No recursion, so depth costs no stack; every input is older than its consumer, so sorting by stamp
    is a topological sort. Many graphs are met in this order, and then not even that is needed.

    Raises
    ------
    ChangedError
        If an input is younger than its consumer: it was written to after it had been used.
    """
    leaves: list[Node] = []
    computed = [output]
    seen = {output.stamp}  # numbers in a row lie together in memory, the nodes themselves would not
    last, youngest_first = output.stamp, True
    for node in computed:  # which grows meanwhile
        stamp = node.stamp
        if stamp > last:
            youngest_first = False
        last = stamp
        for x in node.parents:
            made = x.stamp
            if made > stamp:
                raise ChangedError(changed_message(x, node))
            if made not in seen:
                seen.add(made)
                (computed if x.row else leaves).append(x)
    leaves.reverse()  # in any order, but always in the same
    computed.reverse()
    if not youngest_first:
        computed.sort(key=age)
    order = leaves + computed
    return [node for node in order if node.stamp >= oldest] if oldest else order


def changed_message(x: Node, consumer: Node) -> str:
    name = repr(x.name) if x.name else f"an unnamed value of shape {x.shape}"
    function = consumer.row.name if consumer.row else "an operation"
    return (
        f"{name} was changed after {function} had used it, so the recorded graph is out of date. "
        "Compute the output again after each update (optimiser step, load, assignment to .data), "
        "and call backward() or draw before the next one."
    )
