"""The battery: every row of the table of derivatives over shapes, dtypes, readings and orders."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from samples import SAMPLES, Call

import tinygrad_edu as tg
from tinygrad_edu import functions, losses
from tinygrad_edu.backward import graph, sweep
from tinygrad_edu.derivatives import arithmetic, choices, norms
from tinygrad_edu.primitive import COMPOSED, TABLE, Row
from tinygrad_edu.recorder import Recorder

SHAPES = {
    1: [((2, 2),), ((),), ((0, 3),)],
    2: [((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2,)), ((2,), ()), ((0, 3), (3,))],
    3: [((2, 3), (3,), ()), ((), (), ())],
}
OURS = [f for f in (*TABLE, *COMPOSED) if getattr(f, "__module__", "numpy").split(".")[0] in ("numpy", "tinygrad_edu")]
DIFFERENTIABLE = [f for f in OURS if f in COMPOSED or TABLE[f].rules]
SHAPE_QUESTIONS = (np.shape, np.ndim, np.size)


def name_of(function: Any) -> str:
    return TABLE[function].name if function in TABLE else Row(function).name


def domains(row: Row) -> list[Any]:
    """The domain of each operand; a row may have one for all."""
    return list(row.domain) if isinstance(row.domain[0], tuple) else [row.domain] * row.arity


def elementwise_calls(function: Callable[..., Any], row: Row) -> Iterator[Call]:
    rng = np.random.default_rng(0)
    for operand_shapes in SHAPES[row.arity]:
        yield function, *(rng.uniform(low, high, s) for (low, high), s in zip(domains(row), operand_shapes))


def sample_calls(function: Callable[..., Any]) -> list[Call]:
    row = TABLE.get(function)
    return list(elementwise_calls(function, row)) if row and row.domain else SAMPLES[function]


every_function = pytest.mark.parametrize("function", [f for f in DIFFERENTIABLE if f not in SHAPE_QUESTIONS], ids=name_of)


def like(y: Any, seed: int = 1) -> Any:
    return np.random.default_rng(seed).normal(size=np.shape(y)).astype(y.dtype)


@every_function
def test_first_and_second_derivatives_agree_with_central_differences(function):
    for f, *operands in sample_calls(function):
        tg.gradcheck(f, *operands, order=2)


@every_function
def test_the_readings_agree(function):
    for f, *operands in sample_calls(function):
        tensors, recorders = [tg.Tensor(x) for x in operands], [Recorder(x) for x in operands]
        y, recorded = f(*tensors), f(*recorders)
        g = like(y)
        y.backward(g)
        nodes = tg.gradient(y, tensors, seed=g)
        adjoints = dict(sweep(recorded, Recorder(g), graph))
        for x, node, r in zip(tensors, nodes, recorders):
            assert type(x.grad) is type(x.numpy()) and x.grad.shape == x.shape
            np.testing.assert_array_equal(x.grad, node.numpy(), err_msg=str(f))
            np.testing.assert_array_equal(x.grad, adjoints[r].value, err_msg=str(f))


@every_function
def test_the_pullback_of_the_pullback_is_the_directional_derivative(function):
    for f, *operands in sample_calls(function):
        tensors = [tg.Tensor(x) for x in operands]
        y = f(*tensors)
        v = tg.Tensor(like(y))
        pulled = tg.gradient((y * v).sum(), tensors)
        directions = [like(x, seed=2) for x in tensors]
        tangent = tg.gradient(sum((p * u).sum() for p, u in zip(pulled, directions)), v)
        h = 1e-6
        ahead, behind = (f(*(x + s * u for x, u in zip(operands, directions))) for s in (h, -h))
        np.testing.assert_allclose(tangent.numpy(), (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-7, err_msg=str(f))


@every_function
def test_values_are_those_of_numpy_bit_for_bit(function):
    for f, *operands in sample_calls(function):
        for dtype in (np.float64, np.float32):
            arrays = [x.astype(dtype) for x in map(np.asarray, operands)]
            expected, found = f(*(x[()] for x in arrays)), f(*map(tg.Tensor, arrays)).numpy()
            assert found.dtype == expected.dtype and found.shape == expected.shape
            if f in (np.dot, np.inner):  # with more than two axes NumPy multiplies vector by vector, not as matrices
                np.testing.assert_allclose(found, expected, rtol=16 * np.finfo(dtype).eps)
            else:
                assert found.tobytes() == expected.tobytes(), str(f)


@every_function
@pytest.mark.filterwarnings("ignore:overflow")
def test_float32_stays_float32(function):
    for f, *operands in sample_calls(function):
        if f is not function or name_of(function) == "astype":
            continue
        tensors = [tg.Tensor(np.asarray(x, dtype=np.float32)) for x in operands]
        y = f(*tensors)
        g = like(y)
        for rule in y.pullbacks:
            assert rule(g, *y.record).dtype == np.float32
        y.backward(g)
        for x, node in zip(tensors, tg.gradient(y, tensors, seed=g)):
            assert x.grad.dtype == node.dtype == np.float32
