"""Passes: each makes a program shorter or faster.

They leave every bit of what it computes as it was, except those that sum in another order, which can be switched off.
"""

from __future__ import annotations

from collections.abc import Callable

from ..program import Program
from .algebra import broadcast, floats, numbers, shorten, simplify
from .blocking import blocks
from .logistic import logistic
from .memory import own, reuse
from .products import columns, dot, ones, scale
from .quotients import divide, signs
from .sharing import drop, share
from .updates import update

Pass = Callable[[Program], int]

PASSES: tuple[Pass, ...] = (
    *(shorten, simplify, broadcast, simplify, share, floats),
    *(drop, logistic, columns, signs, divide, dot, ones, scale),
    *(drop, numbers, own, update, blocks, reuse),
)
"""In this order; the last one must stay the last, since it fixes what lives where."""

REORDERING: frozenset[Pass] = frozenset({logistic, columns, signs, divide, dot, ones, scale, blocks})
"""Those that agree with the function itself only up to rounding."""

WHAT = {
    "simplify": "calls that change no bit, left out",
    "broadcast": "operands stretched by broadcasting, not stored",
    "share": "calls that were made before",
    "shorten": "functions replaced by what they call",
    "floats": "whole numbers beside floats, written as floats",
    "logistic": "σ(x), as 1/(1 + exp(−x))",
    "columns": "products with unit vectors, taken out of the matrix",
    "signs": "signs that went into a sum",
    "divide": "products with 1/a, divided by a",
    "dot": "sums of products, written as products",
    "ones": "sums along an axis, written as products with ones",
    "scale": "numbers that a smaller array is multiplied with",
    "drop": "calls that no result depends on",
    "numbers": "0, ½, 1, 2 and 1/n beside small arrays, made arrays once",
    "own": "results copied, to be fresh",
    "update": "new values computed in the memory of the old ones",
    "blocks": "calls that run block by block",
    "reuse": "results written into memory that nobody reads any more",
}
"""What the number that each pass gives counts."""
