"""Compiled to loops, functions give what they give themselves, up to rounding.

Most tests run the loops as plain Python, so they need no numba; those at the end compile them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_compiled import STEPS, UNARY, X, arrays_of
from test_table import TESTED, name_of, sample_calls

import tinygrad_edu as tg
from tinygrad_edu.errors import MissingExtraError, UnsupportedError

TAKEN = frozenset(map(np.dtype, "?bhilqBHILQfd"))
"""What numba takes: float16, longdouble and other orders of bytes are not among them."""


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself, for arguments that numba takes."""

    def called(*args: Any) -> Any:
        assert all(np.asarray(x).dtype in TAKEN for x in args)
        return function(*args)

    return called


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A numba that compiles nothing: the loops run as the Python that they are."""
    numba: Any = ModuleType("numba")
    numba.__spec__ = ModuleSpec("numba", None)
    numba.njit = lambda **settings: checked
    monkeypatch.setitem(sys.modules, "numba", numba)


def loops(f: Callable[..., Any]) -> Any:
    return tg.compile(f, backend="numba")


def assert_close(found: Any, expected: Any) -> None:
    """The same types, dtypes and shapes, and the same numbers up to rounding."""
    for a, b in zip(arrays_of(found), arrays_of(expected), strict=True):
        assert type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape
        precision = 16 * np.finfo(b.dtype).eps if b.dtype.kind == "f" else 0
        np.testing.assert_allclose(a, b, rtol=precision, atol=precision)


def assert_compiles(f: Callable[..., Any], *args: Any) -> Any:
    compiled = loops(f)
    with np.errstate(all="ignore"):
        for _ in range(2):
            assert_close(compiled(*args), f(*args))
    return compiled


# ---------------------------------------------------------------------- what the loops compute


@pytest.mark.parametrize("function", TESTED, ids=name_of)
def test_the_value_and_the_gradient_of_every_row(function: Any, interpreted: None) -> None:
    for f, *operands in sample_calls(function):
        for dtype in (np.float64, np.float32):
            arrays = [np.asarray(x, dtype)[()] for x in operands]
            assert_compiles(tg.value_and_grad(lambda *xs, f=f: np.sum(f(*xs) * 1.5), (*range(len(arrays)),)), *arrays)


@settings(max_examples=30)
@given(STEPS, st.sampled_from([np.float32, np.float64]), st.integers(0, 2**31))
def test_random_programs_with_gradients(steps: Any, dtype: Any, seed: int) -> None:
    def f(a: Any, b: Any) -> Any:
        values = [a, b]
        for function, i, j in steps:
            operands = [values[i % len(values)], values[j % len(values)]]
            values.append(function(*operands[: 1 if function in UNARY else 2]))
        return sum(np.mean(np.tanh(v)) for v in values)

    rng = np.random.default_rng(seed)
    a, b = (rng.normal(size=shape).astype(dtype) for shape in ((3, 3), (3,)))
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        interpreted.__wrapped__(patch)
        compiled = loops(tg.value_and_grad(f, (0, 1)))
        for x, y in zip(arrays_of(compiled(a, b)), arrays_of(tg.value_and_grad(f, (0, 1))(a, b)), strict=True):
            assert x.dtype == y.dtype and x.shape == y.shape
            np.testing.assert_allclose(x, y, rtol=1e-3 if dtype == np.float32 else 1e-9, atol=1e-4)


def test_transposed_arrays_and_views_of_inputs(interpreted: None) -> None:
    def f(x: Any, w: Any) -> Any:
        square = x @ x.T
        return square * square.T + square.T @ square, (w.T + w).T * w[0], x[:, ::-1].reshape(3, 2) - x[1, :2]

    for dtype in (np.float32, np.float64):
        x = np.asfortranarray(X, dtype)
        x.flags.writeable = False
        assert_compiles(f, x, np.arange(9.0, dtype=dtype).reshape(3, 3)[::-1].T)


def test_masks_whole_numbers_and_mixed_precision(interpreted: None) -> None:
    labels = np.array([[1, 0, 2], [2, 2, 0]])

    def f(x: Any, labels: Any) -> Any:
        mask = np.logical_and(labels == 2, x > 0)
        return (
            np.where(mask, x, 0.5) * (labels != 0),
            mask,
            x.astype(np.float64) + x,
            x**2,
            x**-1,
            x**0.5,
            (-2.0) ** labels,
            x * labels,
        )

    assert_compiles(f, X.astype(np.float32), labels)


def of_any_dtype(x: Any, y: Any) -> Any:
    """Conversions, views, sums and choices, as neighbours of what is computed with native y."""
    values = y * 2 + 1, x * y + x, np.tanh(x.astype(np.float32) * 2) + 1, np.where(x > 1, x, y) * y, y + x * 1.0
    views = x[0] * 2 + 1, x.T[:, 1].astype(np.float64) * 2 + 1, np.exp(y * x.reshape(2, 3)) - 1, x.T
    native = (y * 2 + 1).astype(x.dtype.newbyteorder("="))
    return *values, *views, native, x == y, x != x, x.sum(axis=0) * y, np.sum(x * y)


OTHERS = [">f8", ">f4", ">i8", ">i2", "e", ">e", "g", "B", "Q", "b", "q", "?"]


@pytest.mark.parametrize("dtype", OTHERS)
def test_arrays_that_numba_does_not_take_stay_with_numpy(dtype: str, interpreted: None) -> None:
    x = np.abs(X * 4).astype(dtype)
    assert "numba.njit" in assert_compiles(of_any_dtype, x, X).source
    assert_compiles(lambda x, y: (y * 2 + 1, x[0][1:], x[0][1:] * 1, y - 1), x, X)


@pytest.mark.parametrize("dtype", [">f8", ">i2", "e"])
def test_constant_arrays_that_numba_does_not_take_stay_with_numpy(dtype: str, interpreted: None) -> None:
    x = np.abs(X * 4).astype(dtype)
    assert_compiles(lambda y: (y * 2 + 1, (y * x + 1) * 2, np.where(y > x, y, x), y * 3), X)


@pytest.mark.parametrize("dtype", ["b", "h", "i", "q", ">i2", "B", "Q"])
@pytest.mark.parametrize("number", [-(2**70), -1, 2, 200, 300, 2**40, 2**70])
def test_whole_numbers_are_compared_with_any_number(dtype: str, number: int, interpreted: None) -> None:
    x = np.array([[0, 1, 2], [100, 120, 127]], dtype)

    def f(x: Any, y: Any) -> Any:
        return np.where(x > number, y, 0) * 2, x == number, number != x, np.logical_or(x <= number, y > 0), y * 2 + 1

    is_loop = "x[i, j] > " in assert_compiles(f, x, X).source
    assert is_loop == (dtype in "bhiq" and np.iinfo(dtype).min <= number <= np.iinfo(dtype).max)


def test_lists_stay_with_numpy(interpreted: None) -> None:
    assert_compiles(lambda x: (np.where(x > [1, 2, 3], x, 0) * 2, x * 2 == [2, -4, 6], x * 2 + 1), X)


def test_sums_of_single_numbers_along_an_axis(interpreted: None) -> None:
    assert tg.compile(lambda x: np.sum(np.sum(x), axis=0), backend="numba")(np.ones(3)) == 3


def test_nan_infinity_and_zero(interpreted: None) -> None:
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0])

    def f(x: Any) -> Any:
        return 1 / x, np.log(x), x - x, np.maximum(x, 0), np.minimum(x, 0), x.max(), x[1:].min(), x.sum(), np.sign(x)

    assert_compiles(f, x)
    compiled = assert_compiles(tg.value_and_grad(lambda x: np.sum(np.maximum(x, 1) * np.exp(x))), x)
    assert "np.maximum(x[i]" in compiled.source


def training_step(make: Callable[..., Any], compiled: Callable[..., Any]) -> tuple[Any, Any]:
    net = tg.nn.MLP([3, 5, 2], hidden="tanh", dtype=np.float32, seed=0)
    optimiser = make(net.parameters())

    def step(X: Any, y: Any) -> Any:
        optimiser.zero_grad()
        loss = tg.losses.cross_entropy_from_logits(y, net(X))
        loss.backward()
        optimiser.step()
        return loss

    return compiled(step), net


OPTIMISERS = [
    lambda p: tg.optim.SGD(p, lr=0.1),
    lambda p: tg.optim.Momentum(p, lr=0.1),
    lambda p: tg.optim.Adam(p, lr=0.1),
]


def assert_trains(make: Callable[..., Any]) -> Any:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)).astype(np.float32), np.eye(2, dtype=np.float32)[rng.integers(2, size=8)]
    (step, net), (eager, reference) = training_step(make, loops), training_step(make, lambda f: f)
    for _ in range(5):
        np.testing.assert_allclose(step(x, y).item(), eager(x, y).item(), rtol=1e-5)
    for p, q in zip(net.parameters(), reference.parameters()):
        np.testing.assert_allclose(p.numpy(), q.numpy(), rtol=1e-4, atol=1e-5)
    return step


@pytest.mark.parametrize("make", OPTIMISERS)
def test_training_steps_write_into_the_parameters(make: Any, interpreted: None) -> None:
    compiled = assert_trains(make)
    assert "# update" in compiled.source and "W1[i, j]" in compiled.source and compiled.graph.source.count("W1") > 1


def test_check_compares_the_loops_with_the_function(interpreted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = tg.compile(lambda x: np.exp(-x).sum(), backend="numba", check=True)
    assert_close(compiled(X), np.exp(-X).sum())
    monkeypatch.setattr(compiled.latest, "function", lambda x: np.exp(-x).sum() * 1.01)
    with pytest.raises(AssertionError, match="the result is"):
        compiled(X)


# ---------------------------------------------------------------------- what is written


def lines_of(source: str) -> list[str]:
    return [line.partition("#")[0].strip() for line in source.splitlines()]


def test_loops_read_like_the_formulas(interpreted: None) -> None:
    def step(X: Any, W: Any, b: Any) -> Any:
        return np.maximum(X @ W + b, 0).sum()

    lines = lines_of(assert_compiles(tg.value_and_grad(step, 1), X, np.ones((3, 2)), np.ones(2)).source)
    assert lines[:5] == ["import numpy as np", "import numba", "", "", '@numba.njit(error_model="numpy")']
    assert "t1_ij += X[i, k] * W[k, j]" in lines
    assert any(line.startswith("d_W_ij += X[k, i] * ") for line in lines)


def test_what_is_between_in_one_loop_needs_no_memory(interpreted: None) -> None:
    source = assert_compiles(lambda x: np.exp(np.tanh(x) * 2) + 1, X).source
    assert source.count("np.empty") == 1 and source.count("for ") == 2


def test_what_numpy_does_better_stays_a_call(interpreted: None) -> None:
    large, long = np.ones((40, 40), np.float32), np.full(5000, 0.1, np.float32)
    source = assert_compiles(
        lambda x, v: (np.cumsum(x @ x + 1, axis=0) * 2 - 1, np.exp(x) * v.sum()), large, long
    ).source
    assert "x.dot(x)" in source and "np.cumsum(" in source and "np.exp(x)" in source and "np.add.reduce(v" in source


def test_names_of_loops_are_taken(interpreted: None) -> None:
    def step(i: Any, numba: Any, step_1: Any) -> Any:
        return np.exp(i * numba) - step_1

    source = assert_compiles(step, X, X[0], X).source
    assert "def step(i_2, numba_2, step_1):" in source and "def step_1_2(" in source


def test_the_report_counts_the_loops(interpreted: None) -> None:
    compiled = assert_compiles(lambda x: np.cumsum(np.exp(x * x), axis=0), X)
    last = "3 NumPy calls were recorded, 3 are left. 2 of them are loops; functions for numba: 1."
    assert compiled.report().splitlines()[-1] == last


def test_the_page_shows_the_loops_as_they_are(interpreted: None) -> None:
    def error(w: Any, X: Any, y: Any) -> Any:
        y_hat = np.tanh(X @ w)
        tg.named(y_hat=y_hat)
        return tg.losses.mean_squared_error(y, y_hat)

    compiled = loops(tg.value_and_grad(error))
    compiled(np.ones(2), np.ones((3, 2)), np.ones(3))
    page = Path(__file__).parent.parent / "docs" / "compile.md"
    assert f"```python\n{compiled.source}```" in page.read_text(encoding="utf-8")


# ---------------------------------------------------------------------- what is refused


def test_a_missing_numba_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(MissingExtraError, match=r'needs numba.*pip install "tinygrad_edu\[fast\]"'):
        loops(np.tanh)


def test_other_backends_and_exact_loops_are_refused(interpreted: None) -> None:
    with pytest.raises(UnsupportedError, match="backend='jax' is none of 'numpy', 'numba'"):
        tg.compile(np.tanh, backend="jax")
    with pytest.raises(UnsupportedError, match="cannot keep every bit as reorder=False asks"):
        tg.compile(np.tanh, backend="numba", reorder=False)


# ---------------------------------------------------------------------- with numba

ELEMENTWISE = [np.exp, np.exp2, np.expm1, np.sin, np.cos, np.tan, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh,
               np.cbrt, np.square, np.negative, np.abs, np.sign, np.positive]  # fmt: skip
OF_POSITIVE = [np.log, np.log2, np.log10, np.log1p, np.sqrt, np.reciprocal, np.arctanh, np.arcsin, np.arccos]
OF_TWO = [np.add, np.subtract, np.multiply, np.true_divide, np.maximum, np.minimum, np.hypot, np.arctan2, np.logaddexp,
          np.power]  # fmt: skip


def many_functions(x: Any, y: Any) -> Any:
    """Every function that loops may call, in one program."""
    found = [f(x) for f in ELEMENTWISE] + [f(y) for f in OF_POSITIVE] + [f(y, 0.5 + y) for f in OF_TWO]
    found += [
        np.where(np.logical_or(np.logical_and(x > 0, x != 2), np.logical_not(x <= 1)), x, y),
        x.max(axis=0),
        x.min(axis=1, keepdims=True),
        np.prod(x),
    ]
    found += [x.mean(), x @ y.T, x[0] @ y[1], x.T.reshape(2, 3), np.arccosh(1 + y), y**3, y**-1.5]
    return [v * 1 for v in found]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numba_compiles_every_function(dtype: Any) -> None:
    pytest.importorskip("numba")
    y = np.array([[0.1, 0.7, 0.3], [0.9, 0.5, 0.2]], dtype)
    assert_compiles(many_functions, X.astype(dtype), y)


@pytest.mark.parametrize("dtype", [">f8", ">i2", "e", "g", "b", "Q"])
def test_numba_is_given_what_it_takes(dtype: str) -> None:
    pytest.importorskip("numba")
    assert_compiles(of_any_dtype, np.abs(X * 4).astype(dtype), X)


def test_numba_compares_whole_numbers() -> None:
    pytest.importorskip("numba")
    x = np.array([0, 1, 127, -128], np.int8)
    assert_compiles(lambda x: (np.where(x > 200, x, 0.5) * 2, x == 300, x > 2**40, x > 1, x != -128), x)


def test_numba_trains() -> None:
    pytest.importorskip("numba")
    assert_trains(OPTIMISERS[0])


def test_numba_keeps_nan_and_infinity() -> None:
    pytest.importorskip("numba")
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0])
    assert_compiles(lambda x: (1 / x, np.log(x), x - x, np.maximum(x, 0), x.max(), x[1:].min(), np.sign(x)), x)


def test_the_source_runs_alone(tmp_path: Path) -> None:
    pytest.importorskip("numba")

    def step(x: Any) -> Any:
        return np.exp(x * 2).sum()

    compiled = loops(step)
    value = compiled(X)
    script = tmp_path / "alone.py"
    script.write_text(
        f"{compiled.source}\nimport sys\nprint(step(np.array({X.tolist()})).hex(), 'tinygrad_edu' in sys.modules)",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, "-W", "error", str(script)], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == [value.hex(), "False"], done.stderr
