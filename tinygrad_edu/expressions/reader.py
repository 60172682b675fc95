"""Syntax to functions of the values: one method per kind of syntax that is read."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ExpressionError, TinygradError
from .allowed import ATTRIBUTES, CONSTANTS, HINTS, MOST_MADE, OPERATORS, allowed_functions, near_names, size_made
from .syntax import characters, described, pointing

Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]

PREFIXES = ("np", "numpy", "tg", "tinygrad_edu")
FAILURES = (TinygradError, ValueError, TypeError, IndexError, ArithmeticError, MemoryError, RecursionError)


class Reader:
    """Turns syntax into functions of the values, and notes where each name is first used."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.functions = allowed_functions()
        self.places: dict[str, int] = {}
        self.made = 0
        """How many elements the evaluation under way has made."""

    def column(self, node: ast.AST) -> int:
        """Where a node begins, in characters: Python counts bytes."""
        return characters(self.text, node.col_offset)  # type: ignore[attr-defined]

    def error(self, node: ast.AST, problem: str) -> ExpressionError:
        return pointing(self.text, self.column(node), problem)

    # ------------------------------------------------------------------ what is read

    def read(self, node: ast.expr) -> Evaluate:
        kind = type(node).__name__
        method: Callable[[Any], Evaluate] | None = getattr(self, f"read_{kind}", None)
        if method is None:
            raise self.error(node, HINTS.get(type(node), f"{described(node)} cannot be used here"))
        return method(node)

    def read_Constant(self, node: ast.Constant) -> Evaluate:
        if type(node.value) is not int and type(node.value) is not float:
            raise self.error(node, f"{type(node.value).__name__} values cannot be used here")
        try:
            number = float(node.value)
        except OverflowError:
            raise self.error(node, "This number is too large") from None
        return lambda values: number

    def read_Name(self, node: ast.Name) -> Evaluate:
        name = node.id
        self.places.setdefault(name, self.column(node))
        return lambda values: values[name]

    def read_UnaryOp(self, node: ast.UnaryOp) -> Evaluate:
        return self.applied(self.column(node), self.operator(node, node.op), [self.read(node.operand)])

    def read_BinOp(self, node: ast.BinOp) -> Evaluate:
        function = self.operator(node, node.op)
        parts = [self.read(node.left), self.read(node.right)]
        return self.applied(self.between(node.left, node.right), function, parts)

    def read_Compare(self, node: ast.Compare) -> Evaluate:
        if len(node.ops) > 1:
            raise self.error(node, "Compare two values at a time, and multiply: (0 < x)*(x < 1).")
        right = node.comparators[0]
        function = self.operator(node, node.ops[0])
        return self.applied(self.between(node.left, right), function, [self.read(node.left), self.read(right)])

    def read_Subscript(self, node: ast.Subscript) -> Evaluate:
        index = self.index(node.slice)
        return self.applied(self.column(node.slice), lambda x: x[index], [self.read(node.value)])

    def read_Attribute(self, node: ast.Attribute) -> Evaluate:
        if is_prefix(node.value) and node.attr in CONSTANTS:
            number = CONSTANTS[node.attr]
            return lambda values: number
        if node.attr not in ATTRIBUTES:
            known = ", ".join(f".{name}" for name in ATTRIBUTES)
            raise self.error(node, f"{node.attr!r} is not an attribute that can be used here; these are: {known}.")
        return self.applied(self.column(node), ATTRIBUTES[node.attr], [self.read(node.value)])

    def read_Call(self, node: ast.Call) -> Evaluate:
        function, parts = self.function(node)
        parts += [self.argument(x) for x in node.args]
        if node.keywords and isinstance(function, np.ufunc):
            raise self.error(node.keywords[0], f"{function.__name__} takes no settings here")
        keywords = {k.arg: self.setting(k) for k in node.keywords}
        return self.applied(self.column(node), function, parts, keywords)

    # ------------------------------------------------------------------ parts of it

    def applied(
        self, column: int, function: Callable[..., Any], parts: Sequence[Evaluate], keywords: Any = None
    ) -> Evaluate:
        """The function of what the parts give; errors point at the column."""

        def evaluate(values: Values) -> Any:
            operands = [part(values) for part in parts]
            try:
                self.count(size_made(function, operands))
                result = function(*operands, **(keywords or {}))
                if isinstance(result, complex):
                    raise ArithmeticError("a fractional power of a negative number")
            except FAILURES as error:
                raise pointing(self.text, column, f"This cannot be computed ({reason(error)})") from None
            return result

        return evaluate

    def count(self, made: int) -> None:
        self.made += made
        if self.made > MOST_MADE:
            raise MemoryError(f"its parts would have more than {MOST_MADE} elements together")

    def operator(self, node: ast.expr, op: ast.AST) -> Callable[..., Any]:
        if type(op) not in OPERATORS:
            raise self.error(node, HINTS.get(type(op), f"The operator {type(op).__name__} cannot be used here"))
        return OPERATORS[type(op)]

    def between(self, left: ast.expr, right: ast.expr) -> int:
        """Where the operator stands."""
        start, end = characters(self.text, left.end_col_offset or 0), self.column(right)
        gap = self.text[start:end]
        return start + len(gap) - len(gap.lstrip(" )"))

    def function(self, node: ast.Call) -> tuple[Callable[..., Any], list[Evaluate]]:
        """What is called, and the value in front of the dot if it is called as a method: ``x.sum(axis=0)``."""
        called = node.func
        if isinstance(called, ast.Name):
            return self.known(called, called.id), []
        if isinstance(called, ast.Attribute):
            if is_prefix(called.value):
                return self.known(called, called.attr), []
            if hasattr(np.ndarray, called.attr):
                return self.known(called, called.attr), [self.read(called.value)]
        raise self.error(called, f"{ast.unparse(called)[:30]!r} is not a function that can be used here")

    def known(self, node: ast.expr, name: str) -> Callable[..., Any]:
        if name not in self.functions:
            raise self.error(
                node, f"{name!r} is not a function that can be used here{near_names(name, self.functions)}"
            )
        return self.functions[name]

    def argument(self, node: ast.expr) -> Evaluate:
        """An operand, a sequence of operands, or a setting such as an axis, whose integers stay integers."""
        if is_literal(node):
            value = ast.literal_eval(node)
            return lambda values: value
        if isinstance(node, (ast.Tuple, ast.List)):
            parts = [self.argument(x) for x in node.elts]
            return lambda values: tuple(part(values) for part in parts)
        return self.read(node)

    def setting(self, keyword: ast.keyword) -> Any:
        if keyword.arg is None or not is_literal(keyword.value):
            raise self.error(keyword.value, "A setting is a number, a tuple of numbers, None, True or False.")
        return ast.literal_eval(keyword.value)

    def index(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Tuple):
            return tuple(self.index(x) for x in node.elts)
        if isinstance(node, ast.Slice):
            return slice(*(None if x is None else self.index(x) for x in (node.lower, node.upper, node.step)))
        if is_literal(node) or isinstance(node, ast.Constant) and node.value is ...:
            found = ast.literal_eval(node)
            if found is None or found is ... or type(found) is int:
                return found
        raise self.error(node, "An index is an integer, a slice, None or ..., or several of them.")


def is_prefix(node: ast.expr) -> bool:
    """Whether it is a module in front of a function's name."""
    if isinstance(node, ast.Attribute) and node.attr == "linalg":
        node = node.value
    return isinstance(node, ast.Name) and node.id in PREFIXES


def is_literal(node: ast.expr) -> bool:
    """Whether it is a number, None, True or False, or a tuple of these."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(map(is_literal, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.Constant) and type(node.operand.value) in (int, float)
    return isinstance(node, ast.Constant) and (node.value is None or type(node.value) in (int, float, bool))


def reason(error: Exception) -> str:
    """Why it cannot be computed, without the advice that speaks of Python code."""
    if isinstance(error, OverflowError):
        return "the result is too large"
    said = str(error.args[-1]) if error.args else type(error).__name__
    return said.rstrip(".")
