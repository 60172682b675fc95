"""Analytic derivatives against central differences, in float64."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from ..errors import GradientError, UnsupportedError
from ..recording import enable_grad, no_grad
from ..tensor import Tensor, gradient

STEP = float(np.cbrt(np.finfo(np.float64).eps))
"""Balances the truncation error h² against the rounding error ε/h; times max(1, |x|)."""


@dataclass(frozen=True)
class Comparison:
    """The derivatives with respect to one input, where analytic and numeric agree least."""

    order: int
    input: str
    error: float
    index: tuple[int, ...]
    analytic: float
    numeric: float
    tolerance: float

    @property
    def agrees(self) -> bool:
        return self.error <= self.tolerance  # False for NaN

    def cells(self) -> tuple[str, ...]:
        a, b, most = f"{self.analytic:.8g}", f"{self.numeric:.8g}", f"{self.tolerance:.1e}"
        return str(self.order), self.input, f"{self.error:.1e}", str(self.index), a, b, most

    def __str__(self) -> str:
        where = f"{self.input}[{', '.join(map(str, self.index))}]" if self.index else self.input
        return (
            f"the derivative of order {self.order} with respect to {where} is {self.analytic:.10g} analytically, but "
            f"{self.numeric:.10g} by central differences: they differ by {self.error:.3g}, "
            f"the tolerance is {self.tolerance:.3g}"
        )


@dataclass(frozen=True)
class Report:
    """What `gradcheck` compared: one line per order and input, the worst element of each."""

    comparisons: tuple[Comparison, ...]

    @property
    def worst(self) -> Comparison | None:
        """The comparison with the largest error for its tolerance; None if the inputs have no elements."""
        return max(self.comparisons, key=lambda c: (c.error != c.error, c.error / c.tolerance), default=None)

    def __str__(self) -> str:
        head = ("order", "input", "max error", "at index", "analytic", "numeric", "tolerance")
        lines = [head] + [c.cells() for c in self.comparisons]
        widths = [max(map(len, column)) for column in zip(*lines)]
        return "\n".join("  ".join(map(str.rjust, line, widths)) for line in lines)


def gradcheck(f: Callable[..., Any], *inputs: Any, order: int = 1, tolerance: float = 1e-6) -> Report:
    """Compare the derivatives of `f` with central differences ``(f(x + h) − f(x − h)) / 2h``, element by element.

    An output that is an array is multiplied by a fixed random cotangent and summed. Order n compares every
    element of the gradient of ``v · ∇ₙ₋₁``, where v is a fixed random direction: a wrong n-th derivative goes
    undetected only if its error is orthogonal to v. All orders up to n are compared.

    Parameters
    ----------
    f : a function of arrays, smooth near `inputs`; it must compute the same each time.
    inputs : floats or arrays of floats; computed with in float64. Constants (``tg.constant``) are passed on
        as they are and not checked.
    tolerance : relative to the derivative where that is larger than 1, and absolute elsewhere.

    Raises
    ------
    GradientError
        If they disagree; names the worst element with its index, both values and the tolerance.
    UnsupportedError
        If an input is not made of floats, or none is left to check.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> report = tg.gradcheck(lambda x, y: x * np.sin(y), 2.0, np.array([0.5, 1.0]), order=2)
    >>> report.worst.error < 1e-8
    True
    """
    if order < 1:
        raise UnsupportedError(f"order={order}: derivatives are checked from order 1 on.")
    if not tolerance > 0:
        raise UnsupportedError(f"tolerance={tolerance}: it must be positive, since central differences are not exact.")
    names = input_names(f, inputs)
    points = [as_point(x, name) for x, name in zip(inputs, names)]
    checked = [i for i, x in enumerate(points) if isinstance(x, np.ndarray)]
    if not checked:
        given = "all inputs are constants" if inputs else "no inputs were given"
        raise UnsupportedError(f"gradcheck has no derivative to check: {given}. Write gradcheck(f, 2.0), for example.")
    comparisons = []
    for n in range(1, order + 1):
        with enable_grad():
            variables = to_tensors(points)
            wanted = [variables[i] for i in checked]
            analytic = gradient(contracted(f, variables, checked, n), wanted)
        numeric = [central_differences(f, points, checked, n, i) for i in checked]
        for i, a, b in zip(checked, analytic, numeric):
            if points[i].size:
                comparisons.append(comparison(n, names[i], np.asarray(a.numpy()), b, tolerance))
    report = Report(tuple(comparisons))
    wrong = [c for c in comparisons if not c.agrees]
    if wrong:
        name = getattr(f, "__name__", repr(f))
        kinks = "At a kink central differences give the mean of both sides."
        raise GradientError(f"In {name}, {wrong[0]}. ({kinks})\n{report}")
    return report


def input_names(f: Callable[..., Any], inputs: tuple[Any, ...]) -> list[str]:
    """The names of the Tensors given, or of the parameters of `f`."""
    try:
        parameters = [p.name for p in inspect.signature(f).parameters.values() if p.kind is not p.VAR_POSITIONAL]
    except (TypeError, ValueError):
        parameters = []
    given = [x.name if isinstance(x, Tensor) else None for x in inputs]
    return [g or p or f"input {i}" for i, (g, p) in enumerate(zip_longest(given, parameters[: len(given)]))]


def as_point(x: Any, name: str) -> Any:
    """Where to differentiate: an array of float64, or a constant as it is."""
    if isinstance(x, Tensor) and not x.requires_grad:
        return x
    array = np.asarray(x.numpy() if isinstance(x, Tensor) else x)
    if array.dtype.kind != "f":
        raise UnsupportedError(
            f"gradcheck cannot move {name} by a small step: its dtype is {array.dtype}. "
            "Give floats (2.0 instead of 2, or .astype(float)), "
            "or tg.constant(...) for an input that is not to be checked."
        )
    return array.astype(np.float64)


def to_tensors(points: list[Any]) -> list[Tensor]:
    return [Tensor(x) if isinstance(x, np.ndarray) else x for x in points]


def contracted(f: Callable[..., Any], variables: list[Tensor], checked: list[int], order: int) -> Any:
    """``v · ∇`` applied order − 1 times to ``c · f``, with fixed random c (1 for a number) and v: one number."""
    randomness = np.random.default_rng(order)
    total = one_number(f(*variables), randomness)
    for _ in range(order - 1):
        gradients = gradient(total, [variables[i] for i in checked])
        total = sum((dot_with_random(g, randomness) for g in gradients), start=Tensor(0.0, requires_grad=False))
    return total


def one_number(y: Any, randomness: np.random.Generator) -> Any:
    """An output that is a number as it is, so that the report shows its derivatives."""
    return y if isinstance(y, Tensor) and not y.ndim else dot_with_random(y, randomness)


def dot_with_random(x: Any, randomness: np.random.Generator) -> Any:
    """A weighted sum of the elements of `x`, with weights between 0.5 and 1.5: as a Tensor."""
    x = x if isinstance(x, Tensor) else Tensor(x, requires_grad=False)
    return np.sum(x * randomness.uniform(0.5, 1.5, x.shape))


def central_differences(f: Callable[..., Any], points: list[Any], checked: list[int], order: int, i: int) -> Any:
    """The numeric gradient of `contracted` with respect to input `i`."""
    x = points[i]
    slopes = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        h = STEP * max(1.0, abs(x[index]))
        up, down = moved(x, index, h), moved(x, index, -h)
        rise = value_at(f, [*points[:i], up, *points[i + 1 :]], checked, order)
        fall = value_at(f, [*points[:i], down, *points[i + 1 :]], checked, order)
        slopes[index] = (rise - fall) / (up[index] - down[index])
    return slopes


def moved(x: Any, index: tuple[int, ...], h: float) -> Any:
    x = x.copy()
    x[index] += h
    return x


def value_at(f: Callable[..., Any], points: list[Any], checked: list[int], order: int) -> float:
    with no_grad() if order == 1 else enable_grad():
        return float(contracted(f, to_tensors(points), checked, order).item())


def comparison(order: int, name: str, analytic: Any, numeric: Any, tolerance: float) -> Comparison:
    """Both gradients where they agree least; a NaN agrees with nothing."""
    errors = np.abs(analytic - numeric)
    allowed = tolerance * np.maximum(1.0, np.abs(numeric))
    index = np.unravel_index(np.argmax(np.where(np.isfinite(errors), errors / allowed, np.inf)), errors.shape)
    where = tuple(map(int, index))
    a, b, error, most = (float(v[where]) for v in (analytic, numeric, errors, allowed))
    return Comparison(order, name, error, where, a, b, most)
