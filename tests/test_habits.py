"""Habits from other libraries: each works, or the error says what to write."""

import copy
import json
import math
import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import ChangedError, UnsupportedError
from tinygrad_edu.primitive import COMPOSED, TABLE


@pytest.fixture
def t():
    return tg.Tensor(2.0, name="t")


@pytest.fixture
def v():
    return tg.Tensor([1.0, 2.0], name="v")


@pytest.mark.parametrize("habit", [float, math.exp, math.sqrt])
def test_python_floats(habit, t):
    with pytest.raises(UnsupportedError, match=r"float\(\) of 't'.*x\.item\(\).*np\.exp\(x\)"):
        habit(t)


def test_the_math_module_takes_constants():
    assert math.exp(tg.constant(0.0)) == 1


@pytest.mark.parametrize("habit", [lambda t: np.array([t, t]), np.array, lambda t: np.ones(2) + [t, t], np.asarray])
def test_arrays_of_tensors(habit, t):
    with pytest.raises(UnsupportedError, match=r"would leave the graph.*np\.stack\(\[a, b\]\)"):
        habit(t)


def test_stacking_tensors_works(t):
    np.sum(np.stack([t, 3 * t]) * np.array([1.0, 10.0])).backward()
    assert t.grad == 31


def test_assigning_a_tensor_to_an_element_of_an_array(t, v):
    a = np.zeros(2)
    with pytest.raises(ValueError, match="setting an array element") as caught:  # NumPy's own, with ours as its cause
        a[0] = t
    assert isinstance(caught.value.__cause__, UnsupportedError) and "x.item()" in str(caught.value.__cause__)
    with pytest.raises(UnsupportedError, match=r"x\.data"):
        a[:] = v
    a[0] = t.item()
    assert a[0] == 2


@pytest.mark.parametrize("sign", ["+=", "-=", "*=", "/=", "**="])
def test_updating_a_variable_in_place(sign, v):
    with pytest.raises(UnsupportedError) as caught:
        exec(f"w = v\nw {sign} np.ones(2)", {"v": v, "np": np})
    assert f"Write v.data {sign} ..." in str(caught.value)
    with tg.no_grad(), pytest.raises(UnsupportedError, match=r"would give the name to a new value"):
        exec(f"w = v\nw {sign} 0.5", {"v": v})


def test_the_update_that_the_error_suggests_works(v):
    np.sum(v * v).backward()
    v.data -= 0.1 * v.grad
    np.testing.assert_allclose(v.data, [0.8, 1.6])


def test_totals_of_tensors_add_up(t):
    total = tg.Tensor(0.0)
    for k in range(3):
        total += k * t
    total *= 2
    total.backward()
    assert t.grad == 6
    losses = 0.0
    losses += t
    assert losses.item() == 2 and sum([t, t]).item() == 4


def test_adding_a_tensor_into_an_array(v):
    a = np.zeros(2)
    with pytest.raises(UnsupportedError, match=r"np\.add is recorded without the argument out=.*Write a = a \+ x"):
        a += v


def test_assigning_to_elements_of_a_tensor(v):
    with pytest.raises(UnsupportedError, match=r"v\.data\[index\] = value"):
        v[0] = 3
    with pytest.raises(UnsupportedError, match=r"computed by np\.multiply.*np\.where"):
        (v * 2)[0] = 3


@pytest.mark.parametrize(
    "wrong, right",
    [
        ("tensor", "tg.Tensor?"),
        ("Constant", "tg.constant?"),
        ("nograd", "tg.no_grad"),
        ("Sigmoid", "tg.sigmoid?"),
        ("gradients", "tg.gradient"),
        ("Value_and_grad", "did you mean tg.value_and_grad?"),
        ("tanh", "write np.tanh(x)"),
        ("array", "'array': NumPy has np.array."),
        ("zeros", "'zeros': NumPy has np.zeros."),
    ],
)
def test_names_that_the_package_spells_otherwise(wrong, right):
    with pytest.raises(AttributeError) as caught:
        getattr(tg, wrong)
    assert right in str(caught.value)
    assert not hasattr(tg, "__wrapped__") and not hasattr(tg, "zzz")


@pytest.mark.parametrize(
    "wrong, right",
    [
        ("MLP", "did you mean tg.nn.MLP?"),
        ("SGD", "did you mean tg.optim.SGD?"),
        ("sgd", "did you mean tg.optim.SGD?"),
        ("log_loss", "did you mean tg.losses.log_loss?"),
        ("mean_squared", "tg.losses.mean_squared_error"),
        ("accuracy", "did you mean tg.metrics.accuracy?"),
        ("Value", "write from tinygrad_edu.compat.micrograd import Value."),
        ("LogisticRegression", "write from tinygrad_edu.estimators.logistic import LogisticRegression."),
    ],
)
def test_names_that_live_in_a_module_of_the_package(wrong, right):
    with pytest.raises(AttributeError, match=re.escape(right)):
        getattr(tg, wrong)


@pytest.mark.parametrize(
    "wrong, right",
    [
        ("tanh", r"write np\.tanh\(x\)"),
        ("exp", r"write np\.exp\(x\)"),
        ("relu", r"write tg\.relu\(x\)"),
        ("sigmoid", r"write tg\.sigmoid\(x\)"),
        ("norm", r"write np\.linalg\.norm\(x\)"),
        ("clip", r"write np\.clip\(x\)"),
        ("tolist", r"write x\.data\.tolist"),
        ("astype", r"write x\.data\.astype"),
        ("draw", r"write tg\.draw\(\.\.\.\)"),
        ("mean_squared_error", r"write tg\.losses\.mean_squared_error\(\.\.\.\)"),
        ("scatter", r"has no attribute 'scatter'\.$"),
        ("requires_gradient", "has no attribute 'requires_gradient'"),
    ],
)
def test_methods_of_other_libraries(wrong, right, t):
    with pytest.raises(AttributeError, match=right):
        getattr(t, wrong)()


def test_what_is_listed_is_there(t):
    listed = [name for name in dir(t) if not name.startswith("_")]
    assert {"grad", "item", "sum"} < set(listed) and "tanh" not in listed
    assert [name for name in listed if not hasattr(t, name)] == ["scope"]  # set by modules only


def test_every_method_advised_instead_exists(t):
    names = {f.__name__ for f in (*TABLE, *COMPOSED)}
    for name in names - set(dir(t)):
        with pytest.raises(AttributeError) as caught:
            getattr(t, name)
        if advised := re.search(r"write ((np|tg)\..*)\(x\)", str(caught.value)):
            assert callable(eval(advised[1]))


def test_grad_of_a_tensor(t):
    with pytest.raises(UnsupportedError, match=r"tg\.gradient\(L, w\)"):
        tg.grad(t * t)


def test_gradient_of_or_by_a_number(t):
    with pytest.raises(UnsupportedError, match=r"takes Tensors, but float was given"):
        tg.gradient(t * t, 3.0)
    with pytest.raises(UnsupportedError, match=r"takes Tensors, but ndarray was given"):
        tg.gradient(t * t, [t, np.ones(2)])


def test_plots_take_data_and_constants(t, v):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    with pytest.raises(UnsupportedError, match=r"x\.data .*for plots"):
        axes.plot([t])
    with pytest.raises(UnsupportedError, match=r"plot x\.detach\(\) or x\.data"):
        axes.plot(v)
    (line,) = axes.plot(v.detach())
    np.testing.assert_array_equal(line.get_ydata(), [1, 2])


def test_using_the_graph_after_an_update(v):
    v.name = "v"
    L = np.sum(v * v)
    L.backward()
    v.data -= 0.1 * v.grad
    with pytest.raises(ChangedError, match="Compute the output again after each update"):
        L.backward()


def test_loops_over_elements(v, t):
    assert [x.item() for x in v] == [1, 2]
    assert 2.0 in v and max(v).item() == 2
    with pytest.raises(TypeError, match=r"of shape \(\) is a single number: there is nothing to iterate over"):
        list(t)


def test_formatting(t, v):
    assert f"{t:.3f} {np.sum(v)[None]:5.1f}" == "2.000   3.0"
    with pytest.raises(UnsupportedError, match=r"'\.3f' is for one number, and this is 'v' of shape \(2,\)"):
        f"{v:.3f}"


def test_deep_copies_of_parameters_and_not_of_graphs(v):
    twin = copy.deepcopy({"w": v, "again": v})
    assert twin["w"] is twin["again"] is not v
    with pytest.raises(UnsupportedError, match=r"x\.detach\(\)"):
        copy.deepcopy({"y": v * 2})


def test_a_tensor_is_not_json(t):
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(t)


def test_numpy_shapes_and_checks(v):
    assert (np.shape(v), np.ndim(v), np.size(v), np.size(v, 0)) == ((2,), 1, 2, 2)
    assert np.array_equal(v, [1, 2]) and np.allclose(v, v.data) and not np.isnan(v).any()
    assert np.argmax(v) == 1


def test_keyword_arguments_cannot_be_swapped():
    with pytest.raises(TypeError, match="positional"):
        tg.Tensor(1.0, 2.0)


@pytest.mark.parametrize("draw", [tg.draw, tg.draw_forward, tg.draw_backward])
@pytest.mark.parametrize("given", [tg.nn.MLP([2, 1], seed=0), np.ones(2), 3.0, None, np.tanh, [tg.Tensor(1.0)]])
def test_drawing_something_else_than_a_tensor(draw, given):
    with pytest.raises(UnsupportedError, match=rf"{type(given).__name__} was given.*tg\.draw\(L\).*draw_neurons"):
        draw(given)


def test_drawing_a_tensor_as_a_network(t):
    with pytest.raises(UnsupportedError, match=r"but Tensor was given.*tg\.draw\(L\)"):
        tg.draw_neurons(t)
