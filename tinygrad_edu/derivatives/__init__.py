"""The table of derivatives, grouped as a calculus book would."""

from . import arithmetic, elementary, products, reductions, shapes

__all__ = ["arithmetic", "elementary", "products", "reductions", "shapes"]
