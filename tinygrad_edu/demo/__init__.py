"""The demonstration: a logistic regression learns real data, and its computation graph is drawn."""

from __future__ import annotations

from pathlib import Path

from .drawings import draw_all
from .page import page
from .training import learn, report


def run(out: Path, seed: int = 0, quiet: bool = False) -> None:
    """Train, print what was learned, and write the pictures and a page that shows them into the folder `out`.

    Parameters
    ----------
    seed : chooses the initial weights and the example that is drawn.
    quiet : print nothing, and show no progress.
    """
    result = learn(seed, progress=not quiet)
    out.mkdir(parents=True, exist_ok=True)
    figures, left_out = draw_all(result, out, seed)
    (out / "index.html").write_text(page(result, figures, left_out), encoding="utf-8")
    if not quiet:
        print(report(result))
        print(f"\nWrote {out / 'index.html'}, which shows:")
        print("\n".join(f"  {out / figure.file}" for figure in figures))
        print("\n".join(left_out))
