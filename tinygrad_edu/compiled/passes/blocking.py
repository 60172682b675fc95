"""Chains of calls over large arrays, block by block: what is between stays in the cache, and all cores compute."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..blockwise import THREADS, Block
from ..program import Method, Program, Statement, Variable, value_of
from .memory import reuse

SMALLEST = 100_000
"""Elements of an array; for fewer, a second thread costs more than it saves."""

LONGEST = 65_536
"""Elements of an array in a block: the arrays of a chain fit into the cache together, and the calls are few."""

FEWEST = 2
"""Calls that are worth a function of their own."""

ROW_BY_ROW = {np.where, Method("astype")}
"""Besides ufuncs, functions that compute each element from one element of each operand."""


def blocks(program: Program) -> int:
    """Run what computes rows from rows, and sums over all rows at its end, block by block."""
    count = 0
    large = [s.target for s in program.statements if is_element_wise(s) and np.size(s.target.value) >= SMALLEST]
    for n in dict.fromkeys(len(x) for x in large):
        done: list[Statement] = []
        found = 0
        rest = program.statements
        while rest:
            before, group, rest = split(rest, n)
            is_worth_it = len(group.statements) >= FEWEST and group.size >= SMALLEST
            done += [*before, *(as_block(program, group, rest) if is_worth_it else group.statements)]
            found += len(group.statements) if is_worth_it else 0
        program.statements = done if found else program.statements
        count += found
    return count


def is_element_wise(s: Statement) -> bool:
    return s.into is None and (s.ufunc is not None or s.function in ROW_BY_ROW and s.target.dtype != bool)


class Group:
    """Statements over the same n rows, and sums of what they compute."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.statements: list[Statement] = []
        self.computed: dict[Variable, None] = {}
        self.sums: dict[Variable, None] = {}
        self.sliced: set[Variable] = set()
        """What a block takes its rows of."""
        self.whole: set[Variable] = set()
        """What each block takes as it is: numbers, and one row for all."""

    @property
    def size(self) -> int:
        return max((x.size for x in self.computed), default=0)

    @property
    def rows(self) -> int:
        """Rows of a block: as many blocks for each thread, none longer than `LONGEST`."""
        blocks = THREADS * math.ceil(self.size / (THREADS * LONGEST))
        return math.ceil(self.n / blocks)

    def takes(self, s: Statement) -> bool:
        """Enter the statement, if it belongs to the group."""
        is_sum = adds_up(s)
        y = s.args[0] if is_sum else s.target
        sliced = {x for x in (*s.used, s.target) if self.has_rows(x, y)}
        whole = {x for x in s.used if x not in sliced}
        if not (self.is_row_by_row(s) or is_sum and not whole) or sliced & self.whole or whole & self.sliced:
            return False
        (self.sums if is_sum else self.computed)[s.target] = None
        self.statements.append(s)
        self.sliced |= sliced
        self.whole |= whole
        return True

    def has_rows(self, x: Any, y: Variable) -> bool:
        """Whether a block of y needs the same block of x, and not all of x."""
        value = value_of(x)
        return isinstance(value, np.ndarray) and value.shape[:1] == (self.n,) and value.ndim == y.ndim

    def is_row_by_row(self, s: Statement) -> bool:
        y = s.target
        operands = (*s.args, *s.kwargs.values())
        return (
            is_element_wise(s)
            and y.size <= self.n * LONGEST
            and all(is_in_order(x) for x in (*operands, y) if self.has_rows(x, y))
            and self.has_rows(y, y)
        )


def is_in_order(x: Any) -> bool:
    """Whether rows of x are taken out of one piece of memory; constants are not taken apart."""
    return isinstance(x, Variable) and bool(x.value.flags.c_contiguous)


def adds_up(s: Statement) -> bool:
    """Whether the sum of what the statement gives for blocks is what it gives for all."""
    is_sum = s.function == np.add.reduce and s.kwargs == {"axis": None}
    is_product = s.function is np.vdot or s.function == Method("dot") and not np.ndim(s.target.value)
    return (is_sum or is_product) and all(is_in_order(x) for x in s.args if np.ndim(value_of(x)))


def split(statements: list[Statement], n: int) -> tuple[list[Statement], Group, list[Statement]]:
    """What does not need the first group, the group, and the rest."""
    group = Group(n)
    before: list[Statement] = []
    rest: list[Statement] = []
    late: set[Variable] = set()
    for s in statements:
        is_late = any(x in late for x in s.used) or bool(group.statements) and s.into is not None
        if not is_late and group.takes(s):
            late.update(group.sums)
        elif is_late or any(x in group.computed for x in s.used):
            rest.append(s)
            late.update((s.target, *(s.function.results if isinstance(s.function, Block) else ())))
        else:
            before.append(s)
    return before, group, rest


def as_block(program: Program, group: Group, rest: list[Statement]) -> list[Statement]:
    """One statement in place of those of the group, after others that make room for its results."""
    needed = {x for s in rest for x in s.used} | {x for x in program.results if isinstance(x, Variable)}
    results = dict.fromkeys(x for x in group.computed if x in needed)
    read = [x for s in group.statements for x in s.used if x not in group.computed]
    arrays = [x for x in dict.fromkeys(read) if x in group.sliced]
    statements = [part for s in group.statements for part in (placed(s) if s.target in results else [s])]
    sums = [*group.sums]
    inner = Program([*dict.fromkeys(read), *results], statements, [*results, *sums])
    reuse(inner)
    target = sums[0] if len(sums) == 1 else Variable(program, [x.value for x in sums])
    made = [Statement(x, np.empty, (x.shape if x.ndim > 1 else x.size,), dtype_setting(x), phase="") for x in results]
    block = Block(statements, arrays, [*results], sums, group.rows)
    made.append(Statement(target, block, tuple(inner.inputs), {}, phase=""))
    items = [Statement(x, operator.getitem, (target, i), {}, phase="") for i, x in enumerate(sums)]
    return made + items if len(sums) > 1 else made


def dtype_setting(x: Variable) -> dict[str, Any]:
    return {} if x.dtype == np.float64 else {"dtype": x.dtype}


def placed(s: Statement) -> list[Statement]:
    """The statement, with its result where there is room for it already."""
    y = s.target
    if s.ufunc is not None:
        s.into = y
        return [s]
    s.target = Variable(y.program, y.value)
    return [s, Statement(y, operator.pos, (s.target,), {}, phase=s.phase, into=y)]
