"""Sample calls for the functions of whole arrays; those that go element by element have a domain in their row.

A function of the table with neither fails the battery in ``test_table.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tinygrad_edu import functions, losses
from tinygrad_edu.derivatives import choices, einsums, elements, norms, products, reductions, shapes

rng = np.random.default_rng(0)
Call = tuple[Any, ...]
"""A function, and the operands by which it is differentiated."""


def array(*shape: int) -> Any:
    """Numbers between 0.5 and 2, of either sign, all different."""
    return rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape)


def calls(function: Callable[..., Any], *operand_sets: tuple[Any, ...], **settings: list[Any]) -> list[Call]:
    """Every set of operands with every set of settings, which are read down the lists; `OUT` leaves one out."""
    given = [{k: v for k, v in zip(settings, column) if v is not OUT} for column in zip(*settings.values())] or [{}]
    return [(partial(function, **g) if g else function, *operands) for operands in operand_sets for g in given]


OUT = object()
A, B, C, M = array(2, 3), array(3, 2), array(2, 2, 3), array(3, 4)
a, b, number = array(3), array(2), array()
PADS_BY_AXIS = np.lib.NumpyVersion(np.__version__) >= "2.4.0"
"""np.pad takes widths by the number of the axis."""
MASK = np.array([[True, False, True, False], [False] * 4, [True] * 4])


def reduction(function: Callable[..., Any]) -> list[Call]:
    over_axes = calls(function, (C,), axis=[OUT, 0, -1, (0, 2), None], keepdims=[OUT, True, False, True, True])
    return over_axes + calls(function, (number,), (a,), (array(2, 0, 3),), axis=[OUT, ()])[::2]


def spread_out(function: Callable[..., Any]) -> list[Call]:
    return calls(
        function, (C,), axis=[OUT, 0, -1, (0, 2), None], keepdims=[OUT, True, False, True, True], ddof=[OUT, 1, 0, 1, 1]
    )


REDUCTIONS = {
    np.sum: reduction(np.sum) + calls(np.sum, (number,), axis=[0, -1]),
    np.mean: reduction(np.mean)[:-1],
    np.var: spread_out(np.var),
    np.std: spread_out(np.std),
    np.prod: reduction(np.prod)
    + calls(np.prod, (array(5),), (np.array([2.0, 0.0, 3.0]),), (np.array([0.0, 2.0, 0.0, 1.0]),))
    + calls(np.prod, (np.array([[1.0, 0.0, 2.0, 3.0, 0.0], [0.0, 2.0, 2.0, 4.0, 5.0]]),), axis=[0, 1])
    + calls(np.prod, (number,), axis=[0, -1], keepdims=[OUT, True])
    + calls(np.prod, (np.ones((0, 3)),), axis=[0, 1]),
    np.max: reduction(np.max)[:-1] + calls(np.max, (number,), axis=[0], keepdims=[True]),
    np.min: reduction(np.min)[:-1] + calls(np.min, (number,), axis=[-1]),
    np.amax: calls(np.amax, (A,), axis=[1]),
    np.amin: calls(np.amin, (A,), axis=[1]),
    np.cumsum: calls(np.cumsum, (A,), (array(2, 0),), axis=[OUT, 0, -1]),
    reductions.spread: calls(reductions.spread, (a,), shape=[(2, 3), (3, 2)], axis=[0, -1])
    + calls(reductions.spread, (number,), shape=[(2, 3)]),
    reductions.product_of_others: [
        (lambda x: reductions.product_of_others((x,)), np.array([1.0, 0.0, 2.0, 0.0, 3.0])),
        (lambda x: reductions.product_of_others((x,)), number),
        (lambda *xs: reductions.product_of_others(xs), A, array(2, 3)),
        (lambda *xs: reductions.product_of_others(xs, axis=(0, -1)), C, array(2, 2, 3), array(2, 2, 3)),
        (lambda *xs: reductions.product_of_others(xs, axis=1), C, array(2, 2, 3)),
    ],
    norms.euclidean_norm: calls(norms.euclidean_norm, (A,), axis=[OUT, 0, (0, 1)], keepdims=[OUT, True, False]),
    np.linalg.norm: calls(np.linalg.norm, (A,), ord=[OUT, 1, 2, 3, np.inf, -np.inf], axis=[1, 0, -1, 1, 0, 1])
    + calls(np.linalg.norm, (A,), ord=[OUT, "fro"])
    + calls(np.linalg.norm, (a,), ord=[OUT, 1, 2, np.inf]),
    functions.softmax: calls(functions.softmax, (A,), (array(3, 3),), axis=[OUT, 0]),
    functions.log_softmax: calls(functions.log_softmax, (A,), axis=[OUT, 0]),
    functions.logsumexp: reduction(functions.logsumexp)[:-1],
    losses.sum_of_squares: calls(losses.sum_of_squares, (A,), (a,), (number,)),
    functions.cross_entropy_of: [
        (functions.cross_entropy_from_logits, rng.dirichlet(np.ones(3), 2), A),
        (functions.cross_entropy_from_logits, rng.dirichlet(np.ones(3)), a),
        (partial(functions.cross_entropy_from_logits, np.array([2, 0])), A),
    ],
    functions.mean_cross_entropy_from_logits: [
        (functions.mean_cross_entropy_from_logits, rng.dirichlet(np.ones(3), 2), A),
    ],
    functions.mean_binary_cross_entropy_from_logits: [
        (functions.mean_binary_cross_entropy_from_logits, np.array([0.25, 1.0, 0.0]), a),
        (functions.mean_binary_cross_entropy_from_logits, np.array([[0.25, 1.0, 0.0]] * 2), A),
    ],
}

SHAPES = {
    shapes.unbroadcast: calls(shapes.unbroadcast, (A,), shape=[(3,), (2, 1), (), (1, 1), (2, 3)]),
    shapes.astype: calls(shapes.astype, (A,), dtype=[np.float64]),
    shapes.reshape: calls(shapes.reshape, (A,), shape=[(6,), (3, -1), (1, 6)])
    + calls(shapes.reshape, (array(1, 1),), (number,), shape=[(), (1,)]),
    np.reshape: [(lambda x: np.reshape(x, 6), A), (lambda x: np.reshape(x, (1, -1)), A)],
    np.ravel: calls(np.ravel, (A,), (number,)),
    np.expand_dims: calls(np.expand_dims, (A,), axis=[0, -1, (0, 2)]),
    np.squeeze: calls(np.squeeze, (array(1, 2, 1),), axis=[OUT, 0, -1]) + calls(np.squeeze, (array(1, 1),)),
    np.atleast_1d: calls(np.atleast_1d, (number,), (A,)) + [(lambda x, y: sum(np.atleast_1d(x, y)), number, A)],
    np.atleast_2d: calls(np.atleast_2d, (number,), (a,), (A,)),
    np.broadcast_to: calls(np.broadcast_to, (a,), (array(2, 1),), (number,), shape=[(2, 3)]),
    np.transpose: calls(np.transpose, (C,), axes=[OUT, (1, 2, 0), (-1, 0, 1)]) + calls(np.transpose, (A,)),
    np.swapaxes: calls(np.swapaxes, (C,), axis1=[0, 1], axis2=[-1, 2]),
    np.moveaxis: calls(np.moveaxis, (C,), source=[0, (0, 1)], destination=[-1, (-1, 0)]),
}

INDICES = [
    1, (-1, 2), slice(1, None), slice(None, None, -2), (..., 0), (None, 1), (slice(None), None, slice(0, 2)),
    MASK, MASK[:, 0], np.array([0, 2, 0]), (np.array([0, 0]), np.array([1, 1])), [2, 2],
    (np.array([[0], [2]]), slice(None)), slice(0, 0), (1, np.array([0, 0, 3])), (MASK[:, 0], 1), ...,
]  # fmt: skip
ELEMENTS = {
    elements.getitem: calls(elements.getitem, (M,), index=INDICES) + calls(elements.getitem, (number,), index=[()]),
    elements.scatter: calls(
        elements.scatter, (b,), shape=[(3,), (3,), (2, 2)], index=[slice(1, None), np.array([0, 0]), (0,)]
    ),
    np.take: calls(np.take, (A,), indices=[[0, 3, 0], 1, np.array([[2, 2], [0, 1]])], axis=[OUT, 0, -1]),
    np.repeat: calls(np.repeat, (A,), repeats=[2, 2, [1, 0, 2], 3], axis=[OUT, 0, 1, -1]),
    np.flip: calls(np.flip, (A,), axis=[OUT, 0, (0, 1)]),
    np.roll: calls(np.roll, (A,), shift=[1, -1, (1, 2), 1], axis=[OUT, 1, (0, 1), (0, 1)]),
    np.triu: calls(np.triu, (array(3, 3),), (C,), k=[OUT, 1, -1]),
    np.tril: calls(np.tril, (array(3, 3),), (C,), k=[OUT, 1, -1]),
    np.pad: calls(np.pad, (A,), pad_width=[1, (1, 2), ((0, 1), (2, 0))], constant_values=[OUT, 3.0, 1.0])
    + [(lambda x: np.pad(x, {0: (1, 2), -1: 1}), A)] * PADS_BY_AXIS,
    np.diagonal: calls(np.diagonal, (M,), offset=[0, 1, -1, 3, 5]) + calls(np.diagonal, (C,), axis1=[1], axis2=[2]),
    np.trace: calls(np.trace, (M,), offset=[0, 2, -1]) + calls(np.trace, (C,), axis1=[-2], axis2=[-1]),
    np.diag: calls(np.diag, (a,), (M,), k=[OUT, 1, -1]),
    np.where: [
        (partial(np.where, MASK), M, array(4)),
        (lambda x: np.where(MASK, x, 0.0), M),
        (partial(np.where, True), number, array()),
    ],
    choices.clip: [
        (lambda x: np.clip(x, -1.0, 1.2), A),
        (lambda x, low: np.clip(x, low, None), A, array(3)),
        (lambda x, high: np.clip(x, a_min=None, a_max=high), A, number),
        (lambda x: np.clip(x, a_min=1.0, a_max=None), A),
    ],
}

JOINING = {
    np.concatenate: [
        (lambda x, y: np.concatenate((x, y)), A, array(1, 3)),
        (lambda x, y: np.concatenate([x, y, x], axis=-1), A, array(2, 1)),
        (lambda x, y: np.concatenate((x, y), axis=None), A, b),
        (lambda x: np.concatenate((np.ones(2, dtype=np.float32), x)), b),
    ],
    np.stack: [
        (lambda x, y: np.stack((x, y)), A, array(2, 3)),
        (lambda x, y: np.stack([x, y, x], axis=-1), A, array(2, 3)),
        (lambda x, y: np.stack((x, y)), number, array()),
    ],
    np.hstack: [(lambda x, y: np.hstack((x, y)), b, number), (lambda x, y: np.hstack((x, y)), A, array(2, 1))],
    np.vstack: [(lambda x, y: np.vstack((x, y)), A, a)],
    np.split: [
        (lambda x: np.split(x, 2)[1], array(4, 2)),
        (lambda x: np.split(x, [1, 3], axis=-1)[1], array(2, 4)),
        (lambda x: np.split(x, [0, 2])[0], array(4)),
    ],
    np.tile: calls(np.tile, (A,), (a,), (number,), reps=[2, (2, 1), (1, 2, 2)]),
}

SUBSCRIPTS = [
    ("ij,jk->ik", A, B), ("ij,jk", A, B), ("ij->ji", A), ("ij->", A), ("ij->j", A), ("i,i", a, array(3)),
    ("i,j->ij", b, a), (",ij->ij", number, A), ("ij,j,jk->k", A, a, B), ("bij,bjk->bik", C, array(2, 3, 2)),
    ("ii->i", array(3, 3)), ("ii", array(3, 3)), ("iji->j", array(2, 3, 2)),
    ("...ij,...jk->...ik", C, B), ("...j->...", C), ("i...,i...", C, array(2, 3)),
    ("ij,kj->ik", array(1, 3), array(2, 1)), ("ij , ij -> i", A, array(1, 3)),
]  # fmt: skip
MATRICES = [
    (A, B), (a, array(3)), (A, a), (b, A), (C, B), (A, array(2, 3, 2)), (C, a), (b, C), (C, array(2, 3, 2)),
    (array(1, 2, 3), array(2, 3, 2)), (array(0, 3), B), (array(2, 1, 2, 3), array(2, 3, 1)),
]  # fmt: skip
PRODUCTS = {
    np.matmul: calls(np.matmul, *MATRICES),
    np.dot: calls(np.dot, *MATRICES[:4], (C, a), (A, array(2, 3, 2)), (a, array(2, 3, 2)), (number, A), (A, number)),
    np.inner: calls(np.inner, (a, array(3)), (A, array(4, 3)), (number, A), (C, A), (a, A)),
    np.outer: calls(np.outer, (b, a), (A, b), (number, b)),
    np.kron: calls(np.kron, (A, array(2, 2)), (b, a), (b, A), (number, A)),
    np.tensordot: calls(np.tensordot, (C, array(2, 3, 2)), axes=[([1, 2], [0, 1]), (2, 1), 0])
    + calls(np.tensordot, (A, array(2, 3)), axes=[2, ([0], [0]), ((0, -1), (0, -1))]),
    **{f: calls(f, (a,), (A,)) for f in (products.column, products.lying, products.standing, products.line)},
    einsums.einsum: [(partial(np.einsum, s), *operands) for s, *operands in SUBSCRIPTS]
    + [(lambda x, y: np.einsum("ij,,ij->j", x, 2, y), A, array(2, 3))],
}

SAMPLES: dict[Any, list[Call]] = {**REDUCTIONS, **SHAPES, **ELEMENTS, **JOINING, **PRODUCTS}
SAMPLES[np.einsum] = SAMPLES[einsums.einsum]
SAMPLES[np.clip] = SAMPLES[choices.clip]
