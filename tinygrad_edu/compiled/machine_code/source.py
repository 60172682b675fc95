"""A program whose statements are loops in functions that numba compiles; what has no loop stays a call of NumPy."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np

from ..literals import literal, uniform
from ..passes import Pass
from ..passes.blocks import blocks
from ..passes.memory import reuse
from ..program import Method, Program, Statement, Variable, parts
from ..source import Source, commented
from .loops import LETTERS, loop_of
from .nests import Nest

RESHAPING = (Method("reshape"), Method("squeeze"), Method("ravel"), np.expand_dims, np.squeeze, np.ravel, np.reshape)


class MachineCode(Source):
    """The source of a program in which functions of loops stand for calls of NumPy, wherever they are faster."""

    skipped: frozenset[Pass] = frozenset({blocks, reuse})
    """The passes that do not suit it: a value between two statements of one loop needs no memory."""
    reserved = ("numba", *LETTERS)

    def body(self) -> list[str]:
        statements = self.program.statements
        self.position = {s: i for i, s in enumerate(statements)}
        self.last = last_reads(self.program)
        self.loops = {s: loop_of(s) for s in statements}
        self.is_backward = None if any(s.backward for s in statements) else False
        lines: list[str] = []
        for is_inside, run in groupby(statements, lambda s: self.loops[s] is not None or is_view(s)):
            members = list(run)
            is_worth_it = is_inside and sum(self.loops[s] is not None for s in members) > 1
            lines += self.call(members) if is_worth_it else self.calls(members)
        returned = self.argument(self.program.outputs)
        return [*lines, f"return {returned[1:-1] if returned.startswith('(') else returned}"]

    def calls(self, statements: list[Statement]) -> list[str]:
        return [line for s in statements for line in (*self.headline(s), commented(self.line(s), s.target))]

    def headline(self, s: Statement) -> list[str]:
        """A comment where the forward or the backward pass begins."""
        if self.is_backward in (s.backward, True):
            return []
        self.is_backward = s.backward
        return ["# backward" if s.backward else "# forward"]

    # ------------------------------------------------------------------ a function of loops

    def call(self, statements: list[Statement]) -> list[str]:
        """Write a function of these statements, and give the lines that call it."""
        made = dict.fromkeys(s.target for s in statements)
        given = dict.fromkeys(self.argument(x) for s in statements for x in arrays_of(s) if x not in made)
        results = [x for x in made if self.is_read_after(statements[-1], x)]
        returned = ", ".join(self.called[x] for x in results)
        name = self.names.new(f"{self.name}_{1 + sum(text.startswith('@') for text in self.helpers.values())}")
        lines = [*self.written_out(statements), *([f"return {returned}"] if results else [])]
        head = ['@numba.njit(error_model="numpy")', f"def {name}({', '.join(given)}):"]
        self.helpers |= {"numba": "import numba", name: "\n".join([*head, *(f"    {line}" for line in lines)])}
        call = f"{name}({', '.join(given)})"
        scalars = [(self.called[x], literal(x.dtype.type)) for x in results if not isinstance(x.value, np.ndarray)]
        return [f"{returned} = {call}" if results else call, *(f"{x} = {kind}({x})" for x, kind in scalars)]

    def is_read_after(self, s: Statement, x: Variable) -> bool:
        return self.last.get(x, -1) > self.position[s]

    def written_out(self, statements: list[Statement]) -> list[str]:
        """Loops and views; neighbouring loops over the same indices are one."""
        lines: list[str] = []
        nest: Nest | None = None
        for s in statements:
            loop = self.loops[s]
            if nest and not (loop and nest.takes(loop)):
                lines += nest.lines()
                nest = None
            if loop is None:
                lines += [*self.headline(s), commented(f"{self.called[s.target]} = {self.view(s)}", s.target)]
            else:
                nest = nest or Nest(self, loop)
                nest.loops += [loop]
        return lines + (nest.lines() if nest else [])

    def view(self, s: Statement) -> str:
        if s.function in RESHAPING:
            return f"np.ascontiguousarray({self.argument(s.args[0])}).reshape({self.argument(s.target.shape)})"
        return self.expression(s)


def last_reads(program: Program) -> dict[Variable, int]:
    """Which statement reads a variable last; outputs are read after all of them."""
    last = {x: i for i, s in enumerate(program.statements) for x in s.used}
    return last | {x: len(program.statements) for x in parts(program.outputs) if isinstance(x, Variable)}


def arrays_of(s: Statement) -> Iterator[Any]:
    """What a statement reads or writes, besides what it makes: variables, and arrays that are not one number."""
    for x in (*parts((s.args, s.kwargs)), s.into):
        if isinstance(x, Variable) or isinstance(x, np.ndarray) and uniform(x) is None:
            yield x


def is_view(s: Statement) -> bool:
    """Whether numba gives the same elements without a loop."""
    x = s.args[0]
    if not isinstance(x, Variable) or not isinstance(x.value, np.ndarray) or x.dtype.kind not in "fb":
        return False
    if s.function is operator.getitem:
        index = s.args[1] if isinstance(s.args[1], tuple) else (s.args[1],)
        return all(type(part) in (int, slice) for part in index)
    is_reshaped = s.function in RESHAPING and x.ndim > 0 and s.target.ndim > 0
    return is_reshaped or bool(s.function == Method("T", True))
