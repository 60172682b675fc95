"""What a program may be written as."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors import MissingExtraError, UnsupportedError, how_to_install
from .machine_code import MachineCode
from .source import Source

BACKENDS: dict[str, type[Source]] = {"numpy": Source, "numba": MachineCode}


def writer(backend: str, reorder: bool) -> type[Source]:
    """The way of writing that goes by this name.

    Raises
    ------
    MissingExtraError
        If it needs numba, and numba is not installed.
    """
    if backend not in BACKENDS:
        raise UnsupportedError(f"backend={backend!r} is none of {', '.join(map(repr, BACKENDS))}.")
    if backend == "numba" and not find_spec("numba"):
        raise MissingExtraError(f"backend='numba' needs numba, which is not installed: {how_to_install('fast')}")
    if backend == "numba" and not reorder:
        raise UnsupportedError(
            "backend='numba' adds up in an order of its own, so it cannot keep every bit as reorder=False asks. Leave "
            "one of them out."
        )
    return BACKENDS[backend]
