"""The operators and methods that derivative rules may use, shared by Tensor and recorder.

Each is another spelling of a NumPy function of the table.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .derivatives.elements import getitem
from .derivatives.products import product
from .node import Node
from .primitive import TABLE, Row, composed, dispatch

Operation = tuple[Any, Callable[..., Any]]
"""A NumPy function, and Python's own operator for it: on scalars faster than the function."""


UNARY: dict[str, Operation] = {
    "__neg__": (np.negative, operator.neg),
    "__pos__": (np.positive, operator.pos),
    "__abs__": (np.absolute, abs),
}
ARITHMETIC: dict[str, Operation] = {
    "add": (np.add, operator.add),
    "sub": (np.subtract, operator.sub),
    "mul": (np.multiply, operator.mul),
    "truediv": (np.true_divide, operator.truediv),
    "floordiv": (np.floor_divide, operator.floordiv),
    "pow": (np.power, operator.pow),
    "matmul": (np.matmul, product),
}
REFLECTED = {function: f"__r{name}__" for name, (function, _) in ARITHMETIC.items()}
COMPARISONS: dict[str, Operation] = {
    "__lt__": (np.less, operator.lt),
    "__le__": (np.less_equal, operator.le),
    "__gt__": (np.greater, operator.gt),
    "__ge__": (np.greater_equal, operator.ge),
    "__eq__": (np.equal, operator.eq),
    "__ne__": (np.not_equal, operator.ne),
}


class Operators(Node):
    """Arithmetic, comparisons, indexing and the ndarray methods that have rows.

    A subclass defines `unary_method`, `binary_method` and `reflected_method`, which turn a row and
    Python's own operator into the method that records it.
    """

    __slots__ = ()

    unary_method: Callable[[Row, Callable[[Any], Any]], Callable[[Any], Any]]
    binary_method: Callable[[Row, Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]
    reflected_method: Callable[[Row, Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]

    def __init_subclass__(cls) -> None:
        for name, (function, operate) in UNARY.items():
            setattr(cls, name, cls.unary_method(TABLE[function], operate))
        for name, (function, operate) in ARITHMETIC.items():
            setattr(cls, f"__{name}__", cls.binary_method(TABLE[function], operate))
            setattr(cls, f"__r{name}__", cls.reflected_method(TABLE[function], operate))
        for name, (function, operate) in COMPARISONS.items():
            setattr(cls, name, cls.binary_method(TABLE[function], operate))
        cls.__hash__ = object.__hash__  # type: ignore[method-assign]  # == compares values, nodes are told apart by identity

    if TYPE_CHECKING:

        def __neg__(self) -> Any: ...
        def __pos__(self) -> Any: ...
        def __abs__(self) -> Any: ...
        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __floordiv__(self, other: Any) -> Any: ...
        def __rfloordiv__(self, other: Any) -> Any: ...
        def __pow__(self, other: Any) -> Any: ...
        def __rpow__(self, other: Any) -> Any: ...
        def __matmul__(self, other: Any) -> Any: ...
        def __rmatmul__(self, other: Any) -> Any: ...
        def __lt__(self, other: Any) -> Any: ...
        def __le__(self, other: Any) -> Any: ...
        def __gt__(self, other: Any) -> Any: ...
        def __ge__(self, other: Any) -> Any: ...
        def __eq__(self, other: object) -> Any: ...
        def __ne__(self, other: object) -> Any: ...

    def __getitem__(self, index: Any) -> Any:
        return getitem(self, index=index)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a value of shape (): it is a single number.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("A value of shape () is a single number: there is nothing to iterate over.")
        return (self[i] for i in range(len(self)))

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        size = 1
        for n in self.shape:
            size *= n
        return size

    @property
    def T(self) -> Any:
        return dispatch(np.transpose, (self,), {})

    def transpose(self, *axes: Any) -> Any:
        return dispatch(np.transpose, (self,), {"axes": sequence(axes) or None})

    def reshape(self, *shape: Any) -> Any:
        return dispatch(np.reshape, (self, sequence(shape)), {})

    def ravel(self) -> Any:
        return dispatch(np.ravel, (self,), {})

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        return dispatch(np.swapaxes, (self,), {"axis1": axis1, "axis2": axis2})

    def squeeze(self, axis: Any = None) -> Any:
        return dispatch(np.squeeze, (self,), {"axis": axis})

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        return dispatch(np.sum, (self,), {"axis": axis, "keepdims": keepdims})

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        return dispatch(np.mean, (self,), {"axis": axis, "keepdims": keepdims})

    def prod(self, axis: Any = None, keepdims: bool = False) -> Any:
        return dispatch(np.prod, (self,), {"axis": axis, "keepdims": keepdims})

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        return dispatch(np.max, (self,), {"axis": axis, "keepdims": keepdims})

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        return dispatch(np.min, (self,), {"axis": axis, "keepdims": keepdims})

    def var(self, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
        return dispatch(np.var, (self,), {"axis": axis, "ddof": ddof, "keepdims": keepdims})

    def std(self, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
        return dispatch(np.std, (self,), {"axis": axis, "ddof": ddof, "keepdims": keepdims})

    def dot(self, other: Any) -> Any:
        return dispatch(np.dot, (self, other), {})


composed(np.shape)(lambda x: x.shape)
composed(np.ndim)(lambda x: x.ndim)
composed(np.size)(lambda x, axis=None: x.size if axis is None else x.shape[axis])


def sequence(arguments: tuple[Any, ...]) -> Any:
    """``(2, 3)`` and ``((2, 3),)`` are the same shape: ndarray methods take both."""
    return arguments[0] if len(arguments) == 1 else arguments
