"""Random programs of NumPy calls: up to 30 operations, shared nodes, broadcasting, ranks up to 3."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_edu as tg

FULL = (2, 3, 2)
SHAPES = [(), (2,), (1,), (3, 2), (3, 1), (1, 2), (2, 3, 2), (2, 1, 2), (1, 3, 1), (2, 1, 1)]
"""Any two of them broadcast."""

UNARY = [np.tanh, np.sin, tg.sigmoid, np.negative, np.square, tg.softplus, lambda x: np.exp(-x * x), np.arctan,
         lambda x: np.log(1 + x * x), lambda x: np.sqrt(1 + x * x)]  # fmt: skip
BINARY = [np.add, np.subtract, np.multiply, lambda a, b: a / (2 + np.sin(b)), np.logaddexp,
          lambda a, b: np.hypot(a, 1 + b * b), lambda a, b: np.arctan2(a, 1 + b * b)]  # fmt: skip


def program(rng: np.random.Generator) -> tuple[list[np.ndarray], list[tuple[Any, tuple[int, ...]]]]:
    """Values of the leaves, and operations with the numbers of their operands; the last one gives a scalar."""
    leaves = [np.asarray(rng.uniform(0.3, 1.5, SHAPES[i])) for i in rng.integers(len(SHAPES), size=rng.integers(1, 5))]
    shapes = [x.shape for x in leaves]
    operations: list[tuple[Any, tuple[int, ...]]] = []
    for _ in range(rng.integers(1, 29)):
        function, operands, shape = operation(rng, shapes)
        operations.append((function, operands))
        shapes.append(shape)
    operations.append((lambda *xs: sum(np.sum(np.tanh(x)) for x in xs), last_of(operations, len(leaves))))
    return leaves, operations


def last_of(operations: list[tuple[Any, tuple[int, ...]]], first: int) -> tuple[int, ...]:
    """Everything that nothing else uses, so that the output depends on all."""
    used = {i for _, operands in operations for i in operands}
    return tuple(i for i in range(first + len(operations)) if i not in used)


def operation(rng: np.random.Generator, shapes: list[tuple[int, ...]]) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    i, j = (int(k) for k in rng.integers(len(shapes), size=2))
    kind = rng.choice(["unary", "binary", "binary", "reduced", "product", "cut"])
    if kind == "unary":
        return UNARY[rng.integers(len(UNARY))], (i,), shapes[i]
    if kind == "reduced" and shapes[i]:
        axis = int(rng.integers(len(shapes[i])))
        reduce = [np.sum, np.mean, np.prod, tg.logsumexp][rng.integers(4)]
        return partial_axis(reduce, axis), (i,), kept(shapes[i], axis)
    if kind == "product" and shapes[i] and shapes[j]:
        return paired, (i, j), ()
    if kind == "cut" and shapes[i]:
        return lambda x: x[..., :1], (i,), (*shapes[i][:-1], 1)
    return BINARY[rng.integers(len(BINARY))], (i, j), np.broadcast_shapes(shapes[i], shapes[j])


def partial_axis(function: Any, axis: int) -> Any:
    return lambda x: function(x, axis=axis, keepdims=True)


def kept(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return tuple(1 if i == axis else n for i, n in enumerate(shape))


def paired(a: Any, b: Any) -> Any:
    """The mean of a matrix product of two arrays of any shape."""
    rows, columns = np.reshape(a, (-1, 1)), np.reshape(b, (1, -1))
    return np.mean(np.tanh(rows @ columns))


def run(operations: list[tuple[Any, tuple[int, ...]]], leaves: list[Any]) -> list[Any]:
    """All values, leaves first; of arrays arrays, of Tensors Tensors."""
    values = list(leaves)
    for function, operands in operations:
        values.append(function(*(values[i] for i in operands)))
    return values
