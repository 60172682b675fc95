"""How the new values that a program computes get to where they belong: parameters, optimisers, gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from sys import getrefcount
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..node import Node
from ..refusals import describe
from .effects import Effects, Place, Rate
from .passes.memory import same_layout
from .program import Program, Variable, value_of


class Writes:
    """The effects of a function, done after its program.

    Arrays get their new values in their own memory, if nobody else refers to it: a graph that was recorded before, or
    a view that was handed out, keeps the old values, for then the program is given a copy. The rest, such as single
    numbers, are further results of the program.
    """

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        self.optimisers = list(effects.steps)
        self.cleared, self.alone = list(effects.cleared), list(effects.alone - effects.cleared)
        self.inputs: dict[Any, Place | Rate] = {place.old: place for place in effects.places}
        self.inputs |= {recorder: rate for rate, recorder in effects.rates.items()}
        self.order: list[Place | Rate] = []
        """Those that the program reads, in the order of its inputs."""
        self.returned: list[Callable[[Any], None]] = []
        """What to do with the further results of the program."""
        self.kept: set[Place] = set()
        """Those that the program writes in place."""

    def __bool__(self) -> bool:
        return bool(self.optimisers or self.cleared or self.effects.gradients)

    def plan(self, program: Program, found: dict[Any, Any]) -> None:
        """Decide what is written in place, and make the rest results."""
        results = []
        for place in self.effects.places:
            old, new = found[place.old], found.get(place.new, place.new)
            if isinstance(old, Variable) and same_layout(old.value, value_of(new)):
                program.updates[old] = new
                self.kept.add(place)
            else:
                results.append(new)
                self.returned.append(place.write)
        for x, g in self.effects.left.items():
            results.append(found.get(g, g) if isinstance(g, Node) else g)
            self.returned.append(partial(fill, x))
        if results:
            program.outputs = (program.outputs, tuple(results))

    def run(self, function: Callable[..., Any], inputs: list[Any], given: list[Any]) -> Any:
        """Call the program on `inputs`, what the effects need, and `given`; then do the effects."""
        for x in self.alone:
            check_gradient(x)
        rates = {optimiser: optimiser.rates(optimiser.learning_rate()) for optimiser in self.optimisers}
        values = [unshared(x.read) if isinstance(x, Place) else rate(x, rates) for x in self.order]
        result = function(*inputs, *values, *given)
        result, new = result if self.returned else (result, ())
        for optimiser in self.optimisers:
            optimiser.steps += 1
        for x, value in zip(self.order, values):
            if isinstance(x, Place) and x in self.kept:
                x.write(value)
        for x in self.cleared:
            x._grad = None
        for write, value in zip(self.returned, new):
            write(value)
        return result


def rate(x: Rate, rates: dict[Any, tuple[float, ...]]) -> Any:
    return x.dtype.type(rates[x.optimiser][x.number])


def fill(x: Any, gradient: Any) -> None:
    """Add to a gradient, as ``backward()`` does."""
    x._grad = gradient if x._grad is None else x._grad + gradient
    x._grad_is_private = True


def references(read: Callable[[], Any]) -> tuple[Any, int]:
    x = read()
    return x, getrefcount(x)


ALONE = references(partial([object()].__getitem__, 0))[1]
"""What Python counts for an object that one place refers to."""


def unshared(read: Callable[[], Any]) -> Any:
    """The array of a place, to be written to; a copy if anybody else refers to its memory."""
    x, count = references(read)
    return x.copy() if x.__class__ is np.ndarray and (count > ALONE or x.base is not None) else x


def check_gradient(x: Any) -> None:
    if x._grad is not None:
        raise UnsupportedError(
            f"{describe(x)} has a gradient from before, to which a compiled step does not add: call zero_grad() first, "
            "in the function that is compiled."
        )
