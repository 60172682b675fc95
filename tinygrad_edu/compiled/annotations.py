"""What the source says of its variables: the names that the user gave, and formulas."""

from __future__ import annotations

from typing import Any

from ..eager import Eager
from ..formulas.names import pretty
from ..formulas.normal import Formula, symbol
from ..formulas.reading import formula, unknown_parts
from ..formulas.text import text
from ..nested import leaves
from ..node import Node
from .program import Variable
from .recording import Recording

LONGEST = 60
MOST_OPERATIONS = 12
"""Longer formulas are left out: the lines say it better."""


def annotate(recording: Recording, found: dict[Any, Any]) -> None:
    """Give variables the names of what they stand for, ``d_z`` to adjoints, and their formulas as notes."""
    known: dict[Any, Formula] = {}
    for node in recording.nodes:
        name, shown = names_of(node, recording)
        if name is None:
            continue
        variable = found.get(node)
        if isinstance(variable, Variable) and isinstance(node, Node) and not isinstance(node, Eager) and node.row:
            variable.name = variable.name or name
            variable.note = variable.note or note(node, known)
        known[node] = symbol(shown, len(node.shape))
    for x in leaves(recording.result):
        if isinstance(variable := found.get(x) if isinstance(x, Node) else None, Variable) and variable.name is None:
            variable.name = "result"


def names_of(node: Node, recording: Recording) -> tuple[str | None, str]:
    """How a node is called in code and in formulas."""
    origin = recording.trace.adjoints.get(node)
    if node.name is None and origin is not None and origin.name:
        return f"d_{origin.name}", f"∂L/∂{pretty(origin.name)}"
    return node.name, pretty(node.name or "")


def note(node: Node, known: dict[Any, Formula]) -> str:
    parts = unknown_parts(node, known)
    operands = [x for part in parts for x in leaves(part.inputs)]
    if len(parts) > MOST_OPERATIONS or any(x is None or isinstance(x, Eager) and x not in known for x in operands):
        return ""
    written = text(formula(node, known))
    return written if len(written) <= LONGEST else ""
