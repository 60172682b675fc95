"""An autodiff library whose computation graph is the product."""

from .checking import gradcheck
from .primitive import primitive
from .tensor import Tensor, constant, enable_grad, gradient, named, no_grad
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

__version__ = "0.1.0"
__all__ = [
    "Tensor",
    "constant",
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
    "primitive",
    "value_and_grad",
    "vjp",
]
