"""A formula as plain text: ``−y/ŷ + (1 − y)/(1 − ŷ)``, ``Xᵀ · ∂L/∂z``, ``ŷ(1 − ŷ)``."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any

from .names import RAISED, superscript
from .normal import Formula
from .numbers import typed_text
from .writer import Writer


class TextWriter(Writer):
    """Writes with what Unicode offers: raised letters, hats, Σ and ⊙."""

    minus = "−"
    opening = "("
    glues = {glue: glue for glue in ("", " ", "·", " · ", " ⊙ ")}

    def name(self, name: str) -> str:
        return name

    def number(self, x: Any) -> str:
        return typed_text(x)

    def brackets(self, inner: str) -> str:
        return f"({inner})"

    def fraction(self, top: str, bottom: str, several: bool) -> str:
        return f"{top}/({bottom})" if several else f"{top}/{bottom}"

    def in_front(self, top: str, bottom: str, several: bool) -> str:
        return f"({self.fraction(top, bottom, several)})"

    def power(self, base: str, exponent: str, simple: bool) -> str:
        raised = superscript(exponent)
        base = self.brackets(base) if is_open(base) else base
        return base + (raised or f"^{exponent if simple else self.brackets(exponent)}")

    def total(self, index: str, inner: str) -> str:
        return f"Σ{index} {inner}"

    def exponential(self, exponent: str) -> str | None:
        raised = superscript(exponent)
        has_words = re.search("[A-Za-z]{3}", exponent)  # exp(sin x), since raised words cannot be read
        return f"e{raised}" if raised and len(raised) <= 4 and not has_words else None

    def function(self, name: str) -> str:
        return name

    def setting(self, name: str, value: str) -> str:
        return f"{name}={value}"

    def template(self, template: str, arguments: Sequence[Formula], settings: dict[str, str]) -> str:
        return TemplateText(self).format(template, *arguments, **settings)


def is_open(base: str) -> bool:
    """Whether an exponent would seem to belong to a part of it: to x in √x and 2^x, to ᵀ in Xᵀ."""
    outside = re.sub(r"\(.*\)|\[.*\]", "", base)
    return any(sign in outside for sign in "√∛^") or base[-1] in RAISED


class TemplateText(string.Formatter):
    """Fills a notation template.

    ``{0:hidden}`` leaves the operand out: the number of elements of x is n, whatever x is.
    """

    def __init__(self, writer: TextWriter) -> None:
        self.writer = writer

    def format_field(self, value: object, specification: str) -> str:
        if specification == "hidden":
            return ""
        if isinstance(value, Formula):
            return self.writer.bracketed(value) if specification == "atom" else self.writer.formula(value)
        return str(value)


TEXT = TextWriter()


def text(formula: Formula) -> str:
    """The formula on one line of plain text."""
    return TEXT.formula(formula)
