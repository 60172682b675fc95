"""A function beside its program: every variable must be what it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from ..nested import leaves
from .blockwise import Block
from .program import Program, Statement, Variable
from .recording import Recording, captured, one_at_a_time, record
from .tracing import value_of


class Comparison:
    """Records a function anew, and runs its program statement by statement."""

    def __init__(
        self,
        f: Callable[..., Any],
        recording: Recording,
        program: Program,
        found: dict[Any, Any],
        called: dict[Variable, str],
        exactly: bool,
    ) -> None:
        self.f = f
        self.recording = recording
        self.program = program
        self.called = called
        self.exactly = exactly
        self.number = {found[x]: i for i, x in enumerate(recording.operations) if isinstance(found[x], Variable)}
        """Which recorded operation each variable stands for."""

    def expected(self, args: Any, kwargs: Any, inputs: Sequence[Any]) -> list[Any]:
        """What the function itself gives.

        Raises
        ------
        AssertionError
            If a variable of the program, given `inputs`, is not what the function computes.
        """
        with one_at_a_time:
            recording = record(self.f, args, kwargs, repeat(None))
        captured(self.recording, recording)
        for x, value in zip(self.program.inputs, inputs):
            x.value = value.copy(order="K") if isinstance(value, np.ndarray) else value
        for s in self.program.statements:
            run(s)
            for x in computed(s):
                if x in self.number:
                    self.compare(self.called[x], [recording.operations[self.number[x]].value], [x.value])
        return [value_of(x) for x in leaves(recording.result)]

    def compare(self, name: str, expected: Sequence[Any], found: Sequence[Any]) -> None:
        for a, b in zip(expected, found):
            if not agree(np.asarray(a), np.asarray(b), self.exactly):
                raise AssertionError(f"In the compiled program, {name} is {b!r}; the function itself gives {a!r}.")


def run(s: Statement) -> None:
    """Compute what a statement gives, in the memory where the program computes it."""
    if s.into is None or s.ufunc is None:
        s.evaluate()
    else:
        s.target.value = s.ufunc(*map(value_of_variable, s.args), out=s.into.value)


def computed(s: Statement) -> list[Variable]:
    """The variables that are complete after the statement: a block fills those that were made empty before it."""
    return [] if s.function is np.empty else [s.target, *s.used] if isinstance(s.function, Block) else [s.target]


def value_of_variable(x: Any) -> Any:
    return x.value if isinstance(x, Variable) else x


def agree(a: Any, b: Any, exactly: bool) -> bool:
    """Whether two arrays are the same bit by bit, or up to rounding: to half of the digits of the largest element.

    Numbers too small for all their digits count as 0 then.
    """
    if exactly or a.dtype.kind != "f":
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    precision = float(np.finfo(a.dtype).eps) ** 0.5
    least = 2 * float(np.finfo(a.dtype).tiny)
    largest = float(np.max(np.abs(a), initial=0, where=np.isfinite(a)))
    is_alike = (a.dtype, a.shape) == (b.dtype, b.shape)
    return is_alike and bool(np.allclose(a, b, precision, precision * largest + least, equal_nan=True))
