"""Schedules: the learning rate as a function of the number of steps taken so far."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

Schedule = Callable[[int], float]


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """``lr · factor^⌊step/every⌋``."""
    return lambda step: lr * factor ** (step // every)


def exponential(lr: float, factor: float) -> Schedule:
    """``lr · factor^step``."""
    return lambda step: lr * factor**step


def cosine(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """Half a cosine from `lr` at step 0 to `end` from step `steps` on. I. Loshchilov and F. Hutter (2017), eq. 5."""
    return lambda step: end + (lr - end) * (1 + cos(pi * min(step, steps) / steps)) / 2


def warmup(schedule: float | Schedule, steps: int) -> Schedule:
    """A linear rise to the learning rate in the first `steps` steps, then `schedule`, counted from there."""

    def rate(step: int) -> float:
        after = schedule(max(step - steps, 0)) if callable(schedule) else schedule
        return after * min((step + 1) / steps, 1)

    return rate
