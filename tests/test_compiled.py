"""Compiled functions give the bits of the functions themselves, in every call, or say why they cannot."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_table import TESTED, name_of, sample_calls

import tinygrad_edu as tg
from tinygrad_edu.compiled.entry import MISS
from tinygrad_edu.errors import ShapeError, UnsupportedError
from tinygrad_edu.nested import leaves

X = np.array([[1.0, -2.0, 3.0], [0.5, 0.25, -1.0]])


def arrays_of(result: Any) -> list[Any]:
    return [x.numpy() if isinstance(x, tg.Tensor) else x for x in leaves(result)]


def assert_same(found: Any, expected: Any) -> None:
    """The same structure, types, dtypes, shapes and bits."""
    assert [type(x) for x in leaves(found)] == [type(x) for x in leaves(expected)]
    for a, b in zip(arrays_of(found), arrays_of(expected), strict=True):
        assert np.shape(a) == np.shape(b) and np.asarray(a).dtype == np.asarray(b).dtype
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), (a, b)


def assert_compiles(f: Callable[..., Any], *args: Any) -> Any:
    """Compile `f`, compare a recording and a replay with `f`, and return what was compiled."""
    compiled = tg.compile(f, reorder=False)
    for _ in range(2):
        assert_same(compiled(*args), f(*args))
    return compiled


# ---------------------------------------------------------------------- the whole table


@pytest.mark.parametrize("function", TESTED, ids=name_of)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_row_compiles_to_the_bits_of_the_function_itself(function: Any, dtype: Any) -> None:
    for f, *operands in sample_calls(function):
        tensors = [tg.Tensor(np.asarray(x, dtype)) for x in operands]
        compiled = tg.compile(f, reorder=False)
        assert_same(compiled(*tensors), f(*tensors))


@pytest.mark.parametrize("function", TESTED, ids=name_of)
def test_the_gradient_of_every_row_compiles_to_its_bits(function: Any) -> None:
    for f, *operands in sample_calls(function):
        for dtype in (np.float64, np.float32):
            arrays = [np.asarray(x, dtype)[()] for x in operands]
            assert_compiles(tg.value_and_grad(lambda *xs, f=f: np.sum(f(*xs) * 1.5), (*range(len(arrays)),)), *arrays)


UNARY = [np.tanh, np.exp, np.sin, np.negative, np.square, tg.sigmoid, tg.relu, tg.softmax, np.abs, lambda x: x.T.T,
         lambda x: x.sum(axis=0), lambda x: x.mean(axis=-1, keepdims=True), lambda x: x[..., ::-1],
         lambda x: x - x.max()]  # fmt: skip
BINARY = [np.add, np.subtract, np.multiply, np.maximum, np.arctan2, lambda a, b: np.where(a > b, a, b * b),
          lambda a, b: a / (1 + b * b), lambda a, b: (a * b).sum() * a, lambda a, b: a**2 - b]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from([*UNARY, *BINARY]), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8
)


@given(STEPS, st.sampled_from([np.float32, np.float64]), st.integers(0, 2**31))
def test_random_programs_give_the_same_bits_with_gradients(steps: Any, dtype: Any, seed: int) -> None:
    def f(a: Any, b: Any) -> Any:
        values = [a, b]
        for function, i, j in steps:
            operands = [values[i % len(values)], values[j % len(values)]]
            values.append(function(*operands[: 1 if function in UNARY else 2]))
        return sum(np.mean(v) for v in values), values

    def loss(a: Any, b: Any) -> Any:
        return f(a, b)[0]

    rng = np.random.default_rng(seed)
    a, b, c, d = (rng.normal(size=shape).astype(dtype) for shape in ((3, 3), (3,), (3, 3), (3,)))
    with np.errstate(all="ignore"):
        for function in (f, tg.value_and_grad(loss, (0, 1))):
            compiled = tg.compile(function, reorder=False)
            assert_same(compiled(a, b), function(a, b))
            assert_same(compiled(c, d), function(c, d))  # replayed with other numbers


# ---------------------------------------------------------------------- transforms


@pytest.mark.parametrize(
    "f",
    [
        tg.grad(lambda x: np.sum(np.tanh(x) ** 2)),
        tg.jacobian(lambda x: np.sin(x) * x.sum()),
        tg.hessian(lambda x: np.sum(x**3)),
        lambda x: tg.hvp(lambda v: np.sum(np.exp(v)), x, x),
        lambda x: tg.jvp(np.exp, (x,), (x,)),
        lambda x: tg.vjp(np.exp, x)[1](x),
        tg.grad(lambda x: np.sum(tg.grad(lambda v: np.sum(v * v * x))(x))),
    ],
)
def test_derivatives_of_any_order_compile(f: Any) -> None:
    assert_compiles(f, np.array([0.5, -1.5]))


def test_integers_to_differentiate_by_become_floats() -> None:
    assert_compiles(tg.value_and_grad(lambda x: (x * x).sum()), np.array([1, 2]))


def test_gradients_by_closed_over_parameters() -> None:
    net = tg.nn.MLP([3, 4, 2], hidden="tanh", dtype=np.float32)

    def step(X: Any, y: Any) -> Any:
        loss = tg.losses.cross_entropy_from_logits(y, net(X))
        return loss, tg.gradient(loss, net.parameters())

    y = np.array([[1, 0], [0, 1]], np.float32)
    compiled = assert_compiles(step, X.astype(np.float32), y)
    for p in net.parameters():
        p.data += 0.5
    assert_same(compiled(X.astype(np.float32), y), step(X.astype(np.float32), y))
    assert len(compiled.replays) == 1


def test_no_grad_and_detach_stop_derivatives_as_they_do_elsewhere() -> None:
    def f(x: Any) -> Any:
        with tg.no_grad():
            factor = np.exp(x)
        return (x * factor).sum()

    assert_compiles(tg.grad(f), X)
    w = tg.Tensor([1.0, 2.0, 3.0], name="w")
    assert_compiles(lambda x: tg.gradient((w * w.detach() * x).sum(), w), X)


def test_nested_arguments_and_results() -> None:
    def f(p: Any, *, scale: Any) -> Any:
        return {"y": p["w"] @ p["x"][0] * scale, "rest": [None, "text", (p["b"],)]}

    p = {"w": X, "x": [np.ones(3)], "b": np.float32(2)}
    compiled = tg.compile(f)
    assert_same(compiled(p, scale=2.0), f(p, scale=2.0))
    assert_same(compiled(p, scale=2.0)["rest"], [None, "text", (np.float32(2),)])


# ---------------------------------------------------------------------- what may change between calls


def test_closed_over_tensors_are_read_at_each_call() -> None:
    w = tg.Tensor([1.0, 2.0, 3.0], name="w")

    def f(x: Any) -> Any:
        return (w * x * (w > 1.5)).sum()

    compiled = assert_compiles(f, X)
    w.data = [2.0, 2.0, 0.0]
    assert_same(compiled(X), f(X))
    w.data[0] = 100.0
    assert_same(compiled(X), f(X))
    assert len(compiled.replays) == 1


def test_captured_arrays_and_views_of_them_are_read_at_each_call() -> None:
    data = np.ones(3)

    def f(x: Any) -> Any:
        return x * data + np.exp(x) * data[:1] + data[::-1]

    compiled = assert_compiles(f, X)
    data[:] = [7.0, 8.0, 9.0]
    assert_same(compiled(X), f(X))
    assert len(compiled.replays) == 1


def test_what_is_computed_from_captured_arrays_unrecorded_is_recorded_anew() -> None:
    data = np.ones(3)

    def f(x: Any) -> Any:
        return x * (data * 2)

    compiled = assert_compiles(f, X)
    data[0] = 7.0
    assert_same(compiled(X), f(X))


SCALE = np.array([1.0, 3.0, 2.0])


def scaled(x: Any) -> Any:
    return x * float(SCALE.mean())


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * float(SCALE.mean()) + SCALE,
        lambda x: (x + SCALE if SCALE.max() > 2.5 else x - SCALE) * SCALE,
        lambda x: scaled(x) + SCALE,
        lambda x: tg.grad(lambda v: (v * SCALE).sum() * int(SCALE[1]))(x),
        lambda x: x[:, : int(SCALE[2])] * SCALE[: int(SCALE[2])],
    ],
)
def test_numbers_and_branches_from_arrays_that_are_operands_too(f: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = tg.compile(f)
    assert_same(compiled(X), f(X))
    before = SCALE.copy()
    try:
        for values in ([2.0, 2.0, 1.0], [5.0, 1.0, 3.0], [5.0, 1.0, 3.0]):
            SCALE[:] = values
            assert_same(compiled(X), f(X))
    finally:
        SCALE[:] = before


def test_an_array_that_is_only_an_operand_is_not_compared_at_each_call() -> None:
    labels, mask = np.array([1.0, 0.0]), np.array([True, False])

    def loss(w: Any) -> Any:
        return np.where(mask, tg.losses.log_loss_from_logits(labels, X @ w), 0.0).sum() / len(X)

    compiled = assert_compiles(loss, np.ones(3))
    assert compiled.latest.watched == []
    labels[:], mask[:] = [0.0, 1.0], False
    assert_same(compiled(np.ones(3)), loss(np.ones(3)))


def test_rebound_names_are_recorded_anew() -> None:
    scale: Any = 2.0

    def f(x: Any) -> Any:
        return x * scale

    compiled = assert_compiles(f, X)
    for scale in (3.0, 0.0, -0.0, True, np.float32(2), np.arange(3.0)):  # noqa: B007
        assert_same(compiled(X), f(X))


def test_the_signature_holds_shapes_dtypes_structure_and_numbers() -> None:
    def f(x: Any, n: Any) -> Any:
        return sum((x**k for k in range(n)), 0 * x) / max(x.shape[0], 1)

    compiled = tg.compile(f)
    for x in (X, X[:1], X.astype(np.float32), X.T, X[:, ::2]):
        for n in (1, 3):
            assert_same(compiled(x, n), f(x, n))
    assert len(compiled.replays) == 10


def test_only_so_many_signatures_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinygrad_edu.compiled.function.MOST_SIGNATURES", 3)
    compiled = tg.compile(lambda x, k: x * k)
    for k in range(5):
        assert_same(compiled(X, k), X * k)
    assert len(compiled.replays) == 3


def test_slices_are_compared_by_value() -> None:
    compiled = tg.compile(lambda x, part: x[part].sum())
    for part in (slice(0, 1), slice(0, 1), slice(1, 2)):
        assert_same(compiled(X, part), X[part].sum())
    assert len(compiled.replays) == 2


def test_complex_arguments_are_not_differentiated() -> None:
    with pytest.raises(UnsupportedError, match="its dtype is complex128"):
        tg.compile(tg.grad(lambda x: np.sum(x * x)))(X * 1j)


def test_signed_zeros_are_different_numbers() -> None:
    compiled = tg.compile(lambda x, sign: np.copysign(1.0, sign) * x)
    assert compiled(X, 0.0)[0, 0] == 1 and compiled(X, -0.0)[0, 0] == -1


def test_results_are_fresh() -> None:
    compiled = tg.compile(lambda x: (x, x.T, x[0], np.zeros(2), x + 0))
    x = X.copy()
    first, second = compiled(x), compiled(x)
    for a in first:
        assert not any(np.may_share_memory(a, b) for b in (x, *second))
        a[...] = -1
    assert_same(compiled(x), (X, X.T, X[0], np.zeros(2), X))


def test_inputs_are_never_written_to() -> None:
    x, y = X.copy(), X.copy()
    x.flags.writeable = y.flags.writeable = False
    compiled = tg.compile(lambda a, b: (np.exp(a) * b - a).T @ np.tanh(b))
    assert_same(compiled(x, x), compiled(x, y))


def test_threads_share_a_compiled_function() -> None:
    compiled = tg.compile(tg.value_and_grad(lambda w, x: np.sum(np.tanh(x @ w) ** 2)), reorder=False)
    inputs = [np.random.default_rng(i).normal(size=(50, 50)) for i in range(4)]
    found: dict[int, Any] = {}

    def work(i: int) -> None:
        for _ in range(20):
            found[i] = compiled(inputs[i], inputs[-1])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, x in enumerate(inputs):
        assert_same(found[i], compiled.__wrapped__(x, inputs[-1]))


def test_compiled_functions_may_call_each_other() -> None:
    inner = tg.compile(lambda x: np.tanh(x) * 2)
    outer = tg.compile(lambda x: tg.grad(lambda v: inner(v).sum())(x))
    np.testing.assert_allclose(outer(X), 2 * (1 - np.tanh(X) ** 2), rtol=1e-12)


# ---------------------------------------------------------------------- what is refused, and where

W = tg.Tensor([1.0, 2.0, 3.0], name="w")


def written(x: Any) -> Any:
    x += 1
    return x


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x if x.sum() > 0 else -x, r"bool\(\) of a value of shape \(\).*test_compiled.py:\d+.*np.where"),
        (lambda x: float(x.sum()), r"float\(\).*test_compiled.py"),
        (lambda x: int(x.sum()), r"int\(\)"),
        (lambda x: x.sum().item(), r"\.item of .*Give the Tensor as a result"),
        (lambda x: [a for a in x], "Iteration of 'x'"),
        (lambda x: x.tolist(), r"\.tolist"),
        (lambda x: np.asarray(x), "Making an array"),
        (lambda x: np.ones(3)[x.astype(int)], "Making an array|Indexing"),
        (lambda x: f"{x.sum():.3f}", "Writing out"),
        (lambda x: str(x), "Writing out"),
        (written, r"update in place of 'x'.*a = a \+ x"),
        (lambda x: x.__setitem__(0, 1.0), "Assignment to elements"),
        (lambda x: x[x > 0], "shape depends on values.*np.where"),
        (lambda x: np.nonzero(x), "shape depends on values"),
        (lambda x: np.unique(x), r"np.unique is not in the table"),
        (lambda x: x.sum().backward(), r"backward.*value_and_grad"),
        (lambda x: x * W.data, "data of 'w'"),
        (lambda x: x * W.sum().item(), r"\.item"),
        (lambda x: x if W[0] > 0 else -x, r"bool\(\)"),
        (lambda x: x * float(W[0]), r"float\(\)"),
        (lambda x: x * tg.constant(W), "A copy of 'w'"),
        (lambda x: W.assign(x), r"assign\(\) of 'w'"),
        (lambda x: x * np.random.default_rng().normal(size=3), "did not do the same.*Random numbers"),
        (lambda x: tg.value_and_grad(lambda a: a * a)(2.0), "np.float64"),
        (lambda x: x + np.ones(4), r"'x' of shape \(2, 3\) and an array of shape \(4,\) do not fit"),
    ],
)
def test_what_depends_on_values_is_refused_with_the_line(f: Any, message: str) -> None:
    before = W.numpy().copy()
    with pytest.raises((UnsupportedError, ShapeError, AttributeError), match=message):
        tg.compile(f)(X)
    assert_same(W.numpy(), before)
    assert W.hooks is None and tg.grad(lambda v: (v * v).sum())(X)[0, 0] == 2  # nothing is left behind


def test_a_program_that_counts_its_calls_is_refused() -> None:
    calls = iter(range(10))
    with pytest.raises(UnsupportedError, match="where 0 was used first, it is 1 the second time"):
        tg.compile(lambda x: x * next(calls))(X)


def test_writing_into_a_captured_array_is_refused_and_undone() -> None:
    total = np.zeros(3)

    def f(x: Any) -> Any:
        total[:] = 1.0
        return x + total

    with pytest.raises(UnsupportedError, match=r"writes into an array of shape \(3,\) that it refers to"):
        tg.compile(f)(X)
    assert not total.any()


def test_hooks_are_refused_before_and_after_the_recording() -> None:
    w = tg.Tensor([1.0, 2.0, 3.0], name="w")
    compiled = tg.compile(lambda x: (w * x).sum())
    compiled(X)
    remove = w.register_hook(lambda g: g)
    for f in (compiled, tg.compile(lambda x: (w + x).sum()), lambda x: tg.compile(lambda v: v.sum())(w)):
        with pytest.raises(UnsupportedError, match="'w' has hooks"):
            f(X)
    remove()
    assert_same(compiled(X), (w * X).sum())


def test_no_derivative_is_lost_in_silence() -> None:
    compiled = tg.compile(lambda x: (x * x).sum())
    with pytest.raises(UnsupportedError, match="No derivative flows back through a compiled function"):
        tg.grad(compiled)(X)
    with pytest.raises(UnsupportedError, match="No derivative flows back"):
        tg.grad(lambda w: tg.compile(lambda x: (x * w).sum())(X))(2.0)


def test_an_argument_that_the_function_also_refers_to_is_refused() -> None:
    w = tg.Tensor([1.0, 2.0, 3.0], name="w")
    with pytest.raises(UnsupportedError, match="'w' is an argument of the compiled function, and"):
        tg.compile(lambda v: (v * w).sum())(w)


def test_a_value_kept_from_the_recording_is_refused() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * 2)
        return x

    tg.compile(f)(X)
    with pytest.raises(UnsupportedError, match="was kept after the recording"):
        kept[0] + 1


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="takes a function, but Tensor was given"):
        tg.compile(W)


def test_an_error_in_a_replay_breaks_nothing() -> None:
    compiled = tg.compile(lambda x: 1 / x)
    compiled(X)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        compiled(np.zeros_like(X))
    assert_same(compiled(X), 1 / X)


def test_check_finds_what_was_compiled_in() -> None:
    config = deque([2.0])
    compiled = tg.compile(lambda x: x * config[0], check=True)
    for _ in range(2):
        assert_same(compiled(X), X * 2)
    config[0] = 3.0
    with pytest.raises(UnsupportedError, match="where 2.0 was used first, it is 3.0 the second time"):
        compiled(X)


def test_check_compares_results(monkeypatch: pytest.MonkeyPatch) -> None:
    for reorder, accepted, refused in ((False, 0, 1e-15), (True, 1e-12, 1e-6)):
        compiled = tg.compile(np.exp, reorder=reorder, check=True)
        assert_same(compiled(X), np.exp(X))
        for error in (accepted, refused):
            monkeypatch.setattr(compiled.latest, "function", lambda x, error=error: np.exp(x) * (1 + error))
            with (
                pytest.raises(AssertionError, match=r"(?s)the result is .*the function itself")
                if error == refused
                else nullcontext()
            ):
                compiled(X)


def test_check_names_the_first_variable_that_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(program: Any) -> int:
        for s in program.statements:
            s.function = np.expm1 if s.function is np.exp else s.function
        return 0

    def f(x: Any) -> Any:
        z = 2 * x
        tg.named(z=z, a=(a := np.exp(z)), b=(b := np.tanh(a)))
        return (a * b).sum()

    monkeypatch.setattr("tinygrad_edu.compiled.replay.PASSES", (broken,))
    assert tg.compile(f)(X) != f(X)
    with pytest.raises(AssertionError, match=r"(?s)In the compiled program, a is array.*the function itself gives"):
        tg.compile(f, check=True)(X)


@pytest.mark.parametrize("reorder", [False, True])
def test_check_follows_memory_that_is_written_again(reorder: bool) -> None:
    w = tg.Tensor(np.ones(3), name="w")
    optimiser = tg.optim.Adam([w], lr=0.1)

    @partial(tg.compile, check=True, reorder=reorder)
    def step(x: Any) -> Any:
        optimiser.zero_grad()
        L = tg.losses.log_loss_from_logits(np.array([0.0, 1.0]), x @ w)
        L.backward()
        optimiser.step()
        return L

    losses = [step(X).item() for _ in range(5)]
    assert losses == sorted(losses, reverse=True) and optimiser.steps == 5


def test_check_reads_the_results_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("tinygrad_edu.compiled.passes.blocking"), "SMALLEST", 2)
    step = tg.compile(tg.value_and_grad(lambda x: np.sum(np.tanh(x) * np.exp(x))), check=True)
    slope = tg.grad(lambda x: np.sum(np.tanh(x) * np.exp(x)))(X)
    np.testing.assert_allclose(step(X)[1], slope, rtol=1e-14)
    assert "in_blocks" in step.source


def test_attributes_are_names_too() -> None:
    class Model:
        def __init__(self) -> None:
            self.rate = 2.0
            self.data = np.arange(3.0)

        def scaled(self, x: Any) -> Any:
            return x * self.rate + self.data

        def __call__(self, x: Any) -> Any:
            return self.scaled(x) * self.rate

    model = Model()
    for f in (model.scaled, model, lambda x: model.rate * model.scaled(x)):
        model.rate, model.data = 2.0, np.arange(3.0)
        compiled = assert_compiles(f, X)
        model.rate = 3.0
        assert_same(compiled(X), f(X))
        model.data = np.ones(3)
        assert_same(compiled(X), f(X))
        model.data[0] = 5.0
        assert_same(compiled(X), f(X))


# ---------------------------------------------------------------------- the source


def test_the_source_reads_like_the_derivation() -> None:
    net = tg.nn.MLP([3, 2], output="sigmoid", seed=0)

    def step(X: Any, y: Any) -> Any:
        loss = ((net(X) - y) ** 2).sum()
        return loss, tg.gradient(loss, net.parameters())

    compiled = tg.compile(step)
    compiled(X, np.ones((2, 2)))
    lines = [line.partition("#")[0].strip() for line in compiled.source.splitlines()]
    assert "def step(X, y, W1, b1):" in lines
    assert lines.index("z1 += b1") > 0 and "d_W1 = X.T.dot(d_z1)" in lines or "d_W1 = X.T @ d_z1" in lines
    assert "# forward" in compiled.source and "# backward" in compiled.source
    assert "X W₁ + b₁" in compiled.source and "Xᵀ ∂L/∂z₁" in compiled.source


def test_there_is_no_source_before_the_first_call() -> None:
    with pytest.raises(UnsupportedError, match="no source before the first call"):
        tg.compile(np.tanh).source  # noqa: B018


def test_the_source_runs_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, index = rng.normal(size=(4, 3)), np.array([0, 1, 1])

    def step(x: Any, index: Any) -> Any:
        return tg.logsumexp(tg.softmax(x)[index]) * np.prod(x[0]) + tg.losses.cross_entropy_from_logits(index, x[:3])

    compiled = assert_compiles(tg.value_and_grad(step), x, index)
    value, slope = compiled(x, index)
    program = (
        f"{compiled.source}\nx = np.array({x.tolist()})\nvalue, slope = step(x, np.array([0, 1, 1]))\n"
        "import sys\nprint(value.tobytes().hex(), slope.tobytes().hex(), 'tinygrad_edu' in sys.modules)"
    )
    script = tmp_path / "alone.py"
    script.write_text(program, encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "error", str(script)], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == [value.tobytes().hex(), slope.tobytes().hex(), "False"], done.stderr


@pytest.mark.parametrize("name", ["np", "lambda", "x; import os", "ŷ'\n", "", "1x", "step", "__import__", "t1"])
def test_names_of_users_are_never_executed(name: str) -> None:
    def step(x: Any, w: Any) -> Any:
        y = np.tanh(x * w)
        y.name = name
        return y * 2

    compiled = tg.compile(step)
    w = tg.Tensor([1.0, 2.0, 3.0], name=name)
    assert_same(compiled(X, w), step(X, w))
    compile(compiled.source, "source", "exec")


def test_primitives_of_users_are_read_through_or_included() -> None:
    @tg.primitive(lambda g, y, x: 3 * g * x**2)
    def cube(x: Any) -> Any:
        return x * x * x

    @tg.primitive(lambda g, y, x: g * 2)
    def looped(x: Any) -> Any:
        y = np.empty_like(x)
        for i in range(len(y)):
            y[i] = 2 * x[i]
        return y

    @tg.primitive(lambda g, y, x, kept: g * kept, residual=lambda x: 2 * x)
    def keeping(x: Any) -> Any:
        y = np.empty_like(x)
        y[...] = x * x
        return y, 2 * x

    kept = tg.value_and_grad(lambda x: keeping(x).sum() + np.sum(keeping(x[0])))
    assert "def keeping(x):" in assert_compiles(kept, X).source
    assert "cube" not in assert_compiles(lambda x: cube(x), X).source
    assert "def looped(x):" in assert_compiles(lambda x: looped(x), X).source
    assert_compiles(tg.grad(lambda x: (cube(x) * looped(x)).sum()), X)


def test_the_page_shows_the_source_as_it_is() -> None:
    def loss(w: Any, X: Any, y: Any) -> Any:
        z = X @ w
        tg.named(z=z)
        return tg.losses.log_loss_from_logits(y, z)

    compiled = tg.compile(tg.value_and_grad(loss))
    compiled(np.ones(2), np.ones((3, 2)), np.ones(3))
    page = Path(__file__).parent.parent / "docs" / "compile.md"
    assert f"```python\n{compiled.source}```" in page.read_text(encoding="utf-8")


# ---------------------------------------------------------------------- the quick way in


def test_the_quick_way_in_is_taken_only_where_everything_fits() -> None:
    scale = np.float64(2.0)

    def f(x: Any, n: Any = 1) -> Any:
        return scale * x**n

    compiled = tg.compile(f)
    others = [X.astype(np.float32), X[:1], np.asfortranarray(X), X[:, ::-1], X.copy(), np.float64(3.0), X[0]]
    for x in others * 2:
        for args in ((x,), (x, 2), (x, 3), (x, 2.0)):
            assert_same(compiled(*args), f(*args))
    scale = np.float64(-1.0)
    assert_same(compiled(X, 2), f(X, 2))
    assert_same(compiled(X, n=2), f(X, 2))


def test_tensors_among_the_arguments_come_in_quickly_too() -> None:
    compiled = tg.compile(lambda v, x: (v * x).sum())
    w, other = tg.Tensor(np.ones(3), name="w"), tg.Tensor(2 * np.ones(3), name="w")
    assert compiled(w, X[0]).item() == compiled(w, X[0]).item() == 2.0
    assert compiled(other, X[0]).item() == 4.0 and len(compiled.replays) == 1
    assert isinstance(compiled(np.ones(3), X[0]), np.float64) and len(compiled.replays) == 2
    w.register_hook(print)
    with pytest.raises(UnsupportedError, match="'w' has hooks"):
        compiled(w, X[0])


def test_a_variable_that_was_deleted_is_missed_as_in_the_function() -> None:
    scale = 2.0

    def f(x: Any) -> Any:
        return scale * x  # noqa: F821  deleted below

    compiled = tg.compile(f)
    assert_same([compiled(X), compiled(X)], [2 * X] * 2)
    del scale
    with pytest.raises(NameError, match="scale"):
        compiled(X)


def test_a_mistake_in_values_is_not_taken_for_a_miss() -> None:
    compiled = tg.compile(lambda x: x + 1)
    compiled(X)
    enter = compiled.enter
    assert enter((X,)) is not MISS and enter((X, X)) is MISS and enter((X[0],)) is MISS
