"""Sums, products, quotients and powers; absolute values, maxima and choices; and what is locally constant."""

from __future__ import annotations

import math

import numpy as np

from ..primitive import primitive, row

EVERYWHERE = (-3.0, 3.0)
POSITIVE = (0.2, 3.0)

row(np.positive, lambda g, y, x: g, notation=lambda x: x, domain=EVERYWHERE)
row(np.negative, lambda g, y, x: -g, notation=lambda x: -x, domain=EVERYWHERE)
row(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, notation=lambda a, b: a + b, domain=EVERYWHERE)
row(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, notation=lambda a, b: a - b, domain=EVERYWHERE)
row(
    np.multiply,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    notation=lambda a, b: a * b,
    domain=EVERYWHERE,
)
row(
    np.true_divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * y / b,
    notation=lambda a, b: a / b,
    domain=(EVERYWHERE, POSITIVE),
)
row(np.reciprocal, lambda g, y, x: -g * y * y, notation=lambda x: 1 / x, domain=POSITIVE)
row(np.square, lambda g, y, x: g * (2 * x), notation=lambda x: x**2, domain=EVERYWHERE)


@primitive(lambda g, y, x: g * (x != 0) / (x + (x == 0)), notation="ln", domain=POSITIVE, kinks={0.0: 0.0})
def log_or_zero(x):
    """ln x, and 0 at x = 0, where ``0**p`` does not change with p > 0; a Python number stays one."""
    if isinstance(x, (int, float)):
        return math.log(x) if x > 0 else 0.0 if x == 0 else math.nan
    return np.log(np.where(x == 0, 1, x).astype(np.asarray(x).dtype))[()]


row(
    np.power,
    # the exponent p - 1, but not below 0 at p = 0, where the slope is 0 and x**-1 might be infinite
    lambda g, y, x, p: g * (p * x ** (p - (p != 0))),
    lambda g, y, x, p: g * (y * log_or_zero(x)),
    notation=lambda x, p: x**p,
    domain=(POSITIVE, EVERYWHERE),
    kinks="∂/∂x at x = 0 is p·0ᵖ⁻¹ (0 for p = 0); ∂/∂p at x = 0 is 0",
)

for function in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal):
    row(function)
for function in (np.floor_divide, np.floor, np.sign):
    row(function)
row(
    np.absolute,
    lambda g, y, x: g * np.sign(x),
    notation="|{0}|",
    domain=POSITIVE,
    kinks={0.0: 0.0},
)
