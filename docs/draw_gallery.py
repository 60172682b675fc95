"""Draw the pictures of the pages below by running their code: ``python docs/draw_gallery.py [page.md ...]``."""

import doctest
import os
import re
import shlex
import sys
from pathlib import Path

from tinygrad_edu.__main__ import main

DOCS = Path(__file__).parent
PAGES = (
    "gallery.md", "large-graphs.md", "step-through.md", "forward-mode.md", "bug-lab.md", "command-line.md",
    "questions.md", "data-and-metrics.md", "compile.md",
)  # fmt: skip


def draw_gallery(folder: Path, pages: tuple[str, ...] = PAGES) -> None:
    """Run every code block of the pages, one after the other, so that the pictures land in `folder`."""
    folder.mkdir(exist_ok=True)
    before = Path.cwd()
    for page in pages:
        text = (DOCS / page).read_text(encoding="utf-8")
        names: dict[str, object] = {"__name__": "__main__"}
        os.chdir(folder)
        try:
            for code in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
                if not code.startswith("# tinygrad_edu/") and "\nTraceback" not in code:
                    exec(compile(script(code), page, "exec"), names)
            for command in re.findall(r"^python -m tinygrad_edu (draw .* -o .*\.svg)$", text, re.MULTILINE):
                main(shlex.split(command))
        finally:
            os.chdir(before)


def script(code: str) -> str:
    """The block as a program: of a session, what was typed."""
    return doctest.script_from_examples(code) if ">>>" in code else code


if __name__ == "__main__":
    draw_gallery(DOCS / "pictures", tuple(sys.argv[1:]) or PAGES)
