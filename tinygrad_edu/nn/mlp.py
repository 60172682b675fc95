"""Networks of layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..errors import ShapeError
from ..tensor import Tensor
from .activations import Activation
from .initialisers import Initialiser, Seed
from .layers import Layer, example
from .module import Module


class MLP(Module):
    """A multilayer perceptron: the output of each layer is the input of the next.

    Parameters
    ----------
    sizes : the number of inputs, then the number of neurons of each layer: ``[2, 3, 1]``.
    hidden, output : the activation of the last layer and of those before it.
    seed, init, dtype : see `Layer`; one generator draws all layers.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> net = tg.nn.MLP([2, 3, 1], hidden="tanh", output="sigmoid", seed=0)
    >>> [p.name for p in net.parameters()]
    ['W1', 'b1', 'W2', 'b2']
    >>> net([[0.4, 0.6], [0.1, 0.9]]).shape
    (2, 1)
    """

    layers: list[Layer]
    labels: tuple[tuple[str, str, str], ...]
    """How pictures call the pre-activation of each layer, its output, and the whole."""

    def __init__(
        self,
        sizes: Sequence[int],
        hidden: str | Activation = "tanh",
        output: str | Activation = "identity",
        seed: Seed = 0,
        *,
        init: str | Initialiser | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        if not np.iterable(sizes) or len(sizes) < 2:
            raise ShapeError(f"MLP: sizes are the numbers of inputs and of neurons, as in [2, 3, 1], not {sizes!r}.")
        rng = np.random.default_rng(seed)
        activations = [hidden] * (len(sizes) - 2) + [output]
        self.adopt([Layer(m, n, f, rng, init=init, dtype=dtype) for m, n, f in zip(sizes, sizes[1:], activations)])

    @classmethod
    def from_layers(cls, layers: Iterable[Layer]) -> MLP:
        """The network of these layers, whose parameters it names W1, b1, W2, …

        Raises
        ------
        ShapeError
            If a layer takes another number of values than the one before it gives.
        """
        net = cls.__new__(cls)
        net.adopt(list(layers))
        return net

    def adopt(self, layers: list[Layer]) -> None:
        if not layers:
            raise ShapeError("MLP: a network has at least one layer.")
        for i, (first, second) in enumerate(zip(layers, layers[1:]), 1):
            if len(first) != second.W.shape[0]:
                raise ShapeError(f"Layer {i} gives {len(first)} values, but layer {i + 1} takes {second.W.shape[0]}.")
        self.layers = layers
        last = len(layers)
        self.labels = tuple((f"z{i}", f"h{i}" if i < last else "y_hat", f"layer {i}") for i in range(1, last + 1))
        for name, p in self.named_parameters().items():
            p.name = name

    def __call__(self, X: Any) -> Any:
        """The outputs of shape (n_out,) for one example, or (n, n_out) for a matrix of n."""
        h = example(X)
        for layer, (z_name, h_name, label) in zip(self.layers, self.labels):
            h = layer.forward(h, z_name, label)
            if h.name is None:
                h.name = h_name
        return h

    def named_parameters(self) -> dict[str, Tensor]:
        numbered = enumerate(self.layers, 1)
        return {f"{name}{i}": p for i, layer in numbered for name, p in layer.named_parameters().items()}

    def __repr__(self) -> str:
        hidden, output = {layer.activation for layer in self.layers[:-1]}, self.layers[-1].activation
        if len(hidden) > 1:
            return f"MLP.from_layers({self.layers})"
        sizes = [self.layers[0].W.shape[0], *map(len, self.layers)]
        names = "".join(f"hidden={f.__name__!r}, " for f in hidden)
        return f"MLP({sizes}, {names}output={output.__name__!r})"
