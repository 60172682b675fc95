"""Numbers as people write them: three digits, a true minus, no −0, no needless exponents."""

from __future__ import annotations

from typing import Any

import numpy as np

DUST = 1e-12


def number_text(x: Any, digits: int = 3, scale: float = 0.0) -> str:
    """One number, rounded to `digits`; what is dust beside `scale` (the largest of its box) is 0.

    >>> number_text(-0.52497), number_text(12345.678), number_text(3e-7), number_text(0.125)
    ('−0.525', '12346', '3e−7', '0.125')
    """
    if isinstance(x, (bool, np.bool_)):
        return str(int(x))
    x = float(x)
    if not np.isfinite(x):
        return "NaN" if np.isnan(x) else "∞" if x > 0 else "−∞"
    if abs(x) <= DUST * scale:
        x = 0.0
    if x == int(x) and abs(x) < 1e5:
        return str(int(x)).replace("-", "−")
    if abs(x) >= 1e5 or abs(x) < 1e-4:
        mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    places = max(digits - 1 - int(np.floor(np.log10(abs(x)))), 0)
    rounded = f"{x:.{places}f}"
    return (rounded.rstrip("0").rstrip(".") if "." in rounded else rounded).replace("-", "−")


def typed_text(x: Any, digits: int = 3) -> str:
    """A number as it was typed if that is short, else rounded to `digits`."""
    if isinstance(x, (bool, np.bool_)):
        return str(int(x))
    typed = repr(float(x) + 0.0).removesuffix(".0")  # + 0.0: there is no −0
    short = len(typed.lstrip("-0.").replace(".", "")) <= digits + 1 and "e" not in typed and "n" not in typed
    return typed.replace("-", "−") if short else number_text(x, digits)


def value_text(value: Any, digits: int = 3) -> str:
    """A number, or the first and the last of an array: ``(0.1, −0.2)``, ``(3, …, 0.41)``, ``[[1, 2], …]``."""
    array = np.asarray(value)
    if not array.ndim:
        return typed_text(array[()], digits)
    if not array.size:
        return "( )" if array.ndim == 1 else "[ ]"
    scale = finite_scale(array)
    if array.ndim > 1:
        outer = array.ndim - 1
        more = ", …" if len(array) > 1 else ""
        return "[" * outer + row_text(array[(0,) * outer], scale, "[]", digits) + more + "]" * outer
    return row_text(array, scale, "()", digits)


def row_text(row: Any, scale: float, brackets: str, digits: int) -> str:
    digits = digits if len(row) <= 2 else max(digits - 1, 1)
    shown = [number_text(x, digits, scale) for x in (row if len(row) <= 4 else (row[0], row[-1]))]
    if len(row) > 4:
        shown.insert(1, "…")
    return brackets[0] + ", ".join(shown) + brackets[1]


def value_grid(value: Any, digits: int = 3) -> tuple[tuple[str, ...], ...]:
    """A matrix of at most 4×4 as rows of texts; nothing for other values."""
    array = np.asarray(value)
    if array.ndim != 2 or not array.size or max(array.shape) > 4:
        return ()
    scale = finite_scale(array)
    return tuple(tuple(number_text(x, max(digits - 1, 1), scale) for x in row) for row in array)


def finite_scale(array: Any) -> float:
    finite = np.abs(array[np.isfinite(array)]) if array.dtype.kind == "f" else np.abs(array)
    return float(finite.max()) if finite.size else 0.0
