"""A compiled program as a picture: its own lines, in boxes that read each other."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import UnsupportedError

X = np.array([[2.0, 1.0], [-1.0, 3.0], [0.5, -1.0]])


def texts(picture: Any) -> dict[str, list[str]]:
    """The lines in the boxes, by title; boxes of inputs have none."""
    return {" ".join(box.title): [cell.text for row in box.rows for cell in row] for box in picture.plan.boxes}


def arrows(picture: Any) -> set[tuple[str, str, str]]:
    """Where what flows comes from, where it goes, and with which pass."""
    title = {box.id: " ".join(box.title) for box in picture.plan.boxes}
    ends = [(a.tail, a.head) if a.flow == "forward" else (a.head, a.tail) for a in picture.plan.arrows]
    return {(title[x], title[y], a.flow) for a, (x, y) in zip(picture.plan.arrows, ends)}


def squared_error(w: Any, x: Any) -> Any:
    r = x @ w - 1
    tg.named(r=r)
    return (r * r).sum()


def test_boxes_hold_the_lines_and_arrows_say_who_reads_whom() -> None:
    step = tg.compile(tg.value_and_grad(squared_error), reorder=False)
    step(np.ones(2), X)
    picture = step.graph
    found = texts(picture)
    assert found["w"] == found["x"] == []
    assert found["r"] == ["r = x.dot(w)", "r -= ONE"]
    assert found["d_w"][-1] == "d_w = x.T.dot(d_r)"
    assert {"forward", "backward"} == {a.flow for a in picture.plan.arrows}
    assert {("x", "r", "forward"), ("w", "r", "forward"), ("x", "d_w", "backward")} <= arrows(picture)
    lines = [line.partition("  # ")[0].strip() for line in step.source.split("# forward")[1].splitlines()]
    shown = {line for box in found.values() for line in box}
    assert shown == {line for line in lines if line and line != "# backward" and not line.startswith("return")}
    assert picture.plan.title == (
        "The program of squared_error: forward (blue, left to right), backward (orange, right to left)"
    )


def test_updates_have_boxes_of_their_own() -> None:
    w = tg.Tensor([1.0, 2.0], name="w")
    optimiser = tg.optim.SGD([w], lr=0.1)

    def step(x: Any) -> Any:
        optimiser.zero_grad()
        L = squared_error(w, x)
        L.backward()
        optimiser.step()
        return L

    compiled = tg.compile(step, reorder=False)
    compiled(X)
    assert [box.kind for box in compiled.graph.plan.boxes if box.title == ("w",)] == ["data", "value"]
    assert texts(compiled.graph)["w"][-2:] == ["d_w *= lr", "w -= d_w"]
    assert compiled.graph.plan.title.endswith("updates (green)")
    assert compiled.graph.source == compiled.graph.source and w.numpy().tolist() != [1.0, 2.0]


def test_what_runs_in_blocks_is_drawn_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("tinygrad_edu.compiled.passes.blocking"), "SMALLEST", 2)
    step = tg.compile(tg.value_and_grad(lambda x: np.sum(np.tanh(x) * np.exp(x))))
    step(X)
    assert "in_blocks" in step.source and "blocks" in step.graph.plan.caption
    assert not any("in_blocks" in line or "empty" in line for box in texts(step.graph).values() for line in box)


def test_a_picture_of_nothing_to_compute_and_of_many_boxes() -> None:
    copy = tg.compile(lambda x: x)
    copy(X)
    assert ["t1 = x.copy()"] in texts(copy.graph).values()
    chain = tg.compile(lambda *xs: [x * y for x, y in zip(xs, xs[1:])])
    chain(*np.ones((10, 3)))
    assert chain.graph.plan.direction == "TB" and "</svg>" in chain.graph.svg


@pytest.mark.parametrize("name", ['"><script>', "\\N", "{x|y}", "a\nb"])
def test_names_of_users_do_no_harm_in_the_picture(name: str) -> None:
    def f(x: Any) -> Any:
        tg.named(**{name: (y := 2 * x)})
        return y * y

    compiled = tg.compile(f)
    compiled(X)
    assert "<script" not in compiled.graph.svg and "<script" not in compiled.graph.source


def test_there_is_no_picture_before_the_first_call() -> None:
    with pytest.raises(UnsupportedError, match="no graph before the first call"):
        tg.compile(np.exp).graph  # noqa: B018
