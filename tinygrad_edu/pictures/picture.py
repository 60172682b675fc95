"""A picture in the user's hands: its DOT text, its SVG, files, the screen and notebooks."""

from __future__ import annotations

import functools
from pathlib import Path

from .boxes import Plan
from .dot import dot_source
from .render import render


class Picture:
    """A drawn plan."""

    def __init__(self, plan: Plan, dark: bool = False) -> None:
        self.plan = plan
        self.dark = dark

    @property
    def source(self) -> str:
        """The picture in the DOT language."""
        return dot_source(self.plan, self.dark)

    @functools.cached_property
    def svg(self) -> str:
        return render(self.plan, "svg", self.dark)[0].decode()

    def save(self, path: str | Path, dark: bool | None = None) -> Path:
        path = Path(path)
        data, _ = render(self.plan, path.suffix[1:], self.dark if dark is None else dark)
        path.write_bytes(data)
        return path
