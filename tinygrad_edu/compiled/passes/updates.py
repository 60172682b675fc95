"""Parameters are updated in their own memory, as the last thing that a program does."""

from __future__ import annotations

import operator
from collections import defaultdict
from typing import Any

import numpy as np

from ..program import Method, Program, Statement, Variable, value_of
from .memory import may_share_memory, same_layout


def update(program: Program) -> int:
    """Compute new values in the memory of the old ones, as the last statements."""
    if not program.updates:
        return 0
    program.evaluate()
    program.statements = updates_last(program.statements)
    for old, new in program.updates.items():
        if any(may_share_memory(value_of(new), x.value) for x in program.updates):
            program.updates[old] = program.call(Method("copy"), (new,), {})
            program.statements[-1].phase = "update"
    reading = Reading(program)
    placed = {old for old, new in program.updates.items() if reading.placed(old, new)}
    for old, new in program.updates.items():
        if old not in placed:
            target = program.updates[old] = Variable(program, value_of(new))
            program.statements.append(Statement(target, operator.pos, (new,), {}, None, "update", old))
    return len(placed)


def updates_last(statements: list[Statement]) -> list[Statement]:
    """The updates after everything that does not need them: an error on the way leaves all as it was."""
    early: list[Statement] = []
    late: list[Statement] = []
    needed: set[Variable] = set()
    for s in reversed(statements):
        is_late = s.phase == "update" and s.target not in needed
        (late if is_late else early).append(s)
        needed.update(() if is_late else s.used)
    return early[::-1] + late[::-1]


class Reading:
    """Which statements read each variable, and so until when the memory of an old value is needed."""

    def __init__(self, program: Program) -> None:
        self.made = {s.target: (i, s) for i, s in enumerate(program.statements)}
        self.readers: dict[Variable, list[int]] = defaultdict(list)
        for i, s in enumerate(program.statements):
            for x in set(s.used):
                self.readers[x].append(i)
        for x in program.results:
            if isinstance(x, Variable):
                self.readers[x].append(len(program.statements))
        self.views = [x for x in self.readers if isinstance(x.value, np.ndarray) and x.value.base is not None]
        self.views += program.inputs

    def placed(self, old: Variable, new: Any) -> bool:
        """Whether `new` can be computed in the memory of `old`, where its statement writes from then on."""
        index, s = self.made.get(new, (0, None)) if isinstance(new, Variable) else (0, None)
        if s is None or s.ufunc is None or s.into is not None or not same_layout(old.value, s.target.value):
            return False
        others = [x for x in self.views if x is not old and may_share_memory(x.value, old.value)]
        needed = max([*self.readers[old], *(i + 1 for x in others for i in self.readers[x])], default=0)
        if needed > index:
            return False
        s.into = old
        for x in s.used:  # what only led to it may live there too
            if self.readers[x] == [index] and self.placed(old, x):
                break
        return True
