"""Formulas in one normal form: a sum of terms, each a coefficient times atoms with integer exponents.

Equal terms collect, equal atoms multiply into powers and cancel, numeric and scalar factors move out of
linear maps, and nothing is distributed (`shortest` tries that).
The table's notation combines formulas with ordinary operators: ``lambda a, b: a + b``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from .atoms import Applied, Atom, Group, MatrixProduct, Power, Symbol, Total, atom_size, parts_of

Number = int | float | Fraction


Factors = tuple[tuple[Atom, int], ...]
Term = tuple[Number, Factors]


@dataclass(frozen=True, eq=False)
class Formula:
    """A sum of terms, in the order in which they were written. No terms at all is 0.

    Two formulas are equal if they have the same terms and factors, in whatever order.
    """

    terms: tuple[Term, ...]

    @cached_property
    def identity(self) -> frozenset[tuple[Number, frozenset[tuple[Atom, int]]]]:
        return frozenset((c, frozenset(factors)) for c, factors in self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.identity == other.identity

    @cached_property
    def _hash(self) -> int:
        return hash(self.identity)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def ndim(self) -> int:
        return max((atom.ndim for _, factors in self.terms for atom, _ in factors), default=0)

    @cached_property
    def size(self) -> int:
        """How much there is to read: signs, numbers and names."""
        return sum((abs(c) != 1) + sum(atom_size(a) + (e != 1) for a, e in f) + (not f) for c, f in self.terms)

    @property
    def number(self) -> Number | None:
        """The value, if this is a plain number."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and not self.terms[0][1]:
            return self.terms[0][0]
        return None

    @property
    def atom(self) -> Atom | None:
        """The atom, if this is one and nothing else."""
        if len(self.terms) == 1 and self.terms[0][0] == 1 and len(self.terms[0][1]) == 1:
            atom, exponent = self.terms[0][1][0]
            return atom if exponent == 1 else None
        return None

    def __add__(self, other: Formula) -> Formula:
        return collected((*self.terms, *other.terms))

    def __neg__(self) -> Formula:
        return Formula(tuple((-c, factors) for c, factors in self.terms))

    def __sub__(self, other: Formula) -> Formula:
        return self + -other

    def __mul__(self, other: Formula) -> Formula:
        (a, left), (b, right) = single_term(self), single_term(other)
        if b == -1 and not right:
            return -self  # a sign goes into the brackets, a number does not
        if a == -1 and not left:
            return -other
        return opened(a * b, multiplied(left, right))

    def __truediv__(self, other: Formula) -> Formula:
        return self * other**-1

    def __rtruediv__(self, number: int) -> Formula:
        return constant(number) / self

    def __rmul__(self, number: int) -> Formula:
        return constant(number) * self

    def __pow__(self, exponent: Formula | int) -> Formula:
        power = exponent if isinstance(exponent, int) else exponent.number
        if power is not None and power == int(power):
            return whole_power(self, int(power))
        if power is not None and Fraction(power) == Fraction(1, 2):
            return of(Applied("√{0:atom}", (self,), self.ndim, "template"))
        assert isinstance(exponent, Formula)
        return of(Power(self, exponent))

    def __matmul__(self, other: Formula) -> Formula:
        (a, left), (b, right) = scalars_outside(self), scalars_outside(other)
        if not left.terms or not right.terms:
            return ZERO
        return a * b * of(MatrixProduct(left, right))

    @property
    def T(self) -> Formula:
        """The transpose, in which scalars move out; a vector is written with ᵀ too."""
        outside, inner = scalars_outside(self)
        if isinstance(atom := inner.atom, Applied) and atom.name == TRANSPOSED:
            return outside * atom.arguments[0]
        return outside * of(Applied(TRANSPOSED, (inner,), 2, "template"))

    def applied(self, name: str, style: str = "prefix") -> Formula:
        """The function called `name` of this formula: ln x, or with brackets as a ``"call"``."""
        return of(Applied(name, (self,), self.ndim, style))

    def exp(self) -> Formula:
        """e to this power, which takes a logarithm back."""
        atom = self.atom
        if isinstance(atom, Applied) and atom.name == "ln":
            return atom.arguments[0]
        return of(Applied("exp", (self,), self.ndim))

    def sum(self, axis: int | tuple[int, ...] | None = None) -> Formula:
        """``Σ self``: with an index for each axis that is summed over, without one where all of them are."""
        axes = axis if isinstance(axis, tuple) else () if axis is None else (axis,)
        outside, inner = scalars_outside(self)
        index = "".join(INDICES[a % max(inner.ndim, 1) % len(INDICES)] for a in axes)
        return outside * of(Total(inner, index, inner.ndim - len(axes) if axes else 0))

    def sum_to(self, shape: tuple[int, ...], given: tuple[int, ...]) -> Formula:
        """``Σ self`` over the axes along which a value of this shape was stretched to the one that is `given`."""
        extra = len(given) - len(shape)
        return self.sum((*range(extra), *(extra + i for i, n in enumerate(shape) if n == 1 != given[extra + i])))


INDICES = "ᵢⱼₖ"
TRANSPOSED = "{0:atom}ᵀ"
ZERO = Formula(())


def of(atom: Atom) -> Formula:
    return Formula(((1, ((atom, 1),)),))


def term(coefficient: Number, factors: Factors) -> Formula:
    return Formula(((coefficient, factors),)) if coefficient else ZERO


def opened(coefficient: Number, factors: Factors) -> Formula:
    """The term, or the sum in its bracket if there is nothing else."""
    if len(factors) == 1 and isinstance(factors[0][0], Group) and factors[0][1] == 1 and abs(coefficient) == 1:
        inner = factors[0][0].inner
        return inner if coefficient == 1 else -inner
    return term(coefficient, factors)


def constant(number: Number) -> Formula:
    return term(number, ())


def symbol(name: str, ndim: int = 0, adjoint: bool = False, key: int = 0) -> Formula:
    return of(Symbol(name, ndim, adjoint, key))


def collected(terms: Iterable[Term]) -> Formula:
    """The sum with equal terms added up; each stands where it came first."""
    sums: dict[frozenset[tuple[Atom, int]], Term] = {}
    for coefficient, factors in terms:
        key = frozenset(factors)
        known = sums.get(key)
        sums[key] = (coefficient, factors) if known is None else (known[0] + coefficient, known[1])
    return Formula(tuple(t for t in sums.values() if t[0]))


def single_term(formula: Formula) -> Term:
    """The formula as one term: a sum becomes a bracket, from which a sign moves out: −1 + y is −(1 − y)."""
    if not formula.terms:
        return (0, ())
    if len(formula.terms) == 1:
        return formula.terms[0]
    first, factors = formula.terms[0]
    if first < 0 and (not factors or all(c < 0 for c, _ in formula.terms)):
        return (-1, ((Group(-formula), 1),))
    return (1, ((Group(formula), 1),))


def multiplied(left: Factors, right: Factors) -> Factors:
    """The product of atoms: exponents of equal ones add up, and vanish at 0."""
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return tuple((a, e) for a, e in exponents.items() if e)


def whole_power(base: Formula, exponent: int) -> Formula:
    coefficient, factors = single_term(base)
    if exponent < 0 and isinstance(coefficient, int):
        coefficient = Fraction(coefficient)
    if not coefficient and exponent < 0:
        return of(Applied("1/{0}", (ZERO,), 0, "template"))  # said, not raised: it may never be evaluated
    return term(coefficient**exponent, tuple((a, e * exponent) for a, e in factors) if exponent else ())


def scalars_outside(formula: Formula) -> tuple[Formula, Formula]:
    """Split off the numbers and scalar symbols that a linear map lets through."""
    coefficient, factors = single_term(formula)
    if len(factors) == 1 and isinstance(factors[0][0], Group):
        return constant(coefficient), factors[0][0].inner
    outside = tuple(f for f in factors if f[0].ndim == 0)
    inside = tuple(f for f in factors if f[0].ndim)
    if not inside:
        return constant(coefficient), term(1, outside)
    return term(coefficient, outside), opened(1, inside)


def symbols(formula: Formula) -> Iterator[Symbol]:
    """Every symbol in the formula, as often as it occurs."""
    for _, factors in formula.terms:
        for atom, _ in factors:
            if isinstance(atom, Symbol):
                yield atom
            for inner in parts_of(atom):
                yield from symbols(inner)


def has_fractions(formula: Formula) -> bool:
    return any(exponent < 0 for _, factors in formula.terms for _, exponent in factors)
