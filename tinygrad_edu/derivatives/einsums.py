"""Sums of products over named axes: Einstein's summation convention."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError
from ..primitive import Each, composed, primitive
from ..refusals import describe, do_not_fit
from .elements import scatter


def einsum_rule(i, g, y, operands, subscripts="", optimize=False):
    """g times the other operands, summed over the axes that the i-th does not have, copied along those only it has."""
    *axes, output = explicit(subscripts, [np.ndim(x) for x in operands])
    length = dict(zip(axes[i], operands[i].shape))
    factors = [(output, g)] + [(axes[j], x) for j, x in enumerate(operands) if j != i]
    shared = {k for names, x in factors for k, n in zip(names, np.shape(x)) if n == length.get(k)}
    factors += [(k, np.ones(n, dtype=g.dtype)) for k, n in length.items() if k not in shared]
    names, arrays = zip(*factors)
    part = einsum(arrays, subscripts=f"{','.join(names)}->{''.join(length)}", optimize=optimize)
    if len(length) == len(axes[i]):
        return part
    place = dict(zip(length, np.ix_(*(np.arange(n) for n in length.values()))))  # ii: only the diagonal was used
    return scatter(part, index=tuple(place[k] for k in axes[i]), shape=operands[i].shape)


def explicit(subscripts: str, ndims: Sequence[int]) -> list[str]:
    """The axes of each operand and of the output as letters, without an ellipsis."""
    given, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = given.split(",")
    free = [c for c in string.ascii_letters if c not in subscripts]
    hidden = [ndim - len(s.replace("...", "")) if "..." in s else 0 for s, ndim in zip(inputs, ndims)]
    shared = "".join(free[: max(hidden)])
    if not arrow:
        once = sorted(c for c in set(given) if c.isalpha() and given.count(c) == 1)
        output = "..." + "".join(once)
    inputs = [s.replace("...", shared[len(shared) - n :]) for s, n in zip(inputs, hidden)]
    return [*inputs, output.replace("...", shared)]


@primitive(Each(einsum_rule), name="np.einsum")
def einsum(operands, subscripts="", optimize=False):
    return np.einsum(subscripts, *operands, optimize=optimize)


@composed(np.einsum)
def einsum_as_numpy_spells_it(subscripts, *operands, optimize=False):
    if not isinstance(subscripts, str):
        raise UnsupportedError("np.einsum is recorded with its axes as a string: np.einsum('ij,jk->ik', a, b).")
    check_axes(subscripts, operands)
    return einsum(operands, subscripts=subscripts, optimize=optimize)


def check_axes(subscripts, operands):
    """Refuse operands that do not have the axes they are said to have, or an axis that has two lengths."""
    inputs = subscripts.replace(" ", "").partition("->")[0].split(",")
    for names, x in zip(inputs, operands):
        if "..." not in names and len(names) != np.ndim(x):
            raise ShapeError(f"np.einsum: {describe(x)} has {np.ndim(x)} axes, but {names!r} names {len(names)}.")
    if len(inputs) != len(operands) or "..." in subscripts:
        return  # NumPy says what is wrong
    first: dict[str, Any] = {}
    for names, x in zip(inputs, operands):
        for k, n in zip(names, np.shape(x)):
            other, m = first.setdefault(k, (x, n)) if n != 1 else (x, 1)
            if m != n:
                raise do_not_fit(
                    "np.einsum", other, x, f"axis {k!r} has {m} elements in the first and {n} in the second."
                )
