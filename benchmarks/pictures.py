"""What drawing costs: the DOT text of chains, and of graphs whose naive formulas would be exponentially long."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
from measuring import Contestant, Workload

import tinygrad_edu as tg
from tinygrad_edu.node import topological_order


def cosine(y):
    return np.cos(y)


def doubling(y):
    return y + y


def squaring(y):
    return y * np.sin(y)


def repeated(step, times):
    """``y = step(y)``, again and again; x and the last y have names, what is between them has none."""
    y = tg.Tensor(1e-3, name="x")
    for _ in range(times):
        y = step(y)
    y.name = "y"
    return y


def timed(draw, step, times):
    """Tells the seconds to draw a fresh graph."""

    def run():
        y = repeated(step, times)
        start = time.perf_counter()
        draw(y)
        return time.perf_counter() - start

    return Contestant(run, lambda: [])


def by_hand(y):
    """A box for each operation and an arrow for each operand, as in micrograd's notebook."""
    from graphviz import Digraph

    dot = Digraph()
    for node in topological_order(y):
        dot.node(str(node.stamp), f"{node.data:.4f}")
        for parent in node.parents:
            dot.edge(str(parent.stamp), str(node.stamp))
    return dot.source


def drawn(detail):
    return lambda y: tg.draw(y, detail=detail).source


WORKLOAD = Workload(
    title="The DOT text of a graph",
    what="From a fresh graph to DOT text, and, in the last column, to an SVG that shows every operation. By hand is a "
    "loop over the graph that writes the values alone, with graphviz. Ours has a formula on each arrow, and folds what "
    "is too large for a picture.",
    problem=lambda step, times: (step, times),
    sizes={f"{10**k:,} × cos": (cosine, 10**k) for k in (2, 3, 4, 5)}
    | {"30 doublings": (doubling, 30), "200 × y·sin y": (squaring, 200)},
    tiny=(cosine, 10),
    contestants={
        "by hand": partial(timed, by_hand),
        "tinygrad_edu, operations": partial(timed, drawn("operations")),
        "tinygrad_edu, named": partial(timed, drawn("named")),
        "tinygrad_edu, laid out": partial(timed, lambda y: tg.draw(y, detail="operations").svg),
    },
    told=True,
)
