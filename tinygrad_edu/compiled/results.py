"""What a compiled function gives: as the function itself would, arrays or Tensors."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from ..eager import Eager, make
from ..errors import UnsupportedError
from ..nested import leaves
from ..node import Node
from ..primitive import Each, Row
from ..tensor import Tensor
from .program import Variable
from .recording import Recording
from .tracing import Tracer


class Result:
    """One leaf of the result: computed or constant, an array or a Tensor.

    `written` is what the program returns for it; what `is finished` can be handed out as it comes from there.
    `given` is what the function itself gave, or `x`, which stands for it, if the function was not called.
    """

    def __init__(
        self, x: Any, found: dict[Any, Any], recording: Recording, outside: dict[int, Any], given: Any
    ) -> None:
        self.is_same = isinstance(x, Eager) and not recording.is_ours(x) or id(x) in outside
        self.constant = x if self.is_same or not isinstance(x, Node) else found[x]
        self.is_computed = not self.is_same and isinstance(self.constant, Variable)
        self.is_tensor = not self.is_same and (is_tensor(x, recording) if given is x else isinstance(given, Eager))
        self.takes_gradient = isinstance(x, Node) and x.requires_grad
        self.written = self.constant if self.is_computed else None
        self.is_finished = not self.is_tensor and (self.is_computed or x is None)
        if self.is_computed:
            self.constant = None

    def answer(self, y: Any, tensors: tuple[Any, ...]) -> Any:
        """What the caller gets for `y`; a Tensor remembers the `tensors` that it was computed from."""
        if not self.is_computed:
            y = self.constant.copy() if isinstance(self.constant, np.ndarray) and not self.is_same else self.constant
        if not self.is_tensor:
            return y
        taking = tuple([x for x in tensors if x.requires_grad]) if self.takes_gradient else ()
        return make(Tensor, y, COMPILED, tensors, (y, ()), taking, (no_derivative,) * len(taking))


def no_derivative(*arguments: Any) -> NoReturn:
    raise UnsupportedError(
        "No derivative flows back through a compiled function. Compile the function that derives instead: "
        "tg.compile(tg.value_and_grad(f)); or derive the function that was compiled."
    )


COMPILED = Row(lambda operands: operands, Each(lambda i, g, y, operands: no_derivative()), name="compiled")


def is_tensor(x: Any, recording: Recording) -> bool:
    """Whether the function itself would give a Tensor here: whatever is computed from Tensors by rules is one."""
    met: set[Any] = recording.tensors | {
        n for n in recording.nodes if isinstance(n, Eager) and not recording.is_ours(n)
    }
    if isinstance(x, Eager):
        return bool(met)
    for node in recording.operations:
        if node.row and node.row.rules and any(y in met for y in leaves(node.inputs) if isinstance(y, Node)):
            met.add(node)
    return isinstance(x, Tracer) and x in met


def is_plain(x: Any) -> bool:
    """Whether the source of a nested result gives just that: tuples, lists and dicts with names for keys."""
    if isinstance(x, dict):
        return type(x) is dict and all(type(k) is str for k in x) and all(map(is_plain, x.values()))
    return type(x) in (tuple, list) and all(map(is_plain, x)) if isinstance(x, (tuple, list)) else True
