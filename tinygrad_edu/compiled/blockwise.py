"""Some rows of large arrays at a time: what a chain of calls gives in between stays in the cache, on several cores."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass
from typing import Any

from .program import Statement, Variable

POOLS: dict[int, Any] = {}
"""By process, since threads do not survive a fork. Always empty here: each program has its own."""


def usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


THREADS = min(usable_cores(), 4)
"""More were not measured, and each call waits a moment for the interpreter."""


def in_blocks(block: Callable[..., Any], rows: int, *arrays: Any) -> list[Any]:
    """What `block` gives for so many rows of the arrays at a time, in order; threads take turns."""
    starts = iter(range(0, len(arrays[0]), rows))
    found = {}

    def work() -> None:
        for i in starts:
            found[i] = block(*[x[i : i + rows] for x in arrays])

    pool = POOLS.get(os.getpid()) or POOLS.setdefault(os.getpid(), futures.ThreadPoolExecutor(THREADS))
    try:
        helpers = [pool.submit(contextvars.copy_context().run, work) for _ in range(THREADS - 1)]
    except RuntimeError:  # no threads here, or no more: the interpreter is at its end
        helpers = []
    try:
        work()
    finally:
        helpers = [helper for helper in helpers if not helper.cancel()]
        futures.wait(helpers)
    for helper in helpers:
        helper.result()
    return [found[i] for i in sorted(found)]


@dataclass(eq=False)
class Block:
    """The function of a statement that runs others block by block, and adds up what they sum."""

    statements: list[Statement]
    arrays: list[Variable]
    """A block reads its rows of these."""
    results: list[Variable]
    """And writes its rows of these."""
    sums: list[Variable]
    rows: int

    def __call__(self, *values: Any) -> Any:
        """All rows at once, on the values of the variables."""
        for s in self.statements:
            s.evaluate()
        return self.sums[0].value if len(self.sums) == 1 else [x.value for x in self.sums]


def every(statements: list[Statement]) -> Iterator[Statement]:
    """The statements, those inside blocks among them."""
    for s in statements:
        if isinstance(s.function, Block):
            yield from s.function.statements
        yield s
