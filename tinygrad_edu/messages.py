"""What the errors of Tensors say: the operands by name and shape, and what to write instead."""

from __future__ import annotations

import re
import sys
from itertools import combinations
from typing import Any

import numpy as np

from . import functions
from .errors import ShapeError, TinygradError, UnsupportedError
from .primitive import COMPOSED, TABLE, Row, qualified_name
from .refusals import describe, do_not_fit

PACKAGE = __name__.partition(".")[0]


def cannot_broadcast(row: Row, *arguments: Any) -> ShapeError:
    """The error for operands whose shapes do not fit: all by name and shape, with the axis that differs."""
    *operands, error = arguments
    for a, b in combinations(operands, 2):
        if where := differing_axis(row, a, b):
            return do_not_fit(row.name, a, b, where)
    return ShapeError(f"{row.name} of {' and '.join(describe(x) for x in operands)}: {error}")


def differing_axis(row: Row, a: Any, b: Any) -> str | None:
    m, n = np.shape(a), np.shape(b)
    if row.function is np.matmul:
        return differing_factors(m, n)
    if row.function is np.stack:
        return None if m == n else f"{lengths(m, n)}; arrays that are stacked have one shape."
    return None if row.variadic else differing_stretched(m, n)


def differing_factors(m: tuple[int, ...], n: tuple[int, ...]) -> str | None:
    """Where the shapes of two matrices keep them from being multiplied."""
    if not m or not n:
        number = "second" if m else "first"
        return f"the {number} is a single number, and @ multiplies vectors and matrices. Write a * b."
    inner = -2 if len(n) > 1 else -1
    if m[-1] != n[inner]:
        return (
            f"axis -1 of the first has {m[-1]} elements, axis {inner} of the second has {n[inner]}: they are "
            "multiplied pairwise. Transpose one of them (.T), or check which axis holds the examples."
        )
    return differing_stretched((*m[:-2], 1, 1), (*n[:-2], 1, 1))


def differing_stretched(m: tuple[int, ...], n: tuple[int, ...]) -> str | None:
    """Where two shapes do not broadcast."""
    for axis in range(-1, -min(len(m), len(n)) - 1, -1):
        if m[axis] != n[axis] and 1 not in (m[axis], n[axis]):
            return (
                f"axis {axis} has {m[axis]} elements in the first and {n[axis]} in the second "
                "(axes are matched from the last, and only an axis of 1 is stretched)."
            )
    return None


def lengths(m: tuple[int, ...], n: tuple[int, ...]) -> str:
    """The first axis in which two shapes differ."""
    if len(m) != len(n):
        return f"the first has {len(m)} axes and the second {len(n)}"
    axis = next(i for i, (p, q) in enumerate(zip(m, n)) if p != q)
    return f"axis {axis} has {m[axis]} elements in the first and {n[axis]} in the second"


def leaves_the_graph(x: Any, how: str) -> UnsupportedError:
    return UnsupportedError(
        f"{how} of {describe(x)} would leave the graph, and no derivative would flow back. "
        "Write x.item() for a Python number or x.data for the array if that is what you want (for plots, for example); "
        "np.stack([a, b]) joins Tensors; np.exp(x) and the like take them as they are (functions of math do not); "
        "x.detach() gives a constant."
    )


def list_of_tensors() -> UnsupportedError:
    return UnsupportedError(
        "Tensors inside a list were given as data, which would lose their history. "
        "Join them with np.stack([a, b]) or np.concatenate([a, b])."
    )


def not_copied(x: Any) -> UnsupportedError:
    return UnsupportedError(
        f"A copy of {describe(x)}, which {x.row.name} computed, would need its whole history. "
        "Copy, pickle or plot x.detach() or x.data instead, or copy the variables it was computed from."
    )


def computed_data(x: Any) -> UnsupportedError:
    return UnsupportedError(
        f"{describe(x)} was computed by {x.row.name}; its value follows from its inputs. "
        "Change those, or use x.detach()."
    )


def item_assignment(x: Any) -> UnsupportedError:
    if x.row is not None:
        return UnsupportedError(
            f"Elements of {describe(x)} cannot be assigned to, since it was computed by {x.row.name}. "
            "np.where(mask, a, b) chooses between two Tensors, np.concatenate joins parts."
        )
    name = x.name or "x"
    return UnsupportedError(
        f"Elements of {describe(x)} are changed through its data: {name}.data[index] = value, outside the graph."
    )


def in_place_update(x: Any, sign: str) -> UnsupportedError:
    name = x.name or "w"
    return UnsupportedError(
        f"{name} {sign}= ... would give the name to a new value, and the variable {describe(x)} would stay as it was. "
        f"Write {name}.data {sign}= ... to update the variable, or y = {name} {sign} ... to compute with it."
    )


def not_one_number(x: Any, specification: str) -> UnsupportedError:
    return UnsupportedError(
        f"The format {specification!r} is for one number, and this is {describe(x)}. "
        "np.array2string(x.data, precision=3) formats an array."
    )


def does_not_fit(what: str, array: Any, x: Any) -> TinygradError:
    if array.shape != x.shape:
        return ShapeError(f"{what} of shape {array.shape} does not fit {describe(x)}: the shapes must be equal.")
    return UnsupportedError(
        f"{what} of dtype {array.dtype} does not fit {describe(x)} and dtype {x.dtype}: digits would be lost."
    )


def variable_from_tensor(x: Any) -> UnsupportedError:
    return UnsupportedError(
        f"tg.Tensor(...) of {describe(x)} would make a variable that has lost its history. "
        "Write tg.Tensor(x.data) if that is what you want, x.detach() for a constant, or just use x."
    )


def needs_no_gradient(output: Any) -> UnsupportedError:
    why = "it is a constant" if output.row is None else f"{output.row.name} computed it from constants only"
    return UnsupportedError(
        f"{describe(output)} has no derivative: {why}. Values that derivatives are taken with respect to are made "
        "with tg.Tensor(...); tg.constant(...), x.detach() and everything computed under tg.no_grad() are constants."
    )


def several_numbers(output: Any) -> ShapeError:
    return ShapeError(
        f"The derivative of several numbers is not one gradient, and this is {describe(output)}. "
        "Reduce it first (y.sum(), y.mean()), or pass the gradient that arrives at it: y.backward(gradient)."
    )


def not_a_tensor(x: Any) -> UnsupportedError:
    return UnsupportedError(
        f"tg.gradient(L, w) takes Tensors, but {type(x).__name__} was given. "
        "Derivatives are taken with respect to values made with tg.Tensor(...) and what is computed from them."
    )


def no_graph(x: Any) -> UnsupportedError:
    return UnsupportedError(
        f"The computation graph of a Tensor is wanted, but {type(x).__name__} was given. Compute a Tensor L and give "
        "that: tg.draw(L). Of several, draw one after the other; a network is drawn by tg.draw_neurons(net)."
    )


def not_differentiable_data(data: Any, why: str) -> UnsupportedError:
    return UnsupportedError(
        f"A Tensor holds real numbers, but {type(data).__name__} data were given and {why}. "
        "Give numbers, equally long lists of numbers, or a real NumPy array (z.real, np.abs(z) for complex ones)."
    )


def advice_for_attribute(name: str) -> str:
    """What to write instead of an attribute that Tensors do not have: ``t.tanh()`` is ``np.tanh(t)``."""
    if name.startswith("_"):
        return f"A Tensor has no attribute {name!r}."
    if function := callable_as(name):
        return f"A Tensor has no method {name!r}: write {function}(x)."
    if hasattr(np.ndarray, name):
        return f"A Tensor has no attribute {name!r}: write x.data.{name} for that of the array, outside the graph."
    if place := places().get(name):
        return f"A Tensor has no method {name!r}: write {place}(...)."
    return f"A Tensor has no attribute {name!r}."


def names_elsewhere() -> set[str]:
    """The functions that NumPy, PyTorch or this package have, and the attributes of NumPy's arrays."""
    names = {getattr(f, "__name__", "_") for f in (*TABLE, *COMPOSED)} | set(dir(np.ndarray))
    return {name for name in names if not name.startswith("_")}


def callable_as(name: str) -> str | None:
    """How the function of the table called `name` is written: ``np.tanh``, ``np.linalg.norm``, ``tg.relu``."""
    known = [f for f in (*TABLE, *COMPOSED) if getattr(f, "__name__", None) == name]
    if getattr(np, name, None) in known:
        return f"np.{name}"
    for f in known:
        if not f.__module__.startswith("tinygrad_edu."):
            return qualified_name(f)
        if f.__module__.startswith(functions.__name__) and TABLE[f].arity == 1:  # the rest are helpers of rules
            return f"tg.{name}"
    return None


def advice_for_name(name: str) -> str:
    """What to write instead of a name that the package does not have: ``tg.MLP`` is ``tg.nn.MLP``."""
    if name.startswith("_"):
        return f"module 'tinygrad_edu' has no attribute {name!r}"
    return f"tinygrad_edu has no {name!r}{meant(name)}"


def meant(name: str) -> str:
    from difflib import get_close_matches

    known = places()
    folded = {folding(each): place for each, place in known.items()}
    if place := known.get(name) or folded.get(folding(name)):
        return f": did you mean {place}?"
    if module := module_of_class(name):
        return f": write from {module} import {name}."
    if near := get_close_matches(folding(name), folded, n=3, cutoff=0.7):
        return f": did you mean {' or '.join(folded[n] for n in near)}?"
    if not hasattr(np, name):
        return "."
    takes_tensors = getattr(np, name) in TABLE or getattr(np, name) in COMPOSED
    return f": write np.{name}(x), NumPy's functions take Tensors." if takes_tensors else f": NumPy has np.{name}."


def folding(name: str) -> str:
    return name.lower().replace("_", "")


def places() -> dict[str, str]:
    """Where each public name is: ``tg.draw``, ``tg.nn.MLP``."""
    package = sys.modules[PACKAGE]
    found = {name: f"tg.{name}" for name in package.__all__}
    for name in package.__all__:
        for inner in getattr(getattr(package, name), "__all__", ()):
            found.setdefault(inner, f"tg.{name}.{inner}")
    return found


def module_of_class(name: str) -> str | None:
    """The module that defines a class, among those that are imported by their own name only."""
    from pathlib import Path

    package = Path(__file__).parent
    for file in sorted(package.glob("*/*.py")) if name[0].isupper() else ():
        if re.search(rf"^class {re.escape(name)}\b", file.read_text(encoding="utf-8"), re.MULTILINE):
            return f"{PACKAGE}.{file.parent.name}.{file.stem}"
    return None
