"""Nested arguments: tuples, lists and dicts of arrays, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .errors import ShapeError
from .node import Node


def leaves(x: Any) -> list[Any]:
    """The arrays of nested tuples, lists and dicts, in order."""
    if isinstance(x, dict):
        x = list(x.values())
    if not isinstance(x, (tuple, list)):
        return [x]
    return [leaf for item in x for leaf in leaves(item)]


def rebuilt(x: Any, replacements: Iterator[Any]) -> Any:
    """`x` with its leaves replaced, in order."""
    if isinstance(x, dict):
        return {key: rebuilt(item, replacements) for key, item in x.items()}
    if isinstance(x, (tuple, list)):
        items = [rebuilt(item, replacements) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    return next(replacements)


def contains_node(x: Any) -> bool:
    return any([isinstance(leaf, Node) for leaf in leaves(x)])  # a generator takes twice as long


def matched(given: Any, wanted: list[Any], what: str) -> list[Any]:
    """The leaves of `given`, which must have the shapes of `wanted`, in their dtypes."""
    arrays = leaves(given)
    shapes = [np.shape(x) for x in arrays], [x.shape for x in wanted]
    if shapes[0] != shapes[1]:
        raise ShapeError(f"The {what} have the shapes {shapes[0]}, but {shapes[1]} are needed.")
    return [g if isinstance(g, Node) else np.asarray(g, x.dtype)[()] for g, x in zip(arrays, wanted)]
