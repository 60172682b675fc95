"""What a function that is compiled does besides giving results: it fills gradients, and steps of optimisers update."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from ..backward import graph, sweep
from ..errors import UnsupportedError
from ..node import Node, next_stamp
from ..optim import Optimiser
from ..optim.optimiser import gradients_of
from ..recorder import Recorder
from ..recording import no_grad
from ..refusals import describe
from ..tensor import seed_for


class Kept(NamedTuple):
    """An array that an optimiser keeps: number `j` of those for parameter number `i`."""

    optimiser: Optimiser
    i: int
    j: int

    @property
    def _data(self) -> Any:
        return self.optimiser.state[self.i][self.j]

    def assign(self, x: Any) -> None:
        self.optimiser.state[self.i][self.j] = x


class Update(NamedTuple):
    """A value that a step replaces."""

    place: Any
    """Where it lives: a parameter, or what is `Kept` for it."""
    old: Any
    """What stands for it in the recording: the parameter, or a recorder."""
    new: Any


class Rate(NamedTuple):
    """A number of a step that is another one in each call, such as the learning rate, in the dtype of a parameter."""

    optimiser: Optimiser
    number: int
    dtype: Any


class Effects:
    """What is to be done after the program has run, in the order in which the function does it."""

    def __init__(self, standing_for: Callable[[Any, str | None], Any]) -> None:
        self.standing_for = standing_for
        self.started = next_stamp()
        self.gradients: dict[Any, Any] = {}
        """What `backward` has brought to each Tensor, until a step has used it."""
        self.cleared: set[Any] = set()
        """The Tensors whose gradient is forgotten first."""
        self.used: set[Any] = set()
        self.alone: set[Any] = set()
        """The Tensors whose gradient counts as it is: there must be none from before the call."""
        self.updates: list[Update] = []
        self.rates: dict[Rate, Any] = {}
        self.steps: dict[Optimiser, int] = {}
        """The optimisers that take a step, and when it was over."""
        self.marks: list[tuple[int, str]] = []
        """When updates began and ended, for the source."""

    @property
    def left(self) -> dict[Any, Any]:
        """The gradients that no step has used: they are filled in after each call."""
        return {x: g for x, g in self.gradients.items() if x not in self.used and not self.is_ours(x)}

    @property
    def values(self) -> list[Any]:
        """What must be computed for the effects."""
        return [*(update.new for update in self.updates), *self.left.values()]

    def is_ours(self, x: Any) -> bool:
        """Whether the function itself has made this Tensor."""
        return bool(x.row is None and x.stamp > self.started)

    def backward(self, output: Any, gradient: Any) -> None:
        """Take down ``output.backward()``: what it adds to the gradients of leaves."""
        with no_grad():
            reached = [(x, g) for x, g in sweep(output, seed_for(output, gradient), graph) if x.row is None]
            for x, g in reached:
                if isinstance(x, Recorder):
                    raise UnsupportedError(
                        f"backward() would fill the gradient of {x.name or 'a Tensor'!r}, an argument of the compiled "
                        "function, which is another one in each call. Give it as a result: tg.gradient(L, w)."
                    )
                self.gradients[x] = self.gradients[x] + g if x in self.gradients else g
                self.used.discard(x)

    def gradient(self, x: Any) -> Any:
        """What stands for ``x.grad``."""
        if x not in self.cleared:
            self.alone.add(x)
        return self.gradients.get(x)

    def zero_grad(self, x: Any) -> None:
        self.gradients.pop(x, None)
        self.cleared.add(x)

    def update(self, optimiser: Optimiser) -> None:
        """Take down ``optimiser.step()``: its formulas, read once more on recorders."""
        if optimiser in self.steps or any(map(self.is_ours, optimiser.parameters)):
            raise UnsupportedError(
                f"A compiled function takes one step of an optimiser that was made outside of it, and {optimiser!r} "
                "is made inside or takes a second step. Compile one step, and call that."
            )
        self.marks.append((next_stamp(), "update"))
        gradients = gradients_of(optimiser.parameters)
        rates = optimiser.rates(optimiser.learning_rate())
        with no_grad():
            for i, (p, g) in enumerate(zip(optimiser.parameters, gradients)):
                self.update_one(optimiser, i, p, g, rates)
        self.used |= {*optimiser.parameters}
        self.steps[optimiser] = next_stamp()
        self.marks.append((self.steps[optimiser], "forward"))

    def update_one(self, optimiser: Optimiser, i: int, p: Any, g: Any, rates: tuple[float, ...]) -> None:
        state = optimiser.state[i]
        kept_names = names(optimiser.remembered, 1, len(state))
        kept = [self.standing_for(x, f"{name}_{p.name or i + 1}") for x, name in zip(state, kept_names)]
        remembered = optimiser.remembered(g, *kept)
        rate_names = names(optimiser.updated, 2 + len(state), len(rates))
        numbers = [
            self.rate(Rate(optimiser, k, p.dtype), x, name) for k, (x, name) in enumerate(zip(rates, rate_names))
        ]
        new = optimiser.updated(p, g, *remembered, *numbers)
        self.updates += [Update(Kept(optimiser, i, j), old, x) for j, (old, x) in enumerate(zip(kept, remembered))]
        self.updates.append(Update(p, p, new))

    def rate(self, rate: Rate, x: float, name: str) -> Any:
        if rate not in self.rates:
            self.rates[rate] = self.standing_for(rate.dtype.type(x), name)
        return self.rates[rate]

    def check(self, operations: list[Any]) -> None:
        """Refuse a program that reads a parameter after its update, where it would still find the old value."""
        for optimiser, end in self.steps.items():
            parameters = set(optimiser.parameters)
            for node in operations:
                late = [x for x in node.inputs if isinstance(x, Node) and x in parameters]
                if node.stamp > end and late:
                    raise UnsupportedError(
                        f"{describe(late[0])} is used after the step that updates it. Let the step be the last thing "
                        "that the compiled function does."
                    )


def names(function: Callable[..., Any], first: int, n: int) -> list[str]:
    """What a method calls its arguments, from number `first` on."""
    found = list(inspect.signature(function).parameters)[first : first + n]
    return found if len(found) == n else [f"number{k + 1}" for k in range(n)]
