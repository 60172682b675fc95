"""The page that steps through both passes, in the user's hands: in a notebook, or in a file."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Any

from ..pictures.picture import checked_path

HEIGHT = 640
"""Pixels of the frame in a notebook."""


class Player:
    """One page that asks nothing of the network (`html`); displays itself in Jupyter, in a frame of its own."""

    def __init__(self, title: str, html: str) -> None:
        self.title = title
        self.html = html

    def save(self, path: str | Path) -> Path:
        """Write the page to `path`, which ends in .html."""
        path = checked_path(path, (".html",), "a page")
        path.write_text(self.html, encoding="utf-8")
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What Jupyter shows: the page in a frame, so that its scripts and styles touch nothing else."""
        # not srcdoc: such a page has the address of the notebook, and may not link to its own steps
        address = f"data:text/html;charset=utf-8;base64,{b64encode(self.html.encode()).decode()}"
        look = f'width="100%" height="{HEIGHT}" style="border:0"'
        frame = f'<iframe title="{escape(self.title)}" src="{address}" sandbox="allow-scripts" {look}></iframe>'
        return {"text/html": frame, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Player {self.title!r}: {len(self.html) / 1000:.0f} kB>"
