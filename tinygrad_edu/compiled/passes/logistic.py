"""σ(x) as one writes it by hand, where nothing else reads what the exact way computes.

Where exp(−x) would overflow, that gives 1e-308 (in float32, 1e-38) and not 0. In a difference σ(x) − t that is
rounding; to a logarithm or a large factor it is not.
"""

from __future__ import annotations

import operator
from functools import lru_cache
from typing import Any

import numpy as np

from ...functions.activations import sigmoid
from ...primitive import TABLE
from ..program import Method, Program, Statement, Variable
from .algebra import floats
from .uses import Uses, is_number

LINEAR = {
    *(operator.add, operator.sub, operator.neg, operator.matmul, np.add.reduce, np.vdot),
    *(Method("dot"), Method("T", True), Method("reshape"), Method("copy")),
}


def logistic(program: Program) -> int:
    """Compute σ(x) as 1/(1 + e⁻ˣ): five calls instead of eight."""
    uses = Uses(program)
    statements, program.statements = program.statements, []
    count = 0
    for s in statements:
        x = argument_of_sigmoid(s.target, uses)
        if x is None or not is_only_compared(s.target, program, statements):
            program.statements.append(s)
            continue
        before = len(program.statements)
        program.origin = s.origin
        by_hand(x)
        for new in program.statements[before:]:
            new.phase = s.phase
        program.statements[-1].target = s.target
        count += 1
    return count


def by_hand(x: Any) -> Any:
    """1/(1 + e⁻ˣ), with e⁻ˣ kept below the largest number."""
    largest = float(np.floor(np.log(np.finfo(x.dtype).max)))
    bounded = np.minimum(-x, largest)
    bounded.note = f"exp({largest:.0f}) is finite"
    return 1.0 / (1.0 + np.exp(bounded))


def argument_of_sigmoid(y: Variable, uses: Uses) -> Variable | None:
    """The x of which `y` is computed as the body of `sigmoid` does, if nobody else reads what that computes."""
    if y.dtype not in (np.float32, np.float64):
        return None
    pattern, of_pattern = program_of_sigmoid(y.dtype)
    found: dict[Variable, Variable] = {}
    if not is_made_like(y, pattern.outputs, uses, of_pattern, found):
        return None
    between = [s.target for s in pattern.statements[:-1]]
    is_private = all(uses.count[found[v]] == of_pattern.count[v] and not found[v].name for v in between)
    return found[pattern.inputs[0]] if is_private else None


def is_only_compared(y: Variable, program: Program, statements: list[Statement]) -> bool:
    """Whether nothing is read of `y` but differences like σ(x) − t, and nothing made of these but sums and products
    of matrices: beside the digits of t, 1e-308 is nothing.
    """
    reached = {y}
    for s in statements:
        if reached.isdisjoint(s.used):
            continue
        differs = s.function in (operator.add, operator.sub) and all(isinstance(x, Variable) for x in s.args)
        reads_it = any(x is y for x in s.used)
        if not differs if reads_it else not (s.function in LINEAR or makes_smaller(s)):
            return False
        reached.add(s.target)
    return all(x is not y for x in program.results)


def makes_smaller(s: Statement) -> bool:
    """Whether it is a product with a number, such as 1/n, or a quotient."""
    if s.function is operator.truediv:
        return is_number(s.args[1]) and abs(s.args[1]) >= 1
    return s.function is operator.mul and any(is_number(x) and abs(x) <= 1 for x in s.args)


@lru_cache
def program_of_sigmoid(dtype: Any) -> tuple[Program, Uses]:
    program = Program()
    x = program.input(np.zeros(1, dtype))
    program.outputs = TABLE[sigmoid].function(x)
    floats(program)
    return program, Uses(program)


def is_made_like(x: Any, y: Any, uses: Uses, of_pattern: Uses, found: dict[Variable, Variable]) -> bool:
    """Whether x is computed as y is in the pattern; `found` gets what stands for each of its variables."""
    if not isinstance(y, Variable) or not isinstance(x, Variable):
        return type(x) is type(y) and bool(x == y)
    if y in found:
        return found[y] is x
    found[y] = x
    made, pattern = uses.maker.get(x), of_pattern.maker.get(y)
    if pattern is None:  # the argument
        return True
    return (
        made is not None
        and made.function == pattern.function
        and len(made.args) == len(pattern.args)
        and not made.kwargs
        and all(is_made_like(a, b, uses, of_pattern, found) for a, b in zip(made.args, pattern.args))
    )
