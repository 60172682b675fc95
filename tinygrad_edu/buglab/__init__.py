"""The bug lab: engines that are wrong on purpose, beside the right one, on a graph that shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..formulas.derivation import Derivation, derive
from ..formulas.numbers import value_text
from ..pictures.beside import beside
from ..pictures.boxes import Box, Cell, Plan
from ..pictures.folding import fold
from ..pictures.picture import Picture
from ..pictures.plan import plan_scene
from ..pictures.scene import Scene
from ..recorder import Recorder
from ..replay import replay
from ..tensor import Tensor
from .bugs import BUGS, Bug
from .engines import Adjoints

__all__ = ["BUGS", "Experiment", "experiment"]


def experiment(bug: str, output: Tensor | None = None) -> Experiment:
    """Run the engine with this bug beside the right one.

    Parameters
    ----------
    bug : ``"order"``, ``"assign"``, ``"reset"``, ``"broadcast"`` or ``"update"``.
    output : the Tensor whose derivatives are computed; by default that of a small graph that shows the bug.

    Raises
    ------
    UnsupportedError
        If there is no such bug, or if its engine fails on this graph.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> print(tg.buglab.experiment("order"))
    no topological order
           right  wrong
    ∂L/∂a  8      10     ≠
    ∂L/∂b  4      4
    ∂L/∂c  1      1
    ∂L/∂L  1      1
    """
    if bug not in BUGS:
        raise UnsupportedError(f"There is no bug {bug!r}: it is one of {', '.join(map(repr, BUGS))}.")
    return Experiment(BUGS[bug], BUGS[bug].example() if output is None else output)


class Experiment:
    """What the right and the wrong engine say about one graph: text, `right` and `wrong` by name, `picture`, `why`."""

    def __init__(self, bug: Bug, output: Tensor) -> None:
        self.title = bug.title
        self.why = bug.why
        self._derivation = derive(output, "operations")
        self._wrong = wrong_adjoints(bug, output, self._derivation)

    @property
    def right(self) -> dict[str, Any]:
        """∂L/∂(box) of each box, by the name that it has in the picture."""
        return self._by_name(self._derivation.adjoint)

    @property
    def wrong(self) -> dict[str, Any]:
        """The same as the wrong engine has it."""
        return self._by_name(self._wrong)

    def _by_name(self, adjoints: Adjoints) -> dict[str, Any]:
        return {name: adjoints[box] for box, name in self._derivation.names.items() if box in adjoints}

    @property
    def differing(self) -> list[str]:
        """The names of the boxes whose gradients are wrong."""
        return [name for box, name in self._derivation.names.items() if self._is_wrong(box)]

    def _is_wrong(self, box: Recorder) -> bool:
        right, wrong = self._derivation.adjoint, self._wrong
        return box in right and not (box in wrong and same(right[box], wrong[box]))

    @property
    def picture(self) -> Picture:
        """Both backward passes, one above the other, with the wrong boxes marked."""
        derivation = self._derivation
        folding = fold(derivation.parts)
        derivation.build(folding.members)
        scene = Scene(derivation, folding, "backward")
        right = plan_scene(scene, None, None)
        wrong = scene.showing("backward")
        wrong.adjoint = self._wrong
        marks = {f"n{i}": scene.adjoint[box] for i, box in enumerate(scene.shown, start=1) if self._is_wrong(box)}
        plans = {"right": right, self.title: marked(plan_scene(wrong, right.direction, None), marks)}
        names = ", ".join(self._adjoint_name(box) for box in scene.shown if self._is_wrong(box)) or "nothing"
        caption = f"A thick border and ≠ mark what the wrong engine gets wrong: {names}."
        return Picture(beside(plans, f"A bug: {self.title}", caption, f"{caption} {self.why}"))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What Jupyter shows: the picture, or the table where drawing fails, never an error."""
        try:
            return {**self.picture._repr_mimebundle_(), "text/plain": str(self)}
        except Exception as error:
            return {"text/plain": f"{self}\n({error})"}

    def __repr__(self) -> str:
        return f"<Experiment {self.title!r}: wrong are {', '.join(self.differing) or 'none'}>"

    def __str__(self) -> str:
        rows = [("", "right", "wrong", ""), *map(self._row, self._derivation.names)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join(cell.ljust(n) for cell, n in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([self.title, *filter(None, lines)])

    def _row(self, box: Recorder) -> tuple[str, str, str, str]:
        if box not in self._derivation.adjoint:
            return "", "", "", ""
        right, wrong = (value_text(found[box]) for found in (self._derivation.adjoint, self._wrong))
        return self._adjoint_name(box), right, wrong, "≠" if self._is_wrong(box) else ""

    def _adjoint_name(self, box: Recorder) -> str:
        return f"∂{self._derivation.loss}/∂{self._derivation.names[box]}"


def wrong_adjoints(bug: Bug, output: Tensor, derivation: Derivation) -> Adjoints:
    """What the wrong engine says about the boxes; it runs on a graph of its own, whose values it may change."""
    graph = replay(output)
    try:
        found = bug.engine(graph.output)
    except UnsupportedError:
        raise
    except Exception as error:
        raise UnsupportedError(f"The engine with the bug {bug.title!r} fails on this graph: {error}") from None
    origins = {graph.origin[node]: total for node, total in found.items()}  # type: ignore[index]
    return {box: origins[origin] for box, origin in derivation.origin.items() if origin in origins}


def same(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-12, atol=0)


def marked(plan: Plan, right: dict[str, Any]) -> Plan:
    """The plan with a thick border around the boxes whose `right` gradients are given, which are added: ``10 ≠ 8``."""
    return replace(plan, boxes=tuple(mark(box, right[box.id]) if box.id in right else box for box in plan.boxes))


def mark(box: Box, right: Any) -> Box:
    *before, last = box.rows
    return replace(box, kind="wrong", rows=(*before, last, (Cell("gradient", f"≠ {value_text(right)}"),)))
