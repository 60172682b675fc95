"""An autodiff library whose computation graph is the product.

Importing it loads Tensors, the whole table of derivatives, the transforms and the losses. What trains, draws, explains,
checks or compiles is loaded when its name is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import losses, tensor
from .conversions import point_elsewhere
from .functions import (
    binary_cross_entropy_from_logits,
    binary_step,
    cross_entropy_from_logits,
    elu,
    gelu,
    leaky_relu,
    linear,
    log_softmax,
    logsumexp,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
)
from .messages import advice_for_name
from .primitive import primitive
from .recording import enable_grad, no_grad
from .tensor import Tensor, constant, gradient, named
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

if TYPE_CHECKING:  # the names of LATER, for type checkers and editors
    from . import buglab, data, metrics, nn, optim, plots, train
    from .checking.gradcheck import gradcheck
    from .compiled import compile
    from .debugging import debug
    from .formulas.check import check_derivation
    from .formulas.explain import explain
    from .formulas.table import trace_table
    from .pictures.draw import draw, draw_backward, draw_forward
    from .pictures.neurons import draw_neurons
    from .stepping.descent import draw_update
    from .stepping.events import steps
    from .stepping.frames import frames
    from .stepping.page import play

__version__ = "0.1.0"
__all__ = [
    "Tensor",
    "binary_cross_entropy_from_logits",
    "binary_step",
    "buglab",
    "check_derivation",
    "compile",
    "constant",
    "cross_entropy_from_logits",
    "data",
    "debug",
    "draw",
    "draw_backward",
    "draw_forward",
    "draw_neurons",
    "draw_update",
    "elu",
    "enable_grad",
    "explain",
    "frames",
    "gelu",
    "grad",
    "gradcheck",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsumexp",
    "losses",
    "metrics",
    "named",
    "nn",
    "no_grad",
    "optim",
    "play",
    "plots",
    "primitive",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "steps",
    "trace_table",
    "train",
    "value_and_grad",
    "vjp",
]

LATER = {
    "buglab": "buglab",
    "check_derivation": "formulas.check",
    "checking": "checking",
    "compile": "compiled",
    "compiled": "compiled",
    "data": "data",
    "debug": "debugging",
    "debugging": "debugging",
    "draw": "pictures.draw",
    "draw_backward": "pictures.draw",
    "draw_forward": "pictures.draw",
    "draw_neurons": "pictures.neurons",
    "draw_update": "stepping.descent",
    "explain": "formulas.explain",
    "formulas": "formulas.explain",
    "frames": "stepping.frames",
    "gradcheck": "checking.gradcheck",
    "metrics": "metrics",
    "nn": "nn",
    "optim": "optim",
    "pictures": "pictures.draw",
    "play": "stepping.page",
    "plots": "plots",
    "stepping": "stepping.page",
    "steps": "stepping.events",
    "trace_table": "formulas.table",
    "train": "train",
}
"""What is loaded when its name is first used, and the module that brings it."""

if not TYPE_CHECKING:  # where type checkers would take every name for one that exists

    def __getattr__(name: str) -> Any:
        if name not in LATER:
            raise AttributeError(advice_for_name(name))
        module = import_module(f".{LATER[name]}", __name__)
        if name not in globals():  # as a module of the package is, once it is imported
            globals()[name] = getattr(module, name)
        return globals()[name]


def __dir__() -> list[str]:
    return sorted(globals().keys() | LATER)


point_elsewhere(Tensor, [*__all__, *losses.__all__])
del point_elsewhere
del tensor  # so that tg.tensor(...), as others spell it, is answered above
