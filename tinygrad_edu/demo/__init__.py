"""The demonstration: a logistic regression learns real data, and its computation graph is drawn."""

from __future__ import annotations

from pathlib import Path

from ..errors import UnsupportedError
from .drawings import draw_all
from .page import page
from .training import learn, report


def run(out: Path, seed: int = 0, quiet: bool = False) -> str:
    """Train, and write the pictures and a page that shows them into the folder `out`; what to say of it.

    Parameters
    ----------
    seed : chooses the initial weights and the example that is drawn.
    quiet : say nothing, and show no progress.

    Raises
    ------
    UnsupportedError
        If the folder cannot be made or written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        result = learn(seed, progress=not quiet)
        figures, left_out = draw_all(result, out, seed)
        (out / "index.html").write_text(page(result, figures, left_out), encoding="utf-8")
    except OSError as error:
        raise UnsupportedError(
            f"The demo cannot write to {error.filename} ({error.strerror}). Choose another folder with --out."
        ) from error
    files = "\n".join(f"  {out / figure.file}" for figure in figures)
    said = [report(result), f"\nWrote {out / 'index.html'}, which shows:", files, *left_out]
    return "" if quiet else "\n".join(said)
