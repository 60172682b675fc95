"""The way into a program: one function, written for it, that checks what a call brings and calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..eager import Eager
from ..recording import recording_now
from .inputs import Inputs
from .places import LOOKUP_ERRORS, Place
from .signatures import signature

MISS: Any = object()
"""What the function gives if something is not as it was when the program was recorded."""


def no_entry(arguments: tuple[Any, ...]) -> Any:
    return MISS


class Entry:
    """A function of the tuple of arguments; what it compares with, and what it calls, are its globals.

    The program serves again if nothing else is being compiled, every argument has the kind, dtype, shape and strides
    that it had, every name stands for what it did, and no Tensor has got hooks or lies differently in memory.
    """

    def __init__(self, arguments: tuple[Any, ...], seen: list[tuple[Place, Any]], inputs: Inputs) -> None:
        self.names: dict[str, Any] = {"ndarray": np.ndarray, "signature": signature, "MISS": MISS}
        self.names["LOOKUP_ERRORS"] = LOOKUP_ERRORS
        self.conditions = [f"{self.name(recording_now)}().__class__ is bool"]
        for place, x in seen:
            self.conditions += [place.holds(x, self.name), *self.keeps_its_shape(x)]
        self.values: list[str] = []
        for i, x in enumerate(arguments):
            self.conditions += self.fits(f"x{i}", x)
            self.values.append(f"x{i}._data" if isinstance(x, Eager) else f"x{i}")
        self.conditions += self.one_or_two(arguments, inputs)
        for x, (takes_gradient, strides) in inputs.states:
            name = self.name(x)
            self.conditions.append(f"not {name}.hooks and {name}.requires_grad is {takes_gradient}")
            self.conditions.append(f"{name}._data.strides == {strides}")
        self.given = [self.values[i] for i in inputs.arguments]
        self.given += [*(f"{self.name(x)}._data" for x in inputs.read), *map(self.name, inputs.arrays)]

    def name(self, x: Any) -> str:
        """A name for a value."""
        name = f"value{len(self.names)}"
        self.names[name] = x
        return name

    def keeps_its_shape(self, x: Any) -> Iterator[str]:
        if isinstance(x, np.ndarray):
            name = self.name(x)
            yield f"{name}.shape == {x.shape} and {name}.strides == {x.strides}"
            yield f"{name}.dtype is {self.name(x.dtype)}"

    def fits(self, name: str, x: Any) -> Iterator[str]:
        if x.__class__ is np.ndarray:
            yield f"{name}.__class__ is ndarray and {name}.shape == {x.shape}"
            yield f"{name}.dtype is {self.name(x.dtype)} and {name}.strides == {x.strides}"
        else:
            yield f"signature({name}) == {self.name(signature(x))}"

    def one_or_two(self, arguments: tuple[Any, ...], inputs: Inputs) -> Iterator[str]:
        """Two Tensors are one if they were, and none is given that the function refers to by itself."""
        for i, x in enumerate(arguments):
            for j, y in enumerate(arguments[:i]):
                if isinstance(x, Eager) and isinstance(y, Eager):
                    yield f"(x{j} is x{i}) is {x is y}"
            if isinstance(x, Eager):
                yield from (f"x{i} is not {self.name(y)}" for y in inputs.met)

    def function(self, call: str, **names: Any) -> Callable[[tuple[Any, ...]], Any]:
        """The function; `call` is what it does if everything fits, a text with the inputs of the program as ``{}``."""
        unpacked = "".join(f"x{i}, " for i in range(len(self.values)))
        text = f"""
def enter(arguments):
    if len(arguments) != {len(self.values)}:
        return MISS
    ({unpacked}) = arguments
    try:
        fits = {" and ".join(self.conditions) or True}
    except LOOKUP_ERRORS:  # something is not there any more
        return MISS
    return {call.format(", ".join(self.given))} if fits else MISS
"""
        exec(text, self.names | names, names)
        enter: Callable[[tuple[Any, ...]], Any] = names["enter"]
        return enter
