"""What one scalar operation costs, forward and backward: a chain of them, here and in karpathy/micrograd.

    python benchmarks/scalar_chain.py [--length 800] [--runs 60]

Every run builds a fresh chain and calls backward() on it, one library after the other, so that a slow moment of
the machine meets both. Printed are the median times in microseconds per operation, with Python's garbage collector
on, as it is by default, the median of the ratios of neighbouring runs, and the ratio of the fastest runs, which are
those in which the collector had little to do: micrograd makes cycles, which only it frees. micrograd recurses, so
chains are shorter than Python's recursion limit; it computes y - x and y / x from two or three operations of its own,
and has no arrays.
A second table shows, for this package alone, how the cost per operation changes with the length of the chain.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import tinygrad_edu as tg

try:
    from micrograd.engine import Value
except ImportError:
    Value = None

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "y * x": lambda y, x: y * x,
    "y + x": lambda y, x: y + x,
    "y - x": lambda y, x: y - x,
    "y / x": lambda y, x: y / x,
    "y * 0.5": lambda y, x: y * 0.5,
    "y + 1.0": lambda y, x: y + 1.0,
    "-y": lambda y, x: -y,
    "relu": lambda y, x: y.relu() if Value and type(y) is Value else tg.relu(y),
}
MIXES = {name: [operation] for name, operation in OPERATIONS.items()} | {
    "multiply and add": [OPERATIONS["y * x"], OPERATIONS["y + x"]],
    "arithmetic, each once": [operation for name, operation in OPERATIONS.items() if name != "relu"],
    "all of them, each once": list(OPERATIONS.values()),
}


def chain(x: Any, operations: list[Callable[[Any, Any], Any]], length: int) -> Any:
    y = x
    for _ in range(length // len(operations)):
        for operation in operations:
            y = operation(y, x)
    return y


def seconds(make: Callable[[float], Any], operations: list[Callable[[Any, Any], Any]], length: int) -> float:
    """The time to build one chain and to go back through it."""
    x = make(0.9)
    start = time.perf_counter()
    y = chain(x, operations, length)
    y.backward()
    return (time.perf_counter() - start) / (length // len(operations) * len(operations))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=int, default=800)
    parser.add_argument("--runs", type=int, default=60)
    options = parser.parse_args()
    libraries = {"tinygrad_edu": tg.Tensor} | ({"micrograd": Value} if Value else {})
    print(f"{'µs per operation':24}{''.join(f'{name:>14}' for name in libraries)}{'ratio':>10}{'fastest':>10}")
    for mix, operations in MIXES.items():
        times: dict[str, list[float]] = {name: [] for name in libraries}
        for _ in range(options.runs):
            for name, make in libraries.items():
                times[name].append(seconds(make, operations, options.length) * 1e6)
        shown = [f"{median(t):14.2f}" for t in times.values()]
        if Value:
            ours, theirs = times.values()
            shown += [f"{median(a / b for a, b in zip(ours, theirs)):10.2f}", f"{min(ours) / min(theirs):10.2f}"]
        print(f"{mix:24}{''.join(shown)}")
    print("\nµs per operation of tinygrad_edu, by the length of a chain that multiplies and adds: the fastest run")
    for length in (10, 100, 1_000, 10_000, 100_000):
        runs = [seconds(tg.Tensor, MIXES["multiply and add"], length) for _ in range(max(300_000 // length, 5))]
        print(f"{length:24,}{1e6 * min(runs):14.2f}")


if __name__ == "__main__":
    main()
