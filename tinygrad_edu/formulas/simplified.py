"""Derivatives in terms of boxes alone, as short as SymPy finds them (extra ``sympy``), with what has to be assumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

import numpy as np

from ..errors import MissingExtraError, how_to_install
from .atoms import Applied, Atom, Group, MatrixProduct, Power, Symbol, Total
from .normal import INDICES, ZERO, Formula, Term, collected, constant, of
from .shortest import simplest

ELEMENTARY = ("exp", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh")
LONGEST = 120
"""The size up to which a derivative is written in one formula."""
SEARCHED = 40
"""The size up to which SymPy looks for a shorter form, which takes it about a second."""


def sympy() -> Any:
    try:
        import sympy
    except ImportError:
        raise MissingExtraError(
            f"simplify=True needs SymPy, which is not installed: {how_to_install('sympy')}"
        ) from None
    return sympy


def shorter(formula: Formula) -> Formula:
    """The shortest of the formula and what SymPy makes of it; for SymPy, products of matrices and sums are names."""
    formula = simplest(rebuilt(formula, shorter))
    if formula.size > SEARCHED:
        return formula
    names: dict[Atom, Any] = {}
    found = from_sympy(sympy().simplify(to_sympy(formula, names)), {name: atom for atom, name in names.items()})
    return formula if found is None else min(formula, simplest(turned(found)), key=lambda f: f.size)


def turned(formula: Formula) -> Formula:
    """−(y − ŷ) as ŷ − y: a sign goes into a difference."""
    terms: list[Term] = []
    for coefficient, factors in formula.terms:
        difference = next((a for a, e in factors if e == 1 and is_difference(a)), None)
        if coefficient < 0 and isinstance(difference, Group):
            factors = tuple((Group(-difference.inner) if a is difference else a, e) for a, e in factors)
            coefficient = -coefficient
        terms.append((coefficient, factors))
    return collected(terms)


def is_difference(atom: Atom) -> bool:
    return isinstance(atom, Group) and {c > 0 for c, _ in atom.inner.terms} == {True, False}


def assuming(formula: Formula, values: Mapping[Symbol, Any]) -> tuple[Formula, list[Formula]]:
    """The formula with 1 for every sum over data that is 1, and these sums."""
    ones: dict[Formula, None] = {}

    def without(atom: Atom) -> Formula | None:
        if isinstance(atom, Total) and sums_to_one(atom, values):
            ones[of(atom)] = None
            return constant(1)
        return None

    def leaner(part: Formula) -> Formula:
        return simplest(rebuilt(part, leaner, without))

    return leaner(formula), list(ones)


def sums_to_one(total: Total, values: Mapping[Symbol, Any]) -> bool:
    """Whether it adds up one name over axes along which its value is 1 everywhere."""
    name = total.inner.atom
    value = values.get(name) if isinstance(name, Symbol) else None
    if value is None or not np.ndim(value):
        return False
    axes = tuple(INDICES.index(letter) for letter in total.index) or None
    return bool(np.allclose(np.sum(value, axis=axes), 1, rtol=1e-9, atol=0))


def rebuilt(
    formula: Formula, part: Callable[[Formula], Formula] = lambda f: f, replaced: Callable[[Atom], Any] = lambda a: None
) -> Formula:
    """The formula computed once more, with other `part`s inside its atoms, or an atom `replaced`."""
    terms = (
        reduce(mul, (rebuilt_atom(a, part, replaced) ** e for a, e in factors), constant(c))
        for c, factors in formula.terms
    )
    return reduce(add, terms, ZERO)


def rebuilt_atom(atom: Atom, part: Callable[[Formula], Formula], replaced: Callable[[Atom], Any]) -> Formula:
    if (other := replaced(atom)) is not None:
        return other  # type: ignore[no-any-return]
    if isinstance(atom, Group):
        return rebuilt(atom.inner, part, replaced)
    if isinstance(atom, MatrixProduct):
        return part(atom.left) @ part(atom.right)
    if isinstance(atom, Power):
        return part(atom.base) ** part(atom.exponent)
    if isinstance(atom, Total):
        return of(replace(atom, inner=part(atom.inner)))
    return of(replace(atom, arguments=tuple(map(part, atom.arguments)))) if isinstance(atom, Applied) else of(atom)


# ---------------------------------------------------------------------- there and back


def to_sympy(formula: Formula, names: dict[Atom, Any]) -> Any:
    """The formula for SymPy; an atom that it does not know is a name."""
    sp = sympy()
    terms = []
    for coefficient, factors in formula.terms:
        exact = (
            sp.Rational(coefficient.numerator, coefficient.denominator) if isinstance(coefficient, Fraction) else None
        )
        product = sp.sympify(coefficient) if exact is None else exact
        for atom, exponent in factors:
            product *= atom_to_sympy(atom, names) ** exponent
        terms.append(product)
    return sp.Add(*terms)


def atom_to_sympy(atom: Atom, names: dict[Atom, Any]) -> Any:
    sp = sympy()
    if isinstance(atom, Group):
        return to_sympy(atom.inner, names)
    if isinstance(atom, Power):
        return to_sympy(atom.base, names) ** to_sympy(atom.exponent, names)
    if isinstance(atom, Applied) and atom.name in ELEMENTARY and len(atom.arguments) == 1:
        return getattr(sp, atom.name)(to_sympy(atom.arguments[0], names))
    return names.setdefault(atom, sp.Symbol(f"a{len(names)}", real=True))


def from_sympy(expression: Any, atoms: Mapping[Any, Atom]) -> Formula | None:
    """SymPy's expression as a formula, or None if there is something in it that formulas do not have."""
    sp = sympy()
    if expression.is_Symbol:
        return of(atoms[expression])
    if expression.is_Number:
        return number_from_sympy(expression)
    parts = [from_sympy(argument, atoms) for argument in expression.args]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not parts:
        return None
    if expression.is_Add or expression.is_Mul:
        return reduce(add if expression.is_Add else mul, known)
    if expression.is_Pow and not isinstance(expression, sp.exp):
        return known[0] ** known[1]
    name = next((name for name in ELEMENTARY if isinstance(expression, getattr(sp, name))), None)
    if name is None:
        return None
    return known[0].exp() if name == "exp" else of(Applied(name, (known[0],), known[0].ndim, "prefix"))


def number_from_sympy(number: Any) -> Formula | None:
    if number.is_Rational:
        return constant(Fraction(int(number.p), int(number.q)) if number.q != 1 else int(number.p))
    return constant(float(number)) if number.is_Float and number.is_finite else None
