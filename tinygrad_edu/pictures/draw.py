"""The public functions that draw a recorded graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import UnsupportedError
from ..formulas.partition import checked
from ..tensor import Tensor
from . import views, words
from .boxes import Plan
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
    tangents: Mapping[Tensor, Any] | None = None,
    align: bool = False,
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
    tangents : directions in which variables move, as ``{x: v}``: beside each value stands how fast it changes along
        them (forward mode).
    align : leave room for what `draw_backward` shows, so that with ``align=True`` both have every box in one place.
    """
    part: dict[str, Any] = {"focus": focus, "radius": radius, "path": path, "depth": depth}
    if align and tangents:
        raise UnsupportedError("align= leaves room for gradients, and tangents= needs other room: give one of them.")
    if align:
        return Picture(
            half(plan_graph(output, "both", detail, direction, None, show, digits, **part), "forward", title)
        )
    return Picture(plan_graph(output, "forward", detail, direction, title, show, digits, tangents=tangents, **part))


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
    notation: str = "partial",
    hide: str | None = None,
    align: bool = False,
) -> Picture:
    """How the chain rule runs back: ∂L/∂(box) in each box, the local derivative on each arrow.

    With ``align=True`` the boxes stand where ``draw_forward(..., align=True)`` puts them. The adjoints are computed
    for the picture, whether or not ``backward()`` was called, and ``.grad`` is left alone. Other parameters: see
    `draw_forward`.

    Parameters
    ----------
    notation : how ∂L/∂z is written: ``"partial"``, ``"d"`` (dz) or ``"bar"`` (z̄).
    hide : ``"gradients"`` leaves room for them: a worksheet, whose solution is the picture without `hide`.
    """
    part: dict[str, Any] = {"focus": focus, "radius": radius, "path": path, "depth": depth, "notation": notation}
    flow = "both" if align else "backward"
    plan = plan_graph(output, flow, detail, direction, None if align else title, show, digits, **part)
    return Picture(without(half(plan, "backward", title) if align else plan, hide))


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
    notation: str = "partial",
    hide: str | None = None,
) -> Picture:
    """Both passes in one picture: values flow along the black arrows, derivatives back along the orange ones.

    Parameters: see `draw_forward` and `draw_backward`.

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
    part: dict[str, Any] = {"focus": focus, "radius": radius, "path": path, "depth": depth, "notation": notation}
    return Picture(without(plan_graph(output, "both", detail, direction, title, show, digits, **part), hide))


def half(plan: Plan, flow: str, title: str | None) -> Plan:
    """One pass in the room of both."""
    return views.aligned(plan, flow, title or words.TITLES[flow].format(**words.ENDS[plan.direction]))


def without(plan: Plan, hide: str | None) -> Plan:
    if hide is None:
        return plan
    checked(hide, views.HIDEABLE, "hide")
    return views.worksheet(plan)
