"""An autodiff library whose computation graph is the product."""

from .checking import gradcheck
from .primitive import primitive
from .tensor import Tensor, constant, enable_grad, gradient, named, no_grad

__version__ = "0.1.0"
__all__ = ["Tensor", "constant", "enable_grad", "gradcheck", "gradient", "named", "no_grad", "primitive"]
