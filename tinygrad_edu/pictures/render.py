"""Who draws a picture: the system's Graphviz, the pygraphviz wheel that carries one, or our own layout (SVG only)."""

from __future__ import annotations

import logging
from typing import Any

from ..errors import MissingExtraError
from .boxes import Plan
from .dot import dot_source

_log = logging.getLogger("tinygrad_edu")

_NO_ENGINE = (
    "no Graphviz was found, and {format} needs one. Install the program `dot` (https://graphviz.org/download), "
    'or a Graphviz for Python with pip install "tinygrad-edu[draw]"; or save as .svg or .dot, which need neither'
)


def render(plan: Plan, format: str, dark: bool = False) -> tuple[bytes, str]:
    """The drawn picture in `format` (svg, png or pdf), and the name of the engine that drew it."""
    source = dot_source(plan, dark)
    program = "neato" if plan.direction == "fixed" else "dot"
    for engine in (_system, _pygraphviz):
        drawn = engine(source, program, format)
        if drawn is not None:
            name = engine.__name__.strip("_")
            return drawn, name
    raise MissingExtraError(_NO_ENGINE.format(format=format.upper()))


def _system(source: str, program: str, format: str) -> bytes | None:
    import graphviz

    flat: dict[str, Any] = {"neato_no_op": 2} if program == "neato" else {}
    try:
        drawn: bytes = graphviz.pipe(program, format, source.encode(), quiet=True, **flat)
        return drawn
    except (graphviz.ExecutableNotFound, graphviz.CalledProcessError):
        return None


def _pygraphviz(source: str, program: str, format: str) -> bytes | None:
    try:
        import pygraphviz
    except ImportError:
        return None
    drawn: bytes = pygraphviz.AGraph(string=source).draw(format=format, prog="nop2" if program == "neato" else "dot")
    return drawn
