"""A program as NumPy source that a person can read, and that runs on its own."""

from __future__ import annotations

import operator
from collections import Counter
from typing import Any

import numpy as np

from .blockwise import Block, every, in_blocks
from .names import Namespace, named
from .passes import Pass
from .program import Method, Program, Statement, Variable
from .spelling import Spelling, is_operator

PHASES = ("forward", "backward", "update")
TRANSPOSE = Method("T", True)
SHORT = 30
"""Characters of an expression that stands inside another one."""

COLUMN = 56
"""Where comments begin, unless the line is longer."""


class Source(Spelling):
    """The source of a program, and the values that it takes besides its inputs.

    `text` is a module with one function, called `name`; its arguments are the inputs of the program, then `given`.
    """

    skipped: frozenset[Pass] = frozenset()
    """Passes that do not suit this way of writing."""
    reserved: tuple[str, ...] = ()
    summary = ""
    """What the report says of this way of writing."""

    def __init__(self, program: Program, name: str) -> None:
        super().__init__(Namespace(self.reserved))
        self.program = program
        self.name = self.names.new(name)
        for s in every(program.statements):
            if s.function not in self.functions:
                self.functions[s.function] = self.function(in_blocks if isinstance(s.function, Block) else s.function)
        self.called = named(program, self.names)
        self.inside: set[Statement] = set()
        self.text = self.written()

    def written(self) -> str:
        body = self.body()
        arguments = ", ".join([self.called[x] for x in self.program.inputs] + list(self.given))
        imports = [text for text in self.helpers.values() if text.startswith("import")]
        constants = [text for text in self.helpers.values() if not text.startswith(("import", "def", "@"))]
        constants += [f"{name} = {text}" for text, name in self.constants.items()]
        blocks = ["\n".join(["import numpy as np", *imports]), "\n".join(constants)]
        blocks += [text for text in self.helpers.values() if text.startswith(("def", "@"))]
        blocks.append(f"def {self.name}({arguments}):\n" + "\n".join(f"    {line}".rstrip() for line in body))
        return "\n\n\n".join(filter(None, blocks)) + "\n"

    def body(self) -> list[str]:
        self.put_inside(self.program.statements)
        lines = self.lines(self.program.statements)
        returned = self.argument(self.program.outputs)
        return [*lines, f"return {returned[1:-1] if returned.startswith('(') else returned}"]

    def put_inside(self, statements: list[Statement]) -> None:
        """Let short expressions stand where they are read, if that is once and at once: ``t += y * z``."""
        uses = Counter(x for s in every(self.program.statements) for x in s.used)
        uses.update(x for x in self.program.results if isinstance(x, Variable))
        once = [s for s in statements if uses[s.target] == 1]
        self.inside.update(s for s in once if s.function == TRANSPOSE)
        rest = [s for s in statements if s not in self.inside]
        reader = dict(zip(rest, rest[1:]))
        for s in statements:
            if isinstance(s.function, Block):
                self.put_inside(s.function.statements)
            elif uses[s.target] == 1 and s in reader and self.fits_inside(s, reader[s]):
                self.inside.add(s)
            if s in self.inside:
                self.called[s.target] = self.expression(s)

    def fits_inside(self, s: Statement, reader: Statement) -> bool:
        """Whether the expression of a statement may stand in the next one: nothing is written into what it gives."""
        x = s.target
        is_free = x.name is None and s.into is None and reader.into is not x and s.phase == reader.phase
        is_argument = any(y is x for y in reader.args) and not isinstance(reader.function, Block)
        needs_no_brackets = not is_operator(s) or reader.into is not None or not is_operator(reader)
        return is_free and is_argument and needs_no_brackets and len(self.expression(s)) <= SHORT

    def lines(self, statements: list[Statement], block: Block | None = None) -> list[str]:
        lines: list[str] = []
        sums: set[Any] = set()
        phase = None if any(s.phase != "forward" for s in every(self.program.statements)) else "forward"
        for s in statements:
            if s in self.inside or s.function is operator.getitem and s.args[0] in sums:
                continue
            if s.phase and (phase is None or PHASES.index(s.phase) > PHASES.index(phase)):
                phase = s.phase
                lines += ([""] if lines else []) + [f"# {phase}"]
            if isinstance(s.function, Block):
                lines += self.block(s.function)
                phase = s.function.statements[-1].phase
                sums.add(s.target)
            else:
                lines.append(self.line(s) if s.function is np.empty else commented(self.line(s), s.target, block))
        return lines

    def block(self, block: Block) -> list[str]:
        """A function of some rows of the arrays, and the call that runs it for all rows."""
        name = self.names.new("block")
        arrays = ", ".join(self.called[x] for x in (*block.arrays, *block.results))
        sums = ", ".join(self.called[x] for x in block.sums)
        lines = self.lines(block.statements, block) + ([f"return {sums}"] if sums else [])
        call = f"{self.functions[block]}({name}, {block.rows}, {arrays})"
        call = f"map(sum, zip(*{call}))" if len(block.sums) > 1 else f"sum({call})" if sums else call
        call = f"{sums} = {call}" if sums else call
        return ["", f"def {name}({arrays}):", *(f"    {line}" for line in lines), "", call]


def commented(line: str, x: Variable, block: Block | None = None) -> str:
    column = COLUMN - (6 if block else 2)
    shape = str((block.rows, *x.shape[1:]) if block else x.shape) if np.ndim(x.value) else ""
    note = "  ".join(filter(None, (shape, x.note)))
    return f"{line:<{column}}  # {note}" if note else line
