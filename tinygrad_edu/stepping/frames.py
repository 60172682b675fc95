"""The steps as numbered pictures in which every box keeps its place, or as one slide with overlays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..formulas.partition import checked
from ..pictures.boxes import Box, Cell, Plan
from ..pictures.measure import heading_block
from ..pictures.picture import Picture
from ..pictures.views import view
from ..tensor import Tensor
from .events import Step, few_steps
from .overlays import beamer
from .scenery import Scenery

FORMATS = ("svg", "png", "pdf", "tex")
ROLES = {"forward": "value", "backward": "gradient", "update": "parameter"}


def frames(
    output: Tensor,
    folder: str | Path,
    format: str = "svg",
    lr: float | None = None,
    detail: str | None = None,
    direction: str | None = None,
) -> list[Path]:
    """Write one picture for each step, ``step_00.svg``, ``step_01.svg``, …, in which every box keeps its place.

    Parameters
    ----------
    output : the Tensor whose graph is walked, usually the loss.
    folder : where to write; it is made if it does not exist.
    format : ``"svg"``, ``"png"`` or ``"pdf"``; or ``"tex"``: one Beamer slide, ``steps.tex``, with an overlay for each
        step.
    lr : the learning rate of an update at the end; without it there is none.
    detail, direction : as in `draw`.

    Raises
    ------
    UnsupportedError
        If there are more than a thousand steps.

    Returns
    -------
    The files, in order.
    """
    checked(format, FORMATS, "format")
    scenery = Scenery(output, detail, direction)
    plans = list(frame_plans(scenery.plan, few_steps(output, scenery, lr)))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if format == "tex":
        slide = folder / "steps.tex"
        slide.write_text(beamer(plans), encoding="utf-8")
        return [slide]
    digits = max(2, len(str(len(plans) - 1)))
    return [Picture(plan).save(folder / f"step_{i:0{digits}}.{format}") for i, plan in enumerate(plans)]


def frame_plans(plan: Plan, steps: list[Step]) -> Iterator[Plan]:
    """The picture before the first step, and after each."""
    plan = replace(plan, caption="")
    heads = [headed(plan, None), *(headed(plan, step) for step in steps)]
    room = max(heading_block(head).width for head in heads)
    computed = {step.box for step in steps if step.phase == "forward"}
    values, gradients = {box.id for box in plan.boxes} - computed, set[str]()
    passed: dict[str, set[int]] = {"forward": set(), "backward": set(), "update": set()}
    for head, step in zip(heads, [None, *steps]):
        if step is not None:
            values.add(step.box)
            gradients |= {f"{step.box}_sum"} if step.phase == "backward" else set()
            gradients |= {step.box} if step.phase == "backward" and not step.waiting else set()
            passed[step.phase] |= set(step.arrows)
        seen = view(head, values, gradients, passed["forward"], passed["backward"])
        yield replace(lit(seen, step), room=room)


def headed(plan: Plan, step: Step | None) -> Plan:
    """What happens as the title, and the local derivative or the running sum below it."""
    if step is None:
        return replace(plan, title="0. The start: what is given has its value", legend=below("", "hidden"))
    return replace(plan, title=str(step), legend=below(step.sum and f"{step.target}: {step.sum}" or step.local, "text"))


def below(words: str, role: str) -> tuple[Cell, ...]:
    """A second line in every frame, so that all headings are equally high."""
    return (Cell(role, words) if words else Cell("hidden", "0"),)


def lit(plan: Plan, step: Step | None) -> Plan:
    """A ring around the box of the step, and thick arrows; in other boxes the ring is hidden."""

    def ringed(box: Box) -> Box:
        here = step is not None and box.id == step.box
        return replace(box, ring=ROLES[step.phase] if here and step else "hidden")

    arrows = tuple(replace(a, lit=step is not None and i in step.arrows) for i, a in enumerate(plan.arrows))
    return replace(plan, boxes=tuple(map(ringed, plan.boxes)), arrows=arrows)
