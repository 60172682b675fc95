"""Exponential, logarithms, and the trigonometric and hyperbolic functions."""

from __future__ import annotations

import numpy as np

from ..primitive import row

row(np.exp, lambda g, y, x: g * y, notation=lambda x: x.exp(), domain=(-3, 3))
row(np.log, lambda g, y, x: g / x, notation="ln", domain=(0.2, 3))
row(np.sin, lambda g, y, x: g * np.cos(x), domain=(-3, 3))
row(np.cos, lambda g, y, x: -g * np.sin(x), domain=(-3, 3))
row(np.tanh, lambda g, y, x: g * (1 - y * y), domain=(-3, 3))
