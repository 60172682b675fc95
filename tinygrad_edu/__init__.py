"""An autodiff library whose computation graph is the product."""

from . import optim
from .checking import gradcheck
from .pictures.draw import draw, draw_backward, draw_forward
from .primitive import primitive
from .tensor import Tensor, constant, enable_grad, gradient, named, no_grad
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

__version__ = "0.1.0"
__all__ = [
    "Tensor",
    "constant",
    "draw",
    "draw_backward",
    "draw_forward",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "named",
    "no_grad",
    "optim",
    "primitive",
    "value_and_grad",
    "vjp",
]
