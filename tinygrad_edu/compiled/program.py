"""A program: NumPy calls in a row, each with a name for what it gives.

The calls are written down by running functions on `Variable`s: what a function does to them is the program.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..nested import leaves, rebuilt
from ..operators import ARITHMETIC, COMPARISONS, UNARY

OPERATORS = {function: operate for function, operate in (*UNARY.values(), *ARITHMETIC.values(), *COMPARISONS.values())}
UFUNCS: dict[Any, np.ufunc] = {operate: function for function, operate in OPERATORS.items()}
"""The NumPy function of each of Python's operators."""

WRITING = {"sort", "fill", "put", "resize", "partition", "itemset", "setfield", "setflags", "byteswap"}
"""Methods of arrays that write into them."""

STATIC = {np.shape, np.ndim, np.size, np.result_type, np.isrealobj, np.iscomplexobj}
"""Functions that look at shapes and dtypes only."""


class Untraceable(Exception):
    """A body that needs more than NumPy calls: a loop that writes into an array, a choice by value."""


class Method(NamedTuple):
    """A method or attribute of arrays, as a function."""

    name: str
    is_attribute: bool = False

    def __call__(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        found = getattr(x, self.name)
        return found if self.is_attribute else found(*args, **kwargs)


@dataclass(eq=False)
class Variable:
    """A name of the program; `value` is what it stood for when the program was recorded."""

    program: Program
    value: Any
    name: str | None = None
    note: str = ""
    """What the source says of it: the formula."""

    __class__ = property(lambda self: kind_of(self.value))  # bodies ask what kind of array they were given
    shape = property(lambda self: np.shape(self.value))
    ndim = property(lambda self: np.ndim(self.value))
    size = property(lambda self: np.size(self.value))
    dtype = property(lambda self: np.asarray(self.value).dtype)
    T = property(lambda self: self.program.call(Method("T", True), (self,), {}))

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, tuple) and not index and (self.ndim or not isinstance(self.value, np.ndarray)):
            return self
        return self.program.call(operator.getitem, (self, index), {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in WRITING or not callable(getattr(np.ndarray, name, None)):
            raise Untraceable(name)
        return lambda *args, **kwargs: self.program.call(Method(name), (self, *args), kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "at" or "out" in kwargs:
            raise Untraceable(method)
        return self.program.call(ufunc if method == "__call__" else getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self.program.call(function, args, kwargs)

    def refuse(self, *args: Any) -> NoReturn:
        raise Untraceable

    __bool__ = __float__ = __int__ = __index__ = __array__ = __iter__ = __setitem__ = refuse
    __iadd__ = __isub__ = __imul__ = __itruediv__ = refuse


def kind_of(value: Any) -> type:
    return type(value) if isinstance(value, (np.ndarray, np.generic)) else Variable


def unary(operate: Callable[[Any], Any]) -> Callable[[Variable], Any]:
    return lambda self: self.program.call(operate, (self,), {})


def binary(operate: Callable[[Any, Any], Any]) -> Callable[[Variable, Any], Any]:
    return lambda self, other: self.program.call(operate, (self, other), {})


def reflected(operate: Callable[[Any, Any], Any]) -> Callable[[Variable, Any], Any]:
    return lambda self, other: self.program.call(operate, (other, self), {})


for name, (_, operate) in UNARY.items():
    setattr(Variable, name, unary(operate))
for name, (_, operate) in ARITHMETIC.items():
    setattr(Variable, f"__{name}__", binary(operate))
    setattr(Variable, f"__r{name}__", reflected(operate))
for name, (_, operate) in COMPARISONS.items():
    setattr(Variable, name, binary(operate))
Variable.__hash__ = object.__hash__  # type: ignore[method-assign]  # == is recorded, variables are told apart by identity


@dataclass(eq=False)
class Statement:
    """``target = function(*args, **kwargs)``; with `into`, in the memory of a variable that nobody reads any more."""

    target: Variable
    function: Any
    args: Any
    kwargs: dict[str, Any]
    origin: Any = None
    """The recorded operation that it belongs to."""
    phase: str = "forward"
    into: Variable | None = None

    @property
    def used(self) -> list[Variable]:
        """The variables that it reads."""
        return [x for x in parts((self.args, self.kwargs)) if isinstance(x, Variable)]

    @property
    def ufunc(self) -> np.ufunc | None:
        """The NumPy function that computes it element by element, if one does."""
        found = UFUNCS.get(self.function, self.function)
        return found if isinstance(found, np.ufunc) and found.signature is None and not self.kwargs else None

    def evaluate(self) -> None:
        self.target.value = self.function(*values_of(self.args), **values_of(self.kwargs))

    def with_arguments(self, change: Callable[[Any], Any]) -> None:
        """Put ``change(x)`` in place of each variable or number x among the arguments."""
        self.args, self.kwargs = changed((self.args, self.kwargs), change)


@dataclass(eq=False)
class Program:
    """Statements between inputs and outputs."""

    inputs: list[Variable] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    outputs: Any = None
    """Nested, as the function gives them."""
    updates: dict[Variable, Any] = field(default_factory=dict)
    """The inputs that get a new value in their own memory, as the last thing that happens."""
    origin: Any = None
    errors: Any = field(default_factory=np.geterr)
    """What NumPy warned of when the recording began: a body that changes it is not read through."""

    def input(self, value: Any, name: str | None = None) -> Variable:
        variable = Variable(self, value, name)
        self.inputs.append(variable)
        return variable

    def call(self, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Run a function on the values of `args`, and write the call down if there are variables among them."""
        value = function(*values_of(args), **values_of(kwargs))
        if not any(isinstance(x, Variable) for x in parts((args, kwargs))):
            return value
        if function in STATIC:
            return value
        function = function if kwargs or function is np.power else OPERATORS.get(function, function)
        if np.geterr() != self.errors or value is None:
            raise Untraceable(f"{function} inside np.errstate, or without a value")
        target = Variable(self, value)
        self.statements.append(Statement(target, function, args, kwargs, self.origin))
        return target

    @property
    def results(self) -> Iterator[Any]:
        """What the program is run for."""
        return parts((self.outputs, list(self.updates.values())))

    def evaluate(self) -> None:
        """Compute the values again, as the statements now stand."""
        for s in self.statements:
            s.evaluate()


def parts(x: Any) -> Iterator[Any]:
    """The leaves of nested arguments, the ends of slices among them."""
    kind = type(x)  # isinstance would ask a variable what kind of array it stands for
    if kind is slice:
        yield from (x.start, x.stop, x.step)
    elif issubclass(kind, (tuple, list)):
        for item in x:
            yield from parts(item)
    elif kind is dict:
        for item in x.values():
            yield from parts(item)
    else:
        yield x


def changed(x: Any, change: Callable[[Any], Any]) -> Any:
    """`x` with ``change(leaf)`` in place of each leaf; slices are leaves."""
    kind = type(x)
    if kind is tuple:
        return tuple([changed(item, change) for item in x])
    if kind is dict:
        return {key: changed(item, change) for key, item in x.items()}
    if issubclass(kind, (tuple, list)):
        return rebuilt(x, map(change, leaves(x)))
    return change(x)


def values_of(x: Any) -> Any:
    return changed(x, value_of)


def value_of(x: Any) -> Any:
    return x.value if type(x) is Variable else x
