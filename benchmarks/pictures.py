"""What drawing costs: the DOT text of graphs whose naive formulas would be exponentially long, and of a long chain.

    python benchmarks/pictures.py [--runs 3] [--length 100000]

Times are in milliseconds, the best of several runs, without the layout, which Graphviz makes of the text. Each run
draws a fresh graph: the plan is made, formulas are read from the rules, and the text is written.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

import tinygrad_edu as tg


def repeated(step: Callable[[tg.Tensor], tg.Tensor], times: int) -> tg.Tensor:
    """``y = step(y)``, again and again; x and the last y have names, what is between them has none."""
    y = tg.Tensor(1e-3, name="x")
    for _ in range(times):
        y = step(y)
    y.name = "y"
    return y


def timed(graph: Callable[[], tg.Tensor], detail: str) -> tuple[float, int]:
    """The time to draw the graph, and the number of characters of the text."""
    y = graph()
    start = time.perf_counter()
    source = tg.draw(y, detail=detail).source
    return time.perf_counter() - start, len(source)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--length", type=int, default=100_000)
    options = parser.parse_args()
    graphs: dict[str, Callable[[], tg.Tensor]] = {
        "30 doublings, y = y + y": lambda: repeated(lambda y: y + y, 30),
        "200 levels of y = y * sin(y)": lambda: repeated(lambda y: y * np.sin(y), 200),
        f"{options.length:,} times y = cos(y)": lambda: repeated(np.cos, options.length),
    }
    print(f"{'ms':36}{'detail':>12}{'best':>10}{'characters':>12}")
    for name, graph in graphs.items():
        for detail in ("named", "operations"):
            best, characters = min(timed(graph, detail) for _ in range(options.runs))
            print(f"{name:36}{detail:>12}{best * 1e3:10.1f}{characters:12,}")


if __name__ == "__main__":
    main()
