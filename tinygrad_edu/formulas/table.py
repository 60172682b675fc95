"""The trace table: every node of a graph with its value and its adjoint, as a learner would write it down."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..recorder import Recorder
from ..tensor import Tensor
from .derivation import Derivation, derive
from .latex import LATEX
from .latex_names import latex_number
from .normal import Formula, symbol
from .numbers import number_text, value_text
from .tangents import directed
from .tangents import tangents as tangents_of
from .text import TEXT
from .writer import Writer

UNSAFE_IN_MARKDOWN = "\\`*_[]|~$<>&"
STARTS_A_FORMULA = "=+-@\t\r"


class Row(NamedTuple):
    """One node. A data node has no adjoint, a node that nothing given moves has no tangent."""

    name: Formula
    formula: Formula | None
    value: Any
    adjoint: Any
    tangent: Any


class TraceTable:
    """The rows of a trace table. Prints as text; `.markdown`, `.latex` and `.csv`; displays itself in Jupyter."""

    def __init__(self, rows: list[Row], adjoint: Formula, with_tangents: bool) -> None:
        self.rows = rows
        self.adjoint = adjoint
        self.with_tangents = with_tangents

    def header(self, writer: Writer) -> list[str]:
        mathematics = writer.formula(self.adjoint)
        return ["", "node", "computed as", "value", mathematics, *(["tangent"] if self.with_tangents else [])]

    def cells(self, writer: Writer) -> Iterator[list[str]]:
        for i, row in enumerate(self.rows, start=1):
            formula = "" if row.formula is None else writer.formula(row.formula)
            numbers = row[2 : 5 if self.with_tangents else 4]
            yield [str(i), writer.formula(row.name), formula, *("" if x is None else shown(x) for x in numbers)]

    def __str__(self) -> str:
        lines = [self.header(TEXT), *self.cells(TEXT)]
        widths = [max(map(width, column)) for column in zip(*lines)]
        return "\n".join("  ".join(c + " " * (w - width(c)) for c, w in zip(line, widths)).rstrip() for line in lines)

    @property
    def markdown(self) -> str:
        """The table in Markdown, in which no name can be more than a name."""
        header, *rows = [[escaped(cell) for cell in line] for line in (self.header(TEXT), *self.cells(TEXT))]
        lines = [header, ["---"] * len(header), *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"

    @property
    def latex(self) -> str:
        """A ``tabular`` for a document that loads ``amsmath``."""
        number, node, formula, value, adjoint, *tangent = self.header(LATEX)
        lines = [[number, node, formula, value, f"${adjoint}$", *tangent]]
        for i, name, formula, *numbers in self.cells(LATEX):
            lines.append([i, *(f"${cell}$" if cell else "" for cell in (name, formula, *map(latex_number, numbers)))])
        first, *rest = [" & ".join(line) + r" \\" for line in lines]
        body = "\n".join([first, r"\hline", *rest])
        return f"\\begin{{tabular}}{{rll{'r' * (len(lines[0]) - 3)}}}\n{body}\n\\end{{tabular}}\n"

    @property
    def csv(self) -> str:
        """Comma-separated values with all digits; arrays as nested lists. No cell is a formula to a spreadsheet."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        header = ["number", "node", "computed as", "value", "adjoint", *(["tangent"] if self.with_tangents else [])]
        writer.writerow(header)
        for cells, row in zip(self.cells(TEXT), self.rows):
            numbers = ["" if x is None else json.dumps(np.asarray(x).tolist()) for x in row[2 : len(header) - 1]]
            writer.writerow([cells[0], *map(harmless, cells[1:3]), *numbers])
        return file.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What Jupyter shows: the table in Markdown, or what went wrong, never an error."""
        try:
            return {"text/markdown": self.markdown, "text/plain": str(self)}
        except Exception as error:
            return {"text/plain": f"{self!r} could not be written: {error}"}

    def __repr__(self) -> str:
        return f"<TraceTable of {len(self.rows)} nodes>"


def trace_table(output: Tensor, tangents: Mapping[Tensor, Any] | None = None, detail: str | None = None) -> TraceTable:
    """Every node of the graph of `output` in order: how it is computed, its value, and ``∂output/∂node``.

    Parameters
    ----------
    output : a Tensor, usually the loss.
    tangents : directions in which variables move, as ``{x: v}``; a column then shows how fast each node
        changes, ``ẏ = Σ ∂y/∂x · ẋ``: forward mode beside reverse mode.
    detail : ``"named"`` (a row per name) or ``"operations"`` (a row per operation), as in `draw`.

    Raises
    ------
    ShapeError
        If a tangent has another shape than its variable.
    UnsupportedError
        If `output` does not depend on it.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> x, w = tg.constant(2.0, name="x"), tg.Tensor(0.5, name="w")
    >>> L = (w * x - 3) ** 2
    >>> L.name = "L"
    >>> print(tg.trace_table(L, tangents={w: 1.0}, detail="operations"))
       node  computed as  value  ∂L/∂node  tangent
    1  w                  0.5    −8        1
    2  x                  2
    3  v₁    w·x          1      −4        2
    4  v₂    v₁ − 3       −2     −4        2
    5  L     v₂²          4      1         −8
    """
    derivation = derive(output, detail, set(tangents or ()))
    moving = directed(tangents or {}, derivation.origin)
    home = derivation.parts.home
    derivation.build(node for node in reversed(home) if isinstance(node, Recorder))
    speed = tangents_of(reversed(home), moving)
    rows = [table_row(derivation, box, speed.get(box)) for box in derivation.parts.boxes]
    return TraceTable(rows, symbol(f"∂{derivation.loss}/∂node", adjoint=True), tangents is not None)


def table_row(derivation: Derivation, box: Recorder, tangent: Any) -> Row:
    formula = derivation.formula(box) if box in derivation.inside else None
    return Row(derivation.symbol(box), formula, box.value, derivation.adjoint.get(box), tangent)


def shown(value: Any) -> str:
    return value_text(value) if np.ndim(value) else number_text(value)


def width(cell: str) -> int:
    """Columns on a screen: accents stand above their letters."""
    return sum(not unicodedata.combining(c) for c in cell)


def escaped(cell: str) -> str:
    return "".join(f"\\{c}" if c in UNSAFE_IN_MARKDOWN else c for c in cell)


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in STARTS_A_FORMULA and cell else cell
