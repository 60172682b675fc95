"""Whether operations are recorded: per context, so threads and asynchronous tasks do not disturb each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from typing import Any

recording: ContextVar[bool | Callable[[Any], Any]] = ContextVar("recording", default=True)
"""True: operations are recorded. False: they are not. A function: each node that is goes through it.

While a function is compiled it is a `Tracing`, which gives every operation another node, under `no_grad` too.
"""

recording_now = recording.get


class Tracing:
    """What operations on Tensors ask while a function is compiled."""

    takes_gradients = True

    def __call__(self, node: Any) -> Any:
        """What the operation gives in place of its node."""
        raise NotImplementedError

    def operand(self, x: Any) -> Any:
        """What stands for the value of a Tensor."""
        raise NotImplementedError

    def refuse(self, x: Any, how: str) -> None:
        """Raise, because the value of a Tensor would leave the graph."""
        raise NotImplementedError

    def gradient(self, x: Any) -> Any:
        """What stands for the ``.grad`` of a Tensor."""
        raise NotImplementedError

    def zero_grad(self, x: Any) -> None:
        """Forget the gradient of a Tensor, in this function and in every call of it."""
        raise NotImplementedError

    def update(self, optimiser: Any) -> None:
        """Take down a step of an optimiser."""
        raise NotImplementedError

    def switched(self, takes_gradients: bool) -> Tracing:
        """The same, inside `no_grad` or `enable_grad`."""
        other = copy(self)
        other.takes_gradients = takes_gradients
        return other


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording, as when a trained model is only used; also a decorator.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> w = tg.Tensor(2.0)
    >>> with tg.no_grad():
    ...     y = w * w
    >>> y.requires_grad
    False
    """
    mode = recording_now()
    token = recording.set(mode.switched(False) if isinstance(mode, Tracing) else False)
    try:
        yield
    finally:
        recording.reset(token)


@contextmanager
def enable_grad() -> Iterator[None]:
    """Record again, inside `no_grad` too; also a decorator.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> w = tg.Tensor(2.0)
    >>> with tg.no_grad(), tg.enable_grad():
    ...     y = w * w
    >>> y.requires_grad
    True
    """
    mode = recording_now()
    token = recording.set(mode.switched(True) if isinstance(mode, Tracing) else mode or True)
    try:
        yield
    finally:
        recording.reset(token)
