"""The words around a picture: title, legend, caption, and the description for those who cannot see it."""

from __future__ import annotations

from ..formulas.text import text
from .boxes import Cell
from .labels import title as box_title
from .scene import Scene

TITLES = {
    "forward": "Forward pass",
    "backward": "Backward pass: from {end} to {start}",
    "both": "Forward pass (black, {start} to {end}) and backward pass (orange, {end} to {start})",
}
FORWARD_MODE = (
    Cell("text", "in a box: "),
    Cell("value", "value"),
    Cell("text", " and "),
    Cell("gradient", "tangent: how fast it changes along the given direction"),
)
WRITTEN = {"partial": "", "d": ", written d(name)", "bar": ", written with a bar"}
ENDS = {"LR": {"start": "left", "end": "right"}, "TB": {"start": "top", "end": "bottom"}}
MOST_STEPS = 12
SHAPES = "(2, 3) is a matrix of 2 rows and 3 columns, (3,) a vector of 3 numbers, () one number."


def title(scene: Scene, direction: str) -> str:
    return TITLES[scene.flow].format(**ENDS[direction])


def legend(scene: Scene) -> tuple[Cell, ...]:
    """What the colours mean, and what stands on an arrow."""
    if scene.show != "values":
        return shapes_legend(scene)
    if scene.flow == "forward":
        return FORWARD_MODE if scene.tangents else ()
    arrays = any(e.head.shape and e.derivative is not None for e in scene.edges)
    step = "the local derivative" + (", of arrays the step of the chain rule" if arrays else "")
    sums = "; Σ adds what arrives" if any(map(scene.meets, scene.shown)) else ""
    return (
        Cell("text", "in a box: "),
        Cell("value", "value"),
        Cell("text", " and "),
        Cell("gradient", f"∂{scene.loss}/∂(this box){WRITTEN[scene.derivation.notation]}"),
        Cell("text", f"; on an arrow: {step}{sums}; numbers rounded to {scene.digits} digits"),
    )


def shapes_legend(scene: Scene) -> tuple[Cell, ...]:
    value = (Cell("text", "in a box: "), Cell("value", "its shape"))
    if scene.flow == "forward":
        return value
    return (*value, Cell("text", " and "), Cell("gradient", f"the shape of ∂{scene.loss}/∂(this box)"))


def caption(scene: Scene, small: bool) -> str:
    """The signs that occur, the level of detail and how to switch it, what is not shown, what helps if it is small."""
    sentences = signs(scene) if scene.flow != "forward" else []
    if scene.show != "values":
        sentences.append(SHAPES)
    if scene.named:
        sentences.append('Boxes are the named values; detail="operations" shows every operation.')
    else:
        sentences.append('Every operation is a box; names and detail="named" fold them into formulas.')
    if hidden := len(scene.folding.hidden):
        sentences.append(f"{hidden} of {hidden + len(scene.shown)} boxes are folded away.")
    if small:
        sentences.append("On a slide the text is small: focus=, path= and depth= show a part.")
    if scene.output.shape and scene.flow != "forward":
        sentences.append(f"{scene.loss} is the sum of the elements of {scene.names[scene.output]}.")
    return " ".join(sentences)


def signs(scene: Scene) -> list[str]:
    """What ⊙, Σᵢ and n mean, where they occur."""
    shown = [e.derivative for e in scene.edges if e.derivative is not None]
    labels = " ".join(map(text, shown))
    found = ["⊙ multiplies element by element"] if "⊙" in labels else []
    if "Σᵢ" in labels:
        found.append("Σᵢ adds up what broadcasting copied")
    counts = {size.key for size in scene.derivation.sizes(shown)}
    if len(counts) == 1:
        found.append(f"n = {counts.pop()}")
    return ["; ".join(found) + "."] if found else []


def description(scene: Scene) -> str:
    """The graph as one sentence."""
    leaves = [scene.names[box] for box in scene.shown if box.row is None]
    steps = [" ".join(map(str.strip, box_title(scene, box))) for box in scene.shown if box.row is not None]
    more = "; …" if len(steps) > MOST_STEPS else ""
    told = "; ".join(steps[:MOST_STEPS]) + more
    return f"Computation graph of {scene.names[scene.output]} from {', '.join(leaves)}: {told}."
