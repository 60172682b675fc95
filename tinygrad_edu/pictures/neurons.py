"""Networks as circles and wires, on a grid of our own: Graphviz would reorder the neurons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ShapeError, UnsupportedError
from ..formulas.names import SUBSCRIPTS
from ..formulas.normal import symbol
from ..formulas.numbers import number_text
from ..formulas.reading import formula
from ..formulas.text import text
from ..nn import MLP, Layer, Neuron
from ..recording import enable_grad
from ..replay import replay
from ..tensor import Tensor, constant, gradient
from .boxes import Arrow, Box, Cell, Plan
from .labels import broken
from .picture import Picture

COLUMN, ROW = 210.0, 100.0
CLEAR = 78.0
"""Half a neuron and half a label: with n wires into a neuron the last 1/(n + 1) of the way parts all labels evenly."""
MOST_LABELLED = 4
"""Up to 4×4 wires carry numbers; beyond, their width and dashes must do."""
MOST_SHOWN = 8
MORE = "more"
NARROW = 22
CHARACTER, GAP = 4.5, 195.0
"""Half the width of a letter, and room for a neuron and a label in front of the loss, in points."""


def draw_neurons(
    net: MLP | Layer | Neuron,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    loss: Callable[[Any, Any], Any] | None = None,
    title: str | None = None,
) -> Picture:
    """A network neuron by neuron: weights on the wires; with `x` each output; with `y` and `loss` the backward pass.

    Parameters
    ----------
    net : an `MLP`, `Layer` or `Neuron`.
    x : one example, of shape (n_in,).
    y, loss : a target and a function ``loss(y, y_hat)`` that gives one number: each neuron then shows ∂L/∂z, each
        wire ∂L/∂w. A target of a network with one output is a number.

    Raises
    ------
    ShapeError
        If `x` is not one example of the network's size.
    UnsupportedError
        If only one of `y` and `loss` is given, or `y` without `x`; or if `net` is something else.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> net = tg.nn.MLP([2, 3, 1], output="sigmoid", seed=0)
    >>> picture = tg.draw_neurons(net, x=[0.4, 0.6], y=1, loss=tg.losses.log_loss)
    >>> picture.plan.title
    'Backward pass: a 2-3-1 network, neuron by neuron'
    """
    if (y is None) != (loss is None) or (y is not None and x is None):
        raise UnsupportedError("draw_neurons: the backward pass needs x, y and loss; the forward pass x alone.")
    with enable_grad():
        columns = computed(net_layers(net), x)
        back = None if loss is None else backward(columns, constant(y, name="y"), loss)  # type: ignore[arg-type]
    return Picture(NeuronPlanner(columns, back).plan(title))


def net_layers(net: MLP | Layer | Neuron) -> list[Layer]:
    if isinstance(net, Neuron):
        return [Layer.from_neurons([net])]
    if not isinstance(net, (MLP, Layer)):
        raise UnsupportedError(
            f"draw_neurons takes an MLP, a Layer or a Neuron, but {type(net).__name__} was given. "
            "The computation graph of a Tensor L is drawn by tg.draw(L)."
        )
    return list(net.layers) if isinstance(net, MLP) else [net]


class Column(NamedTuple):
    """What stands in one column: the inputs (no layer), or a layer's neurons."""

    names: list[str]
    layer: Layer | None
    z: Tensor | None
    output: Tensor | None


class Backward(NamedTuple):
    """The loss, ∂L/∂z of each layer and ∂L/∂W of each layer."""

    loss: Tensor
    formula: str
    z: list[Any]
    W: list[Any]


def computed(layers: list[Layer], x: ArrayLike | None) -> list[Column]:
    """The columns of the picture, with the values that the layers take for `x`."""
    n_in = layers[0].W.shape[0]
    h = None if x is None else constant(np.asarray(x, dtype=layers[0].W.dtype), name="x")
    if h is not None and h.shape != (n_in,):
        raise ShapeError(f"draw_neurons: x is one example of shape ({n_in},), not {h.shape}.")
    columns = [Column(numbered("x", n_in), None, None, h)]
    for i, layer in enumerate(layers, start=1):
        z = None if h is None else h @ layer.W + layer.b
        h = None if z is None else layer.activation(z)
        letter = "ŷ" if i == len(layers) else "h" if len(layers) <= 2 else "h⁽" + "⁰¹²³⁴⁵⁶⁷⁸⁹"[i % 10] + "⁾"
        columns.append(Column(numbered(letter, len(layer)), layer, z, h))
    return columns


def numbered(letter: str, n: int) -> list[str]:
    return [letter] if n == 1 and letter == "ŷ" else [letter + str(j).translate(SUBSCRIPTS) for j in range(1, n + 1)]


def backward(columns: list[Column], y: Tensor, loss: Callable[[Any, Any], Any]) -> Backward:
    last = columns[-1].output
    assert last is not None
    y_hat = last[0] if last.shape == (1,) and not y.shape else last
    L = loss(y, y_hat)
    layers = columns[1:]
    gradients = gradient(L, [c.z for c in layers] + [c.layer.W for c in layers if c.layer])
    z, W = gradients[: len(layers)], gradients[len(layers) :]
    written = loss_text(L, {y: "y", y_hat: "ŷ"})
    fits = len(written) <= 2 * NARROW and "[" not in written
    return Backward(L, f"L = {written}" if fits else "L", [g.numpy() for g in z], [g.numpy() for g in W])


def loss_text(L: Tensor, names: dict[Any, str]) -> str:
    """The formula of the loss in terms of target and prediction."""
    replayed = replay(L)
    known = {r: symbol(names[o], len(r.shape)) for r, o in replayed.origin.items() if o in names}
    return text(formula(replayed.output, known))


class NeuronPlanner:
    """Places the columns of a network, and the wires between them."""

    def __init__(self, columns: list[Column], back: Backward | None) -> None:
        self.columns = columns
        self.back = back
        self.has_values = columns[0].output is not None
        self.labelled = all(len(c.names) <= MOST_LABELLED for c in columns)

    def plan(self, title: str | None) -> Plan:
        sizes = "-".join(str(len(c.names)) for c in self.columns)
        direction = "Backward" if self.back else "Forward"
        boxes = [box for i in range(len(self.columns)) for box in self.column(i)]
        arrows = [wire for i in range(1, len(self.columns)) for wire in self.wires(i)]
        if self.back:
            boxes.append(self.loss_box(self.back))
            arrows += self.loss_arrows(self.back)
        return Plan(
            title=title or f"{direction} pass: a {sizes} network, neuron by neuron",
            boxes=tuple(boxes),
            arrows=tuple(arrows),
            legend=self.legend(),
            direction="fixed",
            description=f"A network of {sizes} neurons drawn as circles, with a wire for each weight.",
        )

    def legend(self) -> tuple[Cell, ...]:
        last = Cell("text", ";  thicker = larger, dashed = negative")
        if self.back:
            shown = (Cell("gradient", "∂L/∂z"), Cell("text", ";  on a wire: "), Cell("gradient", "∂L/∂w"), last)
            return (Cell("text", "in a neuron: "), Cell("value", "its output"), Cell("text", " and "), *shown)
        wire: tuple[Cell, ...] = (Cell("text", "its bias b;  on a wire: "), Cell("parameter", "its weight w"), last)
        if not self.has_values:
            return (Cell("text", "in a neuron: "), *wire)
        return (Cell("text", "in a neuron: "), Cell("value", "its output"), Cell("text", " and "), *wire)

    def distance(self, i: int) -> float:
        """From the first column to column i: far enough for the labels between each two."""
        wires = [(len(self.columns[k].names), len(self.columns[k + 1].names)) for k in range(i)]
        crowded = [self.labelled and tails > 2 and heads > 1 for tails, heads in wires]
        return sum((tails + 1) * CLEAR if crowd else COLUMN for crowd, (tails, _) in zip(crowded, wires))

    # ------------------------------------------------------------------ neurons

    def shown(self, i: int) -> list[int]:
        """The neurons of column i that are drawn: all, or the first and the last few."""
        n = len(self.columns[i].names)
        return list(range(n)) if n <= MOST_SHOWN else [*range(MOST_SHOWN // 2), *range(n - MOST_SHOWN // 2 + 1, n)]

    def column(self, i: int) -> list[Box]:
        shown = self.shown(i)
        hidden = len(self.columns[i].names) - len(shown)
        places = len(shown) + bool(hidden)
        boxes = []
        for place in range(places):
            position = (self.distance(i), ((places - 1) / 2 - place) * ROW)
            if hidden and place == MOST_SHOWN // 2:
                boxes.append(Box(f"{MORE}{i}", "more", (f"⋯ {hidden} more ⋯",), position=position))
            else:
                j = shown[place - bool(hidden and place > MOST_SHOWN // 2)]
                boxes.append(self.neuron(i, j, position))
        return boxes

    def neuron(self, i: int, j: int, position: tuple[float, float]) -> Box:
        column = self.columns[i]
        rows = []
        if column.output is not None:
            rows.append((Cell("value", number_text(column.output.numpy()[j], 2)),))
        if self.back and i:
            rows.append((Cell("gradient", number_text(self.back.z[i - 1][j], 2)),))
        elif column.layer is not None:
            rows.append((Cell("parameter", f"b = {number_text(column.layer.b.numpy()[j], 2)}"),))
        return Box(f"c{i}_{j}", "neuron" if i else "data", (column.names[j],), rows=tuple(rows), position=position)

    # ------------------------------------------------------------------ wires

    def wires(self, i: int) -> list[Arrow]:
        layer = self.columns[i].layer
        assert layer is not None
        weights = self.back.W[i - 1] if self.back else layer.W.numpy()
        largest = float(np.abs(weights).max(initial=0)) or 1.0
        return [self.wire(i, k, j, float(weights[k, j]), largest) for k in self.shown(i - 1) for j in self.shown(i)]

    def wire(self, i: int, k: int, j: int, weight: float, largest: float) -> Arrow:
        return Arrow(
            f"c{i - 1}_{k}",
            f"c{i}_{j}",
            "backward" if self.back else "forward",
            (number_text(weight, 2),) if self.labelled else (),
            weight=abs(weight) / largest,
            negative=weight < 0,
        )

    # ------------------------------------------------------------------ the loss

    def loss_box(self, back: Backward) -> Box:
        rows = ((Cell("value", number_text(back.loss.numpy())),), (Cell("gradient", "∂L/∂L = 1"),))
        lines = broken(back.formula, NARROW)
        x = self.distance(len(self.columns) - 1) + GAP + CHARACTER * max(map(len, lines))
        return Box("loss", "loss", lines, rows=rows, position=(x, 0.0))

    def loss_arrows(self, back: Backward) -> list[Arrow]:
        i = len(self.columns) - 1
        single = (f"∂L/∂z = {number_text(back.z[-1][0])}",) if len(self.columns[i].names) == 1 else ()
        return [Arrow(f"c{i}_{j}", "loss", "backward", single) for j in self.shown(i)]
