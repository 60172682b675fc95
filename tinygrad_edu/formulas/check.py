"""A learner's own lines against the engine: each is computed at several points, and the first wrong one is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..errors import ExpressionError, UnsupportedError
from ..expressions import Expression, parse
from ..messages import needs_no_gradient
from ..node import Node
from ..replay import leaves_first
from ..tensor import Tensor
from .names import pretty
from .numbers import number_text, value_text
from .points import Point, Points

TOLERANCE = {2: 1e-2, 4: 1e-3, 8: 1e-7}
"""The relative difference that is rounding, by the bytes of a float."""
MOST_VALUES = 4


class CheckedLine(NamedTuple):
    """One line of the learner; `problem` says what is wrong with it, and is empty if nothing is."""

    name: str
    adjoint: str
    text: str
    problem: str = ""

    def __str__(self) -> str:
        problem = self.problem.replace("\n", "\n  ")
        return f"{'✗' if problem else '✓'} {self.adjoint} = {self.text}" + (f"\n  {problem}" if problem else "")


class CheckedDerivation:
    """What became of every line, in the order of the backward pass. It is true if all of them are right."""

    def __init__(self, lines: list[CheckedLine]) -> None:
        self.lines = lines

    @property
    def first_wrong(self) -> CheckedLine | None:
        """The line to correct first: what comes after it in the backward pass may follow from it."""
        return next((line for line in self.lines if line.problem), None)

    def __bool__(self) -> bool:
        return self.first_wrong is None

    @property
    def verdict(self) -> str:
        if (wrong := self.first_wrong) is not None:
            return f"The first wrong line, in the order of the backward pass, is that for {wrong.adjoint}."
        return "The line is right." if len(self.lines) == 1 else f"All {len(self.lines)} lines are right."

    def __str__(self) -> str:
        return "\n".join([self.verdict, *map(str, self.lines)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What Jupyter shows: all lines."""
        return {"text/plain": str(self)}

    def __repr__(self) -> str:
        return f"<CheckedDerivation: {self.verdict}>"


def check_derivation(output: Tensor, lines: Mapping[str, str], seed: int = 0) -> CheckedDerivation:
    """Compare lines written by hand, ``∂output/∂name = line``, with the engine, at the recorded and at random points.

    Parameters
    ----------
    output : a Tensor, usually the loss; of an array, the sum of its elements is derived.
    lines : for names of nodes, what ∂output/∂(node) is, as text: operators, functions by short name, and the names of
        other nodes (see `expressions.parse`). ``dz`` and ``dL_dz`` are the right ∂L/∂z; ``n`` is the number of
        examples, if the derivatives have one. A single number may stand for an array of it.
    seed : for the random points, which lie near the recorded values. There the variables have other values, and the
        data that a line names: −1/ŷ is right for y = 1, but −y/ŷ is not for all y.

    Raises
    ------
    ExpressionError
        If a line is no such expression, or uses an unknown name; the message points at the column.
    UnsupportedError
        If there are no lines, no node or more than one has the name that a line is for, or the node takes no gradient.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> w, x, y = tg.Tensor(0.5, name="w"), tg.constant(2.0, name="x"), tg.constant(1.0, name="y")
    >>> z = w * x
    >>> y_hat = tg.sigmoid(z)
    >>> L = -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)
    >>> tg.named(z=z, y_hat=y_hat, L=L)
    >>> print(tg.check_derivation(L, {"z": "y_hat - y", "w": "(y - y_hat)*x"}))
    The first wrong line, in the order of the backward pass, is that for ∂L/∂w.
    ✓ ∂L/∂z = y_hat - y
    ✗ ∂L/∂w = (y - y_hat)*x
      gives 0.538 where ∂L/∂w is −0.538: the sign is wrong
    """
    if not isinstance(output, Tensor) or not output.requires_grad:
        raise needs_no_gradient(output) if isinstance(output, Tensor) else no_tensor(output)
    if not isinstance(lines, Mapping) or not lines or not all(isinstance(name, str) for name in lines):
        raise UnsupportedError(
            'tg.check_derivation(L, lines) takes lines by the names of the nodes that they are for: {"z": "y_hat - y"}.'
        )
    nodes = {name: node_called(name, output) for name in lines}
    order = {node: -i for i, node in enumerate(leaves_first(output))}
    expressions = {name: parse(lines[name]) for name in sorted(lines, key=lambda name: order[nodes[name]])}
    points = Points(output, seed, with_counts=any("n" in e.names for e in expressions.values()))
    loss = pretty(output.name or "L")
    checked = []
    for name, expression in expressions.items():
        adjoint = f"∂{'Σ' if output.shape else ''}{loss}/∂{pretty(name)}"
        problem = judged(expression, nodes[name], adjoint, points.for_line(expression.names))
        checked.append(CheckedLine(name, adjoint, expression.text, problem))
    return CheckedDerivation(checked)


def no_tensor(given: Any) -> UnsupportedError:
    return UnsupportedError(f"tg.check_derivation(L, lines) takes a Tensor L, but {type(given).__name__} was given.")


def node_called(name: str, output: Tensor) -> Any:
    """The node that a line is for."""
    nodes = leaves_first(output)
    found = [x for x in nodes if x.name == name] or [x for x in nodes if x.name and pretty(x.name) == pretty(name)]
    if len(found) != 1:
        known = ", ".join(sorted({x.name for x in nodes if x.name and x.requires_grad})) or "none; see tg.named"
        count = len(found) or "no"
        raise UnsupportedError(f"{count} nodes of this graph are called {name!r}. The names that it has: {known}.")
    if not found[0].requires_grad:
        raise needs_no_gradient(found[0])
    return found[0]


# ---------------------------------------------------------------------- is it right


def judged(expression: Expression, node: Node, adjoint: str, points: Iterable[Point]) -> str:
    """What is wrong with a line; empty if nothing is."""
    for point in points:
        if unknown := [name for name in expression.names if name not in point.names]:
            expression.evaluate({name: x for name, x in point.names.items() if name not in unknown})
        expected = point.adjoints.get(node, np.zeros(node.shape, node.dtype))
        if problem := compared(expression, point, expected, adjoint):
            return problem if point.is_recorded else problem + at(expression, point)
    return ""


def compared(expression: Expression, point: Point, expected: Any, adjoint: str) -> str:
    """How the line differs from the engine at this point; empty if it does not."""
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(expression.evaluate(point.names))
    except ExpressionError as error:
        return str(error)
    if agree(found, expected):
        return ""
    shapes = f" of shape {found.shape}", f", of shape {np.shape(expected)}"
    given, right = shapes if found.shape not in ((), np.shape(expected)) else ("", "")
    guess = diagnosis(found, expected)
    return f"gives {shown(found)}{given} where {adjoint} is {shown(expected)}{right}" + (f": {guess}" if guess else "")


def agree(found: Any, expected: Any) -> bool:
    """Whether all elements are equal but for rounding; a single number may stand for an array of it."""
    if found.shape not in ((), np.shape(expected)):
        return False
    tolerance = TOLERANCE.get(np.asarray(expected).dtype.itemsize, 1e-7)
    scale = np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))
    return bool(np.allclose(found, expected, rtol=tolerance, atol=tolerance * scale, equal_nan=True))


def diagnosis(found: Any, expected: Any) -> str:
    """What may have gone wrong, from the numbers alone."""
    if found.ndim > 1 and agree(found.T, expected):
        return "it is the transpose"
    for axis in range(found.ndim):
        if agree(found.sum(axis=axis), expected):
            return f"the sum over axis {axis} is missing"
    if found.ndim and agree(found.sum(), expected):
        return "the sum is missing"
    if found.shape != np.shape(expected) or not np.any(expected):
        return ""
    place = np.unravel_index(np.argmax(np.abs(expected)), found.shape)
    ratio = found[place] / np.asarray(expected)[place]
    if not np.isfinite(ratio) or not agree(found, ratio * np.asarray(expected)) or not ratio:
        return ""
    return "the sign is wrong" if np.isclose(ratio, -1) else f"it is {number_text(ratio)} times the right value"


def at(expression: Expression, point: Point) -> str:
    """Where it was computed, if not at the recorded values."""
    values = [f"{name} = {shown(point.names[name])}" for name in expression.names[:MOST_VALUES]]
    return f"\nat the random point {', '.join(values)}" if values else ""


def shown(value: Any) -> str:
    return value_text(value) if np.ndim(value) else number_text(value)
