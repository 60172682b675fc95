"""The table of derivatives, grouped as a calculus book would."""

from . import (
    arithmetic,
    choices,
    constants,
    einsums,
    elementary,
    elements,
    joining,
    norms,
    products,
    reductions,
    shapes,
)

__all__ = [
    "arithmetic",
    "choices",
    "constants",
    "einsums",
    "elementary",
    "elements",
    "joining",
    "norms",
    "products",
    "reductions",
    "shapes",
]
