"""Draw the pictures of gallery.md by running its code: ``python docs/draw_gallery.py``."""

import os
import re
from pathlib import Path

DOCS = Path(__file__).parent


def draw_gallery(folder: Path) -> None:
    """Run every code block of the page, one after the other, so that the pictures land in `folder`."""
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    folder.mkdir(exist_ok=True)
    names: dict[str, object] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for code in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
            exec(compile(code, "gallery.md", "exec"), names)
    finally:
        os.chdir(before)


if __name__ == "__main__":
    draw_gallery(DOCS / "pictures")
