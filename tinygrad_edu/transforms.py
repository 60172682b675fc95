"""Functions of functions: gradients, Jacobians, Hessians and their products with vectors, of any order.

Each calls the function on fresh variables and reads the sweep. Answers are arrays if the arguments were
arrays and nothing else can vary: a Tensor among the arguments or in a closure makes them Tensors, so that
an outer derivative sees through. Recording is on inside, whatever `no_grad` says outside. Arguments may
be nested: tuples, lists and dicts of arrays; the derivatives then are nested in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce, wraps
from operator import add
from typing import Any

import numpy as np

from .calls import Argnums, Call, Function, inner
from .errors import UnsupportedError
from .nested import contains_node, matched, rebuilt
from .node import Node
from .recording import enable_grad
from .tensor import gradient


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """The function that computes ``∂f/∂x`` for a scalar function f.

    Parameters
    ----------
    argnums : the position of x among the arguments, or several: their gradients then come as a tuple.

    Raises
    ------
    ShapeError
        If `f` gives more than one number (see `jacobian`).

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> f = lambda x, y: x**3 * y
    >>> tg.grad(f)(2.0, 5.0), tg.grad(f, argnums=(0, 1))(2.0, 5.0), tg.grad(tg.grad(f))(2.0, 5.0)
    (60.0, (60.0, 8.0), 60.0)
    >>> tg.grad(lambda x: x * tg.grad(lambda y: x * y)(1.0))(3.0)
    6.0
    """
    evaluate = value_and_grad(f, argnums)

    @wraps(f, updated=())
    def gradient_function(*args: Any, **kwargs: Any) -> Any:
        return evaluate(*args, **kwargs)[1]

    return gradient_function


def value_and_grad(f: Function, argnums: Argnums = 0) -> Function:
    """The function that computes the pair ``(f(x), ∂f/∂x)``; see `grad`.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> tg.value_and_grad(lambda p: p["w"] * p["x"] + p["b"])({"w": 2.0, "x": 3.0, "b": 1.0})
    (7.0, {'w': 3.0, 'x': 2.0, 'b': 1.0})
    """
    check_function("grad", f, argnums)

    @wraps(f, updated=())
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, argnums, args, kwargs)
        y = call.single_number()
        return call.answer(y), call.nested(call.pull(y))

    return value_and_gradient


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """The function that computes all ``∂fᵢ/∂xⱼ``, an array of shape ``(*f.shape, *x.shape)``.

    One sweep per element of the output. If `f` gives several (nested) outputs, so does its Jacobian.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> tg.jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    check_function("jacobian", f, argnums)

    @wraps(f, updated=())
    def jacobian_function(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, argnums, args, kwargs)
        with enable_grad():
            return rebuilt(call.result, (call.nested(jacobians(call, y)) for y in call.outputs))

    return jacobian_function


def jacobians(call: Call, y: Any) -> list[Any]:
    """∂y/∂x for each variable of the call."""
    if y.shape == ():
        return call.pull(y)
    basis = np.eye(y.size, dtype=y.dtype).reshape(y.size, *y.shape)
    rows = [call.pull(y, seed) for seed in basis]
    if not rows:
        return [np.zeros((*y.shape, *x.shape), x.dtype) for x in call.variables]
    return [np.stack(column).reshape(*y.shape, *x.shape) for column, x in zip(zip(*rows), call.variables)]


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The function that computes all ``∂²f/∂xᵢ∂xⱼ`` of a scalar function, of shape ``(*x.shape, *x.shape)``.

    With several or nested arguments, the block of x and y is ``hessian[x][y]``, of shape ``(*x.shape, *y.shape)``.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> tg.hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0]))
    array([[10.,  6.],
           [ 6.,  0.]])
    """
    return jacobian(grad(f, argnums), argnums)


def vjp(f: Function, *xs: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """``f(*xs)``, and the pullback ``g ↦ gᵀJ`` that gives one gradient per argument, as a tuple.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> y, pullback = tg.vjp(lambda x, w: x * w, np.array([1.0, 2.0]), 3.0)
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 3., 30.]), 21.0)
    """
    check_function("vjp", f)
    call = Call(f, tuple(range(len(xs))), xs, {})

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        with enable_grad():
            pulled = [call.pull(y, g) for y, g in zip(call.outputs, matched(cotangent, call.outputs, "cotangents"))]
            return call.nested([reduce(add, parts) for parts in zip(*pulled)])  # type: ignore[no-any-return]

    return rebuilt(call.result, map(call.answer, call.outputs)), pullback


def jvp(f: Function, xs: Sequence[Any], vs: Sequence[Any]) -> tuple[Any, Any]:
    """``f(*xs)``, and its directional derivative ``Jv`` along the tangents `vs`.

    The pullback ``u ↦ uᵀJ`` is linear in u, so ``Jv`` is the gradient of ``uᵀJv`` by u: the reverse sweep, read twice.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> tg.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    check_function("jvp", f)
    if not isinstance(xs, (tuple, list)) or not isinstance(vs, (tuple, list)):
        raise UnsupportedError("The arguments of f and their tangents come as two tuples: tg.jvp(f, (x,), (v,)).")
    call = Call(f, tuple(range(len(xs))), tuple(xs), {})
    tangents = matched(tuple(vs), call.variables, "tangents")
    with enable_grad():
        answers = [call.push(y, tangents) for y in call.outputs]
    return rebuilt(call.result, map(call.answer, call.outputs)), rebuilt(call.result, iter(answers))


def hvp(f: Function, x: Any, v: Any) -> Any:
    """The Hessian of a scalar function times a vector, ``∇(∇f · v)``, without the Hessian: in the shape of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> tg.hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    check_function("hvp", f)
    call = Call(f, 0, (x,), {})
    y = call.single_number()
    with enable_grad():
        slope = inner(gradient(y, call.variables), matched(v, call.variables, "vectors"))
        return call.nested(call.pull(slope, closed=call.closed and not contains_node(v)))


def check_function(transform: str, f: Any, argnums: Any = 0) -> None:
    if isinstance(f, Node):
        raise UnsupportedError(
            f"tg.{transform} takes a function, but a Tensor was given. "
            "The gradient of a Tensor L by w is tg.gradient(L, w); L.backward() fills w.grad."
        )
    if not callable(f):
        raise UnsupportedError(f"tg.{transform} takes a function, but {type(f).__name__} was given.")
    if not all(type(i) is int for i in (argnums if isinstance(argnums, tuple) else (argnums,))):
        raise UnsupportedError(
            f"argnums={argnums!r} must be a position or a tuple of positions. "
            f"The arguments of f come in a second call: tg.{transform}(f)(x)."
        )
