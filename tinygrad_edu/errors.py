"""The exceptions of the package: each says what happened, what was given, and what to do."""


class TinygradError(Exception):
    """The base of every error that this package raises on purpose."""


class UnsupportedError(TinygradError, TypeError):
    """A function, an argument or a conversion that cannot take part in the graph."""


class ShapeError(TinygradError, ValueError):
    """Operands, gradients or targets whose shapes do not fit together."""


class ChangedError(TinygradError, RuntimeError):
    """A value that was changed after the graph had recorded it."""


class GradientError(TinygradError, AssertionError):
    """An analytic derivative that disagrees with the numeric one, or a rule that broke its contract."""


class MissingExtraError(TinygradError, ImportError):
    """An optional package that is not installed; the message names the extra that brings it."""


def how_to_install(extra: str) -> str:
    """The command that brings an extra, of the package or of a checkout of its source."""
    return f'pip install "tinygrad_edu[{extra}]", or in a checkout of the source: pip install ".[{extra}]"'


class ExpressionError(TinygradError, ValueError):
    """Text that is not an expression of named values; the message points at the column."""


class NonFiniteError(TinygradError, FloatingPointError):
    """A value or gradient that is NaN or infinite, reported by `debug`."""
