"""An autodiff library whose computation graph is the product."""

from typing import NoReturn

from . import buglab, data, losses, metrics, nn, optim, plots, tensor, train
from .checking import gradcheck
from .compiled import compile
from .conversions import point_elsewhere
from .debugging import debug
from .formulas.check import check_derivation
from .formulas.explain import explain
from .formulas.table import trace_table
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
from .pictures.draw import draw, draw_backward, draw_forward
from .pictures.neurons import draw_neurons
from .primitive import primitive
from .recording import enable_grad, no_grad
from .stepping.descent import draw_update
from .stepping.events import steps
from .stepping.frames import frames
from .stepping.page import play
from .tensor import Tensor, constant, gradient, named
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

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

del tensor  # so that tg.tensor(...), as others spell it, is answered below

point_elsewhere(Tensor)
del point_elsewhere


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(advice_for_name(name))
