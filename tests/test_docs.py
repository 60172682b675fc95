"""What the documentation says is run: every example of every page and docstring; links and pictures resolve."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tinygrad_edu import primitive

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONAL = re.compile(r"^(?:>>> )?import (torch|numba)$|backend=\"(numba)\"", re.MULTILINE)
"""What blocks need that may not be installed; without it they are left out."""
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<(?:img|source)[^>]*src(?:set)?=\"([^\"]+)\"")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples that write files write them here."""
    monkeypatch.chdir(tmp_path)


def run(examples: doctest.DocTest) -> None:
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=report.append, clear_globs=False)
    assert not report, "".join(report)


# ---------------------------------------------------------------------- pages


@every_page
def test_python_blocks_run_as_they_stand(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in FENCE.finditer(text):
        language, code = block.groups()
        if (needed := OPTIONAL.search(code)) and not importlib.util.find_spec(needed[1] or needed[2]):
            continue
        line = text.count("\n", 0, block.start(2))
        if ">>>" in code:
            examples = doctest.DocTestParser().get_doctest(code, names, page.name, str(page), line)
            examples.globs = names  # not a copy: a page is one session
            run(examples)
        elif language == "python" and not listed_file(code):
            exec(compile("\n" * line + code, page, "exec"), names)


@every_page
def test_listings_are_what_the_files_say(page: Path) -> None:
    for _, code in FENCE.findall(page.read_text(encoding="utf-8")):
        if file := listed_file(code):
            source = file.read_text(encoding="utf-8")
            for excerpt in code.partition("\n")[2].split("...\n"):
                assert excerpt in source, f"{file.name} no longer reads\n{excerpt}"


def listed_file(code: str) -> Path | None:
    """The file that a block is an excerpt of, if its first line is the comment that names one."""
    named = re.match(r"# (tinygrad_edu/\S+\.py)\n", code)
    return ROOT / named[1] if named else None


@every_page
def test_blocks_say_what_they_are(page: Path) -> None:
    for language, code in FENCE.findall(page.read_text(encoding="utf-8")):
        assert language in ("python", "sh", "text"), f"A block of {language or 'no language'}:\n{code}"
        assert language == "python" or ">>>" not in code, f"A session that is not marked as python:\n{code}"


@every_page
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    dead = [f"{target}#{anchor}" for target, anchor in local_links(page) if not leads_somewhere(target, anchor)]
    assert not dead, f"{page.name} points to what does not exist: {dead}"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = {PAGES[0]}, [PAGES[0]]
    while waiting:
        for target, _ in local_links(waiting.pop()):
            if target in PAGES and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert [page.relative_to(ROOT).as_posix() for page in PAGES if page not in reached] == []


@every_page
def test_no_path_of_one_machine(page: Path) -> None:
    found = re.findall(
        r"(?<![\w./])/(?:home|root|tmp|Users|work|opt)/\S+|\b[A-Z]:\\\S+", page.read_text(encoding="utf-8")
    )
    assert not found


def local_links(page: Path) -> list[tuple[Path, str]]:
    """What a page links to within the project, as files and anchors; code is not searched."""
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))
    targets = [link or picture for link, picture in LINK.findall(prose)]
    parts = [target.partition("#") for target in targets if not target.startswith(("http:", "https:"))]
    return [((page.parent / file).resolve() if file else page, anchor) for file, _, anchor in parts]


def leads_somewhere(target: Path, anchor: str) -> bool:
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> list[str]:
    """The headings of a page as addresses, spelled as GitHub does."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


# ---------------------------------------------------------------------- docstrings


class Finder(doctest.DocTestFinder):
    """Finds the examples of decorated functions too.

    The standard finder compares global variables, so a function made by `primitive` or `contextmanager`
    seems to come from elsewhere and its examples would never run.
    """

    def _from_module(self, module: Any, object: Any) -> bool:
        return getattr(object, "__module__", None) == module.__name__


FILES = sorted(file.relative_to(ROOT).with_suffix("") for file in (ROOT / "tinygrad_edu").rglob("*.py"))
MODULES = [".".join(file.parts).removesuffix(".__init__") for file in FILES]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    for examples in Finder(exclude_empty=True).find(importlib.import_module(name)):
        run(examples)


def test_examples_of_decorated_functions_are_found() -> None:
    @primitive(lambda g, y, x: g)
    def made(x: Any) -> Any:
        """The identity.

        >>> 1
        2
        """

    module = ModuleType("somewhere")
    made.__module__, module.made = "somewhere", made  # type: ignore[attr-defined]
    [examples] = Finder(exclude_empty=True).find(module)
    with pytest.raises(AssertionError, match=r"Expected:\s+2\s+Got:\s+1"):
        run(examples)
