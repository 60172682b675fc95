"""First to fourth derivatives of the smooth functions of numbers, against those that SymPy finds."""

from __future__ import annotations

import numpy as np
import pytest
from test_table import DIFFERENTIABLE, domains, name_of

import tinygrad_edu as tg
from tinygrad_edu import functions, losses
from tinygrad_edu.derivatives import arithmetic
from tinygrad_edu.primitive import TABLE

sp = pytest.importorskip("sympy")

C = sp.sqrt(2 / sp.pi)
FORMS = {
    arithmetic.ratio: lambda a, b: a / b,
    arithmetic.log_or_zero: sp.log,
    np.positive: lambda x: x,
    np.negative: lambda x: -x,
    np.add: lambda a, b: a + b,
    np.subtract: lambda a, b: a - b,
    np.multiply: lambda a, b: a * b,
    np.true_divide: lambda a, b: a / b,
    np.reciprocal: lambda x: 1 / x,
    np.power: lambda a, b: a**b,
    np.square: lambda x: x**2,
    np.sqrt: sp.sqrt,
    np.cbrt: lambda x: x ** sp.Rational(1, 3),
    np.hypot: lambda a, b: sp.sqrt(a**2 + b**2),
    np.absolute: lambda x: x,
    np.maximum: lambda a, b: b,
    np.minimum: lambda a, b: a,
    np.fmax: lambda a, b: b,
    np.fmin: lambda a, b: a,
    np.exp: sp.exp,
    np.exp2: lambda x: 2**x,
    np.expm1: lambda x: sp.exp(x) - 1,
    np.log: sp.log,
    np.log2: lambda x: sp.log(x, 2),
    np.log10: lambda x: sp.log(x, 10),
    np.log1p: lambda x: sp.log(1 + x),
    np.logaddexp: lambda a, b: sp.log(sp.exp(a) + sp.exp(b)),
    **{getattr(np, f): getattr(sp, f) for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{getattr(np, f"arc{f}"): getattr(sp, f"a{f}") for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    np.arctan2: lambda a, b: sp.atan(a / b),
    functions.sigmoid: lambda x: 1 / (1 + sp.exp(-x)),
    functions.relu: lambda x: x,
    functions.leaky_relu: lambda x: x,
    functions.linear: lambda x: x,
    functions.binary_step: lambda x: sp.Integer(1),
    functions.softplus: lambda x: sp.log(1 + sp.exp(x)),
    functions.elu: lambda x: sp.exp(x) - 1,
    functions.gelu: lambda x: x / 2 * (1 + sp.tanh(C * (x + sp.Rational("0.044715") * x**3))),
    functions.silu: lambda x: x / (1 + sp.exp(-x)),
    functions.binary_cross_entropy_of: lambda y, z: sp.log(1 + sp.exp(z)) - y * z,
    losses.clipped: lambda p: p,
}
"""Inside the domain of the row, where pieces such as |x| are smooth."""

ELEMENTWISE = [f for f in DIFFERENTIABLE if f in TABLE and TABLE[f].domain and len(domains(TABLE[f])) < 3]


@pytest.mark.parametrize("function", ELEMENTWISE, ids=name_of)
def test_derivatives_of_orders_one_to_four(function):
    intervals = domains(TABLE[function])
    points = [np.linspace(low, high, 5) for low, high in intervals]
    symbols = sp.symbols("a b", positive=True)[: len(points)]
    for i, symbol in enumerate(symbols):
        tensors = [tg.Tensor(x) for x in points]
        found, form = function(*tensors), FORMS[function](*symbols)
        for order in range(1, 5):
            found, form = tg.gradient(found.sum(), tensors[i]), sp.diff(form, symbol)
            expected = np.broadcast_to(sp.lambdify(symbols, form)(*points), points[0].shape)
            np.testing.assert_allclose(found.numpy(), expected, rtol=1e-8, atol=1e-10, err_msg=f"order {order}")
