"""What all plots share: axes in the style of the pictures, colours by role, and saving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import MissingExtraError, how_to_install
from ..pictures import style

SERIES = ("value", "gradient", "parameter", "loss", "data")
GRADES = ("value", "parameter", "loss", "gradient")
DASHES = ("-", "--", ":", "-.")


def missing() -> MissingExtraError:
    return MissingExtraError(f"Plots need matplotlib, which is not installed: {how_to_install('plot')}")


def prepared(ax: Any, grid: bool = True) -> Any:
    """`ax`, or new axes, with thin lines in quiet colours: what is drawn is to be seen first."""
    ax = new_axes() if ax is None else ax
    quiet, ink, line = (colour(role, ax) for role in ("quiet", "ink", "line"))
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(line)
    ax.tick_params(which="both", color=line, labelcolor=quiet)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        text.set_color(ink)
    if grid:
        ax.grid(color=colour("data", ax), alpha=0.25, linewidth=0.6)
        ax.set_axisbelow(True)
    return ax


def new_axes() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError:
        raise missing() from None
    return pyplot.subplots(layout="constrained")[1]


def colour(role: str, ax: Any) -> str:
    """The colour of a role on the ground of the axes."""
    return style.colour(role, dark=on_dark(ax))


def on_dark(ax: Any) -> bool:
    from matplotlib.colors import to_hex

    grounds = [to_hex(face) for face in (ax.get_facecolor(), ax.figure.get_facecolor()) if face[3]]
    return bool(grounds) and style.contrast(grounds[0], "#FFFFFF") > style.contrast(grounds[0], "#000000")


def look(i: int, ax: Any) -> dict[str, Any]:
    """Colour and dashes of curve i: no two of the first 20 are alike, and neighbours differ in both."""
    return {"color": colour(SERIES[i % len(SERIES)], ax), "linestyle": DASHES[(i + i // 20) % len(DASHES)]}


def graded(i: int, n: int, ax: Any) -> dict[str, Any]:
    """Colour and dashes of curve i of n in a row, from blue to orange; those that share a colour differ in dashes."""
    stops = [round(j * (len(GRADES) - 1) / max(n - 1, 1)) for j in range(i + 1)]
    shared = stops[:i].count(stops[i])
    return {"color": colour(GRADES[stops[i]], ax), "linestyle": DASHES[shared % len(DASHES)]}


def add_legend(ax: Any, **place: Any) -> None:
    ground, ink = colour("ground", ax), colour("ink", ax)
    legend = ax.legend(facecolor=ground, edgecolor="none", framealpha=0.8, labelcolor=ink, **place)
    legend.get_title().set_color(ink)


def save(
    draw: Callable[[Any], Any],
    path: str | Path,
    dark: bool = False,
    panels: tuple[int, int] = (1, 1),
    size: tuple[float, float] | None = None,
) -> None:
    """Write what ``draw(ax)`` draws to a file, without a ground of its own.

    The same drawing gives the same bytes. An SVG keeps its text as text, and turns dark on pages that are.

    Parameters
    ----------
    draw : takes the axes, or an array of them if there are several `panels`.
    path : its ending says the format: ``.svg``, ``.png``, ``.pdf``.
    dark : for dark pages only.
    panels : rows and columns of axes.
    size : width and height in inches.
    """
    try:
        import matplotlib.style
        from matplotlib.figure import Figure
    except ImportError:
        raise missing() from None
    rows, columns = panels
    with matplotlib.style.context("dark_background" if dark else "default"):
        with matplotlib.rc_context({"svg.hashsalt": "tinygrad_edu", "svg.fonttype": "none"}):
            figure = Figure(figsize=size or (7 if columns == 1 else 3.4 * columns, 4.2 * rows), layout="constrained")
            draw(figure.subplots(rows, columns))
            figure.savefig(path, metadata={"Date": None} if Path(path).suffix == ".svg" else None, transparent=True)
    if Path(path).suffix == ".svg" and not dark:
        Path(path).write_text(darkening(Path(path).read_text(encoding="utf-8")), encoding="utf-8")


def darkening(svg: str) -> str:
    """The SVG with rules that give each of our light colours its dark one where the reader prefers dark pages."""
    rules = [
        f'[style*="{key}: {light.lower()}"]{{{key}:{style.DARK[role]}!important}}'
        for role, light in style.LIGHT.items()
        for key in ("fill", "stroke")
        if f"{key}: {light.lower()}" in svg
    ]
    sheet = f"<style>@media (prefers-color-scheme: dark){{{''.join(rules)}}}</style>"
    return svg.replace("<defs>", f"<defs>{sheet}", 1)
