"""The optimisers: first moments, second moments, and both."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Any

import numpy as np
from numpy import ndarray, subtract

from ..tensor import Tensor
from .optimiser import Optimiser
from .schedules import Schedule


def minus(w: Any, step: Any) -> Any:
    """w − step, in the memory of `step`, which is fresh: as fast as an update in place."""
    return subtract(w, step, step) if step.__class__ is ndarray else w - step


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

    def updated(self, w: Any, g: Any, lr: Any) -> Any:
        return minus(w, lr * g)


class Momentum(Optimiser):
    """Gradient descent with a velocity: ``v ← μ v + g; w ← w − lr v``. B. T. Polyak (1964).

    Parameters
    ----------
    momentum : μ, the part of the velocity that is kept.
    """

    moments = 1

    def __init__(self, parameters: Iterable[Tensor], lr: float | Schedule, momentum: float = 0.9) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum

    def remembered(self, g: Any, v: Any) -> tuple[Any, ...]:
        return (self.momentum * v + g,)

    def updated(self, w: Any, g: Any, v: Any, lr: Any) -> Any:
        return minus(w, lr * v)


class Nesterov(Momentum):
    """Momentum that looks ahead: ``v ← μ v + g; w ← w − lr (g + μ v)``.

    I. Sutskever et al. (2013), section 2, written in terms of the point that is looked at.
    """

    def updated(self, w: Any, g: Any, v: Any, lr: Any) -> Any:
        return minus(w, lr * (g + self.momentum * v))


class RMSProp(Optimiser):
    """Steps scaled by the root mean square of recent gradients: ``s ← ρ s + (1 − ρ) g²; w ← w − lr g/(√s + ε)``.

    T. Tieleman and G. Hinton (2012), lecture 6.5.
    """

    moments = 1

    def __init__(
        self, parameters: Iterable[Tensor], lr: float | Schedule = 0.01, rho: float = 0.99, eps: float = 1e-8
    ) -> None:
        super().__init__(parameters, lr)
        self.rho, self.eps = rho, eps

    def remembered(self, g: Any, s: Any) -> tuple[Any, ...]:
        return (averaged(s, g * g, self.rho),)

    def updated(self, w: Any, g: Any, s: Any, lr: Any) -> Any:
        return minus(w, lr * g / (np.sqrt(s) + self.eps))


class Adam(Optimiser):
    """Momentum and scaling, corrected for their start at zero: ``w ← w − lr m̂/(√ŝ + ε)``.

    ``m ← β₁ m + (1 − β₁) g``, ``s ← β₂ s + (1 − β₂) g²``, ``m̂ = m/(1 − β₁ᵗ)``, ``ŝ = s/(1 − β₂ᵗ)`` at step t.
    D. P. Kingma and J. Ba (2015), algorithm 1.
    """

    moments = 2

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps

    def rates(self, lr: float) -> tuple[float, ...]:
        (beta1, beta2), t = self.betas, self.steps + 1
        return lr / (1 - beta1**t), sqrt(1 - beta2**t)

    def remembered(self, g: Any, m: Any, s: Any) -> tuple[Any, ...]:
        beta1, beta2 = self.betas
        return averaged(m, g, beta1), averaged(s, g * g, beta2)

    def updated(self, w: Any, g: Any, m: Any, s: Any, lr: Any, root: Any) -> Any:
        return minus(w, lr * (m / (np.sqrt(s) / root + self.eps)))


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

    def rates(self, lr: float) -> tuple[float, ...]:
        return (*super().rates(lr), 1 - lr * self.decay)

    def updated(self, w: Any, g: Any, m: Any, s: Any, lr: Any, root: Any, keep: Any = 1) -> Any:
        return super().updated(keep * w, g, m, s, lr, root)


def averaged(average: Any, new: Any, keep: float) -> Any:
    """The running average ``keep·average + (1 − keep)·new``."""
    return keep * average + (1 - keep) * new
