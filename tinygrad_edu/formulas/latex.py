r"""A formula as LaTeX: ``-\frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}}``, for amsmath, MathJax and KaTeX.

Names and templates of the table are Unicode, and are transliterated here: the table knows no LaTeX.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any

from .latex_names import latex_name, latex_number, latex_words, lowered, upright
from .normal import Formula
from .numbers import typed_text
from .writer import Writer

ROOTS = {"√": r"\sqrt{%s}", "∛": r"\sqrt[3]{%s}", "^": "^{%s}"}
CLOSING = r"\right)"
LONGEST_EXPONENT = 24
QUOTES = ("'", '"')


class LatexWriter(Writer):
    """Writes with fraction lines, roots and growing brackets."""

    minus = "-"
    opening = r"\left("
    glues = {"": " ", " ": r" \, ", "·": r" \cdot ", " · ": r" \cdot ", " ⊙ ": r" \odot "}

    def name(self, name: str) -> str:
        return latex_name(name)

    def number(self, x: Any) -> str:
        return latex_number(typed_text(x))

    def brackets(self, inner: str) -> str:
        return rf"\left({inner}\right)"

    def fraction(self, top: str, bottom: str, several: bool) -> str:
        return rf"\frac{{{self.bare(top)}}}{{{self.bare(bottom)}}}"

    in_front = fraction

    def bare(self, shown: str) -> str:
        """Without the brackets that a fraction line makes needless."""
        inner = shown[len(self.opening) : -len(CLOSING)]
        alone = shown == self.brackets(inner) and is_balanced(inner)
        return inner if alone else shown

    def power(self, base: str, exponent: str, simple: bool) -> str:
        return f"{self.brackets(base) if is_raised(base) else base}^{{{exponent}}}"

    def total(self, index: str, inner: str) -> str:
        return rf"\sum{lowered(index)} {inner}"

    def exponential(self, exponent: str) -> str | None:
        return f"e^{{{exponent}}}" if len(exponent) <= LONGEST_EXPONENT and "\\frac" not in exponent else None

    def function(self, name: str) -> str:
        return latex_words(name)

    def setting(self, name: str, value: str) -> str:
        return f"{upright(name)} = {upright(value) if value[:1] in QUOTES else latex_words(value)}"

    def template(self, template: str, arguments: Sequence[Formula], settings: dict[str, str]) -> str:
        written: list[str] = []
        for literal, field, specification, _ in string.Formatter().parse(template):
            self.add_literal(written, literal)
            if field is not None and specification != "hidden":
                self.add_field(written, field, specification == "atom", arguments, settings)
        return " ".join(written)

    def add_literal(self, written: list[str], literal: str) -> None:
        """The text between two fields; ᵀ raises what stands before it, a root waits for what follows."""
        for part in re.split("([ᵀ√∛^])", literal):
            if part == "ᵀ":
                written.append(self.power(written.pop() if written else "{}", r"\top", True))
            elif part in ROOTS:
                written.append(part)
            elif part.strip():
                written.append(latex_words(part))

    def add_field(
        self, written: list[str], field: str, atomic: bool, arguments: Sequence[Formula], settings: dict[str, str]
    ) -> None:
        root = ROOTS.get(written[-1]) if written else None
        if not field.isdigit():
            shown = latex_words(settings[field])
        elif atomic and not root:
            shown = self.bracketed(arguments[int(field)])
        else:
            shown = self.formula(arguments[int(field)])
        if root:
            raised = root.startswith("^") and len(written) > 1
            written.pop()
            shown = (written.pop() if raised else "") + root % shown
        written.append(shown)


def is_balanced(shown: str) -> bool:
    """Whether no bracket is closed before it is opened."""
    depth = 0
    for sign in re.findall(r"\\left\(|\\right\)", shown):
        depth += 1 if sign == LatexWriter.opening else -1
        if depth < 0:
            return False
    return True


def is_raised(base: str) -> bool:
    """Whether something in it is already raised outside of all brackets, so that LaTeX would see two exponents."""
    flat = re.sub(r"\\left\(.*\\right\)", "", base)
    depth = 0
    for before, c in zip(" " + flat, flat):
        depth += (c == "{") - (c == "}") if before != "\\" else 0
        if c == "^" and not depth:
            return True
    return False


LATEX = LatexWriter()


def latex(formula: Formula) -> str:
    """The formula in LaTeX's mathematics, without dollar signs."""
    return LATEX.formula(formula)
