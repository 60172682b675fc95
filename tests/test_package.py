"""The package as it is installed: metadata, extras, and which way imports point."""

from __future__ import annotations

import ast
import configparser
import fnmatch
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

import tinygrad_edu

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tinygrad_edu"
MODULES = sorted(PACKAGE.rglob("*.py"))

PLACES = re.findall(r"^\| (`.*?) \|", (ROOT / "docs" / "modules.md").read_text(encoding="utf-8"), re.MULTILINE)
HOUSE = re.findall(r"`(\w+)`", " ".join(PLACES))
"""Every module or folder of modules, each after all that it may import."""


@pytest.fixture(scope="module")
def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


# ---------------------------------------------------------------------- what is installed


def test_the_version_is_a_literal_in_one_place() -> None:
    changelog = (ROOT / "docs" / "changelog.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == tinygrad_edu.__version__
    for file in ("setup.cfg", "pyproject.toml"):
        assert tinygrad_edu.__version__ not in (ROOT / file).read_text(encoding="utf-8")


def test_the_core_needs_numpy_and_graphviz_alone(setup: configparser.ConfigParser) -> None:
    assert setup["options"]["install_requires"].split() == ["numpy>=2.0", "graphviz"]


def test_all_holds_every_extra_of_users_but_the_compiler(setup: configparser.ConfigParser) -> None:
    extras = dict(setup["options.extras_require"])
    everything, _, _ = set(extras.pop("all").split()), extras.pop("test"), extras.pop("fast")
    assert everything == {name for needs in extras.values() for name in needs.split()}


def test_files_that_are_not_python_are_installed_too(setup: configparser.ConfigParser) -> None:
    patterns = setup["options.package_data"]["*"].split(", ")
    files = [f for f in PACKAGE.rglob("*") if f.is_file() and f.suffix != ".py" and "__pycache__" not in f.parts]
    assert [f for f in files if not any(fnmatch.fnmatch(f.name, pattern) for pattern in patterns)] == []
    assert PACKAGE / "py.typed" in files


def test_the_console_script_starts_the_command_line(setup: configparser.ConfigParser) -> None:
    name, _, value = setup["options.entry_points"]["console_scripts"].strip().partition(" = ")
    assert callable(metadata.EntryPoint(name, value, "console_scripts").load())


def test_the_readme_sets_everything_up_with_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[0]
    assert block.splitlines() == [
        'python3 -m venv .venv && .venv/bin/pip install ".[all]" && .venv/bin/python -m tinygrad_edu demo',
        'python3 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/python -m pytest',
    ]


# ---------------------------------------------------------------------- without the extras


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout


def test_every_module_without_the_extras_imports_or_names_the_extra() -> None:
    python(WITHOUT_EXTRAS)


WITHOUT_EXTRAS = """
import importlib, pkgutil, sys
import tinygrad_edu

for name in ("matplotlib", "numba", "pygraphviz", "scipy", "sklearn", "sympy"):
    sys.modules[name] = None
for module in pkgutil.walk_packages(tinygrad_edu.__path__, "tinygrad_edu."):
    if not module.name.endswith("__main__"):
        try:
            importlib.import_module(module.name)
        except tinygrad_edu.errors.MissingExtraError as error:
            assert 'pip install "tinygrad_edu[' in str(error) and 'pip install ".[' in str(error), error
"""


def test_public_names_are_listed_in_order_and_explained() -> None:
    assert tinygrad_edu.__all__ == sorted(tinygrad_edu.__all__)
    silent = [name for name in tinygrad_edu.__all__ if not getattr(tinygrad_edu, name).__doc__]
    assert not silent


# ---------------------------------------------------------------------- which way imports point


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(module: Path) -> None:
    if module == PACKAGE / "__init__.py":
        return
    room = room_of(module)
    assert room in HOUSE, f"{module.name} has no place in the order of the house"
    for imported, line in imports_of(module):
        target = room_of(imported)
        allowed = HOUSE[: HOUSE.index(room) + 1] + ["__init__"] * (room == "__main__")
        assert target in allowed, f"line {line}: {room} must not import {target}"


def test_no_imports_go_in_circles() -> None:
    waiting = {module: {target for target, _ in imports_of(module)} - {module} for module in MODULES}
    while free := [module for module, targets in waiting.items() if not targets & waiting.keys()]:
        for module in free:
            del waiting[module]
    assert not waiting


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(module: Path) -> Iterator[tuple[Path, int]]:
    """The modules of the package that a module imports at run time, also inside functions, with the line."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for hint in [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]:
        hint.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("tinygrad_edu")):
            base = module.parents[node.level - 1] if node.level else ROOT
            folder = base.joinpath(*(node.module or "").split("."))
            yield from ((source(folder / alias.name) or source(folder), node.lineno) for alias in node.names)
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.split(".")[0] == "tinygrad_edu"]
            yield from ((source(ROOT.joinpath(*name.split("."))), node.lineno) for name in names)


def source(path: Path) -> Path | None:
    """The file that an import of `path` runs, if it is a module."""
    return next((f for f in (path / "__init__.py", path.with_suffix(".py")) if f.exists()), None)
