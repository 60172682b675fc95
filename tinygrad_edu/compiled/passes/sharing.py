"""What is computed twice, or for nobody."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import Program, Variable, changed, parts


def share(program: Program) -> int:
    """Compute once what is computed twice: common subexpressions."""
    first: dict[Any, Variable] = {}
    same: dict[Any, Any] = {}
    for s in program.statements:
        s.with_arguments(lambda x: same.get(x, x) if isinstance(x, Variable) else x)
        key = (s.function, tuple(map(identity, parts((s.args, s.kwargs)))), structure((s.args, s.kwargs)))
        if key in first:
            same[s.target] = named_alike(first[key], s.target)
        else:
            first[key] = s.target
    return replace(program, same)


def named_alike(kept: Variable, dropped: Variable) -> Variable:
    kept.name = kept.name or dropped.name
    return kept


def identity(x: Any) -> Any:
    """What tells two arguments apart: variables and arrays by identity, numbers by their type and digits."""
    return id(x) if isinstance(x, (Variable, np.ndarray)) else (type(x), repr(x))


def structure(x: Any) -> Any:
    if isinstance(x, dict):
        return tuple((k, structure(v)) for k, v in x.items())
    return (type(x), *map(structure, x)) if isinstance(x, (tuple, list)) else isinstance(x, slice)


def drop(program: Program) -> int:
    """Drop what no output depends on: dead code."""
    needed = {x for x in program.results if isinstance(x, Variable)} | program.updates.keys()
    kept = []
    for s in reversed(program.statements):
        if s.target in needed:
            kept.append(s)
            needed.update(s.used)
    dropped = len(program.statements) - len(kept)
    program.statements = kept[::-1]
    program.inputs = [x for x in program.inputs if x in needed]
    return dropped


def replace(program: Program, same: dict[Any, Any]) -> int:
    """Put other variables in place of some, whose statements are dropped."""

    def change(x: Any) -> Any:
        while isinstance(x, Variable) and x in same:
            x = same[x]
        return x

    program.statements = [s for s in program.statements if s.target not in same]
    for s in program.statements:
        s.with_arguments(change)
    program.outputs, program.updates = changed((program.outputs, program.updates), change)
    return len(same)
