"""How a formula is written: what stands beside what, and where brackets are needed. The signs are up to the medium."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .atoms import Applied, Atom, Group, MatrixProduct, Power, Symbol, Total
from .names import is_compound
from .normal import Factors, Formula, Number, Term, has_fractions, symbols


class Piece(NamedTuple):
    """A factor as it is written, with what decides how it is joined to its neighbours."""

    text: str
    kind: str
    ndim: int


class Writer(ABC):
    """Writes formulas in some medium, whose signs a subclass knows."""

    minus: str
    opening: str
    glues: dict[str, str]
    """What stands between two factors, by its look in plain text."""

    @abstractmethod
    def name(self, name: str) -> str:
        """A name that is shown as Unicode writes it, such as ŷ₁."""

    @abstractmethod
    def number(self, x: Any) -> str: ...

    @abstractmethod
    def brackets(self, inner: str) -> str: ...

    @abstractmethod
    def fraction(self, top: str, bottom: str, several: bool) -> str:
        """A quotient; `several` factors below the line need brackets where there is no line."""

    @abstractmethod
    def in_front(self, top: str, bottom: str, several: bool) -> str:
        """A quotient of numbers that stands in front of something long."""

    @abstractmethod
    def power(self, base: str, exponent: str, simple: bool) -> str:
        """A power; an exponent that is not `simple` may need brackets."""

    @abstractmethod
    def total(self, index: str, inner: str) -> str:
        """A sum over an index."""

    @abstractmethod
    def exponential(self, exponent: str) -> str | None:
        """e raised, or None where it is better called exp."""

    @abstractmethod
    def function(self, name: str) -> str:
        """The name of a function."""

    @abstractmethod
    def setting(self, name: str, value: str) -> str: ...

    @abstractmethod
    def template(self, template: str, arguments: Sequence[Formula], settings: dict[str, str]) -> str:
        """The template filled: ``{0}`` is an operand, ``{0:atom}`` asks for brackets unless it is atomic."""

    # ------------------------------------------------------------------ sums and products

    def formula(self, formula: Formula) -> str:
        """The formula on one line."""
        parts = [(c < 0, self.term(-c if c < 0 else c, factors)) for c, factors in ordered(formula)]
        if not parts:
            return "0"
        first = (self.minus if parts[0][0] else "") + parts[0][1]
        return first + "".join(f" {self.minus if negative else '+'} {part}" for negative, part in parts[1:])

    def term(self, coefficient: Number, factors: Factors) -> str:
        above, below = quotient(coefficient)
        up = tuple((a, e) for a, e in factors if e > 0)
        down = tuple((a, -e) for a, e in factors if e < 0)
        if below == 1 and not down:
            return self.product(above, up)
        several = len(down) + (below != 1) > 1 or any(isinstance(a, MatrixProduct) and e == 1 for a, e in down)
        bottom = self.product(below, down)
        if any(is_long(a) for a, _ in up):
            front = self.in_front(self.number(above), bottom, several)
            return front + self.glues[" · "] + self.product(1, up)
        return self.fraction(self.product(above, up), bottom, several)

    def product(self, number: Number, factors: Factors) -> str:
        pieces = [] if number == 1 and factors else [Piece(self.number(number), "number", 0)]
        crowded = sum(atom.ndim > 0 or isinstance(atom, MatrixProduct) for atom, _ in factors) > 1
        last = len(factors) - 1
        pieces += [self.factor(atom, exponent, crowded, i < last) for i, (atom, exponent) in enumerate(factors)]
        joined = pieces[0].text
        for left, right in zip(pieces, pieces[1:]):
            joined += self.glues[glue(left, right)] + right.text
        return joined

    def factor(self, atom: Atom, exponent: int, crowded: bool, followed: bool) -> Piece:
        """A power of an atom; a product of arrays has brackets where it is `crowded`, a sum where it is `followed`."""
        piece = self.piece(atom)
        if isinstance(atom, MatrixProduct) and crowded or isinstance(atom, Total) and followed:
            piece = Piece(self.brackets(piece.text), "group", piece.ndim)
        if exponent == 1:
            return piece
        base = self.base(piece)
        kind = "symbol" if piece.kind == "symbol" else "group"
        return Piece(self.power(base, str(exponent), True), kind, piece.ndim)

    def base(self, piece: Piece) -> str:
        """What is raised to a power."""
        return piece.text if piece.kind in ("symbol", "group", "call") else self.brackets(piece.text)

    # ------------------------------------------------------------------ atoms

    def piece(self, atom: Atom) -> Piece:
        if isinstance(atom, Symbol):
            if is_compound(atom.name) and not atom.adjoint:
                return Piece(self.brackets(self.name(atom.name)), "group", atom.ndim)
            return Piece(self.name(atom.name), "adjoint" if atom.adjoint else "symbol", atom.ndim)
        if isinstance(atom, Group):
            return Piece(self.brackets(self.formula(atom.inner)), "group", atom.ndim)
        if isinstance(atom, MatrixProduct):
            return Piece(self.matrices(atom), "matrix" if atom.ndim else "dot", atom.ndim)
        if isinstance(atom, Power):
            return Piece(self.general_power(atom), "raised", atom.ndim)
        if isinstance(atom, Total):
            return Piece(self.summed(atom), "prefix", atom.ndim)
        return self.applied(atom)

    def bracketed(self, formula: Formula) -> str:
        """The formula in brackets, unless it is one name, number, function or transpose."""
        shown, atom = self.formula(formula), formula.atom
        bare = (
            is_positive(formula)
            or isinstance(atom, Symbol) and not atom.adjoint
            or isinstance(atom, Applied) and atom.name != "exp"
        )  # fmt: skip
        return shown if bare else self.brackets(shown)

    def matrices(self, product: MatrixProduct) -> str:
        left, right = (self.side(f) for f in (product.left, product.right))
        if product.left.ndim == product.right.ndim == 1:
            return left + self.glues["·"] + right
        if right.startswith(self.opening):
            return left + self.glues[""] + right
        adjoint = any(s.adjoint for f in (product.left, product.right) for s in symbols(f))
        return left + self.glues[" · " if adjoint else " "] + right

    def side(self, formula: Formula) -> str:
        """A side of a matrix product: sums and element-wise products need brackets, further products do not."""
        bare = isinstance(formula.atom, (MatrixProduct, Symbol))
        return self.formula(formula) if bare else self.bracketed(formula)

    def general_power(self, power: Power) -> str:
        simple = isinstance(power.exponent.atom, Symbol) or is_positive(power.exponent)
        base = self.base(self.piece(atom)) if (atom := power.base.atom) else self.bracketed(power.base)
        return self.power(base, self.formula(power.exponent), simple)

    def summed(self, total: Total) -> str:
        inner = total.inner.atom
        if isinstance(inner, Symbol) and not is_compound(inner.name):
            return self.total(total.index, self.name(inner.name + total.index))
        shown = self.formula(total.inner)
        return self.total(total.index, self.brackets(shown) if len(total.inner.terms) > 1 else shown)

    def argument(self, formula: Formula) -> str:
        """What stands alone where it is set apart from the rest anyway."""
        return self.name(formula.atom.name) if isinstance(formula.atom, Symbol) else self.formula(formula)

    def applied(self, atom: Applied) -> Piece:
        if atom.style == "template":
            return Piece(self.template(atom.name, atom.arguments, dict(atom.settings)), "call", atom.ndim)
        settings = [self.setting(name, value) for name, value in atom.settings]
        arguments = ", ".join([*map(self.argument, atom.arguments), *settings])
        if atom.name == "exp" and (raised := self.exponential(arguments)):
            return Piece(raised, "raised", atom.ndim)
        name = self.function(atom.name)
        if atom.style == "call" or len(atom.name) == 1:
            return Piece(name + self.brackets(arguments), "call", atom.ndim)
        only = atom.arguments[0].atom if len(atom.arguments) == 1 else None
        simple = isinstance(only, Symbol) and not (only.adjoint or is_compound(only.name)) or is_call(only)
        return Piece(f"{name} {arguments}" if simple else name + self.brackets(arguments), "prefix", atom.ndim)


def ordered(formula: Formula) -> list[Term]:
    """Positive terms first, as in ŷ − y; sums with fractions stay as they were written."""
    terms = list(formula.terms)
    if has_fractions(formula):
        return terms
    return sorted(terms, key=lambda t: t[0] < 0)


def is_positive(formula: Formula) -> bool:
    """Whether it is a number that needs no brackets."""
    return formula.number is not None and formula.number >= 0


def is_long(atom: Atom) -> bool:
    """Whether a fraction line under it would be hard to read, so that 1/n stands in front."""
    if isinstance(atom, Group):
        return has_fractions(atom.inner)
    return isinstance(atom, (MatrixProduct, Total))


def is_call(atom: Atom | None) -> bool:
    """Whether it is a function with its brackets, which needs no further ones: ln σ(z)."""
    return isinstance(atom, Applied) and atom.name != "exp" and (atom.style == "call" or len(atom.name) == 1)


def quotient(coefficient: Number) -> tuple[Number, int]:
    if isinstance(coefficient, Fraction):
        return coefficient.numerator, coefficient.denominator
    return coefficient, 1


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
