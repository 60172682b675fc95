"""Names for the variables of a program: legal, unlike each other, and those that the user gave where there are any."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from .blockwise import every
from .program import Program, Statement, Variable

RESERVED = {"np", *dir(builtins), *keyword.kwlist}
LONGEST = 30


class Namespace:
    """The names that are taken."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self.taken = RESERVED | set(reserved)
        self.used: dict[str, int] = {}

    def new(self, wanted: str) -> str:
        """`wanted`, made a legal name that is not taken yet."""
        base = re.sub(r"\W", "_", wanted)[:LONGEST]
        base = base if base.isidentifier() and base.isascii() else re.sub(r"[^\w]|[^\x00-\x7f]", "_", f"x_{base}")
        name = base
        while name in self.taken:
            self.used[base] = self.used.get(base, 1) + 1
            name = f"{base}_{self.used[base]}"
        self.taken.add(name)
        return name


def named(program: Program, names: Namespace) -> dict[Variable, str]:
    """A name for every variable; what lives on in the memory of another keeps its name, unless one has its own."""
    statements = [*every(program.statements)]
    phase = {s.target: s.phase for s in statements}
    for s in reversed(statements):
        if s.into is not None and s.into.name is None and phase.get(s.into) == s.phase:
            s.into.name = s.target.name
    called = {x: names.new(x.name or "x") for x in program.inputs}
    for s in statements:
        temporary = f"t{len(called) - len(program.inputs) + 1}"
        if s.target not in called or s.target is s.into:
            called[s.target] = called[s.into] if keeps_name(s) else names.new(s.target.name or temporary)  # type: ignore[index]
    return called


def keeps_name(s: Statement) -> bool:
    """Whether it is written ``x -= ...``: updates are; else a user's name goes on standing for what it was given to."""
    is_update = s.phase == "update" and s.target.name is None
    return s.into is not None and (is_update or s.target.name == s.into.name)
