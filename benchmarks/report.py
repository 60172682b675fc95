"""Measurements as Markdown: a table for each workload, a row for each library, a column for each size."""

from __future__ import annotations

from measuring import Measurement, Workload

HOW_TO_READ = (
    "The first row or column is the reference. Each cell: the **median** of the ratios of neighbouring runs to it "
    "(their quartiles), the ratio of the fastest runs, and the median figure. Less is better; below 1 is better than "
    "the reference. A dash: the library stops there, or would take too long."
)
PREFIXES = {"s": ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")), "B": ((1, "B"),)}


def table(workload: Workload, measured: list[Measurement]) -> str:
    reference = next(iter(workload.contestants))
    cells = {(m.name, m.size): cell(m, workload.unit) for m in measured}
    cells |= {(reference, m.size): shown(m.reference, workload.unit) for m in measured}
    names, sizes = present(measured)
    names = [reference, *names]
    if is_tall(measured):
        rows = [["", *names], *([size, *(cells.get((name, size), "–") for name in names)] for size in sizes)]
    else:
        rows = [["", *sizes], *([name, *(cells.get((name, size), "–") for size in sizes)] for name in names)]
    return "\n".join(map(line, [rows[0], ["---"] * len(rows[0]), *rows[1:]]))


def present(measured: list[Measurement]) -> tuple[list[str], list[str]]:
    """The libraries and the sizes that were measured, in order."""
    return list(dict.fromkeys(m.name for m in measured)), list(dict.fromkeys(m.size for m in measured))


def is_tall(measured: list[Measurement]) -> bool:
    """Whether sizes go down and libraries across, since there are more sizes."""
    names, sizes = present(measured)
    return len(sizes) > len(names) + 1


def line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def cell(m: Measurement, unit: str) -> str:
    low, median, high = map(ratio, m.quartiles)
    return f"**{median}** ({low}–{high}), {ratio(m.fastest)}, {shown(m.figure, unit)}"


def ratio(x: float) -> str:
    """Two decimals, or three digits where that is less."""
    return f"{x:.2f}" if 0.1 <= x < 10 else digits(x)


def digits(x: float) -> str:
    """Three significant digits, without an exponent."""
    exponent = int(f"{x:.2e}".partition("e")[2])
    return f"{x:.{max(2 - exponent, 0)}f}"


def shown(x: float, unit: str) -> str:
    factor, name = next((one for one in PREFIXES[unit] if x >= one[0]), PREFIXES[unit][-1])
    return f"{digits(x / factor)} {name}"


def section(workload: Workload, measured: list[Measurement]) -> str:
    return f"## {workload.title}\n\n{workload.what}\n\n{table(workload, measured)}\n"
