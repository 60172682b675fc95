"""Signs and divisions where they cost nothing: the same numbers up to rounding."""

from __future__ import annotations

import operator
from typing import Any

from ..program import Program, Statement, Variable
from .uses import Uses, is_like, is_number


def divide(program: Program) -> int:
    """Divide at once: (1/a)·b = b/a."""
    uses = Uses(program)
    count = 0
    for s in program.statements:
        if s.function is operator.mul:
            for x, other in (s.args, s.args[::-1]):
                made = uses.maker_of(x)
                if made and made.function is operator.truediv and is_one(made.args[0]) and is_like(other, s.target):
                    s.function, s.args = operator.truediv, (other, made.args[1])
                    count += 1
                    break
    return count


def is_one(x: Any) -> bool:
    return is_number(x) and bool(x == 1)


def signs(program: Program) -> int:
    """Let minus signs go through products into sums and numbers: b + (−a)·c = b − a·c."""
    uses = Uses(program)
    minus: dict[Variable, Variable] = {}
    count = 0
    done: list[Statement] = []
    for s in program.statements:
        done.append(s)
        plus = [minus.get(x) if isinstance(x, Variable) else None for x in s.args] if s.function in SIGNED else []
        if s.function is operator.neg and s.target.dtype.kind == "f" and isinstance(s.args[0], Variable):
            minus[s.target] = s.args[0]
        elif s.function in OPPOSITE and plus[1] is not None:
            s.function, s.args = OPPOSITE[s.function], (s.args[0], plus[1])
            count += 1
        elif s.function is operator.add and plus[0] is not None:
            s.function, s.args = operator.sub, (s.args[1], plus[0])
            count += 1
        elif s.function in (operator.mul, operator.truediv):
            for i, x in enumerate(plus):
                if x is not None and uses.maker_of(s.args[i]):
                    moved = carried(s, i, x, minus)
                    done += moved
                    count += not moved
                    break
    program.statements = done
    return count


OPPOSITE = {operator.add: operator.sub, operator.sub: operator.add}
SIGNED = {*OPPOSITE, operator.mul, operator.truediv}


def carried(s: Statement, i: int, x: Variable, minus: dict[Variable, Variable]) -> list[Statement]:
    """Take x in place of −x, and change the sign of the other factor if that is a number, or else of the result."""
    other = s.args[1 - i]
    if is_number(other):
        other = -other
    s.args = (x, other) if i == 0 else (other, x)
    if is_number(other):
        return []
    target, s.target = s.target, Variable(s.target.program, -s.target.value)
    minus[target] = s.target
    return [Statement(target, operator.neg, (s.target,), {}, s.origin, s.phase)]
