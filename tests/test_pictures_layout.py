"""The built-in layout: boxes apart, arrows around them, few crossings, a straight spine, and no long waits."""

from __future__ import annotations

import itertools
import math

import pytest
from counting import calls
from gallery.samples import SAMPLES, hostile, matrices, operations, scalar
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu.pictures.boxes import Arrow, Box, Cell, Cluster, Plan
from tinygrad_edu.pictures.coordinates import isotonic
from tinygrad_edu.pictures.drawing import Drawing, PlacedArrow, PlacedBox, Rectangle
from tinygrad_edu.pictures.layers import layers_of, ranks_of
from tinygrad_edu.pictures.layout import layered
from tinygrad_edu.pictures.ordering import crossings, neighbours, ordered

LAYERED = [name for name, plan in SAMPLES.items() if plan.direction != "fixed"]


def box_of(number: int, text: str = "", spine: bool = False) -> Box:
    return Box(str(number), "value", (f"v{number}",), rows=((Cell("value", text),),) if text else (), on_spine=spine)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any acyclic plan of up to 12 boxes of different sizes, some arrows labelled, some doubled."""
    count = draw(st.integers(1, 12))
    boxes = tuple(box_of(i, "x" * draw(st.integers(0, 30))) for i in range(count))
    pairs = list(itertools.combinations(range(count), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=20)) if pairs else []
    labels = st.sampled_from([(), ("∂L/∂z",), ("a", "longer label")])
    arrows = tuple(Arrow(str(a), str(b), "backward", draw(labels)) for a, b in chosen)
    return Plan("random", boxes, arrows, direction=draw(st.sampled_from(["LR", "TB"])))


def overlap(one: Rectangle, other: Rectangle, slack: float = 0.5) -> bool:
    return all(max(one[i], other[i]) + slack < min(one[i + 2], other[i + 2]) for i in (0, 1))


def way(arrow: PlacedArrow, down: bool) -> list[tuple[float, float]]:
    """Points along the arrow's curves, 20 for each."""
    found = []
    for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:]):
        for step in range(21):
            along, across = step / 20, 3 * (step / 20) ** 2 - 2 * (step / 20) ** 3
            middle = 1.5 * along - 1.5 * along**2 + along**3
            s, t = (across, middle) if down else (middle, across)
            found.append((x0 + s * (x1 - x0), y0 + t * (y1 - y0)))
    return found


def faults(drawing: Drawing) -> list[str]:
    boxes = [box.edges for box in drawing.boxes]
    labels = [arrow.area for arrow in drawing.arrows if arrow.area]
    found = [f"boxes {a} {b}" for a, b in itertools.combinations(boxes, 2) if overlap(a, b)]
    found += [f"label {a} over box {b}" for a in labels for b in boxes if overlap(a, b)]
    found += [f"labels {a} {b}" for a, b in itertools.combinations(labels, 2) if overlap(a, b)]
    for arrow in drawing.arrows:
        points = way(arrow, drawing.down)
        found += [f"{arrow.arrow} through {b.box.id}" for b in drawing.boxes if any(inside(p, b) for p in points)]
    return found


def inside(point: tuple[float, float], box: PlacedBox) -> bool:
    (x, y), (left, top, right, bottom) = point, box.edges
    if box.box.kind == "sum":
        return math.hypot(x - (left + right) / 2, y - (top + bottom) / 2) < box.block.width / 2 - 1
    return left + 1 < x < right - 1 and top + 1 < y < bottom - 1


@pytest.mark.parametrize("name", LAYERED)
def test_boxes_labels_and_arrows_keep_apart(name: str) -> None:
    assert not faults(layered(SAMPLES[name]))


@given(plans())
@settings(max_examples=60)
def test_any_plan_is_laid_out_without_overlap(plan: Plan) -> None:
    drawing = layered(plan)
    assert not faults(drawing)
    assert all(0 <= b.edges[0] and b.edges[2] <= drawing.width for b in drawing.boxes)
    assert all(0 <= b.edges[1] and b.edges[3] <= drawing.height for b in drawing.boxes)


def test_a_fault_is_found() -> None:
    """The checks above see what they look for: everything at one place overlaps."""
    drawing = layered(scalar("both"))
    drawing.boxes = [PlacedBox(box.box, 0, 0, box.block) for box in drawing.boxes]
    assert any(fault.startswith("boxes") for fault in faults(drawing))


@pytest.mark.parametrize("plan", [scalar("both"), matrices(), operations("TB")])
def test_the_spine_is_straight(plan: Plan) -> None:
    drawing = layered(plan)
    spine = [b for b in drawing.boxes if b.box.on_spine]
    middles = {round((b.edges[0] + b.edges[2] if drawing.down else b.edges[1] + b.edges[3]) / 2, 2) for b in spine}
    assert len(spine) > 1 and len(middles) == 1


def test_frames_hold_their_members_and_nothing_else() -> None:
    plan = matrices()
    drawing = layered(plan)
    held = {"net": set(plan.clusters[0].members), "one": set(plan.clusters[1].members), "two": {"W2", "b2", "z2", "p"}}
    for cluster, frame in zip(plan.clusters, drawing.frames):
        assert {b.box.id for b in drawing.boxes if overlap(b.edges, frame.edges)} == held[cluster.id]
        members = [b.edges for b in drawing.boxes if b.box.id in held[cluster.id]]
        assert all(frame.edges[0] < m[0] and frame.edges[1] < m[1] for m in members)
        assert all(frame.edges[2] > m[2] and frame.edges[3] > m[3] for m in members)
    assert not overlap(drawing.frames[1].edges, drawing.frames[2].edges)


def test_ranks_are_the_longest_path_and_leaves_stand_before_their_reader() -> None:
    #  0 -> 1 -> 2 -> 3, and the leaf 4 -> 3
    assert ranks_of(5, [(0, 1), (1, 2), (2, 3), (4, 3)], [1] * 4) == [0, 1, 2, 3, 2]
    assert ranks_of(2, [(0, 1), (0, 1)], [1, 3]) == [0, 3]
    with pytest.raises(ValueError, match="form a circle"):
        ranks_of(2, [(0, 1), (1, 0)], [1, 1])


def test_crossings_are_counted_and_removed() -> None:
    boxes = tuple(box_of(i) for i in range(8))
    # Four arrows from the first four boxes to the last four, in opposite order: all six pairs cross as given.
    crossed = Plan("", boxes, tuple(Arrow(str(i), str(7 - i), "forward") for i in range(4)))
    layers = layers_of(crossed)
    ahead, _ = neighbours(layers)
    assert crossings([[0, 1, 2, 3], [8, 9, 10, 11], [4, 5, 6, 7]], ahead) == 6
    assert crossings(ordered(layers), ahead) == 0


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(1, 5)), min_size=1, max_size=30))
def test_isotonic_regression_agrees_with_scikit_learn(points: list[tuple[int, int]]) -> None:
    regression = pytest.importorskip("sklearn.isotonic")
    values, weights = zip(*((float(v), float(w)) for v, w in points))
    expected = regression.isotonic_regression(values, sample_weight=weights)
    assert isotonic(list(values), list(weights)) == pytest.approx(list(expected))


def test_the_work_grows_in_step_with_the_plan() -> None:
    def work(count: int) -> int:
        boxes = tuple(box_of(i, "0.5") for i in range(count))
        arrows = tuple(Arrow(str(i), str(j), "forward") for i in range(count) for j in (i + 1, i + 2) if j < count)
        return calls(lambda: layered(Plan("", boxes, arrows)))

    small, large = work(50), work(400)
    assert large < 16 * small


def test_hostile_names_do_not_break_the_layout() -> None:
    assert not faults(layered(hostile()))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 25), st.booleans()), min_size=1, max_size=4), st.booleans())
def test_layers_stand_in_frames_of_their_own(layers: list[tuple[bool, int, bool]], down: bool) -> None:
    """Networks of any layers: each frame holds the layer's boxes and no others, whatever feeds it from outside."""
    boxes, arrows, clusters, previous = [box_of(0)], [], [], 0
    for number, (labelled, size, fed) in enumerate(layers):
        first = len(boxes)
        boxes += [box_of(first + i, "x" * size * (i == 0), spine=i >= 2) for i in range(4)]
        label = ("a label",) if labelled else ()
        ends = [(previous, first + 2), (first, first + 2), (first + 1, first + 2)]
        arrows += [Arrow(str(a), str(b), "backward", label) for a, b in [*ends, (first + 2, first + 3)]]
        clusters.append(Cluster(str(number), "layer", tuple(str(first + i) for i in range(4)), "net"))
        if fed:
            boxes.append(box_of(len(boxes)))
            arrows.append(Arrow(str(len(boxes) - 1), str(first + 3), "idle"))
        previous = first + 3
    clusters.append(Cluster("net", "network", ()))
    drawing = layered(Plan("", tuple(boxes), tuple(arrows), clusters=tuple(clusters), direction="TB" if down else "LR"))
    assert not faults(drawing)
    for cluster, frame in zip(clusters[:-1], drawing.frames):
        assert {b.box.id for b in drawing.boxes if overlap(b.edges, frame.edges)} == set(cluster.members)
