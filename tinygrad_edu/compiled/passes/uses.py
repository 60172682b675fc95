"""Who makes a variable and who reads it, and what is like what: the questions that passes ask."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..program import Program, Statement, Variable, value_of


class Uses:
    """Which statement makes a variable, and how often it is read."""

    def __init__(self, program: Program) -> None:
        self.maker = {s.target: s for s in program.statements}
        self.count = Counter(x for s in program.statements for x in s.used)
        self.count.update(x for x in program.results if isinstance(x, Variable))

    def maker_of(self, x: Any) -> Statement | None:
        """The statement that makes x for one reader alone."""
        return self.maker.get(x) if isinstance(x, Variable) and self.count[x] == 1 else None


def is_like(x: Any, y: Variable) -> bool:
    return isinstance(x, Variable) and x.shape == y.shape and x.dtype == y.dtype


def is_like_number(x: Any, y: Variable) -> bool:
    """Whether a number changes no dtype where it meets a result like y."""
    return type(x) in (int, float) or isinstance(value_of(x), np.generic) and value_of(x).dtype == y.dtype


def is_number(x: Any) -> bool:
    return type(x) in (int, float) or isinstance(x, np.floating) and not isinstance(x, Variable)
