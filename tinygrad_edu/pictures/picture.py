"""A picture in the user's hands: its DOT text, its SVG, files, the screen and notebooks."""

from __future__ import annotations

import functools
import re
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

from . import style
from .boxes import Plan
from .dot import dot_source
from .mermaid import mermaid_source
from .render import render_file, render_svg
from .tikz import tikz_document

SUFFIXES = (".svg", ".png", ".pdf", ".dot", ".tex")


class Picture:
    """A drawn computation graph; displays itself in Jupyter.

    Parameters
    ----------
    plan
        What is drawn.
    dark
        Fixes the picture to light or dark. By default an SVG follows its reader's choice, and PNG and PDF are light.

    Examples
    --------
    >>> from tinygrad_edu.pictures.boxes import Arrow, Box, Plan
    >>> boxes = Box("x", "data", ("x",)), Box("y", "loss", ("y = x²",))
    >>> picture = Picture(Plan("A parabola", boxes, (Arrow("x", "y", "forward"),)))
    >>> picture
    <Picture 'A parabola': 2 boxes, 1 arrow>
    >>> print(picture.source.splitlines()[-2].strip())
    n0 -> n1 [color="#1B1F24", penwidth="1"]
    """

    def __init__(self, plan: Plan, dark: bool | None = None) -> None:
        self.plan = plan
        self.dark = dark

    @property
    def source(self) -> str:
        """The picture in the DOT language, the same text in every run."""
        return dot_source(self.plan, bool(self.dark))

    @property
    def mermaid(self) -> str:
        """The picture as a Mermaid flowchart, for Markdown pages."""
        return mermaid_source(self.plan)

    @property
    def svg(self) -> str:
        """The picture as SVG."""
        return self._drawn[0]

    @property
    def engine(self) -> str:
        """Who laid the picture out: ``dot``, ``pygraphviz`` or ``the built-in layout``."""
        return self._drawn[1]

    @functools.cached_property
    def _drawn(self) -> tuple[str, str]:
        return render_svg(self.plan, self.dark)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points, with text of 14 points in the boxes."""
        found = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', self.svg)
        assert found is not None
        return float(found[1]), float(found[2])

    @property
    def slide_font(self) -> float:
        """The size in points of the text in boxes when the picture fills a 16:9 slide; under 10 is hard to read."""
        return style.BOX_SIZE * min(room / own for room, own in zip(style.SLIDE, self.size))

    def save(self, path: str | Path, dark: bool | None = None) -> Path:
        """Write the picture to `path`, whose suffix says how: .svg, .png, .pdf, .dot, or .tex (TikZ).

        An SVG follows its reader's choice of light or dark unless `dark` fixes it; the others are light by default.

        Raises
        ------
        ValueError
            If the suffix is another one.
        FileNotFoundError
            If the folder does not exist.
        MissingExtraError
            If a PNG or PDF is wanted and there is no Graphviz.
        """
        path, dark = checked_path(path, SUFFIXES, "a picture"), self.dark if dark is None else dark
        path.write_bytes(self._bytes(path.suffix.lower(), dark))
        return path

    def _bytes(self, suffix: str, dark: bool | None) -> bytes:
        if suffix == ".dot":
            return dot_source(self.plan, bool(dark)).encode()
        if suffix == ".tex":
            return tikz_document(self.plan, bool(dark)).encode()
        if suffix == ".svg":
            return (self.svg if dark == self.dark else render_svg(self.plan, dark)[0]).encode()
        return render_file(self.plan, suffix[1:], bool(dark))

    def show(self) -> None:
        """Open the picture in the browser; where there is none, say in which file it is."""
        with tempfile.NamedTemporaryFile("w", suffix=".svg", delete=False, encoding="utf-8") as file:
            file.write(self.svg)
        if not _opened(Path(file.name).as_uri()):
            print(f"No browser to show the picture in; it is in {file.name}")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What Jupyter shows: the SVG, or the text where drawing fails, never an error."""
        try:
            return {"image/svg+xml": self.svg, "text/plain": repr(self)}
        except Exception as error:
            return {"text/plain": f"{self!r} could not be drawn: {error}"}

    def __repr__(self) -> str:
        return f"<Picture {self.plan.title!r}: {self.plan.counts}>"


def checked_path(path: str | Path, suffixes: tuple[str, ...], what: str) -> Path:
    """The path, if its name has one of the suffixes and its folder exists."""
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"cannot save {what} as {path.name!r}: the name must end in {', '.join(suffixes)}")
    if not path.parent.is_dir():
        folder = str(path.parent)
        raise FileNotFoundError(f"cannot save {path.name!r}: there is no folder {folder!r}; create it first")
    return path


def _opened(address: str) -> bool:
    try:
        return webbrowser.open(address)
    except (OSError, webbrowser.Error):
        return False
