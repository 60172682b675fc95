"""micrograd's interface on this engine: change the imports, and code written for micrograd runs.

``from micrograd.engine import Value`` and ``from micrograd.nn import MLP`` become
``from tinygrad_edu.compat.micrograd import MLP, Value``. What differs: `data` is a float, a graph may be of any depth,
and a second ``backward()`` adds to the leaves alone (in micrograd also to the inner nodes, which gives neither the
gradient nor a sum of two). The interface is that of A. Karpathy's micrograd (2020).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Union

import numpy as np

from ..errors import UnsupportedError
from ..functions import relu
from ..pictures.picture import Picture
from ..pictures.plan import plan_graph
from ..tensor import Tensor

Number = Union["Value", float]


class Value:
    """One number of a graph: a scalar Tensor (`tensor`) in micrograd's clothes.

    Examples
    --------
    >>> from tinygrad_edu.compat.micrograd import Value
    >>> a, b = Value(-4.0), Value(2.0)
    >>> c = (a * b + b**3).relu() + a
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (-4.0, 1.0, 0.0)
    """

    def __init__(self, data: Any, _children: Iterable[Value] = (), _op: str = "", label: str = "") -> None:
        self.tensor = data if isinstance(data, Tensor) else Tensor(float(data))
        self._prev = set(_children)
        self._op = _op
        if label:
            self.label = label

    @property
    def data(self) -> float:
        number: float = self.tensor.item()
        return number

    @data.setter
    def data(self, number: float) -> None:
        self.tensor.data = number

    @property
    def grad(self) -> float:
        """∂L/∂(this) after ``L.backward()``; 0 before."""
        return 0.0 if self.tensor.grad is None else float(self.tensor.grad)

    @grad.setter
    def grad(self, number: float) -> None:
        self.tensor.grad = number

    @property
    def label(self) -> str:
        """The name in pictures."""
        return self.tensor.name or ""

    @label.setter
    def label(self, name: str) -> None:
        self.tensor.name = name or None

    def backward(self) -> None:
        self.tensor.backward()

    def __add__(self, other: Number) -> Value:
        other = as_value(other)
        return Value(self.tensor + other.tensor, (self, other), "+")

    def __mul__(self, other: Number) -> Value:
        other = as_value(other)
        return Value(self.tensor * other.tensor, (self, other), "*")

    def __pow__(self, other: float) -> Value:
        if not isinstance(other, (int, float)):
            raise UnsupportedError(f"A Value is raised to an int or float, but {type(other).__name__} was given.")
        return Value(self.tensor**other, (self,), f"**{other}")

    def __truediv__(self, other: Number) -> Value:
        other = as_value(other)
        return Value(self.tensor / other.tensor, (self, other), "/")

    def relu(self) -> Value:
        return self._applied(relu, "ReLU")

    def tanh(self) -> Value:
        return self._applied(np.tanh, "tanh")

    def exp(self) -> Value:
        return self._applied(np.exp, "exp")

    def _applied(self, function: Callable[[Any], Any], op: str) -> Value:
        return Value(function(self.tensor), (self,), op)

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Number) -> Value:
        return self + -other

    def __rsub__(self, other: float) -> Value:
        return as_value(other) + -self

    def __rtruediv__(self, other: float) -> Value:
        return as_value(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


def as_value(x: Number) -> Value:
    """A number as a constant of the graph."""
    return x if isinstance(x, Value) else Value(Tensor(float(x), requires_grad=False))


# ---------------------------------------------------------------------- networks


class Module:
    """What neurons, layers and networks share."""

    def zero_grad(self) -> None:
        for p in self.parameters():
            p.grad = 0.0

    def parameters(self) -> list[Value]:
        return []


class Neuron(Module):
    """``relu(w·x + b)``, or ``w·x + b`` if not `nonlin`; the weights are drawn by `random`, between −1 and 1."""

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x: Iterable[Number]) -> Value:
        total = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return total.relu() if self.nonlin else total

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons side by side; its output is a list, or a Value if there is one neuron."""

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Iterable[Number]) -> Any:
        x = list(x)
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """Layers of the sizes `nouts` after `nin` inputs; all but the last have a ReLU."""

    def __init__(self, nin: int, nouts: list[int]) -> None:
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [Layer(sizes[i], sizes[i + 1], nonlin=i != last) for i in range(len(nouts))]

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


# ---------------------------------------------------------------------- pictures


class Drawing(Picture):
    """A picture that also has the `render` of graphviz's Digraph."""

    format = "svg"

    def render(self, filename: str = "Digraph.gv") -> str:
        """Write the DOT text to `filename` and the picture beside it; returns the name of the picture."""
        Path(filename).write_text(self.source, encoding="utf-8")
        return str(self.save(f"{filename}.{self.format}"))


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> Drawing:
    """Both passes of the graph of `root`, every operation a box; values without a label are v₁, v₂, …"""
    drawing = Drawing(plan_graph(root.tensor, "both", "operations", rankdir))
    drawing.format = format
    return drawing
