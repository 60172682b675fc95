"""grad, jacobian, hessian and their products with vectors: closed forms, closures, nested arguments, refusals."""

import math
from collections import namedtuple
from functools import partial

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import ShapeError, UnsupportedError
from tinygrad_edu.recorder import Recorder

A = np.array([[2.0, 1.0], [0.5, 3.0]])
X = np.array([0.3, -0.7])


def quadratic(x):
    return x @ (A @ x)


def test_grad_of_several_arguments():
    def f(x, y):
        return np.sin(x) * y**2

    assert tg.grad(f)(0.5, 3.0) == pytest.approx(9 * math.cos(0.5))
    assert tg.grad(f, argnums=1)(0.5, 3.0) == pytest.approx(6 * math.sin(0.5))
    assert tg.grad(f, argnums=(1, 0))(0.5, 3.0) == pytest.approx((6 * math.sin(0.5), 9 * math.cos(0.5)))
    assert tg.grad(f, argnums=-1)(0.5, 3.0) == pytest.approx(6 * math.sin(0.5))


def test_arrays_give_arrays_of_their_dtype_and_numbers_give_numbers():
    gradient = tg.grad(lambda x: np.sum(x * x))(X.astype(np.float32))
    assert type(gradient) is np.ndarray and gradient.dtype == np.float32
    assert type(tg.grad(lambda x: x * x)(3)) is float
    value, slope = tg.value_and_grad(quadratic)(X)
    assert isinstance(value, np.float64) and type(slope) is np.ndarray
    np.testing.assert_allclose(value, X @ A @ X)
    np.testing.assert_allclose(slope, (A + A.T) @ X)


def test_answers_are_private_writable_arrays():
    x = np.ones(3)
    a, b = tg.grad(lambda x, y: np.sum(x + y), argnums=(0, 1))(x, x)
    a[0] = 5
    assert b[0] == 1 and x[0] == 1


def test_derivatives_up_to_order_six_are_those_of_the_sine():
    f, x = np.sin, 0.7
    for order in range(1, 7):
        f = tg.grad(f)
        assert f(x) == pytest.approx(math.sin(x + order * math.pi / 2), abs=1e-12)


def test_an_inner_derivative_sees_the_variables_of_the_outer():
    assert tg.grad(lambda x: x * tg.grad(lambda y: x * y)(1.0))(3.0) == 6
    assert tg.grad(lambda x: x * tg.grad(lambda y: x + y)(1.0))(3.0) == 1
    assert tg.grad(lambda x: tg.grad(lambda y: x * y * y)(x))(3.0) == 12  # d/dx (2 x x)
    assert tg.jvp(lambda x: x * tg.jvp(lambda y: x * y, (1.0,), (1.0,))[1], (3.0,), (1.0,))[1] == 6


def test_a_variable_in_a_closure_makes_the_answer_a_tensor():
    w = tg.Tensor(2.0)
    slope = tg.grad(lambda x: w * w * x)(5.0)
    assert isinstance(slope, tg.Tensor) and slope.item() == 4
    slope.backward()
    assert w.grad == 4
    assert type(tg.grad(lambda x: w.detach() * x)(5.0)) is float


def test_tensors_give_tensors_that_know_their_history():
    x = tg.Tensor(3.0)
    slope = tg.grad(lambda x: x**3)(x)
    slope.backward()
    assert (slope.item(), x.grad) == (27, 18)


def test_a_tensor_argument_is_told_apart_from_the_same_tensor_in_the_closure():
    x = tg.Tensor(3.0)
    assert tg.grad(lambda y: x * y)(x).item() == 3
    assert tg.grad(lambda y: x * x)(x).item() == 0


def test_recording_is_switched_on_inside():
    with tg.no_grad():
        assert tg.grad(lambda x: x * x)(3.0) == 6
        assert tg.grad(tg.grad(lambda x: x**3))(2.0) == 12
        assert tg.jvp(np.sin, (0.5,), (2.0,))[1] == pytest.approx(2 * math.cos(0.5))
        y, pullback = tg.vjp(np.sin, 0.5)
        assert pullback(2.0)[0] == pytest.approx(2 * math.cos(0.5))


def test_transforms_leave_grad_and_hooks_of_outer_nodes_alone():
    w = tg.Tensor(2.0)
    z = w * w
    seen = []
    z.register_hook(seen.append)
    tg.grad(lambda x: x * z)(3.0)
    assert w.grad is None and not seen


def test_keyword_arguments_are_passed_on():
    assert tg.grad(lambda x, power: x**power)(3.0, power=2) == 6


def test_jacobian_of_arrays():
    W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.testing.assert_allclose(tg.jacobian(lambda x: W @ x)(X), W)
    J = tg.jacobian(lambda x, y: np.tanh(x * y), argnums=(0, 1))(W, 0.3)
    assert J[0].shape == (3, 2, 3, 2) and J[1].shape == (3, 2)
    slope = 1 - np.tanh(0.3 * W) ** 2
    np.testing.assert_allclose(J[0].reshape(6, 6), np.diag((0.3 * slope).ravel()))
    np.testing.assert_allclose(J[1], W * slope)
    assert tg.jacobian(lambda x: x)(np.zeros(0)).shape == (0, 0)


def test_jacobian_of_nested_outputs_and_arguments():
    J = tg.jacobian(lambda p: {"sum": p["a"] + p["b"], "both": (p["a"] * p["b"],)})({"a": X, "b": 2.0})
    np.testing.assert_allclose(J["sum"]["a"], np.eye(2))
    np.testing.assert_allclose(J["sum"]["b"], [1, 1])
    np.testing.assert_allclose(J["both"][0]["b"], X)


def test_hessian_of_a_quadratic_form_is_symmetric_and_constant():
    np.testing.assert_allclose(tg.hessian(quadratic)(X), A + A.T)
    assert tg.hessian(lambda x: x**4)(2.0) == 48
    np.testing.assert_allclose(tg.hessian(lambda x: np.sum(x))(X), np.zeros((2, 2)))


def test_hessian_of_several_arguments_has_a_block_per_pair():
    def f(x, y):
        return np.sum(x**2 * y)

    H = tg.hessian(f, argnums=(0, 1))(X, np.array(3.0))
    np.testing.assert_allclose(H[0][0], 6 * np.eye(2))
    np.testing.assert_allclose(H[0][1], 2 * X)
    np.testing.assert_allclose(H[1][0], 2 * X)
    assert H[1][1] == 0
    H = tg.hessian(lambda p: np.sum(p["x"] ** 2 * p["y"]))({"x": X, "y": 3.0})
    np.testing.assert_allclose(H["y"]["x"], 2 * X)


def test_vjp_and_jvp_agree_with_the_jacobian():
    def f(x):
        return np.sin(A @ x) * x[0]

    J = tg.jacobian(f)(X)
    g, v = np.array([0.4, -1.1]), np.array([2.0, 0.5])
    y, pullback = tg.vjp(f, X)
    np.testing.assert_allclose(y, np.sin(A @ X) * X[0])
    (pulled,) = pullback(g)
    np.testing.assert_allclose(pulled, g @ J)
    np.testing.assert_allclose(pullback(2 * g)[0], 2 * pulled)
    y, tangent = tg.jvp(f, (X,), (v,))
    assert type(y) is type(tangent) is np.ndarray
    np.testing.assert_allclose(tangent, J @ v)


def test_vjp_and_jvp_of_nested_outputs():
    y, pullback = tg.vjp(lambda x, y: (x * y, [x + y]), 2.0, 5.0)
    assert y == (10.0, [7.0])
    assert pullback((1.0, [10.0])) == (15.0, 12.0)
    y, tangent = tg.jvp(lambda x, y: (x * y, [x + y, 1.0]), (2.0, 5.0), (1.0, 10.0))
    assert tangent == (25.0, [11.0, 0.0])


def test_a_tensor_that_arrives_can_be_differentiated():
    g = tg.Tensor(2.0)
    _, pullback = tg.vjp(lambda x: x**3, 4.0)
    (pulled,) = pullback(g)
    pulled.backward()
    assert (pulled.item(), g.grad) == (96, 48)
    v = tg.Tensor(2.0)
    _, tangent = tg.jvp(lambda x: x**3, (4.0,), (v,))
    tangent.backward()
    assert (tangent.item(), v.grad) == (96, 48)


@pytest.mark.parametrize("xs, vs", [(np.ones(2), np.ones(2)), ((2.0,), 1.0), (2.0, (1.0,))])
def test_jvp_without_tuples_says_how_it_is_written(xs, vs):
    with pytest.raises(UnsupportedError, match=r"two tuples: tg\.jvp\(f, \(x,\), \(v,\)\)"):
        tg.jvp(np.sin, xs, vs)


def test_jvp_can_be_differentiated_by_its_argument():
    assert tg.grad(lambda x: tg.jvp(np.exp, (x,), (1.0,))[1])(0.5) == pytest.approx(math.exp(0.5))
    assert tg.jvp(tg.grad(lambda x: x**4), (2.0,), (1.0,))[1] == 48


def test_hvp_is_the_hessian_times_the_vector():
    def f(x):
        return np.sum(np.exp(x) * x) + quadratic(x)

    v = np.array([0.3, -2.0])
    np.testing.assert_allclose(tg.hvp(f, X, v), tg.hessian(f)(X) @ v)
    nested = tg.hvp(lambda p: p["a"] ** 2 * p["b"], {"a": 3.0, "b": 5.0}, {"a": 1.0, "b": 10.0})
    assert nested == {"a": 2 * 5 + 2 * 3 * 10, "b": 6}
    np.testing.assert_array_equal(tg.hvp(lambda x: np.sum(x), X, v), [0, 0])
    assert tg.hvp(lambda x: x**3, 2.0, tg.Tensor(1.0)).item() == 12


def test_nested_arguments_keep_their_structure():
    Point = namedtuple("Point", "x y")
    gradient = tg.grad(lambda p, more: p.x * p.y * more[0]["k"])(Point(2.0, 3.0), [{"k": 4.0}])
    assert gradient == Point(12.0, 8.0)
    gradients = tg.grad(lambda p, more: p.x * p.y * more[0]["k"], argnums=(0, 1))(Point(2.0, 3.0), [{"k": 4.0}])
    assert gradients == (Point(12.0, 8.0), [{"k": 6.0}])


def test_an_output_that_depends_on_nothing_has_gradient_zero():
    assert tg.grad(lambda x: 3.0)(2.0) == 0
    np.testing.assert_array_equal(tg.grad(lambda x: np.sum(np.floor(x)))(X), [0, 0])


def test_a_function_of_several_numbers_has_no_gradient():
    with pytest.raises(ShapeError, match=r"outer gave an output of shape \(2, 2\).*tg\.jacobian\(outer\)"):

        def outer(x):
            return x * np.ones((2, 2))

        tg.grad(outer)(2.0)
    with pytest.raises(ShapeError, match="gave 2 outputs"):
        tg.grad(lambda x: (x, x))(2.0)


def test_a_tensor_is_not_a_function():
    with pytest.raises(UnsupportedError, match=r"tg\.gradient\(L, w\)"):
        tg.grad(tg.Tensor(2.0) * 3)
    with pytest.raises(UnsupportedError, match="takes a function, but float was given"):
        tg.jacobian(2.0)


def test_arguments_given_in_the_first_call_are_told_to_wait_for_the_second():
    with pytest.raises(UnsupportedError, match=r"tg\.grad\(f\)\(x\)"):
        tg.grad(quadratic, X)
    with pytest.raises(UnsupportedError, match="argnums=2, but quadratic was called with 1 positional"):
        tg.grad(quadratic, argnums=2)(X)


def test_vectors_of_another_shape_are_refused():
    with pytest.raises(ShapeError, match=r"The tangents have the shapes \[\(3,\)\], but \[\(2,\)\] are needed"):
        tg.jvp(np.sin, (X,), (np.ones(3),))
    with pytest.raises(ShapeError, match="The cotangents"):
        tg.vjp(np.sin, X)[1](1.0)
    with pytest.raises(ShapeError, match="The vectors"):
        tg.hvp(quadratic, X, 1.0)


def test_complex_arguments_are_refused():
    with pytest.raises(UnsupportedError, match="real numbers"):
        tg.grad(lambda x: x * x)(1j)


def test_higher_derivatives_agree_with_torch():
    torch = pytest.importorskip("torch")

    def f(x, np):
        return (np.sin(x[0] * x[1]) * np.exp(x[1]) + np.tanh(x[2]) * x[0] ** 3) * x[2]

    x = np.array([0.3, -0.8, 1.2])
    ours = tg.hessian(lambda x: f(x, np))(x)
    hessian = partial(torch.autograd.functional.hessian, lambda x: f(x, torch), create_graph=True)
    np.testing.assert_allclose(ours, hessian(torch.tensor(x)).detach().numpy(), atol=1e-12)
    third = tg.jacobian(tg.hessian(lambda x: f(x, np)))(x)
    theirs = torch.autograd.functional.jacobian(hessian, torch.tensor(x)).numpy()
    np.testing.assert_allclose(third, theirs, atol=1e-11)


def test_transforms_run_on_recorders_too():
    x = Recorder(np.array([0.3, 0.5]), name="x")
    gradient = tg.grad(lambda x: np.sum(np.sin(x) * x))(x)
    assert isinstance(gradient, Recorder)
    np.testing.assert_allclose(gradient.value, np.cos(x.value) * x.value + np.sin(x.value))
    np.testing.assert_allclose(tg.hessian(lambda x: np.sum(x**3))(x).value, np.diag(6 * x.value))
    np.testing.assert_allclose(tg.jvp(np.sin, (x,), (np.ones(2),))[1].value, np.cos(x.value))


@pytest.mark.parametrize("argnums", [(0, 0), (1, -1)])
@pytest.mark.parametrize("transform", [tg.grad, tg.value_and_grad, tg.jacobian, tg.hessian])
def test_an_argument_is_named_once(transform, argnums):
    with pytest.raises(UnsupportedError, match=r"argnums=.*: each argument of <lambda> is named once"):
        transform(lambda x, y: x * y, argnums)(2.0, 3.0)
