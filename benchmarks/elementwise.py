"""Value and gradient of an element-wise function of an array: sum(tanh(2x + 1)·exp(−x²) + log(1 + x²)); in float64."""

from __future__ import annotations

import numpy as np
import peers
from measuring import Workload, pure

import tinygrad_edu as tg

BLOCK = 8192


def problem(n):
    return (np.random.default_rng(0).normal(size=n),)


def function(np):
    """The function, in any library that has NumPy's names."""

    def f(x):
        return np.sum(np.tanh(2 * x + 1) * np.exp(-(x**2)) + np.log(1 + x**2))

    return f


def value_and_gradient(x):
    squares = x * x
    q = 1 + squares
    t = np.tanh(2 * x + 1)
    e = np.exp(-squares)
    te = t * e
    value = np.sum(te + np.log(q))
    return value, 2 * (e * (1 - t * t) - x * te + x / q)


def by_hand(x):
    return pure(lambda: value_and_gradient(x))


def by_hand_in_blocks(x):
    """So that what is computed from a block stays in the processor's cache."""

    def step():
        value, slope = 0.0, np.empty_like(x)
        for i in range(0, len(x), BLOCK):
            part, slope[i : i + BLOCK] = value_and_gradient(x[i : i + BLOCK])
            value += part
        return value, slope

    return pure(step)


def eager(x):
    both = tg.value_and_grad(function(np))
    return pure(lambda: both(x))


def compiled(x):
    both = tg.compile(tg.value_and_grad(function(np)))
    return pure(lambda: both(x))


def torch(x):
    torch = peers.torch(peers.cores())
    f, x = function(torch), torch.from_numpy(x.copy()).requires_grad_()

    def step():
        value = f(x)
        (slope,) = torch.autograd.grad(value, x)
        return value.item(), slope.numpy()

    return pure(step)


def torch_compile(x):
    torch = peers.torch(peers.cores())
    both = peers.torch_compiled(torch.func.grad_and_value(function(torch)))
    x = torch.from_numpy(x)
    return pure(lambda: both(x)[::-1])


def jax_jit(x):
    jax = peers.jax()
    both = jax.jit(jax.value_and_grad(function(jax.numpy)))
    x = jax.device_put(x)
    return pure(lambda: jax.block_until_ready(both(x)))


def mygrad(x):
    import mygrad

    f, x = function(mygrad), mygrad.tensor(x)

    def step():
        value = f(x)
        value.backward()
        return value.item(), x.grad

    return pure(step)


def autograd(x):
    import autograd
    import autograd.numpy as anp

    both = autograd.value_and_grad(function(anp))
    return pure(lambda: both(x))


WORKLOAD = Workload(
    title="An element-wise function",
    what="Value and gradient of sum(tanh(2x + 1)·exp(−x²) + log(1 + x²)) in float64. Here PyTorch, too, has all cores. "
    f"The blocks by hand have {BLOCK:,} elements.",
    problem=problem,
    sizes={f"{10**k:,}": (10**k,) for k in (3, 4, 5, 6, 7)},
    tiny=(50,),
    contestants={
        "NumPy by hand": by_hand,
        "NumPy by hand, in blocks": by_hand_in_blocks,
        "tinygrad_edu": eager,
        "tinygrad_edu, compiled": compiled,
        "PyTorch": torch,
        "torch.compile": torch_compile,
        "JAX jit": jax_jit,
        "MyGrad": mygrad,
        "autograd": autograd,
    },
)
