"""Frames, pairs and worksheets keep every box in its place; the update is SGD's; TikZ and Mermaid are well formed."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from browser import CHROMIUM, measure, problems
from gallery.samples import SAMPLES, hostile, neurons

import tinygrad_edu as tg
from tinygrad_edu.errors import UnsupportedError
from tinygrad_edu.pictures import render, style
from tinygrad_edu.pictures.boxes import Plan
from tinygrad_edu.pictures.layout import layered
from tinygrad_edu.pictures.mermaid import mermaid_source
from tinygrad_edu.pictures.picture import Picture
from tinygrad_edu.pictures.tikz import tikz_document
from tinygrad_edu.stepping.events import walk
from tinygrad_edu.stepping.frames import frame_plans
from tinygrad_edu.stepping.overlays import overlays
from tinygrad_edu.stepping.scenery import Scenery
from tinygrad_edu.stepping.update import update


def logistic() -> tuple[tg.Tensor, list[tg.Tensor]]:
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    x, y = tg.constant([2.0, 3.0], name="x"), tg.constant(1.0, name="y")
    z = w @ x + b
    y_hat = tg.sigmoid(z)
    L = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
    tg.named(z=z, y_hat=y_hat, L=L)
    return L, [w, b]


def plans_of(L: tg.Tensor, detail: str = "named") -> list[Plan]:
    scenery = Scenery(L, detail)
    return list(frame_plans(scenery.plan, walk(L, scenery, 0.5)))


def places(picture: Picture) -> dict[str, str]:
    """The outline of each box in the SVG, and where its texts stand."""
    root = ET.fromstring(picture.svg)
    groups = [g for g in root.iter() if g.get("class") == "node"]
    found = {}
    for g in groups:
        circle = [(e.get("cx"), e.get("cy")) for e in g if e.tag.endswith(("ellipse", "circle"))]
        texts = circle or [(t.get("x"), t.get("y")) for t in g if t.tag.endswith("text")]
        found[g.get("id", "").rsplit("-", 1)[1]] = f"{texts[:1]}{len(texts)}"
    return found


# ---------------------------------------------------------------------- places


@pytest.fixture(params=["dot", render.BUILT_IN])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    only = {name: draw for name, draw in render.ENGINES.items() if name == request.param}
    if only and next(iter(only.values()))("digraph {a}", "dot", "svg") is None:
        pytest.skip(f"{request.param} is not installed")
    monkeypatch.setattr(render, "ENGINES", only)
    return str(request.param)


@pytest.mark.parametrize("detail", ["named", "operations"])
def test_every_box_keeps_its_place_in_every_frame(engine: str, detail: str) -> None:
    pictures = [Picture(plan) for plan in plans_of(logistic()[0], detail)]
    first = pictures[0]
    for picture in pictures[1:]:
        assert picture.size == first.size
        assert {k: v.split("]")[0] for k, v in places(picture).items() if v[0:2] != "[]"}.keys() <= places(first).keys()
    named = [box for box in pictures[0].plan.boxes if box.kind != "sum"]
    for number, _ in enumerate(named):
        spots = {places(picture)[f"n{number}"].split("]")[0] for picture in pictures}
        assert len(spots) == 1, named[number].title


def test_a_pair_and_a_worksheet_stand_in_the_places_of_the_whole(engine: str) -> None:
    L, _ = logistic()
    pair = tg.draw_forward(L, align=True), tg.draw_backward(L, align=True)
    whole, sheet = tg.draw_backward(L), tg.draw_backward(L, hide="gradients")
    for one, other in (pair, (whole, sheet)):
        assert one.size == other.size
        assert {k: v.split("]")[0] for k, v in places(one).items()} == {
            k: v.split("]")[0] for k, v in places(other).items()
        }


def test_a_worksheet_does_not_hold_its_solution(engine: str) -> None:
    L, _ = logistic()
    whole, sheet = tg.draw_backward(L), tg.draw_backward(L, hide="gradients")
    assert all("0.525" in text for text in (whole.svg, whole.source))
    assert not any("0.525" in text for text in (sheet.svg, sheet.source))


def test_a_frame_shows_what_is_known_and_nothing_else() -> None:
    def seen(plan: Plan, role: str) -> set[str]:
        return {b.title[0] for b in plan.boxes for row in b.rows for c in row if c.role == role}

    start, *rest = plans_of(logistic()[0])
    assert seen(start, "value") == {"w", "x", "b", "y"} and not seen(start, "gradient")
    assert all(a.flow == "idle" and a.label_hidden for a in start.arrows)
    sixth = rest[5]
    assert seen(sixth, "gradient") == {"L = −y ln ŷ − (1 − y) ln(1 − ŷ)", "ŷ = σ(z)", "z = w·x + b"}
    assert [b.title for b in sixth.boxes if b.ring == "gradient"] == [("z = w·x + b",)]
    assert [a.label for a in sixth.arrows if a.lit] == [("∂ŷ/∂z = ŷ(1 − ŷ)", "= 0.249")]
    assert {b.ring for b in sixth.boxes} == {"gradient", "hidden"}


def test_a_worksheet_hides_every_gradient() -> None:
    for sheet in (tg.draw(logistic()[0], hide="gradients"), tg.draw_backward(logistic()[0], hide="gradients")):
        assert not [c for b in sheet.plan.boxes for row in b.rows for c in row if c.role == "gradient"]
        assert all(a.label_hidden for a in sheet.plan.arrows if a.label)
        assert "−1.05" not in sheet.mermaid and "0.249" not in sheet.mermaid


def test_frames_are_numbered_files(tmp_path: Path) -> None:
    L, _ = logistic()
    written = tg.frames(L, tmp_path / "new" / "frames")
    assert [path.name for path in written] == [f"step_{i:02}.svg" for i in range(9)]
    assert all(path.read_text(encoding="utf-8").startswith("<svg") for path in written)
    with pytest.raises(UnsupportedError, match="format='gif': it is one of 'svg', 'png', 'pdf', 'tex'"):
        tg.frames(L, tmp_path, format="gif")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_text_stays_inside_its_box_in_frames_and_updates() -> None:
    pictures = [Picture(plan) for plan in plans_of(logistic()[0])[::3]]
    pictures += [tg.draw_update(logistic()[0], 0.5), tg.draw_backward(logistic()[0], notation="bar")]
    pictures.append(tg.draw_forward(logistic()[0], align=True))
    assert [wrong for found in measure([p.svg for p in pictures]) for wrong in problems(found)] == []


# ---------------------------------------------------------------------- notation and tangents


def test_adjoints_are_written_as_the_course_does() -> None:
    L, _ = logistic()
    rows = {n: [b.rows[1][0].text for b in tg.draw(L, notation=n).plan.boxes if len(b.rows) > 1] for n in ("d", "bar")}
    assert rows["d"] == ["dw = (ŷ − y)·x", "db = ŷ − y", "dz = ŷ − y", "dŷ = −2.11", "dL = 1"]
    assert rows["bar"] == ["w̄ = (ŷ − y)·x", "b̄ = ŷ − y", "z̄ = ŷ − y", "∂L/∂ŷ = −2.11", "L̄ = 1"]
    with pytest.raises(UnsupportedError, match="notation='dot': it is one of 'partial', 'd', 'bar'"):
        tg.draw(L, notation="dot")


def test_arrows_of_arrays_follow_the_notation() -> None:
    A = tg.Tensor([[2.0, 3.0], [4.0, 5.0]], name="A")
    Z = np.tanh(A)
    S = np.sum(Z * Z)
    tg.named(Z=Z, S=S)
    assert [a.label[0] for a in tg.draw_backward(S, notation="d").plan.arrows] == ["dA = dZ ⊙ (1 − Z²)", "∂S/∂Z = 2Z"]


def test_tangents_are_those_of_a_small_step() -> None:
    (L, (w, _)), h = logistic(), 1e-6
    picture = tg.draw_forward(L, tangents={w: [1.0, 0.0]})
    shown = {b.title[0].split(" = ")[0]: b.rows[-1][0].text for b in picture.plan.boxes}
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    z = [np.dot([0.1 + d, -0.2], [2.0, 3.0]) + 0.3 for d in (h, -h)]
    slopes = {"z": np.diff(z), "ŷ": np.diff(sigmoid(np.array(z))), "L": np.diff(-np.log(sigmoid(np.array(z))))}
    for name, difference in slopes.items():
        assert float(shown[name].removeprefix("tangent ").replace("−", "-")) == pytest.approx(
            -difference[0] / (2 * h), rel=5e-3
        )
    assert shown["x"] == "(2, 3)" and shown["b"] == "0.3"
    with pytest.raises(UnsupportedError, match="align= leaves room for gradients"):
        tg.draw_forward(L, tangents={w: [1.0, 0.0]}, align=True)


# ---------------------------------------------------------------------- the update


@pytest.mark.parametrize("kind", ["logistic", "network", "float32"])
def test_the_update_is_the_step_of_sgd_exactly(kind: str) -> None:
    if kind == "logistic":
        L, parameters = logistic()
        again = None
    else:
        net = tg.nn.MLP([2, 3, 1], hidden="tanh", output="sigmoid", seed=1)
        parameters = list(net.parameters())
        if kind == "float32":
            for p in parameters:
                p.data = p.data * 1.01
        x, y = tg.constant([0.4, 0.6]), tg.constant([1.0])
        again = lambda: tg.losses.log_loss(y, net(x))  # noqa: E731
        L = again()
    step = update(L, 0.3)
    L.backward()
    tg.optim.SGD(parameters, lr=0.3).step()
    after = {change.variable: change.after for change in step.changes}
    assert after.keys() == set(parameters)
    for p in parameters:
        np.testing.assert_array_equal(after[p], p.data)
    if again is not None:
        assert step.loss_after == again().item()
    assert step.loss_before == L.item() and step.loss_after < step.loss_before


def test_the_picture_of_the_update_has_its_numbers() -> None:
    plan = tg.draw_update(logistic()[0], 0.5).plan
    titles = {b.title[0]: [c.text for row in b.rows for c in row] for b in plan.boxes}
    assert titles["w"] == ["(0.1, −0.2)", "∂L/∂w = (−1.05, −1.57)"]
    assert titles["w ← w − α·∂L/∂w"] == ["(0.625, 0.587)"]
    assert titles["L before"] == ["0.744"] and titles["L after"] == ["0.0276"]
    assert plan.arrows[-1].label == ("changes by −0.717", "the gradient predicts −1.93")


# ---------------------------------------------------------------------- TikZ and Mermaid

TEX = [*SAMPLES.values(), hostile(), hostile("fixed"), neurons("backward")]


def test_tikz_has_a_command_for_everything_that_is_drawn() -> None:
    plan = tg.draw(logistic()[0]).plan
    document = tikz_document(plan)
    drawing = layered(plan)
    texts = sum(len(b.block.lines) for b in drawing.boxes) + sum(len(a.label) for a in drawing.arrows)
    assert document.count(r"\node[") == texts + len(drawing.texts)
    assert document.count(r"\draw[") == len(plan.boxes) + len(plan.arrows)
    assert r"\definecolor{tgvalue}{HTML}{0B5CAD}" in document and r"\^{y}" in document


@pytest.mark.parametrize("plan", TEX, ids=lambda plan: plan.title[:20])
def test_tikz_is_ascii_and_its_braces_match(plan: Plan) -> None:
    for document in (tikz_document(plan), tikz_document(plan, dark=True)):
        assert document.isascii()
        bare = re.sub(r"\\[{}%#$&_\\]", "", document)
        assert bare.count("{") == bare.count("}") and not set("%#$&") & set(bare)
        assert set(re.findall(r"\\begin\{(\w+)\}", document)) == {"document", "tikzpicture"}
        for role in re.findall(r"(?:draw|fill)=(\w+)|\\color\{(\w+)\}", document):
            assert rf"\definecolor{{{''.join(role)}}}" in document


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_latex_compiles_pictures_and_slides(tmp_path: Path) -> None:
    Picture(hostile()).save(tmp_path / "hostile.tex")
    Picture(neurons("backward")).save(tmp_path / "neurons.tex", dark=True)
    tg.frames(logistic()[0], tmp_path, format="tex")
    for name in ("hostile", "neurons", "steps"):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True)
        assert not done.returncode, done.stdout.decode(errors="replace")[-2000:]


def test_hostile_names_are_text_in_latex() -> None:
    x = tg.Tensor(2.0, name=r"\input{/etc/passwd}%$\write18{ls}")
    L = x * x
    L.name = "a_b^c&#~{}"
    document = tikz_document(tg.draw(L).plan)
    assert not re.search(r"\\(input|write|immediate|csname|catcode)", document)


def test_overlays_show_each_command_in_its_frames() -> None:
    assert list(overlays([["a", "b", ""], ["a", "c", "d"], ["a", "c", ""]])) == [
        "a", r"\only<1-1>{b}", r"\only<2-3>{c}", r"\only<2-2>{d}",
    ]  # fmt: skip


def test_the_slide_has_an_overlay_for_each_step(tmp_path: Path) -> None:
    [slide] = tg.frames(logistic()[0], tmp_path, format="tex", lr=0.5)
    text = slide.read_text(encoding="utf-8")
    ends = {int(end) for end in re.findall(r"\\only<\d+-(\d+)>", text)}
    assert max(ends) == 12 and text.isascii() and r"\documentclass[aspectratio=169]{beamer}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_mermaid_draws_the_same_graph() -> None:
    picture = tg.draw_backward(logistic()[0])
    text = picture.mermaid
    assert text.startswith("flowchart RL\n")
    assert len(re.findall(r"^  n\d+\(", text, re.MULTILINE)) == len(picture.plan.boxes)
    assert len(re.findall(r"^  n\d+ (?:-->|-\.-|<-->)", text, re.MULTILINE)) == len(picture.plan.arrows)
    assert 'n5 -->|"∂ŷ/∂z = ŷ#40;1 − ŷ#41;<br/>= 0.249"| n4' in text
    assert tg.draw_forward(logistic()[0]).mermaid.startswith("flowchart LR\n")


def test_hostile_names_stay_text_in_mermaid() -> None:
    for line in mermaid_source(hostile()).splitlines()[1:]:
        quoted = re.sub(r'"[^"]*"', "", line)
        assert re.fullmatch(r"  (n\d+[()\[\]]+:::\w+|n\d+ (<?-->|-\.-)(\|\|)? n\d+|classDef .*)", quoted), line
        assert "<script" not in line


def test_a_ring_is_wider_than_a_border_and_colours_are_known() -> None:
    assert max(frame.width for frame in style.FRAMES.values()) <= style.RING
