"""Neurons, and layers of them. In a data matrix, each row is one example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..errors import ShapeError, UnsupportedError
from ..node import Node, next_stamp
from ..tensor import Tensor
from .activations import ACTIVATIONS, Activation, named_in
from .initialisers import Initialiser, Seed, initial_weights, zeros
from .module import Module


class Neuron(Module):
    """One neuron: ``activation(w·x + b)``.

    Parameters
    ----------
    n_in : the number of inputs, for weights drawn at random; or give `w` and `b` themselves.
    activation : a name from `ACTIVATIONS` or a function.
    seed : an integer or a Generator.
    init : a name from `INITIALISERS` or a function; by default He's for activations like relu, else Glorot's.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> neuron = tg.nn.Neuron(w=(0, 1), b=4, activation="sigmoid")
    >>> print(f"{neuron([2, 3]):.6f}")
    0.999089
    """

    def __init__(
        self,
        n_in: int | None = None,
        activation: str | Activation = "identity",
        seed: Seed = 0,
        *,
        w: ArrayLike | Tensor | None = None,
        b: ArrayLike | Tensor = 0.0,
        init: str | Initialiser | None = None,
    ) -> None:
        if (n_in is None) == (w is None):
            raise UnsupportedError(
                "Neuron: give the number of inputs, Neuron(2), or the weights, Neuron(w=(0, 1), b=4)."
            )
        self.activation: Activation = named_in(ACTIVATIONS, activation, "activation")
        if n_in is not None:
            w = initial_weights(n_in, 1, self.activation, seed, init)[:, 0]
        self.w = w if isinstance(w, Tensor) else Tensor(w, name="w")  # type: ignore[arg-type]
        self.b = b if isinstance(b, Tensor) else Tensor(b, name="b", dtype=self.w.dtype)
        if self.w.ndim != 1 or self.b.ndim != 0:
            raise ShapeError(
                f"Neuron: w is a vector and b a number, but they have shapes {self.w.shape} and {self.b.shape}."
            )

    def __call__(self, x: Any) -> Any:
        """The output for one example of shape (n_in,), or for each row of a matrix of shape (n, n_in)."""
        began = next_stamp()
        x = example(x)
        z = (self.w @ x if x.ndim == 1 else x @ self.w) + self.b
        return activated(self.activation, z, "z", ("neuron", began))

    def named_parameters(self) -> dict[str, Tensor]:
        return {"w": self.w, "b": self.b}

    def __repr__(self) -> str:
        return f"Neuron(w={self.w.numpy().tolist()}, b={self.b.item()}, activation={self.activation.__name__!r})"


def example(x: Any) -> Any:
    return x if isinstance(x, Node) else np.asarray(x)


def activated(activation: Activation, z: Any, name: str, scope: tuple[str, int]) -> Any:
    """The activation of `z`, with the name and the frame that both have in pictures."""
    z.name = name
    output = activation(z)
    output.scope = scope
    return output


class Layer(Module):
    """A row of neurons: ``activation(X W + b)``, where column j of W holds the weights of neuron j.

    Parameters
    ----------
    n_in, n_out : how many values go in, and how many neurons there are.
    activation, seed, init : see `Neuron`. Layers of the same shape need different seeds to differ.
    dtype : of the parameters.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Layer(2, 3, activation="tanh", seed=0)
    >>> layer.W.shape, layer.b.shape, layer([0.5, -1.0]).shape
    ((2, 3), (3,), (3,))
    >>> layer[1]([0.5, -1.0]).item() == layer([0.5, -1.0])[1].item()
    True
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        activation: str | Activation = "identity",
        seed: Seed = 0,
        *,
        init: str | Initialiser | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.activation: Activation = named_in(ACTIVATIONS, activation, "activation")
        self.W = Tensor(initial_weights(n_in, n_out, self.activation, seed, init), name="W", dtype=dtype)
        self.b = Tensor(np.zeros(n_out), name="b", dtype=dtype)

    @classmethod
    def from_neurons(cls, neurons: Iterable[Neuron]) -> Layer:
        """The layer of these neurons, with parameters of its own that start from theirs.

        Raises
        ------
        ShapeError, UnsupportedError
            If the neurons differ in their number of inputs, or in their activation.
        """
        neurons = list(neurons)
        if not neurons or len({n.activation for n in neurons}) != 1:
            raise UnsupportedError("from_neurons: a layer has at least one neuron, and one activation for all of them.")
        if len({n.w.shape for n in neurons}) != 1:
            sizes = [n.w.size for n in neurons]
            raise ShapeError(f"from_neurons: the neurons take {sizes} inputs; those of a layer take equally many.")
        layer = cls(neurons[0].w.size, len(neurons), neurons[0].activation, init=zeros, dtype=neurons[0].w.dtype)
        layer.W.data = np.stack([n.w.numpy() for n in neurons], axis=1)
        layer.b.data = [n.b.item() for n in neurons]
        return layer

    def __call__(self, X: Any) -> Any:
        """The outputs of shape (n_out,) for one example, or (n, n_out) for a matrix of n."""
        return self.forward(example(X), "z", "layer")

    def forward(self, X: Any, name: str, label: str) -> Any:
        """The outputs for an array or node, under the names that pictures give to the pre-activation and the whole."""
        began = next_stamp()
        return activated(self.activation, X @ self.W + self.b, name, (label, began))

    def __len__(self) -> int:
        return len(self.b)

    def __getitem__(self, j: int) -> Neuron:
        """Neuron j, whose weights are the recorded ``W[:, j]``: their gradient flows into ``W.grad``."""
        return Neuron(w=self.W[:, j], b=self.b[j], activation=self.activation)

    def __iter__(self) -> Iterator[Neuron]:
        return (self[j] for j in range(len(self)))

    def named_parameters(self) -> dict[str, Tensor]:
        return {"W": self.W, "b": self.b}

    def __repr__(self) -> str:
        n_in, n_out = self.W.shape
        return f"Layer({n_in}, {n_out}, activation={self.activation.__name__!r})"
