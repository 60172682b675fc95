"""A picture as TikZ, for LaTeX: the places are those of our own layout, every box and text a command of its own."""

from __future__ import annotations

import re
import unicodedata

from ..formulas.latex_names import character
from . import style
from .boxes import Plan
from .drawing import Drawing, PlacedArrow, PlacedBox, Point
from .gridded import gridded
from .layout import layered
from .measure import Line
from .spans import Span

ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
LETTERS = re.compile(r"[^\W\d_][\u0300-\u036f]*|.", re.DOTALL)
ACCENTS = {
    "\u0302": r"\^",
    "\u0304": r"\=",
    "\u0303": r"\~",
    "\u0307": r"\.",
    "\u0301": r"\'",
    "\u0300": r"\`",
    "\u0308": r"\"",
}
QUOTES = {'"': r"\textquotedbl{}", "`": r"\textasciigrave{}"}
PLAIN = frozenset(" .,:;!?()/'=+@")
FLOWS = {"forward": "->", "backward": "<-", "both": "<->", "idle": "-"}
PACKAGES = r"""\usepackage[T1]{fontenc}
\usepackage{lmodern}
\usepackage{amsmath}
\usepackage{tikz}
\usetikzlibrary{arrows.meta}"""


def tikz_document(plan: Plan, dark: bool = False) -> str:
    """The picture as a document of its own, as large as the picture."""
    body = "\n".join(command for command in tikz_commands(placed(plan)) if command)
    ground = rf"\pagecolor{{{name_of('ground')}}}" if dark else ""
    return rf"""\documentclass[border=0pt]{{standalone}}
{PACKAGES}
{palette(dark)}
\begin{{document}}{ground}
{picture(body)}
\end{{document}}
"""


def placed(plan: Plan) -> Drawing:
    return gridded(plan) if plan.direction == "fixed" else layered(plan)


def picture(body: str, scale: float = 1) -> str:
    """The commands as a TikZ picture in points, y downwards."""
    options = rf"x={scale:.4g}bp, y=-{scale:.4g}bp, >={{Latex[scale={scale:.3g}]}}"
    return f"\\begin{{tikzpicture}}[{options}]\n\\sffamily\n{body}\n\\end{{tikzpicture}}"


def palette(dark: bool) -> str:
    """The colours by their roles."""
    colours = style.DARK if dark else style.LIGHT
    return "\n".join(rf"\definecolor{{{name_of(role)}}}{{HTML}}{{{code[1:]}}}" for role, code in colours.items())


def name_of(role: str) -> str:
    return "tg" + style.INK.get(role, role).replace("-", "")


def tikz_commands(drawing: Drawing, scale: float = 1) -> list[str]:
    """One command for each thing that is drawn; those of what is hidden are empty, so that frames can be compared."""
    found = [rf"\useasboundingbox (0,0) rectangle {point((drawing.width, drawing.height))};"]
    for frame in drawing.frames:
        left, top, right, bottom = frame.edges
        options = f"draw={name_of('data')}, rounded corners={8 * scale:.3g}bp"
        found += [rectangle((left, top), (right, bottom), options), text(frame.label, scale)]
    found += [command for arrow in drawing.arrows for command in arrow_commands(arrow, drawing.down, scale)]
    found += [command for box in drawing.boxes for command in box_commands(box, scale)]
    return found + [text(line, scale) for line in drawing.texts]


def box_commands(box: PlacedBox, scale: float) -> list[str]:
    frame = style.FRAMES[box.box.kind]
    ring = "" if box.box.ring == "hidden" else box.box.ring
    line, width = ring or frame.line, (frame.width + 2 * bool(ring)) * scale
    look = f"draw={name_of(line)}, fill={name_of(frame.fill)}, line width={width:.3g}bp"
    left, top, right, bottom = box.edges
    if box.box.kind in style.CIRCLE:
        middle = point(((left + right) / 2, (top + bottom) / 2))
        shape = rf"\draw[{look}] {middle} circle[radius={(right - left) / 2 * scale:.4g}bp];"
    else:
        shape = rectangle((left, top), (right, bottom), f"{look}, rounded corners={8 * scale:.3g}bp")
    return [shape, *(text(line, scale) for line in box.block.moved(box.x, box.y))]


def arrow_commands(placed: PlacedArrow, down: bool, scale: float) -> list[str]:
    """The line, and its label; a line that goes both ways is drawn in the colour of the backward pass."""
    arrow = placed.arrow
    dashes = ", dashed" if arrow.negative or arrow.flow == "idle" else ""
    width = style.arrow_width(arrow) * scale
    look = f"{FLOWS[arrow.flow]}, draw={name_of(style.arrow_role(arrow))}, line width={width:.3g}bp{dashes}"
    way = path(placed.points, placed.straight, down) if len(placed.points) > 1 else ""
    line = rf"\draw[{look}] {way};" if way else ""
    return [line, *(text(label, scale) for label in placed.label)]


def path(points: tuple[Point, ...], straight: bool, down: bool) -> str:
    """Lines where the way is level, curves between."""
    steps = [point(points[0])]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if straight or (x0 == x1 if down else y0 == y1):
            steps.append(f"-- {point((x1, y1))}")
        else:
            one, other = (
                ((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)) if down else (((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1))
            )
            steps.append(f".. controls {point(one)} and {point(other)} .. {point((x1, y1))}")
    return " ".join(steps)


def rectangle(one: Point, other: Point, look: str) -> str:
    return rf"\draw[{look}] {point(one)} rectangle {point(other)};"


def point(place: Point) -> str:
    return f"({place[0]:.2f},{place[1]:.2f})"


def text(line: Line, scale: float = 1) -> str:
    """The runs of a line as a node, or nothing if they are hidden."""
    if not line.spans or any(span.role == "hidden" for span in line.spans):
        return ""
    runs = "".join(run(span, scale) for span in line.spans)
    return rf"\node[anchor={ANCHORS[line.anchor]}, inner sep=0pt] at {point((line.x, line.y))} {{{runs}}};"


def run(span: Span, scale: float) -> str:
    size = f"{span.size * scale:.3g}bp"
    weight = r"\bfseries\boldmath" if span.bold else ""
    return (
        rf"{{\fontsize{{{size}}}{{{size}}}\selectfont{weight}\color{{{name_of(span.role)}}}{{}}{escaped(span.text)}}}"
    )


def escaped(words: str) -> str:
    r"""Text that LaTeX shows as it stands, whatever it is.

    >>> escaped("ŷ is 50% of w₁")
    '\\^{y} is 50\\ensuremath{\\%} of w\\ensuremath{{}_{1}}'
    """
    letters = unicodedata.normalize("NFD", words.replace("\u00a0", " "))
    return "".join(map(letter, LETTERS.findall(letters))).replace("  ", r"\ \ ")


def letter(shown: str) -> str:
    """One letter with its accents, upright where the text font has it, else from mathematics."""
    if shown in QUOTES:
        return QUOTES[shown]
    if shown in PLAIN or shown.isascii() and shown.isalnum():
        return shown
    if len(shown) == 2 and shown[0].isascii() and shown[1] in ACCENTS:
        return rf"{ACCENTS[shown[1]]}{{{shown[0]}}}"
    return "".join(rf"\ensuremath{{{character(c)}}}" for c in unicodedata.normalize("NFC", shown))
