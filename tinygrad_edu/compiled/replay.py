"""One program of a compiled function: how it is made from two recordings, and how a call runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import repeat
from threading import RLock
from typing import Any, NoReturn

import numpy as np

from ..eager import Eager, make
from ..errors import UnsupportedError
from ..nested import leaves, rebuilt
from ..node import Node
from ..primitive import Each, Row
from ..tensor import Tensor
from .annotations import annotate
from .lowering import lower
from .passes import PASSES, WHAT
from .program import Method, Program, Variable
from .recording import Recording, captured, record
from .source import Source
from .surroundings import Surroundings
from .tracing import Tracer, check_hooks

one_at_a_time = RLock()
"""A recording watches Tensors that other threads may see, so only one runs at a time."""


class Replay:
    """The program of one signature, and what it needs to run."""

    def __init__(
        self, f: Callable[..., Any], args: Any, kwargs: Any, names: Sequence[str], surroundings: Surroundings
    ) -> None:
        with one_at_a_time:
            first, second = record(f, args, kwargs, names), record(f, args, kwargs, names)
        outside = captured(first, second)
        self.name = name_of(f)
        self.kept = surroundings.values(), [x for x in leaves((args, kwargs)) if not is_array(x)]
        self.readers: dict[Variable, Callable[[Any], Any]] = {}
        self.program = Program()
        known = {**self.arguments(second), **self.tensors(second), **self.arrays(outside, surroundings)}
        found = lower(second.operations, known, self.program)
        self.result = rebuilt(second.result, repeat(None))
        self.results = [Result(x, found, second, outside) for x in leaves(second.result)]
        self.program.outputs = [r.variable for r in self.results if r.variable is not None]
        annotate(second, found)
        self.mark_backward(second)
        self.recorded = len(self.program.statements)
        self.changes = Counter[str]()
        for optimise in PASSES:
            self.changes[optimise.__name__] += optimise(self.program)
        self.write()
        self.watched = [(x, x.copy()) for x in unrecorded(second, outside, surroundings)]

    def input(self, value: Any, name: str | None, read: Callable[[Any], Any]) -> Variable:
        variable = self.program.input(value, name)
        self.readers[variable] = read
        return variable

    def arguments(self, recording: Recording) -> dict[Any, Any]:
        return {
            x: self.input(x.value, x.name, partial(read_argument, i))
            for i, x in enumerate(recording.inputs)
            if isinstance(x, Tracer)
        }

    def tensors(self, recording: Recording) -> dict[Any, Any]:
        """The Tensors that the function refers to; those it makes are constants."""
        found = [x for x in recording.nodes if isinstance(x, Eager)]
        self.captured = [x for x in found if not recording.is_ours(x)]
        constants = {x: x._data for x in found if recording.is_ours(x)}
        return constants | {x: self.input(x._data, x.name, partial(read_tensor, x)) for x in self.captured}

    def arrays(self, outside: dict[int, Any], surroundings: Surroundings) -> dict[Any, Any]:
        """The arrays that the function refers to; of an array and its transpose, one is an input."""
        names = {layout(x): name for x, name in surroundings.arrays()}
        known: dict[Any, Any] = {}
        inputs: dict[Any, Variable] = {}
        for i, x in outside.items():
            own, turned = layout(x), layout(x.T)
            if turned in inputs or turned in names and own not in names:
                if turned not in inputs:
                    inputs[turned] = self.input(x.T, names[turned], partial(read_array, x.T))
                inputs.setdefault(own, self.program.call(Method("T", True), (inputs[turned],), {}))
            elif own not in inputs:
                inputs[own] = self.input(x, names.get(own, "array"), partial(read_array, x))
            known[i] = inputs[own]
        return known

    def mark_backward(self, recording: Recording) -> None:
        for began in recording.trace.backward:
            for s in self.program.statements:
                s.backward = s.origin is not None and s.origin.stamp > began

    def write(self) -> None:
        """Write the program as source, and make it a function."""
        source = Source(self.program, self.name)
        self.source = source.text
        self.inputs = [self.readers[x] for x in self.program.inputs]
        self.constants = list(source.given.values())
        namespace: dict[str, Any] = {}
        exec(compile(self.source, f"<compiled {self.name}>", "exec"), namespace)
        self.function = namespace[source.name]

    def report(self) -> str:
        changes = [f"{name:<10} {n:>5}  {WHAT[name]}" for name, n in self.changes.items()]
        calls = f"{self.recorded} NumPy calls were recorded, {len(self.program.statements)} are left."
        return "\n".join([*changes, calls])

    # ------------------------------------------------------------------ a call

    def is_stale(self) -> bool:
        """Whether an array has changed that the function computes with by itself, unrecorded."""
        return any(not np.array_equal(x, copy, equal_nan=x.dtype.kind == "f") for x, copy in self.watched)

    def __call__(self, given: list[Any]) -> Any:
        for x in self.captured:
            check_hooks(x)
        values = self.function(*[read(given) for read in self.inputs], *self.constants)
        computed = iter(values if len(self.program.outputs) > 1 else (values,))
        tensors = [x for x in (*given, *self.captured) if isinstance(x, Eager)]
        answers = [r.answer(next(computed) if r.variable is not None else r.constant, tensors) for r in self.results]
        return rebuilt(self.result, iter(answers))


class Result:
    """One leaf of what the function gives: computed or constant, an array or a Tensor as from the function itself."""

    def __init__(self, x: Any, found: dict[Any, Any], recording: Recording, outside: dict[int, Any]) -> None:
        known = found.get(x, x) if isinstance(x, Node) else found.get(id(x), x) if isinstance(x, np.ndarray) else x
        is_same = isinstance(x, Eager) and not recording.is_ours(x) or id(x) in outside
        self.variable: Variable | None = None if is_same or not isinstance(known, Variable) else known
        self.constant = x if is_same else known
        self.is_tensor = not is_same and is_tensor(x, recording)
        self.takes_gradient = bool(isinstance(x, Node) and x.requires_grad)
        self.is_same = is_same

    def answer(self, y: Any, tensors: list[Any]) -> Any:
        if not self.is_same and self.variable is None and isinstance(y, np.ndarray):
            y = y.copy()
        if not self.is_tensor:
            return y
        taking = tuple(x for x in tensors if x.requires_grad) if self.takes_gradient else ()
        return make(Tensor, y, COMPILED, tuple(tensors), (y, ()), taking, (no_derivative,) * len(taking))


def no_derivative(*arguments: Any) -> NoReturn:
    raise UnsupportedError(
        "No derivative flows back through a compiled function. Compile the function that derives instead: "
        "tg.compile(tg.value_and_grad(f)); or derive the function that was compiled."
    )


COMPILED = Row(lambda operands: operands, Each(lambda i, g, y, operands: no_derivative()), name="compiled")


def is_tensor(x: Any, recording: Recording) -> bool:
    """Whether the function itself would give a Tensor here: whatever is computed from Tensors by rules is one."""
    met: set[Any] = {x for x in recording.inputs if isinstance(x, Tracer) and x in recording.tensors}
    met |= {x for x in recording.nodes if isinstance(x, Eager) and not recording.is_ours(x)}
    if isinstance(x, Eager):
        return bool(met)
    for node in recording.operations:
        if node.row and node.row.rules and any(y in met for y in leaves(node.inputs) if isinstance(y, Node)):
            met.add(node)
    return isinstance(x, Node) and x in met


def unrecorded(recording: Recording, outside: dict[int, Any], surroundings: Surroundings) -> Iterator[Any]:
    """Arrays the function refers to and may have computed with in plain NumPy, where nothing is recorded."""
    made = any(is_array(x) and id(x) not in outside for x in recording.leaves)
    return (x for x, _ in surroundings.arrays() if made or id(x) not in outside)


def layout(x: Any) -> Any:
    """Equal for views of the same elements in the same order."""
    return x.__array_interface__["data"][0], x.shape, x.strides, x.dtype


def name_of(f: Any) -> str:
    name: str = getattr(f, "__name__", "step")
    return name if name.isidentifier() else "step"


def is_array(x: Any) -> bool:
    return isinstance(x, (np.ndarray, np.generic))


def read_argument(i: int, given: list[Any]) -> Any:
    x = given[i]
    return x._data if isinstance(x, Eager) else x


def read_tensor(x: Eager, given: list[Any]) -> Any:
    return x._data


def read_array(x: Any, given: list[Any]) -> Any:
    return x
