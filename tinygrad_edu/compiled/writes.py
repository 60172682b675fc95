"""How the new values that a program computes get to where they belong: parameters, optimisers, gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from sys import getrefcount
from typing import Any

from ..errors import UnsupportedError
from ..node import Node
from ..refusals import describe
from ..tensor import Tensor
from .effects import Effects, Rate
from .passes.memory import same_layout
from .program import Program, value_of


class Writes:
    """The effects of a function, done after its program.

    Arrays get their new values in their own memory, if nobody else refers to it: a graph that was recorded before, or
    a view that was handed out, keeps the old values, for then the program is given a copy. The rest, such as single
    numbers, are further results of the program.
    """

    def __init__(self, effects: Effects) -> None:
        self.updates, self.left = effects.updates, effects.left
        self.optimisers = list(effects.steps)
        self.cleared, self.alone = list(effects.cleared), list(effects.alone - effects.cleared)
        self.inputs: dict[Any, Any] = {update.old: update.place for update in effects.updates}
        """What the program may read: places, then rates."""
        self.inputs |= {recorder: rate for rate, recorder in effects.rates.items()}
        self.latest: tuple[list[Any], list[Any]] = [], []
        """The rates of the latest step, and what the program was given for them."""
        self.in_place: set[Any] = set()
        self.returned: list[Callable[[Any], None]] = []
        """What to do with the further results of the program."""

    def __bool__(self) -> bool:
        return bool(self.optimisers or self.cleared or self.returned)

    def plan(self, program: Program, found: dict[Any, Any]) -> None:
        """Decide what is written in place, and make the rest results."""
        results = []
        for place, before, after in self.updates:
            old, new = found[before], found.get(after, after)
            if same_layout(old.value, value_of(new)):
                program.updates[old] = new
                self.in_place.add(place)
            else:
                results.append(new)
                self.returned.append(place.assign)
        for x, g in self.left.items():
            results.append(found.get(g, g) if isinstance(g, Node) else g)
            self.returned.append(partial(fill, x))
        if results:
            program.outputs = (program.outputs, tuple(results))
        del self.updates, self.left  # they hold the recording

    def read(self, where: list[Any]) -> None:
        """Take note of which places and rates the program reads, in this order."""
        self.places = [x for x in where if not isinstance(x, Rate)]
        rates = [x for x in where if isinstance(x, Rate)]
        self.rates = [(self.optimisers.index(x.optimiser), x.number, x.dtype.type) for x in rates]
        self.written = [(i, x) for i, x in enumerate(self.places) if x in self.in_place]
        self.inputs = {}

    def values(self) -> list[Any]:
        """What the program needs for its updates."""
        return [*map(unshared, self.places), *self.numbers()]

    def numbers(self) -> list[Any]:
        """The rates of this step as NumPy numbers; in most steps they are those of the step before."""
        rates = [optimiser.rates(optimiser.learning_rate()) for optimiser in self.optimisers]
        latest, numbers = self.latest
        if rates != latest:
            numbers = [kind(rates[i][number]) for i, number, kind in self.rates]
            self.latest = rates, numbers
        return numbers

    def run(self, function: Callable[..., Any], inputs: list[Any]) -> Any:
        """Call the program on `inputs` and what the effects need; then do the effects."""
        for x in self.alone:
            check_gradient(x)
        values = self.values()
        result = function(*inputs, *values)
        result, new = result if self.returned else (result, ())
        for optimiser in self.optimisers:
            optimiser.steps += 1
        for i, place in self.written:
            place.assign(values[i])
        for x in self.cleared:
            x._grad = None
        for write, value in zip(self.returned, new):
            write(value)
        return result


def fill(x: Any, gradient: Any) -> None:
    """Add to a gradient, as ``backward()`` does."""
    x._grad = gradient if x._grad is None else x._grad + gradient
    x._grad_is_private = True


def unshared(place: Any) -> Any:
    """The array of a place, to be written to; a copy if anybody else refers to its memory."""
    x = place._data
    return x if getrefcount(x) <= ALONE and x.base is None else x.copy(order="K")


def references(place: Any) -> int:
    x = place._data
    return getrefcount(x)


ALONE = references(Tensor([0.0]))
"""What Python counts for an array that only its place, and who asks, refer to."""


def check_gradient(x: Any) -> None:
    if x._grad is not None:
        raise UnsupportedError(
            f"{describe(x)} has a gradient from before, to which a compiled step does not add: call zero_grad() first, "
            "in the function that is compiled."
        )
