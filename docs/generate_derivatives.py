"""Write docs/derivatives.md from the table of derivatives: ``python docs/generate_derivatives.py``."""

from __future__ import annotations

import ast
import inspect
import math
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tinygrad_edu import derivatives, functions
from tinygrad_edu.backward import graph, sweep
from tinygrad_edu.formulas.normal import symbol
from tinygrad_edu.formulas.reading import formula
from tinygrad_edu.formulas.shortest import simplest
from tinygrad_edu.formulas.text import text
from tinygrad_edu.primitive import COMPOSED, TABLE, Row, qualified_name
from tinygrad_edu.recorder import Recorder

PAGE = Path(__file__).with_name("derivatives.md")
CHAPTERS = [
    derivatives.arithmetic, derivatives.elementary, derivatives.choices, derivatives.reductions, derivatives.norms,
    derivatives.products, derivatives.einsums, derivatives.shapes, derivatives.elements, derivatives.joining,
    functions.activations, functions.softmaxes, functions.entropies, derivatives.constants,
]  # fmt: skip
INTRODUCTION = """# The table of derivatives

Generated from the table by `docs/generate_derivatives.py`; a test checks that it is up to date.

*y* is what the function gives, and ∂L/∂y what arrives there from the loss L, `g` in the rules. The rule is the code
that computes the derivative; the derivative beside it is not written by hand, but read from the rule. What broadcasting
has copied is summed back afterwards, once, for all rules. The domain is where the function has derivatives of all
orders (none is given for functions of whole arrays); the convention says what the rule gives at a kink or an edge.
"""
SETTINGS: dict[Any, dict[str, Any]] = {
    np.broadcast_to: {"shape": (2, 3, 3)},
    np.roll: {"shift": 1},
    np.pad: {"pad_width": 1},
    np.tile: {"reps": 2},
    np.moveaxis: {"source": 0, "destination": -1},
    np.swapaxes: {"axis1": 0, "axis2": 1},
    derivatives.shapes.unbroadcast: {"shape": (3,)},
    derivatives.shapes.astype: {"dtype": "float64"},
    derivatives.shapes.reshape: {"shape": (9,)},
    derivatives.elements.getitem: {"index": 0},
    derivatives.elements.scatter: {"index": 0, "shape": (2, 3, 3)},
    derivatives.reductions.spread: {"shape": (2, 3, 3), "axis": 0},
    derivatives.einsums.einsum: {"subscripts": "ij,jk->ik"},
}
"""Of the functions that need settings, one call each."""


def page() -> str:
    return "\n".join([INTRODUCTION, *(part for chapter in CHAPTERS for part in section(chapter))])


def section(chapter: ModuleType) -> Iterator[str]:
    """A chapter: its rows as a table, the rules that take more than a line, and what is written with these rows."""
    entries = entries_of(chapter)
    yield f"## {(chapter.__doc__ or '').splitlines()[0].rstrip('.')}\n"
    if chapter is derivatives.constants:
        yield ", ".join(code(qualified_name(f)) for f in entries) + ".\n"
        return
    yield "| function | y | derivative | rule | domain | convention |\n|---|---|---|---|---|---|"
    yield from (table_line(f, TABLE[f]) for f in entries if f in TABLE and TABLE[f].rules)
    yield ""
    yield from listings(chapter, entries)
    if composed := [f for f in entries if f in COMPOSED]:
        yield "Written with these: " + ", ".join(code(qualified_name(f)) for f in composed) + ".\n"


def entries_of(chapter: ModuleType) -> list[Any]:
    """The functions that the module enters into the table, by where their rules stand."""
    return [f for f in (*TABLE, *COMPOSED) if home(f) == chapter.__name__]


def home(function: Any) -> str:
    """The module in which a function was entered into the table."""
    if function in COMPOSED:
        return inspect.getclosurevars(COMPOSED[function]).nonlocals["definition"].__module__
    rules = functions_of(TABLE[function])
    ours = getattr(function, "__module__", "numpy").startswith("tinygrad_edu")
    return rules[0].__module__ if rules else "" if ours else derivatives.constants.__name__


def table_line(function: Any, row: Row) -> str:
    shown, slopes = formulas(function, row)
    rules = [code(rule_text(row, i)) for i in range(len(functions_of(row)))]
    cells = [code(row.name), code(shown), stacked(map(code, slopes)), stacked(rules), domain_text(row), kinks_text(row)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def code(shown: str) -> str:
    return f"`{shown}`"


def stacked(cells: Any) -> str:
    return "<br>".join(dict.fromkeys(cells))


# ---------------------------------------------------------------------- formulas, by reading


def formulas(function: Any, row: Row) -> tuple[str, list[str]]:
    """y, and ∂L/∂x for each operand x that takes a gradient, read from the rules with recorders."""
    names = operand_names(row)
    operands = [Recorder(value, name) for value, name in zip(operand_values(row, names), names, strict=True)]
    known = {x: symbol(str(x.name), np.ndim(x.value)) for x in operands}
    y = function(*((operands,) if row.variadic else operands), **SETTINGS.get(function, {}))
    g = Recorder(np.ones_like(y.value), "g")
    shown = text(formula(y, known))
    known |= {y: symbol("y", np.ndim(y.value)), g: symbol("∂L/∂y", np.ndim(y.value), adjoint=True)}
    adjoints = dict(sweep(y, g, graph))
    return shown, [f"∂L/∂{x.name} = {text(simplest(formula(adjoints[x], known)))}" for x in operands if x in adjoints]


def operand_names(row: Row) -> list[str]:
    if row.variadic:
        return ["x"] if row.name == "product_of_others" else ["a", "b"]
    rule = functions_of(row)[0]
    return list(inspect.signature(rule).parameters)[2 : 2 + (row.arity or 0)]


def operand_values(row: Row, names: list[str]) -> list[Any]:
    """Numbers inside the domain, or matrices that fit together."""
    rng = np.random.default_rng(0)
    if row.domain is None:
        return [rng.uniform(size=(3, 3)) for _ in names]
    each = row.domain if isinstance(row.domain[0], tuple) else [row.domain] * len(names)
    return [np.float64(rng.uniform(max(low, -3.0), min(high, 3.0))) for low, high in each]  # type: ignore[misc]


# ---------------------------------------------------------------------- rules, as they stand in the source


def functions_of(row: Row) -> list[Callable[..., Any]]:
    return [row.rules.rule] if row.variadic else [rule for rule in row.rules if rule]


def rule_text(row: Row, i: int) -> str:
    """The body of a lambda, or the name of a longer rule."""
    rules = functions_of(row)
    if not is_lambda(rules[i]):
        return f"{rules[i].__name__}(…)"
    line = rules[i].__code__.co_firstlineno
    earlier = sum(r.__code__.co_firstlineno == line for r in rules[:i])
    source, lambdas = parsed(rules[i].__module__)
    body = [x for x in lambdas if x.lineno == line][earlier].body
    return " ".join((ast.get_source_segment(source, body) or "").split())


def is_lambda(rule: Callable[..., Any]) -> bool:
    return rule.__name__ == "<lambda>"


@cache
def parsed(module: str) -> tuple[str, list[ast.Lambda]]:
    """The source of a module and its lambdas from left to right."""
    source = inspect.getsource(sys.modules[module])
    lambdas = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Lambda)]
    return source, sorted(lambdas, key=lambda node: (node.lineno, node.col_offset))


def listings(chapter: ModuleType, entries: list[Any]) -> Iterator[str]:
    """The source of the rules that have a name."""
    rules = dict.fromkeys(r for f in entries if f in TABLE for r in functions_of(TABLE[f]) if not is_lambda(r))
    if rules:
        path = chapter.__name__.replace(".", "/") + ".py"
        yield f"```python\n# {path}\n" + "...\n".join(inspect.getsource(r) for r in rules) + "```\n"


# ---------------------------------------------------------------------- domains and conventions


def domain_text(row: Row) -> str:
    if row.domain is None:
        return ""
    names = operand_names(row)
    each = row.domain if isinstance(row.domain[0], tuple) else [row.domain] * len(names)
    return ", ".join(filter(None, (interval(*ends, name) for ends, name in zip(each, names)))) or "everywhere"  # type: ignore[arg-type,misc]


def interval(low: float, high: float, name: str) -> str:
    """``0 < x``, ``−1 < x < 1``; nothing for all numbers."""
    left = f"{number(low)} < " if low > -math.inf else ""
    right = f" < {number(high)}" if high < math.inf else ""
    return f"{left}{name}{right}" if left or right else ""


def number(x: float) -> str:
    named = {math.pi / 2: "π/2", -math.pi / 2: "−π/2", math.inf: "∞"}
    return named.get(x) or f"{x:g}".replace("-", "−")


def kinks_text(row: Row) -> str:
    if isinstance(row.kinks, dict):
        return ", ".join(f"{number(slope)} at x = {number(x)}" for x, slope in row.kinks.items())
    return row.kinks or ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
