"""Read a recorded value as a formula, by the notation of the rows that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..node import Node, age
from ..primitive import Row
from ..recorder import plain
from .atoms import Applied
from .normal import Formula, constant, of, symbol
from .numbers import number_text
from .text import TEXT

UNNAMED_ARRAY = "[…]"
MOST_LISTED = 4
"""Elements of an array in a setting that are written out."""


def formula(node: Any, known: Mapping[Any, Formula]) -> Formula:
    """The formula of `node` in terms of the nodes whose formulas are `known` (usually names)."""
    found: dict[Any, Formula] = {}  # beside `known`, which may be large

    def operand(x: Any) -> Formula:
        return plain_formula(x) if not isinstance(x, Node) else found[x] if x in found else known[x]

    for part in unknown_parts(node, known) if isinstance(node, Node) else ():
        given = [operand(x) for x in part.inputs]
        found[part] = notated(part, given) if part.row else plain_formula(part.value)  # type: ignore[attr-defined]
    return operand(node)


def unknown_parts(node: Node, known: Mapping[Any, Formula]) -> list[Node]:
    """The nodes between `node` and the known ones, inputs first."""
    if node in known:
        return []
    seen = {node}
    stack = [node]
    while stack:
        for x in stack.pop().inputs:
            if isinstance(x, Node) and x not in seen and x not in known:
                seen.add(x)
                stack.append(x)
    return sorted(seen, key=age)


def plain_formula(value: Any) -> Formula:
    """A plain number, or an array all of whose elements are one number; other arrays have no name."""
    array = np.asarray(value)
    if array.size and (array == array.flat[0]).all():
        number = array.flat[0].item()
        if not np.isfinite(number):
            return symbol(number_text(number))
        return constant(int(number) if number == int(number) else number)
    return symbol(UNNAMED_ARRAY, array.ndim, key=id(value))


def notated(node: Any, operands: list[Formula]) -> Formula:
    """What the row of `node` makes of its operands' formulas."""
    row: Row = node.row
    notation = row.notation
    settings = dict(zip(row.settings, node.settings))
    ndim = len(node.shape)
    if callable(notation):
        if "given" in (getattr(notation, "__kwdefaults__", None) or ()):
            settings["given"] = tuple(np.shape(plain(x)) for x in node.inputs)
        result: Formula = notation(*operands, **settings)
        return result
    if notation == "{0}":
        return operands[0]
    if notation and ":hidden}" in notation:
        return symbol(TEXT.template(notation, operands, {}), ndim, key=int(plain(node)))
    if notation and "{" in notation:
        used = tuple((k, index_text(v)) for k, v in settings.items() if f"{{{k}}}" in notation)
        return of(Applied(notation, tuple(operands), ndim, "template", used))
    given = tuple((k, setting_text(v)) for (k, v), d in zip(settings.items(), row.defaults) if v is not d)
    name = notation or row.name.removeprefix("np.")
    return of(Applied(name, tuple(operands), ndim, "prefix" if notation else "call", given))


def setting_text(value: Any) -> str:
    """A setting as it was typed."""
    if isinstance(value, tuple) and any(isinstance(v, slice) or v is Ellipsis for v in value):
        return index_text(value)
    if isinstance(value, slice):
        ends = ["" if v is None else str(v) for v in (value.start, value.stop, value.step)]
        return ":".join(ends[:2] if value.step is None else ends)
    if value is Ellipsis:
        return "…"
    if isinstance(value, np.ndarray):
        return "…" if value.size > MOST_LISTED else str(value.tolist())
    if isinstance(value, list) and len(value) > MOST_LISTED:
        return "…"
    return repr(value) if isinstance(value, str) else str(value)


def index_text(value: Any) -> str:
    """An index as it stands between square brackets: ``:, 0``."""
    return ", ".join(map(setting_text, value)) if isinstance(value, tuple) and value else setting_text(value)
