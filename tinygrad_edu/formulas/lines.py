"""Lines of formulas in stages, and how a page of them is written as text, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .latex import LATEX
from .normal import Formula
from .text import TEXT

SIGNS = {"=": "=", "←": r"\leftarrow"}


class Line(NamedTuple):
    """Formulas joined by a sign, as in ``a = b = c``, and a remark in plain words, without names."""

    sides: tuple[Formula, ...]
    sign: str = "="
    note: str = ""

    @property
    def text(self) -> str:
        shown = f" {self.sign} ".join(map(TEXT.formula, self.sides))
        return f"{shown}  ({self.note})" if shown and self.note else shown or self.note

    @property
    def latex(self) -> str:
        """A row of an aligned environment: rows are aligned at their first sign."""
        first, *rest = [LATEX.formula(side) for side in self.sides] or [""]
        row = f"{first} &" + "".join(f" {SIGNS[self.sign]} {side}" for side in rest)
        note = self.note.replace("⋯", r"$\cdots$")
        return row + (rf" \quad \text{{({note})}}" if note else "")


class Stage(NamedTuple):
    title: str
    lines: Sequence[Line]

    @property
    def text(self) -> str:
        return "\n".join([self.title, *(f"   {line.text}" for line in self.lines)])

    @property
    def aligned(self) -> str:
        return " \\\\\n".join(line.latex for line in self.lines)

    @property
    def markdown(self) -> str:
        return f"**{self.title}**\n\n$$\n\\begin{{aligned}}\n{self.aligned}\n\\end{{aligned}}\n$$"

    @property
    def latex(self) -> str:
        return f"\\paragraph{{{self.title}}}\n\\begin{{align*}}\n{self.aligned}\n\\end{{align*}}"


def ways(times: int) -> str:
    return f"{times} ways" if times > 1 else ""
