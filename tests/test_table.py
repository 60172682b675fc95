"""The battery: every row of the table of derivatives over shapes, dtypes, readings and orders."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from samples import SAMPLES, Call

import tinygrad_edu as tg
from tinygrad_edu import functions, losses
from tinygrad_edu.backward import graph, sweep
from tinygrad_edu.derivatives import arithmetic, choices, norms
from tinygrad_edu.errors import UnsupportedError
from tinygrad_edu.primitive import COMPOSED, TABLE, Row, signature_of
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


def domains(row: Row) -> list[tuple[float, float]]:
    """Where each operand is tested: well inside its domain, and not far from 0."""
    each = row.domain if isinstance(row.domain[0], tuple) else [row.domain] * row.arity
    bounded = [(max(low, -3.0), min(high, 3.0)) for low, high in each]
    return [(low + 0.1 * (high - low), high - 0.1 * (high - low)) for low, high in bounded]


def elementwise_calls(function: Callable[..., Any], row: Row) -> Iterator[Call]:
    rng = np.random.default_rng(0)
    for operand_shapes in SHAPES[row.arity]:
        yield function, *(rng.uniform(low, high, s) for (low, high), s in zip(domains(row), operand_shapes))


def sample_calls(function: Callable[..., Any]) -> list[Call]:
    row = TABLE.get(function)
    return list(elementwise_calls(function, row)) if row and row.domain else SAMPLES[function]


TESTED = [f for f in DIFFERENTIABLE if f not in SHAPE_QUESTIONS]
every_function = pytest.mark.parametrize("function", TESTED, ids=name_of)


def like(y: Any, seed: int = 1) -> Any:
    return np.random.default_rng(seed).normal(size=np.shape(y)).astype(y.dtype)


@every_function
def test_first_and_second_derivatives_agree_with_central_differences(function):
    for f, *operands in sample_calls(function):
        tg.gradcheck(f, *operands, order=2)


@every_function
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_readings_agree_to_the_second_order(function, dtype):
    for f, *operands in sample_calls(function):
        arrays = [np.asarray(x, dtype=dtype)[()] for x in operands]
        tensors, recorders = list(map(tg.Tensor, arrays)), list(map(Recorder, arrays))
        y, recorded = f(*tensors), f(*recorders)
        g = like(y)
        y.backward(g)
        nodes, drawn = tg.gradient(y, tensors, seed=g), recorder_gradient(recorded, recorders, Recorder(g))
        for x, node, r in zip(tensors, nodes, drawn):
            assert type(x.grad) is type(x.numpy()) and x.grad.shape == x.shape and x.grad.dtype == dtype
            assert same(x.grad, node.numpy()) and same(x.grad, r.value), str(f)
        if any(node.requires_grad for node in nodes):
            second = tg.gradient(sum((node * 1.5).sum() for node in nodes), tensors)
            drawn = recorder_gradient(sum((r * 1.5).sum() for r in drawn), recorders, Recorder(dtype(1)))
            equal = alike if function is np.linalg.norm else same
            assert all(equal(node.numpy(), r.value) for node, r in zip(second, drawn)), str(f)


def recorder_gradient(y: Recorder, xs: list[Recorder], g: Recorder) -> list[Recorder]:
    adjoints = dict(sweep(y, g, graph))
    return [adjoints.get(x, Recorder(np.zeros_like(x.value))) for x in xs]


def same(a: Any, b: Any) -> bool:
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)


def alike(a: Any, b: Any) -> bool:
    """Equal but for rounding: BLAS adds up a norm in an order that depends on where the array lies in memory."""
    return a.dtype == b.dtype and np.allclose(
        a, b, rtol=1e-5 if a.dtype == np.float32 else 1e-13, atol=0, equal_nan=True
    )


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


def test_every_function_has_a_domain_or_sample_calls():
    assert [name_of(f) for f in TESTED if f not in SAMPLES and not (f in TABLE and TABLE[f].domain)] == []


def test_products_with_zeros_are_right_to_the_fourth_order():
    for x in ([2.0, 0.0, 3.0, 0.5, 1.5], [0.0, 2.0, 0.0, 1.5, 0.5], [0.0, 0.0, 0.0, 2.0]):
        tg.gradcheck(np.prod, np.array(x), order=4, tolerance=1e-5)


# ------------------------------------------------------------------ constants

POINTS = np.array([-1.5, 0.5, 2.5])
ARGUMENTS = {np.argpartition: (POINTS, 1)}
CONSTANT = [f for f in OURS if f in TABLE and not TABLE[f].rules]


def arguments(function: Any) -> tuple[Any, ...]:
    """As many arrays as the function asks for, at least one."""
    if function in ARGUMENTS:
        return ARGUMENTS[function]
    signature = signature_of(function)
    parameters = signature.parameters.values() if signature and not isinstance(function, np.ufunc) else ()
    required = sum(p.default is p.empty and p.kind is not p.VAR_POSITIONAL for p in parameters)
    return (POINTS,) * max(getattr(function, "nin", required), 1)


@pytest.mark.parametrize("function", CONSTANT, ids=name_of)
def test_constant_functions_give_plain_arrays_on_tensors_and_are_recorded_on_recorders(function):
    args = arguments(function)
    expected = function(*args)
    plain = function(*(tg.Tensor(x) if x is POINTS else x for x in args))
    recorded = function(*(Recorder(x) if x is POINTS else x for x in args))
    assert type(plain) is type(expected) and isinstance(recorded, Recorder)
    if function is not np.empty_like:
        np.testing.assert_array_equal(plain, expected)
        np.testing.assert_array_equal(recorded.value, expected)


@pytest.mark.parametrize("kind", [tg.Tensor, Recorder])
def test_shapes_are_numbers_whoever_asks(kind):
    x = kind(np.ones((2, 3)))
    assert (np.shape(x), np.ndim(x), np.size(x), np.size(x, 0)) == ((2, 3), 2, 6, 2)


def test_constant_functions_take_their_operands_by_name_too():
    assert np.argmax(a=tg.Tensor(POINTS)) == 2


# ------------------------------------------------------------------ kinks

INF = np.inf
AT_KINKS = {
    np.power: [((0.0, 0.0), (0, 0)), ((0.0, 1.0), (1, 0)), ((0.0, 2.0), (0, 0)), ((-2.0, 2), (-4,))],
    np.hypot: [((0.0, 0.0), (0, 0))],
    np.maximum: [((1.0, 1.0), (0.5, 0.5)), ((1.0, 2.0), (0, 1)), ((np.nan, 1.0), (0, 0))],
    np.minimum: [((1.0, 1.0), (0.5, 0.5)), ((1.0, 2.0), (1, 0))],
    np.fmax: [((1.0, 1.0), (0.5, 0.5)), ((np.nan, 1.0), (0, 1))],
    np.fmin: [((1.0, 1.0), (0.5, 0.5)), ((1.0, np.nan), (1, 0))],
    np.max: [(([1.0, 3.0, 3.0],), ([0, 0.5, 0.5],))],
    np.amax: [(([2.0, 2.0],), ([0.5, 0.5],))],
    np.min: [(([1.0, 3.0, 1.0, 1.0],), ([1 / 3, 0, 1 / 3, 1 / 3],))],
    np.amin: [(([2.0, 2.0],), ([0.5, 0.5],))],
    np.std: [(([2.0, 2.0],), ([0, 0],))],
    np.where: [((True, 1.0, INF), (1, 0)), ((False, INF, 1.0), (0, 1))],
    choices.clip: [((1.0, 1.0, 2.0), (1, 0, 0)), ((2.0, 1.0, 2.0), (1, 0, 0)), ((3.0, 1.0, 2.0), (0, 0, 1))],
    norms.euclidean_norm: [(([0.0, 0.0],), ([0, 0],))],
    arithmetic.ratio: [((0.0, 2.0), (0.5, 0))],
    functions.leaky_relu: [((0.0,), (0.01,)), ((1.0,), (1,))],
    functions.binary_step: [((0.0,), (0,)), ((-1.0,), (0,))],
    functions.elu: [((0.0,), (1,)), ((1.0,), (1,))],
    losses.clipped: [((2.0,), (1,)), ((0.0,), (1,))],
}
for f in OURS:
    if f in TABLE and isinstance(TABLE[f].kinks, dict):
        AT_KINKS[f] = [((point,), (slope,)) for point, slope in TABLE[f].kinks.items()]


@pytest.mark.parametrize("function", [f for f in OURS if f in TABLE and TABLE[f].kinks], ids=name_of)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_conventions_at_kinks_are_those_of_the_row(function):
    for operands, slopes in AT_KINKS[function]:
        xs = [x if isinstance(x, (bool, int)) else tg.Tensor(x) for x in operands]
        function(*xs).backward()
        found = [x.grad for x in xs if isinstance(x, tg.Tensor)]
        for slope, expected in zip(found, slopes, strict=True):
            np.testing.assert_array_equal(slope, expected)


def test_zeros_do_not_become_nan_where_the_value_is_finite():
    x = tg.Tensor([0.0, 4.0])
    np.where(np.array([False, True]), np.sqrt(x), 0.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.25])
    assert arithmetic.ratio(0.0, 0.0) == 0


# ------------------------------------------------------------------ the page


def test_the_page_is_up_to_date():
    docs = Path(__file__).parent.parent / "docs"
    generator = runpy.run_path(str(docs / "generate_derivatives.py"))
    written = (docs / "derivatives.md").read_text(encoding="utf-8")
    assert generator["page"]() == written, "run python docs/generate_derivatives.py"


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda x: np.exp(x, where=np.array([True, False])), r"np\.exp is recorded without the argument where="),
        (lambda x: np.sum(x, dtype=np.float32), r"np\.sum .* without the argument dtype=.*axis= and keepdims="),
        (lambda x: np.mean(x, out=np.zeros(())), r"np\.mean .* without the argument out="),
        (lambda x: np.max(x, initial=0.0), r"np\.max .* without the argument initial="),
        (lambda x: np.pad(x, 1, mode="edge"), r"np\.pad .* without the argument mode="),
        (lambda x: np.reshape(x, (2, 1), order="F"), r"np\.reshape .* without the argument order=.*shape="),
        (lambda x: np.concatenate((x, x), dtype=np.float32), r"np\.concatenate .* without the argument dtype="),
        (lambda x: np.where(x), r"np\.where takes 3 operands, but 1 were given"),
        (lambda x: np.linalg.norm(np.outer(x, x), ord=2), r"norm is recorded for vectors.*ord=2 was given.*\(2, 2\)"),
        (lambda x: np.einsum(x, [0], [0]), r"np\.einsum\('ij,jk->ik', a, b\)"),
        (lambda x: tg.leaky_relu(x, slope=x), r"leaky_relu: slope= is a setting, and no derivative flows to it"),
        (lambda x: np.pad(x, 1, constant_values=x[0]), r"np\.pad: constant_values= is a setting"),
        (lambda x: np.fft.fft(x), r"fft has no derivative rule.*@tg\.primitive"),
        (lambda x: np.nansum(x), r"np\.nansum has no derivative rule.*nearest that exist: .*np\.sum.*@tg\.primitive"),
        (lambda x: np.sinc(x), r"np\.sinc .*np\.sin.*@tg\.primitive"),
    ],
)
def test_what_the_table_lacks_is_refused_by_name(call, message):
    with pytest.raises(UnsupportedError, match=message):
        call(tg.Tensor([1.0, 2.0]))
