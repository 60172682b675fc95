"""Who draws a picture: the system's Graphviz, the pygraphviz wheel that carries one, or our own layout (SVG only)."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import MissingExtraError, how_to_install
from .boxes import Plan
from .dot import dot_source
from .gridded import gridded
from .house import adopted, document, identity
from .layout import layered
from .svg import svg_element

BUILT_IN = "the built-in layout"
_HOW = 'install the program "dot" (https://graphviz.org/download), or: ' + how_to_install("draw")
_log = logging.getLogger("tinygrad_edu")


def render_svg(plan: Plan, dark: bool | None = None) -> tuple[str, str]:
    """The picture as SVG, and who drew it. It follows the reader's choice of light or dark unless `dark` fixes it."""
    svg, engine = draw(plan, "svg")
    if svg is None:
        drawing = gridded(plan) if plan.direction == "fixed" else layered(plan)
        return document(svg_element(drawing, identity(plan)), plan, engine, dark), engine
    return adopted(svg, plan, engine, dark), engine


def render_file(plan: Plan, format: str, dark: bool = False) -> bytes:
    """The picture as ``png`` or ``pdf``, which only Graphviz writes."""
    drawn, _ = draw(plan, format, dark)
    if drawn is None:
        raise MissingExtraError(
            f"a {format.upper()} needs Graphviz, and none was found: {_HOW}. SVG and DOT files need neither"
        )
    return drawn


def draw(plan: Plan, format: str, dark: bool = False) -> tuple[bytes | None, str]:
    """What the first Graphviz found makes of the DOT text, or None; and the engine's name."""
    source = dot_source(plan, dark)
    program = "neato" if plan.direction == "fixed" else "dot"
    for name, engine in ENGINES.items():
        drawn = engine(source, program, format)
        if drawn is not None:
            return drawn, _said(name)
    return None, _said(BUILT_IN)


def _system(source: str, program: str, format: str) -> bytes | None:
    import graphviz

    keep: dict[str, Any] = {"neato_no_op": 2} if program == "neato" else {}
    try:
        drawn: bytes = graphviz.pipe(program, format, source.encode(), quiet=True, **keep)
    except (graphviz.ExecutableNotFound, graphviz.CalledProcessError):
        return None
    return drawn


def _pygraphviz(source: str, program: str, format: str) -> bytes | None:
    try:
        import pygraphviz
    except ImportError:
        return None
    with _silent():  # the wheel's own Fontconfig complains about the settings of a newer one
        drawn: bytes = pygraphviz.AGraph(string=source).draw(
            format=format, prog="nop2" if program == "neato" else "dot"
        )
    return drawn


@contextmanager
def _silent() -> Iterator[None]:
    """Nothing on standard error, where C code writes past Python."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


ENGINES: dict[str, Callable[[str, str, str], bytes | None]] = {"dot": _system, "pygraphviz": _pygraphviz}
"""The Graphviz programs to try, the first first."""


@functools.cache
def _said(engine: str) -> str:
    """`engine`, said once: a Graphviz in passing, our own layout with what would draw better."""
    if engine == BUILT_IN:
        _log.warning("No Graphviz found: pictures are drawn by %s. For PNG, PDF and a finer layout, %s", engine, _HOW)
    else:
        _log.info("Pictures are drawn by Graphviz (%s).", engine)
    return engine
