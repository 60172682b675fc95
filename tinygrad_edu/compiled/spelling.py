"""How one statement is written: with operators where there are some, in the names that the program uses."""

from __future__ import annotations

import inspect
import operator
from typing import Any

import numpy as np

from ..operators import ARITHMETIC, COMPARISONS, UNARY
from ..primitive import qualified_name, signature_of
from . import literals
from .helpers import NoSource, helper_sources
from .names import Namespace
from .program import UFUNCS, Method, Statement, Variable, parts, value_of

SIGNS = dict(zip((operate for _, operate in ARITHMETIC.values()), ("+", "-", "*", "/", "//", "**", "@")))
RELATIONS = dict(zip((operate for _, operate in COMPARISONS.values()), ("<", "<=", ">", ">=", "==", "!=")))
PREFIXES = dict(zip((operate for _, operate in UNARY.values()), ("-", "+")))
COMMUTATIVE = (np.add, np.multiply)


class Spelling:
    """Writes statements, and collects what must stand above them: constants, and functions that NumPy does not have.

    `given` is what has no source: arrays too long to be written out, and some functions.
    """

    def __init__(self, names: Namespace) -> None:
        self.names = names
        self.called: dict[Variable, str] = {}
        self.given: dict[str, Any] = {}
        self.constants: dict[str, str] = {}
        self.helpers: dict[str, str] = {}
        self.functions: dict[Any, str] = {}

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
            self.constants[text] = self.names.new(kind if x.ndim else literals.number_name(x[()]) or "NUMBER")
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
