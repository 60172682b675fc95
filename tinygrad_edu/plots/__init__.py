"""Plots with matplotlib (extra ``plot``): each draws on the axes `ax`, new ones by default, and returns them.

Colours mean what they mean in the pictures of graphs: blue values, orange gradients, green parameters. They follow
the ground of the axes, light or dark.
"""

from .axes import save
from .boundaries import area_shares, decision_boundary
from .curves import activation, gradient_norms, loss_curve, loss_curves
from .evaluation import confusion_matrix, roc_curves
from .spreads import spread
from .tiles import images, weights

__all__ = [
    "activation",
    "area_shares",
    "confusion_matrix",
    "decision_boundary",
    "gradient_norms",
    "images",
    "loss_curve",
    "loss_curves",
    "roc_curves",
    "save",
    "spread",
    "weights",
]
