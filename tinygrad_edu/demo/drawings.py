"""The figures of the demonstration: the graph of one example and of all, the loss curve, the decision boundary."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import losses, plots
from ..errors import MissingExtraError
from ..functions import sigmoid
from ..pictures.draw import draw, draw_backward, draw_forward
from ..tensor import Tensor, constant, named
from .training import Result


class Figure(NamedTuple):
    """One figure of the page."""

    file: str
    heading: str
    caption: str
    alt: str
    dark_file: str | None = None
    """The same for dark pages, where one file cannot serve both."""


PASSES = (
    (
        "forward",
        partial(draw_forward, align=True),
        "forward pass",
        "Each box holds a value, computed from left to right, and has room for what the backward pass will bring.",
    ),
    (
        "backward",
        draw_backward,
        "backward pass",
        "The derivative of the loss flows back from right to left; each arrow multiplies it with its local derivative.",
    ),
    ("combined", draw, "both passes", "Values flow along the black arrows, derivatives back along the orange ones."),
)
"""File name, function, heading and caption."""


def draw_all(result: Result, out: Path, seed: int) -> tuple[list[Figure], list[str]]:
    """Write every figure into `out`; returns them, and sentences about what had to be left out.

    The graphs are drawn before training: at the minimum, all derivatives would be zero.
    """
    i, n = int(np.random.default_rng(seed).integers(len(result.y))), len(result.y)
    figures = [
        *draw_passes(graph(result, i, "x", "L"), out, "one_example", f"One example, flower {i + 1} of {n}"),
        *draw_passes(graph(result, slice(None), "X", "J"), out, "all_examples", f"All {n} examples at once"),
    ]
    try:
        return [*figures, *plot_training(result, out)], []
    except MissingExtraError as error:
        return figures, [f"Left out: the loss curve and the decision boundary. {error}"]


def graph(result: Result, chosen: int | slice, data_name: str, loss_name: str) -> Tensor:
    """The loss of the chosen examples before training, with the graph that computed it."""
    w, b = Tensor(result.start["w"], name="w"), Tensor(result.start["b"], name="b")
    x, y = constant(result.X[chosen], name=data_name), constant(result.y[chosen], name="y")
    z = (w @ x if x.ndim == 1 else x @ w) + b
    y_hat = sigmoid(z)
    loss: Tensor = losses.log_loss(y, y_hat)
    named(**{"z": z, "y_hat": y_hat, loss_name: loss})
    return loss


def draw_passes(loss: Tensor, out: Path, name: str, subject: str) -> list[Figure]:
    figures = []
    for kind, drawing, heading, caption in PASSES:
        file = f"{name}_{kind}.svg"
        drawing(loss).save(out / file)
        alt = f"Computation graph of logistic regression, {heading}: data x and y, parameters w and b, z, ŷ, loss"
        figures.append(Figure(file, f"{subject}: {heading}", caption, alt))
    return figures


def plot_training(result: Result, out: Path) -> list[Figure]:
    def curve(ax: Any) -> Any:
        result.history.plot(ax)
        ax.set(xscale="log", xlabel="step", ylabel="loss (nats per example)")
        return ax

    def boundary(ax: Any) -> Any:
        plots.decision_boundary(result.predict, result.petals, result.y, ax=ax)
        ax.set(xlabel="petal length (cm)", ylabel="petal width (cm)")
        ax.legend(["versicolor", "virginica"], loc="upper left")
        return ax

    last, wrong = result.loss, result.wrong
    return [
        plot(
            curve, out, "loss_curve", "The loss while learning",
            f"The mean log loss of the 100 examples over the steps, in nats; it ends at {last:.5f}.",
        ),
        plot(
            boundary, out, "decision_boundary", "What was learned",
            f"On the line both species are equally likely; {wrong} of the 100 flowers lie on the wrong side.",
        ),
    ]  # fmt: skip


def plot(drawing: Callable[[Any], Any], out: Path, name: str, heading: str, caption: str) -> Figure:
    for file, dark in ((f"{name}.svg", False), (f"{name}_dark.svg", True)):
        plots.save(drawing, out / file, dark)
    return Figure(f"{name}.svg", heading, caption, caption, f"{name}_dark.svg")
