"""A program as NumPy source that a person can read, and that runs on its own."""

from __future__ import annotations

import inspect
import operator
from collections import Counter
from typing import Any

import numpy as np

from ..operators import ARITHMETIC, COMPARISONS, UNARY
from ..primitive import qualified_name, signature_of
from . import literals
from .blockwise import Block, every, in_blocks
from .helpers import NoSource, helper_sources
from .names import Namespace, named
from .passes import Pass
from .program import UFUNCS, Method, Program, Statement, Variable, parts, value_of

SIGNS = dict(zip((operate for _, operate in ARITHMETIC.values()), ("+", "-", "*", "/", "//", "**", "@")))
RELATIONS = dict(zip((operate for _, operate in COMPARISONS.values()), ("<", "<=", ">", ">=", "==", "!=")))
PREFIXES = dict(zip((operate for _, operate in UNARY.values()), ("-", "+")))
COMMUTATIVE = (np.add, np.multiply)
PHASES = ("forward", "backward", "update")
TRANSPOSE = Method("T", True)
SHORT = 30
"""Characters of an expression that stands inside another one."""

COLUMN = 56
"""Where comments begin, unless the line is longer."""


class Source:
    """The source of a program, and the values that it takes besides its inputs.

    `text` is a module with one function, called `name`; its arguments are the inputs of the program, then `given`:
    arrays too long to be written out, and functions without source.
    """

    skipped: frozenset[Pass] = frozenset()
    """Passes that do not suit this way of writing."""
    reserved: tuple[str, ...] = ()
    summary = ""
    """What the report says of this way of writing."""

    def __init__(self, program: Program, name: str) -> None:
        self.program = program
        self.given: dict[str, Any] = {}
        self.constants: dict[str, str] = {}
        self.helpers: dict[str, str] = {}
        self.functions: dict[Any, str] = {}
        self.names = Namespace(self.reserved)
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

    # ------------------------------------------------------------------ one statement

    def line(self, s: Statement) -> str:
        name = self.called[s.target]
        if s.into is None:
            return f"{name} = {self.expression(s)}"
        into = self.called[s.into]
        if name == into and s.function in SIGNS and (other := self.beside(s, into)) is not None:
            return f"{name} {SIGNS[s.function]}= {self.operand(other, s)}"
        operands = [self.operand(x, s) for x in s.args]
        call = f"{qualified_name(UFUNCS.get(s.function, s.function))}({', '.join(operands)}, out={into})"
        return call if name == into else f"{name} = {call}"

    def beside(self, s: Statement, into: str) -> Any:
        """The operand y of a statement that can be written ``x += y``: x is the left one, or y is a number."""
        left, right = s.args
        if isinstance(left, Variable) and self.called[left] == into:
            return right
        is_number = np.ndim(value_of(left)) == 0 and isinstance(right, Variable) and self.called[right] == into
        return left if is_number and s.ufunc in COMMUTATIVE else None

    def expression(self, s: Statement) -> str:
        f = s.function
        if f in SIGNS or f in RELATIONS:
            left, right = (self.factor(x, s) for x in s.args)
            return f"{left} {SIGNS.get(f) or RELATIONS[f]} {right}"
        if f in PREFIXES:
            return PREFIXES[f] + self.argument(s.args[0])
        if f is operator.getitem:
            return f"{self.argument(s.args[0])}[{self.index(s.args[1])}]"
        if isinstance(f, Method):
            x, *arguments = s.args
            call = "" if f.is_attribute else f"({self.arguments(arguments, s)})"
            return f"{self.argument(x)}.{f.name}{call}"
        return f"{self.functions[f]}({self.arguments(s.args, s)})"

    def arguments(self, args: Any, s: Statement) -> str:
        defaults = defaults_of(s.function)
        given = [f"{k}={self.argument(v)}" for k, v in s.kwargs.items() if not is_default(v, defaults.get(k, s))]
        return ", ".join([*(self.operand(x, s) for x in args), *given])

    def factor(self, x: Any, s: Statement) -> str:
        text = self.operand(x, s)
        return f"({text})" if text.startswith("-") else text

    def operand(self, x: Any, s: Statement) -> str:
        """A number is written without its dtype where an operand beside it has the same one."""
        if (
            not isinstance(x, Variable)
            and isinstance(x, np.floating)
            and s.function in UFUNCS
            and any(x.dtype == y.dtype for y in s.used)
        ):
            return literals.number(x)
        return self.argument(x)

    def argument(self, x: Any) -> str:
        if isinstance(x, Variable):
            return self.called[x]
        if isinstance(x, (tuple, list)):
            inner = ", ".join(map(self.argument, x))
            return f"[{inner}]" if isinstance(x, list) else f"({inner},)" if len(x) == 1 else f"({inner})"
        if isinstance(x, dict):
            return "{" + ", ".join(f"{k!r}: {self.argument(v)}" for k, v in x.items()) + "}"
        text = literals.literal(x)
        if text is None:
            return self.from_outside(x)
        return self.constant(text, x) if isinstance(x, np.ndarray) else text

    def index(self, x: Any) -> str:
        outside = any(isinstance(leaf, (Variable, np.ndarray)) for leaf in parts(x))
        return (None if outside else literals.index(x)) or self.argument(x)

    # ------------------------------------------------------------------ what stands above the function

    def constant(self, text: str, x: Any) -> str:
        if text not in self.constants:
            kind = text.partition("(")[0].removeprefix("np.").upper()
            self.constants[text] = self.names.new(kind if x.ndim else literals.NUMBERS.get(float(x), "NUMBER"))
        return self.constants[text]

    def from_outside(self, x: Any) -> str:
        for name, value in self.given.items():
            if value is x:
                return name
        name = self.names.new(getattr(x, "__name__", "constant"))
        self.given[name] = x
        return name

    def function(self, f: Any) -> str:
        """What a function is called: its name in NumPy, or that of the helper whose source is included."""
        if isinstance(f, Method) or f in SIGNS or f in RELATIONS or f in PREFIXES or f is operator.getitem:
            return ""  # spelled without a name
        f = UFUNCS.get(f, f)
        if found_in_numpy(name := qualified_name(f)) == f:
            return name
        try:
            sources = helper_sources(f)
        except NoSource:
            return self.from_outside(f)
        if any(self.helpers.get(k, v) != v or k in self.names.taken - self.helpers.keys() for k, v in sources.items()):
            return self.from_outside(f)  # another helper has the name already
        self.helpers |= sources
        self.names.taken |= sources.keys()
        return str(inspect.unwrap(f).__name__)


def is_operator(s: Statement) -> bool:
    """Whether the statement is written with operators, or as a method or an index of its first operand."""
    f = s.function
    return f in SIGNS or f in RELATIONS or f in PREFIXES or f is operator.getitem or isinstance(f, Method)


def found_in_numpy(name: str) -> Any:
    found: Any = np
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found if name.startswith("np.") else None


def defaults_of(f: Any) -> dict[str, Any]:
    signature = None if isinstance(f, Method) else signature_of(f)
    known = {} if signature is None else {p.name: p.default for p in signature.parameters.values()}
    return {"keepdims": False, **({"axis": None} if isinstance(f, Method) else {}), **known}


def is_default(value: Any, default: Any) -> bool:
    return value is default or value is False and default is np._NoValue


def commented(line: str, x: Variable, block: Block | None = None) -> str:
    column = COLUMN - (6 if block else 2)
    shape = str((block.rows, *x.shape[1:]) if block else x.shape) if np.ndim(x.value) else ""
    note = "  ".join(filter(None, (shape, x.note)))
    return f"{line:<{column}}  # {note}" if note else line
