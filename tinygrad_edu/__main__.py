"""The command line: ``python -m tinygrad_edu draw "w*x + b" w=2 x=3 b=1 -o out.svg``; ``--help`` lists the commands."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from . import __version__, demo
from .commands import doctor, graphs
from .commands.answer import Answer
from .errors import TinygradError


def add_demo(parser: argparse.ArgumentParser) -> None:
    """train a logistic regression on Fisher's iris, and draw its computation graph"""
    parser.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR", help="folder to write (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="first weights, example drawn (%(default)s)")
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    parser.set_defaults(run=lambda given: Answer(demo.run(given.out, given.seed, given.quiet)))


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """say what is installed, who draws the pictures, and what to install for the rest"""
    parser.set_defaults(run=lambda given: Answer("\n".join(doctor.diagnosis(__version__))))


COMMANDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "demo": add_demo,
    "doctor": add_doctor,
    "draw": graphs.add_draw,
    "explain": graphs.add_explain,
    "table": graphs.add_table,
    "play": graphs.add_play,
    "check": graphs.add_check,
}
"""Name of each command, and what adds its arguments; its docstring is the help text."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; 0 if all is well, 1 if a check failed, 2 for a mistake in the input."""
    try:
        with np.errstate(all="ignore"):  # NaN and infinity are shown
            answer = answered(sys.argv[1:] if arguments is None else arguments)
    except (TinygradError, OSError, ValueError) as error:
        print(f"tinygrad_edu: {error}", file=sys.stderr)
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no ∂ shows ?
    try:
        print(answer.text, end="\n" if answer.text else "", flush=True)
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return answer.status


def answered(arguments: Sequence[str]) -> Answer:
    parser = argparse.ArgumentParser(
        prog="tinygrad_edu", description="Autodiff whose computation graph is the product.",
        epilog="Exit status: 0 if all is well, 1 if a check failed, 2 for a mistake in the input.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, add in COMMANDS.items():
        add(commands.add_parser(name, help=add.__doc__, description=add.__doc__))
    given, rest = parser.parse_known_args([not_an_option(argument) for argument in arguments])
    if rest and not (hasattr(given, "values") and all(re.match(r"\w+=", argument) for argument in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:  # values that stand behind an option
        given.values += rest
    answer: Answer = given.run(given)
    return answer


def not_an_option(argument: str) -> str:
    """An expression such as ``-y*log(p)`` with a space in front, so that it is not read as options."""
    return f" {argument}" if re.match(r"-[^-=]*[*/+@(]", argument) else argument


if __name__ == "__main__":
    sys.exit(main())
