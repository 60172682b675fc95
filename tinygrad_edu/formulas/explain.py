"""The derivation of one derivative, step by step, as a page in the user's hands."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..messages import needs_no_gradient
from ..tensor import Tensor
from .chain import MOST_PATHS, Chain
from .derivation import Derivation, derive
from .lines import Line, Stage
from .names import pretty
from .normal import constant, symbol
from .paths import Paths
from .simplified import LONGEST


class Explanation:
    """How ∂L/∂w comes about: `value` is the number of the sweep, `stages` the four steps to it.

    Prints as text; `.markdown` and `.latex` are for pages and slides. Displays itself in Jupyter.
    """

    def __init__(self, value: Any, stages: list[Stage], contributions: list[Any], paths: int) -> None:
        self.value = value
        self.stages = stages
        self.contributions = contributions
        """What each path brings, if they are few; their sum is the value."""
        self.paths = paths
        """How many paths lead from the output to the variable."""

    def __str__(self) -> str:
        return "\n\n".join(stage.text for stage in self.stages)

    @property
    def markdown(self) -> str:
        """The page in Markdown, with its formulas between ``$$``."""
        return "\n\n".join(stage.markdown for stage in self.stages) + "\n"

    @property
    def latex(self) -> str:
        """The page in LaTeX, to be pasted into a document that loads ``amsmath``."""
        return "\n\n".join(stage.latex for stage in self.stages) + "\n"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What Jupyter shows: the page in Markdown, or what went wrong, never an error."""
        try:
            return {"text/markdown": self.markdown, "text/plain": str(self)}
        except Exception as error:
            return {"text/plain": f"{self!r} could not be written: {error}"}

    def __repr__(self) -> str:
        paths = "1 path" if self.paths == 1 else f"{self.paths} paths"
        return f"<Explanation of a derivative in {len(self.stages)} stages, {paths}>"


def explain(output: Tensor, wrt: Tensor, detail: str | None = None, simplify: bool = False) -> Explanation:
    """The chain rule for ``∂output/∂wrt`` written out: paths, symbols, local derivatives, numbers.

    Parameters
    ----------
    output : a Tensor of one element, usually the loss; of an array, the sum of its elements is derived.
    wrt : the Tensor to derive by, a variable or anything computed on the way.
    detail : ``"named"`` (a step per name) or ``"operations"`` (a step per operation), as in `draw`.
    simplify : also write the result as short as SymPy finds it, with the assumptions that this needs.

    Raises
    ------
    UnsupportedError
        If one of the two is not a Tensor, or takes no gradient.
    MissingExtraError
        If `simplify` is asked for and SymPy is not installed.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> x, w, y = tg.constant(2.0, name="x"), tg.Tensor(0.5, name="w"), tg.constant(3.0, name="y")
    >>> e = w * x - y
    >>> L = e**2
    >>> tg.named(e=e, L=L)
    >>> print(tg.explain(L, w))
    1. What was computed, and the paths back
       L = e²
       e = w·x − y
       L ← e ← w
    <BLANKLINE>
    2. The chain rule in symbols
       ∂L/∂w = ∂L/∂e · ∂e/∂w
    <BLANKLINE>
    3. The local derivatives in their places
       ∂L/∂e = 2e
       ∂L/∂w = ∂L/∂e · x = 2e·x
    <BLANKLINE>
    4. The numbers
       ∂L/∂e = 2(−2) = −4
       ∂L/∂w = −4 · 2 = −8
    """
    check_gradients(output, wrt)
    derivation = derive(output, detail, {wrt})
    derivation.longest = LONGEST if simplify else derivation.longest
    target = next((recorder for recorder, node in derivation.origin.items() if node is wrt), None)
    if target is None or target not in derivation.adjoint or target is derivation.output:
        return without_steps(derivation, wrt)
    paths = Paths(derivation, target)
    chain = Chain(derivation, paths)
    brought = [paths.brought(path) for path in paths] if paths.count <= MOST_PATHS and not chain.hidden else []
    stages = [
        Stage("1. What was computed, and the paths back", [*chain.formulas(), *chain.routes()]),
        Stage("2. The chain rule in symbols", chain.in_symbols()),
        Stage("3. The local derivatives in their places", chain.in_local_derivatives()),
        Stage("4. The numbers", [*chain.in_numbers(), *chain.by_paths(brought)]),
    ]
    if simplify:
        stages.append(Stage("5. As short as it gets", chain.in_short()))
    return Explanation(derivation.adjoint[target], stages, brought, paths.count)


def without_steps(derivation: Derivation, wrt: Tensor) -> Explanation:
    """Of the output itself, and of what it does not depend on."""
    name, same = pretty(wrt.name or "x"), derivation.origin[derivation.output] is wrt
    value = derivation.adjoint[derivation.output] if same else np.zeros(wrt.shape, wrt.dtype)[()]
    reason = "by itself" if same else "no derivative flows to it"
    left = symbol(f"∂{derivation.loss}/∂{name}", adjoint=True)
    return Explanation(
        value, [Stage("1. The paths back", [Line((left, constant(int(same))), note=reason)])], [], int(same)
    )


def check_gradients(*tensors: Any) -> None:
    for x in tensors:
        if not isinstance(x, Tensor):
            raise UnsupportedError(
                f"tg.explain(L, w) takes Tensors, but {type(x).__name__} was given. "
                "Give L, computed from Tensors, and w, one that it was computed from."
            )
        if not x.requires_grad:
            raise needs_no_gradient(x)
