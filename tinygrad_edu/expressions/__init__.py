"""Text to a function of named values: ``"mean((X @ w - y)**2)"``. It is parsed and never executed by Python.

Three files: `syntax` (text to a syntax tree of bounded size, errors that point), `allowed` (functions and operators),
and `reader` (each kind of syntax that is read has a method; anything else is refused).
"""

from __future__ import annotations

from typing import Any

from ..errors import ExpressionError
from .reader import Reader, Values
from .syntax import pointing, syntax_tree


class Expression:
    """A checked expression: the `names` it needs, in the order in which they are read, and its value for given ones."""

    def __init__(self, text: str) -> None:
        self.text = text
        reader = Reader(text)
        self._evaluate = reader.read(syntax_tree(text))
        self.names: tuple[str, ...] = tuple(reader.places)
        self._reader = reader

    def evaluate(self, values: Values) -> Any:
        """The value for these arrays, numbers or Tensors; of Tensors a Tensor, recorded as usual.

        Raises
        ------
        ExpressionError
            If a name has no value, or an operation cannot be computed: shapes that do not fit, an index too large.
        """
        for name, place in self._reader.places.items():
            if name not in values:
                given = ", ".join(values) or "none"
                raise pointing(self.text, place, f"{name!r} has no value; the names that have one: {given}.")
        self._reader.made = 0
        result = self._evaluate(values)
        if isinstance(result, (tuple, list)):
            raise ExpressionError(f"{self.text} gives {len(result)} values; an expression has one.")
        return result

    @property
    def made(self) -> int:
        """How many elements the latest evaluation made, on its way and as its result."""
        return self._reader.made

    def __repr__(self) -> str:
        return f"<Expression {self.text}>"


def parse(text: str) -> Expression:
    """The expression that `text` spells, as a function of the values it names.

    Operators are ``+ - * / ** @``, comparisons, indices with integers and slices, and ``.T``; functions are those of
    the table and the activations by their short names (``mean``, ``sigmoid``, with or without ``np.``), and their
    notation (``ln``). Numbers are floats, so none grows beyond what a computer can hold.

    Raises
    ------
    ExpressionError
        If anything else is in it, or it is too long or too deep; the message points at the column.

    Examples
    --------
    >>> from tinygrad_edu.expressions import parse
    >>> line = parse("(y_hat - y)*x")
    >>> line.names
    ('y_hat', 'y', 'x')
    >>> line.evaluate({"y_hat": 0.75, "y": 1.0, "x": 4.0})
    -1.0
    >>> parse("open('secret')")
    Traceback (most recent call last):
    tinygrad_edu.errors.ExpressionError: 'open' is not a function that can be used here, at column 1:
        open('secret')
        ^
    """
    if not isinstance(text, str):
        raise ExpressionError(f"An expression is text, but {type(text).__name__} was given.")
    return Expression(" ".join(text.split()))
