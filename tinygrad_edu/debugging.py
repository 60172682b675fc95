"""Where did the NaN come from? A mode in which every operation and every rule is checked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .errors import ChangedError, NonFiniteError
from .formulas.names import pretty
from .formulas.normal import Formula, symbol
from .formulas.reading import notated, plain_formula
from .formulas.text import text
from .node import Node
from .recorder import plain
from .recording import recording
from .refusals import describe

Rule = Callable[..., Any]

HARMLESS = "give the function a harmless operand there: np.where(mask, f(np.where(mask, x, 1)), 0)."


@contextmanager
def debug() -> Iterator[None]:
    """Report the first operation, or rule, that gives NaN or infinity, and plain arrays that were written to.

    Operations recorded inside are checked at once, and their rules whenever a gradient flows back, inside or
    later. NumPy's own warnings are silent inside, since the error says more.

    Raises
    ------
    NonFiniteError
        Names the function, its operands, the index, and the line it was recorded at.
    ChangedError
        If a plain array among the operands was changed between recording and the backward pass.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> p = tg.Tensor([0.5, 0.0], name="p")
    >>> with tg.debug():
    ...     np.sum(np.log(p))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    tinygrad_edu.errors.NonFiniteError: np.log of 'p' of shape (2,) gave -inf at index (1,), where 'p' is 0.0 ...
    """
    token = recording.set(check)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        recording.reset(token)


def check(node: Any) -> Any:
    """Refuse a value that is not finite, and let the rules of the node be watched."""
    call = Call(node)
    index = first_not_finite(node.record[0])
    if index is not None:
        raise NonFiniteError(call.bad_value(node.record[0][index], index))
    node.pullbacks = tuple(watched(rule, x, call) for x, rule in zip(node.parents, node.pullbacks))
    return node


def watched(rule: Rule, x: Node, call: Call) -> Rule:
    """The rule, refusing to turn finite gradients into NaN or infinity."""

    def pull(g: Any, *operands: Any) -> Any:
        call.check_arrays()
        part = rule(g, *operands)
        index = first_not_finite(plain(part))
        if index is not None and first_not_finite(plain(g)) is None:
            raise NonFiniteError(call.bad_gradient(plain(part)[index], index, x, plain(g)))
        return part

    return pull


class Call:
    """What to say about a recorded call; knows the inputs but not the node, which would make a cycle."""

    def __init__(self, node: Any) -> None:
        self.name = node.row.name
        self.inputs = node.inputs
        self.values = node.record[1] if node.row.variadic else node.record[1:]
        self.line = line_of_the_user()
        self.arrays = [(x, x.copy()) for x in node.inputs if isinstance(x, np.ndarray)]

    def __str__(self) -> str:
        return f"{self.name} of {' and '.join(map(described, self.inputs))}"

    def operands_at(self, index: tuple[int, ...]) -> str:
        there = [
            f"{called(x) or f'operand {i}'} is {element(value, index)}"
            for i, (x, value) in enumerate(zip(self.inputs, self.values), start=1)
            if element(value, index) is not None
        ]
        return f"{f' at index {index}' if index else ''}{', where ' if there else ''}{' and '.join(there)}"

    def bad_value(self, value: Any, index: tuple[int, ...]) -> str:
        remedy = f"If np.where is to drop it, {HARMLESS}"
        return f"{self} gave {value}{self.operands_at(index)} (recorded at {self.line}). {remedy}"

    def bad_gradient(self, value: Any, index: tuple[int, ...], x: Node, g: Any) -> str:
        zero = f" A branch that np.where did not take receives 0, and 0·∞ is NaN: {HARMLESS}"
        return (
            f"The rule of {self} gave the gradient {value} for {describe(x)}{self.operands_at(index)} "
            f"(recorded at {self.line}).{zero if element(g, index) == 0 else ''}"
        )

    def check_arrays(self) -> None:
        for array, copy in self.arrays:
            if not np.array_equal(array, copy, equal_nan=True):
                index = first((array != copy) & ~((array != array) & (copy != copy)))
                raise ChangedError(
                    f"A plain array of shape {array.shape} was changed after {self} had used it ({self.line}): "
                    f"at index {index} it was {copy[index]} and is now {array[index]}. "
                    "Plain arrays are recorded by reference: write into a copy, or record tg.constant(array)."
                )


def described(x: Any) -> str:
    """As in other messages, and what has no name by its formula."""
    formula = called(x)
    return describe(x) if formula is None or x.name else f"{formula} of shape {x.shape}"


def called(x: Any) -> str | None:
    """The name of an operand, or the formula that made it of what has a name."""
    if not isinstance(x, Node) or x.name or x.row is None:
        return repr(x.name) if isinstance(x, Node) and x.name else None
    operands = [operand_formula(part) for part in x.inputs]
    return None if None in operands else f"({text(notated(x, operands))})"  # type: ignore[arg-type]


def operand_formula(x: Any) -> Formula | None:
    if isinstance(x, Node):
        return symbol(pretty(x.name), len(x.shape)) if x.name else None
    return plain_formula(x)


def first_not_finite(values: Any) -> tuple[int, ...] | None:
    finite = np.isfinite(values)
    return None if finite.all() else first(~finite)


def element(array: Any, index: tuple[int, ...]) -> Any:
    """The element at `index`, or None where an array of this shape has none."""
    array = np.asarray(array)
    fits = array.ndim == len(index) and all(k < n for k, n in zip(index, array.shape))
    return array[index] if fits else None


def first(mask: Any) -> tuple[int, ...]:
    return tuple(int(k) for k in np.unravel_index(np.argmax(mask), np.shape(mask)))


def line_of_the_user() -> str:
    """The innermost line outside this package."""
    frame: Any = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
