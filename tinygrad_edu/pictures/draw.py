"""The public functions that draw a recorded graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor import Tensor
from .picture import Picture
from .plan import plan_graph


def draw_forward(
    output: Tensor,
    detail: str | None = None,
    direction: str | None = None,
    title: str | None = None,
    show: str = "values",
    *,
    focus: Tensor | None = None,
    radius: int = 1,
    path: Sequence[Tensor] | None = None,
    depth: int | None = None,
    digits: int = 3,
) -> Picture:
    """How `output` was computed: a box for each value, with its formula and its number.

    Parameters
    ----------
    output : the Tensor whose graph is drawn, usually the loss.
    detail : ``"named"``, the default if `output` and all its variables have names (see `tg.named`): a box for each
        name; or ``"operations"``: a box for each operation.
    direction : ``"LR"`` (left to right) or ``"TB"`` (top down); by default what fits on a slide.
    title : instead of the default.
    show : ``"values"``, or ``"shapes"`` in their place, or ``"blanks"`` to write the shapes into.
    focus, radius : show this Tensor of the graph, and what is at most `radius` arrows away.
    path : a pair ``(a, b)`` of Tensors: show what lies between them.
    depth : modules with ``depth − 1`` modules around them are one box each, 1 for the outermost; more than three
        that are alike, one after the other, are counted in one box.
    digits : of the numbers; in arrays one less.
    """
    part: dict[str, Any] = {"focus": focus, "radius": radius, "path": path, "depth": depth}
    return Picture(plan_graph(output, "forward", detail, direction, title, show, digits, **part))


def draw_backward(
    output: Tensor,
    detail: str | None = None,
    direction: str | None = None,
    title: str | None = None,
    show: str = "values",
    *,
    focus: Tensor | None = None,
    radius: int = 1,
    path: Sequence[Tensor] | None = None,
    depth: int | None = None,
    digits: int = 3,
) -> Picture:
    """How the chain rule runs back: ∂L/∂(box) in each box, the local derivative on each arrow.

    The boxes stand where `draw_forward` puts them. The adjoints are computed for the picture, whether or not
    ``backward()`` was called, and ``.grad`` is left alone. Parameters: see `draw_forward`.
    """
    part: dict[str, Any] = {"focus": focus, "radius": radius, "path": path, "depth": depth}
    return Picture(plan_graph(output, "backward", detail, direction, title, show, digits, **part))


def draw(
    output: Tensor,
    detail: str | None = None,
    direction: str | None = None,
    title: str | None = None,
    show: str = "values",
    *,
    focus: Tensor | None = None,
    radius: int = 1,
    path: Sequence[Tensor] | None = None,
    depth: int | None = None,
    digits: int = 3,
) -> Picture:
    """Both passes in one picture: values flow along the black arrows, derivatives back along the orange ones.

    Parameters: see `draw_forward`.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> w, x = tg.Tensor(2.0, name="w"), tg.constant(3.0, name="x")
    >>> y = np.tanh(w * x)
    >>> y.name = "y"
    >>> picture = tg.draw(y)
    >>> [arrow.label for arrow in picture.plan.arrows]
    [('∂y/∂w = (1 − y²)·x', '= 7.37e−5'), ()]
    """
    part: dict[str, Any] = {"focus": focus, "radius": radius, "path": path, "depth": depth}
    return Picture(plan_graph(output, "both", detail, direction, title, show, digits, **part))
