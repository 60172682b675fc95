"""How messages speak of the operands of a call, and what a call refuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import ShapeError, UnsupportedError
from .node import Node


def describe(x: Any) -> str:
    """How messages speak of an operand: by name and shape."""
    if isinstance(x, Node):
        return f"{x.name!r} of shape {x.shape}" if x.name else f"a Tensor of shape {x.shape}"
    if isinstance(x, np.ndarray):
        return f"an array of shape {x.shape}"
    return repr(x) if np.ndim(x) == 0 else f"a {type(x).__name__} of shape {np.shape(x)}"


def do_not_fit(name: str, a: Any, b: Any, where: str) -> ShapeError:
    """The error for two operands of the function `name`, with the axis that differs."""
    return ShapeError(f"{name}: {describe(a)} and {describe(b)} do not fit together: {where}")


def variable_setting(function: str, argument: str) -> UnsupportedError:
    return UnsupportedError(
        f"{function}: {argument}= is a setting, and no derivative flows to it, but what was given takes a gradient. "
        "Give a number, or a constant (x.detach()), or write the function with operations whose operands it can be."
    )


def refused_argument(function: str, argument: str, known: Iterable[str]) -> UnsupportedError:
    return UnsupportedError(
        f"{function} is recorded without the argument {argument}=, because its derivative rule does not know it "
        f"(arguments it knows: {' and '.join(f'{k}=' for k in known) or 'none'}). " + refused_hint(argument)
    )


def refused_hint(argument: str) -> str:
    if argument == "out":
        return "Write a = a + x instead of a += x, which would write into the array a."
    return f"Leave {argument}= out, or compute the same with other operations."


def refuse_swapped(y: Any, y_hat: Any) -> None:
    """Of the arguments of a loss, the target stands first."""
    if getattr(y, "requires_grad", False) and not getattr(y_hat, "requires_grad", False):
        raise UnsupportedError(
            "The first argument of a loss is the target, but here it takes a gradient and the second does not: "
            "write loss(y, y_hat). (A target that really depends on parameters: y.detach().)"
        )
