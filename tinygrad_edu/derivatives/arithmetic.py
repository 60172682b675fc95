"""Sums, products, quotients, powers and roots."""

from __future__ import annotations

import math

import numpy as np

from ..primitive import primitive, row

EVERYWHERE = (-math.inf, math.inf)
POSITIVE = (0.0, math.inf)
NEGATIVE = (-math.inf, 0.0)


@primitive(
    lambda g, y, a, b: ratio(g, b),
    lambda g, y, a, b: -ratio(g * y, b),
    notation=lambda a, b: a / b,
    domain=(EVERYWHERE, POSITIVE),
    kinks="0/0 is 0",
)
def ratio(a, b):
    """a/b with 0/0 = 0, for rules at points where the function is finite: what does not arrive is not made NaN."""
    return a / (b + (a == 0) * (b == 0))


@primitive(lambda g, y, x: g * (x != 0) / (x + (x == 0)), notation="ln", domain=POSITIVE, kinks={0.0: 0.0})
def log_or_zero(x):
    """ln x, and 0 at x = 0, where ``0**p`` does not change with p > 0; a Python number stays one."""
    if type(x) in (int, float):
        return math.log(x) if x > 0 else 0.0 if x == 0 else math.nan
    return np.log(np.where(x == 0, 1, x).astype(np.asarray(x).dtype))[()]


# ------------------------------------------------------------------ sums, products, quotients

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

# ------------------------------------------------------------------ powers and roots

row(
    np.power,
    # the exponent p - 1, but not below 0 at p = 0, where the slope is 0 and x**-1 might be infinite
    lambda g, y, x, p: g * (p * x ** (p - (p != 0))),
    lambda g, y, x, p: g * (y * log_or_zero(x)),
    notation=lambda x, p: x**p,
    domain=(POSITIVE, EVERYWHERE),
    kinks="∂/∂x at x = 0 is p·0ᵖ⁻¹ (0 for p = 0); ∂/∂p at x = 0 is 0",
)
row(np.square, lambda g, y, x: g * (2 * x), notation=lambda x: x**2, domain=EVERYWHERE)
row(
    np.sqrt,
    lambda g, y, x: ratio(g, 2 * y),
    notation="√{0:atom}",
    domain=POSITIVE,
    kinks={0.0: math.inf},
)
row(
    np.cbrt,
    lambda g, y, x: ratio(g, 3 * y * y),
    notation="∛{0:atom}",
    domain=POSITIVE,
    kinks={0.0: math.inf},
)
row(
    np.hypot,
    lambda g, y, a, b: ratio(g * a, y),
    lambda g, y, a, b: ratio(g * b, y),
    domain=POSITIVE,
    kinks="at (0, 0) both derivatives are 0",
)
