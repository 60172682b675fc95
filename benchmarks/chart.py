"""The ratios as dots on a logarithmic axis, with their quartiles: a panel for each workload."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

from measuring import Measurement, Workload
from report import is_tall, present, ratio

from tinygrad_edu.pictures.style import colour

COLUMNS = 2
SLIDE = (13.33, 7.5)
PALEST = 0.45
"""How much colour the dots of the first size have, of that of the last."""


TICKS = (4, (0.7, 0.8, 0.9, 1, 1.2, 1.5, 2, 3, 5)), (10, (1, 1.5, 2, 3, 5, 7)), (200, (1, 2, 5)), (float("inf"), (1,))
"""The ticks of each power of ten, by how wide the axis is: the ratio of its ends."""


def write(results: dict[str, tuple[Workload, list[Measurement]]], folder: Path) -> None:
    """`performance.png` with all panels, and a slide for each; nothing without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    lines = [len(measured) + 4 for _, measured in results.values()]
    columns = min(COLUMNS, len(lines))
    heights = [max(row) for row in zip_longest(*[iter(lines)] * columns, fillvalue=0)]
    figure = Figure(figsize=(8 * columns, 0.2 * sum(heights)), layout="constrained")
    axes = figure.subplots(len(heights), columns, squeeze=False, height_ratios=heights).flat
    for ax, (workload, measured) in zip_longest(axes, results.values(), fillvalue=(None, [])):
        draw(ax, workload, measured, 10) if measured else ax.set_axis_off()
    figure.get_layout_engine().set(h_pad=0.15, w_pad=0.15)
    figure.savefig(folder / "performance.png", dpi=120)
    for name, (workload, measured) in results.items():
        slide = Figure(figsize=SLIDE, layout="constrained")
        slide.get_layout_engine().set(h_pad=0.2, w_pad=0.2)
        draw(slide.subplots(), workload, measured, 15)
        slide.savefig(folder / f"{name}.png", dpi=120)


def draw(ax: Any, workload: Workload, measured: list[Measurement], size: float) -> None:
    """A row for each library, and a dot for each size; or the other way round, as in the table."""
    rows, series = present(measured)[:: -1 if is_tall(measured) else 1]
    for m in measured:
        row, place = (m.size, m.name) if is_tall(measured) else (m.name, m.size)
        dot(ax, m, rows.index(row), series.index(place), len(series), size)
    decorate(ax, rows, size)
    many = len(series) > 1
    title = workload.title if many else f"{workload.title}: {series[0]}"
    ax.set_title(
        title, loc="left", pad=(2 if many else 0.6) * size, size=1.25 * size, weight="bold", color=colour("ink")
    )
    what = f"times {next(iter(workload.contestants))}; less is better (median and quartiles of neighbouring runs)"
    ax.set_xlabel(what, size=0.85 * size, color=colour("ink"), loc="right")
    if many:
        add_legend(ax, series, size)


def dot(ax: Any, m: Measurement, row: int, place: int, places: int, size: float) -> None:
    """One measurement: its median, its quartiles as a line, and its number."""
    from matplotlib.patheffects import withStroke

    low, median, high = m.quartiles
    shade = shaded(role(m.name), place, places)
    y = row + 0.8 * ((place + 0.5) / places - 0.5)
    ax.plot([low, high], [y, y], color=shade, linewidth=0.25 * size, alpha=0.5, solid_capstyle="round")
    ax.plot(median, y, "o", color=shade, markersize=0.5 * size)
    number = ax.annotate(
        ratio(median),
        (max(high, median), y),
        xytext=(0.6 * size, 0),
        textcoords="offset points",
        va="center_baseline",
        color=colour("ink"),
        size=(0.75 if places < 5 else 0.65) * size,
    )
    number.set_path_effects([withStroke(linewidth=0.15 * size, foreground=colour("ground"))])


def decorate(ax: Any, rows: list[str], size: float) -> None:
    """Names of the rows, ours in our colour; a line at 1; and a logarithmic axis with plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.set_xscale("log")
    low, high = ax.get_xlim()
    low, high = min(low, 0.8), max(high, 1.25)
    ax.set_xlim(low, high * (high / low) ** 0.08)  # room for the last number
    ax.xaxis.set_major_locator(LogLocator(subs=next(subs for widest, subs in TICKS if high / low < widest)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.axvline(1, color=colour("ink"), linewidth=0.12 * size)
    ax.axvspan(low / 10, 1, color=colour("parameter-fill"), alpha=0.5, linewidth=0, zorder=0)
    ax.set_yticks(range(len(rows)), rows)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(which="both", labelsize=size, length=0, labelcolor=colour("quiet"))
    for label in ax.get_yticklabels():
        label.set_color(colour(role(label.get_text())))
        label.set_weight("bold" if "tinygrad_edu" in label.get_text() else "normal")
    for between in range(1, len(rows)):
        ax.axhline(between - 0.5, color=colour("data"), alpha=0.25, linewidth=0.6)
    ax.grid(axis="x", color=colour("data"), alpha=0.25, linewidth=0.6)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set_color(colour("line"))


def add_legend(ax: Any, series: list[str], size: float) -> None:
    from matplotlib.lines import Line2D

    dots = [
        Line2D(
            [], [], marker="o", linestyle="", markersize=0.5 * size, color=shaded("quiet", i, len(series)), label=name
        )
        for i, name in enumerate(series)
    ]
    ax.legend(
        handles=dots, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(series), frameon=False, fontsize=0.85 * size,
        labelcolor=colour("quiet"), handletextpad=0.1, columnspacing=1, borderaxespad=0, borderpad=0.3,
    )  # fmt: skip


def role(name: str) -> str:
    """The colour of a library: ours stand out, compiled ones are green."""
    if "tinygrad_edu" not in name:
        return "quiet"
    return "parameter" if name.endswith(("compiled", "numba")) else "value"


def shaded(role: str, place: int, places: int) -> tuple[float, ...]:
    """The colour of a role, paler for the first of several places."""
    from matplotlib.colors import to_rgb

    share = 1 if places == 1 else PALEST + (1 - PALEST) * place / (places - 1)
    return tuple(1 - share * (1 - part) for part in to_rgb(colour(role)))
