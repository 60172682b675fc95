"""Plans written by hand, one for each kind of picture: what the drawing engines are measured with."""

from __future__ import annotations

from tinygrad_edu.pictures.boxes import Arrow, Box, Cell, Cluster, Plan

LEGEND = (
    Cell("text", "in a box: "),
    Cell("value", "value"),
    Cell("text", ", "),
    Cell("gradient", "∂L/∂(this box)"),
    Cell("text", ";  on an arrow: the local derivative"),
)
CAPTION = 'Named level; numbers rounded to 3 digits. detail="operations" shows every operation.'


def box(id: str, kind: str, title: str, *rows: str, shape: str = "", spine: bool = False) -> Box:
    """Rows of the named level: the value, then the adjoint."""
    roles = ("value", "gradient")
    return Box(id, kind, tuple(title.split("\n")), shape, tuple((Cell(r, t),) for r, t in zip(roles, rows)), spine)


def pair(id: str, kind: str, title: str, value: str, adjoint: str = "", spine: bool = False) -> Box:
    """A row of the operations level: value and adjoint side by side."""
    cells = (Cell("value", value), Cell("gradient", adjoint)) if adjoint else (Cell("value", value),)
    return Box(id, kind, (title,), rows=(cells,), on_spine=spine)


def scalar(flow: str) -> Plan:
    """One example of logistic regression."""
    adjoints = {"w": "(−1.05, −1.57)", "b": "−0.525", "z": "−0.525", "ŷ": "−2.11", "L": "1"}
    show = {k: () if flow == "forward" else (f"∂L/∂{k} = {v}",) for k, v in adjoints.items()}
    boxes = (
        box("x", "data", "x", "(2, 3)"),
        box("w", "parameter", "w", "(0.1, −0.2)", *show["w"], spine=True),
        box("b", "parameter", "b", "0.3", *show["b"]),
        box("z", "value", "z = w·x + b", "−0.1", *show["z"], spine=True),
        box("p", "value", "ŷ = σ(z)", "0.475", *show["ŷ"], spine=True),
        box("y", "data", "y", "1"),
        box("L", "loss", "L = −(y ln ŷ + (1 − y) ln(1 − ŷ))", "0.744", *show["L"], spine=True),
    )
    labels = {
        ("x", "z"): (),
        ("w", "z"): ("∂z/∂w = x", "= (2, 3)"),
        ("b", "z"): ("∂z/∂b = 1",),
        ("z", "p"): ("∂ŷ/∂z = ŷ(1 − ŷ)", "= 0.249"),
        ("p", "L"): ("∂L/∂ŷ = −y/ŷ + (1 − y)/(1 − ŷ)", "= −2.11"),
        ("y", "L"): (),
    }
    data = {"backward": "idle"}.get(flow, "forward")
    arrows = tuple(
        Arrow(a, b, flow if label else data, () if flow == "forward" else label) for (a, b), label in labels.items()
    )
    titles = {"forward": "Forward pass", "backward": "Backward pass: from right to left"}
    title = titles.get(flow, "Forward pass (black, left to right) and backward pass (orange, right to left)")
    description = f"Computation graph of one example of logistic regression, {flow}: L = 0.744."
    return Plan(title, boxes, arrows, () if flow == "forward" else LEGEND, CAPTION, description=description)


def operations(direction: str) -> Plan:
    """The same, every operation a box."""
    boxes = (
        pair("w", "parameter", "w", "(0.1, −0.2)", "(−1.05, −1.57)"),
        pair("x", "data", "x", "(2, 3)"),
        pair("b", "parameter", "b", "0.3", "−0.525"),
        pair("v1", "value", "v₁ = w·x", "−0.4", "−0.525"),
        pair("z", "value", "z = v₁ + b", "−0.1", "−0.525", spine=True),
        pair("p", "value", "ŷ = σ(z)", "0.475", "−2.11", spine=True),
        Box("S", "sum", ("Σ",)),
        pair("v2", "value", "v₂ = ln ŷ", "−0.744", "−1"),
        pair("v3", "value", "v₃ = 1 − ŷ", "0.525", "0"),
        pair("v4", "value", "v₄ = y·v₂", "−0.744", "−1"),
        pair("v5", "value", "v₅ = ln v₃", "−0.644", "0"),
        pair("v6", "value", "v₆ = (1−y)·v₅", "0", "−1"),
        pair("v7", "value", "v₇ = v₄ + v₆", "−0.744", "−1"),
        pair("L", "loss", "L = −v₇", "0.744", "1"),
    )
    wires = (
        ("w", "v1", "x = (2, 3)"), ("x", "v1", None), ("v1", "z", "1"), ("b", "z", "1"),
        ("z", "p", "ŷ(1 − ŷ)\n= 0.249"), ("p", "S", ""), ("S", "v2", "1/ŷ = 2.11"), ("S", "v3", "−1"),
        ("v2", "v4", "y = 1"), ("v3", "v5", "1/v₃ = 1.9"), ("v5", "v6", "1 − y = 0"), ("v4", "v7", "1"),
        ("v6", "v7", "1"), ("v7", "L", "−1"),
    )  # fmt: skip
    arrows = tuple(
        Arrow(a, b, "idle") if label is None else Arrow(a, b, "backward", tuple(label.split("\n")) if label else ())
        for a, b, label in wires
    )
    return Plan("Backward pass, every operation", boxes, arrows, LEGEND, direction=direction)


def batch() -> Plan:
    """All examples at once."""
    boxes = (
        box("X", "data", "X", "[[−0.251, −0.653], …]", shape="(100, 2)"),
        box("w", "parameter", "w", "[0.5, 1]", "∂J/∂w = [−0.138, −0.14]", shape="(2,)", spine=True),
        box("b", "parameter", "b", "0", "∂J/∂b = −0.00305"),
        box("z", "value", "z = X w + b", "[−0.78, …, 0.41]", "∂J/∂z = [0.0031, …, −0.004]", shape="(100,)", spine=True),
        box("p", "value", "ŷ = σ(z)", "[0.31, …, 0.6]", "∂J/∂ŷ = [0.015, …, −0.017]", shape="(100,)", spine=True),
        box("y", "data", "y", "[0, …, 1]", shape="(100,)"),
        box("J", "loss", "J = mean(−y ln ŷ\n      − (1 − y) ln(1 − ŷ))", "0.309", "∂J/∂J = 1", spine=True),
    )
    arrows = (
        Arrow("X", "z", "idle"),
        Arrow("w", "z", "backward", ("∂J/∂w = Xᵀ · ∂J/∂z",)),
        Arrow("b", "z", "backward", ("∂J/∂b = Σᵢ ∂J/∂zᵢ",)),
        Arrow("z", "p", "backward", ("∂J/∂z =", "∂J/∂ŷ ⊙ ŷ(1 − ŷ)")),
        Arrow("p", "J", "backward", ("∂J/∂ŷ = (1/n) ·", "(−y/ŷ + (1−y)/(1−ŷ))")),
        Arrow("y", "J", "idle"),
    )
    return Plan("Backward pass: all n = 100 examples at once", boxes, arrows, LEGEND, CAPTION)


def matrices() -> Plan:
    """A small network as matrix products, its layers framed."""

    def weights(id: str, title: str, shape: str, value: str, adjoint: str) -> Box:
        grids = [tuple(tuple(row.split()) for row in text.split(";")) for text in (value, adjoint)]
        rows = ((Cell("value", grid=grids[0]),), (Cell("gradient", f"∂L/∂{title} =", grids[1]),))
        return Box(id, "parameter", (title,), shape, rows)

    z1 = "(−0.16, −1.4, −0.26)", "∂L/∂z₁ = (−1.9, −0.024, 0.22)"
    h = "(−0.16, −0.89, −0.25)", "∂L/∂h = (−2, −0.12, 0.24)"
    boxes = (
        box("x", "data", "x", "(0.4, 0.6)", shape="(2,)"),
        weights("W1", "W₁", "(2, 3)", "2 −2.6 0.4;−0.6 −0.5 −0.2", "−0.77 −0.0096 0.09;−1.2 −0.014 0.13"),
        weights("W2", "W₂", "(3,)", "3.3 0.2 −0.4", "0.095 0.54 0.15"),
        box("b1", "parameter", "b₁", "(−0.6, −0.1, −0.3)", "∂L/∂b₁ = (−1.9, −0.024, 0.22)", shape="(3,)"),
        box("b2", "parameter", "b₂", "0.2", "∂L/∂b₂ = −0.6"),
        box("z1", "value", "z₁ = x W₁ + b₁", *z1, shape="(3,)", spine=True),
        box("h", "value", "h = tanh z₁", *h, shape="(3,)", spine=True),
        box("z2", "value", "z₂ = h·W₂ + b₂", "−0.4", "∂L/∂z₂ = −0.6", spine=True),
        box("p", "value", "ŷ = σ(z₂)", "0.4", "∂L/∂ŷ = −2.5", spine=True),
        box("L", "loss", "L = −ln ŷ", "0.91", "∂L/∂L = 1", spine=True),
    )  # fmt: skip
    arrows = (
        Arrow("x", "z1", "idle"),
        Arrow("W1", "z1", "backward", ("xᵀ ∂L/∂z₁",)),
        Arrow("b1", "z1", "backward"),
        Arrow("z1", "h", "backward", ("⊙ (1 − h²)",)),
        Arrow("h", "z2", "backward", ("W₂",)),
        Arrow("W2", "z2", "backward", ("h",)),
        Arrow("b2", "z2", "backward", ("1",)),
        Arrow("z2", "p", "backward", ("ŷ(1 − ŷ)", "= 0.24")),
        Arrow("p", "L", "backward", ("−1/ŷ", "= −2.5")),
    )
    clusters = (
        Cluster("net", "MLP 2-3-1", ("W1", "b1", "z1", "h", "W2", "b2", "z2", "p")),
        Cluster("one", "layer 1", ("W1", "b1", "z1", "h"), "net"),
        Cluster("two", "layer 2", ("W2", "b2", "z2", "p"), "net"),
    )
    return Plan("Backward: the same network as two matrix products", boxes, arrows, LEGEND, CAPTION, clusters)


def neurons(flow: str) -> Plan:
    """The network neuron by neuron, on a grid of its own."""
    forward = flow == "forward"

    def neuron(id: str, title: str, value: str, bias: str, adjoint: str, at: tuple[float, float]) -> Box:
        second = Cell("parameter", f"b = {bias}") if forward else Cell("gradient", adjoint)
        return Box(id, "neuron", (title,), rows=((Cell("value", value),), (second,)), position=at)

    last = () if forward else ((Cell("gradient", "∂L/∂L = 1"),),)
    boxes = (
        Box("x1", "data", ("x₁",), rows=((Cell("value", "0.4"),),), position=(0, 55)),
        Box("x2", "data", ("x₂",), rows=((Cell("value", "0.6"),),), position=(0, -55)),
        neuron("h1", "h₁", "−0.16", "−0.6", "−1.9", (210, 95)),
        neuron("h2", "h₂", "−0.89", "−0.1", "−0.024", (210, 0)),
        neuron("h3", "h₃", "−0.25", "−0.3", "0.22", (210, -95)),
        neuron("o", "ŷ", "0.4", "0.2", "−0.6", (420, 0)),
        Box("L", "loss", ("L = −ln ŷ",), rows=((Cell("value", "0.91"),), *last), position=(600, 0)),
    )
    weights = {"x1h1": "2", "x1h2": "−2.6", "x1h3": "0.4", "x2h1": "−0.6", "x2h2": "−0.5", "x2h3": "−0.2",
               "h1o": "3.3", "h2o": "0.2", "h3o": "−0.4"}  # fmt: skip
    slopes = {"x1h1": "−0.77", "x1h2": "−0.0096", "x1h3": "0.09", "x2h1": "−1.2", "x2h2": "−0.014", "x2h3": "0.13",
              "h1o": "0.095", "h2o": "0.54", "h3o": "0.15"}  # fmt: skip
    numbers = weights if forward else slopes
    size = {wire: abs(float(text.replace("−", "-"))) for wire, text in numbers.items()}
    wires = [
        Arrow(w[:-2] if "h" in w[1:] else w[:2], w[2:], flow, (t,), size[w] / max(size.values()), t[0] == "−")
        for w, t in numbers.items()
    ]
    end = Arrow("o", "L", flow, () if forward else ("ŷ − y = −0.6",))
    what = Cell("parameter", "its weight w") if forward else Cell("gradient", "∂L/∂w")
    legend = (
        Cell("text", "in a neuron: "), Cell("value", "its output"), Cell("text", ";  on a wire: "), what,
        Cell("text", ";  thicker = larger, dashed = negative"),
    )  # fmt: skip
    title = f"{flow.capitalize()} pass: a 2-3-1 network, neuron by neuron"
    return Plan(title, boxes, (*wires, end), legend, "Numbers rounded to 2 digits.", direction="fixed")


def shared() -> Plan:
    """Why gradients add up."""
    boxes = (
        box("x", "parameter", "x", "3", "∂L/∂x = 3 + 3 + 1 = 7", spine=True),
        Box("S", "sum", ("Σ",), on_spine=True),
        box("v", "value", "v = x·x", "9", "∂L/∂v = 1"),
        box("L", "loss", "L = v + x", "12", "∂L/∂L = 1"),
    )
    arrows = (
        Arrow("x", "S", "backward"),
        Arrow("S", "v", "backward", ("∂v/∂x (left) = x = 3",)),
        Arrow("S", "v", "backward", ("∂v/∂x (right) = x = 3",)),
        Arrow("v", "L", "backward", ("∂L/∂v = 1",)),
        Arrow("S", "L", "backward", ("∂L/∂x (direct) = 1",)),
    )
    return Plan("Why gradients add up: x is used three times", boxes, arrows)


HOSTILE = (
    '"><script>alert(1)</script>', r"\N \E \G \n", 'a"b', "{x|y}", "<b>", "a\nb\tc", "\x00\x07\x1b[31m", "🎉👩\u200d🔬",
    "x" * 10_000, "&amp; &#0;", "\u202eevil", "]]>", "<!-- -->", "--", "名前", "\ud800", "\ufffe", "",
)  # fmt: skip


def hostile(direction: str = "LR") -> Plan:
    """Names that try to break out of DOT, HTML and SVG."""
    boxes = tuple(
        Box(text, "value" if i % 2 else "neuron", (text,), text, ((Cell("value", text),),), position=(700.0 * i, 0))
        for i, text in enumerate(HOSTILE)
    )
    arrows = tuple(Arrow(a, b, "both", (a,)) for a, b in zip(HOSTILE, HOSTILE[1:]))
    clusters = (Cluster(HOSTILE[0], HOSTILE[0], HOSTILE[:2]),)
    text = " ".join(HOSTILE[:8])
    return Plan(text, boxes, arrows, (Cell("value", text),), text, clusters, direction, description=text)


SAMPLES = {
    "scalar_forward": scalar("forward"),
    "scalar_backward": scalar("backward"),
    "scalar_both": scalar("both"),
    "operations": operations("LR"),
    "operations_top_down": operations("TB"),
    "batch_backward": batch(),
    "matrices_backward": matrices(),
    "neurons_forward": neurons("forward"),
    "neurons_backward": neurons("backward"),
    "shared_backward": shared(),
}
