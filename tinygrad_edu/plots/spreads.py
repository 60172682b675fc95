"""Results that differ from run to run: all of them, and their mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .axes import add_legend, look, prepared


def spread(scores: Mapping[str, Sequence[float]], ax: Any = None, label: str | None = None) -> Any:
    """The scores of several runs of each setting: a dot for each run, a line through the means.

    Parameters
    ----------
    scores : the scores of the runs, such as one for each seed, by the name of the setting.
    label : for the legend, where the same axes are used for several kinds of score.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import tinygrad_edu as tg
    >>> ax = tg.plots.spread({"2 neurons": [0.4, 0.8], "20 neurons": [0.9, 1.0]}, Figure().subplots())
    >>> [round(mean, 2) for mean in ax.lines[0].get_ydata().tolist()]
    [0.6, 0.95]
    """
    ax = prepared(ax)
    style = look(len(ax.lines), ax)
    ax.plot(range(len(scores)), [np.mean(runs) for runs in scores.values()], label=label, **style)
    for place, runs in enumerate(scores.values()):
        ax.scatter([place] * len(runs), runs, color=style["color"], alpha=0.6, linewidths=0, zorder=3)
    ax.set_xticks(range(len(scores)), list(scores))
    if label is not None:
        add_legend(ax)
    return ax
