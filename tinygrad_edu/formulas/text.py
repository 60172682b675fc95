"""A formula as plain text: ``−y/ŷ + (1 − y)/(1 − ŷ)``, ``Xᵀ · ∂L/∂z``, ``ŷ(1 − ŷ)``."""

from __future__ import annotations

import string
from fractions import Fraction
from typing import NamedTuple

from .atoms import Applied, Atom, Group, MatrixProduct, Power, Symbol, Total
from .names import superscript
from .normal import Factors, Formula, Number, Term, has_fractions
from .numbers import typed_text


def text(formula: Formula) -> str:
    """The formula on one line."""
    parts = [(c < 0, term_text(-c if c < 0 else c, factors)) for c, factors in ordered(formula)]
    if not parts:
        return "0"
    first = ("−" if parts[0][0] else "") + parts[0][1]
    return first + "".join((" − " if negative else " + ") + part for negative, part in parts[1:])


def ordered(formula: Formula) -> list[Term]:
    """Positive terms first, as in ŷ − y; sums with fractions stay as they were written."""
    terms = list(formula.terms)
    if has_fractions(formula):
        return terms
    return sorted(terms, key=lambda t: t[0] < 0)


def term_text(coefficient: Number, factors: Factors) -> str:
    above, below = quotient(coefficient)
    top = product_text(above, tuple((a, e) for a, e in factors if e > 0))
    down = tuple((a, -e) for a, e in factors if e < 0)
    bottom = product_text(below, down)
    if bottom == "1":
        return top
    if len(down) + (below != 1) > 1:
        bottom = f"({bottom})"
    if any(is_long(a) for a, e in factors if e > 0):
        return f"(1/{bottom}) · {top}" if above == 1 else f"({typed_text(above)}/{bottom}) · {top}"
    return f"{top}/{bottom}"


def is_long(atom: Atom) -> bool:
    """Whether a fraction line under it would be hard to read, so that 1/n stands in front."""
    if isinstance(atom, Group):
        return has_fractions(atom.inner)
    return isinstance(atom, (MatrixProduct, Total))


def quotient(coefficient: Number) -> tuple[Number, int]:
    if isinstance(coefficient, Fraction):
        return coefficient.numerator, coefficient.denominator
    return coefficient, 1


class Piece(NamedTuple):
    """A factor as text, with what decides how it is joined to its neighbours."""

    text: str
    kind: str
    ndim: int


def product_text(number: Number, factors: Factors) -> str:
    pieces = [] if number == 1 and factors else [Piece(typed_text(number), "number", 0)]
    crowded = sum(atom.ndim > 0 for atom, _ in factors) > 1
    pieces += [factor_piece(atom, exponent, crowded) for atom, exponent in factors]
    joined = pieces[0].text
    for left, right in zip(pieces, pieces[1:]):
        joined += glue(left, right) + right.text
    return joined


def factor_piece(atom: Atom, exponent: int, crowded: bool) -> Piece:
    """A power of an atom; a matrix product stands in brackets where it is `crowded` by other arrays."""
    piece = atom_piece(atom)
    if piece.kind == "matrix" and crowded:
        piece = Piece(f"({piece.text})", "group", piece.ndim)
    if exponent == 1:
        return piece
    base = piece.text if piece.kind in ("symbol", "group", "call") else f"({piece.text})"
    return Piece(base + (superscript(str(exponent)) or ""), "symbol" if piece.kind == "symbol" else "group", piece.ndim)


def glue(left: Piece, right: Piece) -> str:
    """How two factors stand side by side."""
    kinds = {left.kind, right.kind}
    if "adjoint" in kinds:
        return " ⊙ " if left.ndim and right.ndim else " · "
    if left.ndim and right.ndim and max(left.ndim, right.ndim) > 1:
        return " ⊙ "
    if "matrix" in kinds or left.kind == "prefix":
        return " · "
    if right.kind == "prefix":
        return " "
    if left.kind == "number":
        return "·" if right.text[0].isdigit() else ""
    return "" if right.kind == "group" and left.kind in ("symbol", "group") else "·"


def atom_piece(atom: Atom) -> Piece:
    if isinstance(atom, Symbol):
        return Piece(atom.name, "adjoint" if atom.adjoint else "symbol", atom.ndim)
    if isinstance(atom, Group):
        return Piece(f"({text(atom.inner)})", "group", atom.ndim)
    if isinstance(atom, MatrixProduct):
        return Piece(matrix_text(atom), "matrix" if atom.ndim else "symbol", atom.ndim)
    if isinstance(atom, Power):
        return Piece(power_text(atom), "call", atom.ndim)
    if isinstance(atom, Total):
        return Piece(total_text(atom), "prefix", atom.ndim)
    return applied_piece(atom)


def bracketed(formula: Formula) -> str:
    """The formula in brackets, unless it is one name, function or transpose."""
    shown = text(formula)
    atom = formula.atom
    if isinstance(atom, Symbol) and not atom.adjoint or isinstance(atom, Applied) and not shown.startswith("exp"):
        return shown
    return shown if formula.number is not None and not shown.startswith("−") else f"({shown})"


def matrix_text(product: MatrixProduct) -> str:
    sides = [side_text(f) for f in (product.left, product.right)]
    if product.left.ndim == product.right.ndim == 1:
        return "·".join(sides)
    if sides[1].startswith("("):
        return "".join(sides)
    return (" · " if any("∂" in s for s in sides) else " ").join(sides)


def side_text(formula: Formula) -> str:
    """A side of a matrix product: sums and element-wise products need brackets, further products do not."""
    atom = formula.atom
    if isinstance(atom, MatrixProduct) or isinstance(atom, Symbol):
        return text(formula)
    return bracketed(formula)


def power_text(power: Power) -> str:
    base = bracketed(power.base)
    raised = superscript(text(power.exponent))
    return base + raised if raised else f"{base}^{bracketed(power.exponent)}"


def total_text(total: Total) -> str:
    inner = total.inner.atom
    if isinstance(inner, Symbol):
        return f"Σ{total.index} {inner.name}{total.index}"
    shown = text(total.inner)
    return f"Σ{total.index} ({shown})" if len(total.inner.terms) > 1 else f"Σ{total.index} {shown}"


def applied_piece(atom: Applied) -> Piece:
    if atom.style == "template":
        return Piece(TemplateText().format(atom.name, *atom.arguments, **dict(atom.settings)), "call", atom.ndim)
    arguments = ", ".join([*(text(f) for f in atom.arguments), *(f"{k}={v}" for k, v in atom.settings)])
    if atom.name == "exp" and (raised := superscript(arguments)) and len(raised) <= 4:
        return Piece("e" + raised, "call", atom.ndim)
    simple = len(atom.arguments) == 1 and isinstance(atom.arguments[0].atom, Symbol) and "∂" not in arguments
    if atom.style == "call" or len(atom.name) == 1:
        return Piece(f"{atom.name}({arguments})", "call", atom.ndim)
    return Piece(f"{atom.name} {arguments}" if simple else f"{atom.name}({arguments})", "prefix", atom.ndim)


class TemplateText(string.Formatter):
    """Fills a notation template: ``{0}`` is an operand, ``{0:atom}`` asks for brackets unless it is atomic.

    ``{0:hidden}`` leaves it out: the number of elements of x is n, whatever x is.
    """

    def format_field(self, value: object, specification: str) -> str:
        if specification == "hidden":
            return ""
        if isinstance(value, Formula):
            return bracketed(value) if specification == "atom" else text(value)
        return str(value)
