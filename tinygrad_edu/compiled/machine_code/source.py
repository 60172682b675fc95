"""A program whose statements are loops in functions that numba compiles; what has no loop stays a call of NumPy."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np

from ..passes import Pass
from ..passes.blocking import blocks
from ..passes.memory import reuse
from ..passes.products import ones
from ..program import Method, Program, Statement, Variable, parts
from ..source import PHASES, Source, commented
from .loops import COMPUTED, LETTERS, Loop, constant, loop_of
from .nests import Nest, memory, needs_memory, type_name

TRANSPOSED = Method("T", True)
RESHAPING = (Method("reshape"), Method("squeeze"), Method("ravel"), np.expand_dims, np.squeeze, np.ravel, np.reshape)
HEAD = '@numba.njit(error_model="numpy")'

Run = dict[Statement, Loop | None]
"""Statements in a row, with their loops; without any, they are calls of NumPy."""


class MachineCode(Source):
    """The source of a program in which functions of loops stand for calls of NumPy, wherever they are faster."""

    skipped: frozenset[Pass] = frozenset({ones, blocks, reuse})
    """The passes that make calls of NumPy faster, and loops slower."""
    reserved = ("numba", *LETTERS)

    def body(self) -> list[str]:
        runs = runs_of(self.program.statements)
        self.made = 0
        self.readers = readers(self.program, runs)
        self.phase = "" if any(s.phase != "forward" for s in self.program.statements) else "forward"
        lines: list[str] = []
        for run in runs:
            needed = {s: loop for s, loop in run.items() if s.function != TRANSPOSED or s.target in self.readers}
            lines += self.call(needed) if any(run.values()) else self.calls(needed)
        looped = [s for run in runs for s, loop in run.items() if loop]
        self.summary = f"{len(looped)} of them are loops; functions for numba: {self.made}."
        returned = self.argument(self.program.outputs)
        return [*lines, f"return {returned[1:-1] if returned.startswith('(') else returned}"]

    def calls(self, statements: Iterable[Statement]) -> list[str]:
        """Calls of NumPy."""
        return [line for s in statements for line in (*self.headline(s), commented(self.line(s), s.target))]

    def headline(self, s: Statement) -> list[str]:
        """A comment where the forward pass, the backward pass or the update begins."""
        if self.phase and PHASES.index(s.phase) <= PHASES.index(self.phase):
            return []
        gap = [""] if self.phase else []
        self.phase = s.phase
        return [*gap, f"# {s.phase}"]

    # ------------------------------------------------------------------ a function of loops

    def call(self, run: Run) -> list[str]:
        """Write a function of these statements, and give the lines that call it."""
        self.made += 1
        name = self.names.new(f"{self.name}_{self.made}")
        results = {s.target: loop for s, loop in run.items() if self.readers.get(s.target, set()) - run.keys()}
        filled = {x: loop for x, loop in results.items() if loop and needs_memory(loop)}
        returned = [x for x in results if x not in filled]
        given = ", ".join(dict.fromkeys(map(self.argument, (*found_outside(run), *filled))))
        self.helpers["numba"] = "import numba"
        self.helpers[name] = self.function_of(name, given, run, filled, returned)
        call = f"{', '.join(map(self.argument, returned))} = {name}({given})" if returned else f"{name}({given})"
        numbers = [x for x in returned if not isinstance(x.value, np.ndarray)]
        return [
            *(f"{self.called[x]} = {memory(loop)}" for x, loop in filled.items()),
            call,
            *(f"{self.called[x]} = {type_name(x.dtype)}({self.called[x]})" for x in numbers),
        ]

    def function_of(
        self, name: str, given: str, run: Run, filled: Container[Variable], returned: Iterable[Variable]
    ) -> str:
        lines = self.loops(run, filled)
        if returned:
            lines.append(f"return {', '.join(map(self.argument, returned))}")
        return "\n".join([HEAD, f"def {name}({given}):", *(f"    {line}".rstrip() for line in lines)])

    def loops(self, run: Run, filled: Container[Variable]) -> list[str]:
        """Loops and views; neighbouring loops over the same indices are one."""
        lines: list[str] = []
        nest: Nest | None = None
        for s, loop in run.items():
            if nest and loop and nest.takes(loop):
                nest.loops.append(loop)
                continue
            lines += [*(nest.lines() if nest else []), *self.headline(s)]
            nest = Nest(self, self.readers, filled, loop) if loop else None
            if loop is None:
                lines.append(commented(f"{self.called[s.target]} = {self.view(s)}", s.target))
        return lines + (nest.lines() if nest else [])

    def view(self, s: Statement) -> str:
        if s.function in RESHAPING:
            return f"np.ascontiguousarray({self.argument(s.args[0])}).reshape({self.argument(s.target.shape)})"
        return self.expression(s)


def runs_of(statements: list[Statement]) -> list[Run]:
    """What numba makes functions of, and calls of NumPy, in turn; a single loop is not worth a function."""
    turned = {s.target: s.args[0] for s in statements if s.function == TRANSPOSED}
    loops = {s: loop_of(s, turned) for s in statements}
    runs: list[Run] = []
    for is_inside, run in groupby(statements, lambda s: loops[s] is not None or is_view(s)):
        members = {s: loops[s] for s in run}
        is_worth_it = is_inside and sum(loop is not None for loop in members.values()) > 1
        runs += late_views_apart(members) if is_worth_it else [dict.fromkeys(members)]
    return runs


def late_views_apart(run: Run) -> list[Run]:
    """A function, and the views that only others read, after it."""
    if any(s.into is not None for s in run):  # what is read before it is written stays before it
        return [run]
    read: set[Any] = set()
    for s, loop in reversed(run.items()):
        if loop or s.target in read:
            read.update(variables_of(s, loop))
    late: Run = {s: None for s, loop in run.items() if loop is None and s.target not in read}
    return [{s: loop for s, loop in run.items() if s not in late}, late]


def operands_of(s: Statement, loop: Loop | None) -> list[Any]:
    return [x.x for x in loop.operands] if loop else s.used


def variables_of(s: Statement, loop: Loop | None) -> list[Variable]:
    """What a statement reads, through transposed arrays if it is a loop."""
    return [x for x in operands_of(s, loop) if isinstance(x, Variable)]


def is_view(s: Statement) -> bool:
    """Whether numba gives the same elements without a loop."""
    x = s.args[0] if s.args else None
    if not isinstance(x, Variable) or not isinstance(x.value, np.ndarray) or x.dtype not in COMPUTED:
        return False
    if s.function is operator.getitem:
        index = s.args[1] if isinstance(s.args[1], tuple) else (s.args[1],)
        return all(type(part) in (int, slice) for part in index)
    return s.function == TRANSPOSED or s.function in RESHAPING and x.ndim > 0 and s.target.ndim > 0


def readers(program: Program, runs: list[Run]) -> dict[Variable, set[Any]]:
    """The statements that read each variable; None among them for a result of the program."""
    found: dict[Variable, set[Any]] = defaultdict(set)
    for x in parts(program.outputs):
        if isinstance(x, Variable):
            found[x].add(None)
    for s, loop in reversed([item for run in runs for item in run.items()]):
        if s.function != TRANSPOSED or s.target in found:
            for x in variables_of(s, loop):
                found[x].add(s)
    return found


def found_outside(run: Run) -> Iterator[Any]:
    """What statements read or write, but do not make: variables, and arrays that are not one number."""
    made = {s.target for s in run}
    for s, loop in run.items():
        written = [] if s.into is None else [s.into]
        for x in (*operands_of(s, loop), *written):
            if x not in made if isinstance(x, Variable) else constant(x) is None:
                yield x
