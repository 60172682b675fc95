"""Passes: each makes a program shorter or faster.

They leave every bit of what it computes as it was, except those that sum in another order, which can be switched off.
"""

from __future__ import annotations

from collections.abc import Callable

from ..program import Program
from .algebra import broadcast, shorten, simplify
from .blocks import blocks
from .memory import own, reuse, update
from .sharing import drop, share

Pass = Callable[[Program], int]

PASSES: tuple[Pass, ...] = (simplify, broadcast, simplify, share, shorten, share, drop, own, update, blocks, reuse)
"""In this order; the last one must stay the last, since it fixes what lives where."""

REORDERING: frozenset[Pass] = frozenset({blocks})
"""Those that agree with the function itself only up to rounding."""

WHAT = {
    "simplify": "calls that change no bit, left out",
    "broadcast": "operands stretched by broadcasting, not stored",
    "share": "calls that were made before",
    "shorten": "functions replaced by what they call",
    "drop": "calls that no result depends on",
    "own": "results copied, to be fresh",
    "update": "new values computed in the memory of the old ones",
    "blocks": "calls that run block by block",
    "reuse": "results written into memory that nobody reads any more",
}
"""What the number that each pass gives counts."""
