"""What once gave a stale or a wrong number in a compiled function, or an error of ours: each stays right."""

from __future__ import annotations

import functools
import threading
import warnings
from fractions import Fraction
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import UnsupportedError

X = np.ones(3)


# ---------------------------------------------------------------------- memory


@pytest.mark.parametrize("flat", [lambda w: w.reshape(-1), np.ravel, lambda w: w.reshape(3, 2)])
def test_parameters_keep_their_values_whatever_their_layout_was(flat: Any) -> None:
    w = tg.Tensor(np.arange(6.0).reshape(3, 2).T, name="w")
    w.assign(np.asfortranarray(w.numpy()))
    optimiser = tg.optim.SGD([w], lr=0.0)

    @tg.compile
    def step() -> Any:
        optimiser.zero_grad()
        L = np.exp(flat(w)).sum()
        L.backward()
        optimiser.step()
        return L

    expected = np.exp(w.numpy()).sum()
    for _ in range(4):
        np.testing.assert_allclose(step().item(), expected)
        w.data = np.ascontiguousarray(w.data) if _ == 1 else w.data
    np.testing.assert_array_equal(w.numpy(), np.arange(6.0).reshape(3, 2).T)


def test_a_captured_tensor_may_come_to_lie_differently() -> None:
    w = tg.Tensor(np.zeros((2, 3)), name="w")
    w.assign(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    compiled = tg.compile(lambda: np.exp(w.reshape(-1)).sum())
    expected = compiled().item()
    w.data = np.ascontiguousarray(w.data)
    for _ in range(2):
        np.testing.assert_allclose(compiled().item(), expected)
    assert w.numpy().tolist() == [[0, 1, 2], [3, 4, 5]]


def test_equal_results_are_two_arrays() -> None:
    a, b = tg.compile(lambda x: (x * 2, x * 2))(X)
    a += 1
    assert b.tolist() == [2, 2, 2]


def test_equal_gradients_are_two_arrays() -> None:
    a, b = tg.Tensor(10 * X, name="a"), tg.Tensor(10 * X, name="b")
    tg.compile(lambda x: ((a + b) * x).sum().backward())(X)
    a.grad[...] *= 0.5
    assert b.grad.tolist() == [1, 1, 1]


# ---------------------------------------------------------------------- what the function is given


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * 2 if isinstance(x, np.ndarray) else x * 3,
        lambda x: x * 2 if type(x) is np.ndarray else x * 3,
        lambda x: x * (2 if np.isscalar(x[0]) else 3),
    ],
)
def test_asking_what_kind_of_value_it_is_is_refused(f: Any) -> None:
    with pytest.raises(UnsupportedError, match=r"(?s)The function gives .*recorded it gives .*isinstance"):
        tg.compile(f)(X)


def test_settings_of_numpy_inside_are_refused() -> None:
    def f(x: Any) -> Any:
        with np.errstate(divide="raise"):
            return 1 / x

    with pytest.raises(FloatingPointError):
        tg.compile(f)(np.zeros(2))


@pytest.mark.parametrize("x", [np.ma.array([1.0, 2.0], mask=[0, 1])])
def test_arrays_that_compute_in_their_own_way_are_refused(x: Any) -> None:
    with pytest.raises(UnsupportedError, match=r"MaskedArray computes in its own way.*np.asarray"):
        tg.compile(np.sum)(x)
    with pytest.raises(UnsupportedError, match="MaskedArray"):
        tg.compile(lambda v: v * x)(np.ones(2))


def test_a_tensor_that_is_given_twice_is_one() -> None:
    compiled = tg.compile(lambda a, b: tg.gradient((a * b).sum(), [a])[0])
    w, v = tg.Tensor(3 * X), tg.Tensor(5 * X)
    for a, b, slope in ((w, w, 6), (w, v, 5), (v, v, 10), (w, w, 6), (v, w, 3)):
        assert compiled(a, b).numpy().tolist() == [slope] * 3


def test_a_captured_tensor_that_is_given_later_is_refused() -> None:
    w, v = tg.Tensor(3 * X, name="w"), tg.Tensor(4 * X, name="w")
    compiled = tg.compile(lambda x: tg.gradient((w * x).sum(), [w])[0])
    for _ in range(2):
        assert compiled(v).numpy().tolist() == [4, 4, 4]
    with pytest.raises(UnsupportedError, match="'w' is an argument .* also refers to it by itself"):
        compiled(w)


def test_other_objects_are_told_apart() -> None:
    half = tg.compile(lambda x, q: x * float(q))
    assert [half(X, Fraction(k, 2))[0] for k in range(1, 5)] == [0.5, 1.0, 1.5, 2.0]
    item = tg.compile(lambda x, b: x * b[0])
    assert [item(X, bytes([k, k + 1]))[0] for k in range(1, 5)] == [1, 2, 3, 4]
    called = tg.compile(lambda x, g: g(x))
    assert [called(X, functools.partial(np.multiply, float(k)))[0] for k in range(1, 5)] == [1, 2, 3, 4]


# ---------------------------------------------------------------------- what it refers to


A = np.ones(3)
LABELS = np.array([0, 1, 1])


@pytest.mark.parametrize(
    ("array", "f", "values"),
    [
        (A, lambda x: A * x + np.maximum(A, 100), 700),
        (A, lambda x: x * A * (2.0 if (A > 100).any() else 1.0), 1000),
        (A, lambda x: x * A if np.isfinite(A).all() else x * 0, np.inf),
        (A, lambda x: np.where(np.isnan(A), 0.0, x) + x * A, [1, np.nan, 1]),
        (LABELS, lambda x: np.sum(x * (LABELS == 2)) + np.sum(LABELS * x), 2),
        (LABELS, lambda x: x * len(np.unique(LABELS)) + LABELS, [0, 1, 2]),
    ],
)
def test_what_is_taken_from_arrays_in_plain_python_follows_them(array: Any, f: Any, values: Any) -> None:
    before, compiled = array.copy(), tg.compile(f)
    np.testing.assert_array_equal(compiled(X), f(X))
    try:
        array[:] = values
        np.testing.assert_array_equal(compiled(X), f(X))
    finally:
        array[:] = before


@pytest.mark.parametrize("array", [np.arange(6.0)[::2], np.arange(3.0)[::-1], np.arange(3.0).astype(">f8")])
def test_copies_of_arrays_in_unusual_order_follow_them(array: Any) -> None:
    compiled = tg.compile(lambda x: array * x + np.asarray(array, dtype=float).ravel())
    assert compiled(X).tolist() == (2 * array).tolist()
    array[:] = 100
    assert compiled(X).tolist() == [200, 200, 200]


class Model:
    rate = 2.0

    def __init__(self, inner: Any = None) -> None:
        self.inner = inner

    def forward(self, x: Any) -> Any:
        return x * self.rate

    def outer(self, x: Any) -> Any:
        return self.inner.forward(x)


MODULE = ModuleType("settings_of_a_user")
MODULE.rate = 2.0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("f", "holder"),
    [
        ((model := Model()).forward, model),
        (Model(inner := Model()).outer, inner),
        (lambda x: x * nested.deep.rate, (nested := SimpleNamespace(deep=SimpleNamespace(rate=2.0))).deep),
        (lambda x: x * MODULE.rate, MODULE),
        (lambda x: x * Model.rate, Model),
    ],
    ids=["instance over class", "attribute of an attribute", "namespace", "module", "class"],
)
def test_attributes_are_followed(f: Any, holder: Any) -> None:
    compiled = tg.compile(f)
    before = holder.rate
    assert compiled(X).tolist() == [2, 2, 2]
    holder.rate = 5.0
    try:
        assert compiled(X).tolist() == [5, 5, 5]
    finally:
        holder.rate = before


RATES = {"module": 1.0}


def test_a_function_that_looks_like_one_of_numpy_is_followed() -> None:
    rate = 2.0

    @functools.wraps(np.mean)
    def f(x: Any) -> Any:
        return rate * np.sin(x) * RATES["module"]

    assert f.__module__ == "numpy"
    compiled = tg.compile(f)
    np.testing.assert_allclose(compiled(X), 2 * np.sin(X))
    rate = 4.0
    np.testing.assert_allclose(compiled(X), 4 * np.sin(X))
    RATES["module"] = 3.0
    np.testing.assert_allclose(compiled(X), 12 * np.sin(X))


class Slotted:
    __slots__ = ("rate",)


class Base:
    power = 2.0

    def __init__(self) -> None:
        self.rate = 2.0
        self.steps = {"warm": [1.0, 2.0]}

    def scaled(self, x: Any) -> Any:
        return x * self.rate * self.power

    @property
    def total(self) -> float:
        return self.rate + sum(self.steps["warm"])

    def __getitem__(self, i: int) -> float:
        return self.steps["warm"][i]


class Derived(Base):
    def scaled(self, x: Any) -> Any:
        return super().scaled(x) + getattr(self, "rate")  # noqa: B009


def slotted() -> Slotted:
    x = Slotted()
    x.rate = 2.0
    return x


@pytest.mark.parametrize(
    "make, f, changes",
    [
        (lambda: [2.0, 3.0], lambda h, x: x * h[0], [lambda h: h.__setitem__(0, 5.0), lambda h: h.insert(0, 7.0)]),
        (
            lambda: [2.0, 3.0],
            lambda h, x: x * sum(h),
            [lambda h: h.append(1.0), lambda h: h.pop(0), lambda h: h.clear()],
        ),
        (lambda: {"a": 2.0}, lambda h, x: x * h["a"], [lambda h: h.update(a=3.0)]),
        (lambda: {"order": 2.0, None: 1}, lambda h, x: x * h["order"] * h[None], [lambda h: h.update(order=3.0)]),
        (
            lambda: {"a": 2.0, "b": 4.0},
            lambda h, x: x * [*h.values()][0],
            [lambda h: h.update(b=h.pop("b"), a=h.pop("a")), lambda h: h.pop("a"), lambda h: h.update(b=5.0)],
        ),
        (lambda: {"a": {"b": (1, [2.0])}}, lambda h, x: x * h["a"]["b"][1][0], [lambda h: h["a"]["b"][1].append(3.0)]),
        (lambda: {"a": {"b": (1, [2.0])}}, lambda h, x: x * h["a"]["b"][1][0], [lambda h: h["a"].update(b=(1, [4.0]))]),
        (lambda: [*range(2000)], lambda h, x: x * h[1500], [lambda h: h.__setitem__(1500, 0.5), lambda h: h.reverse()]),
        (lambda: {i: i for i in range(2000)}, lambda h, x: x * h[5], [lambda h: h.update({5: 0.5})]),
        (slotted, lambda h, x: x * h.rate, [lambda h: setattr(h, "rate", 5.0)]),
        (Base, lambda h, x: x * h.total, [lambda h: setattr(h, "rate", 5.0), lambda h: h.steps["warm"].append(1.0)]),
        (Base, lambda h, x: x * h[1], [lambda h: h.steps["warm"].reverse()]),
        (Derived, lambda h, x: h.scaled(x), [lambda h: setattr(h, "rate", 5.0), lambda h: setattr(h, "power", 3.0)]),
        (lambda: [Base()], lambda h, x: h[0].scaled(x), [lambda h: setattr(h[0], "rate", 5.0)]),
        (lambda: {"m": Base()}, lambda h, x: x * h["m"].rate, [lambda h: setattr(h["m"], "rate", 5.0)]),
        (lambda: [2.0], lambda h, x: functools.partial(lambda h, x: x * h[0], h)(x), [lambda h: h.__setitem__(0, 5.0)]),
    ],
)
@pytest.mark.parametrize("captured", ["closure", "partial", "attribute"])
def test_what_is_held_inside_is_followed(make: Any, f: Any, changes: Any, captured: str) -> None:
    holder = make()
    outer = SimpleNamespace(holder=holder)
    inside = functools.partial(f, holder)
    function = {
        "closure": lambda x: f(holder, x) + 1,
        "partial": lambda x: inside(x) + 1,
        "attribute": lambda x: f(outer.holder, x) + 1,
    }[captured]
    compiled = tg.compile(function)
    for change in [lambda h: None, *changes]:
        change(holder)
        for _ in range(2):
            try:
                expected = function(X)
            except (LookupError, AttributeError) as error:
                with pytest.raises(type(error)):
                    compiled(X)
            else:
                np.testing.assert_array_equal(compiled(X), expected)
    assert len(compiled.replays) <= 1 + len(changes)


def test_layers_and_parameters_may_be_put_in_place_of_others() -> None:
    net, other = tg.nn.MLP([3, 2, 1], seed=0), tg.nn.MLP([3, 2, 1], seed=1)
    compiled = tg.compile(lambda x: net(x))
    changes = [
        lambda: None,
        lambda: setattr(net.layers[0], "W", other.layers[0].W),
        lambda: net.layers.__setitem__(1, other.layers[1]),
        lambda: setattr(net.layers[0], "activation", tg.sigmoid),
        lambda: setattr(net, "layers", other.layers),
    ]
    for change in changes:
        change()
        for _ in range(2):
            np.testing.assert_allclose(compiled(X).data, net(X).data, rtol=1e-12)


@pytest.mark.parametrize(
    "f, x, dtype",
    [
        (tg.silu, [-1e38] * 3, np.float32),
        (lambda a: np.mean(tg.sigmoid(a) / np.exp(a)), [-90, -95, -99], np.float32),
        (lambda a: np.mean(tg.sigmoid(a) * np.exp(-a)), [-709.5, -709.7], np.float64),
        (tg.grad(lambda a: np.sum(np.log(tg.softplus(a)))), [-709.5, -709.7], np.float64),
        (lambda a: np.log(tg.sigmoid(a)), [-100.0, -80.0], np.float32),
    ],
)
def test_sigmoids_next_to_nothing_keep_their_digits(f: Any, x: Any, dtype: Any) -> None:
    x = np.array(x, dtype)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(tg.compile(f)(x), f(x), rtol=1e-2 if dtype == np.float32 else 1e-9)


def test_a_tensor_that_only_enters_sums_is_watched_too() -> None:
    w, u = (tg.Tensor(np.ones(3), name=name) for name in "wu")
    compiled = tg.compile(lambda x: tg.gradient((w * x + u).sum(), w))
    compiled(X)
    w.requires_grad = False
    np.testing.assert_array_equal(np.asarray(getattr(compiled(X), "data", compiled(X))), np.zeros(3))
    w.requires_grad = True
    compiled(X)
    w.register_hook(lambda g: g * 2)
    with pytest.raises(UnsupportedError, match="hook"):
        compiled(X)


@pytest.mark.parametrize(
    "f",
    [
        lambda w, v, x: tg.gradient((w * x).sum(), w),
        lambda w, v, x: tg.value_and_grad(lambda x: (v * x).sum())(x),
        lambda w, v, x: tg.value_and_grad(lambda x: (x * x).sum() + 0 * w.sum())(x),
        lambda w, v, x: (w * x, v * x, x * x),
    ],
)
def test_results_are_tensors_where_the_function_gives_tensors(f: Any) -> None:
    w, v = tg.Tensor(np.ones(3), name="w"), tg.constant(np.ones(3), name="v")
    compiled = tg.compile(lambda x: f(w, v, x))
    for _ in range(3):
        found, expected = compiled(X), f(w, v, X)
        for a, b in zip(
            found if isinstance(found, tuple) else [found], expected if isinstance(expected, tuple) else [expected]
        ):
            assert isinstance(a, tg.Tensor) == isinstance(b, tg.Tensor)


def test_an_array_may_get_another_shape_in_its_place() -> None:
    A = np.arange(6.0).reshape(2, 3)
    compiled = tg.compile(lambda x: A.mean(axis=0) * x)
    assert compiled(2.0).tolist() == [3, 5, 7]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        A.shape = (3, 2)
    for _ in range(2):
        assert compiled(2.0).tolist() == [4, 6]


def test_gradients_that_were_stretched_are_arrays_of_their_own() -> None:
    d = tg.compile(tg.grad(lambda x: np.hypot(np.mean(x, axis=0), 1.0)))(np.arange(3.0))
    d *= 2
    assert d.flags.writeable and d.strides == (8,)


@pytest.mark.parametrize("n", [100, 10**6])
def test_long_sums_of_products_keep_their_digits(n: int) -> None:
    v = np.full(n, 0.1, np.float32)
    np.testing.assert_allclose(tg.compile(lambda v: np.sum(v * v))(v), np.sum(v * v), rtol=1e-6)


def test_check_compares_bits_in_the_order_of_memory() -> None:
    compiled = tg.compile(lambda x: np.sum(x * x), check=True, reorder=False)
    for seed in range(20):
        x = np.random.default_rng(seed).normal(size=(30, 40))
        compiled(x.T)


def test_empty_names_are_none() -> None:
    def f(x: Any) -> Any:
        z = np.tanh(x)
        tg.named(**{"": z})
        return z * 2

    np.testing.assert_allclose(tg.compile(f)(tg.Tensor(X)).data, 2 * np.tanh(X))


class Scaled:
    def __init__(self) -> None:
        self.A = np.array([1.0, 2.0, 3.0])
        self.inner = {"A": [np.array([2.0, 4.0, 9.0])]}

    def plain(self, x: Any) -> Any:
        return x * float(self.A.mean()) + self.A

    def held(self, x: Any) -> Any:
        return x * float(self.inner["A"][0].mean()) + self.inner["A"][0]


@pytest.mark.parametrize("method", ["plain", "held"])
@pytest.mark.parametrize("bound", [True, False])
def test_numbers_that_a_method_takes_from_an_array_follow_it(method: str, bound: bool) -> None:
    model = Scaled()
    f = getattr(model, method) if bound else lambda x: getattr(Scaled, method)(model, x)
    compiled = tg.compile(f)
    for factor in (1, 2, 3):
        model.A *= factor
        model.inner["A"][0][0] *= factor
        for _ in range(2):
            np.testing.assert_allclose(compiled(X), f(X), rtol=1e-14)


class Linked:
    def __init__(self) -> None:
        self.child = SimpleNamespace(parent=self)
        self.A = np.array([1.0, 2.0, 3.0])


def test_numbers_from_an_array_that_is_reached_in_several_ways_follow_it() -> None:
    model, linked = Scaled(), Linked()
    table = {"A": np.array([1.0, 2.0])}
    table["self"] = table  # type: ignore[assignment]

    def added(x: Any) -> Any:
        return x + model.A

    def scaled(x: Any) -> Any:
        return x * float(model.A.mean()) * float(linked.child.parent.A.mean()) * float(table["self"]["A"].mean())

    for f in (lambda x: added(x) * scaled(x), lambda x: scaled(x) * added(x), lambda x: scaled(x) + linked.A):
        compiled = tg.compile(f)
        compiled(X)
        for A in (model.A, linked.A, table["A"]):
            A += 1
            for _ in range(2):
                np.testing.assert_allclose(compiled(X), f(X), rtol=1e-14)


@pytest.mark.parametrize("f", [lambda a, b: lambda x: a(x) * b(x), lambda a, b: lambda x: b(x) * a(x)])
def test_two_helpers_share_an_object_that_holds_an_array(f: Any) -> None:
    model = SimpleNamespace(A=np.array([1.0, 2.0, 3.0]))
    f = f(lambda x: x + model.A, lambda x: x * float(model.A.mean()))
    compiled = tg.compile(f)
    compiled(X)
    model.A += 1
    np.testing.assert_allclose(compiled(X), f(X), rtol=1e-14)


class Rows(list):  # type: ignore[type-arg]
    def __getitem__(self, i: Any) -> Any:
        return Rows([super().__getitem__(i)])


def test_lists_that_make_what_they_are_asked_for_are_followed() -> None:
    rows = Rows([2.0, 3.0])
    compiled = tg.compile(lambda x: x * sum(rows))
    for _ in range(2):
        np.testing.assert_array_equal(compiled(X), X * sum(rows))
        rows.append(4.0)
    held = SimpleNamespace(**{"class": 2.0})
    compiled = tg.compile(lambda x: x * getattr(held, "class"))
    np.testing.assert_array_equal(compiled(X), X * 2)
    np.testing.assert_array_equal(compiled(X), X * 2)
    setattr(held, "class", 3.0)
    np.testing.assert_array_equal(compiled(X), X * 3)


def test_an_array_that_is_only_an_operand_is_not_compared() -> None:
    model = Scaled()
    compiled = tg.compile(lambda x: x * model.A + model.inner["A"][0])
    compiled(X)
    assert compiled.latest is not None and compiled.latest.watched == []
    model.A[:] = 7.0
    np.testing.assert_array_equal(compiled(X), X * 7 + model.inner["A"][0])
    assert len(compiled.replays) == 1


def test_nothing_is_asked_of_the_functions_of_this_library() -> None:
    compiled = tg.compile(tg.grad(lambda x: tg.sigmoid(x).sum()))
    compiled(X)
    assert compiled.latest is not None and compiled.latest.seen == []


def test_settings_of_an_optimiser_in_an_attribute_are_followed() -> None:
    w = tg.Tensor(X.copy(), name="w")
    trainer = SimpleNamespace(optimiser=tg.optim.Momentum([w], lr=1.0, momentum=0.5))

    @tg.compile
    def step() -> None:
        trainer.optimiser.zero_grad()
        w.sum().backward()
        trainer.optimiser.step()

    step()
    trainer.optimiser.momentum = 0.0
    step()
    assert w.numpy().tolist() == [-1, -1, -1]


def test_a_parameter_that_takes_no_gradient_any_more_is_not_updated() -> None:
    v, w = tg.Tensor(X.copy(), name="v"), tg.Tensor(X.copy(), name="w")
    optimiser = tg.optim.SGD([v, w], lr=1.0)

    @tg.compile
    def step() -> None:
        optimiser.zero_grad()
        (v * w).sum().backward()
        optimiser.step()

    step()
    v.requires_grad = False
    with pytest.raises(UnsupportedError, match="'v' of shape .* has no gradient"):
        step()
    assert v.numpy().tolist() == [0, 0, 0]


# ---------------------------------------------------------------------- errors of our own


def test_tensors_without_a_name_stand_beside_those_that_have_one() -> None:
    w = tg.Tensor(2.0)

    def f(x: Any) -> Any:
        z = x * w
        tg.named(z=z)
        return z * 2.0

    assert tg.compile(f)(X).numpy().tolist() == [4, 4, 4]


def test_compiled_functions_that_were_called_before_can_be_called_inside() -> None:
    inner = tg.compile(lambda x: x * 2)
    inner(X)
    outer = tg.compile(lambda x: inner(x) + 1)
    for _ in range(3):
        assert outer(X).tolist() == [3, 3, 3]
        inner(X[:2])
    assert len(outer.replays) == 1


@pytest.mark.parametrize("power", [lambda a, b: np.sum(a**b), lambda a, b: np.sum(a ** np.array([1.0, 2.0, 3.0]))])
def test_sums_of_powers(power: Any) -> None:
    assert tg.compile(power)(2 * X, 3 * X) == power(2 * X, 3 * X)


@pytest.mark.parametrize("f", [lambda x, y: np.sum(np.array_equal(x, y) * x), lambda x, y: np.allclose(x, y) * 2.0])
def test_truth_values_of_python(f: Any) -> None:
    assert tg.compile(f)(X, X) == f(X, X)


@pytest.mark.parametrize("a", [np.eye(3, dtype=np.float32), np.eye(3, dtype=np.int64)])
def test_products_with_unit_vectors_keep_their_type(a: Any) -> None:
    found = tg.compile(lambda a: a @ np.array([0.0, 1.0, 0.0]))(a)
    assert found.dtype == np.float64 and found.tolist() == [0, 1, 0]


def test_whole_numbers_overflow_where_they_did() -> None:
    images = np.full((100, 4), 200, np.uint8)
    np.testing.assert_array_equal(tg.compile(lambda x: np.sum(2 * x, axis=0))(images), np.sum(2 * images, axis=0))
    halves = np.full(4096, 100, np.float16)
    np.testing.assert_allclose(tg.compile(lambda x: np.sum(x * np.float16(0.001)))(halves), 409.5, rtol=0.01)


def test_recording_in_one_thread_does_not_disturb_calls_in_others() -> None:
    w = tg.Tensor(X.copy(), name="w")
    compiled = tg.compile(lambda x: tg.gradient((w * w * x.sum()).sum(), w))
    compiled(X)
    errors: list[Exception] = []

    def call() -> None:
        try:
            for _ in range(300):
                compiled(X)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(4, 24):
        compiled(np.ones(n))
    for thread in threads:
        thread.join()
    assert errors == [] and w.hooks is None


def test_hooks_that_are_registered_during_a_recording_stay() -> None:
    w = tg.Tensor(X.copy(), name="w")

    def f(x: Any) -> Any:
        if not w.hooks or len(w.hooks) < 2:
            w.register_hook(lambda g: None)
        return (w * x).sum()

    with pytest.raises(UnsupportedError, match="has hooks"):
        tg.compile(f)(X)
    assert len(w.hooks or ()) >= 1


@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "f2", "f4", ">f8", "?"])
def test_captured_arrays_of_every_type(dtype: str) -> None:
    array = np.array([1, 0, 1]).astype(dtype)
    compiled = tg.compile(lambda x: x * array + float(array.sum()))
    for values in ([1, 0, 1], [1, 1, 1], [0, 0, 0]):
        array[:] = values
        np.testing.assert_array_equal(compiled(X), X * array + float(array.sum()))


def test_the_order_of_bytes_is_part_of_a_type() -> None:
    found = tg.compile(lambda x: x.astype(">f8"))(X)
    assert found.dtype == np.dtype(">f8")
