"""Loops over the same indices, written as one nest of ``for``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...primitive import qualified_name
from ..literals import literal, number, uniform
from ..passes.memory import may_share_memory
from ..program import OPERATORS, Variable, value_of
from ..source import PREFIXES, RELATIONS, SIGNS, commented
from .loops import LETTERS, Loop, Operand

if TYPE_CHECKING:
    from .source import MachineCode

NEW = {"": "np.empty({}, {})", "0": "np.zeros({}, {})", "1": "np.ones({}, {})"}


class Nest:
    """Loops in one nest: what one makes, the next may use at the same index, and sums are finished after the nest."""

    def __init__(self, source: MachineCode, loop: Loop) -> None:
        self.source = source
        self.space = loop.space
        self.letters = LETTERS[: len(loop.space)]
        self.loops: list[Loop] = []
        self.here: dict[Variable, str] = {}
        """Names of values at the present index."""

    def takes(self, loop: Loop) -> bool:
        """Whether the loop may run along: it needs no finished sum, and writes over nothing that others still read."""
        sums = {x.target for x in self.loops if x.joined is not None}
        into = loop.statement.into
        is_free = into is None or not any(
            may_share_memory(value_of(x.x), into.value)
            for other in self.loops
            for x in other.operands
            if x.x is not into
        )
        return (
            loop.space == self.space
            and loop.statement.backward == self.loops[0].statement.backward
            and is_free
            and not any(x.x in sums for x in loop.operands if isinstance(x.x, Variable))
        )

    # ------------------------------------------------------------------ lines

    def lines(self) -> list[str]:
        before, inside, after = self.source.headline(self.loops[0].statement), [], []
        for loop in self.loops:
            before += self.made(loop)
            inside.append(commented(self.assigned(loop), loop.target))
            after += self.finished(loop)
        depth = len(self.space)
        heads = [f"{'    ' * a}for {self.letters[a]} in range({self.space[a]}):" for a in range(depth)]
        return [*before, *heads, *("    " * depth + line for line in inside), *after]

    def made(self, loop: Loop) -> list[str]:
        """Memory for the target, or what a sum begins with."""
        x, s = loop.target, loop.statement
        kind = literal(x.dtype.type)
        if isinstance(x.value, np.ndarray) and s.into is None and (loop.joined is not None or self.is_stored(loop)):
            new = NEW.get(loop.start, f"np.full({{}}, {loop.start}, {{}})").format(literal(x.shape), kind)
            return [f"{self.name(x)} = {new}"]
        return [f"{self.name(x)} = {kind}({loop.start})"] if loop.joined is not None else []

    def assigned(self, loop: Loop) -> str:
        """What is done at one index."""
        term = self.term(loop)
        if loop.joined is not None:
            total = self.place(loop.target, loop.place)
            return f"{total} += {term}" if loop.joined is np.add else f"{total} = {called(loop.joined, [total, term])}"
        names = [self.place(loop.statement.into or loop.target, loop.place)] if self.is_stored(loop) else []
        if self.space and self.is_used_here(loop):
            self.here[loop.target] = self.source.names.new(f"{self.name(loop.target)}_{self.letters}")
            names.append(self.here[loop.target])
        return " = ".join([*names, term])

    def finished(self, loop: Loop) -> list[str]:
        x, into = loop.target, loop.statement.into
        if into is not None and self.name(into) != self.name(x) and x in self.source.last:
            return [f"{self.name(x)} = {self.name(into)}"]
        return [f"{self.name(x)} /= {literal(x.dtype.type)}({loop.divided_by})"] if loop.divided_by > 1 else []

    def is_stored(self, loop: Loop) -> bool:
        """Whether the value outlives the nest; single numbers need no memory."""
        is_read = self.source.is_read_after(self.loops[-1].statement, loop.target)
        return is_read or loop.statement.into is not None or not self.space

    def is_used_here(self, loop: Loop) -> bool:
        return any(x.x is loop.target for other in self.loops for x in other.operands)

    # ------------------------------------------------------------------ one index

    def term(self, loop: Loop) -> str:
        operands = [self.element(x) for x in loop.operands]
        if loop.function is np.positive:
            return operands[0]
        if loop.function is np.where:
            return "{1} if {0} else {2}".format(*operands)
        return called(loop.function, operands)

    def element(self, operand: Operand) -> str:
        """An operand at the present index, in the precision of the loop."""
        x = operand.x
        value = value_of(x) if isinstance(x, Variable) or uniform(x) is None else uniform(x)
        kind = literal(operand.dtype.type)
        if not isinstance(x, Variable) and np.ndim(value) == 0:
            return str(bool(value)) if kind == "bool" else f"{kind}({number(value)})"
        text = self.here.get(x) or self.place(x, operand.axes)
        return text if value.dtype == operand.dtype else f"{kind}({text})"

    def place(self, x: Any, axes: tuple[int | None, ...]) -> str:
        if not isinstance(value_of(x), np.ndarray):
            return self.name(x)
        return f"{self.name(x)}[{', '.join('0' if a is None else self.letters[a] for a in axes) or '()'}]"

    def name(self, x: Any) -> str:
        return self.source.argument(x)


def called(function: Any, operands: list[str]) -> str:
    sign = OPERATORS.get(function, function)
    if sign in PREFIXES:
        return PREFIXES[sign] + operands[0]
    if sign in SIGNS or sign in RELATIONS:
        return f" {SIGNS.get(sign) or RELATIONS[sign]} ".join(operands)
    return f"{qualified_name(function)}({', '.join(operands)})"
