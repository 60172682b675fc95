"""Passes: each makes a program shorter or faster, and leaves every bit of what it computes as it was."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..operators import COMPARISONS
from .literals import uniform
from .program import Method, Program, Statement, Variable, changed, parts, value_of

NEUTRAL: dict[Any, tuple[float | None, float | None]] = {
    operator.mul: (1, 1),
    operator.truediv: (None, 1),
    operator.sub: (None, 0),
    operator.pow: (None, 1),
}
"""The left and the right operand that leave the other as it is, bit for bit; 0 + x does not, since 0 + −0 is 0."""

SAME = (operator.pos, np.broadcast_to, Method("reshape"), Method("astype"), Method("squeeze"))
"""Functions that give their first operand, if its shape and dtype are right already."""

STRETCHING = {np.full: 1, np.broadcast_to: 0}
"""Functions that repeat one of their arguments, which broadcasting does by itself, and which of them."""

ROUNDED_ONCE = {np.add, np.subtract, np.multiply, np.true_divide, np.maximum, np.minimum}
ROUNDED_ONCE |= {function for function, _ in COMPARISONS.values()}
"""Functions that give the same bits however their operands lie in memory."""

REDUCTIONS = {np.sum: np.add, np.prod: np.multiply, np.max: np.maximum, np.min: np.minimum}
for name, ufunc in (("sum", np.add), ("prod", np.multiply), ("max", np.maximum), ("min", np.minimum)):
    REDUCTIONS[Method(name)] = ufunc  # type: ignore[index]


def share(program: Program) -> int:
    """Compute once what is computed twice: common subexpressions."""
    first: dict[Any, Variable] = {}
    same: dict[Any, Any] = {}
    for s in program.statements:
        s.with_arguments(lambda x: same.get(x, x) if isinstance(x, Variable) else x)
        key = (s.function, tuple(map(identity, parts((s.args, s.kwargs)))), structure((s.args, s.kwargs)))
        if key in first:
            same[s.target] = named_alike(first[key], s.target)
        else:
            first[key] = s.target
    return replace(program, same)


def named_alike(kept: Variable, dropped: Variable) -> Variable:
    kept.name = kept.name or dropped.name
    return kept


def identity(x: Any) -> Any:
    """What tells two arguments apart: variables and arrays by identity, numbers by their type and digits."""
    return id(x) if isinstance(x, (Variable, np.ndarray)) else (type(x), repr(x))


def structure(x: Any) -> Any:
    if isinstance(x, dict):
        return tuple((k, structure(v)) for k, v in x.items())
    return (type(x), *map(structure, x)) if isinstance(x, (tuple, list)) else isinstance(x, slice)


def simplify(program: Program) -> int:
    """Leave out what changes no bit: x·1, x/1, x − 0, a reshape to the same shape."""
    same: dict[Any, Any] = {}
    for s in program.statements:
        s.with_arguments(lambda x: same.get(x, x) if isinstance(x, Variable) else x)
        if (kept := unchanged(s)) is not None:
            same[s.target] = named_alike(kept, s.target)
    return replace(program, same)


def unchanged(s: Statement) -> Variable | None:
    """The operand that the statement gives as it is, if there is one."""
    operands = list(s.args)
    for i, neutral in enumerate(NEUTRAL.get(s.function, ())):
        x = operands[1 - i]
        if neutral is not None and isinstance(x, Variable) and is_number(operands[i], neutral) and alike(x, s.target):
            return x
    kept = s.function in SAME and isinstance(operands[0], Variable) and alike(operands[0], s.target)
    return operands[0] if kept else None


def is_number(x: Any, number: float) -> bool:
    is_plain = not isinstance(x, Variable) and isinstance(x, (int, float, np.generic))
    return is_plain and bool(x == number) and not np.signbit(float(x))  # x − (−0) is not x


def alike(x: Variable, y: Variable) -> bool:
    return type(x.value) is type(y.value) and x.shape == y.shape and x.dtype == y.dtype


def broadcast(program: Program) -> int:
    """Let element-by-element functions stretch their operands, and do not store what was stretched."""
    stretched: dict[Any, Any] = {}
    count = 0
    for s in program.statements:
        if s.function in STRETCHING and not s.kwargs:
            stretched[s.target] = s.args[STRETCHING[s.function]]
        elif s.ufunc in ROUNDED_ONCE:
            for i, x in enumerate(s.args):
                small = stretched.get(x) if isinstance(x, Variable) else uniform(x)
                others = [np.shape(value_of(y)) for j, y in enumerate(s.args) if j != i]
                if small is not None and np.shape(value_of(x)) in others and dtype_of(small) == x.dtype:
                    s.args = (*s.args[:i], small, *s.args[i + 1 :])
                    count += 1
    return count


def dtype_of(x: Any) -> Any:
    return getattr(x, "dtype", None)


def drop(program: Program) -> int:
    """Drop what no output depends on: dead code."""
    needed = {x for x in parts(program.outputs) if isinstance(x, Variable)}
    kept = []
    for s in reversed(program.statements):
        if s.target in needed:
            kept.append(s)
            needed.update(s.used)
    dropped = len(program.statements) - len(kept)
    program.statements = kept[::-1]
    program.inputs = [x for x in program.inputs if x in needed]
    return dropped


def shorten(program: Program) -> int:
    """Call what a function of NumPy leads to: ``np.add.reduce`` for ``np.sum``, ``x.T`` for ``np.transpose``."""
    count = 0
    for s in program.statements:
        if s.function is np.transpose and s.kwargs.get("axes") is None:
            s.function, s.kwargs = Method("T", True), {}
            count += 1
        if s.function in REDUCTIONS and len(s.args) == 1 and s.kwargs.keys() <= {"axis", "keepdims"}:
            s.function = REDUCTIONS[s.function].reduce
            s.kwargs = {"axis": s.kwargs.get("axis")} | ({"keepdims": True} if s.kwargs.get("keepdims") else {})
            count += 1
    return count


def own(program: Program) -> int:
    """Copy outputs that would share memory with an input or a constant: results are fresh."""
    memory = Memory(program)
    shared = [x for x in parts(program.outputs) if isinstance(x, Variable) and memory.root[x] is None]
    copies = {x: program.call(Method("copy"), (x,), {}) for x in shared if isinstance(x.value, np.ndarray)}
    program.outputs = changed(program.outputs, lambda x: copies.get(x, x) if isinstance(x, Variable) else x)
    return len(copies)


def reuse(program: Program) -> int:
    """Write into the memory of an operand that nobody reads any more."""
    memory = Memory(program)
    count = 0
    for i, s in enumerate(program.statements):
        s.into = next((x for x in s.used if memory.may_take(s, x, i)), None)
        if s.into is not None:
            memory.move(s.into, s.target)
            count += 1
    return count


class Memory:
    """In whose memory each variable lives (None: not the program's own), and which statement reads it last."""

    def __init__(self, program: Program) -> None:
        program.evaluate()
        self.root: dict[Variable, Variable | None] = dict.fromkeys(program.inputs)
        self.last: dict[Variable, int] = {}
        self.moved: dict[Variable | None, Variable] = {}
        for i, s in enumerate(program.statements):
            self.root[s.target] = self.home(s)
            for x in s.used:
                self.read(x, i)
        for x in parts(program.outputs):
            if isinstance(x, Variable):
                self.read(x, len(program.statements))

    def home(self, s: Statement) -> Variable | None:
        arrays = [x for x in parts((s.args, s.kwargs)) if isinstance(x, (Variable, np.ndarray))]
        shared = [x for x in arrays if may_share_memory(value_of(x), s.target.value)]
        roots = {self.root[x] if isinstance(x, Variable) else None for x in shared}
        if not roots:
            return s.target
        if len(roots) == 1:
            return roots.pop()
        self.root.update(dict.fromkeys([x for x, root in self.root.items() if root in roots]))
        return None

    def read(self, x: Variable, i: int) -> None:
        if (root := self.root[x]) is not None:
            self.last[root] = i

    def may_take(self, s: Statement, x: Variable, i: int) -> bool:
        root = self.root_of(x)
        return (
            s.ufunc is not None
            and root is not None
            and self.last[root] == i
            and self.root[s.target] is s.target
            and same_layout(x.value, s.target.value)
        )

    def move(self, x: Variable, target: Variable) -> None:
        """The target, and what shares its memory, now lives in the memory of x."""
        new = self.root_of(x)
        assert new is not None
        self.last[new] = self.last.get(target, -1)
        self.moved[target] = new

    def root_of(self, x: Variable) -> Variable | None:
        root = self.root[x]
        while root in self.moved:
            root = self.moved[root]
        self.root[x] = root
        return root


def may_share_memory(a: Any, b: Any) -> bool:
    """Whether writing into one may change the other; what a tuple holds is not looked into."""
    if isinstance(a, tuple) or isinstance(b, tuple):
        return True
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.may_share_memory(a, b)


def same_layout(a: Any, b: Any) -> bool:
    return (
        isinstance(a, np.ndarray)
        and isinstance(b, np.ndarray)
        and (a.dtype, a.shape, a.strides) == (b.dtype, b.shape, b.strides)
        and a.flags.writeable
        and a.ndim > 0
    )


def replace(program: Program, same: dict[Any, Any]) -> int:
    """Put other variables in place of some, whose statements are dropped."""

    def change(x: Any) -> Any:
        while isinstance(x, Variable) and x in same:
            x = same[x]
        return x

    program.statements = [s for s in program.statements if s.target not in same]
    for s in program.statements:
        s.with_arguments(change)
    program.outputs = changed(program.outputs, change)
    return len(same)


Pass = Callable[[Program], int]
PASSES: tuple[Pass, ...] = (simplify, broadcast, simplify, share, shorten, share, drop, own, reuse)
"""In this order; the last one must stay the last, since it fixes what lives where."""

WHAT = {
    "simplify": "calls that change no bit, left out",
    "broadcast": "operands stretched by broadcasting, not stored",
    "share": "calls that were made before",
    "shorten": "functions replaced by what they call",
    "drop": "calls that no result depends on",
    "own": "results copied, to be fresh",
    "reuse": "results written into memory that nobody reads any more",
}
"""What the number that each pass gives counts."""
