"""Curves: losses and gradients over a training, an activation and its derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ShapeError
from ..formulas.names import pretty
from ..nn.activations import ACTIVATIONS, named_in
from ..recording import enable_grad
from ..tensor import Tensor, gradient
from .axes import DASHES, add_legend, colour, graded, look, prepared

Curves = Mapping[str, Sequence[float]]
HALVINGS = 60  # as many as a double has digits, and some
VISIBLE = 1e-6


def loss_curve(
    loss: Sequence[float], validation_loss: Sequence[float] = (), ax: Any = None, at: Sequence[int] | None = None
) -> Any:
    """The loss over the epochs, on a logarithmic scale if it falls to less than a tenth.

    Parameters
    ----------
    loss, validation_loss : one number per epoch.
    at : after which epochs they were measured; 1, 2, … by default.
    """
    ax = prepared(ax)
    ax.plot(measured(at, loss), loss, color=colour("value", ax), label="training")
    if len(validation_loss):
        look = {"color": colour("loss", ax), "linestyle": "--", "label": "validation"}
        ax.plot(measured(at, validation_loss), validation_loss, **look)
        add_legend(ax)
    return losses_scaled(ax, [loss, validation_loss])


def measured(at: Sequence[int] | None, curve: Sequence[float]) -> Sequence[int]:
    """The epoch of each number of a curve."""
    return range(1, len(curve) + 1) if at is None else at[: len(curve)]


def loss_curves(curves: Curves, ax: Any = None, at: Sequence[int] | None = None) -> Any:
    """The losses of several trainings in one plot, by name; as `loss_curve`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tinygrad_edu import plots
    >>> ax = plots.loss_curves({"lr = 0.1": [1.0, 0.5, 0.3], "lr = 1": [1.0, 2.0, 4.0]}, ax=Figure().subplots())
    >>> [line.get_label() for line in ax.lines]
    ['lr = 0.1', 'lr = 1']
    """
    ax = prepared(ax)
    for i, (name, loss) in enumerate(curves.items()):
        ax.plot(measured(at, loss), loss, label=name, **look(i, ax))
    add_legend(ax)
    return losses_scaled(ax, curves.values())


def losses_scaled(ax: Any, curves: Iterable[Sequence[float]]) -> Any:
    curves = [curve for curve in curves if len(curve)]
    first = curves[0][0] if curves else 0
    lowest, highest = (extreme(map(extreme, curves), default=0) for extreme in (min, max))
    if lowest > 0 and (lowest < first / 10 or highest > first * 10):
        ax.set_yscale("log")
        if highest < 1000 * lowest:
            plain_numbers(ax.yaxis)
    ax.set(xlabel="epoch", ylabel="loss")
    return ax


def plain_numbers(axis: Any) -> None:
    """0.1, 0.2, 0.5, 1 on a logarithmic axis that is too short for powers of ten alone."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def gradient_norms(norms: Curves, ax: Any = None) -> Any:
    """The size of the gradient of each parameter over the epochs, such as ``train.History.gradient_norms``.

    Where gradients vanish, those of the first layers lie orders of magnitude below that of the last.

    Parameters
    ----------
    norms : one number per epoch for each parameter, by name. To see the weights alone:
        ``{name: norm for name, norm in history.gradient_norms.items() if name.startswith("W")}``.
    """
    ax = prepared(ax)
    for i, (name, norm) in enumerate(norms.items()):
        ax.plot(range(1, len(norm) + 1), norm, label=pretty(name), **graded(i, len(norms), ax))
    if any(n > 0 for norm in norms.values() for n in norm):
        ax.set_yscale("log")
    first, last = ax.get_xlim()
    ax.set(xlabel="epoch", ylabel="norm of the gradient", xlim=(first, last + 0.2 * (last - first)))
    add_legend(ax, loc="upper right", reverse=True)
    return ax


def activation(f: str | Callable[[Any], Any], ax: Any = None, low: float = -4, high: float = 4) -> Any:
    """A function of one number and its derivative, which the engine computes; where either jumps, it is marked.

    Parameters
    ----------
    f : the name of an activation, or a function that works element by element.
    low, high : from where to where it is drawn.

    Raises
    ------
    ShapeError
        If an output depends on more than one input, as those of softmax do.
    """
    ax = prepared(ax)
    function = named_in(ACTIVATIONS, f, "activation")
    x = np.linspace(low, high, 401)
    kinks = jumps(function, x)
    near = 1e-9 * (high - low)
    x = np.unique(np.concatenate([x, kinks - near, kinks, kinks + near]))
    curves = np.where(np.isin(x, kinks), np.nan, value_and_slope(function, x))
    names = (getattr(function, "__name__", "<lambda>").replace("<lambda>", "function").replace("_", " "), "derivative")
    for curve, name, role, dashes in zip(curves, names, ("value", "gradient"), DASHES):
        ax.plot(x, curve, color=colour(role, ax), label=name, linewidth=2, linestyle=dashes)
    for kink in kinks:
        mark(kink, value_and_slope(function, kink + near * np.array([-1, 0, 1])), ax)
    ax.set(xlabel="z", xlim=(low, high))
    add_legend(ax)
    return ax


def value_and_slope(function: Callable[[Any], Any], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """f and f′ at every x, of shape (2, n)."""
    with enable_grad():
        z = Tensor(x)
        y = function(z)
        alone = function(Tensor(x[:1]))
        if y.shape != x.shape or not np.allclose(alone.data, y.data[:1], equal_nan=True):
            raise ShapeError(
                "activation: the function mixes its inputs, so it has no curve. To see one output of softmax, draw "
                "lambda z: tg.softmax(np.stack([z, 0 * z], axis=-1))[..., 0]."
            )
        return np.stack([y.data, gradient(y.sum(), z).data])


def jumps(function: Callable[[Any], Any], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where f or f′ jumps: each interval is halved towards the greater change, which only there does not shrink."""
    a, b = x[:-1], x[1:]
    at_a, at_b = (value_and_slope(function, side) for side in (a, b))
    for _ in range(HALVINGS):
        middle = (a + b) / 2
        at_middle = value_and_slope(function, middle)
        left = np.abs(at_middle - at_a).sum(axis=0) > np.abs(at_b - at_middle).sum(axis=0)
        a, b = np.where(left, a, middle), np.where(left, middle, b)
        at_a, at_b = np.where(left, at_a, at_middle), np.where(left, at_middle, at_b)
    found = np.abs(at_b - at_a).sum(axis=0) > VISIBLE
    return np.unique(np.round(b[found], 9) + 0.0)


def mark(kink: float, sides: NDArray[np.float64], ax: Any) -> None:
    """A full dot at the value that counts, empty ones at the limits that do not; `sides` are left of, at and right."""
    ground = colour("ground", ax)
    ax.axvline(kink, color=colour("quiet", ax), linewidth=0.8, linestyle=":", zorder=1)
    what = "jump" if np.ptp(sides[0]) > VISIBLE else "kink"
    names = (None, f"at the {what}, f′({kink:.4g}) = {sides[1, 1]:.4g}")
    for (left, at, right), role, name in zip(sides, ("value", "gradient"), names):
        dot = {"color": colour(role, ax), "linestyle": "none", "marker": "o", "markersize": 7}
        limits = [limit for limit in (left, right) if abs(limit - at) > VISIBLE]
        ax.plot([kink] * len(limits), limits, markerfacecolor=ground, **dot)
        if limits or name:
            ax.plot([kink], [at], label=name, **dot)
