"""One training step of a multilayer perceptron: forward, cross-entropy from logits, backward, SGD; in float32."""

from __future__ import annotations

import numpy as np
import peers
from measuring import Contestant, Workload

import tinygrad_edu as tg

SIZES = [(32, 2, 16, 2), (64, 64, 32, 10), (64, 784, 128, 10), (256, 784, 256, 10)]
LR = 0.01


def problem(batch, inputs, hidden, outputs):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(batch, inputs)).astype(np.float32)
    labels = rng.integers(outputs, size=batch)
    W1 = rng.normal(size=(inputs, hidden)).astype(np.float32) / np.float32(inputs**0.5)
    W2 = rng.normal(size=(hidden, outputs)).astype(np.float32) / np.float32(hidden**0.5)
    return X, labels, [W1, np.zeros(hidden, np.float32), W2, np.zeros(outputs, np.float32)]


def stepping(step, parameters):
    """A contestant that is compared by the losses of three steps, and by the parameters after them."""
    return Contestant(step, lambda: [[float(step()) for _ in range(3)], *map(np.array, parameters())])


def by_hand(X, labels, parameters):
    W1, b1, W2, b2 = (p.copy() for p in parameters)
    Y = tg.data.one_hot(labels, len(b2), dtype=np.float32)
    n = len(X)

    def step():
        H = np.tanh(X @ W1 + b1)
        Z = H @ W2 + b2
        Z -= Z.max(axis=1, keepdims=True)
        P = np.exp(Z)
        total = P.sum(axis=1, keepdims=True)
        P /= total
        loss = np.log(total).mean() - np.vdot(Y, Z) / n
        dZ = (P - Y) / n
        dW2 = H.T @ dZ
        db2 = dZ.sum(axis=0)
        dA = (dZ @ W2.T) * (1 - H * H)
        dW1 = X.T @ dA
        db1 = dA.sum(axis=0)
        for p, g in ((W1, dW1), (b1, db1), (W2, dW2), (b2, db2)):
            p -= LR * g
        return loss

    return stepping(step, lambda: [W1, b1, W2, b2])


def network(X, labels, parameters):
    """Our network with these parameters, and the targets as one-hot rows."""
    sizes = [X.shape[1], len(parameters[1]), len(parameters[3])]
    net = tg.nn.MLP(sizes, hidden="tanh", dtype=np.float32)
    net.load_state_dict(dict(zip(net.named_parameters(), parameters)))
    return net, tg.data.one_hot(labels, sizes[-1], dtype=np.float32)


def training(X, labels, parameters):
    """Our network, and a function that does a step of its training."""
    sizes = [X.shape[1], len(parameters[1]), len(parameters[3])]
    net = tg.nn.MLP(sizes, hidden="tanh", dtype=np.float32)
    net.load_state_dict(dict(zip(net.named_parameters(), parameters)))
    optimiser = tg.optim.SGD(net.parameters(), lr=LR)

    def step(X, Y):
        optimiser.zero_grad()
        loss = tg.losses.cross_entropy_from_logits(Y, net(X))
        loss.backward(keep="leaves")
        optimiser.step()
        return loss

    return net, step, tg.data.one_hot(labels, sizes[-1], dtype=np.float32)


def eager(X, labels, parameters):
    net, step, Y = training(X, labels, parameters)
    return stepping(lambda: step(X, Y).item(), lambda: [p.data for p in net.parameters()])


def compiled(X, labels, parameters, **backend):
    net, step, Y = training(X, labels, parameters)
    step = tg.compile(step, **backend)
    return stepping(lambda: step(X, Y).item(), lambda: [p.data for p in net.parameters()])


def numba(X, labels, parameters):
    import numba  # noqa: F401 (left out where it is not installed)

    return compiled(X, labels, parameters, backend="numba")


def torch(X, labels, parameters):
    torch = peers.torch()
    x, labels = torch.from_numpy(X), torch.from_numpy(labels)
    weights = [torch.from_numpy(p.copy()).requires_grad_() for p in parameters]
    optimiser = torch.optim.SGD(weights, lr=LR)

    def step():
        W1, b1, W2, b2 = weights
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(torch.tanh(x @ W1 + b1) @ W2 + b2, labels)
        loss.backward()
        optimiser.step()
        return loss.item()

    return stepping(step, lambda: [p.detach().numpy() for p in weights])


def torch_compile(X, labels, parameters):
    """Both passes and the update in one compiled function, which is faster than compiling the loss alone."""
    torch = peers.torch()
    x, labels = torch.from_numpy(X), torch.from_numpy(labels)
    weights = [torch.from_numpy(p.copy()) for p in parameters]

    def cost(weights):
        W1, b1, W2, b2 = weights
        return torch.nn.functional.cross_entropy(torch.tanh(x @ W1 + b1) @ W2 + b2, labels)

    @peers.torch_compiled
    def update(weights):
        slopes, loss = torch.func.grad_and_value(cost)(weights)
        for p, g in zip(weights, slopes):
            p.sub_(g, alpha=LR)
        return loss

    return stepping(lambda: update(weights).item(), lambda: [p.numpy() for p in weights])


def jax_jit(X, labels, parameters):
    jax = peers.jax()

    def cost(weights, X, labels):
        W1, b1, W2, b2 = weights
        Z = jax.numpy.tanh(X @ W1 + b1) @ W2 + b2
        chosen = jax.numpy.take_along_axis(Z, labels[:, None], axis=1)[:, 0]
        return jax.numpy.mean(jax.nn.logsumexp(Z, axis=1) - chosen)

    def updated(weights, X, labels):
        loss, slopes = jax.value_and_grad(cost)(weights, X, labels)
        return loss, [p - LR * g for p, g in zip(weights, slopes)]

    update = jax.jit(updated, donate_argnums=0)
    x, labels = jax.device_put(X), jax.device_put(labels)
    weights = [jax.numpy.array(p) for p in parameters]

    def step():
        nonlocal weights
        loss, weights = jax.block_until_ready(update(weights, x, labels))
        return loss

    return stepping(step, lambda: weights)


def mygrad(X, labels, parameters):
    import mygrad
    from mygrad.nnet.losses import softmax_crossentropy

    weights = [mygrad.tensor(p.copy()) for p in parameters]

    def step():
        W1, b1, W2, b2 = weights
        loss = softmax_crossentropy(mygrad.tanh(X @ W1 + b1) @ W2 + b2, labels)
        loss.backward()
        for p in weights:
            p.data -= LR * p.grad
        return loss.item()

    return stepping(step, lambda: [p.data for p in weights])


def autograd(X, labels, parameters):
    import autograd
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    weights = [p.copy() for p in parameters]
    Y = tg.data.one_hot(labels, len(weights[3]), dtype=np.float32)

    def cost(weights):
        W1, b1, W2, b2 = weights
        Z = anp.tanh(X @ W1 + b1) @ W2 + b2
        return anp.mean(logsumexp(Z, axis=1) - anp.sum(Y * Z, axis=1))

    gradient = autograd.value_and_grad(cost)

    def step():
        loss, gradients = gradient(weights)
        for p, g in zip(weights, gradients):
            p -= LR * g
        return loss

    return stepping(step, lambda: weights)


WORKLOAD = Workload(
    title="A training step of an MLP",
    what="Forward, cross-entropy from logits, backward and SGD update of an MLP with one hidden layer of tanh, in "
    "float32. Sizes are batch, inputs, hidden, outputs.",
    problem=problem,
    sizes={", ".join(map(str, size)): size for size in SIZES},
    tiny=(4, 2, 3, 2),
    contestants={
        "NumPy by hand": by_hand,
        "tinygrad_edu": eager,
        "tinygrad_edu, compiled": compiled,
        "tinygrad_edu, numba": numba,
        "PyTorch": torch,
        "torch.compile": torch_compile,
        "JAX jit": jax_jit,
        "MyGrad": mygrad,
        "autograd": autograd,
    },
)
