"""Texts before they are drawn: what cannot be shown is replaced, what is too long shortened, widths are estimated."""

from __future__ import annotations

import re
import textwrap
import unicodedata

from .style import LONGEST, LONGEST_LINE

# Advance widths in hundredths of an em, rounded up: the wider of DejaVu Sans and, for ASCII, Verdana.
_REGULAR = {
    18: "ᵢⁱⱼ",
    24: "′",
    26: "⁽⁾₍₎",
    28: "'il",
    32: "·ł",
    36: " ,.fjι",
    40: "tᵀ″ⁿₙ⌈⌉⌊⌋⟨⟩",
    42: "!Ir²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ℓ",
    46: '"()-/:;J[\\]|ₖ',
    50: "°–∥",
    54: "?sz‴⁺⁻₊₋∂∫",
    58: "FLckΓεζνξυχ",
    60: "vxyγκλς",
    64: "$*0123456789EPTY_`abdeghnopqu{}ΞΣβδηθμπρστϵₘ∘√│",
    70: "ABCKRSVXZΔΛφψϕ∇∑",
    78: "&DGHNUΠΩ∏",
    84: "#+<=>OQ^w~±×÷ΘΦΨωℝ←→↔↦⇒−∞≈≠≤≥⊗⊙",
    88: "M∈",
    100: "@Wm—…",
    108: "%",
}
_BOLD = {
    22: "ᵢⁱⱼ",
    30: "′⁽⁾₍₎",
    38: " ',.il·",
    42: ":;jι",
    46: "!f²³¹ᵀ″⁰⁴⁵⁶⁷⁸⁹ⁿ₀₁₂₃₄₅₆₇₈₉ₙ⌈⌉⌊⌋⟨⟩",
    48: "-",
    50: "rt°–ₖℓ∥",
    56: "()IJ[]|ε⁺⁻₊₋∂",
    60: '"?cszζξς',
    64: "LΓΞλτ‴∘∫│",
    68: "aekvxyυχϵₘ√",
    70: "/\\",
    72: "$*0123456789EFST_`bdghnopqu{}Σαβγδηθκνρ∇∑",
    78: "ABCKPRVXYZΔΛμσ",
    84: "DGHNU±×÷Ππℝ←→↔↦⇒∏−∞≈≠≤≥⊗⊙",
    88: "#+<=>^~",
    90: "&OQΘΦΨΩω∈",
    94: "φψϕ",
    104: "@Mw—…",
    112: "Wm",
    128: "%",
}
_MARK = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{_MARK}){_MARK}+")
"""More accents on one letter than fit into a line."""

_UNKNOWN = 110
_WIDEST = 140
_SLACK = 1.03


class _Widths(dict[str, int]):
    """The width of each character; where the table lacks it, of the letter without accents, or a generous one."""

    def __missing__(self, char: str) -> int:
        base = unicodedata.normalize("NFKD", char)[0]
        if unicodedata.combining(base) or char == "\u200d":
            width = 0
        elif base != char and base in self:
            width = self[base]
        else:
            width = _WIDEST if unicodedata.east_asian_width(char) in "WF" else _UNKNOWN
        self[char] = width
        return width


_WIDTHS = [_Widths({c: w for w, chars in table.items() for c in chars}) for table in (_REGULAR, _BOLD)]


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The room to keep for a line of text, in points: an upper estimate, since the reader's font is not known."""
    return sum(map(_WIDTHS[bold].__getitem__, text)) * size / 100 * _SLACK


def shown(text: str, longest: int = LONGEST) -> str:
    """`text` as it can be drawn, at most `longest` characters: control characters as symbols (``␊``), at most two
    accents on a letter, and nothing that hides text or turns it round."""
    text = text if text.isascii() else _PILE.sub(r"\1", text)
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return text if text.isprintable() else "".join(map(_visible, text))


def wrapped(text: str) -> list[str]:
    """`text` as lines of whole words."""
    return textwrap.wrap(shown(text, 4 * LONGEST_LINE), LONGEST_LINE)


def _visible(char: str) -> str:
    code, category = ord(char), unicodedata.category(char)
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "␡"
    if category == "Zs" or char == "\u200d":
        return "\u00a0" if category == "Zs" else char
    return "�" if category in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") else char
