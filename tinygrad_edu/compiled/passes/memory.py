"""Where values live: results are fresh, and memory that nobody reads any more is written into."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import Method, Program, Statement, Variable, changed, parts, value_of


def own(program: Program) -> int:
    """Copy outputs that would share memory with an input, a constant, or one another: results are fresh."""
    memory = Memory(program)
    taken = {memory.root[x] for x in program.updates.values() if isinstance(x, Variable)}
    count = 0

    def copied(x: Any) -> Any:
        nonlocal count
        if not isinstance(x, Variable) or not isinstance(x.value, np.ndarray):
            return x
        root = memory.root[x]
        if root is not None and root not in taken and x.value.flags.writeable:
            taken.add(root)
            return x
        count += 1
        return program.call(Method("copy"), (x,), {})

    program.outputs = changed(program.outputs, copied)
    return count


def reuse(program: Program) -> int:
    """Write into the memory of an operand that nobody reads any more."""
    memory = Memory(program)
    count = 0
    for i, s in enumerate(program.statements):
        if s.into is None and (found := next((x for x in s.used if memory.may_take(s, x, i)), None)) is not None:
            s.into = found
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
            self.root[s.target] = self.home(s) if s.into is None else None
            for x in s.used:
                self.read(x, i)
        for x in program.results:
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
