"""The command line: ``python -m tinygrad_edu demo``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from . import __version__, demo


def add_demo(parser: argparse.ArgumentParser) -> None:
    """train a logistic regression on Fisher's iris, and draw its computation graph"""
    parser.add_argument(
        "--out", type=Path, default=Path("demo"), metavar="DIR", help="folder to write to (%(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="initial weights and the example drawn (%(default)s)"
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    parser.set_defaults(run=lambda given: demo.run(given.out, given.seed, given.quiet))


COMMANDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {"demo": add_demo}
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
