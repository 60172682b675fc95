"""Compiled training steps: gradients filled, parameters updated in place, and nobody else's memory touched."""

from __future__ import annotations

import copy
import gc
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.compiled.tracing import Tracer
from tinygrad_edu.compiled.writes import unshared
from tinygrad_edu.errors import ChangedError, UnsupportedError

OPTIMISERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "Momentum": lambda p: optim.Momentum(p, lr=0.1),
    "Nesterov": lambda p: optim.Nesterov(p, lr=optim.cosine(0.1, 10)),
    "RMSProp": lambda p: optim.RMSProp(p, lr=0.1),
    "Adam": lambda p: optim.Adam(p, lr=0.1),
    "AdamW": lambda p: optim.AdamW(p, lr=optim.step_decay(0.1, every=2)),
}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(7, 2))
Y = (X[:, :1] > 0) * 1.0


def step_of(f: Any, optimiser: Any) -> Any:
    def step(*args: Any) -> Any:
        optimiser.zero_grad()
        L = f(*args)
        L.backward()
        optimiser.step()
        return L

    return step


def network(dtype: Any = np.float64) -> Any:
    return tg.nn.MLP([2, 3, 1], output="sigmoid", seed=0, dtype=dtype)


def loss_of(net: Any) -> Any:
    return lambda x, y: tg.losses.log_loss(y, net(x))


@pytest.mark.parametrize("make", OPTIMISERS.values(), ids=OPTIMISERS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_compiled_step_gives_the_bits_of_the_step_itself(make: Any, dtype: Any) -> None:
    nets = network(dtype), network(dtype)
    optimisers = [make(net.parameters()) for net in nets]
    eager, compiled = (step_of(loss_of(net), o) for net, o in zip(nets, optimisers))
    compiled = tg.compile(compiled, reorder=False)
    x, y = X.astype(dtype), Y.astype(dtype)
    for _ in range(5):
        assert eager(x, y).item() == compiled(x, y).item()
        for p, q in zip(nets[0].parameters(), nets[1].parameters()):
            assert p.dtype == q.dtype == dtype and p.numpy().tobytes() == q.numpy().tobytes()
    assert optimisers[1].steps == 5 and repr(compiled) == "<compiled step, 1 signatures>"


@pytest.mark.parametrize("make", OPTIMISERS.values(), ids=OPTIMISERS)
def test_single_numbers_are_updated_too(make: Any) -> None:
    def numbers() -> list[Any]:
        return [tg.Tensor(0.5, name="w"), tg.Tensor(-1.0, name="b")]

    def loss(parameters: Any) -> Any:
        w, b = parameters
        return lambda x: ((w * x + b) ** 2).sum()

    plain, replayed = numbers(), numbers()
    eager = step_of(loss(plain), make(plain))
    compiled = tg.compile(step_of(loss(replayed), make(replayed)), reorder=False)
    for _ in range(4):
        assert eager(X).item() == compiled(X).item()
        assert [p.item() for p in plain] == [p.item() for p in replayed]


def test_eager_and_compiled_steps_take_turns() -> None:
    nets = network(), network()
    optimisers = [optim.Adam(net.parameters()) for net in nets]
    eager, other = (step_of(loss_of(net), o) for net, o in zip(nets, optimisers))
    compiled = tg.compile(other, reorder=False)
    for turn in (other, compiled, compiled, other, compiled):
        assert eager(X, Y).item() == turn(X, Y).item()
    for p, q in zip(nets[0].parameters(), nets[1].parameters()):
        assert np.array_equal(p.numpy(), q.numpy())


def test_the_learning_rate_is_read_at_each_call() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    optimiser = optim.SGD([w], lr=0.5)
    step = tg.compile(step_of(lambda: (3 * w).sum(), optimiser))
    step()
    optimiser.lr = 0.25
    step()
    assert w.numpy().tolist() == [1 - 1.5 - 0.75, 2 - 1.5 - 0.75] and len(step.replays) == 1


def test_other_settings_of_an_optimiser_are_recorded_anew() -> None:
    w = tg.Tensor([1.0], name="w")
    optimiser = optim.Momentum([w], lr=1.0, momentum=0.5)
    step = tg.compile(step_of(lambda: w.sum(), optimiser))
    step()
    optimiser.momentum = 0.0
    step()
    assert w.numpy().tolist() == [-1.0] and len(step.replays) == 2


def test_updates_are_the_last_statements_and_in_place() -> None:
    net = network()
    step = tg.compile(step_of(loss_of(net), optim.Momentum(net.parameters(), lr=0.1)))
    step(X, Y)
    source = step.source
    update = source.split("# update\n")[1]
    assert "W1 -= " in update and "v_W1 *= 0.9" in update and "v_W1 += d_W1" in update
    assert "W1 -=" not in source.split("# update\n")[0] and source.count("# backward") == 1
    addresses = [p.numpy().__array_interface__["data"] for p in net.parameters()]
    step(X, Y)
    assert [p.numpy().__array_interface__["data"] for p in net.parameters()] == addresses


def test_the_source_of_a_step_runs_alone_and_updates_its_arguments() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    step = tg.compile(step_of(lambda x: (w * x).sum(), optim.SGD([w], lr=0.5)))
    step(np.array([1.0, -1.0]))
    namespace: dict[str, Any] = {}
    exec(step.source, namespace)
    array = np.zeros(2)
    namespace["step"](np.array([4.0, 6.0]), array, np.float64(0.25))
    assert array.tolist() == [-1.0, -1.5]


# ---------------------------------------------------------------------- memory that others refer to


def test_views_and_graphs_keep_what_they_saw() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    step = tg.compile(step_of(lambda: (w * w).sum(), optim.SGD([w], lr=0.25)))
    step()
    view, graph = w.numpy(), w * 3
    before = view.copy()
    step()
    assert view.tolist() == before.tolist() and w.numpy().tolist() == (before / 2).tolist()
    assert graph.numpy().tolist() == (3 * before).tolist()
    with pytest.raises(ChangedError, match="'w' was changed"):
        graph.sum().backward()


def test_an_array_that_was_handed_out_is_not_written_to() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    mine = w.data
    step = tg.compile(step_of(lambda x: (w * x).sum(), optim.SGD([w], lr=1.0)))
    step(mine)  # an argument that is the parameter's own memory
    assert mine.tolist() == [1.0, 2.0] and w.numpy().tolist() == [0.0, 0.0]


def test_parameters_that_share_memory_are_updated_one_by_one() -> None:
    both = np.array([1.0, 2.0, 3.0])
    v, w = tg.Tensor(np.zeros(2), name="v"), tg.Tensor(np.zeros(2), name="w")
    v.assign(both[:2])
    w.assign(both[1:])
    step = tg.compile(step_of(lambda: (10 * v * w).sum(), optim.SGD([v, w], lr=0.1)))
    step()
    assert v.numpy().tolist() == [-1.0, -1.0] and w.numpy().tolist() == [1.0, 1.0] and both.tolist() == [1.0, 2.0, 3.0]


def test_only_memory_that_nobody_else_refers_to_is_written_to() -> None:
    w = tg.Tensor([1.0, 2.0, 3.0], name="w")
    assert unshared(w) is w._data
    other = w.numpy()
    assert unshared(w) is not w._data
    del other
    w.assign(np.ones((3, 3))[0])
    assert unshared(w) is not w._data


class Swap(optim.Optimiser):
    """Gives every parameter the value of another one: what is written first must not be read after."""

    def updated(self, w: Any, g: Any, lr: Any) -> Any:
        return +self.parameters[1 if w is self.parameters[0] else 0]


def test_values_that_change_places_are_copied_first() -> None:
    v, w = tg.Tensor([1.0, 2.0], name="v"), tg.Tensor([3.0, 4.0], name="w")
    step = tg.compile(step_of(lambda: (v * w).sum(), Swap([v, w], lr=0.1)))
    step()
    assert v.numpy().tolist() == [3.0, 4.0] and w.numpy().tolist() == [1.0, 2.0]
    step()
    assert v.numpy().tolist() == [1.0, 2.0] and w.numpy().tolist() == [3.0, 4.0]


class Halve(optim.Optimiser):
    """A step that is no element-by-element function of the parameter."""

    def updated(self, w: Any, g: Any, lr: Any) -> Any:
        return np.where(g > 0, w[::-1] / 2, w)


def test_values_read_in_another_order_are_computed_elsewhere_first() -> None:
    w = tg.Tensor([1.0, 2.0, 4.0], name="w")
    step = tg.compile(step_of(lambda: w.sum(), Halve([w], lr=0.1)))
    step()
    step()
    assert w.numpy().tolist() == [0.25, 0.5, 1.0]


# ---------------------------------------------------------------------- gradients


def test_gradients_that_no_step_uses_are_filled_in() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")

    def f(x: Any) -> Any:
        L = (w * w * x).sum()
        L.backward()
        return L

    compiled = tg.compile(f)
    x = np.array([1.0, 10.0])
    assert compiled(x).item() == 41.0 and w.grad.tolist() == [2.0, 40.0]
    compiled(x)
    assert w.grad.tolist() == [4.0, 80.0]
    w.zero_grad()
    compiled(2 * x)
    assert w.grad.tolist() == [4.0, 80.0]


def test_gradients_that_a_step_has_used_are_not_kept() -> None:
    w = tg.Tensor([1.0], name="w")
    w.grad = np.array([7.0])
    tg.compile(step_of(lambda: w.sum(), optim.SGD([w], lr=1.0)))()
    assert w.grad is None and w.numpy().tolist() == [0.0]


def test_a_gradient_is_read_where_it_was_recorded() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    optimiser = optim.SGD([w], lr=1.0)

    @tg.compile
    def step() -> Any:
        optimiser.zero_grad()
        assert w.grad is None
        (w * w).sum().backward()
        size = np.sqrt(np.sum(w.grad * w.grad))
        optimiser.step()
        return size

    assert float(step()) == pytest.approx(np.sqrt(4 + 16)) and w.numpy().tolist() == [-1.0, -2.0]


def test_backward_twice_accumulates() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    optimiser = optim.SGD([w], lr=1.0)

    @tg.compile
    def step() -> None:
        optimiser.zero_grad()
        w.sum().backward()
        (2 * w).sum().backward()
        optimiser.step()

    step()
    assert w.numpy().tolist() == [-2.0, -1.0]


def test_a_gradient_from_before_is_refused_and_nothing_is_lost() -> None:
    w = tg.Tensor([1.0], name="w")
    optimiser = optim.SGD([w], lr=1.0)

    @tg.compile
    def step() -> None:
        w.sum().backward()
        optimiser.step()

    step()
    w.grad = np.array([5.0])
    with pytest.raises(UnsupportedError, match=r"'w' of shape \(1,\) has a gradient from before.*zero_grad\(\) first"):
        step()
    assert w.numpy().tolist() == [0.0] and w.grad.tolist() == [5.0] and optimiser.steps == 1


# ---------------------------------------------------------------------- what is refused


def test_recording_changes_neither_parameters_nor_gradients_nor_the_count() -> None:
    w = tg.Tensor([1.0], name="w")
    w.grad = np.array([7.0])
    optimiser = optim.SGD([w], lr=1.0)

    def step(x: Any) -> Any:
        optimiser.zero_grad()
        L = (w * x).sum()
        L.backward()
        optimiser.step()
        return float(L)

    with pytest.raises(UnsupportedError, match=r"float\(\)"):
        tg.compile(step)(np.ones(1))
    assert w.numpy().tolist() == [1.0] and w.grad.tolist() == [7.0] and optimiser.steps == 0


def twice(w: Any, optimiser: Any) -> Any:
    (w * w).sum().backward()
    optimiser.step()
    optimiser.step()


def made_inside(w: Any, optimiser: Any) -> Any:
    inner = tg.Tensor([1.0])
    inner.sum().backward()
    optim.SGD([inner], lr=0.1).step()


def without_gradient(w: Any, optimiser: Any) -> Any:
    optimiser.step()


def used_afterwards(w: Any, optimiser: Any) -> Any:
    optimiser.zero_grad()
    (w * w).sum().backward()
    optimiser.step()
    return (w * w).sum()


def in_place(w: Any, optimiser: Any) -> Any:
    (w * w).sum().backward()

    class Wrong(optim.Optimiser):
        def updated(self, w: Any, g: Any, lr: Any) -> Any:
            g *= lr
            return w - g

    Wrong([w], lr=0.1).step()


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (twice, r"one step of an optimiser.*SGD\(1 parameters, lr=0.1\).*second step"),
        (made_inside, "made outside of it.*is made inside"),
        (without_gradient, r"'w' of shape \(2,\) has no gradient: call L.backward\(\)"),
        (used_afterwards, "'w' of shape .* is used after the step that updates it.*last thing"),
        (in_place, r"An update in place.*a = a \+ x"),
    ],
)
def test_steps_that_cannot_be_compiled_are_refused(f: Any, message: str) -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    optimiser = optim.SGD([w], lr=0.1)
    with pytest.raises(UnsupportedError, match=message):
        tg.compile(lambda: f(w, optimiser))()
    assert w.numpy().tolist() == [1.0, 2.0] and w.grad is None and optimiser.steps == 0


def test_gradients_of_arguments_are_results() -> None:
    w = tg.Tensor([1.0], name="w")
    with pytest.raises(UnsupportedError, match=r"gradient of 'w', an argument.*tg.gradient"):
        tg.compile(lambda v: (v * v).sum().backward())(w)


def test_an_error_half_way_leaves_all_as_it_was() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    optimiser = optim.Momentum([w], lr=0.1)
    step = tg.compile(step_of(lambda x: (np.exp(w * x)).sum(), optimiser))
    step(np.ones(2))
    before, state = w.numpy().copy(), copy.deepcopy(optimiser.state)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        step(np.full(2, 1e6))
    assert np.array_equal(w.numpy(), before) and np.array_equal(optimiser.state, state) and optimiser.steps == 1


def test_hooks_are_refused_before_a_step() -> None:
    w = tg.Tensor([1.0], name="w")
    step = tg.compile(step_of(lambda: w.sum(), optim.SGD([w], lr=0.1)))
    step()
    w.register_hook(lambda g: g)
    with pytest.raises(UnsupportedError, match="'w' has hooks"):
        step()


def test_the_recording_is_forgotten() -> None:
    def recorders() -> int:
        gc.collect()
        return sum(type(x) is Tracer for x in gc.get_objects())

    net = network()
    step = tg.compile(step_of(loss_of(net), optim.Adam(net.parameters(), lr=0.1)))
    before = recorders()
    step(X, Y)
    assert recorders() == before
