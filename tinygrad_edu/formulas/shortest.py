"""The shortest form of a formula: brackets multiplied out, or common factors in front, whichever is less to read."""

from __future__ import annotations

from .atoms import Group
from .normal import Formula, Term, collected, has_fractions, multiplied, term

MOST_TERMS = 40
MOST_ROUNDS = 6


def simplest(formula: Formula) -> Formula:
    """The shortest of the formula as it is, with brackets multiplied out, and with common factors in front.

    So −y(1 − ŷ) + (1 − y)ŷ is ŷ − y, and gy + gx is g(y + x).
    """
    best = formula
    for _ in range(MOST_ROUNDS):
        best = min(best, formula, factored(formula), key=lambda f: f.size)
        longer = collected(t for part in formula.terms for t in distributed(part))
        if longer == formula or len(longer.terms) > MOST_TERMS:
            break
        formula = longer
    return best


def factored(formula: Formula) -> Formula:
    """The factors that all terms share in front of a bracket."""
    if len(formula.terms) < 2:
        return formula
    powers = [dict(factors) for _, factors in formula.terms]
    shared = tuple(
        (atom, least)
        for atom in powers[0]
        if (least := min((p.get(atom, 0) for p in powers), key=abs)) and all(p.get(atom, 0) * least > 0 for p in powers)
    )
    inverse = tuple((atom, -e) for atom, e in shared)
    rest = Formula(tuple((c, multiplied(factors, inverse)) for c, factors in formula.terms))
    return term(1, shared) * rest if shared else formula


def distributed(part: Term) -> tuple[Term, ...]:
    """A term with one bracket multiplied out: first one with fractions in it, which may cancel."""
    coefficient, factors = part
    brackets = [a for a, exponent in factors if isinstance(a, Group) and exponent > 0]
    if not brackets:
        return (part,)
    bracket = next((a for a in brackets if has_fractions(a.inner)), brackets[0])
    rest = multiplied(factors, ((bracket, -1),))
    return tuple((coefficient * c, multiplied(f, rest)) for c, f in bracket.inner.terms)
