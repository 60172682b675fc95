"""From a graph to the boxes and arrows of its picture, before any drawing engine sees it."""

import subprocess
import sys

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import UnsupportedError
from tinygrad_edu.pictures.measure import box_block, label_block
from tinygrad_edu.pictures.plan import plan_graph
from tinygrad_edu.pictures.wires import label_positions


def logistic():
    """One example on a blackboard: w·x + b, σ, log loss."""
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    x, y = tg.constant([2.0, 3.0], name="x"), tg.constant(1.0, name="y")
    z = w @ x + b
    y_hat = tg.sigmoid(z)
    L = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
    tg.named(**locals())
    return L


def batch():
    """A hundred examples at once."""
    rng = np.random.default_rng(0)
    X, y = tg.constant(rng.normal(size=(100, 2)), name="X"), tg.constant(1.0 * (rng.random(100) > 0.5), name="y")
    w, b = tg.Tensor([0.5, 1.0], name="w"), tg.Tensor(0.0, name="b")
    z = X @ w + b
    y_hat = tg.sigmoid(z)
    J = np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))
    tg.named(**locals())
    return J


def texts(plan):
    """What stands in each box, by its title."""
    return {" ".join(box.title): [c.text or c.grid for row in box.rows for c in row] for box in plan.boxes}


def labels(plan):
    """What stands on each labelled arrow."""
    return {arrow.label for arrow in plan.arrows if arrow.label}


def test_the_blackboard_example():
    plan = plan_graph(logistic(), "both")
    assert texts(plan) == {
        "w": ["(0.1, −0.2)", "∂L/∂w = (ŷ − y)·x", "= (−1.05, −1.57)"],
        "x": ["(2, 3)"],
        "b": ["0.3", "∂L/∂b = ŷ − y", "= −0.525"],
        "y": ["1"],
        "z = w·x + b": ["−0.1", "∂L/∂z = ŷ − y", "= −0.525"],
        "ŷ = σ(z)": ["0.475", "∂L/∂ŷ = −2.11"],
        "L = −y ln ŷ − (1 − y) ln(1 − ŷ)": ["0.744", "∂L/∂L = 1"],
    }
    assert labels(plan) == {
        ("∂z/∂w = x", "= (2, 3)"),
        ("∂z/∂b = 1",),
        ("∂ŷ/∂z = ŷ(1 − ŷ)", "= 0.249"),
        ("∂L/∂ŷ = −y/ŷ + (1 − y)/(1 − ŷ)", "= −2.11"),
    }
    assert [box.kind for box in plan.boxes] == ["parameter", "data", "parameter", "data", "value", "value", "loss"]
    assert {a.flow for a in plan.arrows} == {"both", "forward"}


def test_all_examples_at_once():
    plan = plan_graph(batch(), "backward")
    assert labels(plan) == {
        ("∂J/∂w = Xᵀ · ∂J/∂z",),
        ("∂J/∂b = Σᵢ ∂J/∂zᵢ",),
        ("∂J/∂z = ∂J/∂ŷ ⊙ ŷ(1 − ŷ)",),
        ("∂J/∂ŷ =", "(1/n) · (−y/ŷ + (1 − y)/(1 − ŷ))"),
    }
    shown = texts(plan)
    assert shown["w"][1] == "∂J/∂w = (1/n) · Xᵀ(ŷ − y)"
    assert shown["b"][1] == "∂J/∂b = (1/n) · Σᵢ (ŷ − y)"
    assert shown["z = X w + b"][1] == "∂J/∂z = (ŷ − y)/n"
    assert "n = 100" in plan.caption and "⊙" in plan.caption
    assert {box.shape for box in plan.boxes} == {"(100, 2)", "(2,)", "(100,)", ""}
    assert {a.flow for a in plan.arrows} == {"backward", "idle"}


def test_forward_and_backward_have_the_same_boxes_and_arrows():
    forward, backward = (plan_graph(logistic(), flow) for flow in ("forward", "backward"))
    assert [(b.id, b.title) for b in forward.boxes] == [(b.id, b.title) for b in backward.boxes]
    assert [(a.tail, a.head) for a in forward.arrows] == [(a.tail, a.head) for a in backward.arrows]
    assert not labels(forward)


def test_every_operation_in_a_box():
    plan = plan_graph(logistic(), "backward", detail="operations")
    titles = [" ".join(b.title) for b in plan.boxes]
    assert titles == [
        "w", "x", "b", "y", "v₁ = w·x", "z = v₁ + b", "ŷ = σ(z)", "v₂ = ln ŷ", "v₃ = y·v₂", "v₄ = 1 − ŷ", "v₅ = ln v₄",
        "v₆ = (1 − y)·v₅", "v₇ = v₃ + v₆", "L = −v₇", "Σ",
    ]  # fmt: skip
    assert ("1/v₄ = 1.9",) in labels(plan)
    into_sum = [a for a in plan.arrows if a.tail.endswith("_sum")]
    assert len(into_sum) == 2


def test_both_edges_of_a_square_are_drawn_and_meet_in_a_sum():
    x = tg.Tensor(3.0, name="x")
    v = x * x
    L = v + x
    tg.named(v=v, L=L)
    plan = plan_graph(L, "backward", detail="operations")
    assert [a.label for a in plan.arrows if a.tail == "n1_sum"] == [("x = 3",), ("x = 3",), ("1",)]
    assert texts(plan)["v = x·x"] == ["9", "1"] and texts(plan)["x"] == ["3", "7"]
    named = plan_graph(L, "backward")
    assert texts(named)["x"] == ["3", "∂L/∂x = 6 + 1", "= 7"]
    assert ("∂v/∂x = 2x", "= 6") in labels(named)


def test_adjoints_are_computed_for_the_picture_and_grad_is_left_alone():
    L = logistic()
    plan_graph(L, "both")
    assert L.grad is None
    L.backward()
    before = L.grad
    plan_graph(L, "both")
    assert L.grad is before


def test_hooks_are_not_called_by_drawing():
    x = tg.Tensor(2.0, name="x")
    y = x * x
    y.register_hook(lambda g: pytest.fail("a picture called a hook"))
    plan_graph(y, "both")


def test_the_picture_shows_what_was_recorded_also_after_an_update():
    L = logistic()
    w = next(x for x in leaves(L) if x.name == "w")
    before = plan_graph(L, "both")
    w.data = [7.0, 7.0]
    assert plan_graph(L, "both") == before


def leaves(L):
    waiting, found = [L], []
    while waiting:
        node = waiting.pop()
        found += [node] if node.row is None else []
        waiting += [x for x in node.inputs if isinstance(x, tg.Tensor)]
    return found


def test_detail_follows_from_the_names():
    x = tg.Tensor(1.0, name="x")
    assert "named values" in plan_graph(tg.sigmoid(x) * 2, "forward", detail="named").caption
    y = np.exp(x) * tg.Tensor(2.0)
    assert "Every operation" in plan_graph(y, "forward").caption
    assert [b.title for b in plan_graph(y, "forward").boxes] == [("x",), ("v₁",), ("v₂ = eˣ",), ("L = v₂·v₁",)]


def test_plain_arrays_are_boxes_and_numbers_stand_in_formulas():
    x = tg.Tensor([1.0, 2.0], name="x")
    y = np.sum(x * np.array([3.0, 4.0]) + 5)
    y.name = "y"
    assert texts(plan_graph(y, "forward", detail="named")).keys() == {"x", "v₁", "y = Σ (x·v₁ + 5)"}


def test_long_formulas_are_cut_into_boxes():
    x = tg.Tensor(0.5, name="x")
    y = x
    for _ in range(40):
        y = y * np.sin(y)
    plan = plan_graph(y, "backward", detail="named")
    assert max(len(" ".join(b.title)) for b in plan.boxes) < 100
    assert len(plan.boxes) < 2 * 45


def test_large_graphs_fold_and_say_so():
    x = tg.Tensor(1.0, name="x")
    y = x
    for _ in range(3000):
        y = y * 1.001
    plan = plan_graph(y, "both", detail="operations")
    assert len(plan.boxes) == 41
    assert "2961 of 3001 boxes are folded away." in plan.caption
    assert [" ".join(b.title) for b in plan.boxes if b.kind == "more"] == ["⋯ 2961 more boxes ⋯"]
    reached = {a.head for a in plan.arrows} | {a.tail for a in plan.arrows}
    assert reached == {b.id for b in plan.boxes}


def test_the_gradient_of_an_array_output_is_that_of_its_sum():
    x = tg.Tensor([1.0, 2.0], name="x")
    y = x * x
    y.name = "y"
    plan = plan_graph(y, "backward")
    assert "Σy is the sum of the elements of y." in plan.caption
    assert ("∂Σy/∂x = 2 · ∂Σy/∂y ⊙ x",) in labels(plan)
    assert texts(plan)["x"][-1].endswith("(2, 4)")


def test_a_graph_of_constants_is_drawn_forward():
    x = tg.constant([1.0, 2.0], name="x")
    y = np.sum(x * x)
    y.name = "y"
    plan = plan_graph(y, "both")
    assert texts(plan) == {"x": ["(1, 2)"], "y = Σ x²": ["5"]}
    assert [a.flow for a in plan.arrows] == ["forward"]


def test_shapes_stand_in_place_of_values():
    plan = plan_graph(batch(), "backward", show="shapes")
    shown = texts(plan)
    assert shown["X"] == ["(100, 2)"] and shown["w"] == ["(2,)", "∂J/∂w: (2,)"] and shown["b"] == ["()", "∂J/∂b: ()"]
    assert shown["z = X w + b"] == ["(100,)", "∂J/∂z: (100,)"]
    assert {box.shape for box in plan.boxes} == {""}, "once is enough"
    assert labels(plan) == labels(plan_graph(batch(), "backward"))
    assert "= (2, 3)" not in str(labels(plan_graph(logistic(), "both", show="shapes"))), "numbers are values"
    assert "(2, 3) is a matrix" in plan.caption and "rounded" not in str(plan.legend)


@pytest.mark.parametrize("detail", ["named", "operations"])
def test_a_worksheet_has_blanks_for_the_shapes_and_gives_none_away(detail):
    shapes, blanks = (plan_graph(batch(), "both", detail, show=show) for show in ("shapes", "blanks"))
    assert [(b.id, b.title, b.kind, len(b.rows)) for b in blanks.boxes] == [
        (b.id, b.title, b.kind, len(b.rows)) for b in shapes.boxes
    ]
    assert blanks.arrows == shapes.arrows and blanks.legend == shapes.legend
    rows = [cell.text for box in blanks.boxes for row in box.rows for cell in row]
    assert len(set(rows)) > 1 and all(text.rpartition("(")[2].strip(" \u00a0") == ")" for text in rows)
    assert "100," not in str(blanks.boxes)


def test_layers_are_frames():
    net = tg.nn.MLP([2, 3, 1], output="sigmoid", seed=0)
    L = tg.losses.log_loss(np.array([1.0]), net(tg.constant([0.4, 0.6], name="x")))
    L.name = "L"
    plan = plan_graph(L, "backward")
    titles = {b.id: b.title[0].split(" =")[0] for b in plan.boxes}
    frames = {c.label: [titles[m] for m in c.members] for c in plan.clusters}
    assert frames == {"layer 1": ["W₁", "b₁", "z₁", "h₁"], "layer 2": ["W₂", "b₂", "z₂", "ŷ"]}


@pytest.mark.parametrize(("option", "value"), [("detail", "all"), ("direction", "up"), ("show", "all")])
def test_unknown_options_name_the_known_ones(option, value):
    with pytest.raises(UnsupportedError, match=f"{option}='{value}': it is one of '"):
        plan_graph(logistic(), "forward", **{option: value})


NEURONS = {"x": [0.4, 0.6], "y": 1, "loss": tg.losses.log_loss}


def test_neurons_show_the_gradients_that_the_engine_computes():
    net = tg.nn.MLP([2, 3, 1], output="sigmoid", seed=0)
    plan = tg.draw_neurons(net, **NEURONS).plan
    L = tg.losses.log_loss(1, net([0.4, 0.6])[0])
    L.backward()
    wires = {(a.tail, a.head): a for a in plan.arrows}
    for (k, j), g in np.ndenumerate(net.layers[0].W.grad):
        arrow = wires[f"c0_{k}", f"c1_{j}"]
        assert float(arrow.label[0].replace("−", "-")) == pytest.approx(g, rel=0.06)
        assert arrow.negative == (g < 0)
    assert plan.direction == "fixed" and plan.boxes[-1].title[0].startswith("L = −y ln ŷ")
    assert all(p.grad is None for p in tg.nn.MLP([2, 3, 1], seed=0).parameters())


def test_neurons_of_wide_layers_are_counted():
    plan = tg.draw_neurons(tg.nn.MLP([2, 50, 1], seed=0)).plan
    assert [b.title for b in plan.boxes if b.kind == "more"] == [("⋯ 43 more ⋯",)]
    assert not labels(plan)


@pytest.mark.parametrize("sizes", [(4, 4, 3), (3, 4, 4, 1), (4, 2), (2, 4, 3)])
def test_labels_on_wires_stand_beside_the_neurons_and_beside_each_other(sizes):
    net = tg.nn.MLP(sizes, hidden="tanh", output="sigmoid", seed=0)
    x, y = np.random.default_rng(0).normal(size=sizes[0]), np.eye(sizes[-1])[0]
    plan = tg.draw_neurons(net, x=x, y=y, loss=tg.losses.mean_squared_error).plan
    circles = [(np.array(box.position), box_block(box).width / 2) for box in plan.boxes if box.kind == "neuron"]
    widths = {index: label_block(plan.arrows[index]).width for index in label_positions(plan)}
    places = {index: np.array(place) for index, place in label_positions(plan).items()}
    for index, place in places.items():
        assert min(abs(place - centre)[0] - radius - widths[index] / 2 for centre, radius in circles) > 0
        others = [abs(place - other) for k, other in places.items() if k != index]
        assert all(dy > 11 for dx, dy in others if dx < 1)  # a line of text


@pytest.mark.parametrize("given", [{"y": 1}, {"x": [0.4, 0.6], "y": 1}, {"loss": tg.losses.log_loss}])
def test_neurons_say_what_belongs_together(given):
    with pytest.raises(UnsupportedError, match="needs x, y and loss"):
        tg.draw_neurons(tg.nn.MLP([2, 1], seed=0), **given)


def test_neurons_refuse_a_batch():
    with pytest.raises(tg.errors.ShapeError, match=r"one example of shape \(2,\), not \(5, 2\)"):
        tg.draw_neurons(tg.nn.MLP([2, 1], seed=0), x=np.ones((5, 2)))


def test_the_same_graph_gives_the_same_text_under_every_hash_seed():
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_plan import batch, logistic\n"
        "import tinygrad_edu as tg\n"
        "for L in logistic(), batch():\n"
        "    for detail in 'named', 'operations': print(tg.draw(L, detail=detail).source)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True)
        for seed in ("0", "1")
    ]
    assert runs[0].stdout == runs[1].stdout and runs[0].stdout.count("digraph") == 4, runs[0].stderr


def test_values_without_a_name_get_none_that_is_taken():
    v = tg.Tensor(2.0, name="v2")
    L = np.sin(np.tanh(v) * v)
    titles = [box.title[0] for box in tg.draw_forward(L, detail="operations").plan.boxes]
    assert titles == ["v₂", "v₁ = tanh v₂", "v₃ = v₁·v₂", "L = sin v₃"]


def test_an_empty_name_is_none():
    w = tg.Tensor([2.0, 1.0], name="")
    L = np.sum(3 * w)
    L.name = "L"
    assert [box.title[0] for box in tg.draw_forward(L).plan.boxes] == ["v₁", "L = 3 Σ v₁"]


def test_numbers_without_a_name_fold_into_formulas():
    w, c = tg.Tensor(1.5, name="w"), tg.constant(2.0)
    L = w * (c * 3) * np.exp(c)
    L.name = "L"
    plan = tg.draw(L).plan
    assert [box.title[0] for box in plan.boxes] == ["w", "L = 6w·e²"]
    assert [arrow.label for arrow in plan.arrows] == [("∂L/∂w = 6e²", f"= {6 * np.exp(2):.3g}")]
    assert [box.title[0] for box in tg.draw(c * 3, detail="named").plan.boxes] == ["L = 6"]


def test_a_variable_called_n_is_not_a_number_of_examples():
    n, x = tg.Tensor(0.5, name="n"), tg.constant(2.0, name="x")
    L = n * n * x
    L.name = "L"
    assert "n =" not in tg.draw(L).plan.caption
    J = np.mean(n * tg.constant([1.0, 2.0, 4.0], name="v"))
    J.name = "J"
    assert "n = 3" in tg.draw(J).plan.caption


def test_the_caption_says_what_helps_where_the_text_is_small_on_a_slide():
    y = tg.Tensor(0.5, name="x")
    for _ in range(30):
        y = np.cos(y)
    advice = "On a slide the text is small: focus=, path= and depth= show a part."
    for direction in ("LR", "TB"):
        assert advice in tg.draw(y, direction=direction).plan.caption
    assert advice not in tg.draw(y, focus=y).plan.caption
    assert advice not in plan_graph(logistic(), "both").caption
