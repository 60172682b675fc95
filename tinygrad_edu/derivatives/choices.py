"""Absolute value, maxima, minima and choices: smooth but for kinks, whose conventions stand in the rows."""

from __future__ import annotations

import math

import numpy as np

from ..primitive import composed, primitive, row
from .arithmetic import NEGATIVE, POSITIVE

SHARED = "where both are equal, each takes half"

row(np.absolute, lambda g, y, x: g * np.sign(x), notation="|{0}|", domain=POSITIVE, kinks={0.0: 0.0})
row(
    np.maximum,
    lambda g, y, a, b: g * (a > b) + g * (a == b) * 0.5,
    lambda g, y, a, b: g * (b > a) + g * (a == b) * 0.5,
    notation="max({0}, {1})",
    domain=(NEGATIVE, POSITIVE),
    kinks=SHARED,
)
row(
    np.minimum,
    lambda g, y, a, b: g * (a < b) + g * (a == b) * 0.5,
    lambda g, y, a, b: g * (b < a) + g * (a == b) * 0.5,
    notation="min({0}, {1})",
    domain=(NEGATIVE, POSITIVE),
    kinks=SHARED,
)
for function in (np.fmax, np.fmin):  # y is the operand that is a number, where the other one is NaN
    row(
        function,
        lambda g, y, a, b: g * (a == y) - g * (a == b) * 0.5,
        lambda g, y, a, b: g * (b == y) - g * (a == b) * 0.5,
        domain=(NEGATIVE, POSITIVE),
        kinks=SHARED,
    )


@primitive(
    lambda g, y, x, low, high: g * (x == y),
    lambda g, y, x, low, high: g * (x < y),
    lambda g, y, x, low, high: g * (x > y),
    domain=((-1.0, 1.0), (-math.inf, -1.0), (1.0, math.inf)),
    kinks="at a bound the gradient goes to x",
)
def clip(x, low, high):
    """x held between `low` and `high`; None is no bound."""
    return np.clip(x, low, high)


@composed(np.clip)
def clip_as_numpy_spells_it(a, a_min=None, a_max=None, *, min=None, max=None):
    return clip(a, min if a_min is None else a_min, max if a_max is None else a_max)


row(
    np.where,
    None,
    lambda g, y, condition, a, b: np.where(condition, g, 0),
    lambda g, y, condition, a, b: np.where(condition, 0, g),
    kinks="the choice itself has no derivative; the branch not taken gets exactly 0",
)
