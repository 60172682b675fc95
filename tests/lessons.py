"""Runs the example of a lesson, and compares its pictures with the chapter."""

import contextlib
import io
import re
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
CHAPTERS = Path(__file__).parent.parent / "docs" / "lessons"


def run(name, folder):
    """What the example leaves behind: its variables, with what it printed as ``printed``."""
    pytest.importorskip("matplotlib")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as printed:
        patch.setattr(sys, "argv", [name, "--out", str(folder)])
        variables = runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    return SimpleNamespace(**{**variables, "printed": printed.getvalue()})


def chapter(number):
    """The file of a chapter."""
    (path,) = CHAPTERS.glob(f"{number}-*.md")
    return path


def check_pictures(folder, number):
    """The pictures in the folder are those of the chapter, by name, all shown in it; small, with text as text."""
    shown = set(re.findall(r"\(pictures/(\S+\.svg)\)", chapter(number).read_text("utf-8")))
    kept = {path.name for path in (CHAPTERS / "pictures").glob(f"{number}_*.svg")}
    assert {path.name for path in folder.iterdir()} == shown == kept
    for path in folder.iterdir():
        svg = path.read_text("utf-8")
        assert "<text" in svg, path.name
        assert len(svg.encode()) < 100_000, path.name
