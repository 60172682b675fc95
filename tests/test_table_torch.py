"""Gradients of the rows that PyTorch shares, equal to PyTorch's; at kinks too, where the convention is the same."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from samples import MASK, MATRICES, SUBSCRIPTS, A, B, C, M, a, array, b
from test_table import domains, like

import tinygrad_edu as tg
from tinygrad_edu import functions
from tinygrad_edu.primitive import TABLE

torch = pytest.importorskip("torch")
F = torch.nn.functional

UNARY = {
    **{
        getattr(np, f): getattr(torch, f)
        for f in (
            "positive negative reciprocal square sqrt absolute exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin "
            "arccos arctan sinh cosh tanh arcsinh arccosh arctanh"
        ).split()
    },
    functions.sigmoid: torch.sigmoid,
    functions.relu: F.relu,
    functions.leaky_relu: F.leaky_relu,
    functions.softplus: partial(F.softplus, threshold=1e6),
    functions.elu: F.elu,
    functions.gelu: partial(F.gelu, approximate="tanh"),
    functions.silu: F.silu,
}
BINARY = {
    **{
        getattr(np, f): getattr(torch, f)
        for f in "add subtract multiply true_divide maximum minimum fmax fmin logaddexp arctan2 hypot".split()
    },
    np.power: torch.pow,
    functions.binary_cross_entropy_of: lambda y, z: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
}


def assert_gradients_equal(ours, theirs, *operands):
    xs, ts = (
        [tg.Tensor(x) for x in operands],
        [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in operands],
    )
    y, t = ours(*xs), theirs(*ts)
    g = like(y)
    y.backward(g)
    t.backward(torch.tensor(g))
    np.testing.assert_allclose(y.numpy(), t.detach().numpy(), rtol=1e-12, atol=1e-13)
    for x, u in zip(xs, ts):
        np.testing.assert_allclose(x.grad, u.grad.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("function", [*UNARY, *BINARY], ids=lambda f: f.__name__)
def test_element_by_element(function):
    points = [np.random.default_rng(i).uniform(*d, 20) for i, d in enumerate(domains(TABLE[function]))]
    assert_gradients_equal(function, {**UNARY, **BINARY}[function], *points)


AXES = {"axis": -1, "keepdims": True}
WHOLE = {
    "sum": (partial(np.sum, **AXES), lambda x: x.sum(-1, keepdim=True), C),
    "mean": (partial(np.mean, axis=(0, 2)), lambda x: x.mean((0, 2)), C),
    "prod": (partial(np.prod, axis=1), lambda x: x.prod(1), np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])),
    "max": (np.max, torch.amax, C),
    "min": (partial(np.min, axis=0), lambda x: x.amin(0), C),
    "var": (partial(np.var, axis=1, ddof=1), lambda x: x.var(1), A),
    "std": (np.std, lambda x: x.std(correction=0), A),
    "cumsum": (partial(np.cumsum, axis=1), lambda x: x.cumsum(1), A),
    "norm": (partial(np.linalg.norm, axis=1), lambda x: torch.linalg.vector_norm(x, dim=1), A),
    "1-norm": (partial(np.linalg.norm, ord=1), lambda x: torch.linalg.vector_norm(x, 1), a),
    "3-norm": (partial(np.linalg.norm, ord=3), lambda x: torch.linalg.vector_norm(x, 3), a),
    "max-norm": (partial(np.linalg.norm, ord=np.inf), lambda x: torch.linalg.vector_norm(x, np.inf), a),
    "trace": (np.trace, torch.trace, M),
    "diagonal": (partial(np.diagonal, offset=1), lambda x: x.diagonal(1), M),
    "diag": (partial(np.diag, k=-1), lambda x: torch.diag(x, -1), a),
    "triu": (np.triu, torch.triu, M),
    "tril": (partial(np.tril, k=-1), lambda x: torch.tril(x, -1), M),
    "reshape": (lambda x: x.reshape(3, -1), lambda x: x.reshape(3, -1), C),
    "transpose": (lambda x: x.transpose(2, 0, 1), lambda x: x.permute(2, 0, 1), C),
    "swapaxes": (lambda x: x.swapaxes(0, 2), lambda x: x.swapaxes(0, 2), C),
    "moveaxis": (lambda x: np.moveaxis(x, 0, -1), lambda x: x.moveaxis(0, -1), C),
    "broadcast": (lambda x: np.broadcast_to(x, (4, 3)), lambda x: x.expand(4, 3), a),
    "flip": (partial(np.flip, axis=1), lambda x: x.flip(1), A),
    "roll": (lambda x: np.roll(x, 2, axis=1), lambda x: x.roll(2, 1), A),
    "tile": (partial(np.tile, reps=(2, 1, 2)), lambda x: x.tile(2, 1, 2), A),
    "repeat": (lambda x: np.repeat(x, 3, axis=0), lambda x: x.repeat_interleave(3, 0), A),
    "pad": (lambda x: np.pad(x, ((0, 0), (1, 2))), lambda x: F.pad(x, (1, 2)), A),
    "take": (lambda x: np.take(x, [0, 2, 0], axis=1), lambda x: x.index_select(1, torch.tensor([0, 2, 0])), A),
    "index": (lambda x: x[[0, 0, 2], 1:], lambda x: x[[0, 0, 2], 1:], M),
    "mask": (lambda x: x[MASK], lambda x: x[torch.tensor(MASK)], M),
    "where": (partial(np.where, MASK), partial(torch.where, torch.tensor(MASK)), M, array(3, 4)),
    "clip": (lambda x: np.clip(x, -1, 1), lambda x: x.clamp(-1, 1), C),
    "concatenate": (lambda x, y: np.concatenate((x, y), 1), lambda x, y: torch.cat((x, y), 1), A, array(2, 2)),
    "stack": (lambda x, y: np.stack((x, y), 1), lambda x, y: torch.stack((x, y), 1), A, array(2, 3)),
    "split": (lambda x: np.split(x, [1], axis=1)[1], lambda x: x.tensor_split([1], 1)[1], A),
    "outer": (np.outer, torch.outer, a, b),
    "inner": (np.inner, torch.inner, A, array(4, 3)),
    "kron": (np.kron, torch.kron, A, B),
    "tensordot": (partial(np.tensordot, axes=1), partial(torch.tensordot, dims=1), C, B),
    "softmax": (tg.softmax, lambda x: x.softmax(-1), C),
    "log_softmax": (partial(tg.log_softmax, axis=0), lambda x: x.log_softmax(0), A),
    "logsumexp": (partial(tg.logsumexp, axis=1), lambda x: x.logsumexp(1), A),
    "cross_entropy": (
        partial(tg.cross_entropy_from_logits, np.array([2, 0])),
        lambda z: F.cross_entropy(z, torch.tensor([2, 0]), reduction="none"),
        A,
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_arrays(name):
    assert_gradients_equal(*WHOLE[name])


@pytest.mark.parametrize("left, right", [m for m in MATRICES if m[0].size])
def test_matmul(left, right):
    assert_gradients_equal(np.matmul, torch.matmul, left, right)


@pytest.mark.parametrize("subscripts, operands", [(s.replace(" ", ""), o) for s, *o in SUBSCRIPTS if s != "iji->j"])
def test_einsum(subscripts, operands):
    assert_gradients_equal(partial(np.einsum, subscripts), partial(torch.einsum, subscripts), *operands)


@pytest.mark.parametrize(
    "ours, theirs, operands",
    [
        (np.absolute, torch.absolute, [0.0]),
        (np.maximum, torch.maximum, [1.0, 1.0]),
        (np.minimum, torch.minimum, [1.0, 1.0]),
        (np.max, torch.amax, [np.array([1.0, 3.0, 3.0])]),
        (lambda x: np.clip(x, 1, 2), lambda x: x.clamp(1, 2), [np.array([1.0, 2.0])]),
        (np.linalg.norm, torch.linalg.vector_norm, [np.zeros(2)]),
        (np.power, torch.pow, [0.0, 2.0]),
        (tg.relu, F.relu, [0.0]),
        (tg.leaky_relu, F.leaky_relu, [0.0]),
        (tg.elu, F.elu, [0.0]),
    ],
)
def test_at_kinks_where_the_convention_is_the_same(ours, theirs, operands):
    assert_gradients_equal(ours, theirs, *operands)
