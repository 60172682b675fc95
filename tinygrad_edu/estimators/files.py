"""Fitted estimators as files: the parameters as arrays, all else as JSON text; no pickle."""

from __future__ import annotations

import json
import zipfile
from os import PathLike
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..nn import ACTIVATIONS, MLP, Layer

TEXT = "estimator"
"""The name of the array that holds the JSON text."""


UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, EOFError, zipfile.BadZipFile)
"""What NumPy, the zip archive, the JSON parser and the constructors raise for a file that is something else."""


def write(estimator: Any, path: str | PathLike[str]) -> None:
    network = estimator.network_
    described = {
        "class": type(estimator).__name__,
        "settings": estimator.get_params(deep=False),
        "learned": learned(estimator),
        "activations": [name_of(layer.activation) for layer in network.layers],
    }
    arrays: dict[str, Any] = {TEXT: np.array(json.dumps(described, default=as_json)), **network.state_dict()}
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def read(cls: type[Any], path: str | PathLike[str]) -> Any:
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            state = dict(arrays)
        described = json.loads(str(state.pop(TEXT)), object_hook=from_json)
        if described["class"] != cls.__name__:
            raise ValueError(f"it holds a {described['class']}")
        return restored(cls, described, state)
    except UNREADABLE as error:
        raise UnsupportedError(f"{path} is not a {cls.__name__} saved by save(): {error}") from None


def restored(cls: type[Any], described: dict[str, Any], state: dict[str, Any]) -> Any:
    settings = described["settings"].items()
    estimator = cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in settings})
    for name, value in described["learned"].items():
        setattr(estimator, name, value)
    shapes = [state[f"W{i}"].shape for i in range(1, len(described["activations"]) + 1)]
    layers = zip(shapes, described["activations"], strict=True)
    dtype = state["W1"].dtype
    estimator.network_ = MLP.from_layers([Layer(m, n, f, init="zeros", dtype=dtype) for (m, n), f in layers])
    estimator.network_.load_state_dict(state)
    return estimator


def learned(estimator: Any) -> dict[str, Any]:
    """What `fit` learned, except for the network."""
    fitted = {name: value for name, value in vars(estimator).items() if name.endswith("_") and name[0] != "_"}
    del fitted["network_"]
    return fitted


def name_of(activation: Any) -> str:
    return next(name for name, known in ACTIVATIONS.items() if known is activation)


def as_json(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON; the length of texts follows from the texts."""
    if isinstance(value, np.ndarray):
        kind = value.dtype.kind
        return {"array": value.tolist(), "dtype": kind if kind in "UO" else value.dtype.str}
    if isinstance(value, np.generic):
        return value.item()
    raise UnsupportedError(
        f"save() writes settings as text, and {value!r} has none. Give numbers, texts or None; an integer random_state."
    )


def from_json(value: dict[str, Any]) -> Any:
    if value.keys() != {"array", "dtype"}:
        return value
    if value["dtype"] not in ("U", "O") and np.dtype(value["dtype"]).kind not in "biuf":
        raise ValueError(f"it holds an array of dtype {value['dtype']}")
    return np.array(value["array"], dtype=value["dtype"])
