"""The IDX format, in which MNIST is published: a header that says what follows, then the numbers.

Two zero bytes, a byte for the type of the numbers, a byte for the number of axes, the length of each axis as a
big-endian 32-bit integer, then the numbers, big-endian, the last axis fastest (Y. LeCun, C. Cortes and C. Burges,
The MNIST database of handwritten digits).
"""

from __future__ import annotations

import gzip
import io
import zlib
from math import prod
from os import PathLike
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import ShapeError, UnsupportedError

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIP = b"\x1f\x8b"
MOST_AXES = 64  # NumPy's limit
CHUNK = 1 << 20


class Source(Protocol):
    """What bytes are read from."""

    def read(self, n: int, /) -> bytes: ...


def load_idx(file: str | PathLike[str] | BinaryIO) -> NDArray[Any]:
    """Read an array from a file in the IDX format, as MNIST's ``train-images-idx3-ubyte``, raw or gzipped.

    No more is read than the header promises plus one byte, so a false header costs no memory.

    Parameters
    ----------
    file : a path, or a file opened in binary mode.

    Returns
    -------
    The array, of the shape and type that the header says; images have shape (n, height, width) and dtype uint8.

    Raises
    ------
    UnsupportedError
        If this is no IDX file: wrong first bytes, unknown type, damaged gzip, or a file in text mode.
    ShapeError
        If it holds fewer or more bytes than its header says.

    Examples
    --------
    >>> import io
    >>> import tinygrad_edu as tg
    >>> tg.data.load_idx(io.BytesIO(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4])))     # unsigned bytes, 1 axis, of length 3
    array([5, 0, 4], dtype=uint8)
    """
    if isinstance(file, (str, PathLike)):
        with open(file, "rb") as opened:
            return load_idx(opened)
    if isinstance(file, io.TextIOBase):
        raise UnsupportedError('load_idx: the file is open in text mode. Open it with open(path, "rb").')
    source = Resumed(file)
    if source.first != GZIP:
        return array_from(source)
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as unpacked:  # type: ignore[call-overload]
            return array_from(unpacked)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnsupportedError(f"load_idx: the gzip file is damaged ({error}). Get the file again.") from None


class Resumed:
    """A file whose first bytes were looked at: also one that cannot go back, such as a download."""

    def __init__(self, file: Source) -> None:
        self.file, self.first = file, bytes(up_to(len(GZIP), file))

    def read(self, n: int = -1, /) -> bytes:
        if not self.first:
            return self.file.read(n)
        first, self.first = self.first, b""
        return first


def array_from(source: Source) -> NDArray[Any]:
    """The array of an unpacked IDX file."""
    dtype, axes = header(up_to(4, source))
    lengths = up_to(4 * axes, source)
    if len(lengths) < 4 * axes:
        raise ShapeError(f"load_idx: the file ends within its header, which has {axes} axes. Get the file again.")
    shape = np.frombuffer(lengths, ">u4").tolist()
    size = prod(shape) * dtype.itemsize
    data = up_to(size + 1, source)
    if len(data) != size:
        found = f"only {len(data):,} follow" if len(data) < size else "more follow"
        raise ShapeError(
            f"load_idx: the header promises {' × '.join(map(str, shape))} numbers of type {dtype.name}, "
            f"{size:,} bytes, but {found}. The file is cut off or damaged: get it again."
        )
    numbers = np.frombuffer(data, dtype).astype(dtype.newbyteorder("="), copy=False)
    try:
        return numbers.reshape(shape)
    except ValueError as error:  # no numbers, on axes too long for NumPy
        raise ShapeError(f"load_idx: no array has the shape {tuple(shape)} of the header: {error}") from None


def header(start: bytes | bytearray) -> tuple[np.dtype[Any], int]:
    """The type of the numbers and the number of axes, from the first four bytes."""
    if len(start) < 4 or start[:2] != b"\0\0":
        raise UnsupportedError(
            f"load_idx: the file begins with the bytes {start.hex(' ') or '(none)'}, but IDX files begin with 00 00, "
            "a type and a number of axes (MNIST's images with 00 00 08 03). Is it another file?"
        )
    kind, axes = start[2:]
    if kind not in TYPES:
        known = ", ".join(f"{code:02x}" for code in TYPES)
        raise UnsupportedError(f"load_idx: unknown type of numbers {kind:02x}; IDX knows {known}. Is it another file?")
    if not 0 < axes <= MOST_AXES:
        raise UnsupportedError(f"load_idx: the header says {axes} axes; NumPy's arrays have 1 to {MOST_AXES}.")
    return np.dtype(TYPES[kind]), axes


def up_to(n: int, source: Source) -> bytearray:
    """The next n bytes, or fewer if the file ends: in pieces, for `n` is only what a header says."""
    data = bytearray()
    while len(data) < n and (piece := source.read(min(CHUNK, n - len(data)))):
        data += piece
    return data
