"""The traps that other libraries fell into, numbered as in the design: one hand-written test or more for each."""

import io

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import ChangedError, GradientError, NonFiniteError, ShapeError, UnsupportedError
from tinygrad_edu.primitive import TABLE

# ------------------------------------------------------------------ 1, 2 and 3 stand in test_engine.py, at full length


def test_1_repeated_inputs_keep_their_order_and_number():
    x, y = tg.Tensor(2.0), tg.Tensor(5.0)
    z = np.where(True, x, x) * y - x
    z.backward()
    assert (x.grad, y.grad) == (5 - 1, 2)
    assert (x - x).inputs == (x, x)


def test_2_comparing_and_printing_deep_chains_needs_no_stack():
    y = tg.Tensor(1.0)
    for _ in range(5000):
        y = y * 1.0
    assert repr(y) == "Tensor(1.)"
    with pytest.raises(UnsupportedError, match="np.multiply computed"):
        __import__("pickle").dumps(y)


def test_3_a_node_is_freed_by_its_last_reference():
    x = tg.Tensor(np.ones(3))
    freed = []

    class Array(np.ndarray):
        def __del__(self):
            freed.append(True)

    y = x * np.ones(3).view(Array)
    np.sum(y).backward()
    del y
    assert freed


# ------------------------------------------------------------------ 4 broadcasting


@pytest.mark.parametrize("larger", [(4,), (3, 4), (2, 3, 4), (1, 4), (0, 4), (1, 1)])
@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 1), (1, 4), (3, 4), (1, 1, 1), (2, 1, 4)])
def test_4_broadcasting_is_summed_back(shape, larger):
    if (larger, shape) in [((0, 4), s) for s in [(3, 1), (3, 4), (2, 1, 4)]]:
        return  # these do not broadcast
    x, big = tg.Tensor(np.ones(shape)), np.arange(float(np.prod(larger))).reshape(larger) + 1
    np.sum(x * big).backward()
    ones = np.ones(shape)
    numeric = np.empty(shape)
    for index in np.ndindex(shape):
        moved = ones.copy()
        moved[index] += 1
        numeric[index] = np.sum(moved * big) - np.sum(ones * big)
    assert np.shape(x.grad) == shape
    np.testing.assert_allclose(x.grad, numeric)


def test_4_a_gradient_of_the_wrong_shape_is_refused_by_name():
    @tg.primitive(lambda g, y, x: g[:2])
    def halved(x):
        return x * 1.0

    with pytest.raises(GradientError, match="The rule of halved"):
        np.sum(halved(tg.Tensor(np.ones((4, 3))))).backward()


# ------------------------------------------------------------------ 5 leaving the graph


@pytest.mark.parametrize("leave", [float, int, np.asarray, lambda x: [1, 2][x], lambda x: np.zeros(2) @ [x, x]])
def test_5_leaving_the_graph_says_what_to_write(leave):
    with pytest.raises(UnsupportedError, match=r"'x' of shape \(\) would leave the graph.*x\.item\(\).*x\.data"):
        leave(tg.Tensor(1.0, name="x"))


def test_5_constants_may_leave():
    c = tg.constant(1)
    assert (float(c), int(c), [7, 8][c], np.asarray(c).dtype) == (1.0, 1, 8, np.int64)
    assert np.median(tg.constant([1.0, 5.0, 2.0])) == 2


def test_5_a_function_without_a_row_is_named_with_its_neighbours():
    with pytest.raises(UnsupportedError, match=r"np\.sinc has no derivative rule.*np\.sin.*@tg\.primitive"):
        np.sinc(tg.Tensor(1.0))
    with pytest.raises(UnsupportedError, match=r"np\.fft\.fft has no derivative rule"):
        np.fft.fft(tg.Tensor([1.0, 2.0]))
    with pytest.raises(UnsupportedError, match=r"np\.add\.reduce has no derivative rule"):
        np.add.reduce(tg.Tensor([1.0, 2.0]))


def test_5_a_variable_is_not_made_from_a_value_with_a_history():
    with pytest.raises(UnsupportedError, match=r"lost its history.*x\.detach\(\)"):
        tg.Tensor(tg.Tensor(1.0) * 2)
    with pytest.raises(UnsupportedError, match=r"np\.stack\(\[a, b\]\)"):
        tg.Tensor([tg.Tensor(1.0), 2.0])


# ------------------------------------------------------------------ 6 values that change


def updated(w, how):
    if how == "setter":
        w.data = [5.0, 5.0]
    elif how == "in place":
        w.data -= 1.0
    else:
        w.assign(np.array([5.0, 5.0]))


@pytest.mark.parametrize("how", ["setter", "in place", "optimiser"])
@pytest.mark.parametrize("verb", [lambda L, w: L.backward(), lambda L, w: tg.gradient(L, w)])
def test_6_a_value_changed_after_it_was_used_is_refused(how, verb):
    w = tg.Tensor([1.0, 2.0], name="w")
    L = np.sum(w * w)
    updated(w, how)
    with pytest.raises(ChangedError, match="'w' was changed after np.multiply had used it"):
        verb(L, w)
    assert w.grad is None
    np.sum(w * w).backward()
    np.testing.assert_array_equal(w.grad, 2 * w.data)


def test_6_the_change_is_noticed_on_every_path():
    w = tg.Tensor(3.0, name="w")
    before = w * 2
    w.data = 4.0
    after = w * 5
    with pytest.raises(ChangedError, match="'w' was changed"):
        (before + after).backward()


def test_6_writing_into_exposed_data_cannot_corrupt_a_recorded_graph():
    w = tg.Tensor([1.0, 2.0], name="w")
    early = np.sum(w * w)
    w.data[0] = 5
    late = np.sum(w * w)
    w.data[1] = 7
    early.backward()
    np.testing.assert_array_equal(w.grad, [2, 4])
    w.zero_grad()
    late.backward()
    np.testing.assert_array_equal(w.grad, [10, 4])
    assert (early.item(), late.item()) == (5, 29)


def test_6_gradients_as_tensors_refuse_what_was_written_into():
    w = tg.Tensor([1.0, 2.0], name="w")
    L = np.sum(w**3)
    w.data[0] = 5
    with pytest.raises(ChangedError, match="'w' was changed"):
        tg.gradient(L, w)


def test_6_a_constant_that_was_replaced_does_not_mix_into_gradients():
    X, w = tg.constant([1.0, 2.0], name="X"), tg.Tensor([1.0, 1.0], name="w")
    L = np.sum(X * w)
    X.data = [100.0, 100.0]
    L.backward()
    np.testing.assert_array_equal(w.grad, [1, 2])
    with pytest.raises(ChangedError, match="'X' was changed"):
        tg.gradient(L, w)


def test_6_handles_of_replaced_data_are_cut_off():
    w = tg.Tensor([1.0, 2.0])
    handle = w.data
    w.data = [3.0, 4.0]
    handle[0] = 99
    np.testing.assert_array_equal(w.numpy(), [3, 4])


def test_6_training_by_hand_works():
    w = tg.Tensor(5.0, name="w")
    for _ in range(50):
        L = (w - 2) ** 2
        w.zero_grad()
        L.backward()
        w.data -= 0.25 * w.grad
    assert w.item() == pytest.approx(2)


def test_6_plain_arrays_are_recorded_by_reference_and_debug_checks_them():
    a, x = np.array([1.0, np.nan, 3.0]), tg.Tensor([1.0, 1.0, 1.0], name="x")
    with np.errstate(all="ignore"):
        y = x[:1] * a[:1]
        with tg.debug():
            z = np.sum(x[::2] * a[::2])
    a[2] = 4
    np.sum(y).backward()
    with pytest.raises(ChangedError, match=r"at index \(1,\) it was 3.0 and is now 4.0.*by reference"):
        z.backward()


# ------------------------------------------------------------------ 7 dtypes


def test_7_float32_stays_float32_through_a_network():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 3)).astype(np.float32)
    W, b = tg.Tensor(rng.normal(size=(3, 2)).astype(np.float32)), tg.Tensor(np.zeros(2, np.float32))
    loss = np.mean(np.log(1 + np.exp(-np.tanh(X @ W + b) * 2)) ** 2 / 3) + 0.5 * np.sum(W**2)
    loss.backward()
    assert loss.dtype == W.grad.dtype == b.grad.dtype == np.float32
    assert tg.gradient(tg.gradient(np.sum(W**3), W).sum(), W).dtype == np.float32


def test_7_a_float32_variable_in_a_float64_graph_gets_a_float32_gradient():
    w = tg.Tensor(np.ones(3, np.float32))
    np.sum(w * np.array([0.1, 0.2, 0.3])).backward()
    assert w.grad.dtype == np.float32


# ------------------------------------------------------------------ 8 kinks and edges


@pytest.mark.parametrize(
    "f, x, slope",
    [
        (tg.relu, [-1.0, 0.0, 2.0], [0, 0, 1]),
        (np.absolute, [-2.0, 0.0, 2.0], [-1, 0, 1]),
        (np.max, [1.0, 3.0, 3.0], [0, 0.5, 0.5]),
        (np.min, [1.0, 1.0, 3.0, 1.0], [1 / 3, 1 / 3, 0, 1 / 3]),
        (np.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
        (np.prod, [0.0, 2.0, 0.0], [0, 0, 0]),
        (lambda x: x**2, [0.0, 1.0], [0, 2]),
        (lambda x: x**0, [0.0, 1.0], [0, 0]),
        (lambda x: x**1, [0.0, 1.0], [1, 1]),
    ],
)
def test_8_conventions_where_the_derivative_does_not_exist(f, x, slope):
    x = tg.Tensor(x)
    np.sum(f(x)).backward()
    np.testing.assert_allclose(x.grad, slope)


def test_8_where_passes_exact_zeros_and_debug_names_the_rule_that_makes_nan_of_them():
    x = tg.Tensor([4.0, 0.0], name="x")
    mask = x > 0
    guarded = np.where(mask, np.where(mask, x, 1) ** 0.5, 0)
    np.sum(guarded).backward()
    np.testing.assert_array_equal(x.grad, [0.25, 0])
    with tg.debug():
        y = np.sum(np.where(mask, x**0.5, 0))
    with np.errstate(all="ignore"):
        with pytest.raises(
            NonFiniteError, match=r"The rule of np.power of 'x' .* nan .*'x' is 0.0.*np\.where\(mask, x, 1\)"
        ):
            y.backward()


def test_8_debug_names_the_first_operation_that_is_not_finite():
    p = tg.Tensor([0.5, 0.0], name="p")
    with tg.debug(), pytest.raises(NonFiniteError, match=r"np\.log of 'p' .* -inf at index \(1,\), where 'p' is 0\.0"):
        np.sum(np.exp(np.log(p)))
    with tg.debug(), pytest.raises(NonFiniteError, match=r"np\.log of \(1 − p\) of shape .* where \(1 − p\) is 0"):
        np.log(1 - tg.Tensor([0.5, 1.0], name="p"))
    with tg.debug(), pytest.raises(NonFiniteError, match=r"np\.log of a Tensor of shape .* where operand 1 is 0"):
        np.log(tg.Tensor([0.5, 0.5]) - tg.Tensor([0.0, 0.5]))
    with tg.debug(), pytest.raises(NonFiniteError, match=r"test_traps\.py:\d+"):
        tg.Tensor(1.0) / 0.0
    with tg.debug():
        L = np.sum(p * p)
    L.backward()
    np.testing.assert_array_equal(p.grad, [1, 0])
    assert L.pullbacks[0] is not TABLE[np.sum].rules[0]
    assert np.sum(p).pullbacks[0] is TABLE[np.sum].rules[0], "nothing is watched outside"


def test_8_debug_works_inside_transforms():
    with tg.debug(), pytest.raises(NonFiniteError, match="np.log"):
        tg.grad(lambda x: np.log(x))(0.0)


# ------------------------------------------------------------------ 9 logarithms, overflow, shapes of targets


@pytest.mark.parametrize("logit", [-1e4, -100.0, 0.0, 100.0, 1e4])
def test_9_losses_from_logits_are_stable(logit):
    z = tg.Tensor([logit, 0.0])
    for y in (0, 1):
        z.zero_grad()
        loss = tg.binary_cross_entropy_from_logits(np.array([y, 1]), z)
        np.sum(loss).backward()
        assert np.isfinite(loss.data).all() and np.isfinite(z.grad).all()


# ------------------------------------------------------------------ 10 and 11: names and files


@pytest.mark.parametrize("name", ['"><script>', "\\N", "{x|y}", "<b>", "a\nb", "\x00", "ŷ🙂", "x" * 10_000])
def test_10_any_name_is_kept_and_shown_in_errors(name):
    x = tg.Tensor([1.0, 2.0], name=name)
    assert name in x.name
    with pytest.raises(ShapeError) as caught:
        x + np.ones(3)
    assert repr(name) in str(caught.value)


def test_11_models_are_saved_without_pickle():
    net = tg.nn.MLP([2, 3, 1], seed=0)
    file = io.BytesIO()
    np.savez(file, **{k: np.asarray(v) for k, v in net.state_dict().items()})
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        assert all(stored[k].dtype.kind == "f" for k in stored.files) and stored.files


# ------------------------------------------------------------------ 12 every rule is made of rows


def test_12_any_rule_can_be_derived_again():
    x = tg.Tensor([0.3, 0.8])
    for f in (np.tanh, np.cumsum, np.prod, lambda x: x[[0, 0, 1]], lambda x: np.outer(x, x), np.std):
        first = tg.gradient(np.sum(f(x) ** 2), x)
        assert tg.gradient(np.sum(first * first), x).shape == (2,)
