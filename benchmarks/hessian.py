"""The Hessian of a logistic regression with 100 parameters; in float64."""

from __future__ import annotations

import logistic
import numpy as np
import peers
from measuring import Workload, pure

import tinygrad_edu as tg


def problem(n, d):
    return logistic.problem(n, d, False)[:3]


def by_hand(X, y, w):
    def step():
        p = 1 / (1 + np.exp(-(X @ w)))
        return X.T * (p * (1 - p)) @ X / len(y)

    return pure(step)


def eager(X, y, w):
    hessian = tg.hessian(logistic.loss)
    return pure(lambda: hessian(w, X, y))


def compiled(X, y, w):
    hessian = tg.compile(tg.hessian(logistic.loss))
    return pure(lambda: hessian(w, X, y))


def torch(X, y, w):
    torch = peers.torch()
    x, y, w = map(torch.from_numpy, (X, y, w))
    hessian = torch.func.hessian(lambda w: torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y))
    return pure(lambda: hessian(w))


def jax_jit(X, y, w):
    jax = peers.jax()

    def cost(w, X, y):
        z = X @ w
        return jax.numpy.mean(jax.nn.softplus(z) - y * z)

    hessian = jax.jit(jax.hessian(cost))
    x, y, w = map(jax.device_put, (X, y, w))
    return pure(lambda: jax.block_until_ready(hessian(w, x, y)))


def autograd(X, y, w):
    import autograd
    import autograd.numpy as anp

    def cost(w):
        z = anp.dot(X, w)
        return anp.mean(anp.logaddexp(0, z) - y * z)

    hessian = autograd.hessian(cost)
    return pure(lambda: hessian(w))


WORKLOAD = Workload(
    title="A Hessian",
    what="The matrix of second derivatives of the mean log loss of a logistic regression with 1,000 examples and 100 "
    "parameters, in float64. By hand it is Xᵀ diag(p(1 − p)) X/n. MyGrad has no second derivatives.",
    problem=problem,
    sizes={"1,000 × 100": (1000, 100)},
    tiny=(20, 3),
    contestants={
        "NumPy by hand": by_hand,
        "tinygrad_edu": eager,
        "tinygrad_edu, compiled": compiled,
        "PyTorch": torch,
        "JAX jit": jax_jit,
        "autograd": autograd,
    },
)
