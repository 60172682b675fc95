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

from .backward import adjoints, values
from .derivatives.shapes import astype
from .eager import NUMBERS
from .errors import ShapeError, UnsupportedError
from .nested import contains_node, leaves, matched, rebuilt
from .node import Node, topological_order
from .operators import Operators
from .recorder import Recorder
from .recording import enable_grad
from .tensor import Tensor, as_tensor, gradient

Argnums = int | tuple[int, ...]
Function = Callable[..., Any]


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


# ---------------------------------------------------------------------- one call


class Call:
    """A call of `f` on fresh variables in place of the arguments to differentiate by.

    `outputs` are the Tensors that came out, `closed` says that they depend on these variables only,
    and that none of the arguments was a Tensor: nobody can ask for a derivative of the answer.
    """

    def __init__(self, f: Function, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.name = getattr(f, "__name__", repr(f))
        positions = (argnums,) if isinstance(argnums, int) else argnums
        chosen = tuple(argument(args, i, self.name) for i in positions)
        self.chosen = chosen[0] if isinstance(argnums, int) else chosen
        self.given = leaves(chosen)
        with enable_grad():
            self.variables = [fresh(x) for x in self.given]
            arguments = list(args)
            for i, x in zip(positions, rebuilt(chosen, iter(self.variables))):
                arguments[i] = x
            self.result = f(*arguments, **kwargs)
            self.outputs = [as_tensor(y) for y in leaves(self.result)]
        self.closed = not contains_node(self.given) and not self.depends_on_others()

    def depends_on_others(self) -> bool:
        mine = set(self.variables)
        return any(
            x.row is None and x not in mine for y in self.outputs if y.requires_grad for x in topological_order(y)
        )

    def single_number(self) -> Any:
        """The output of a scalar function."""
        y = self.outputs[0] if len(self.outputs) == 1 else None
        if y is None or y.size != 1:
            got = f"{len(self.outputs)} outputs" if y is None else f"an output of shape {y.shape}"
            raise ShapeError(
                f"{self.name} gave {got}: a gradient is the derivative of one number. "
                f"Reduce the output first (y.sum(), y.mean()), or use tg.jacobian({self.name})."
            )
        return y

    def pull(self, y: Any, seed: Any = None, closed: bool | None = None) -> list[Any]:
        """The gradient of `y` by each variable, for a `seed` that arrives at `y`."""
        if isinstance(seed, Node) or not (self.closed if closed is None else closed):
            return gradient(y, self.variables, seed)  # type: ignore[no-any-return]
        seed = np.ones(y.shape, y.dtype)[()] if seed is None else np.asarray(seed, y.dtype)[()]
        found = adjoints(y, self.variables, seed, values)
        return [np.array(found[x])[()] if x in found else np.zeros(x.shape, x.dtype)[()] for x in self.variables]

    def push(self, y: Any, tangents: list[Any]) -> Any:
        """How fast `y` changes when the variables change by `tangents`."""
        u = Tensor(np.ones(y.shape, y.dtype))
        slope = inner(gradient(y, self.variables, u), tangents)
        if not self.closed or contains_node(tangents):
            return gradient(slope, u)
        found = adjoints(slope, [u], np.ones((), slope.dtype)[()], values)
        return self.answer(as_tensor(found.get(u, np.zeros(y.shape))))

    def nested(self, derivatives: list[Any]) -> Any:
        """One derivative per variable, nested as the arguments are; for Python numbers, Python numbers."""
        return rebuilt(self.chosen, (number_like(x, d) for x, d in zip(self.given, derivatives)))

    def answer(self, y: Any) -> Any:
        """An output as the caller gets it."""
        if not self.closed:
            return y
        plain = np.array(y.numpy())[()]
        return plain.item() if plain.shape == () and all(type(x) in NUMBERS for x in self.given) else plain


def fresh(x: Any) -> Any:
    """A variable of this call alone; made from `x` by an operation if an outer derivative may ask for `x`."""
    if isinstance(x, Recorder):
        variable = +x if x.dtype.kind == "f" else astype(x, dtype=np.float64)
        variable.requires_grad, variable.name = True, x.name
        return variable
    return +x if isinstance(x, Operators) and x.requires_grad else Tensor(x)


def inner(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """``Σ x · y`` over all elements."""
    return reduce(add, [np.sum(x * y) for x, y in zip(xs, ys)])


def number_like(x: Any, derivative: Any) -> Any:
    plain_number = type(x) in NUMBERS and not isinstance(derivative, Node) and np.shape(derivative) == ()
    return derivative.item() if plain_number else derivative


# ---------------------------------------------------------------------- what is refused


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


def argument(args: tuple[Any, ...], i: int, name: str) -> Any:
    if not -len(args) <= i < len(args):
        raise UnsupportedError(f"argnums={i}, but {name} was called with {len(args)} positional arguments.")
    return args[i]
