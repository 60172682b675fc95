"""One program of a compiled function: how it is made from two recordings, and how a call runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from ..eager import Eager
from ..errors import UnsupportedError
from ..nested import leaves, rebuilt
from ..pictures.picture import Picture
from .annotations import annotate
from .blockwise import every
from .comparison import Comparison, agree
from .dependence import depends_on
from .drawing import drawn
from .entry import Entry
from .inputs import Inputs
from .lowering import lower
from .passes import PASSES, REORDERING, WHAT, Pass
from .program import Program
from .recording import Recording, captured, one_at_a_time, record
from .results import Result, is_plain
from .source import Source
from .surroundings import Surroundings
from .tracing import value_of
from .writes import Writes


class Settings(NamedTuple):
    """How a function is compiled; see `compile`."""

    reorder: bool
    check: bool
    backend: type[Source]


class Replay:
    """The program of one signature, and what it needs to run."""

    def __init__(
        self,
        f: Callable[..., Any],
        args: Any,
        kwargs: Any,
        settings: Settings,
        names: Sequence[str],
        surroundings: Surroundings,
    ) -> None:
        recording, outside, given = recorded(f, args, kwargs, names, surroundings)
        self.name = name_of(f)
        self.seen = surroundings.seen()
        program = Program()
        self.writes = Writes(recording.trace.effects)
        self.inputs = Inputs(program, recording, outside, surroundings, self.writes)
        found = lower(recording.operations, self.inputs.known, program)
        results = leaves(recording.result)
        self.results = [Result(x, found, recording, outside, y) for x, y in zip(results, given or results)]
        program.outputs = rebuilt(recording.result, (r.written for r in self.results))
        self.writes.plan(program, found)
        self.is_finished = is_plain(recording.result) and all(r.is_finished for r in self.results)
        self.result = rebuilt(recording.result, (None for _ in self.results))
        annotate(recording, found)
        mark_phases(program, recording)
        self.optimise(program, settings.backend.skipped if settings.reorder else REORDERING)
        source = settings.backend(program, self.name)
        self.write(source)
        if settings.check:  # it keeps the values of the recording
            self.comparison = Comparison(f, recording, program, found, source.called, exactly=not settings.reorder)
        self.program = without_values(program)
        self.watched = [
            (x, x.copy())
            for x, is_operand in arrays_of(surroundings, outside)
            if not is_operand or depends_on(x, f, args, kwargs, recording)
        ]
        """Arrays that the function may have computed with in plain Python, where nothing is recorded."""
        self.entered: tuple[Any, Callable[[tuple[Any, ...]], Any]] | None = None

    def optimise(self, program: Program, left_out: Collection[Pass]) -> None:
        self.recorded = len(program.statements)
        self.changes = Counter[str]()
        for optimise in PASSES:
            if optimise not in left_out:
                self.changes[optimise.__name__] += optimise(program)
        self.left = len(program.statements)

    def write(self, source: Source) -> None:
        """Make a function of the source of the program."""
        self.source = source.text
        self.summary = source.summary
        self.inputs.settle()
        module = ModuleType(self.name)
        exec(compile(self.source, f"<compiled {self.name}>", "exec"), module.__dict__)
        function = getattr(module, source.name)
        self.function = partial(function, **source.given) if source.given else function

    def report(self) -> str:
        """What each pass did."""
        changes = [f"{name:<10} {n:>5}  {WHAT[name]}" for name, n in self.changes.items()]
        count = f"{self.recorded} NumPy calls were recorded, {self.left} are left."
        return "\n".join([*changes, " ".join(filter(None, (count, self.summary)))])

    def drawn(self) -> Picture:
        """The program as a picture."""
        return drawn(self.program, Source(self.program, self.name))

    # ------------------------------------------------------------------ a call

    def entry(self, args: tuple[Any, ...]) -> Callable[[tuple[Any, ...]], Any]:
        """A function of arguments like these that runs the program, or gives `MISS` if that does not serve."""
        if self.entered and all(x is y for pair in zip(self.entered[0], self.seen) for x, y in zip(*pair)):
            return self.entered[1]
        entry = Entry(args, self.seen, self.inputs)
        call = "run([{}])" if self.writes else "compute({})"
        names = {"run": partial(self.writes.run, self.function), "compute": self.function}
        if not self.is_finished:
            call = f"finished({call}, arguments)"
        if self.watched:
            call = f"MISS if is_stale() else {call}"
        enter = entry.function(call, **names, finished=self.finished, is_stale=self.is_stale)
        self.entered = self.seen, enter
        return enter

    def is_stale(self) -> bool:
        """Whether an array has changed that the function computes with by itself, unrecorded, or how a Tensor lies."""
        return any(map(has_changed, self.watched)) or self.inputs.have_changed()

    def __call__(self, given: Sequence[Any]) -> Any:
        inputs = self.inputs.values(given)
        computed = self.writes.run(self.function, inputs) if self.writes else self.function(*inputs)
        return computed if self.is_finished else self.finished(computed, given)

    def finished(self, computed: Any, given: Sequence[Any]) -> Any:
        """The results as the function gives them: Tensors, constants, and objects that it passes on."""
        tensors = self.inputs.tensors(given)
        if self.result is None:  # a single one, not nested
            return self.results[0].answer(computed, tensors)
        answers = [r.answer(y, tensors) for r, y in zip(self.results, leaves(computed))]
        return rebuilt(self.result, iter(answers))

    def checked(self, args: Any, kwargs: Any) -> Any:
        """The same, beside the function itself.

        Raises
        ------
        AssertionError
            If a variable or a result is not what it is there.
        """
        given = leaves((args, kwargs))
        expected = self.comparison.expected(args, kwargs, [*self.inputs.values(given), *self.writes.values()])
        result = self(given)
        self.comparison.compare(
            "the result", expected, [x._data if isinstance(x, Eager) else x for x in leaves(result)]
        )
        return result


def recorded(
    f: Callable[..., Any], args: Any, kwargs: Any, names: Sequence[str], surroundings: Surroundings
) -> tuple[Recording, dict[int, Any], list[Any]]:
    """A recording of a function that can be compiled, the arrays in it that exist outside, and what `f` itself gives.

    The last is empty for a training step, which is not called.
    """
    before = [(x, x.copy()) for x, _ in surroundings.arrays()]
    with one_at_a_time:
        first, second = record(f, args, kwargs, names), record(f, args, kwargs, names)
    check_writes(before)
    outside = captured(first, second)
    is_step = bool(second.trace.effects.values)
    return second, outside, [] if is_step else checked_results(second, f, args, kwargs)


def arrays_of(surroundings: Surroundings, outside: dict[int, Any]) -> Iterator[tuple[Any, bool]]:
    """The arrays that a function refers to, and whether each is an operand in its recording."""
    for x in {id(x): x for x, _ in surroundings.arrays()}.values():
        yield x, any(np.may_share_memory(x, y) for y in outside.values())


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


def checked_results(recording: Recording, f: Callable[..., Any], args: Any, kwargs: Any) -> list[Any]:
    """What the function itself gives; refused if that is something else than for what stands for its arguments."""
    try:
        result = f(*args, **kwargs)
    except UnsupportedError:  # it derives a compiled function, which works only in a recording
        return []
    given = leaves(result)
    for x, expected in zip(leaves(recording.result), given):
        a, b = (np.asarray(y._data if isinstance(y, Eager) else y) for y in (value_of(x), expected))
        if a.dtype.kind in "fbiu" and not agree(b, a, exactly=False):
            raise UnsupportedError(
                f"The function gives {b!r}, and recorded it gives {a!r}: it asks what kind of value it is given "
                "(isinstance, type), or changes how NumPy computes (np.errstate). Compiled code cannot do that."
            )
    return given


def mark_phases(program: Program, recording: Recording) -> None:
    """Say of each statement whether it belongs to the forward pass, the backward pass, or an update."""
    marks = [(stamp, "backward") for stamp in recording.trace.backward] + recording.trace.effects.marks
    for s in program.statements:
        for began, phase in sorted(marks):
            if s.origin is not None and s.origin.stamp > began:
                s.phase = phase


def without_values(program: Program) -> Program:
    """The program, with only shapes and dtypes kept of the values of the recording."""
    program.origin = None
    for s in every(program.statements):
        s.origin = None
    for x in (*program.inputs, *(s.target for s in every(program.statements))):
        if isinstance(x.value, np.ndarray):
            x.value = np.broadcast_to(np.zeros((), x.dtype), x.shape)
    return program


def name_of(f: Any) -> str:
    name: str = getattr(f, "__name__", "step")
    return name if name.isidentifier() else "step"


def is_array(x: Any) -> bool:
    return isinstance(x, (np.ndarray, np.generic))
