"""Frames as the overlays of one Beamer slide: each TikZ command is shown in the frames that have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ..pictures.boxes import Plan
from ..pictures.tikz import PACKAGES, palette, picture, placed, tikz_commands

WIDTH, HEIGHT = 430.0, 235.0
"""Of a 16:9 slide of Beamer inside its margins, in points."""


def beamer(plans: Sequence[Plan]) -> str:
    """A Beamer document of one slide that steps through the frames of one picture."""
    drawings = [placed(plan) for plan in plans]
    scale = min(WIDTH / drawings[0].width, HEIGHT / drawings[0].height)
    body = "\n".join(overlays([tikz_commands(drawing, scale) for drawing in drawings]))
    return rf"""\documentclass[aspectratio=169]{{beamer}}
{PACKAGES}
{palette(dark=False)}
\setbeamertemplate{{navigation symbols}}{{}}
\setbeamersize{{text margin left=3mm, text margin right=3mm}}
\begin{{document}}
\begin{{frame}}
\centering
{picture(body, scale)}
\end{{frame}}
\end{{document}}
"""


def overlays(frames: Sequence[Sequence[str]]) -> Iterator[str]:
    """Each command of the frames, in runs of equal ones; what all frames share needs no overlay."""
    for commands in zip(*frames, strict=True):
        start = 1
        for command, run in groupby(commands):
            end = start + sum(1 for _ in run) - 1
            if command:
                yield command if end - start + 1 == len(frames) else rf"\only<{start}-{end}>{{{command}}}"
            start = end + 1
