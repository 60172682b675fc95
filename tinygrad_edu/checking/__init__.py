"""Derivatives checked against central differences."""

from .gradcheck import Comparison, Report, gradcheck

__all__ = ["Comparison", "Report", "gradcheck"]
