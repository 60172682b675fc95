"""Calls whose operands do not fit are refused by name, with the axis that differs."""

import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import losses
from tinygrad_edu.errors import ShapeError, UnsupportedError

A = tg.Tensor(np.ones((2, 3)), name="A")
B = tg.Tensor(np.ones((4, 5)), name="B")
s = tg.Tensor(2.0, name="s")


@pytest.mark.parametrize(
    "call, operands, axis",
    [
        (lambda: np.tensordot(A, B, axes=1), "np.tensordot: 'A'", "axis 1 of the first has 3 elements, axis 0 of the"),
        (lambda: np.tensordot(A, B), "np.tensordot: 'A'", "axis 0 of the first has 2 elements, axis 0 of the second"),
        (lambda: np.inner(A, B), "np.inner: 'A'", "axis 1 of the first has 3 elements, axis 1 of the second has 5"),
        (lambda: np.dot(np.ones((2, 2, 3)), B), "np.dot: an array", "axis 2 of the first has 3 elements, axis 0 of"),
        (lambda: np.where(A.data > 0, A, B), "np.where: ", "axis -1 has 3 elements in the first and 5 in the second"),
        (lambda: np.stack([A, A, B]), "np.stack: 'A'", "axis 0 has 2 elements in the first and 4 in the second"),
        (lambda: np.stack([A, s]), "np.stack: 'A'", "the first has 2 axes and the second 0"),
        (lambda: np.hstack([A, B]), "np.concatenate of 'A' of shape (2, 3) and 'B' of shape (4, 5)", "dimension 0"),
        (lambda: np.vstack([A, B]), "np.concatenate of 'A' of shape (2, 3) and 'B' of shape (4, 5)", "dimension 1"),
        (lambda: np.einsum("ij,jk", A, B), "np.einsum: 'A' of shape (2, 3) and 'B'", "axis 'j' has 3 elements in the"),
        (lambda: np.einsum("ij,k->", A, B), "np.einsum: 'B' of shape (4, 5) has 2 axes", "'k' names 1"),
        (lambda: np.einsum("ii", A), "np.einsum: 'A'", "axis 'i' has 2 elements in the first and 3 in the second"),
        (lambda: s @ s, "np.matmul: 's' of shape ()", "the first is a single number"),
        (lambda: A @ s, "np.matmul: 'A'", "the second is a single number, and @ multiplies vectors and matrices"),
        (lambda: 2 @ A, "np.matmul: 2 and 'A'", "the first is a single number"),
    ],
)
def test_operands_that_do_not_fit(call, operands, axis):
    with pytest.raises(ShapeError, match=rf"{re.escape(operands)}.*{re.escape(axis)}"):
        call()


@pytest.mark.parametrize("axes", [3, (7, 0), ([0, 1], [0])])
def test_axes_that_operands_do_not_have(axes):
    with pytest.raises(ShapeError, match=r"np\.tensordot of 'A' of shape \(2, 3\) and 'B' .* no pairs of their axes"):
        np.tensordot(A, B, axes=axes)


def test_outer_and_kronecker_products_fit_always():
    assert np.outer(A, B).shape == (6, 20) and np.kron(A, B).shape == (8, 15)


# ---------------------------------------------------------------------- losses

Y, P = [0.0, 1.0], np.array([0.2, 0.7])


@pytest.mark.parametrize(
    "loss, y, prediction, message",
    [
        (losses.log_loss, Y, [-3.2, 0.5], r"reach from -3\.2 to 0\.5\..* losses\.log_loss_from_logits\(y, z\)"),
        (losses.log_loss, Y, [0.5, 1.5], r"Predictions are probabilities, .* from 0\.5 to 1\.5\."),
        (losses.log_loss, 1, 4.0, r"reach from 4 to 4"),
        (losses.cross_entropy, [0, 1], [[2.0, 1.0], [0.5, 0.5]], r"losses\.cross_entropy_from_logits\(y, z\)"),
        (losses.log_loss, [-1, 1], P, r"Targets are 0 or 1, .* from -1 to 1\. .*\(y > 0\)"),
        (losses.log_loss, [1, 2], P, "Targets .* from 1 to 2"),
        (losses.log_loss_from_logits, [-1, 1], P, "Targets .* from -1 to 1"),
        (losses.cross_entropy, [[0, 2], [1, 0]], [[0.5, 0.5], [0.1, 0.9]], "Targets .* from 0 to 2"),
    ],
)
def test_what_is_no_probability_is_refused(loss, y, prediction, message):
    for kind in (np.asarray, tg.constant, tg.Tensor):
        with pytest.raises(UnsupportedError, match=message):
            loss(y, kind(prediction))


def test_probabilities_at_their_ends_and_beside_them_by_rounding_are_taken():
    assert losses.log_loss([0.0, 1.0], np.float32([0.0, 1.0 + 2e-7])) < 1e-6
    assert np.isnan(losses.log_loss([0.0, 1.0], [np.nan, 0.5]))


@pytest.mark.parametrize("loss", [tg.binary_cross_entropy_from_logits, tg.cross_entropy_from_logits])
def test_targets_and_logits_that_are_swapped_are_refused(loss):
    z = tg.Tensor([[0.3, -0.5]])
    with pytest.raises(UnsupportedError, match=r"first argument of a loss is the target.* write loss\(y, y_hat\)"):
        loss(z, np.array([[1.0, 0.0]]))
    assert loss(np.array([[1.0, 0.0]]), z).requires_grad


def test_a_primitive_without_its_rules():
    for given, shown in ((tg.Tensor(2.0), "a Tensor of shape"), (2.0, "2.0")):
        square = tg.primitive(lambda x: x * x)
        with pytest.raises(
            UnsupportedError, match=rf"decorate {shown}.*@tg\.primitive\(lambda g, y, x: \.\.\.\) above"
        ):
            square(given)
