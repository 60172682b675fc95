"""The command line: ``python -m tinygrad_edu demo`` or ``doctor``."""

from __future__ import annotations

import argparse
import platform
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from . import __version__, demo
from .pictures.render import BUILT_IN, ENGINES


def add_demo(parser: argparse.ArgumentParser) -> None:
    """train a logistic regression on Fisher's iris, and draw its computation graph"""
    parser.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR", help="folder to write (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="first weights, example drawn (%(default)s)")
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    parser.set_defaults(run=lambda given: demo.run(given.out, given.seed, given.quiet))


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """say what is installed, and who draws the pictures"""
    parser.set_defaults(run=lambda given: print("\n".join(diagnosis())))


def diagnosis() -> Iterator[str]:
    """Versions, the engine that draws, and the extras, line by line."""
    yield f"tinygrad_edu {__version__}, Python {platform.python_version()}, NumPy {np.__version__}"
    graphviz = [name for name, engine in ENGINES.items() if engine("digraph {}", "dot", "svg")]
    yield f"pictures are drawn by {[*graphviz, BUILT_IN][0]}" + ("" if graphviz else ": SVG and DOT, no PNG or PDF")
    for extra, package in extras():
        version = version_of(package)
        yield f"extra {extra}: {package} {version}" if version else f"extra {extra}: {package} is not installed"


def extras() -> Iterator[tuple[str, str]]:
    """The extras for users, and the package that each brings; none if this package itself is not installed."""
    from importlib import metadata  # slow to import

    installed = version_of("tinygrad_edu")
    for requirement in installed and metadata.requires("tinygrad_edu") or ():
        found = re.match(r"([\w.-]+).*extra == .(\w+)", requirement)
        if found and found[2] not in ("all", "test"):
            yield found[2], found[1]


def version_of(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


COMMANDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {"demo": add_demo, "doctor": add_doctor}
"""Name of each command, and what adds its arguments; its docstring is the help text."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name."""
    parser = argparse.ArgumentParser(
        prog="tinygrad_edu", description="Autodiff whose computation graph is the product."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, add in COMMANDS.items():
        add(commands.add_parser(name, help=add.__doc__, description=add.__doc__))
    given = parser.parse_args(arguments)
    given.run(given)


if __name__ == "__main__":
    main()
