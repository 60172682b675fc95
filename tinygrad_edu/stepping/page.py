"""One page that steps through both passes: no network, no server, and nothing in it that a name could script."""

from __future__ import annotations

import hashlib
import html
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

import numpy as np

from ..pictures import style
from ..pictures.boxes import Plan
from ..pictures.house import arrow_ids, box_ids
from ..pictures.picture import checked_path
from ..pictures.render import render_svg
from ..tensor import Tensor
from .events import Step, few_steps
from .phrases import number
from .player import Player
from .scenery import Scenery

HERE = Path(__file__).parent
MOST_ANSWERS = 4
PHASES = {"forward": "forward pass", "backward": "backward pass", "update": "update"}


@overload
def play(output: Tensor, path: None = None, *rest: Any, **more: Any) -> Player: ...
@overload
def play(output: Tensor, path: str | Path, *rest: Any, **more: Any) -> Path: ...
def play(
    output: Tensor,
    path: str | Path | None = None,
    quiz: bool = False,
    lr: float | None = None,
    detail: str | None = None,
    direction: str | None = None,
) -> Player | Path:
    """Write a page that steps through both passes: a slider, buttons, arrow keys, and a link to each step (``#8``).

    Each step lights its boxes and arrows and shows its formula, with symbols and with numbers. The page is one file
    that asks nothing of the network; it can be read aloud, printed, and read without scripts as a list of all steps.

    Parameters
    ----------
    output : the Tensor whose graph is walked, usually the loss. ``.grad`` is left alone.
    path : the file to write, ending in .html; without it, the page is returned as a `Player`, which displays itself in
        Jupyter.
    quiz : ask for each gradient before it is shown.
    lr : the learning rate of an update at the end; without it there is none.
    detail, direction : as in `draw`.

    Raises
    ------
    UnsupportedError
        If there are more than a thousand steps.
    ValueError
        If `path` does not end in .html.
    FileNotFoundError
        If its folder does not exist.
    """
    if path is not None:
        checked_path(path, (".html",), "a page")
    scenery = Scenery(output, detail, direction)
    title = f"{scenery.derivation.names[scenery.derivation.output]}, step by step"
    player = Player(title, page(title, scenery.plan, few_steps(output, scenery, lr), quiz))
    return player if path is None else player.save(path)


def page(title: str, plan: Plan, steps: list[Step], quiz: bool) -> str:
    """The whole page as text."""
    plan = replace(plan, caption="")
    script, look = read("player.js"), palettes() + read("player.css")
    values = {
        "title": html.escape(title), "quiz": "yes" if quiz else "no",
        "shape": "tall" if plan.direction == "TB" else "wide", "script": script, "style": look,
        "script_hash": hashed(script), "style_hash": hashed(look), "picture": picture(plan),
        "steps": "\n".join(items(plan, steps)),
    }  # fmt: skip
    # one pass, so that nothing that was filled in is filled in again
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], read("player.html"))


def read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def hashed(text: str) -> str:
    """The hash by which the page's security policy lets this text run, and no other."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def palettes() -> str:
    """The colours as variables, light and dark, and the classes of the picture that use them."""
    light, dark = (";".join(f"--{role}:{code}" for role, code in p.items()) for p in (style.LIGHT, style.DARK))
    dark += ";color-scheme:dark"
    rules = "".join(f".tg-f-{role}{{fill:var(--{role})}}.tg-s-{role}{{stroke:var(--{role})}}" for role in style.LIGHT)
    prefers = f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
    return f":root{{{light}}}{prefers}@media screen{{:root[data-theme=dark]{{{dark}}}}}{rules}\n"


def picture(plan: Plan) -> str:
    """The SVG without a style of its own, one pixel to the point."""
    svg = re.sub("<style>.*?</style>", "", render_svg(plan)[0], flags=re.DOTALL)
    return re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', svg, count=2)


def items(plan: Plan, steps: list[Step]) -> Iterator[str]:
    """A list item for the start, and for each step what is said and what lights up."""
    boxes, arrows = box_ids(plan), arrow_ids(plan)
    given = "What was given has its value; the rest is computed, step by step."
    yield f'<li class="start" data-phase="start"><h2>Start</h2><p>{given}</p></li>'
    for step in steps:
        head = f"Step {step.number} of {len(steps)}, {PHASES[step.phase]}"
        data = "".join(f' data-{k}="{html.escape(v)}"' for k, v in facts(step, boxes, arrows).items())
        yield f'<li id="step-{step.number}" class="{step.phase}"{data}><h2>{head}</h2>{said(step)}</li>'


def facts(step: Step, boxes: dict[str, str], arrows: list[str]) -> dict[str, str]:
    """What the script needs to know about a step."""
    found = {"phase": step.phase, "box": boxes[step.box], "arrows": " ".join(arrows[i] for i in step.arrows)}
    if step.phase == "backward":
        found |= {"target": step.target, "total": number(step.total)}
        found |= {} if step.waiting else {"done": "yes"}
        if step.source is not None:
            found["answer"] = answer(step.added)
        if step.sum:
            found |= {"sum": boxes.get(f"{step.box}_sum", ""), "several": "yes"}
    return found


def answer(value: Any) -> str:
    """The numbers that the quiz expects, if they are few enough to type."""
    numbers = np.ravel(value)
    return " ".join(f"{x:.6g}" for x in numbers) if numbers.size <= MOST_ANSWERS else ""


def said(step: Step) -> str:
    """The sentences of a step; the quiz keeps back those with numbers."""
    waiting = f"; {step.waiting} more to come" if step.waiting else ""
    lines = [
        ("symbols", step.symbols),
        ("local answer", f"Local derivative: {step.local}" if step.local else ""),
        ("numbers answer", step.numbers),
        ("sum answer", f"{step.target} so far: {step.sum}{waiting}" if step.sum else ""),
    ]
    return "".join(f'<p class="{kind}">{html.escape(line)}</p>' for kind, line in lines if line)
