"""`compile`: a function is recorded once per signature, and then replayed as NumPy code."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..eager import Eager
from ..errors import UnsupportedError
from ..nested import leaves
from ..pictures.picture import Picture
from ..recording import Tracing, recording_now
from .backends import writer
from .entry import MISS, no_entry
from .replay import Replay, Settings
from .signatures import fingerprint, signature
from .surroundings import Surroundings

MOST_SIGNATURES = 256
"""Of more, the oldest is forgotten: a number that is another one in every call would fill the memory."""


def compile(f: Callable[..., Any], *, reorder: bool = True, check: bool = False, backend: str = "numpy") -> Compiled:
    """The same function, faster: recorded at the first call, and from then on run as NumPy code without a graph.

    Parameters
    ----------
    f : a function of arrays and Tensors, which may be nested in tuples, lists and dicts; also one that
        derives, such as ``tg.value_and_grad(loss)``. It must do the same whatever the values are.
    reorder : whether sums may be taken in another order, which is faster and agrees with `f` up to rounding; without,
        every bit is the same.
    check : record `f` anew and run it beside every call, and compare what was compiled in, and every variable
        (bit by bit if `reorder` is False); for finding mistakes.
    backend : "numpy", or "numba" (extra ``fast``): loops that are compiled to machine code, which takes seconds, for
        networks so small that calling NumPy costs more than computing. It gives no warnings of overflow and the like.

    Notes
    -----
    One program is kept per signature: shapes, dtypes and strides of arrays, the nesting of the arguments, Python
    numbers by value, and what the names, attributes and items of lists and dicts that `f` uses stand for. Arrays and
    Tensors that `f` refers to are read at each call.

    Raises
    ------
    UnsupportedError
        At the first call, with the line, if `f` looks at values (``if``, ``float()``, ``.item()``, iteration), draws
        random numbers, or writes.
    MissingExtraError
        If the backend needs numba, and numba is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> step = tg.compile(tg.value_and_grad(lambda w, x: np.sum(np.tanh(x * w))))
    >>> value, slope = step(np.array([0.5, -1.0]), np.array([2.0, 3.0]))
    >>> print(f"{value:.6f}", slope.round(6))
    -0.233461 [0.839949 0.029598]
    >>> print(step.source.splitlines()[-1])
        return result, d_w
    """
    if not callable(f) or isinstance(f, Eager):
        raise UnsupportedError(f"tg.compile takes a function, but {type(f).__name__} was given.")
    return Compiled(f, Settings(reorder, check, writer(backend, reorder)))


class Compiled:
    """A function with a program for each signature it was called with."""

    def __init__(self, f: Callable[..., Any], settings: Settings) -> None:
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.__doc__ = getattr(f, "__doc__", None)
        self.__wrapped__ = f
        self.f = f
        self.settings = settings
        self.surroundings = Surroundings(f)
        self.replays: dict[Any, Replay] = {}
        self.latest: Replay | None = None
        self.enter: Callable[[tuple[Any, ...]], Any] = no_entry
        """The quick way into the latest program."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs:
            result = self.enter(args)
            if result is not MISS:
                return result
        if isinstance(recording_now(), Tracing):
            return self.f(*args, **kwargs)  # inside another compiled function: part of its program
        replay = self.replay_for(args, kwargs)
        if self.settings.check:
            return replay.checked(args, kwargs)
        is_flat = not kwargs and not any(isinstance(x, (tuple, list, dict)) for x in args)
        self.enter = replay.entry(args) if is_flat else no_entry
        return replay(leaves((args, kwargs)))

    def replay_for(self, args: Any, kwargs: dict[str, Any]) -> Replay:
        """The program for these arguments, recorded if there is none."""
        replay = self.replays.get(self.key(args, kwargs))
        if replay is None or replay.is_stale():
            self.surroundings = Surroundings(self.f)
            names = argument_names(self.f, args, kwargs)
            replay = Replay(self.f, args, kwargs, self.settings, names, self.surroundings)
            self.replays[self.key(args, kwargs)] = replay
            if len(self.replays) > MOST_SIGNATURES:
                self.replays.pop(next(iter(self.replays)), None)
        replay.seen = self.surroundings.seen()
        self.latest = replay
        return replay

    def key(self, args: Any, kwargs: dict[str, Any]) -> tuple[Any, ...]:
        given = leaves((args, kwargs))
        names = tuple(fingerprint(x) for _, x in self.surroundings.seen())
        first: dict[int, int] = {}
        places = tuple(first.setdefault(id(x) if isinstance(x, Eager) else -i, i) for i, x in enumerate(given))
        return structure((args, kwargs)), tuple(map(signature, given)), places, names

    @property
    def source(self) -> str:
        """The NumPy code of the latest call."""
        if self.latest is None:
            raise UnsupportedError("There is no source before the first call: shapes and dtypes are not known.")
        return self.latest.source

    @property
    def graph(self) -> Picture:
        """The program of the latest call as a picture: its lines in boxes, by what they lead to."""
        if self.latest is None:
            raise UnsupportedError("There is no graph before the first call: shapes and dtypes are not known.")
        return self.latest.drawn()

    def report(self) -> str:
        """What each pass did to the program of the latest call."""
        if self.latest is None:
            raise UnsupportedError("There is no report before the first call: nothing is compiled yet.")
        return self.latest.report()

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}, {len(self.replays)} signatures>"


def structure(x: Any) -> Any:
    if isinstance(x, dict):
        return dict, tuple((k, structure(v)) for k, v in x.items())
    return (type(x), *map(structure, x)) if isinstance(x, (tuple, list)) else None


def argument_names(f: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> list[str]:
    """A name for each leaf of the arguments: that of the parameter, and the place inside."""
    try:
        bound = inspect.signature(f).bind(*args, **kwargs).arguments
        top = [*bound] if len(bound) == len(args) + len(kwargs) else []
    except (TypeError, ValueError):
        top = []
    names = top or [f"x{i + 1}" for i in range(len(args))] + list(kwargs)
    values = [*args, *kwargs.values()]
    return [name for prefix, value in zip(names, values) for name in leaf_names(value, prefix)]


def leaf_names(x: Any, prefix: str) -> list[str]:
    if isinstance(x, dict):
        return [name for k, v in x.items() for name in leaf_names(v, str(k))]
    if isinstance(x, (tuple, list)):
        return [name for i, v in enumerate(x, 1) for name in leaf_names(v, f"{prefix}{i}")]
    return [prefix]
