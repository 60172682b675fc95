"""Optimisers against their first steps by hand and PyTorch's numbers; schedules and clipping against closed forms."""

import tracemalloc

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.errors import ChangedError, UnsupportedError

START, TARGET = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.3, -4.0])


def trained(make, steps, dtype=np.float64):
    """Two parameters, an array and a number, after some steps on a quadratic with a cross term."""
    w, b = tg.Tensor(START, name="w", dtype=dtype), tg.Tensor(2.0, name="b", dtype=dtype)
    optimiser = make([w, b])
    for _ in range(steps):
        optimiser.zero_grad()
        ((w - TARGET.astype(dtype)) ** 2 * b + b * b).sum().backward()
        optimiser.step()
    return w, b


def first_gradients():
    w = 2 * (START - TARGET) * 2.0
    return w, np.sum((START - TARGET) ** 2) + 3 * 2 * 2.0


FIRST_STEPS = {
    "SGD": (lambda p: optim.SGD(p, lr=0.1), lambda w, g: w - 0.1 * g),
    "Momentum": (lambda p: optim.Momentum(p, lr=0.1), lambda w, g: w - 0.1 * g),
    "Nesterov": (lambda p: optim.Nesterov(p, lr=0.1, momentum=0.8), lambda w, g: w - 0.1 * 1.8 * g),
    "RMSProp": (lambda p: optim.RMSProp(p, lr=0.1), lambda w, g: w - 0.1 * g / (0.1 * np.abs(g) + 1e-8)),
    "Adam": (lambda p: optim.Adam(p, lr=0.1), lambda w, g: w - 0.1 * g / (np.abs(g) + 1e-8)),
    "AdamW": (lambda p: optim.AdamW(p, lr=0.1, decay=0.5), lambda w, g: 0.95 * w - 0.1 * g / (np.abs(g) + 1e-8)),
}


@pytest.mark.parametrize("make, by_hand", FIRST_STEPS.values(), ids=FIRST_STEPS)
def test_first_step_by_hand(make, by_hand):
    w, b = trained(make, 1)
    gw, gb = first_gradients()
    np.testing.assert_allclose(w.data, by_hand(START, gw), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(b.data, by_hand(2.0, gb), rtol=1e-12)


@pytest.mark.parametrize("make, _", FIRST_STEPS.values(), ids=FIRST_STEPS)
def test_float32_stays_float32(make, _):
    w, b = trained(make, 2, np.float32)
    assert w.dtype == b.dtype == np.float32 and isinstance(b.data, np.float32)


TORCH = {
    "SGD": (lambda p: optim.SGD(p, lr=0.01), lambda t, p: t.SGD(p, lr=0.01)),
    "Momentum": (lambda p: optim.Momentum(p, lr=0.01), lambda t, p: t.SGD(p, lr=0.01, momentum=0.9)),
    "Nesterov": (lambda p: optim.Nesterov(p, lr=0.01), lambda t, p: t.SGD(p, lr=0.01, momentum=0.9, nesterov=True)),
    "RMSProp": (lambda p: optim.RMSProp(p), lambda t, p: t.RMSprop(p)),
    "Adam": (lambda p: optim.Adam(p, lr=0.05), lambda t, p: t.Adam(p, lr=0.05)),
    "AdamW": (lambda p: optim.AdamW(p, lr=0.05), lambda t, p: t.AdamW(p, lr=0.05)),
}


@pytest.mark.parametrize("ours, theirs", TORCH.values(), ids=TORCH)
def test_twenty_steps_equal_pytorchs(ours, theirs):
    torch = pytest.importorskip("torch")
    w, b = trained(ours, 20)
    tw, tb = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (START, 2.0))
    optimiser = theirs(torch.optim, [tw, tb])
    for _ in range(20):
        optimiser.zero_grad()
        ((tw - torch.tensor(TARGET)) ** 2 * tb + tb * tb).sum().backward()
        optimiser.step()
    np.testing.assert_allclose(w.data, tw.detach().numpy(), rtol=1e-10)
    np.testing.assert_allclose(b.data, tb.item(), rtol=1e-10)


def test_a_step_leaves_the_recorded_graph_as_it_was():
    w = tg.Tensor([1.0, 2.0], name="w")
    before, y = w.numpy(), w * w
    y.sum().backward()
    optim.SGD([w], lr=1.0).step()
    assert before.tolist() == [1.0, 2.0] and y.data.tolist() == [1.0, 4.0] and w.data.tolist() == [-1.0, -2.0]
    with pytest.raises(ChangedError, match="'w' was changed"):
        y.sum().backward()


def test_the_state_is_not_the_gradient():
    w = tg.Tensor([1.0], name="w")
    (3 * w).sum().backward()
    optimiser = optim.Momentum([w], lr=0.1)
    optimiser.step()
    optimiser.step()
    assert w.grad.tolist() == [3.0]
    np.testing.assert_allclose(w.data, 1 - 0.1 * 3 - 0.1 * (0.9 * 3 + 3))


def test_memory_stays_flat():
    def steps(n):
        for _ in range(n):
            optimiser.zero_grad()
            (w * w).sum().backward()
            optimiser.step()

    w = tg.Tensor(np.ones(100_000))
    optimiser = optim.Adam([w])
    steps(5)
    tracemalloc.start()
    steps(3)
    first = tracemalloc.get_traced_memory()[0]
    steps(20)
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown < 800_000  # one array


def test_a_missing_gradient_is_named_and_nothing_is_updated():
    w, b = tg.Tensor([1.0], name="w"), tg.Tensor(0.0, name="b")
    (w * w).sum().backward()
    with pytest.raises(UnsupportedError, match=r"'b' of shape \(\) has no gradient: call L.backward\(\)"):
        optim.SGD([w, b], lr=0.1).step()
    assert w.data.tolist() == [1.0]


@pytest.mark.parametrize(
    "parameters, message",
    [
        (lambda w: [w, w], "'w' of shape .* is given twice"),
        (lambda w: [], "at least one parameter"),
        (lambda w: [w * 2], "is no parameter"),
        (lambda w: [tg.constant([1.0], name="X")], "'X' of shape .* is no parameter"),
        (lambda w: [np.zeros(2)], r"an array of shape \(2,\) is no parameter"),
    ],
)
def test_what_cannot_be_updated_is_refused(parameters, message):
    with pytest.raises(UnsupportedError, match=message):
        optim.SGD(parameters(tg.Tensor([1.0], name="w")), lr=0.1)


@pytest.mark.parametrize("lr", [-0.1, float("nan"), float("inf"), "0.1", None, tg.Tensor(0.1)])
def test_what_is_no_learning_rate_is_refused(lr):
    w = tg.Tensor(1.0)
    for make in (optim.SGD, optim.Adam):
        with pytest.raises(UnsupportedError, match="A learning rate is a number, positive or 0, but .* was given"):
            make([w], lr=lr)
    w.backward()
    optimiser = optim.SGD([w], lr=lambda step: lr)
    with pytest.raises(UnsupportedError, match="A learning rate is a number"):
        optimiser.step()
    assert w.item() == 1.0 and optimiser.steps == 0


def test_clip_norm_scales_all_gradients_together():
    v, w = tg.Tensor([1.0, 1.0]), tg.Tensor(1.0)
    (3 * v[0] + 4 * w).backward()
    assert optim.clip_norm([v, w], 10.0) == 5.0 and w.grad == 4.0
    assert optim.clip_norm([v, w], 1.0) == 5.0
    np.testing.assert_allclose(v.grad, [0.6, 0.0])
    np.testing.assert_allclose(w.grad, 0.8)


def test_clip_value():
    w = tg.Tensor([1.0, 1.0, 1.0])
    (w * np.array([5.0, -5.0, 0.5])).sum().backward()
    optim.clip_value([w], 2.0)
    assert w.grad.tolist() == [2.0, -2.0, 0.5]


@pytest.mark.parametrize(
    "schedule, rates",
    [
        (optim.step_decay(1.0, every=2, factor=0.5), [1, 1, 0.5, 0.5, 0.25]),
        (optim.exponential(1.0, 0.5), [1, 0.5, 0.25, 0.125, 0.0625]),
        (optim.cosine(1.0, steps=4, end=0.2), [1, 0.6 + 0.4 * 0.5**0.5, 0.6, 0.6 - 0.4 * 0.5**0.5, 0.2]),
        (optim.cosine(1.0, steps=2), [1, 0.5, 0, 0, 0]),
        (optim.warmup(2.0, steps=4), [0.5, 1, 1.5, 2, 2]),
        (optim.warmup(optim.exponential(2.0, 0.5), steps=2), [1, 2, 2, 1, 0.5]),
    ],
)
def test_schedules(schedule, rates):
    np.testing.assert_allclose([schedule(step) for step in range(5)], rates, atol=1e-15)


def test_an_optimiser_follows_its_schedule():
    w = tg.Tensor(0.0)
    optimiser = optim.SGD([w], lr=optim.exponential(1.0, 0.5))
    for expected in (-1.0, -1.5, -1.75):
        optimiser.zero_grad()
        (w * 1.0).backward()
        optimiser.step()
        assert w.item() == expected
