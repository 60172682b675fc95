"""What a picture consists of, before any drawing engine sees it: boxes, arrows, clusters, and their texts.

Everything here is plain text in reading order; escaping for DOT, SVG or TikZ is the business of the writer.
"""

from __future__ import annotations

from dataclasses import dataclass

Grid = tuple[tuple[str, ...], ...]
"""A small matrix of numbers, shown as aligned columns."""


@dataclass(frozen=True)
class Cell:
    """A text with a role, which decides its colour.

    Roles are ``value`` (blue), ``gradient`` (orange), ``parameter`` (green, small), ``text``, ``shape`` (grey,
    small) and ``hidden`` (keeps its place, for the frames of an animation, but is not seen). A `grid` stands
    below the text.
    """

    role: str
    text: str = ""
    grid: Grid = ()


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Box:
    """A node of the picture.

    `kind` is ``data``, ``parameter``, ``value`` (computed), ``loss`` (the output), ``sum`` (a small circle
    with Σ in it), ``fork`` (its place before gradients meet there), ``neuron`` (a circle) or ``more`` (stands for
    what was folded away). `title` has one entry per line and is set in bold; `shape` stands small and grey beside it.
    Each of `rows` is a line of cells.
    """

    id: str
    kind: str
    title: tuple[str, ...]
    shape: str = ""
    rows: tuple[Row, ...] = ()
    on_spine: bool = False
    """On the straight chain from a parameter to the output."""
    position: tuple[float, float] | None = None
    """The centre, in points, y upwards, where the picture has a grid of its own (neurons)."""
    ring: str = ""
    """The role whose colour the ring around the box has; a ``hidden`` one keeps its place in a series of frames."""


@dataclass(frozen=True)
class Arrow:
    """An edge from the box `tail` to the box `head`, in the direction of the forward pass.

    `flow` is ``forward``, ``backward`` (drawn from head to tail), ``both``, or ``idle`` (nothing flows back:
    a thin dashed line). `label` has one entry per line. `weight` in 0..1 scales the width where wires are
    weighted (in a forward picture they are green, as parameters are), and `negative` dashes them.
    """

    tail: str
    head: str
    flow: str
    label: tuple[str, ...] = ()
    weight: float | None = None
    negative: bool = False
    label_hidden: bool = False
    """The label keeps its place but is not seen."""
    lit: bool = False
    """Drawn thick: here something happens in this frame."""


@dataclass(frozen=True)
class Cluster:
    """A frame around boxes that belong together, such as a layer; `parent` is the id of an enclosing one."""

    id: str
    label: str
    members: tuple[str, ...]
    parent: str | None = None


@dataclass(frozen=True)
class Plan:
    """A whole picture. `legend` is one line of coloured runs, `caption` a line below the picture.

    `direction` is ``LR`` (loss on the right) or ``TB`` (loss at the bottom); ``fixed`` where boxes have positions.
    """

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    legend: Row = ()
    caption: str = ""
    clusters: tuple[Cluster, ...] = ()
    direction: str = "LR"
    description: str = ""
    """Alternative text: the picture in one or two sentences."""
    room: float = 0
    """The least width of the heading, in points, so that frames with other headings have the same places."""

    @property
    def counts(self) -> str:
        """How much there is to see, as in ``2 boxes, 1 arrow``."""
        boxes, arrows = len(self.boxes), len(self.arrows)
        return f"{boxes} box{'es' * (boxes != 1)}, {arrows} arrow{'s' * (arrows != 1)}"
