"""A formula with the numbers in the places of the names: ``0.475(1 − 0.475)`` for ``ŷ(1 − ŷ)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .atoms import Applied, Atom, Group, MatrixProduct, Power, Symbol, Total
from .normal import Formula, Term
from .numbers import value_text

Values = Mapping[Symbol, Any]
MOST_NUMBERS = 4


def substituted(formula: Formula, values: Values) -> Formula:
    """The same terms with small values for names; large arrays keep their names, and what a Σ runs over keeps it."""
    return Formula(tuple(with_numbers(term, values, first=not i) for i, term in enumerate(formula.terms)))


def with_numbers(term: Term, values: Values, first: bool) -> Term:
    coefficient, factors = term
    alone = [first and not i and coefficient == exponent == 1 for i, (_, exponent) in enumerate(factors)]
    return coefficient, tuple((replaced(a, values, bare), e) for (a, e), bare in zip(factors, alone))


def replaced(atom: Atom, values: Values, alone: bool) -> Atom:
    """The atom with numbers; a negative one stands in brackets unless it stands `alone`."""
    if isinstance(atom, Symbol):
        return numbered(atom, values, alone)
    if isinstance(atom, Group):
        return Group(substituted(atom.inner, values))
    if isinstance(atom, MatrixProduct):
        return MatrixProduct(substituted(atom.left, values), substituted(atom.right, values))
    if isinstance(atom, Power):
        return Power(substituted(atom.base, values), substituted(atom.exponent, values))
    if isinstance(atom, Total):
        return atom if atom.index else replace(atom, inner=substituted(atom.inner, values))
    return replace(atom, arguments=tuple(argument(f, values, atom) for f in atom.arguments))


def numbered(name: Symbol, values: Values, alone: bool) -> Symbol:
    value = values.get(name)
    if value is None or np.ndim(value) > 1 or np.size(value) > MOST_NUMBERS:
        return name
    shown = value_text(np.ravel(value)[0] if np.size(value) == 1 else value)
    return replace(name, name=shown if alone or not shown.startswith("−") else f"({shown})")


def argument(formula: Formula, values: Values, function: Applied) -> Formula:
    """An argument of a function: where the function writes no brackets of its own, a negative number has them."""
    if not isinstance(formula.atom, Symbol):
        return substituted(formula, values)
    bare = function.style == "call" or function.style == "prefix" and len(function.name) == 1
    return Formula(((1, ((numbered(formula.atom, values, bare), 1),)),))
