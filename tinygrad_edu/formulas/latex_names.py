r"""Names, numbers and words of Unicode in LaTeX: ŷ₁ is ``\hat{y}_{1}``; what is hostile is spelled out."""

from __future__ import annotations

import re
import unicodedata

from .names import ACCENTS, GREEK, NUMERIC, SUBSCRIPTS, SUPERSCRIPTS

LETTERS = {letter: rf"\{name}" for name, letter in GREEK.items() if name != "omicron"} | {"∂": r"\partial"}
SIGNS = {
    "Σ": r"\sum", "Π": r"\prod", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "−": "-", "·": r"\cdot", "⊙": r"\odot",
    "*": r"\ast", "|": r"\vert", "‖": r"\Vert", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
    "∞": r"\infty", "…": r"\ldots", "≈": r"\approx", "←": r"\leftarrow", "⋯": r"\cdots",
    "_": r"\_", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "{": r"\{", "}": r"\}", "\\": r"\backslash",
    "^": r"\wedge", "~": r"\sim", " ": r"\ ", "'": "{'}", "′": "{'}", **{c: c for c in "=<>+-/()[],:.!?;@"},
}  # fmt: skip
MARKS = {mark: rf"\{name}" for name, mark in ACCENTS.items()} | {
    "\u0301": r"\acute", "\u0300": r"\grave", "\u0308": r"\ddot", "\u030c": r"\check", "\u0306": r"\breve",
}  # fmt: skip
FUNCTIONS = frozenset("arccos arcsin arctan cos cosh cot det exp ln log max min sin sinh tan tanh".split())
LOWERED = {chr(low): chr(plain) for plain, low in SUBSCRIPTS.items()}
LIFTED = {chr(high): chr(plain) for plain, high in SUPERSCRIPTS.items()} | {"⁻": "-"}

LOW = f"[{''.join(LOWERED)}]"
USUAL = re.compile(rf"(?P<letter>[^\W\d_])(?P<marks>[\u0300-\u036f]*)(?P<primes>′*)(?P<low>{LOW}*)")
WORD = re.compile(
    rf"(?P<word>[A-Za-z][A-Za-z0-9_]+)(?P<low>{LOW}*)|(?P<lowered>{LOW}+)|(?P<sign>[0-9][0-9.]*|.)", re.DOTALL
)
DERIVATIVE = re.compile("∂(Σ?)(.+)/∂(.+)", re.DOTALL)
SCIENTIFIC = re.compile(r"(\d[\d.]*)e(−?\d+)")


def latex_name(name: str) -> str:
    r"""A name as it is shown, in LaTeX; more than one letter stands upright.

    >>> latex_name("ŷ₁"), latex_name("θ"), latex_name("∂L/∂w"), latex_name("learning_rate")
    ('\\hat{y}_{1}', '\\theta', '\\frac{\\partial L}{\\partial w}', '\\mathrm{learning\\_rate}')
    """
    if found := DERIVATIVE.fullmatch(name):
        above = (r"\sum " if found[1] else "") + latex_name(found[2])
        return rf"\frac{{\partial {above}}}{{\partial {latex_name(found[3])}}}"
    if NUMERIC.fullmatch(name):
        return latex_number(name)
    parts = USUAL.fullmatch(unicodedata.normalize("NFD", name))
    if not parts or any(mark not in MARKS for mark in parts["marks"]):
        return upright(name)
    shown = character(parts["letter"])
    for mark in parts["marks"]:
        shown = f"{MARKS[mark]}{{{shown}}}"
    return shown + "'" * len(parts["primes"]) + lowered(parts["low"])


def latex_number(number: str) -> str:
    r"""A number, or the text of an array.

    >>> latex_number("−1.5e−7"), latex_number("(0, …, ∞)")
    ('-1.5 \\cdot 10^{-7}', '(0, \\ldots, \\infty)')
    """
    if number.startswith("[[") and number.endswith("]]") and "…" not in number and "[[[" not in number:
        rows = [latex_number(row).replace(",", " &") for row in re.findall(r"\[([^\[\]]+)\]", number)]
        return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"
    powers = SCIENTIFIC.sub(lambda m: rf"{m[1]} \cdot 10^{{{m[2]}}}", number)
    for sign in "−…∞":
        powers = powers.replace(sign, SIGNS[sign])
    return powers.replace("NaN", r"\mathrm{NaN}")


def latex_words(text: str) -> str:
    r"""What a template says between its fields: words are functions, signs are operators.

    >>> latex_words("ln Σ exp("), latex_words("log₂")
    ('\\ln \\sum \\exp (', '\\log_{2}')
    """
    return " ".join(latex_word(m) for m in WORD.finditer(text) if not m[0].isspace())


def latex_word(found: re.Match[str]) -> str:
    if found["word"]:
        name = (
            rf"\{found['word']}" if found["word"] in FUNCTIONS else rf"\operatorname{{{upright_text(found['word'])}}}"
        )
        return name + lowered(found["low"])
    if found["lowered"]:
        return "{}" + lowered(found["lowered"])
    sign = found["sign"]
    return sign if sign[0] in "0123456789" else SIGNS.get(sign) or character(sign)


def upright(text: str) -> str:
    return rf"\mathrm{{{upright_text(text)}}}"


def upright_text(text: str) -> str:
    """Every character for itself, so that nothing in it is a command."""
    return "".join(apart(character(c)) for c in text)


def apart(shown: str) -> str:
    """A command, kept apart from a letter that follows; relations and square brackets are letters in a name."""
    if shown[0] == "\\" and shown[-1].isalpha():
        return shown + "{}"
    return "{" + shown + "}" if shown in "<>=[]" else shown


def character(c: str) -> str:
    """One character; what LaTeX's fonts may lack is named by its number."""
    if c in LETTERS or c.isascii() and c.isalnum():
        return LETTERS.get(c, c)
    if c in LOWERED:
        return "{}" + lowered(c)
    if c in LIFTED:
        return f"{{}}^{{{LIFTED[c]}}}"
    letter, *marks = list(unicodedata.normalize("NFD", c))
    if marks and all(mark in MARKS for mark in marks) and letter.isascii():
        return f"{MARKS[marks[0]]}{{{letter}}}" if len(marks) == 1 else letter
    return SIGNS.get(c, rf"\mathrm{{U\!{ord(c):04X}}}")


def lowered(low: str) -> str:
    return f"_{{{''.join(LOWERED[c] for c in low)}}}" if low else ""
