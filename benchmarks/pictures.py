"""What drawing costs: the DOT text of graphs whose naive formulas would be exponentially long, and of a long chain.

    python benchmarks/pictures.py [--runs 3] [--length 100000]

Times are in milliseconds, the best of several runs, without the layout, which Graphviz makes of the text. Each run
draws a fresh graph: the plan is made, formulas are read from the rules, and the text is written. Then what it takes
until a folded picture of 10,000 operations is laid out, too, and until a browser (Chromium, where there is one) has
opened the page that steps through a logistic regression.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def folded() -> float:
    """The time until 10,000 operations are folded and laid out."""
    y = repeated(np.cos, 10_000)
    start = time.perf_counter()
    assert tg.draw(y, detail="operations").svg
    return time.perf_counter() - start


def logistic() -> tg.Tensor:
    """One example of logistic regression."""
    w, b = tg.Tensor([0.1, -0.2]), tg.Tensor(0.3)
    x, y = tg.constant([2.0, 3.0]), tg.constant(1.0)
    z = w @ x + b
    y_hat = tg.sigmoid(z)
    L = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
    tg.named(w=w, b=b, x=x, y=y, z=z, y_hat=y_hat, L=L)
    return L


def opened(runs: int) -> list[float]:
    """The times, in milliseconds, in which a browser opens the page of the logistic regression; none without one."""
    sys.path.append(str(Path(__file__).parent.parent / "tests"))
    from browser import CHROMIUM
    from devtools import browsing

    if CHROMIUM is None:
        return []
    with tempfile.TemporaryDirectory() as folder, browsing() as page:
        path = tg.play(logistic(), Path(folder, "steps.html"))
        times = []
        for _ in range(runs):
            page.open(path.as_uri())
            times.append(float(page.value("performance.getEntriesByType('navigation')[0].domComplete")))
    return times


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
    least = min(folded() for _ in range(options.runs))
    print(f"{'10,000 operations, folded, as SVG':36}{'operations':>12}{least * 1e3:10.1f}")
    if times := opened(options.runs):
        print(f"{'the page of a logistic regression':36}{'opened':>12}{min(times):10.1f}")


if __name__ == "__main__":
    main()
