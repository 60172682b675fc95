"""What a program reads at each call: arguments, and the Tensors and arrays that its function refers to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..eager import Eager
from .effects import Kept, Rate
from .program import Method, Program, Variable
from .recording import Recording, check_captured
from .surroundings import Surroundings
from .tracing import Tracer, check_hooks, check_kind, value_of
from .writes import Writes


class Inputs:
    """The inputs of a program, in its order: arguments, Tensors, arrays, and last what its updates need."""

    def __init__(
        self,
        program: Program,
        recording: Recording,
        outside: dict[int, Any],
        surroundings: Surroundings,
        writes: Writes,
    ) -> None:
        self.program = program
        self.writes = writes
        self.where: dict[Variable, Any] = {}
        """Which argument, Tensor, array, place or rate each input is."""
        self.known: dict[Any, Any] = {}
        """What the leaves of the recording are in the program; arrays by identity."""
        self.has_tensors = bool(recording.tensors)
        self.met = dict.fromkeys(x for x in recording.trace.variables if not recording.is_ours(x))
        """The Tensors that the function refers to by itself, also those that the result does not depend on."""
        self.enter_arguments(recording)
        self.enter_tensors(recording)
        self.enter_arrays(outside, surroundings)
        for x, where in writes.inputs.items():
            self.known[x] = self.input(value_of(x), x.name, where)

    def input(self, value: Any, name: str | None, where: Any) -> Variable:
        variable = self.program.input(value, name)
        self.where[variable] = where
        return variable

    def enter_arguments(self, recording: Recording) -> None:
        for i, x in enumerate(recording.inputs):
            if isinstance(x, Tracer) and x not in self.known:
                self.known[x] = self.input(x.value, x.name, i)

    def enter_tensors(self, recording: Recording) -> None:
        """The Tensors that the function refers to; those it makes are constants."""
        self.captured = []
        for x in recording.nodes:
            if isinstance(x, Eager) and recording.is_ours(x):
                self.known[x] = x._data
            elif isinstance(x, Eager):
                self.captured.append(x)
                if x not in self.writes.inputs:
                    self.known[x] = self.input(x._data, x.name, x)

    def enter_arrays(self, outside: dict[int, Any], surroundings: Surroundings) -> None:
        """The arrays that the function refers to; of an array and its transpose, one is an input."""
        names = {layout(x): name for x, name in surroundings.arrays()}
        inputs: dict[Any, Variable] = {}
        for i, x in outside.items():
            own, turned = layout(x), layout(x.T)
            if turned in inputs or turned in names and own not in names:
                if turned not in inputs:
                    inputs[turned] = self.input(x.T, names[turned], x.T)
                inputs.setdefault(own, self.program.call(Method("T", True), (inputs[turned],), {}))
            elif own not in inputs:
                check_kind(x)
                inputs[own] = self.input(x, names.get(own, "array"), x)
            self.known[i] = inputs[own]

    def settle(self) -> None:
        """Take note of those that the finished program reads, and forget the recording."""
        where = [self.where[x] for x in self.program.inputs]
        updated = self.writes.inputs
        self.states = [(x, state(x)) for x in (*self.met, *(x for x in self.captured if x not in self.met))]
        """What the program takes for granted of the Tensors that the function refers to."""
        self.arguments = [i for i in where if isinstance(i, int)]
        self.read = [x for x in where if isinstance(x, Eager) and x not in updated]
        self.arrays = [x for x in where if isinstance(x, np.ndarray)]
        self.writes.read([x for x in where if isinstance(x, (Kept, Rate)) or isinstance(x, Eager) and x in updated])
        self.known = {}

    def values(self, given: Sequence[Any]) -> list[Any]:
        """What the program is called with, but for what its updates need."""
        for x, _ in self.states:
            if x.hooks:
                check_hooks(x)
        if self.has_tensors:
            check_captured(given, self.met)
            given = [x._data if isinstance(x, Eager) else x for x in given]
        values = [given[i] for i in self.arguments]
        if self.read or self.arrays:
            values += [*[x._data for x in self.read], *self.arrays]
        return values

    def have_changed(self) -> bool:
        """Whether a Tensor that the function refers to lies differently in memory now, or takes a gradient or not."""
        return any(state(x) != before for x, before in self.states)

    def tensors(self, given: Sequence[Any]) -> tuple[Any, ...]:
        """All Tensors that a result may depend on."""
        if not self.has_tensors:
            return tuple(self.captured)
        return (*[x for x in given if isinstance(x, Eager)], *self.captured)


def state(x: Eager) -> Any:
    return x.requires_grad, x._data.strides


def layout(x: Any) -> Any:
    """Equal for views of the same elements in the same order."""
    return x.__array_interface__["data"][0], x.shape, x.strides, x.dtype
