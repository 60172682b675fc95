"""Each pass of the compiler alone: what it changes, and what it must leave as it is."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiled import passes
from tinygrad_edu.compiled.literals import index, literal
from tinygrad_edu.compiled.names import Namespace
from tinygrad_edu.compiled.program import Method, Program, Untraceable, Variable
from tinygrad_edu.compiled.source import Source

pytestmark = pytest.mark.filterwarnings("ignore:invalid value")

A = np.array([[1.0, -0.0, 3.0], [np.nan, np.inf, -2.5]])


def program_of(f: Callable[..., Any], *arrays: Any) -> Program:
    """What `f` does to inputs called a, b, …"""
    program = Program()
    program.outputs = f(*(program.input(x, name) for x, name in zip(arrays, "abcdef")))
    return program


def calls(program: Program) -> list[Any]:
    return [s.function for s in program.statements]


def run(program: Program, *arrays: Any) -> Any:
    names = {x.name for x in program.inputs}
    source = Source(program, "step")
    namespace: dict[str, Any] = {}
    exec(compile(source.text, "step", "exec"), namespace)
    return namespace[source.name](*(x for x, name in zip(arrays, "abcdef") if name in names), *source.given.values())


def assert_same_bits(f: Callable[..., Any], optimise: passes.Pass, *arrays: Any) -> Program:
    program = program_of(f, *arrays)
    optimise(program)
    found, expected = run(program, *arrays), f(*arrays)
    assert (found.dtype, found.shape, found.tobytes()) == (expected.dtype, expected.shape, expected.tobytes())
    return program


@pytest.mark.parametrize(
    "f",
    [
        lambda a: a * 1, lambda a: 1.0 * a, lambda a: a / 1, lambda a: a - 0, lambda a: a**1, lambda a: +a,
        lambda a: np.broadcast_to(a, (2, 3)), lambda a: a.reshape(2, 3), lambda a: a.astype(np.float64),
    ],
)  # fmt: skip
def test_simplify_leaves_out_what_changes_no_bit(f: Any) -> None:
    assert calls(assert_same_bits(lambda a: -f(a), passes.simplify, A)) == [operator.neg]


@pytest.mark.parametrize(
    "f",
    [
        lambda a: 0 + a, lambda a: a + 0.0, lambda a: a - -0.0, lambda a: 0 - a, lambda a: a * -1, lambda a: 1 / a,
        lambda a: 1**a, lambda a: np.float64(1) * a, lambda a: a * np.ones((1, 1, 1)), lambda a: a.reshape(3, 2),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_simplify_keeps_what_changes_a_sign_a_shape_or_a_dtype(f: Any) -> None:
    assert len(assert_same_bits(lambda a: -f(a), passes.simplify, A.astype(np.float32)).statements) == 2


def test_simplify_takes_what_was_transposed_twice() -> None:
    program = assert_same_bits(lambda a: -a.T.T.T.T, passes.simplify, A)
    passes.drop(program)
    assert calls(program) == [operator.neg]


def test_broadcast_does_not_store_what_is_only_stretched() -> None:
    def f(a: Any) -> Any:
        return a * np.broadcast_to(a[0], (2, 3)) + np.full((2, 3), 0.5)

    program = program_of(f, A)
    assert passes.broadcast(program) == 2 and passes.drop(program) == 1
    assert calls(program) == [operator.getitem, operator.mul, operator.add]
    np.testing.assert_array_equal(run(program, A), f(A))


def test_broadcast_keeps_what_sets_the_shape_of_the_result() -> None:
    assert_same_bits(lambda a: np.broadcast_to(a[0], (4, 3)) * a[:1], passes.broadcast, A)
    assert_same_bits(lambda a: np.broadcast_to(a[0], (4, 3)) * np.broadcast_to(a[1], (4, 3)), passes.broadcast, A)


def test_broadcast_keeps_the_arrays_of_other_functions() -> None:
    program = program_of(lambda a: np.full((2, 3), 0.5) @ a.T, A)
    assert passes.broadcast(program) == 0


def test_share_computes_once_what_is_the_same() -> None:
    program = assert_same_bits(lambda a: np.exp(a) * 2 + np.exp(a) * 2, passes.share, A)
    assert calls(program) == [np.exp, operator.mul, operator.add]


@pytest.mark.parametrize(
    "f",
    [
        lambda a: a.sum(axis=0) + a.sum(axis=1)[:1],
        lambda a: a * 2 + (a * 2.0) * np.float32(2),
        lambda a: np.copysign(a, 0.0) + np.copysign(a, -0.0),
        lambda a: a[:1] + a[1:],
        lambda a: a[(0,)] + a[0:1],
    ],
)
def test_share_tells_apart_what_differs_in_a_setting(f: Any) -> None:
    program = program_of(f, A)
    assert passes.share(program) == 0


def test_drop_keeps_only_what_the_result_needs() -> None:
    program = program_of(lambda a, b: (np.exp(a) * b, -a)[1], A, A)
    assert passes.drop(program) == 2
    assert calls(program) == [operator.neg] and [x.name for x in program.inputs] == ["a"]


@pytest.mark.parametrize(
    "f",
    [
        np.sum,
        np.prod,
        np.max,
        np.min,
        lambda a: a.sum(axis=1),
        lambda a: np.max(a, axis=-1, keepdims=True),
        np.transpose,
    ],
)
def test_shorten_calls_what_the_function_leads_to(f: Any) -> None:
    program = assert_same_bits(f, passes.shorten, A)
    assert "reduce(" in Source(program, "step").text or ".T" in Source(program, "step").text


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int32, np.bool_])
@pytest.mark.parametrize("settings", [{}, {"axis": 1}, {"axis": (0, 1), "keepdims": True}, {"axis": 0, "dtype": float}])
def test_shorten_gives_means_as_numpy_rounds_them(dtype: Any, settings: Any) -> None:
    x = np.random.default_rng(0).normal(size=(7, 11), scale=100).astype(dtype)
    program = assert_same_bits(lambda a: np.mean(a, **settings), passes.shorten, x)
    is_short = dtype in (np.float64, np.float32) and "dtype" not in settings
    assert (calls(program)[-1] is operator.truediv) == is_short


def test_shorten_leaves_means_of_nothing_and_of_too_many_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program()
    x = program.input(np.ones((0, 3)), "x")
    with pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        program.outputs = np.mean(x)
    assert passes.shorten(program) == 0
    monkeypatch.setattr("tinygrad_edu.compiled.passes.algebra.MOST_EXACT", 5)
    assert passes.shorten(program_of(np.mean, A.astype(np.float32))) == 0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_floats_writes_whole_numbers_as_floats(dtype: Any) -> None:
    a = np.array([[1.5, -0.0], [3.0, 2.0]], dtype)
    for f in (lambda a: 1 - a, lambda a: a * -3, lambda a: a > 0, lambda a: np.where(a > 0.0, 1, a)):
        assert "0" in Source(assert_same_bits(f, passes.floats, a), "step").text
        assert passes.floats(program_of(f, a)) == 1


def test_floats_leaves_integers_and_powers_alone() -> None:
    for f in (lambda a: a + 1, lambda a: a.astype(float) ** 2, lambda a: np.where(a > a, 1, 0), lambda a: a == True):  # noqa: E712
        assert passes.floats(program_of(f, np.arange(4))) == 0
    assert passes.floats(program_of(lambda a: a * 2**25, A)) == 0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_numbers_become_arrays_of_the_dtype_beside_them(dtype: Any) -> None:
    a = A.astype(dtype)
    for f in (lambda a: 2.0 * a, lambda a: a - 0.0, lambda a: a > 0.5, lambda a: dtype(1) - a):
        program = assert_same_bits(f, passes.numbers, a)
        assert [x.dtype for x in program.statements[0].args if type(x) is np.ndarray] == [dtype]
    assert "HALF = np.array(0.5" in Source(program_of(lambda a: a * np.array(0.5, dtype), a), "step").text


def test_numbers_leaves_scalars_and_other_dtypes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for f in (
        lambda a: a.sum() * 2.0,
        lambda a: a * 2,
        lambda a: a * 0.9,
        lambda a: a**2.0,
        lambda a: a * np.float32(2),
    ):
        assert passes.numbers(program_of(f, A)) == 0
    monkeypatch.setattr("tinygrad_edu.compiled.passes.algebra.FEW_ELEMENTS", 5)
    assert passes.numbers(program_of(lambda a: a * 2.0, A)) == 0


def test_shorten_keeps_settings_that_a_reduction_does_not_share() -> None:
    program = program_of(lambda a: np.sum(a, where=A > 0) + np.transpose(a, axes=(1, 0))[0, 0], A)
    assert passes.shorten(program) == 0


@pytest.mark.parametrize("f", [lambda a: a, lambda a: a.T, lambda a: a[0], lambda a: np.broadcast_to(a, (2, 2, 3))])
def test_own_copies_results_that_are_not_fresh(f: Any) -> None:
    program = assert_same_bits(f, passes.own, A)
    assert not np.may_share_memory(run(program, A), A)


def test_own_leaves_fresh_results_alone() -> None:
    assert passes.own(program_of(lambda a: (a * 2).T, A)) == 0


def test_reuse_writes_into_memory_that_is_not_read_any_more() -> None:
    program = assert_same_bits(lambda a: np.tanh(np.exp(-a) + 1) * a, passes.reuse, A)
    assert [s.into is not None for s in program.statements] == [False, True, True, True, True]
    assert " += 1" in Source(program, "step").text and "np.tanh(t1, out=t1)" in Source(program, "step").text


@pytest.mark.parametrize(
    ("f", "reused"),
    [
        (lambda a: np.exp(a) * 2, 1),
        (lambda a: a * 2, 0),  # an input
        (lambda a: (b := np.exp(a)) * 2 + b, 1),  # b is read again
        (lambda a: (b := np.exp(a)) * 2 + b.T.T, 1),  # a view of b is read again
        (lambda a: np.exp(a) > 1, 0),  # another dtype
        (lambda a: np.exp(a[0]) * a, 0),  # another shape
        (lambda a: np.exp(a) @ np.ones((3, 3)), 0),  # not element by element
        (lambda a: np.broadcast_to(np.exp(a), (2, 3)) * 2, 0),  # read-only
        (lambda a: np.sum(np.exp(a)) * 2, 0),  # a scalar
    ],
)
def test_reuse_takes_only_memory_that_nobody_else_needs(f: Any, reused: int) -> None:
    program = program_of(f, A)
    assert passes.reuse(program) == reused
    np.testing.assert_array_equal(run(program, A), f(A))


def test_reuse_keeps_what_is_a_result() -> None:
    program = program_of(lambda a: ((b := np.exp(a)), np.log(b), b.T), A)
    assert passes.reuse(program) == 0


def test_memory_that_passed_through_a_shared_value_is_not_lost_track_of() -> None:
    def f(a: Any) -> Any:
        b, c = np.exp(a), np.exp(a)
        view = c.T  # after sharing, a view of b
        return np.negative(b) + view.T

    program = program_of(f, A)
    for optimise in passes.PASSES:
        optimise(program)
    np.testing.assert_array_equal(run(program, A), f(A))


# ---------------------------------------------------------------------- equal up to rounding


def assert_close(f: Callable[..., Any], optimise: passes.Pass, *arrays: Any, changes: int = 1) -> Program:
    """The pass makes so many changes, and what is left gives the same numbers up to rounding."""
    program = program_of(f, *arrays)
    assert optimise(program) == changes
    passes.drop(program)
    found, expected = run(program, *arrays), f(*arrays)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-5 if expected.dtype == np.float32 else 1e-12)
    return program


B = np.random.default_rng(0).normal(size=(30, 4))
V = np.random.default_rng(1).normal(size=200)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_signs_go_into_sums_and_numbers(dtype: Any) -> None:
    a, b = B.astype(dtype), B[::-1].astype(dtype)
    sunk = assert_close(lambda a, b: b + (-a) * b / 3, passes.signs, a, b)
    assert calls(sunk) == [operator.mul, operator.truediv, operator.add] and "/ (-3)" in Source(sunk, "step").text
    assert operator.neg not in calls(assert_close(lambda a, b: b + (-a) * b * a, passes.signs, a, b))
    assert calls(assert_close(lambda a, b: -a + b, passes.signs, a, b)) == [operator.sub]
    assert calls(assert_close(lambda a, b: b - -a, passes.signs, a, b)) == [operator.add]


def test_signs_stay_where_they_are_read_by_others() -> None:
    assert_close(lambda a: -a * np.exp(-a), passes.signs, B, changes=0)
    assert_close(lambda a: -a - 1, passes.signs, B, changes=0)


def test_divide_takes_a_reciprocal_and_a_product_at_once() -> None:
    for f in (lambda a, b: (1.0 / a) * b, lambda a, b: b * (1 / a)):
        assert calls(assert_close(f, passes.divide, B, B[::-1])) == [operator.truediv]
    assert_close(lambda a, b: (r := 1 / a) * b + r, passes.divide, B, B, changes=0)
    assert_close(lambda a, b: (2 / a) * b, passes.divide, B, B, changes=0)
    assert_close(lambda a, b: (1 / a) * b, passes.divide, B, B[0], changes=0)  # b alone has another shape


def exact_sigmoid(x: Any) -> Any:
    """σ as the body of `tg.sigmoid` computes it, after the numbers in it were made floats."""
    e = np.exp(-np.abs(x))
    return np.maximum(e, np.greater_equal(x, 0.0).astype(e.dtype)) / (1.0 + e)


BY_HAND = [operator.neg, np.minimum, np.exp, operator.add, operator.truediv]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logistic_computes_sigmoid_as_by_hand(dtype: Any) -> None:
    extremes = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e4, -1e4, -5.0, 3.0]).astype(dtype)
    for f in (
        lambda a, b: exact_sigmoid(a) - b,
        lambda a, b: ((b + exact_sigmoid(a)) / 3).reshape(3, 3).T.dot(b[:3]),
        lambda a, b: 0.25 * np.add.reduce(-(b - exact_sigmoid(a)), axis=None),
    ):
        program = assert_close(f, passes.logistic, extremes, np.ones_like(extremes))  # and nothing overflows
        assert [g for g in calls(program) if g in BY_HAND][:5] == BY_HAND


def test_logistic_is_reported_and_explained() -> None:
    targets = np.ones(5)
    step = tg.compile(tg.grad(lambda z: tg.losses.log_loss_from_logits(targets, z)))
    z = np.array([1e4, -1e4, 0.0, 1.0, -1.0])
    np.testing.assert_allclose(step(z), (tg.sigmoid(z) - 1) / 5, rtol=1e-15)
    assert re.search(r"np.minimum\(\w+, 709.0, out=\w+\) +# \(5,\)  exp\(709\) is finite", step.source)
    assert "logistic       1  " in step.report()


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_logistic_leaves_alone_what_a_logarithm_is_taken_of() -> None:
    for f in (
        lambda a: exact_sigmoid(a),
        lambda a: -exact_sigmoid(a),
        lambda a: exact_sigmoid(a) - 1.0,
        lambda a: exact_sigmoid(a).T,
        lambda a: np.log(exact_sigmoid(a)),
        lambda a: np.log(exact_sigmoid(a) - a),
        lambda a: 1e30 * (exact_sigmoid(a) - a),
        lambda a: (exact_sigmoid(a) - a) / 1e-30,
        lambda a: a * exact_sigmoid(a),
        lambda a: (exact_sigmoid(a) - a) / a,
        lambda a: 1 / (2 * exact_sigmoid(a)),
        lambda a: np.add.reduce(exact_sigmoid(a), axis=None) - a,
    ):
        assert passes.logistic(program_of(f, B)) == 0
    log_sigmoid = tg.compile(lambda x: np.log(tg.sigmoid(x)))
    np.testing.assert_allclose(log_sigmoid(np.array([-720.0, -1e4])), [-720, -np.inf], rtol=1e-12)


@pytest.mark.parametrize(
    "f",
    [
        lambda a: exact_sigmoid(a) + np.log1p(np.exp(-np.abs(a))),
        lambda a: np.maximum(e := np.exp(-np.abs(a)), np.greater_equal(a, 1.0).astype(a.dtype)) / (1.0 + e) - 1,
        lambda a: np.maximum(e := np.exp(-np.abs(a)), np.greater_equal(-a, 0.0).astype(a.dtype)) / (1.0 + e) - 1,
        lambda a: np.maximum(e := np.exp(-np.abs(a)), np.greater_equal(a, 0.0).astype(a.dtype)) / (2.0 + e) - 1,
        lambda a: np.exp(-a) / (1.0 + np.exp(-a)) - 1,
    ],
)
def test_logistic_leaves_alone_what_is_read_elsewhere_or_is_no_sigmoid(f: Any) -> None:
    program = program_of(f, B)
    passes.share(program)
    assert passes.logistic(program) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dot_adds_up_products_that_nobody_else_reads(dtype: Any) -> None:
    a, v = B.astype(dtype), V.astype(dtype)
    for f in (lambda v: np.add.reduce(v * v, axis=None), lambda v: np.add.reduce(v**2, axis=None)):
        assert calls(assert_close(f, passes.dot, v)) == [Method("dot")]
    assert calls(assert_close(lambda a, b: np.add.reduce(a * b, axis=None), passes.dot, a, a + 1)) == [np.vdot]


@pytest.mark.parametrize(
    "f",
    [
        lambda a, b: np.add.reduce((p := a * b), axis=None) + p,
        lambda a, b: np.add.reduce(a * b[0], axis=None),
        lambda a, b: np.add.reduce(a.T * b.T, axis=None),
        lambda a, b: np.add.reduce(a * b, axis=0),
        lambda a, b: np.add.reduce(a * 2, axis=None),
        lambda a, b: np.add.reduce(a**3, axis=None),
    ],
)
def test_dot_leaves_other_sums_alone(f: Any) -> None:
    assert_close(f, passes.dot, B, B + 1, changes=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("axis", [0, 1, -1, (0,), (-2,)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_ones_sum_along_an_axis(dtype: Any, axis: Any, keepdims: bool) -> None:
    settings: dict[str, Any] = {"keepdims": True} if keepdims else {}
    program = assert_close(lambda a: np.add.reduce(a, axis=axis, **settings), passes.ones, B.astype(dtype))
    assert "dot(" in Source(program, "step").text


def test_ones_leave_other_sums_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for x in (B.astype(np.float16), np.arange(6).reshape(2, 3), B[0], B[np.newaxis], np.ones((0, 3))):
        assert passes.ones(program_of(lambda a: np.add.reduce(a, axis=0), x)) == 0
    monkeypatch.setattr("tinygrad_edu.compiled.passes.products.LONGEST_SUM", 10)
    assert passes.ones(program_of(lambda a: np.add.reduce(a, axis=0), B)) == 0


def test_columns_are_taken_out_of_the_matrix() -> None:
    unit = np.array([0.0, 0.0, 1.0, 0.0])
    program = assert_close(lambda a: a.dot(unit) * 2, passes.columns, B)
    assert "a[:, 2]" in Source(program, "step").text
    row = assert_close(lambda a: a.T.dot(np.eye(30)[1]) * 2, passes.columns, B)
    assert "[:, 1]" in Source(row, "step").text


@pytest.mark.parametrize("vector", [np.array([0.0, 2.0, 0.0, 0.0]), np.ones(4), np.zeros(4), np.eye(4), V[:4]])
def test_columns_leave_other_products_alone(vector: Any) -> None:
    assert_close(lambda a: a.dot(vector) * 2, passes.columns, B, changes=0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, v: x.T.dot(0.5 * v),
        lambda x, v: x.T.dot(v / 3),
        lambda x, v: np.add.reduce(v * 0.5, axis=None),
        lambda x, v: v.dot(v * np.float64(2)),
        lambda x, v: x.T.dot(v * v.max()),
    ],
)
def test_scale_multiplies_the_smaller_array(f: Any) -> None:
    x = np.random.default_rng(0).normal(size=(200, 3))
    program = assert_close(f, passes.scale, x, V)
    assert np.size(program.statements[-1].target.value) <= 3


def test_scale_multiplies_the_smaller_factor_of_a_large_product(monkeypatch: pytest.MonkeyPatch) -> None:
    x, d = random_matrix(2, 100), random_matrix(2, 40)
    assert_close(lambda x, d: 0.1 * x.T.dot(d), passes.scale, x, d, changes=0)
    monkeypatch.setattr("tinygrad_edu.compiled.passes.products.WORTH_MOVING", 100)
    for f in (lambda x, d: 0.1 * x.T.dot(d), lambda x, d: x.T.dot(d) / 3):
        assert assert_close(f, passes.scale, x, d).statements[-1].function == Method("dot")
    assert_close(lambda x, d: (p := x.T.dot(d)) * 2 + p, passes.scale, x, d, changes=0)


def random_matrix(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=shape)


def test_scale_leaves_names_and_small_arrays_alone() -> None:
    def named(x: Any, v: Any) -> Any:
        scaled = 0.5 * v
        scaled.name = "d_z"
        return x.T.dot(scaled)

    program = Program()
    x, v = program.input(V[:, np.newaxis], "x"), program.input(V, "v")
    program.outputs = named(x, v)
    assert passes.scale(program) == 0
    assert_close(lambda v: v.dot(v * 2), passes.scale, V[:20], changes=0)
    assert_close(lambda v: (s := v * 2).dot(v) + s, passes.scale, V, changes=0)
    assert_close(lambda v: v.astype(np.float32).dot(np.float32(2) * v), passes.scale, V, changes=0)


def test_every_pass_is_explained() -> None:
    assert {p.__name__ for p in passes.PASSES} == passes.WHAT.keys()


# ---------------------------------------------------------------------- values and names in source


@pytest.mark.parametrize(
    "x",
    [
        1, True, None, "it's", -0.0, 0.1, np.inf, -np.inf, np.nan, np.float32(0.1), np.float32(1e-45),
        np.float64(1 / 3), np.int64(3), np.bool_(True), np.float32(np.inf), (1,), (), [1, (2.5,)], slice(1, None, -1),
        ..., np.dtype("f4"), float, bool, {},
        np.arange(3), np.ones(3), np.full((2, 3), 0.1, np.float32), np.array([1.5, 2.25]), np.empty((0, 3)),
        np.array([True, False]), np.array([[1, 2], [3, 4]], np.int32), np.array([0.0, -0.0]),
    ],
)  # fmt: skip
def test_literals_give_the_value_again(x: Any) -> None:
    text = literal(x)
    assert text is not None
    found = eval(text, {"np": np})
    if isinstance(x, (np.ndarray, np.generic)):
        assert (found.dtype, np.shape(found), found.tobytes()) == (x.dtype, np.shape(x), x.tobytes())
    else:
        assert repr(found) == repr(x) or np.dtype(found) == x


@pytest.mark.parametrize("x", [object(), np.random.default_rng(0).normal(size=9), np.array(["a"]), lambda: 0, {1: 2}])
def test_what_has_no_literal_is_passed_in(x: Any) -> None:
    assert literal(x) is None


def test_an_index_is_written_as_between_brackets() -> None:
    assert index((slice(None), 0, slice(None, None, -1), None, ...)) == ":, 0, ::-1, None, ..."
    assert index(slice(1, None)) == "1:" and index((0,)) == "0," and index(()) == "()"


def test_names_are_legal_free_and_short() -> None:
    names = Namespace(["step"])
    given = ["w", "w", "lambda", "np", "step", "1x", "a b", "ŷ", "sum", "", "x" * 99]
    found = [names.new(name) for name in given]
    assert found[:2] == ["w", "w_2"] and len(set(found)) == len(given)
    assert all(name.isidentifier() and name.isascii() and len(name) < 40 for name in found)


def test_variables_do_not_turn_into_numbers() -> None:
    program = Program()
    x = program.input(np.ones(3), "x")
    for use in (bool, float, int, list, np.asarray, lambda v: v.sort(), lambda v: np.add.at(v, 0, 1)):
        with pytest.raises((Untraceable, TypeError)):
            use(x)
    assert isinstance(x + 1, Variable) and x.shape == (3,)


def lines(f: Any, *arrays: Any) -> list[str]:
    program = program_of(f, *arrays)
    for optimise in passes.PASSES:
        optimise(program)
    written = Source(program, "step").text.partition("def step")[2].splitlines()[1:]
    return [line.partition("  # ")[0].strip() for line in written]


def test_short_expressions_stand_where_they_are_read() -> None:
    assert lines(lambda a, b: np.exp(a) - a * b, A, A) == ["t1 = np.exp(a)", "t1 -= a * b", "return t1"]
    assert lines(lambda a: a.sum() / 3, A) == ["t2 = np.add.reduce(a, axis=None) / 3.0", "return t2"]
    assert lines(lambda a, b: np.where(a > b, a, b), A, A) == ["t2 = np.where(a > b, a, b)", "return t2"]


def test_expressions_that_need_brackets_or_memory_have_lines_of_their_own() -> None:
    assert lines(lambda a, b: (a > b) * (a - b), A, A)[0] == "t1 = a > b"
    assert lines(lambda a: np.exp(a) + 1, A)[:2] == ["t1 = np.exp(a)", "t1 += ONE"]
    assert lines(lambda a: (b := np.tanh(a).sum()) * b, A)[0] == "t2 = np.add.reduce(np.tanh(a), axis=None)"
    assert lines(lambda a: np.add.reduce(np.where(a > 0.25, a, a * 0.125), axis=None), A)[-2].startswith("t4 = np.add")
