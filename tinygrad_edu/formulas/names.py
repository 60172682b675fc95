"""Names as mathematics writes them: ``y_hat`` is ŷ, ``w1`` is w₁, ``theta`` is θ; what Unicode lacks stays as typed."""

from __future__ import annotations

import re
import unicodedata

from ..errors import UnsupportedError

GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon "
        "phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
    )
)
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
SUBSCRIPTS = str.maketrans("0123456789ijkn", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙ")
PLAIN = "0123456789+-−()abcdefghijklmnoprstuvwxyzT"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ"
SUPERSCRIPTS = str.maketrans(PLAIN, RAISED)
SHAPE = re.compile(
    r"(?P<letters>[A-Za-z]+?)(?P<accents>(_(hat|bar|tilde|dot))*)(?P<primes>(_prime)*|'*)_?(?P<index>\d+|[ijkn])?"
)
LONGEST = 24


def pretty(name: str) -> str:
    """The name as it is shown.

    >>> pretty("y_hat"), pretty("w1"), pretty("theta_2"), pretty("learning_rate")
    ('ŷ', 'w₁', 'θ₂', 'learning_rate')
    """
    if not isinstance(name, str):
        raise UnsupportedError(f"The name of a Tensor is text, but {name!r} was given. Write name={str(name)!r}.")
    found = SHAPE.fullmatch(name)
    if not found or (found["index"] or "0").isalpha() and not name.endswith(f"_{found['index']}"):
        return shortened(name)
    shown = GREEK.get(found["letters"], found["letters"])
    if found["accents"] and len(shown) > 1:
        return shortened(name)
    for accent in filter(None, found["accents"].split("_")):
        shown = unicodedata.normalize("NFC", shown + ACCENTS[accent])
    primes = found["primes"].count("prime") + found["primes"].count("'")
    return shortened(shown + "′" * primes + (found["index"] or "").translate(SUBSCRIPTS))


NOTATIONS = ("partial", "d", "bar")
SINGLE = re.compile(rf"[^\W\d_][′{''.join(map(chr, SUBSCRIPTS.values()))}]*")


def adjoint_name(loss: str, name: str, notation: str = "partial") -> str:
    """How the adjoint is written: ``∂L/∂z``, ``dz`` (courses) or ``z̄`` (books; ∂L/∂z where the name is longer or
    has an accent).

    >>> adjoint_name("L", "w₁"), adjoint_name("L", "W", "d"), adjoint_name("L", "w₁", "bar")
    ('∂L/∂w₁', 'dW', 'w̄₁')
    """
    if notation == "d":
        return f"d{name}"
    if notation == "bar" and SINGLE.fullmatch(unicodedata.normalize("NFD", name)):
        return unicodedata.normalize("NFC", name[0] + ACCENTS["bar"]) + name[1:]
    return f"∂{loss}/∂({name})" if is_compound(name) else f"∂{loss}/∂{name}"


NUMERIC = re.compile(r"(?:[−\d.,()\[\] …∞]|(?<=\d)e(?=[−\d])|NaN)*(?:[\d…∞]|NaN)[)\], …]*")
COMPOUND = re.compile(r"[^∂]*[\s+\-−*/·⊙^=<>|&].*", re.DOTALL)


def is_compound(name: str) -> bool:
    """Whether a name would read as a formula, so that it needs brackets in one: ``a+b``, ``my weight``.

    >>> is_compound("a+b"), is_compound("learning_rate"), is_compound("(1, −2)")
    (True, False, False)
    """
    return bool(COMPOUND.fullmatch(name)) and not NUMERIC.fullmatch(name)


def shortened(name: str) -> str:
    """At most `LONGEST` characters, on one line, with control characters made visible."""
    shown = "".join(c if c.isprintable() else visible(c) for c in name[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def visible(control: str) -> str:
    return chr(0x2400 + ord(control)) if ord(control) < 32 else "\N{REPLACEMENT CHARACTER}"


def superscript(text: str) -> str | None:
    """The text raised, or None where Unicode has no such characters: none are raised twice."""
    bare = text.replace(" ", "")
    return bare.translate(SUPERSCRIPTS) if set(bare) <= set(PLAIN) else None
