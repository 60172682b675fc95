"""Parts of large graphs: modules as boxes, the neighbours of one value, what lies between two, and digits."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from counting import calls

import tinygrad_edu as tg
from tinygrad_edu.errors import UnsupportedError


def network(sizes, seed=0):
    """The loss of a network for one example."""
    net = tg.nn.MLP(sizes, hidden="tanh", output="sigmoid", seed=seed)
    x, y = tg.constant(np.linspace(0.4, 0.6, sizes[0]), name="x"), tg.constant([1.0], name="y")
    y_hat = net(x)
    L = tg.losses.log_loss(y, y_hat)
    tg.named(L=L)
    return L, y_hat


def chain(n):
    """sin(… sin(x)), and all of its values."""
    nodes = [tg.Tensor(0.5, name="x")]
    for _ in range(n):
        nodes.append(np.sin(nodes[-1]))
    return nodes


def titles(plan):
    return [" ".join(box.title) for box in plan.boxes]


def texts(box):
    return [cell.text for row in box.rows for cell in row]


# ---------------------------------------------------------------------- modules


def test_a_network_is_readable_at_depth_1():
    L, _ = network([2, 16, 16, 1])
    for draw in (tg.draw_forward, tg.draw_backward, tg.draw):
        picture = draw(L, depth=1)
        assert sorted(titles(picture.plan))[1:] == ["layer 1", "layer 2", "layer 3", "x", "y"]
        assert picture.plan.clusters == ()
        if picture.engine != "the built-in layout":
            assert picture.slide_font >= 11


def test_a_module_shows_its_output_and_counts_its_parameters():
    L, y_hat = network([2, 16, 16, 1])
    boxes = {" ".join(box.title): box for box in tg.draw(L, depth=1).plan.boxes}
    assert [texts(boxes[f"layer {i}"])[0] for i in (1, 2, 3)] == ["48 parameters", "272 parameters", "17 parameters"]
    L.backward()
    value, gradient = texts(boxes["layer 3"])[1:]
    assert value == f"ŷ = ({y_hat.numpy()[0]:.3f})" and gradient == f"∂L/∂ŷ = (−{-y_hat.grad[0]:.2f})"
    arrows = {(a.tail, a.head, a.flow) for a in tg.draw(L, depth=1).plan.arrows}
    ids = [boxes[name].id for name in ("x", "layer 1", "layer 2", "layer 3", "L = mean(−y ln ŷ − (1 − y) ln(1 − ŷ))")]
    flows = ["forward", "both", "both", "both"]
    assert set(zip(ids, ids[1:], flows)) < arrows and len(arrows) == 5


@pytest.mark.parametrize("detail", ["named", "operations"])
def test_modules_that_are_alike_are_counted(detail):
    h = tg.constant(np.ones(4), name="x")
    for seed in range(50):
        h = tg.nn.Layer(4, 4, "tanh", seed=seed)(h)
    plan = tg.draw(np.sum(h), detail, depth=1).plan
    assert "x" in titles(plan)
    [many] = [box for box in plan.boxes if box.kind == "more"]
    assert many.title == ("layer: 50 alike",) and texts(many)[0] == "1000 parameters"


def test_three_alike_stay_single_and_neurons_side_by_side_are_counted():
    L, _ = network([4, 4, 4, 4, 1])
    assert [t for t in titles(tg.draw(L, depth=1).plan) if t.startswith("layer")] == [
        f"layer {i}" for i in (1, 2, 3, 4)
    ]
    x = tg.constant(np.ones(3), name="x")
    total = sum(tg.nn.Neuron(3, "tanh", seed=i)(x) for i in range(5)) + tg.nn.Neuron(3, "relu", seed=9)(x)
    assert {"neuron: 5 alike", "neuron"} <= set(titles(tg.draw(total, depth=1).plan))


def test_without_modules_depth_changes_nothing():
    x = tg.Tensor(2.0, name="x")
    L = np.sin(x) * x
    tg.named(L=L)
    assert tg.draw(L, depth=1).source == tg.draw(L).source


def test_inner_modules_are_boxes_at_depth_2():
    from tinygrad_edu.node import next_stamp

    began = next_stamp()
    h = tg.nn.Layer(2, 2, "tanh")(tg.constant([1.0, 2.0], name="x"))
    out = tg.nn.Layer(2, 3, "relu")(h) * 2.0
    out.scope = ("block", began)
    L = np.sum(out)
    one, two = (set(titles(tg.draw(L, "operations", depth=d).plan)) for d in (1, 2))
    assert "block" in one and "layer" not in one
    assert "block" not in two and [t for t in titles(tg.draw(L, "operations", depth=2).plan)].count("layer") == 2


# ---------------------------------------------------------------------- parts


def test_focus_shows_the_neighbours_and_counts_the_rest():
    nodes = chain(1000)
    plan = tg.draw_backward(nodes[-1], "operations", focus=nodes[500], radius=2).plan
    assert titles(plan) == [
        "⋯ 498 more boxes ⋯", "v₄₉₈ = sin v₄₉₇", "v₄₉₉ = sin v₄₉₈", "v₅₀₀ = sin v₄₉₉", "v₅₀₁ = sin v₅₀₀",
        "v₅₀₂ = sin v₅₀₁", "⋯ 498 more boxes ⋯",
    ]  # fmt: skip
    assert all(a.flow == "backward" for a in plan.arrows) and len(plan.arrows) == 6
    assert "996 of 1001 boxes are folded away" in plan.caption


def test_what_is_shown_of_a_part_is_what_the_whole_picture_shows():
    L, y_hat = network([2, 3, 1])
    whole = {box.title: box.rows for box in tg.draw_backward(L).plan.boxes}
    for part in ({"focus": y_hat}, {"focus": y_hat, "radius": 3}, {"path": (y_hat, L)}):
        plan = tg.draw_backward(L, **part).plan
        shown = [box for box in plan.boxes if box.kind not in ("more", "sum")]
        assert shown and all(texts(box)[-1] == [c.text for row in whole[box.title] for c in row][-1] for box in shown)


def test_a_value_with_one_of_its_uses_hidden_shows_no_half_sums():
    x = tg.Tensor(3.0, name="x")
    v = x * x
    u = v * 2
    w = np.sin(x)
    L = u + w
    tg.named(v=v, u=u, w=w, L=L)
    [box] = [box for box in tg.draw(L, focus=v).plan.boxes if box.title == ("x",)]
    assert texts(box) == ["3", f"∂L/∂x = {12 + np.cos(3.0):.3g}"]
    plan = tg.draw(L, focus=v).plan
    after = [box.id for box in plan.boxes if box.kind == "more"]
    into_sum = {a.head for a in plan.arrows if a.tail.endswith("_sum")}
    assert len(after) == 1 and set(after) < into_sum


def test_path_shows_what_lies_between():
    x = tg.Tensor(2.0, name="x")
    a = np.sin(x)
    b = np.cos(a)
    c = np.exp(a)
    d = b * c + x
    tg.named(a=a, b=b, c=c, d=d)
    plan = tg.draw(d, path=(a, d)).plan
    assert sorted(titles(plan)) == ["a = sin x", "b = cos a", "c = eᵃ", "d = b·c + x", "Σ", "⋯ 1 more box ⋯"]
    with pytest.raises(UnsupportedError, match="a is not computed from d: there is no path from d to a"):
        tg.draw(d, path=(d, a))


@pytest.mark.parametrize(
    "part, problem",
    [
        ({"focus": "b", "depth": 1}, "A picture has one of focus=, path= and depth="),
        ({"focus": "b"}, "take Tensors of the graph, but str was given"),
        ({"focus": tg.Tensor(1.0, name="other")}, r"'other' of shape \(\) is not in the graph of 'y'"),
        ({"path": (tg.Tensor(1.0), tg.Tensor(1.0))}, r"a Tensor of shape \(\) is not in the graph"),
    ],
)
def test_parts_that_there_are_not(part, problem):
    y = np.sin(tg.Tensor(1.0, name="x"))
    tg.named(y=y)
    with pytest.raises(UnsupportedError, match=problem):
        tg.draw(y, **part)
    with pytest.raises(UnsupportedError, match=r"path= has two ends, path=\(a, b\), but 1 were given"):
        tg.draw(y, path=[y])


# ---------------------------------------------------------------------- digits and size


def test_digits_of_numbers():
    x = tg.Tensor([1 / 3, 2 / 3], name="x")
    y = np.sum(x * x)
    tg.named(y=y)
    shown = {d: [t for box in tg.draw(y, digits=d).plan.boxes for t in texts(box)] for d in (2, 3, 6)}
    assert shown[3][0] == "(0.333, 0.667)" and shown[6][0] == "(0.333333, 0.666667)" and shown[2][0] == "(0.33, 0.67)"
    assert "0.555556" in shown[6] and "numbers rounded to 6 digits" in "".join(
        cell.text for cell in tg.draw(y, digits=6).plan.legend
    )


def modules(n):
    """Small layers, with six nodes each."""
    h = tg.constant(np.ones(2), name="x")
    for _ in range(n // 6):
        h = tg.nn.Layer(2, 2, "tanh")(h)
    return np.sum(h)


@pytest.mark.parametrize("part", ["all", "depth", "focus"])
def test_large_graphs_are_folded_with_work_in_step_with_their_size(part):
    def drawn(n):
        nodes = [modules(n)] if part == "depth" else chain(n)
        given = {"all": {}, "depth": {"depth": 1}, "focus": {"focus": nodes[len(nodes) // 2]}}[part]
        pictures = []
        return calls(lambda: pictures.append(tg.draw(nodes[-1], "operations", **given))), pictures[0]

    (small, _), (large, picture) = drawn(1000), drawn(4000)
    assert large < 4.1 * small
    assert len(picture.plan.boxes) < 50 and picture.svg


@pytest.mark.parametrize(
    "name, said, pictures",
    [
        ("bug_lab", "∂L/∂a  8      10     ≠", {f"bug_{name}" for name in tg.buglab.BUGS}),
        ("large_graphs", "modules: 6 boxes", {"modules", "focus", "path", "chain"}),
    ],
)
def test_the_examples_run(name, said, pictures, tmp_path):
    script = Path(__file__).parent.parent / "examples" / f"{name}.py"
    command = [sys.executable, "-W", "error", script, "--out", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "") and said in done.stdout
    assert {path.stem for path in tmp_path.iterdir()} == pictures


def test_what_cannot_be_shown_is_refused():
    x = tg.Tensor([1.0, 2.0], name="x")
    y = np.sum(x)
    with pytest.raises(UnsupportedError, match=r"path=\(a, b\), but 'x' of shape \(2,\) was given"):
        tg.draw(y, path=x)
    with pytest.raises(UnsupportedError, match="depth=0: the outermost modules are boxes at depth=1"):
        tg.draw(y, depth=0)
    for digits in (0, -1, 18):
        with pytest.raises(UnsupportedError, match=f"digits={digits}: numbers are shown with 1 to 17 digits"):
            tg.draw(y, digits=digits)
