"""What terms of a formula are made of: names, brackets, powers, products of matrices, sums over an index, functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .normal import Formula


@dataclass(frozen=True)
class Symbol:
    """A name. `adjoint` marks ∂L/∂z, which is set apart in products; `key` tells equal names apart."""

    name: str
    ndim: int = 0
    adjoint: bool = False
    key: int = 0


@dataclass(frozen=True)
class Group:
    """A sum in brackets, as a factor."""

    inner: Formula

    @property
    def ndim(self) -> int:
        return self.inner.ndim


@dataclass(frozen=True)
class MatrixProduct:
    left: Formula
    right: Formula

    @property
    def ndim(self) -> int:
        return max(self.left.ndim + self.right.ndim - 2, 0)


@dataclass(frozen=True)
class Power:
    """A power whose exponent is not a whole number."""

    base: Formula
    exponent: Formula

    @property
    def ndim(self) -> int:
        return max(self.base.ndim, self.exponent.ndim)


@dataclass(frozen=True)
class Total:
    """A sum over an index, ``Σᵢ inner``; without an index over everything."""

    inner: Formula
    index: str
    ndim: int


@dataclass(frozen=True)
class Applied:
    """A function of formulas. `style` is ``call`` f(x), ``prefix`` ln x, or ``template`` |{0}|."""

    name: str
    arguments: tuple[Formula, ...]
    ndim: int
    style: str = "call"
    settings: tuple[tuple[str, str], ...] = ()


Atom = Symbol | Group | MatrixProduct | Power | Total | Applied


def parts_of(atom: Atom) -> tuple[Formula, ...]:
    """The formulas inside an atom."""
    if isinstance(atom, (Group, Total)):
        return (atom.inner,)
    if isinstance(atom, MatrixProduct):
        return (atom.left, atom.right)
    if isinstance(atom, Power):
        return (atom.base, atom.exponent)
    return atom.arguments if isinstance(atom, Applied) else ()


def atom_size(atom: Atom) -> int:
    return isinstance(atom, (Symbol, Total, Applied)) + sum(f.size for f in parts_of(atom))
