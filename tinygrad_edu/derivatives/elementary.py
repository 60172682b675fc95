"""Exponential, logarithms, and the trigonometric and hyperbolic functions."""

from __future__ import annotations

import math

import numpy as np

from ..primitive import row
from .arithmetic import EVERYWHERE, POSITIVE

LN_2 = math.log(2)
LN_10 = math.log(10)
INSIDE = (-1.0, 1.0)
ABOVE_ONE = (1.0, math.inf)

# fmt: off
row(np.exp,   lambda g, y, x: g * y,            notation=lambda x: x.exp(), domain=EVERYWHERE)
row(np.exp2,  lambda g, y, x: g * y * LN_2,     notation="2^{0:atom}",       domain=EVERYWHERE)
row(np.expm1, lambda g, y, x: g * (y + 1),      domain=EVERYWHERE)
row(np.log,   lambda g, y, x: g / x,            notation="ln",   domain=POSITIVE)
row(np.log2,  lambda g, y, x: g / (x * LN_2),   notation="log₂", domain=POSITIVE)
row(np.log10, lambda g, y, x: g / (x * LN_10),  notation="lg",   domain=POSITIVE)
row(np.log1p, lambda g, y, x: g / (1 + x),      notation="ln(1 + {0})", domain=(-1.0, math.inf))
row(
    np.logaddexp,
    lambda g, y, a, b: g * np.exp(a - y),
    lambda g, y, a, b: g * np.exp(b - y),
    domain=EVERYWHERE,
)

row(np.sin,    lambda g, y, x: g * np.cos(x),            notation="sin",    domain=EVERYWHERE)
row(np.cos,    lambda g, y, x: -g * np.sin(x),           notation="cos",    domain=EVERYWHERE)
row(np.tan,    lambda g, y, x: g * (1 + y * y),          notation="tan",    domain=(-math.pi / 2, math.pi / 2))
row(np.arcsin, lambda g, y, x: g / np.sqrt(1 - x * x),   notation="arcsin", domain=INSIDE)
row(np.arccos, lambda g, y, x: -g / np.sqrt(1 - x * x),  notation="arccos", domain=INSIDE)
row(np.arctan, lambda g, y, x: g / (1 + x * x),          notation="arctan", domain=EVERYWHERE)
row(
    np.arctan2,
    lambda g, y, a, b: g * b / (a * a + b * b),
    lambda g, y, a, b: -g * a / (a * a + b * b),
    domain=(EVERYWHERE, POSITIVE),
)

row(np.sinh,    lambda g, y, x: g * np.cosh(x),          notation="sinh",   domain=EVERYWHERE)
row(np.cosh,    lambda g, y, x: g * np.sinh(x),          notation="cosh",   domain=EVERYWHERE)
row(np.tanh,    lambda g, y, x: g * (1 - y * y),         notation="tanh",   domain=EVERYWHERE)
row(np.arcsinh, lambda g, y, x: g / np.sqrt(x * x + 1),  notation="arsinh", domain=EVERYWHERE)
row(np.arccosh, lambda g, y, x: g / np.sqrt(x * x - 1),  notation="arcosh", domain=ABOVE_ONE)
row(np.arctanh, lambda g, y, x: g / (1 - x * x),         notation="artanh", domain=INSIDE)
# fmt: on
