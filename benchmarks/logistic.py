"""The gradient of a logistic regression from its logits, alone and with the value of the loss; in float64."""

from __future__ import annotations

import numpy as np
import peers
from measuring import Workload, pure

import tinygrad_edu as tg

SIZES = [(1000, 20), (10**6, 20)]


def problem(n, d, with_value):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    w = rng.normal(size=d) / d**0.5
    y = (rng.random(n) < 1 / (1 + np.exp(-X @ w))).astype(float)
    return X, y, w / 2, with_value


def by_hand(X, y, w, with_value):
    def gradient():
        p = 1 / (1 + np.exp(-(X @ w)))
        return X.T @ (p - y) / len(y)

    def both():
        z = X @ w
        e = np.exp(-np.abs(z))
        value = np.mean(np.maximum(z, 0) - y * z + np.log1p(e))
        p = np.where(z >= 0, 1, e) / (1 + e)
        return value, X.T @ (p - y) / len(y)

    return pure(both if with_value else gradient)


def loss(w, X, y):
    return tg.losses.log_loss_from_logits(y, X @ w)


def eager(X, y, w, with_value):
    w = tg.Tensor(w)

    def step():
        w.zero_grad()
        L = loss(w, X, y)
        L.backward(keep="leaves")
        return (L.item(), w.grad) if with_value else w.grad

    return pure(step)


def derived(with_value):
    return tg.value_and_grad(loss) if with_value else tg.grad(loss)


def functional(X, y, w, with_value):
    gradient = derived(with_value)
    return pure(lambda: gradient(w, X, y))


def compiled(X, y, w, with_value):
    gradient = tg.compile(derived(with_value))
    return pure(lambda: gradient(w, X, y))


def torch_cost(torch, with_value):
    def cost(w, X, y):
        return torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y)

    def both(w, X, y):
        slope, value = torch.func.grad_and_value(cost)(w, X, y)
        return value, slope

    return both if with_value else torch.func.grad(cost)


def torch(X, y, w, with_value):
    torch = peers.torch()
    x, y, w = map(torch.from_numpy, (X, y, w.copy()))
    w.requires_grad_()

    def step():
        value = torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y)
        (slope,) = torch.autograd.grad(value, w)
        return (value.item(), slope.numpy()) if with_value else slope.numpy()

    return pure(step)


def torch_compile(X, y, w, with_value):
    torch = peers.torch()
    x, y, w = map(torch.from_numpy, (X, y, w))
    gradient = peers.torch_compiled(torch_cost(torch, with_value))
    return pure(lambda: gradient(w, x, y))


def jax_jit(X, y, w, with_value):
    jax = peers.jax()

    def cost(w, X, y):
        z = X @ w
        return jax.numpy.mean(jax.nn.softplus(z) - y * z)

    gradient = jax.jit((jax.value_and_grad if with_value else jax.grad)(cost))
    x, y, w = map(jax.device_put, (X, y, w))
    return pure(lambda: jax.block_until_ready(gradient(w, x, y)))


def mygrad(X, y, w, with_value):
    import mygrad

    w = mygrad.tensor(w)

    def step():
        z = mygrad.matmul(X, w)
        value = mygrad.mean(mygrad.logaddexp(0, z) - y * z)
        value.backward()
        return (value.item(), w.grad) if with_value else w.grad

    return pure(step)


def autograd(X, y, w, with_value):
    import autograd
    import autograd.numpy as anp

    def cost(w):
        z = anp.dot(X, w)
        return anp.mean(anp.logaddexp(0, z) - y * z)

    gradient = (autograd.value_and_grad if with_value else autograd.grad)(cost)
    return pure(lambda: gradient(w))


WORKLOAD = Workload(
    title="The gradient of a logistic regression",
    what="The gradient of the mean log loss from logits with respect to the weights, alone, and with the value of the "
    "loss, in float64. Sizes are examples × features.",
    problem=problem,
    sizes={
        f"{n:,} × {d}{', with value' * with_value}": (n, d, with_value)
        for n, d in SIZES
        for with_value in (False, True)
    },
    tiny=(20, 3, True),
    contestants={
        "NumPy by hand": by_hand,
        "tinygrad_edu": eager,
        "tinygrad_edu, tg.grad": functional,
        "tinygrad_edu, compiled": compiled,
        "PyTorch": torch,
        "torch.compile": torch_compile,
        "JAX jit": jax_jit,
        "MyGrad": mygrad,
        "autograd": autograd,
    },
)
