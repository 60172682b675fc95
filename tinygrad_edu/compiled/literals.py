"""Values as the Python source that gives them again, bit for bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

NUMBERS = {0.0: "ZERO", 0.5: "HALF", 1.0: "ONE", 2.0: "TWO"}
"""Numbers that have a name."""

LARGEST_COUNT = 10**6
"""Up to this n, 1/n has one, too."""

LONGEST = 8
"""Arrays of more elements are not written out, unless all elements are one number."""


def number_name(x: Any) -> str | None:
    """The name of a number that has one: ZERO, HALF, ONE, TWO, and ONE_OVER_32 of 1/32, as means have it."""
    if x in NUMBERS or not 0 < x < 1:
        return NUMBERS.get(float(x))
    n = round(1 / x)
    return f"ONE_OVER_{n}" if n <= LARGEST_COUNT and type(x)(1 / n) == x else None


def literal(x: Any) -> str | None:
    """The source of a value, or None if it has none."""
    if isinstance(x, (tuple, list)):
        return sequence(x)
    if isinstance(x, slice):
        ends = [literal(end) for end in (x.start, x.stop, x.step)]
        return None if None in ends else f"slice({', '.join(map(str, ends))})"
    if isinstance(x, np.ndarray):
        return array(x)
    if isinstance(x, np.generic):
        return f"np.{x.dtype.name}({number(x)})" if x.dtype.kind in "fiu" else f"np.{x!s}_" if x.dtype == bool else None
    if isinstance(x, np.dtype) and not x.isnative:
        return None
    if isinstance(x, np.dtype) or isinstance(x, type) and issubclass(x, np.generic):
        return f"np.{np.dtype(x).name}" if np.dtype(x).kind in "fiu" else "bool" if np.dtype(x) == bool else None
    if x is Ellipsis:
        return "..."
    if type(x) is float:
        return number(x)
    if x in (int, float, bool):
        return str(x.__name__)
    return repr(x) if x is None or x == {} or type(x) in (int, bool, str) else None


def sequence(x: Any) -> str | None:
    items = [literal(item) for item in x]
    if None in items or type(x) not in (tuple, list):
        return None
    inner = ", ".join(map(str, items))
    return f"[{inner}]" if isinstance(x, list) else f"({inner},)" if len(items) == 1 else f"({inner})"


def number(x: Any) -> str:
    """The digits of a number, as few as give it back."""
    value = x.item() if isinstance(x, np.generic) else x
    if isinstance(value, float) and not math.isfinite(value):
        return "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    short = str(x)
    exact = not isinstance(x, np.floating) or type(x)(float(short)).tobytes() == x.tobytes()
    return short if exact else repr(value)


def array(x: Any) -> str | None:
    """An array of one number, or of few, in C order."""
    kind = literal(x.dtype)
    if kind is None or type(x) is not np.ndarray:
        return None
    if (same := uniform(x)) is not None and x.dtype.kind == "f":
        kind = "" if x.dtype == np.float64 else f", dtype={kind}"
        if not x.ndim:
            return f"np.array({number(same)}{kind})"
        shape = sequence(x.shape) if x.ndim > 1 else str(x.shape[0])
        return f"np.ones({shape}{kind})" if same == 1 else f"np.full({shape}, {literal(same)})"
    if not x.size:
        return f"np.empty({sequence(x.shape)}, dtype={kind})"
    if x.size > LONGEST or not x.flags.c_contiguous or not all(map(np.isfinite, x.flat)):
        return None
    text = np.array2string(x, separator=", ", floatmode="unique", max_line_width=10**6, threshold=10**6)
    return f"np.array({' '.join(text.split())}, dtype={kind})"


def uniform(x: Any) -> Any:
    """The number that all elements of an array are, bit for bit, if it is one."""
    if not isinstance(x, np.ndarray):
        return None
    return x.flat[0] if x.size and x.tobytes() == x.flat[0].tobytes() * x.size else None


def index(x: Any) -> str | None:
    """What stands between square brackets: ``:, 0``."""
    if isinstance(x, slice):
        ends = ["" if end is None else literal(end) for end in (x.start, x.stop, x.step)]
        return None if None in ends else ":".join(map(str, ends[:2] if x.step is None else ends))
    if isinstance(x, tuple) and x:
        parts = [index(part) for part in x]
        return None if None in parts else ", ".join(map(str, parts)) + ("," if len(parts) == 1 else "")
    return literal(x)
