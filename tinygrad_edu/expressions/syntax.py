"""Text to a syntax tree of bounded size and depth, and errors that point at a column."""

from __future__ import annotations

import ast

from ..errors import ExpressionError

MOST_CHARACTERS = 5000
MOST_PARTS = 1000
DEEPEST = 100
WINDOW = 72
"""Characters of the text that an error shows."""


def syntax_tree(text: str) -> ast.expr:
    """The syntax of the text.

    Raises
    ------
    ExpressionError
        If it is not an expression, or too much of one.
    """
    if not text or len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"The expression has {len(text)} characters; it needs 1 to {MOST_CHARACTERS}.")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = (error.offset or len(text)) - 1
        raise pointing(text, column, f"This is not an expression ({error.msg[:60]})") from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("The expression is nested too deep, or has a null byte or too long a number.") from None
    refuse_bombs(tree)
    return tree


def refuse_bombs(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    parts = 0
    for _ in range(DEEPEST):
        parts += len(level)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise ExpressionError(f"The expression is nested more than {DEEPEST} deep. Give a part of it a name.")
    if parts > MOST_PARTS:
        raise ExpressionError(f"The expression has {parts} parts; at most {MOST_PARTS} are read.")


def pointing(text: str, column: int, problem: str) -> ExpressionError:
    """An error with the text, and a caret under the column (counted from 0) that is meant."""
    start = max(0, min(column - WINDOW // 2, len(text) - WINDOW))
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[start : start + WINDOW])
    said, stop = problem.rstrip(".:"), problem[len(problem.rstrip(".:")) :]
    place = f"{said}, at column {column + 1}:" if stop != "." else f"{problem} At column {column + 1}:"
    return ExpressionError(f"{place}\n    {shown}\n    {' ' * (column - start)}^")


def characters(text: str, offset: int) -> int:
    return len(text.encode()[:offset].decode(errors="ignore"))


def described(node: ast.AST) -> str:
    """A kind of syntax in words: ``ListComp`` is ``a list comp``."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in type(node).__name__)
    return f"A {words.strip()}"
