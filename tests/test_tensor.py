"""What a Tensor holds and shows: data, gradients, names, constants, recording."""

import asyncio
import copy
import pickle

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import ShapeError, UnsupportedError


def test_what_it_holds():
    w = tg.Tensor([[1, 2, 3], [4, 5, 6]], name="w")
    assert (w.shape, w.ndim, w.size, len(w), w.dtype, w.name) == ((2, 3), 2, 6, 2, np.float64, "w")
    assert w.requires_grad and w.grad is None
    np.testing.assert_array_equal(w.T.data, w.data.T)
    assert tg.Tensor(2).item() == 2.0 and type(tg.Tensor([[2]]).item()) is float


@pytest.mark.parametrize(
    "data, dtype",
    [(1, "f8"), ([True, False], "f8"), (np.int32(3), "f8"), (np.float32(3), "f4"), (np.ones(2, "f4"), "f4")],
)
def test_integers_become_float64_and_float32_stays(data, dtype):
    x = tg.Tensor(data)
    (x * 2 + 0.5 - x / 3).backward(np.ones(x.shape))
    assert x.dtype == x.grad.dtype == np.dtype(dtype)


def test_constants_keep_their_dtype_and_take_no_gradient():
    labels = tg.constant([0, 1, 1], name="y")
    assert labels.dtype == np.int64 and not labels.requires_grad
    x = tg.Tensor([1.0, 2.0, 3.0])
    np.sum(x * labels).backward()
    np.testing.assert_array_equal(x.grad, [0, 1, 1])
    assert labels.grad is None


def test_zero_dimensional_values_are_numpy_scalars():
    x = tg.Tensor(np.array(2.0))
    y = np.sum(tg.Tensor([1.0, 2.0])) * x
    y.backward()
    assert all(type(v) is np.float64 for v in (x.data, y.data, y.numpy(), x.grad, y.grad))


def test_data_are_copied_in_and_private():
    a = np.array([1.0, 2.0])
    x = tg.Tensor(a)
    a[0] = 9
    assert x.data[0] == 1


def test_numpy_is_a_read_only_view():
    x = tg.Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        x.numpy()[0] = 5
    with pytest.raises(ValueError, match="read-only"):
        (x * 2).data[0] = 5


def test_the_data_of_a_leaf_can_be_assigned_and_written_to():
    w = tg.Tensor([1.0, 2.0], name="w")
    w.data -= 0.5
    w.data[0] = 7
    np.testing.assert_array_equal(w.numpy(), [7, 1.5])
    w.data = [3, 4]
    np.testing.assert_array_equal(w.numpy(), [3, 4])
    s = tg.Tensor(1.0)
    s.data -= 0.25
    assert s.item() == 0.75 and type(s.data) is np.float64
    w32 = tg.Tensor(np.ones(2, np.float32))
    w32.data = np.array([0.1, 0.2])
    assert w32.dtype == np.float32


def test_data_that_do_not_fit_are_refused():
    w, k = tg.Tensor([1.0, 2.0], name="w"), tg.constant([1, 2], name="k")
    with pytest.raises(ShapeError, match=r"An array of shape \(3,\) does not fit 'w' of shape \(2,\)"):
        w.data = [1, 2, 3]
    with pytest.raises(UnsupportedError, match="float64 does not fit 'k' of shape .* int64: digits would be lost"):
        k.data = [0.5, 1.0]
    with pytest.raises(UnsupportedError, match="computed by np.multiply; its value follows from its inputs"):
        (w * 2).data = [1.0, 2.0]
    with pytest.raises(ShapeError, match=r"A gradient of shape \(\) does not fit"):
        w.grad = 1.0


def test_gradients_are_handed_out_as_private_copies():
    x, y = tg.Tensor([1.0, 2.0]), tg.Tensor([3.0, 4.0])
    z = x + y
    np.sum(z).backward()
    x.grad[0] = 100
    np.testing.assert_array_equal(y.grad, [1, 1])
    np.testing.assert_array_equal(z.grad, [1, 1])
    assert x.grad[0] == 100
    x.grad *= 0.5
    assert x.grad[0] == 50
    np.sum(x + y).backward()
    np.testing.assert_array_equal(x.grad, [51, 1.5])


def test_detach_gives_a_constant_of_the_same_value():
    x = tg.Tensor(3.0, name="x")
    d = (x * x).detach()
    assert not d.requires_grad and d.item() == 9
    (d * x).backward()
    assert x.grad == 9


def test_named_names_tensors_and_ignores_the_rest():
    w, data, note = tg.Tensor(1.0), tg.constant([1.0]), "text"
    y = w * 2
    tg.named(**locals())
    assert (w.name, data.name, y.name, note) == ("w", "data", "y", "text")


def test_names_that_notebooks_give_are_not_taken():
    L = tg.Tensor(1.0)
    tg.named(L=L, _=L, _3=L)
    assert L.name == "L"


def test_no_grad_records_nothing_and_nests():
    w = tg.Tensor(2.0)
    with tg.no_grad():
        y = np.tanh(w) * w
        with tg.enable_grad():
            z = w * w
        again = w * w
    assert not y.requires_grad and y.inputs == () and z.requires_grad and not again.requires_grad
    assert (w * w).requires_grad

    @tg.no_grad()
    def evaluate():
        return w * w

    assert not evaluate().requires_grad


def test_recording_comes_back_after_an_error_and_is_per_task():
    with pytest.raises(KeyError), tg.no_grad():
        raise KeyError
    w = tg.Tensor(2.0)
    assert (w * w).requires_grad

    async def silent():
        with tg.no_grad():
            await asyncio.sleep(0)
            return (w * w).requires_grad

    async def recorded():
        await asyncio.sleep(0)
        return (w * w).requires_grad

    async def both():
        return await asyncio.gather(silent(), recorded())

    assert asyncio.run(both()) == [False, True]


def test_freezing_a_variable_stops_its_gradient():
    w, b = tg.Tensor(2.0), tg.Tensor(3.0)
    w.requires_grad = False
    (w * b).backward()
    assert w.grad is None and b.grad == 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_leaves_can_be_copied(duplicate):
    w = tg.Tensor(np.array([1.0, 2.0], np.float32), name="w")
    np.sum(w * w).backward()
    twin = duplicate(w)
    assert (twin.name, twin.requires_grad, twin.dtype) == ("w", True, np.float32)
    np.testing.assert_array_equal(twin.grad, w.grad)
    twin.data[0] = 9
    assert w.data[0] == 1
    assert duplicate(tg.constant([1, 2])).dtype == np.int64


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_computed_values_cannot_be_copied(duplicate):
    y = tg.Tensor([1.0], name="x") * 2
    y.name = "y"
    with pytest.raises(
        UnsupportedError, match=r"A copy of 'y' of shape \(1,\), which np.multiply computed.*x\.detach\(\)"
    ):
        duplicate(y)


def test_how_it_prints():
    assert repr(tg.Tensor([1.0, 2.5], name="w")) == "Tensor([1. , 2.5], name='w')"
    assert repr(tg.constant(np.float32(2))) == "Tensor(2., dtype=float32, requires_grad=False)"
    assert f"{tg.Tensor(0.12345):.3f} {tg.Tensor([[0.5]]):.1f} {tg.Tensor(2.0)}" == "0.123 0.5 Tensor(2.)"


def test_comparisons_and_truth_go_by_value():
    x, y = tg.Tensor([1.0, 2.0]), tg.Tensor([1.0, 3.0])
    np.testing.assert_array_equal(x == y, [True, False])
    np.testing.assert_array_equal(x < np.array([2, 2]), [True, False])
    assert tg.Tensor(2.0) > 1 and 1 <= tg.Tensor([1.0]) and not tg.Tensor(0.0)
    assert len({x, y, x}) == 2


def test_methods_and_indexing_are_those_of_arrays():
    a = np.arange(24.0).reshape(2, 3, 4)
    x = tg.Tensor(a)
    calls = [
        lambda x: x.sum(axis=1),
        lambda x: x.mean(),
        lambda x: x.max(axis=-1, keepdims=True),
        lambda x: x.min(),
        lambda x: x.var(axis=0),
        lambda x: x.std(ddof=1),
        lambda x: x.prod(axis=2),
        lambda x: x.reshape(6, 4),
        lambda x: x.reshape((4, -1)),
        lambda x: x.ravel(),
        lambda x: x.transpose(2, 0, 1),
        lambda x: x.transpose(),
        lambda x: x.T,
        lambda x: x.swapaxes(0, 2),
        lambda x: x[1, ..., 2],
        lambda x: x[:, [0, 2, 0]],
        lambda x: x[a > 7],
        lambda x: x[0, None, 1],
    ]
    for call in calls:
        result = call(x)
        np.testing.assert_array_equal(result.data, call(a))
        assert result.requires_grad


def test_iteration_records_the_rows():
    x = tg.Tensor([[1.0, 2.0], [3.0, 4.0]])
    sum((row * row).sum() for row in x).backward()
    np.testing.assert_array_equal(x.grad, 2 * x.data)
    a, b = tg.Tensor([5.0, 6.0])
    assert (a.item(), b.item()) == (5, 6)


def test_operators_with_arrays_and_numbers_on_either_side():
    x, a = tg.Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    for result in (a - x, -(x - a), np.subtract(a, x), [3.0, 4.0] - x):
        assert isinstance(result, tg.Tensor)
        np.testing.assert_array_equal(result.data, [2, 2])
    np.testing.assert_array_equal((2 / x).data, [2, 1])
    np.testing.assert_array_equal((2**x).data, [2, 4])
    assert (a @ x).item() == 11 and (x @ a).item() == 11
    assert (np.float64(2) * tg.Tensor(3.0)).item() == 6 and (np.float32(2) - tg.Tensor(3.0)).item() == -1
