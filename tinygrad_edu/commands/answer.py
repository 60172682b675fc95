"""What a command has to say: the text for standard output, and the exit status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import UnsupportedError

Formats = Mapping[str, Callable[[], str]]
"""By the suffix of a file, how the text for it is made."""


class Answer(NamedTuple):
    text: str = ""
    status: int = 0


def written(out: Path, formats: Formats) -> Answer:
    """Write the text that the suffix of `out` asks for.

    Raises
    ------
    UnsupportedError
        If there is no such format.
    """
    if out.suffix.lower() not in formats:
        raise UnsupportedError(f"Cannot write {out.name!r}: the name must end in {', '.join(formats)}.")
    out.write_text(formats[out.suffix.lower()](), encoding="utf-8")
    return Answer(f"Wrote {out}")
