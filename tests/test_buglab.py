"""The bug lab: the right numbers against central differences, the wrong ones by hand, and the marks in the picture."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import UnsupportedError

WRONG = {
    "order": {"a": 2 * 1 + 2 * 4},
    "assign": {"x": 3},
    "reset": {"e": 2 * 2, "z": 3 * 2, "w": 4 * 6},
    "broadcast": {"b": [3, 5, 7]},
}


@pytest.mark.parametrize("bug", WRONG)
def test_exactly_the_boxes_that_the_bug_reaches_are_wrong(bug):
    found = tg.buglab.experiment(bug)
    assert sorted(found.differing) == sorted(WRONG[bug])
    for name, value in WRONG[bug].items():
        np.testing.assert_array_equal(found.wrong[name], value)


def test_an_update_inside_the_sweep_uses_the_new_weight():
    h = 1 / (1 + np.exp(-1.0))
    slope = 2 * (2 * h - 3)
    moved = 2 - 0.1 * slope * h
    found = tg.buglab.experiment("update")
    assert found.differing == ["w₁", "v₁", "h"]
    assert found.wrong["h"] == pytest.approx(slope * moved, rel=1e-14)
    assert found.wrong["w₁"] == pytest.approx(slope * moved * h * (1 - h), rel=1e-14)
    assert found.right["w₁"] == pytest.approx(slope * 2 * h * (1 - h), rel=1e-14)


LOSSES = {
    "order": lambda a: 2 * a + 3 * (2 * a),
    "assign": lambda x: x * x + x,
    "reset": lambda w: (w * 3 - 5) ** 2,
    "broadcast": lambda b: np.sum((np.array([1.0, 2.0, 3.0]) + b) ** 2),
    "update": lambda w1: (2 / (1 + np.exp(-w1)) - 3) ** 2,
}


@pytest.mark.parametrize("bug, f", LOSSES.items())
def test_the_right_engine_agrees_with_central_differences(bug, f):
    found = tg.buglab.experiment(bug)
    leaf = tg.buglab.BUGS[bug].example()
    while leaf.parents:
        leaf = leaf.parents[-1] if bug == "update" and leaf.parents[-1].row else leaf.parents[0]
    at, step = leaf.item(), 1e-6
    numeric = (f(at + step) - f(at - step)) / (2 * step)
    [(name, right)] = [(n, v) for n, v in found.right.items() if n == {"w1": "w₁"}.get(leaf.name, leaf.name)]
    assert right == pytest.approx(numeric, rel=1e-7), name
    assert found.wrong[name] != pytest.approx(numeric, rel=1e-3)


def test_each_bug_leaves_graphs_alone_that_do_not_provoke_it():
    w = tg.Tensor(3.0, name="w")
    L = np.sin(w)
    tg.named(L=L)
    for bug in tg.buglab.BUGS.keys() - {"reset"}:
        assert tg.buglab.experiment(bug, L).differing == [], bug
    assert "wrong: nothing." in tg.buglab.experiment("order", L).picture.plan.caption
    assert L.grad is w.grad is None and w.item() == 3


def test_the_picture_shows_both_engines_and_marks_what_differs():
    plan = tg.buglab.experiment("order").picture.plan
    assert [c.label for c in plan.clusters] == ["right", "no topological order"]
    right, wrong = ([box for box in plan.boxes if box.id in cluster.members] for cluster in plan.clusters)
    assert [box.title for box in right] == [box.title for box in wrong]
    assert [box.title for box in plan.boxes if box.kind == "wrong"] == [("a",)]
    [marked] = [box for box in wrong if box.kind == "wrong"]
    assert [[cell.text for cell in row] for row in marked.rows] == [["1", "10"], ["≠ 8"]]
    assert {arrow.tail[:2] == arrow.head[:2] for arrow in plan.arrows} == {True}


@pytest.mark.parametrize("engines", ["all", "none"])
@pytest.mark.parametrize("bug", WRONG)
def test_every_experiment_can_be_drawn(bug, engines, monkeypatch):
    if engines == "none":
        monkeypatch.setattr("tinygrad_edu.pictures.render.ENGINES", {})
    words = "".join(ET.fromstring(tg.buglab.experiment(bug).picture.svg).itertext())
    assert tg.buglab.BUGS[bug].title in words and "≠" in words


def test_networks_keep_the_frames_of_their_layers():
    net = tg.nn.MLP([2, 2, 1], hidden="tanh", output="sigmoid", seed=1)
    L = tg.losses.log_loss(tg.constant([1.0]), net(tg.constant([0.4, 0.6])))
    plan = tg.buglab.experiment("broadcast", L).picture.plan
    parents = {cluster.parent for cluster in plan.clusters}
    assert {None, "p0", "p1"} == parents and len(plan.clusters) == 6


def test_two_boxes_of_one_name_are_told_apart():
    a, b = tg.Tensor(1.0, name="a"), tg.Tensor(2.0, name="a")
    L = a * b + b
    assert str(tg.buglab.experiment("assign", L)).count("≠") == 1


def test_unknown_bugs_and_engines_that_fail_are_reported():
    with pytest.raises(UnsupportedError, match="no bug 'typo': it is one of 'order', 'assign'"):
        tg.buglab.experiment("typo")
    x = tg.Tensor(1.0)
    for _ in range(20):
        x = x * x
    with pytest.raises(UnsupportedError, match="doubles them. Take a smaller graph"):
        tg.buglab.experiment("order", x)
    A, b = tg.Tensor(np.ones((2, 3))), tg.Tensor(1.0)
    L = np.sum(A + (b * np.ones(3)) @ np.ones((3, 1)))
    with pytest.raises(UnsupportedError, match="'no sum over broadcast axes' fails on this graph"):
        tg.buglab.experiment("broadcast", L)


def test_long_chains_need_no_stack():
    x = tg.Tensor(1.0, name="x")
    y = x
    for _ in range(3000):
        y = y * 1.0
    assert tg.buglab.experiment("order", y).wrong["x"] == 1
