"""Values from the command line: ``w=[0.1,-0.2]`` is typed, ``x=@points.csv`` is a file. Nothing is executed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ExpressionError, UnsupportedError
from ..expressions.syntax import characters, pointing
from ..tensor import Tensor

Array = NDArray[np.float64]

LONGEST = 1_000_000
"""Characters of a typed value."""
DEEPEST = 32
LARGEST_FILE = 100_000_000
"""Bytes."""


def tensors(given: Iterable[str], data: Iterable[str] = ()) -> dict[str, Tensor]:
    """The values by name: those of files and those named in `data` take no gradient, all others do.

    Raises
    ------
    ExpressionError, UnsupportedError
        If an argument is not ``name=value`` or its value is none, or a name is given twice or not at all.
    """
    found: dict[str, Tensor] = {}
    for argument in given:
        name, sign, text = argument.partition("=")
        name = name.strip()
        if not sign or not name.isidentifier():
            raise UnsupportedError(f"{argument[:60]!r} is not a value: write name=value, as in w=[0.1,-0.2].")
        if name in found:
            raise UnsupportedError(f"{name} is given twice.")
        is_file = text.strip().startswith("@")
        array = from_file(name, text.strip()[1:]) if is_file else typed(name, text)
        found[name] = Tensor(array, requires_grad=not is_file and name not in data, name=name)
    if unknown := [name for name in data if name not in found]:
        raise UnsupportedError(f"--data names {', '.join(unknown)}, but the values given are {', '.join(found)}.")
    return found


# ---------------------------------------------------------------------- typed


def typed(name: str, text: str) -> Array:
    """A number, or nested lists of numbers."""
    if len(text) > LONGEST:
        raise ExpressionError(
            f"{name} has {len(text):,} characters, at most {LONGEST:,} are read. Use {name}=@file.npy."
        )
    text = text.strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = max((error.offset or 1) - 1, 0)
        raise pointing(text, column, f"{name}: not a number or list of numbers") from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"{name} is nested too deep, or not a number.") from None
    found = numbers(tree, text, name)
    try:
        return np.array(found, dtype=np.float64)
    except ValueError:
        raise ExpressionError(
            f"{name}: lists at one level must hold the same, numbers or lists of one length."
        ) from None


def numbers(node: ast.expr, text: str, name: str, depth: int = 0) -> Any:
    """A literal as floats and lists; anything else is refused."""
    column = characters(text, node.col_offset)
    if isinstance(node, (ast.List, ast.Tuple)):
        if depth == DEEPEST:
            raise pointing(text, column, f"{name}: lists more than {DEEPEST} deep")
        return [numbers(x, text, name, depth + 1) for x in node.elts]
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        sign, node = -1.0 if isinstance(node.op, ast.USub) else 1.0, node.operand
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise pointing(text, column, f"{name}: a value is a number or a list of numbers, such as 0.5 or [[1,2],[3,4]]")
    if not abs(value) <= sys.float_info.max:
        raise pointing(text, column, f"{name}: this number is too large")
    return sign * float(value)


# ---------------------------------------------------------------------- from files


def from_file(name: str, file: str) -> Array:
    """The numbers in a ``.csv`` file (with or without a line of headings) or a ``.npy`` file; never pickled objects."""
    path = Path(file)
    readers = {".csv": read_csv, ".npy": read_npy}
    if path.suffix.lower() not in readers:
        raise UnsupportedError(f"{name}=@{file}: files end in {' or '.join(readers)}.")
    if not path.is_file():
        raise UnsupportedError(f"{name}=@{file}: there is no such file.")
    if path.stat().st_size > LARGEST_FILE:
        raise UnsupportedError(f"{name}=@{file}: files of more than {LARGEST_FILE // 10**6} MB are not read.")
    try:
        return readers[path.suffix.lower()](path)
    except (ValueError, TypeError, EOFError, MemoryError) as error:
        problem = str(error).splitlines()[0].split(" when allow_pickle")[0].rstrip(".")
        raise UnsupportedError(f"{name}=@{file} does not hold numbers: {problem}.") from None


def read_csv(path: Path) -> Array:
    """A column as a vector, several as a matrix."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    rows = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if rows and not any(map(is_number, rows[0].split(","))):
        rows = rows[1:]
    if not rows:
        raise ValueError("it is empty")
    table = np.loadtxt(rows, delimiter=",", dtype=np.float64, ndmin=2)
    return table[:, 0] if table.shape[1] == 1 else table


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def read_npy(path: Path) -> Array:
    array = np.load(path, allow_pickle=False)
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub":
        raise ValueError(f"it is {getattr(array, 'dtype', 'not one array')}")
    return array.astype(np.float64)
