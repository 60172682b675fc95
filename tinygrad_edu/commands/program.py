"""Expressions from the command line: ``"z = w@x + b; y_hat = sigmoid(z); L = -log(y_hat)"``, step by step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import UnsupportedError
from ..expressions import Expression, parse
from ..expressions.allowed import MOST_MADE
from ..expressions.syntax import MOST_CHARACTERS
from ..tensor import Tensor

STEP = re.compile(r"\s*(?:([^\W\d]\w*)\s*=(?!=))?(.*)", re.DOTALL)
OUTPUTS = ("L", "J", "f", "output")


class Program:
    """Expressions between semicolons, each with the name in front of its ``=``; the last one is the output.

    Raises
    ------
    ExpressionError
        If a step is not an expression.
    UnsupportedError
        If the text is too long, or a name is taken twice.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise UnsupportedError(f"The text has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read.")
        self.text = text.strip()
        found = [STEP.fullmatch(part) for part in self.text.rstrip(";").split(";")]
        self.steps: list[tuple[str | None, Expression]] = [(m[1], parse(m[2])) for m in found if m]
        self.named = [name for name, _ in self.steps if name]
        if twice := [name for name in self.named if self.named.count(name) > 1]:
            raise UnsupportedError(f"{twice[0]} is the name of two steps: give one of them another name.")

    def evaluate(self, given: Mapping[str, Any]) -> Any:
        """The output for these values; each step that gives a Tensor has its name."""
        values, made = dict(given), 0
        for name, expression in self.steps:
            result = expression.evaluate(values)
            made += expression.made
            if made > MOST_MADE:
                raise UnsupportedError(f"The steps up to {expression.text[:40]} make more than {MOST_MADE:,} elements.")
            if isinstance(result, Tensor) and result.name is None:
                result.name = name
            if name:
                values[name] = result
        return result

    def graph(self, given: Mapping[str, Tensor]) -> Tensor:
        """The output as a Tensor, named L unless it has a name of its own.

        Raises
        ------
        UnsupportedError
            If a value is given that is not used, or that a step computes, or nothing depends on any value.
        """
        self.refuse(given)
        output = self.evaluate(given)
        if not isinstance(output, Tensor):
            raise UnsupportedError(f"Nothing in {self.text!r} is a value to derive by: give one, as in w=2.")
        taken = {*given, *self.named}
        output.name = output.name or next((name for name in OUTPUTS if name not in taken), None)
        return output

    def refuse(self, given: Mapping[str, Tensor]) -> None:
        if both := [name for name in self.named if name in given]:
            raise UnsupportedError(
                f"{both[0]} is computed by a step, and a value is given for it: leave one of them out."
            )
        used = {name: None for _, expression in self.steps for name in expression.names if name not in self.named}
        if unused := [name for name in given if name not in used]:
            needed = ", ".join(used) or "no names"
            raise UnsupportedError(f"{', '.join(unused)} is given, but the expression uses {needed}.")
