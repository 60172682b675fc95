"""What neurons, layers and networks share: parameters by name, which can be saved and loaded."""

from __future__ import annotations

import zipfile
from os import PathLike
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError
from ..tensor import Tensor


class Module:
    """A function with parameters, which have names and can be saved and loaded."""

    def __call__(self, X: Any) -> Any:
        """The outputs for one example, or for each row of a matrix of them."""
        raise NotImplementedError

    def named_parameters(self) -> dict[str, Tensor]:
        """The Tensors that training changes, by the names under which they are saved."""
        raise NotImplementedError

    def parameters(self) -> list[Tensor]:
        """The Tensors that training changes."""
        return list(self.named_parameters().values())

    def state_dict(self) -> dict[str, Any]:
        """A copy of each parameter's array, by name."""
        return {name: np.array(p.numpy()) for name, p in self.named_parameters().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Set every parameter; nothing is changed unless all of them fit.

        Raises
        ------
        ShapeError
            If names or shapes differ from those of this model.
        UnsupportedError
            If an array does not hold real numbers.
        """
        parameters = self.named_parameters()
        if state.keys() != parameters.keys():
            ours, given = ", ".join(parameters), ", ".join(state) or "none"
            raise ShapeError(f"This model has the parameters {ours}; given were {given}.")
        for name, p in parameters.items():
            array = np.asarray(state[name])
            if array.dtype.kind not in "fiu":
                raise UnsupportedError(f"The array for {name} has dtype {array.dtype}; parameters are real numbers.")
            if array.shape != p.shape:
                raise ShapeError(f"{name} has shape {p.shape} in this model; the array given for it has {array.shape}.")
        for name, p in parameters.items():
            p.data = state[name]

    def save(self, path: str | PathLike[str]) -> None:
        """Write the parameters to `path` in NumPy's ``.npz`` format, without pickle."""
        with open(path, "wb") as file:
            np.savez(file, **self.state_dict())

    def load(self, path: str | PathLike[str]) -> None:
        """Read parameters that `save` wrote for a model of the same shape.

        Raises
        ------
        UnsupportedError
            If the file is no ``.npz`` file of numbers.
        ShapeError
            If it was saved from a model of other names or shapes.
        """
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
                state = dict(arrays)
        except (ValueError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
            raise UnsupportedError(f"{path} is not a model saved by save(): {error}") from None
        self.load_state_dict(state)
