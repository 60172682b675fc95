"""The commands that take an expression and values: each is a function of the parsed arguments."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..checking import gradcheck
from ..errors import GradientError, UnsupportedError
from ..formulas.check import check_derivation
from ..formulas.explain import explain
from ..formulas.table import trace_table
from ..pictures.draw import draw, draw_backward, draw_forward
from ..pictures.picture import Picture
from ..replay import leaves_first
from ..stepping.page import play
from ..tensor import Tensor
from .answer import Answer, Formats, written
from .program import Program
from .values import tensors

PASSES: dict[str, Callable[..., Picture]] = {"both": draw, "forward": draw_forward, "backward": draw_backward}

VALUES = """
values are numbers or lists of numbers (w=0.5, x=[[1,2],[3,4]]), or files (x=@points.csv, y=@labels.npy).
What is typed is a variable: derivatives are taken with respect to it. What comes from a file, and what --data names,
is data, and takes none. Quote what the shell would read: "w=[0.1,-0.2]".

Steps may have names: "z = w@x + b; y_hat = sigmoid(z); L = -log(y_hat)" draws a box for each.
The expression is parsed, never executed: operators, indices, and the functions that have derivatives.

examples:
"""
LOGISTIC = '"mean(log(1 + exp(-y*(x@w + b))))" "w=[0.1,-0.2]" b=0 "x=[[1,2],[3,4]]" "y=[1,-1]" --data x,y'
EXAMPLES = {
    "draw": (
        f"{LOGISTIC} -o out.svg",
        '"a = x*x; L = a + x" x=3 --pass backward -o shared.png',
        '"sin(x)**2" x=1 | dot -Tpdf',
    ),
    "explain": (f"{LOGISTIC} --wrt w -o w.md", '"e = w*x - y; L = e**2" w=0.5 x=2 y=3 --data x,y --wrt w'),
    "play": ('"z = w*x + b; y_hat = sigmoid(z); L = -log(y_hat)" w=0.5 x=2 b=-1 --data x -o steps.html --lr 0.1',),
    "table": ('"e = w*x - y; L = e**2" w=0.5 x=2 y=3 --data x,y', f"{LOGISTIC} --detail operations -o table.csv"),
    "check": (LOGISTIC, '"e = w*x - y; L = e**2" w=0.5 x=2 y=3 --data x,y --line "e = 2*e" --line "w = 2*e*x"'),
}


def add_values(parser: ArgumentParser, command: str) -> None:
    """The arguments that all of these commands have."""
    parser.add_argument("expression", help='what is computed, such as "mean((x@w - y)**2)"')
    parser.add_argument("values", nargs="*", metavar="name=value", help="a value for each name in the expression")
    parser.add_argument("--data", default="", metavar="NAMES", help="typed values that take no gradient, as in x,y")
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = VALUES.lstrip() + "\n".join(f"  python -m tinygrad_edu {command} {e}" for e in EXAMPLES[command])


def given_values(given: Namespace) -> dict[str, Tensor]:
    return tensors(given.values, [name for name in given.data.split(",") if name])


def add_draw(parser: ArgumentParser) -> None:
    """draw the computation graph of an expression; without -o, print it in the DOT language"""
    add_values(parser, "draw")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="FILE",
        help="where to: .svg, .png, .pdf, .dot, .tex (TikZ), .md (Mermaid) or .html (the page of play)",
    )  # fmt: skip
    parser.add_argument("--pass", dest="flow", choices=PASSES, default="both", help="%(default)s by default")
    parser.add_argument("--detail", choices=("named", "operations"), help="a box for each name, or for each operation")
    parser.add_argument("--direction", choices=("LR", "TB"), help="left to right, or top down")
    parser.add_argument("--dark", action="store_true", default=None, help="light text on a dark ground")
    parser.set_defaults(run=run_draw)


def run_draw(given: Namespace) -> Answer:
    output = Program(given.expression).graph(given_values(given))
    if given.out and given.out.suffix.lower() == ".html":
        return Answer(f"Wrote {play(output, given.out, detail=given.detail, direction=given.direction)}")
    picture = PASSES[given.flow](output, given.detail, given.direction)
    if given.out is None:
        return Answer(picture.source.rstrip("\n"))
    if given.out.suffix.lower() == ".md":
        return written(given.out, {".md": lambda: f"```mermaid\n{picture.mermaid.rstrip()}\n```\n"})
    return Answer(f"Wrote {picture.save(given.out, given.dark)}")


def add_explain(parser: ArgumentParser) -> None:
    """write the chain rule out, step by step, for each variable; without -o, print it"""
    add_values(parser, "explain")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="where to: .md, .tex or .txt")
    parser.add_argument("--wrt", default="", metavar="NAMES", help="only for these values or steps, as in w,z")
    parser.add_argument("--detail", choices=("named", "operations"), help="a step for each name, or for each operation")
    parser.add_argument("--simplify", action="store_true", help="as short as SymPy finds it (extra sympy)")
    parser.set_defaults(run=run_explain)


def run_explain(given: Namespace) -> Answer:
    output = Program(given.expression).graph(given_values(given))
    pages = [explain(output, x, given.detail, given.simplify) for x in chosen(output, given.wrt)]
    formats: Formats = {
        ".md": lambda: "\n".join(page.markdown for page in pages),
        ".tex": lambda: "\n".join(page.latex for page in pages),
        ".txt": lambda: "\n\n".join(map(str, pages)) + "\n",
    }
    return written(given.out, formats) if given.out else Answer(formats[".txt"]().rstrip("\n"))


def chosen(output: Tensor, names: str) -> list[Tensor]:
    """The values and steps of these names; all variables if there are none.

    Raises
    ------
    UnsupportedError
        If a name is not in the graph.
    """
    nodes = [node for node in leaves_first(output) if isinstance(node, Tensor)]
    by_name = {node.name: node for node in nodes if node.name}
    wanted = [name for name in names.split(",") if name]
    if missing := [name for name in wanted if name not in by_name]:
        raise UnsupportedError(f"--wrt names {', '.join(missing)}; what has a name is {', '.join(by_name)}.")
    variables = [node for node in nodes if node.row is None and node.requires_grad]
    return [by_name[name] for name in wanted] or variables or [output]


def add_table(parser: ArgumentParser) -> None:
    """list every value with its derivative; without -o, print the table"""
    add_values(parser, "table")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="where to: .md, .tex, .csv or .txt")
    parser.add_argument("--detail", choices=("named", "operations"), help="a row for each name, or for each operation")
    parser.set_defaults(run=run_table)


def run_table(given: Namespace) -> Answer:
    table = trace_table(Program(given.expression).graph(given_values(given)), detail=given.detail)
    formats: Formats = {
        ".md": lambda: table.markdown,
        ".tex": lambda: table.latex,
        ".csv": lambda: table.csv,
        ".txt": lambda: f"{table}\n",
    }
    return written(given.out, formats) if given.out else Answer(str(table))


def add_play(parser: ArgumentParser) -> None:
    """write a page that steps through both passes"""
    add_values(parser, "play")
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("steps.html"), metavar="FILE", help="where to (%(default)s)"
    )
    parser.add_argument("--quiz", action="store_true", help="ask for each gradient before it is shown")
    parser.add_argument("--lr", type=float, metavar="RATE", help="end with an update at this learning rate")
    parser.add_argument("--detail", choices=("named", "operations"), help="a box for each name, or for each operation")
    parser.set_defaults(run=run_play)


def run_play(given: Namespace) -> Answer:
    output = Program(given.expression).graph(given_values(given))
    return Answer(f"Wrote {play(output, given.out, given.quiz, given.lr, given.detail)}")


def add_check(parser: ArgumentParser) -> None:
    """compare the derivatives with central differences, and your own lines with the engine; status 1 if one is wrong"""
    add_values(parser, "check")
    parser.add_argument(
        "--line", action="append", default=[], metavar="NAME=EXPRESSION",
        help='a line of your derivation, "z = y_hat - y" for ∂L/∂z; may be repeated',
    )  # fmt: skip
    parser.set_defaults(run=run_check)


def run_check(given: Namespace) -> Answer:
    program, values = Program(given.expression), given_values(given)
    output = program.graph(values)
    if given.line:
        found = check_derivation(output, named_lines(given.line))
        return Answer(str(found), 0 if found else 1)
    try:
        return Answer(str(numeric_check(program, values)))
    except GradientError as error:
        return Answer(str(error), 1)


def named_lines(lines: list[str]) -> dict[str, str]:
    """What stands after the ``=`` of each line, by what stands before it."""
    found: dict[str, str] = {}
    for line in lines:
        name, sign, text = line.partition("=")
        if not sign or not name.strip().isidentifier() or name.strip() in found:
            raise UnsupportedError(f'{line!r} is not a line: write --line "z = y_hat - y", once for each name.')
        found[name.strip()] = text.strip()
    return found


def numeric_check(program: Program, values: dict[str, Tensor]) -> Any:
    """The report of `gradcheck` over all variables."""

    def function(*arrays: Any) -> Any:
        return program.evaluate(dict(zip(values, arrays)))

    if not any(x.requires_grad for x in values.values()):
        raise UnsupportedError("All values are data: there is no derivative to check.")
    function.__name__ = program.text
    return gradcheck(function, *values.values())
