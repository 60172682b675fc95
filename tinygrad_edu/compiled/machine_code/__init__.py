"""Programs as machine code, for networks so small that calling NumPy costs more than computing."""

from .source import MachineCode

__all__ = ["MachineCode"]
