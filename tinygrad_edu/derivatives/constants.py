"""Functions that are constant wherever they are continuous: rows without rules, plain arrays on Tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import row

COMPARISONS: dict[Any, str] = {
    np.less: "[{0} < {1}]",
    np.less_equal: "[{0} ≤ {1}]",
    np.greater: "[{0} > {1}]",
    np.greater_equal: "[{0} ≥ {1}]",
    np.equal: "[{0} = {1}]",
    np.not_equal: "[{0} ≠ {1}]",
}
STEPS: dict[Any, str] = {
    np.sign: "sign",
    np.floor: "⌊{0}⌋",
    np.ceil: "⌈{0}⌉",
    np.floor_divide: "⌊{0:atom}/{1:atom}⌋",
}
ROUNDING = (np.rint, np.round, np.around, np.trunc)
PREDICATES = (
    np.isfinite, np.isinf, np.isnan, np.signbit, np.isclose, np.allclose, np.array_equal, np.isin,
    np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.all, np.any,
)  # fmt: skip
POSITIONS = (
    np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.argwhere,
    np.nonzero, np.flatnonzero, np.count_nonzero, np.searchsorted, np.digitize,
)  # fmt: skip
LIKE = (np.zeros_like, np.ones_like, np.empty_like, np.full_like)
DESCRIPTIONS = (np.result_type, np.isrealobj, np.iscomplexobj)

for function, notation in {**COMPARISONS, **STEPS}.items():
    row(function, notation=notation)
for function in (*ROUNDING, *PREDICATES, *POSITIONS, *LIKE, *DESCRIPTIONS):
    row(function)
