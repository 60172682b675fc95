"""Chains over large arrays run block by block: the same numbers, warnings and errors, whatever the sizes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_table import TESTED, name_of, sample_calls

import tinygrad_edu as tg
from tinygrad_edu.nested import leaves

ROWS = 64


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinygrad_edu.compiled.passes.blocking.SMALLEST", 200)
    monkeypatch.setattr("tinygrad_edu.compiled.passes.blocking.LONGEST", ROWS)


def random(*shape: int, dtype: Any = np.float64) -> Any:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


def assert_close(found: Any, expected: Any) -> None:
    """The same types, dtypes and shapes, and the same numbers up to rounding of the largest."""
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        a, b = (np.asarray(x.numpy() if isinstance(x, tg.Tensor) else x) for x in (a, b))
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        largest = np.max(np.abs(b, dtype=float), initial=0, where=np.isfinite(b))
        precision = 1e-4 if a.dtype == np.float32 else 1e-11
        np.testing.assert_allclose(a, b, precision, precision * largest)


def blocked(f: Callable[..., Any], *args: Any, blocks: int = 1) -> Any:
    """Compile `f`, compare with `f` itself, twice, and return what was compiled: with so many blocks."""
    compiled = tg.compile(f)
    for _ in range(2):
        assert_close(compiled(*args), f(*args))
    assert compiled.source.count("in_blocks(") - (1 if blocks else 0) == blocks, compiled.source
    return compiled


def wave(x: Any) -> Any:
    return np.sum(np.tanh(2 * x + 1) * np.exp(-(x**2)) + np.log(1 + x**2))


# ---------------------------------------------------------------------- what runs in blocks


@pytest.mark.parametrize("n", [200, 256, 257, 319, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_value_and_gradient_of_a_chain_are_one_block(n: int, dtype: Any) -> None:
    compiled = blocked(tg.value_and_grad(wave), random(n, dtype=dtype))
    assert "def block(x, d_x):" in compiled.source and "out=d_x)" in compiled.source


def test_small_arrays_stay_as_they_are() -> None:
    blocked(tg.value_and_grad(wave), random(199), blocks=0)
    blocked(lambda x: x * 2, random(500), blocks=0)  # one call only


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.where(x > 0, x, 0.1 * x) + 1,
        lambda x: (np.exp(x) > 1, x * 2 < 1),
        lambda x: np.where(x * 2 > 0, x > 1, x < -1),
        lambda x: (x > 0).astype(np.float32) * np.float32(2) + 1,
        lambda x: (x.sum(), (x * x).sum(), np.exp(x).sum(), np.exp(x)),
        lambda x: np.sum(x > 0) + np.sum(np.exp(x)),
        lambda x: ((y := np.exp(x)) + 1, y * 2, y),
        lambda x: np.exp(x - x.mean()) * 2 + 1,
        lambda x: np.sum(np.exp(x) * x) * np.cos(x) + np.sin(x),
        lambda x: (np.exp(x)[::-1] + np.sin(x)) * np.exp(x),
        lambda x: (np.tanh(x) * 2, np.linspace(0, 1, 500) * x + 1),
        lambda x: np.stack((np.exp(x) + 1, np.sin(x) * 2)),
        lambda x: x.astype(np.float64) * 2 + 1,
    ],
)
def test_masks_choices_sums_and_results_in_between(f: Any) -> None:
    compiled = tg.compile(f)
    x = random(500)
    assert_close(compiled(x), f(x))
    assert_close(compiled(x), f(x))
    assert "in_blocks(" in compiled.source


@pytest.mark.parametrize(
    "f",
    [
        lambda a, b, c: np.tanh(a * b + c) * 2,
        lambda a, b, c: np.sum(np.tanh(a * b + c) * c),
        lambda a, b, c: np.exp(a - a.max(axis=1, keepdims=True)) * b,
        lambda a, b, c: tg.relu(a.T.T * b + 1) - c,
        lambda a, b, c: a * np.ones((1, 1)) + b[np.newaxis] * c,
    ],
)
def test_rows_and_columns_are_broadcast(f: Any) -> None:
    a, b, c = random(90, 5), random(5), random(90, 1)
    blocked(f, a, b, c)
    gradient = tg.compile(tg.value_and_grad(lambda *xs: np.sum(f(*xs) ** 2), (0, 1, 2)))
    assert_close(gradient(a, b, c), gradient.__wrapped__(a, b, c))
    assert "in_blocks(" in gradient.source


def test_an_array_that_is_read_by_rows_and_as_one_row_is_kept_whole() -> None:
    x = random(20)
    outer = tg.compile(lambda a, x: (np.exp(a) * np.tanh(x) + np.tanh(x)[:, np.newaxis]) * 2)
    a = random(20, 20)
    assert_close(outer(a, x), outer.__wrapped__(a, x))
    assert "in_blocks(" in outer.source


def test_other_layouts_are_not_taken_apart() -> None:
    f = tg.compile(lambda a, b: np.exp(a * 2 + 1) * b)
    for a in (random(90, 5).T, np.asfortranarray(random(90, 5)), random(180, 5)[::2]):
        b = random(*a.shape)
        assert_close(f(a, b), f.__wrapped__(a, b))


def test_rows_longer_than_a_block_stay_as_they_are() -> None:
    blocked(lambda a: np.exp(a) * 2 + 1, random(3, ROWS + 1), blocks=0)


def test_nothing_is_read_before_it_is_there() -> None:
    """Sums end a block; what needs them comes after, and what needs neither comes before."""

    def f(x: Any, w: Any) -> Any:
        y = np.exp(x) * 2
        z = w.T @ w
        scaled = np.tanh(y / y.sum()) * z[0, 0]
        return np.sum(scaled * x), scaled, z

    blocked(f, random(300), random(4, 2), blocks=2)


def test_empty_arrays_and_numbers() -> None:
    for shape in ((0,), (0, 3), (3, 0)):
        f = tg.compile(lambda x: np.exp(x) * 2 + np.tanh(x))
        assert_close(f(np.ones(shape)), np.zeros(shape))
    assert tg.compile(lambda x: np.exp(x) * 2)(np.float64(0)) == 2


def test_nan_and_infinity_pass_through() -> None:
    x = random(300)
    x[[3, 200]] = np.nan, np.inf
    with np.errstate(all="ignore"):
        compiled = tg.compile(lambda x: (np.exp(-x) * 2 + x, np.sum(np.exp(-x))))
        assert_close(compiled(x), compiled.__wrapped__(x))


def test_results_are_fresh_and_inputs_not_written_to() -> None:
    x = random(300)
    x.flags.writeable = False
    compiled = tg.compile(lambda x: (np.exp(x) * 2, np.exp(x)))
    (a, b), (c, _) = compiled(x), compiled(x)
    assert not np.may_share_memory(a, b) and not np.may_share_memory(a, c)


@pytest.mark.parametrize("optimiser", [tg.optim.SGD, tg.optim.Momentum, tg.optim.Adam])
def test_training_steps_with_updates_in_place(optimiser: Any) -> None:
    X, Y = random(70, 6), np.eye(3)[np.arange(70) % 3]
    nets = [tg.nn.MLP([6, 40, 3], hidden="tanh", seed=0) for _ in range(2)]
    optimisers = [optimiser(net.parameters(), lr=0.05) for net in nets]

    def step(i: int, X: Any) -> Any:
        optimisers[i].zero_grad()
        loss = tg.losses.cross_entropy_from_logits(Y, nets[i](X))
        loss.backward()
        optimisers[i].step()
        return loss

    compiled = tg.compile(lambda X: step(0, X))
    for _ in range(4):
        assert_close(compiled(X), step(1, X))
    assert "in_blocks(" in compiled.source
    for a, b in zip(nets[0].parameters(), nets[1].parameters()):
        assert_close(a, b)


def test_exact_programs_have_no_blocks() -> None:
    compiled = tg.compile(tg.value_and_grad(wave), reorder=False)
    x = random(300)
    value, slope = compiled(x)
    assert "in_blocks" not in compiled.source
    assert value == wave(x) and np.array_equal(slope, tg.grad(wave)(x))


def test_the_page_shows_a_block_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr("tinygrad_edu.compiled.passes.blocking.THREADS", 2)

    def f(x: Any) -> Any:
        return np.sum(np.log(1 + x**2))

    compiled = tg.compile(tg.value_and_grad(f))
    compiled(np.ones(1_000_000))
    page = Path(__file__).parent.parent / "docs" / "compile.md"
    assert compiled.source.partition("\n\n\ndef f(x):")[2] in page.read_text(encoding="utf-8")


# ---------------------------------------------------------------------- threads


def test_sums_do_not_depend_on_who_computes_them() -> None:
    compiled = tg.compile(tg.value_and_grad(wave))
    x = random(5000)
    assert len({compiled(x)[0].tobytes() for _ in range(20)}) == 1


def test_what_numpy_warns_of_in_a_block_is_as_set_outside() -> None:
    x = np.zeros(2000)
    x[::300] = -1.0
    compiled = tg.compile(lambda x: np.sqrt(x) * 2 + 1)
    with np.errstate(all="ignore"):
        compiled(x)
        assert np.isnan(compiled(x)).sum() == 7
    for _ in range(10):  # whichever thread meets it
        with np.errstate(invalid="raise"), pytest.raises(FloatingPointError, match="invalid value encountered in sqrt"):
            compiled(x)
    with pytest.warns(RuntimeWarning, match="invalid value encountered in sqrt"):
        compiled(x)
    seen: list[Any] = []
    with np.errstate(invalid="call"):
        before = np.seterrcall(lambda *error: seen.append(error))
        compiled(x)
        np.seterrcall(before)
    assert seen and not np.isnan(compiled(np.ones(2000))).any()


def test_threads_call_it_at_the_same_time() -> None:
    compiled = tg.compile(tg.value_and_grad(wave))
    inputs = [random(1000) + i for i in range(6)]
    expected = [compiled(x) for x in inputs]
    found: dict[int, Any] = {}

    def work(i: int) -> None:
        for _ in range(20):
            found[i] = compiled(inputs[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(6):
        assert found[i][0] == expected[i][0] and np.array_equal(found[i][1], expected[i][1])


def run_alone(tmp_path: Path, source: str, rest: str) -> str:
    script = tmp_path / "alone.py"
    script.write_text(f"{source}\n\n{rest}", encoding="utf-8")
    alone = subprocess.run(
        [sys.executable, "-W", "error", "-I", str(script)], capture_output=True, text=True, timeout=60
    )
    assert alone.returncode == 0 and not alone.stderr, alone.stderr
    return alone.stdout


CALL = "print(wave(np.linspace(-1, 1, 1000))[0])"


def test_the_source_runs_alone_and_ends_when_the_interpreter_does(tmp_path: Path) -> None:
    x = np.linspace(-1, 1, 1000)
    compiled = tg.compile(tg.value_and_grad(wave))
    expected = float(compiled(x)[0])
    late = f"import atexit\natexit.register(lambda: {CALL})\n{CALL}"
    found = run_alone(tmp_path, compiled.source, late).split()
    assert [float(number) for number in found] == [expected, expected]


def test_machines_without_threads_do_all_by_themselves(tmp_path: Path) -> None:
    compiled = tg.compile(tg.value_and_grad(wave))
    expected = float(compiled(np.linspace(-1, 1, 1000))[0])
    broken = "import threading\ndef start(self): raise RuntimeError('no threads')\nthreading.Thread.start = start\n"
    assert float(run_alone(tmp_path, compiled.source, broken + CALL)) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_has_threads_of_its_own(tmp_path: Path) -> None:
    compiled = tg.compile(tg.value_and_grad(wave))
    expected = float(compiled(np.linspace(-1, 1, 1000))[0])
    fork = f"import warnings\nwarnings.simplefilter('ignore')\n{CALL}\nimport os, sys\nsys.stdout.flush()\n"
    fork += f"if os.fork() == 0:\n    {CALL}\n    assert len(POOLS) == 2\nelse:\n    os.wait()\n"
    assert [float(number) for number in run_alone(tmp_path, compiled.source, fork).split()] == [expected, expected]


# ---------------------------------------------------------------------- everything else


@pytest.mark.parametrize("function", TESTED, ids=name_of)
def test_every_row_and_its_gradient_agree_with_all_passes(function: Any) -> None:
    for f, *operands in sample_calls(function):
        for dtype in (np.float64, np.float32):
            arrays = [np.asarray(x, dtype)[()] for x in operands]
            derived = tg.value_and_grad(lambda *xs, f=f: np.sum(f(*xs) * 1.5), (*range(len(arrays)),))
            compiled = tg.compile(derived)
            for _ in range(2):
                assert_close(compiled(*arrays), derived(*arrays))


UNARY = [np.tanh, np.exp, np.sin, np.negative, np.square, tg.sigmoid, tg.relu, tg.softmax, np.abs, lambda x: x.T.T,
         lambda x: x.sum(axis=0), lambda x: x.mean(axis=-1, keepdims=True), lambda x: x[..., ::-1],
         lambda x: -1 / (x * x + 1), lambda x: x - x.max(), lambda x: np.where(x > 0, x, -0.5 * x), lambda x: x / 3,
         lambda x: (x * x).sum() * x]  # fmt: skip
BINARY = [np.add, np.subtract, np.multiply, np.maximum, np.arctan2, lambda a, b: np.where(a > b, a, b * b),
          lambda a, b: a / (1 + b * b), lambda a, b: (a * b).sum() * a, lambda a, b: a**2 - b, lambda a, b: b - a * -b,
          lambda a, b: 1 / (1 + b * b) * a, lambda a, b: a - (-b) / 2]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from([*UNARY, *BINARY]), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8
)


@given(STEPS, st.sampled_from([np.float32, np.float64]), st.integers(0, 2**31))
def test_random_programs_agree_with_all_passes(steps: Any, dtype: Any, seed: int) -> None:
    def values(a: Any, b: Any) -> Any:
        found = [a, b]
        for function, i, j in steps:
            operands = [found[i % len(found)], found[j % len(found)]]
            found.append(np.tanh(function(*operands[: 1 if function in UNARY else 2])))
        return found

    def loss(a: Any, b: Any) -> Any:
        return sum(np.mean(v) for v in values(a, b))

    rng = np.random.default_rng(seed)
    a, b, c, d = (rng.normal(size=shape).astype(dtype) for shape in ((70, 4), (4,), (70, 4), (4,)))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        for function in (values, tg.value_and_grad(loss, (0, 1))):
            compiled = tg.compile(function)
            assert_close(compiled(a, b), function(a, b))
            assert_close(compiled(c, d), function(c, d))
