"""One program of a compiled function: how it is made from two recordings, and how a call runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from threading import RLock
from types import ModuleType
from typing import Any

import numpy as np

from ..eager import Eager
from ..errors import UnsupportedError
from ..nested import leaves, rebuilt
from .annotations import annotate
from .effects import Kept, Rate
from .lowering import lower
from .passes import PASSES, REORDERING, WHAT, Pass
from .program import Method, Program, Variable
from .recording import Recording, captured, record
from .results import Result, is_plain
from .source import Source
from .surroundings import Surroundings
from .tracing import Tracer, check_hooks, value_of
from .writes import Writes

one_at_a_time = RLock()
"""A recording watches Tensors that other threads may see, so only one runs at a time."""


class Replay:
    """The program of one signature, and what it needs to run."""

    def __init__(
        self,
        f: Callable[..., Any],
        args: Any,
        kwargs: Any,
        reorder: bool,
        backend: type[Source],
        names: Sequence[str],
        surroundings: Surroundings,
    ) -> None:
        before = [(x, x.copy()) for x, _ in surroundings.arrays()]
        with one_at_a_time:
            first, second = record(f, args, kwargs, names), record(f, args, kwargs, names)
        check_writes(before)
        outside = captured(first, second)
        self.f = f
        self.recording: Recording | None = second
        given = leaves((args, kwargs))
        self.name = name_of(f)
        self.kept = [x for x in given if not is_array(x)]
        self.seen = surroundings.seen()
        self.guards = [guard(x) for x in args] if not kwargs and all(map(is_array, args)) else None
        self.has_tensors = any(isinstance(x, Eager) for x in given)
        self.program = Program()
        self.found: dict[Variable, Any] = {}
        self.writes = Writes(second.trace.effects)
        known = {**self.arguments(second), **self.tensors(second), **self.arrays(outside, surroundings)}
        known |= {x: self.input(value_of(x), x.name, where) for x, where in self.writes.inputs.items()}
        found = lower(second.operations, known, self.program)
        self.results = [Result(x, found, second, outside) for x in leaves(second.result)]
        self.program.outputs = rebuilt(second.result, (r.written for r in self.results))
        self.writes.plan(self.program, found)
        self.is_finished = is_plain(second.result) and all(r.is_finished for r in self.results)
        self.result = rebuilt(second.result, (None for _ in self.results))
        annotate(second, found)
        mark_phases(self.program, second)
        left_out = backend.skipped if reorder else REORDERING
        self.optimise([p for p in PASSES if p not in left_out])
        self.write(backend)
        self.watched = [(x, x.copy()) for x in unrecorded(second, outside, surroundings)]

    # ------------------------------------------------------------------ inputs: arguments, then Tensors, then arrays

    def input(self, value: Any, name: str | None, where: Any) -> Variable:
        variable = self.program.input(value, name)
        self.found[variable] = where
        return variable

    def arguments(self, recording: Recording) -> dict[Any, Any]:
        return {x: self.input(x.value, x.name, i) for i, x in enumerate(recording.inputs) if isinstance(x, Tracer)}

    def tensors(self, recording: Recording) -> dict[Any, Any]:
        """The Tensors that the function refers to; those it makes are constants."""
        found = [x for x in recording.nodes if isinstance(x, Eager)]
        self.captured = [x for x in found if not recording.is_ours(x)]
        constants = {x: x._data for x in found if recording.is_ours(x)}
        read = [x for x in self.captured if x not in self.writes.inputs]
        return constants | {x: self.input(x._data, x.name, x) for x in read}

    def arrays(self, outside: dict[int, Any], surroundings: Surroundings) -> dict[Any, Any]:
        """The arrays that the function refers to; of an array and its transpose, one is an input."""
        names = {layout(x): name for x, name in surroundings.arrays()}
        known: dict[Any, Any] = {}
        inputs: dict[Any, Variable] = {}
        for i, x in outside.items():
            own, turned = layout(x), layout(x.T)
            if turned in inputs or turned in names and own not in names:
                if turned not in inputs:
                    inputs[turned] = self.input(x.T, names[turned], x.T)
                inputs.setdefault(own, self.program.call(Method("T", True), (inputs[turned],), {}))
            elif own not in inputs:
                inputs[own] = self.input(x, names.get(own, "array"), x)
            known[i] = inputs[own]
        return known

    # ------------------------------------------------------------------ the program

    def optimise(self, passes: Iterable[Pass]) -> None:
        self.recorded = len(self.program.statements)
        self.changes = Counter[str]()
        for optimise in passes:
            self.changes[optimise.__name__] += optimise(self.program)

    def write(self, backend: type[Source]) -> None:
        """Write the program as source, and make it a function."""
        source = backend(self.program, self.name)
        self.source = source.text
        where = [self.found[x] for x in self.program.inputs]
        self.places = [i for i in where if isinstance(i, int)]
        updated = self.writes.inputs
        self.read = [x for x in where if isinstance(x, Eager) and x not in updated]
        self.constants = [x for x in where if isinstance(x, np.ndarray)]
        self.writes.read([x for x in where if isinstance(x, (Kept, Rate)) or isinstance(x, Eager) and x in updated])
        self.given = list(source.given.values())
        self.left = len(self.program.statements)
        del self.program, self.found  # they hold the values of the recording
        module = ModuleType(self.name)
        exec(compile(self.source, f"<compiled {self.name}>", "exec"), module.__dict__)
        self.function = getattr(module, source.name)

    def report(self) -> str:
        changes = [f"{name:<10} {n:>5}  {WHAT[name]}" for name, n in self.changes.items()]
        return "\n".join([*changes, f"{self.recorded} NumPy calls were recorded, {self.left} are left."])

    # ------------------------------------------------------------------ a call

    def fits(self, args: Any) -> bool:
        """Whether these arguments are arrays like those of the recording, and all names stand for what they did."""
        for read, x in self.seen:
            if read() is not x:
                return False
        if self.guards is None or len(args) != len(self.guards):
            return False
        for x, (kind, dtype, shape, strides) in zip(args, self.guards):
            if x.__class__ is not kind or x.shape != shape or x.dtype is not dtype or x.strides != strides:
                return False
        return True

    def is_stale(self) -> bool:
        """Whether an array has changed that the function computes with by itself, unrecorded."""
        return any(map(has_changed, self.watched))

    def __call__(self, given: Sequence[Any]) -> Any:
        for x in self.captured:
            if x.hooks:
                check_hooks(x)
        values = [x._data if isinstance(x, Eager) else x for x in given] if self.has_tensors else given
        inputs = [*[values[i] for i in self.places], *[x._data for x in self.read], *self.constants]
        if self.writes:
            computed = self.writes.run(self.function, inputs, self.given)
        else:
            computed = self.function(*inputs, *self.given)
        return computed if self.is_finished else self.finished(computed, given)

    def check(self, args: Any, kwargs: Any) -> None:
        """Record the function anew, and compare the operations and what they found besides their operands."""
        if self.recording is not None:
            with one_at_a_time:
                captured(self.recording, record(self.f, args, kwargs, repeat(None)))

    def finished(self, computed: Any, given: Sequence[Any]) -> Any:
        """The results as the function gives them: Tensors, constants, and objects that it passes on."""
        tensors = tuple(self.captured)
        if self.has_tensors:
            tensors = (*[x for x in given if isinstance(x, Eager)], *tensors)
        if self.result is None:  # a single one, not nested
            return self.results[0].answer(computed, tensors)
        answers = [r.answer(y, tensors) for r, y in zip(self.results, leaves(computed))]
        return rebuilt(self.result, iter(answers))


def has_changed(array_and_copy: tuple[Any, Any]) -> bool:
    x, copy = array_and_copy
    return bool(x.tobytes() != copy.tobytes())


def check_writes(before: list[tuple[Any, Any]]) -> None:
    """Refuse a function that has written into an array it refers to: the program would not."""
    for x, copy in before:
        if has_changed((x, copy)):
            x[...] = copy
            raise UnsupportedError(
                f"The function writes into an array of shape {x.shape} that it refers to, which compiled code would "
                "not do. Give what is to be written as a result, and write it outside. (The array is as it was.)"
            )


def mark_phases(program: Program, recording: Recording) -> None:
    """Say of each statement whether it belongs to the forward pass, the backward pass, or an update."""
    marks = [(stamp, "backward") for stamp in recording.trace.backward] + recording.trace.effects.marks
    for s in program.statements:
        for began, phase in sorted(marks):
            if s.origin is not None and s.origin.stamp > began:
                s.phase = phase


def unrecorded(recording: Recording, outside: dict[int, Any], surroundings: Surroundings) -> Iterator[Any]:
    """Arrays the function refers to and may have computed with in plain NumPy, where nothing is recorded."""
    made = any(is_array(x) and id(x) not in outside for x in recording.leaves)
    return (x for x, _ in surroundings.arrays() if made or id(x) not in outside)


def layout(x: Any) -> Any:
    """Equal for views of the same elements in the same order."""
    return x.__array_interface__["data"][0], x.shape, x.strides, x.dtype


def guard(x: Any) -> tuple[Any, ...]:
    return type(x), x.dtype, x.shape, x.strides


def name_of(f: Any) -> str:
    name: str = getattr(f, "__name__", "step")
    return name if name.isidentifier() else "step"


def is_array(x: Any) -> bool:
    return isinstance(x, (np.ndarray, np.generic))
