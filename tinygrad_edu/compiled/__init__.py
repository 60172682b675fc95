"""Functions as the NumPy code that one would have written by hand: recorded, simplified, written out, run."""

from .function import Compiled, compile

__all__ = ["Compiled", "compile"]
