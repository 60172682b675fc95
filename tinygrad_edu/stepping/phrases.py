"""What is said about a step: its formula with symbols, and with numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..formulas.atoms import Symbol
from ..formulas.derivation import Derivation, Edge
from ..formulas.normal import Formula
from ..formulas.numbers import number_text, value_text
from ..formulas.substitution import substituted
from ..formulas.text import text
from ..recorder import Recorder

LONGEST = 90


class Phrases:
    """The sentences about one derivation, in its names and values."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        adjoint = derivation.adjoint
        formulas = [(f, leaf.value) for leaf, f in derivation.known.items() if isinstance(leaf, Recorder)]
        formulas += [(derivation.symbol(box), box.value) for box in derivation.names]
        formulas += [(derivation.adjoint_symbol(box), adjoint[box]) for box in derivation.names if box in adjoint]
        self.values = {atom: value for f, value in formulas if isinstance(atom := f.atom, Symbol)}

    def adjoint(self, box: Recorder) -> str:
        return text(self.derivation.adjoint_symbol(box))

    def computed(self, box: Recorder) -> tuple[str, str]:
        """``z = w·x + b`` and ``= 0.1·2 + 0.3 = 0.5``."""
        formula = self.derivation.formula(box)
        return f"{self.derivation.names[box]} = {text(formula)}", self.evaluated(formula, box.value)

    def evaluated(self, formula: Formula, value: Any) -> str:
        """The formula with numbers, unless it has none to show, and its value."""
        symbols, numbers = text(formula), text(substituted(formula, self.values))
        shown = number(value)
        known = numbers in (symbols, shown) or len(numbers) > LONGEST
        return f"= {shown}" if known else f"= {numbers} = {shown}"

    def chained(self, edge: Edge, added: Any, several: bool) -> tuple[str, str]:
        """``∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z`` and ``= −2.11 · 0.249 = −0.525``; of arrays the product that the rule gives."""
        assert edge.derivative is not None
        left = f"{self.adjoint(edge.tail)} {'+=' if several else '='}"
        if edge.head.shape:
            return f"{left} {text(edge.derivative)}", self.evaluated(edge.derivative, added)
        factors = number(self.derivation.adjoint[edge.head]), bracketed(number(edge.value))
        symbols = f"{left} {self.adjoint(edge.head)} · {self.partial(edge)}"
        return symbols, f"= {' · '.join(factors)} = {number(added)}"

    def partial(self, edge: Edge) -> str:
        return f"∂{self.derivation.names[edge.head]}/∂{self.derivation.names[edge.tail]}"

    def local(self, edge: Edge) -> str:
        """``∂ŷ/∂z = ŷ(1 − ŷ) = 0.475(1 − 0.475) = 0.249``, of a number."""
        if edge.head.shape or edge.derivative is None:
            return ""
        symbols = f"{self.partial(edge)} = {text(edge.derivative)}"
        if edge.derivative.number is not None:
            return symbols
        return f"{symbols} {self.evaluated(edge.derivative, edge.value)}"

    @staticmethod
    def running(before: Any, added: Any, total: Any) -> str:
        """``3 + 3 = 6``."""
        if before is None:
            return f"0 + {bracketed(number(added))} = {number(total)}"
        return f"{number(before)} + {bracketed(number(added))} = {number(total)}"

    def moved(self, box: Recorder, before: Any, gradient: Any, after: Any, lr: float) -> tuple[str, str]:
        name = self.derivation.names[box]
        numbers = f"= {number(before)} − {number(lr)}·{bracketed(number(gradient))} = {number(after)}"
        return f"{name} ← {name} − α·{self.adjoint(box)}", numbers

    def compared(self, before: Any, after: Any) -> str:
        """``L is 0.744 before the step, and 0.0276 after it``."""
        name = self.derivation.names[self.derivation.output]
        return f"{name} is {number(before)} before the step, and {number(after)} after it"


def number(value: Any) -> str:
    """A number with three digits, an array with its ends."""
    return value_text(value) if np.ndim(value) else number_text(value)


def bracketed(shown: str) -> str:
    return f"({shown})" if shown.startswith("−") else shown
