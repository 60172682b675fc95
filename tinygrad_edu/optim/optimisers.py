"""The optimisers: first moments, second moments, and both."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np

from ..tensor import Tensor
from .optimiser import Optimiser
from .schedules import Schedule

as_array = lru_cache(maxsize=32)(np.array)


def times(number: float, g: Any) -> Any:
    """number · g; as an array of the dtype of g, the number takes NumPy half the time."""
    return as_array(number, g.dtype) * g


def minus(w: Any, step: Any) -> Any:
    """w − step, in the memory of `step`, which is fresh: as fast as an update in place."""
    return np.subtract(w, step, step) if step.__class__ is np.ndarray else w - step


class SGD(Optimiser):
    """Gradient descent: ``w ← w − lr g``; stochastic when g comes from a part of the data.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> w = tg.Tensor(3.0)
    >>> (w * w).backward()
    >>> tg.optim.SGD([w], lr=0.1).step()
    >>> print(f"{w.item():.1f}")          # 3 − 0.1·6
    2.4
    """

    def updated(self, w: Any, g: Any, lr: float, i: int) -> Any:
        return minus(w, times(lr, g))


class Momentum(Optimiser):
    """Gradient descent with a velocity: ``v ← μ v + g; w ← w − lr v``. B. T. Polyak (1964).

    Parameters
    ----------
    momentum : μ, the part of the velocity that is kept.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float | Schedule, momentum: float = 0.9) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum
        self.velocity = zeros_like(self.parameters)

    def updated(self, w: Any, g: Any, lr: float, i: int) -> Any:
        return minus(w, lr * self.accelerated(g, i))

    def accelerated(self, g: Any, i: int) -> Any:
        v = self.velocity[i]
        v *= self.momentum
        v += g
        self.velocity[i] = v
        return v


class Nesterov(Momentum):
    """Momentum that looks ahead: ``v ← μ v + g; w ← w − lr (g + μ v)``.

    I. Sutskever et al. (2013), section 2, written in terms of the point that is looked at.
    """

    def updated(self, w: Any, g: Any, lr: float, i: int) -> Any:
        step = self.momentum * self.accelerated(g, i)
        step += g
        step *= lr
        return minus(w, step)


class RMSProp(Optimiser):
    """Steps scaled by the root mean square of recent gradients: ``s ← ρ s + (1 − ρ) g²; w ← w − lr g/(√s + ε)``.

    T. Tieleman and G. Hinton (2012), lecture 6.5.
    """

    def __init__(
        self, parameters: Iterable[Tensor], lr: float | Schedule = 0.01, rho: float = 0.99, eps: float = 1e-8
    ) -> None:
        super().__init__(parameters, lr)
        self.rho, self.eps = rho, eps
        self.square = zeros_like(self.parameters)

    def updated(self, w: Any, g: Any, lr: float, i: int) -> Any:
        s = self.square[i] = averaged(self.square[i], g * g, self.rho)
        return minus(w, lr * g / (np.sqrt(s) + self.eps))


class Adam(Optimiser):
    """Momentum and scaling, corrected for their start at zero: ``w ← w − lr m̂/(√ŝ + ε)``.

    ``m ← β₁ m + (1 − β₁) g``, ``s ← β₂ s + (1 − β₂) g²``, ``m̂ = m/(1 − β₁ᵗ)``, ``ŝ = s/(1 − β₂ᵗ)`` at step t.
    D. P. Kingma and J. Ba (2015), algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps
        self.mean, self.square = zeros_like(self.parameters), zeros_like(self.parameters)

    def updated(self, w: Any, g: Any, lr: float, i: int) -> Any:
        beta1, beta2 = self.betas
        m = self.mean[i] = averaged(self.mean[i], g, beta1)
        s = self.square[i] = averaged(self.square[i], g * g, beta2)
        root = np.sqrt(s)
        root /= sqrt(1 - beta2**self.steps)
        root += self.eps
        step = m / root
        step *= lr / (1 - beta1**self.steps)
        return minus(w, step)


class AdamW(Adam):
    """Adam with weights that decay by themselves: ``w ← w − lr λ w`` before each step.

    I. Loshchilov and F. Hutter (2019), algorithm 2.

    Parameters
    ----------
    decay : λ.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps)
        self.decay = decay

    def updated(self, w: Any, g: Any, lr: float, i: int) -> Any:
        return super().updated((1 - lr * self.decay) * w, g, lr, i)


def zeros_like(parameters: list[Tensor]) -> list[Any]:
    """A zero for each parameter, in its shape and dtype."""
    return [np.zeros_like(p.numpy())[()] for p in parameters]


def averaged(average: Any, new: Any, keep: float) -> Any:
    """The running average ``keep·average + (1 − keep)·new``, in its own memory if it has any."""
    average *= keep
    average += (1 - keep) * new
    return average
