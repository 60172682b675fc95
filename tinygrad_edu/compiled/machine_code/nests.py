"""Loops over the same indices, written as one nest of ``for``."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import numpy as np

from ...primitive import qualified_name
from ..literals import literal, number
from ..passes.memory import may_share_memory
from ..program import OPERATORS, Variable, value_of
from ..source import Source, commented
from ..spelling import PREFIXES, RELATIONS, SIGNS
from .loops import LETTERS, Loop, Operand, constant

NEW = {0.0: "np.zeros({}, {})", 1.0: "np.ones({}, {})"}


class Nest:
    """Loops in one nest: what one makes, the next may use at the same index, and sums are finished after the nest."""

    def __init__(
        self, source: Source, readers: dict[Variable, set[Any]], filled: Container[Variable], loop: Loop
    ) -> None:
        self.source = source
        self.readers = readers
        self.filled = filled
        """The arrays that the function is given, to write into."""
        self.space = loop.space
        self.letters = LETTERS[: len(loop.space)]
        self.loops = [loop]
        self.here: dict[Variable, str] = {}
        """Names of values at the present index."""

    def takes(self, loop: Loop) -> bool:
        """Whether the loop may run along: what it reads is there at the same index, and it writes over nothing read."""
        made = {x.target: x.joined is None for x in self.loops}
        return (
            loop.space == self.space
            and loop.statement.phase == self.loops[0].statement.phase
            and all(x.is_straight and made[x.x] for x in loop.operands if isinstance(x.x, Variable) and x.x in made)
            and not any(overwrites(loop, other) for other in self.loops)
        )

    # ------------------------------------------------------------------ lines

    def lines(self) -> list[str]:
        before: list[str] = []
        inside: list[str] = []
        after: list[str] = []
        for loop in self.loops:
            before += self.made(loop)
            inside += self.assigned(loop)
            after += self.finished(loop)
        depth = len(self.space)
        heads = [f"{'    ' * a}for {self.letters[a]} in range({self.space[a]}):" for a in range(depth)]
        return [*before, *heads, *("    " * depth + line for line in inside), *after]

    def made(self, loop: Loop) -> list[str]:
        """Memory for the target, or what a sum begins with."""
        x, is_sum = loop.target, loop.joined is not None
        if not needs_memory(loop):
            return (
                [f"{self.name(x)} = {written(loop.start, x.dtype)}"] if is_sum and loop.statement.into is None else []
            )
        is_here = x not in self.filled and (is_sum or self.is_stored(loop))
        return [f"{self.name(x)} = {memory(loop)}"] if is_here else []

    def assigned(self, loop: Loop) -> list[str]:
        """What is done at one index."""
        term = self.term(loop)
        if loop.joined is not None:
            total = self.place(loop.target, loop.place)
            line = f"{total} += {term}" if loop.joined is np.add else f"{total} = {called(loop.joined, [total, term])}"
            return [commented(line, loop.target)]
        into = loop.statement.into
        names = [self.place(loop.target if into is None else into, loop.place)] if self.is_stored(loop) else []
        if self.space and (loop.inner or self.is_used_here(loop)):
            self.here[loop.target] = self.source.names.new(f"{self.name(loop.target)}_{self.letters}")
            names.append(self.here[loop.target])
        if loop.inner:
            return self.summed(names, term, loop)
        return [commented(" = ".join([*names, term]), loop.target)]

    def summed(self, names: list[str], term: str, loop: Loop) -> list[str]:
        """A sum over one more index, for each element of a product."""
        *stored, total = names
        head = f"for {LETTERS[len(self.space)]} in range({loop.inner}):"
        line = commented(f"    {total} += {term}", loop.target)
        return [f"{total} = {written(0.0, loop.target.dtype)}", head, line, *(f"{x} = {total}" for x in stored)]

    def finished(self, loop: Loop) -> list[str]:
        x, into = loop.target, loop.statement.into
        if into is not None and self.name(into) != self.name(x) and x in self.readers:
            return [f"{self.name(x)} = {self.name(into)}"]
        return [f"{self.name(x)} /= {written(loop.divided_by, x.dtype)}"] if loop.divided_by > 1 else []

    def is_stored(self, loop: Loop) -> bool:
        """Whether the value outlives the nest; single numbers need no memory."""
        is_read = bool(self.readers.get(loop.target, set()) - {x.statement for x in self.loops})
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
        x, kind = operand.x, type_name(operand.dtype)
        if (value := constant(x)) is not None:
            return written(value, operand.dtype)
        text = isinstance(x, Variable) and self.here.get(x) or self.place(x, operand.axes)
        return text if value_of(x).dtype == operand.dtype else f"{kind}({text})"

    def place(self, x: Any, axes: tuple[int | None, ...]) -> str:
        if not isinstance(value_of(x), np.ndarray):
            return self.name(x)
        return f"{self.name(x)}[{', '.join('0' if a is None else LETTERS[a] for a in axes) or '()'}]"

    def name(self, x: Any) -> str:
        return self.source.argument(x)


def needs_memory(loop: Loop) -> bool:
    """Whether the target is an array of its own."""
    return isinstance(loop.target.value, np.ndarray) and loop.statement.into is None


def memory(loop: Loop) -> str:
    """An array for the target, with what a sum begins with."""
    new = "np.empty({}, {})"
    if loop.joined is not None:
        new = NEW.get(loop.start, f"np.full({{}}, {number(loop.start)}, {{}})")
    return new.format(literal(loop.target.shape), type_name(loop.target.dtype))


def overwrites(loop: Loop, other: Loop) -> bool:
    """Whether the loop writes into memory that the other one reads at another index."""
    into = loop.statement.into
    read = [] if into is None else [x.x for x in other.operands if x.x is not into or not x.is_straight]
    return any(may_share_memory(value_of(x), into.value) for x in read)  # type: ignore[union-attr]


def written(value: Any, dtype: np.dtype[Any]) -> str:
    """A number in a given precision; those of Python are numba's float64."""
    if dtype.kind == "b":
        return str(bool(value))
    return number(float(value)) if dtype == np.float64 else f"{type_name(dtype)}({number(dtype.type(value))})"


def type_name(dtype: np.dtype[Any]) -> str:
    return "np.bool_" if dtype.kind == "b" else f"np.{dtype.name}"


def called(function: Any, operands: list[str]) -> str:
    sign = OPERATORS.get(function, function)
    if sign in PREFIXES:
        return PREFIXES[sign] + operands[0]
    if sign in SIGNS or sign in RELATIONS:
        factors = [f"({x})" if x.startswith("-") else x for x in operands]
        return f" {SIGNS.get(sign) or RELATIONS[sign]} ".join(factors)
    return f"{qualified_name(function)}({', '.join(operands)})"
