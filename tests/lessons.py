"""Runs the example of a lesson, for its tests."""

import contextlib
import io
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name, folder):
    """What the example leaves behind: its variables, with what it printed as ``printed``."""
    pytest.importorskip("matplotlib")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as printed:
        patch.setattr(sys, "argv", [name, "--out", str(folder)])
        variables = runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    return SimpleNamespace(**{**variables, "printed": printed.getvalue()})
