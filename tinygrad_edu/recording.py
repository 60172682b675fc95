"""Whether operations are recorded: per context, so threads and asynchronous tasks do not disturb each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

recording: ContextVar[bool | Callable[[Any], None]] = ContextVar("recording", default=True)
"""True: operations are recorded. False: they are not. A function: it is also called with each node that is."""

recording_now = recording.get


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
    token = recording.set(False)
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
    token = recording.set(recording_now() or True)
    try:
        yield
    finally:
        recording.reset(token)
