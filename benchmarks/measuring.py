"""What every benchmark shares: contestants that compute the same numbers, timed in turn with a reference.

A figure is the seconds of one step: that of a block of steps that takes about 20 ms, with Python's garbage collector
on, as it is by default, so that a library pays for freeing what it made. Of two neighbouring blocks, one of the
contestant and one of the reference, the ratio is taken, so that a slow moment of the machine meets both.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_edu.nested import leaves

BLOCK = 0.02
"""Seconds for which a quick step is repeated."""

FEWEST_ROUNDS = 5


@dataclass(frozen=True)
class Contestant:
    """One library's way to do a step: `run` is timed, and `found` gives the numbers that all must agree on."""

    run: Callable[[], Any]
    found: Callable[[], Any]
    operations: int = 1
    """In one call of `run`; figures are for one of them."""


def pure(run: Callable[[], Any]) -> Contestant:
    """A step that gives what it computes, and leaves nothing changed."""
    return Contestant(run, run)


@dataclass(frozen=True)
class Workload:
    """One problem in several sizes, and how each library solves it."""

    title: str
    what: str
    """What a step is, as a sentence for readers of the table."""
    problem: Callable[..., tuple[Any, ...]]
    """Makes the data from what `sizes` says; all contestants get the same."""
    sizes: Mapping[str, tuple[Any, ...]]
    """A column of the table each."""
    tiny: tuple[Any, ...]
    """A size for tests."""
    contestants: Mapping[str, Callable[..., Contestant | None]]
    """Each makes one from the data, or gives None where its library stops; the first is the reference."""
    told: bool = False
    """Whether `run` itself gives the figure."""
    unit: str = "s"


@dataclass(frozen=True)
class Measurement:
    """Figures of a contestant and of its reference, in turn: of shape (rounds, 2)."""

    size: str
    name: str
    figures: np.ndarray

    @property
    def figure(self) -> float:
        return float(np.median(self.figures[:, 0]))

    @property
    def reference(self) -> float:
        return float(np.median(self.figures[:, 1]))

    @property
    def quartiles(self) -> np.ndarray:
        """Lower quartile, median and upper quartile of the ratios of neighbouring figures."""
        return np.quantile(self.figures[:, 0] / self.figures[:, 1], (0.25, 0.5, 0.75))

    @property
    def fastest(self) -> float:
        """The ratio of the least figures: nothing makes a run faster than it is."""
        return float(np.divide(*self.figures.min(axis=0)))


def measurements(workload: Workload, size: str, arguments: tuple[Any, ...], seconds: float) -> Iterator[Measurement]:
    """Each contestant against the reference, after all have been seen to compute the same numbers.

    Nothing where the library of the reference is not installed.
    """
    reference, *others = workload.contestants
    contestants = entered(workload, workload.problem(*arguments))
    if reference not in contestants:
        return
    check(contestants)
    with only_new_objects_collected():
        for name in filter(contestants.__contains__, others):
            pair = contestants[name], contestants[reference]
            yield Measurement(size, name, interleaved(pair, seconds, workload.told))


def entered(workload: Workload, data: tuple[Any, ...]) -> dict[str, Contestant]:
    """The contestants whose libraries are installed and can do it."""
    contestants = {}
    for name, make in workload.contestants.items():
        try:
            contestant = make(*data)
        except ModuleNotFoundError as missing:
            if str(missing.name).startswith("tinygrad_edu"):
                raise
            contestant = None
        if contestant is not None:
            contestants[name] = contestant
    return contestants


def check(contestants: dict[str, Contestant]) -> None:
    """Raise AssertionError if a contestant's numbers are not the reference's, to half the digits of their type."""
    numbers = {name: [np.asarray(x) for x in leaves(c.found())] for name, c in contestants.items()}
    expected = next(iter(numbers.values()))
    eps = max((np.finfo(x.dtype).eps for x in expected if x.dtype.kind == "f"), default=0)
    for name, found in numbers.items():
        shapes, wanted = [x.shape for x in found], [x.shape for x in expected]
        assert shapes == wanted, f"{name} gives results of shapes {shapes}, and the reference {wanted}"
        for a, b in zip(found, expected):
            np.testing.assert_allclose(a, b, rtol=0, atol=eps**0.5 * np.max(np.abs(b)), err_msg=name)


@contextmanager
def only_new_objects_collected() -> Iterator[None]:
    """The garbage collector leaves alone what exists already: the modules of the other libraries are many objects."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def interleaved(pair: tuple[Contestant, ...], seconds: float, told: bool = False) -> np.ndarray:
    """Figures of both, in turn, of shape (rounds, 2); who begins changes from round to round."""
    calls = [1 if told else max(1, int(BLOCK / time_of(c, 1))) for c in pair]
    rounds: list[list[float]] = []
    end = time.perf_counter() + seconds
    while len(rounds) < FEWEST_ROUNDS or time.perf_counter() < end:
        row = [0.0, 0.0]
        for i in (0, 1) if len(rounds) % 2 else (1, 0):
            gc.collect()  # nobody pays for what the other left
            row[i] = (pair[i].run() if told else time_of(pair[i], calls[i])) / pair[i].operations
        rounds.append(row)
    return np.array(rounds)


def time_of(contestant: Contestant, calls: int) -> float:
    """Seconds of one call."""
    run = contestant.run
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls
