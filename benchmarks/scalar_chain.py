"""What one operation on single numbers costs, forward and backward: chains of them, built anew for each run.

micrograd recurses: it stops near 1,000 operations, and gets a higher limit for a chain of that length. Its nodes are
cycles, which only the collector frees. It has no subtraction or division of its own and makes them of two or three
operations. MyGrad and autograd are left out where one run would take more than half a minute.
"""

from __future__ import annotations

import sys
import time
from functools import partial

import peers
from measuring import Contestant, Workload

import tinygrad_edu as tg

START = 0.9


def chain(x, operations, length):
    y = x
    for _ in range(length // len(operations)):
        for operation in operations:
            y = operation(y, x)
    return y


def multiply(y, x):
    return y * x


def add(y, x):
    return y + x


# ---------------------------------------------------------------------- by the length of the chain


def by_hand(length):
    """The values in one list, and the derivative of each step backward."""

    def run():
        x = y = START
        values = []
        for _ in range(length // 2):
            values.append(y)
            y = y * x + x
        d_x, d_y = 0.0, 1.0
        for before in reversed(values):
            d_x += d_y * (1 + before)
            d_y *= x
        return y, d_x + d_y

    return Contestant(run, run, length)


def eager(length, longest=10**6, make=tg.Tensor):
    def run():
        x = make(START)
        y = chain(x, (multiply, add), length)
        y.backward()
        return float(y.data), float(x.grad)

    return Contestant(run, run, length) if length <= longest else None


def micrograd(length):
    from micrograd.engine import Value

    if length == 1000:
        sys.setrecursionlimit(1500)
    return eager(length, 1000, Value)


def torch(length):
    torch = peers.torch()
    return eager(length, 10**6, lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True))


def mygrad(length):
    import mygrad

    return eager(length, 10**5, mygrad.tensor)


def autograd(length):
    import autograd

    slope = autograd.value_and_grad(lambda x: chain(x, (multiply, add), length))
    return Contestant(lambda: slope(START), lambda: slope(START), length) if length <= 10**5 else None


LENGTHS = Workload(
    title="A chain of scalar operations",
    what="Builds a chain of y·x and y + x, goes back through it and frees it; figures are for one operation. By hand "
    "is a loop over Python floats. " + " ".join(__doc__.split("\n\n")[1].split()),
    problem=lambda length: (length,),
    sizes={f"{10**k:,}": (10**k,) for k in (3, 4, 5, 6)},
    tiny=(20,),
    contestants={
        "Python by hand": by_hand,
        "tinygrad_edu": eager,
        "micrograd": micrograd,
        "PyTorch": torch,
        "MyGrad": mygrad,
        "autograd": autograd,
    },
)

# ---------------------------------------------------------------------- backward alone, by the length of the chain


def backward(length, repeats):
    """Goes back through chains of this length, `repeats` times, and tells the seconds per operation."""

    def run():
        seconds = 0.0
        for _ in range(repeats):
            y = chain(tg.Tensor(START), (multiply, add), length)
            start = time.perf_counter()
            y.backward()
            seconds += time.perf_counter() - start
        return seconds / repeats / length

    return Contestant(run, lambda: [])


SHORT = 10**4

BACKWARD = Workload(
    title="Backward alone",
    what="The time of `backward()` for each node of a long chain of scalar operations, against that of a chain of "
    "10,000.",
    problem=lambda longest: (longest,),
    sizes={"per node": (10**6,)},
    tiny=(1000,),
    contestants={
        "10,000 nodes": lambda longest: backward(min(SHORT, longest // 100), 10),
        "100,000 nodes": lambda longest: backward(longest // 10, 1),
        "1,000,000 nodes": lambda longest: backward(longest, 1),
    },
    told=True,
)

# ---------------------------------------------------------------------- by the operation, beside micrograd


def relu(y, x):
    return tg.relu(y) if isinstance(y, tg.Tensor) else y.relu()


KINDS = {
    "y * x": [multiply],
    "y + x": [add],
    "y - x": [lambda y, x: y - x],
    "y / x": [lambda y, x: y / x],
    "y * 0.5": [lambda y, x: y * 0.5],
    "y + 1.0": [lambda y, x: y + 1.0],
    "-y": [lambda y, x: -y],
    "relu": [relu],
}
ARITHMETIC = [operation for (operation,) in KINDS.values() if operation is not relu]
MIXES = KINDS | {"multiply, add": [multiply, add], "arithmetic": ARITHMETIC, "all": [*ARITHMETIC, relu]}


def mixed(make, operations, length):
    def run(length=length):
        x = make(START)
        y = chain(x, operations, length)
        y.backward()
        return float(y.data), float(x.grad)

    # of a long chain nothing but rounding may be left of the derivative
    return Contestant(run, partial(run, len(operations)), length // len(operations) * len(operations))


def micrograd_mixed(operations, length):
    from micrograd.engine import Value

    return mixed(Value, operations, length)


OPERATIONS = Workload(
    title="One scalar operation, beside micrograd",
    what="A chain of 800 operations of one kind, or of several in turn, built, gone back through and freed; figures "
    "are for one operation.",
    problem=lambda operations, length: (operations, length),
    sizes={name: (operations, 800) for name, operations in MIXES.items()},
    tiny=(MIXES["all"], 16),
    contestants={"micrograd": micrograd_mixed, "tinygrad_edu": partial(mixed, tg.Tensor)},
)
