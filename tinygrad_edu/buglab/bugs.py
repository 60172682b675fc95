"""The bugs by name: the engine that makes each, a graph that shows it, and why it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..functions import sigmoid
from ..recorder import Recorder
from ..tensor import Tensor, constant, named
from . import engines
from .engines import Adjoints


class Bug(NamedTuple):
    """A mistake of an engine."""

    title: str
    engine: Callable[[Recorder], Adjoints]
    example: Callable[[], Any]
    why: str


def used_later() -> Any:
    a = Tensor(1.0)
    b = 2 * a
    c = 3 * b
    L = b + c
    named(a=a, b=b, c=c, L=L)
    return L


def used_often() -> Any:
    x = Tensor(3.0)
    v = x * x
    L = v + x
    named(x=x, v=v, L=L)
    return L


def chain() -> Any:
    w, x = Tensor(2.0), constant(3.0)
    z = w * x
    e = z - 5
    L = e**2
    named(w=w, x=x, z=z, e=e, L=L)
    return L


def bias() -> Any:
    x, b = constant([1.0, 2.0, 3.0]), Tensor(0.5)
    z = x + b
    s = z**2
    L = np.sum(s)
    named(x=x, b=b, z=z, s=s, L=L)
    return L


def two_layers() -> Any:
    x, w1, w2 = constant(1.0), Tensor(1.0), Tensor(2.0)
    h = sigmoid(w1 * x)
    z = w2 * h
    L = (z - 3) ** 2
    named(x=x, w1=w1, w2=w2, h=h, z=z, L=L)
    return L


BUGS = {
    "order": Bug(
        "no topological order", engines.without_order, used_later,
        "b is used twice, by L and by c. Here it passes on what it has as soon as anything arrives: first the 1 that "
        "comes straight from L, then, when 3 more have come by way of c, its total of 4. So the first 1 is passed on "
        "twice, and a receives 2·1 + 2·4 = 10. In reverse topological order b waits until all of its consumers have "
        "spoken, and a receives 2·4 = 8, once.",
    ),
    "assign": Bug(
        "assign instead of accumulate", engines.assigning, used_often,
        "x is used three times: twice in x·x and once in the sum. Nudge x, and L changes through all three, so the "
        "derivative is 3 + 3 + 1 = 7. Here each contribution replaces the one before, and only the last survives: 3. "
        "The sweep must add: += and not =.",
    ),
    "reset": Bug(
        "gradients not reset", engines.not_reset, chain,
        "The second call starts from what the first one left. e receives its gradient again and holds twice as much; "
        "z receives twice as much on top of what it had, and holds three times; w four times. It is neither the "
        "gradient nor the sum of two. Inner nodes must start from nothing in every call. Leaves add up over calls on "
        "purpose (the gradient of a sum of losses is the sum of their gradients), hence zero_grad() before each step.",
    ),
    "broadcast": Bug(
        "no sum over broadcast axes", engines.without_sum, bias,
        "b is one number, and adding it to x copies it to three elements. Nudge b, and L changes through all three "
        "copies, so ∂L/∂b is the sum 3 + 5 + 7 = 15. Here what arrives is left as it is: three numbers for one "
        "variable. The update w − α·∂L/∂w would then turn b into an array, and no error would say so.",
    ),
    "update": Bug(
        "update inside the sweep", engines.updating, two_layers,
        "The step of w₂ is taken as soon as its gradient is known. But ∂z/∂h is w₂, and is needed after that: the "
        "gradient of h is computed with the new w₂, and with it that of w₁ and of everything before. The gradient "
        "belongs to the point where the loss was computed: first the whole sweep, then all the updates.",
    ),
}  # fmt: skip
