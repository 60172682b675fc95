"""Errors teach: what happened, what was given by name and shape, what to do. And no line of it is lost."""

import inspect
import runpy
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import errors
from tinygrad_edu.errors import GradientError, ShapeError, TinygradError, UnsupportedError

W = tg.Tensor(np.ones((2, 3)), name="W")
v = tg.Tensor(np.ones(2), name="v")


@pytest.mark.parametrize(
    "operation, message",
    [
        (
            lambda: W + v,
            r"np\.add: 'W' of shape \(2, 3\) and 'v' of shape \(2,\) do not fit together: "
            r"axis -1 has 3 elements in the first and 2 in the second",
        ),
        (lambda: np.ones((4, 1, 5)) * W, r"an array of shape \(4, 1, 5\) and 'W' .* axis -1 has 5 .* 3"),
        (lambda: W * tg.constant(np.ones((5, 2, 3)))[:, :1, :2], r"axis -1 has 3 elements in the first and 2"),
        (lambda: tg.Tensor(np.ones((4, 3))) - np.ones((2, 3)), r"axis -2 has 4 elements in the first and 2"),
        (lambda: np.maximum(W, v), r"np\.maximum: 'W' .* 'v'"),
        (lambda: W @ v, r"axis -1 of the first has 3 elements, axis -1 of the second has 2.*\.T"),
        (lambda: W @ W, r"axis -1 of the first has 3 elements, axis -2 of the second has 2.*\.T"),
        (lambda: np.dot(W, W), r"'W' .* and 'W' .* axis -2 of the second has 2"),
        (
            lambda: tg.Tensor(np.ones((2, 2, 3))) @ tg.Tensor(np.ones((5, 3, 2))),
            r"axis -3 has 2 elements in the first and 5",
        ),
        (lambda: W @ 2.0, r"np\.matmul: 'W' of shape \(2, 3\) and 2\.0 .* single number"),
        (lambda: W.reshape(4), r"'W' of shape \(2, 3\): cannot reshape array of size 6 into shape \(4,\)"),
        (lambda: W.sum(axis=2), r"np\.sum of 'W' of shape \(2, 3\): axis 2 is out of bounds"),
        (lambda: np.concatenate([W, np.ones((2, 4))]), r"np\.concatenate of 'W' .* dimension 1, .* size 4"),
        (lambda: np.concatenate([W, np.ones((3, 4))], axis=1), r"np\.concatenate of 'W' .* dimension 0"),
        (lambda: np.where(np.ones(3) > 0, v, W), r"np\.where: an array of shape \(3,\) and 'v' .* axis -1 has 3"),
    ],
)
def test_shapes_that_do_not_fit(operation, message):
    with pytest.raises(ShapeError, match=message):
        operation()


def test_shape_errors_are_value_errors():
    with pytest.raises(ValueError, match="do not fit together"):
        W + v


def test_several_numbers_have_no_one_gradient():
    y = v * 2
    with pytest.raises(ShapeError, match=r"a Tensor of shape \(2,\).*y\.sum\(\), y\.mean\(\).*y\.backward\(gradient\)"):
        y.backward()
    with pytest.raises(ShapeError, match="derivative of several numbers"):
        tg.gradient(y, v)
    with pytest.raises(ShapeError, match=r"A gradient of shape \(3,\) does not fit a Tensor of shape \(2,\)"):
        y.backward(np.ones(3))


def test_what_has_no_derivative_says_why():
    with pytest.raises(UnsupportedError, match="it is a constant"):
        tg.constant(1.0).backward()
    with pytest.raises(UnsupportedError, match="np.multiply computed it from constants only"):
        (tg.constant(1.0) * 2).backward()
    with tg.no_grad():
        y = np.sum(v)
    with pytest.raises(UnsupportedError, match=r"tg\.no_grad\(\)"):
        y.backward()


@pytest.mark.parametrize(
    "data, why",
    [
        (1j, "complex data were given and its dtype is complex128.*z.real"),
        (np.ones(2, complex), "ndarray data were given"),
        ("text", "str data"),
        ([[1.0], [1.0, 2.0]], "inhomogeneous.*equally long lists"),
        (None, "NoneType data"),
        ({"a": 1}, "dict data"),
    ],
)
def test_data_that_are_not_real_numbers(data, why):
    with pytest.raises(UnsupportedError, match=f"A Tensor holds real numbers, but .*{why}"):
        tg.Tensor(data)


def test_operands_that_are_not_real_numbers():
    for operate in (lambda: v * 1j, lambda: 1j * v, lambda: v + "a", lambda: np.add(v, 1j)):
        with pytest.raises(UnsupportedError, match="A Tensor holds real numbers"):
            operate()


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: np.sum(v, dtype=float), r"np\.sum .* argument dtype=.*it knows: axis= and keepdims="),
        (lambda: np.add(v, v, where=[True, False]), r"np\.add .* argument where=.*\(arguments it knows: none\)"),
        (lambda: np.exp(v, out=np.ones(2)), r"np\.exp .* argument out="),
        (lambda: np.mean(v, where=[True, False]), r"np\.mean .* argument where="),
    ],
)
def test_arguments_that_a_rule_does_not_know(call, message):
    with pytest.raises(UnsupportedError, match=message):
        call()


def test_backward_knows_two_ways_to_keep():
    with pytest.raises(UnsupportedError, match="keep='none': it is 'all' or 'leaves'"):
        np.sum(v).backward(keep="none")


def test_every_exception_has_a_builtin_kind_and_says_what_it_is_for():
    ours = [e for _, e in inspect.getmembers(errors, inspect.isclass) if e.__module__ == errors.__name__]
    for error in ours:
        assert issubclass(error, TinygradError) and error.__doc__
        if error is not TinygradError:
            assert any(base.__module__ == "builtins" for base in error.__bases__)
    assert issubclass(GradientError, AssertionError)


def test_one_clear_error_without_a_chain_of_others():
    for operate in (lambda: W + v, lambda: tg.Tensor([[1], [1, 2]]), lambda: np.reshape(W, 5)):
        with pytest.raises(TinygradError) as caught:
            operate()
        assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_the_page_of_errors_is_what_they_say_today():
    docs = Path(__file__).parent.parent / "docs"
    written = (docs / "errors.md").read_text(encoding="utf-8")
    generator = runpy.run_path(str(docs / "generate_errors.py"))
    assert generator["page"]() == written, "run python docs/generate_errors.py"
    ours = {name for name, e in inspect.getmembers(errors, inspect.isclass) if e.__module__ == errors.__name__}
    assert {name for name in ours if f"tinygrad_edu.errors.{name}: " in written} == ours - {"TinygradError"}
