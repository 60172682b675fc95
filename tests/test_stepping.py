"""Both passes event by event: what is added where equals what the sweep computes, and the page shows it."""

from __future__ import annotations

import hashlib
import html
import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser import CHROMIUM
from devtools import Page, browsing

import tinygrad_edu as tg
from tinygrad_edu.errors import UnsupportedError
from tinygrad_edu.pictures import render
from tinygrad_edu.stepping.page import play
from tinygrad_edu.stepping.scenery import Scenery

LEVELS = ["named", "operations"]


def logistic() -> tg.Tensor:
    """One example of logistic regression."""
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
    x, y = tg.constant([2.0, 3.0], name="x"), tg.constant(1.0, name="y")
    z = w @ x + b
    y_hat = tg.sigmoid(z)
    L = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
    tg.named(z=z, y_hat=y_hat, L=L)
    return L


def batch() -> tg.Tensor:
    """Broadcasting, a product of matrices, and a value that is used twice."""
    X = tg.constant(np.arange(12.0).reshape(4, 3) / 10, name="X")
    W, b = tg.Tensor(np.linspace(-1, 1, 6).reshape(3, 2), name="W"), tg.Tensor([0.5, -0.5], name="b")
    H = np.tanh(X @ W + b)
    J = np.mean(H * H + W.sum() * H)
    tg.named(H=H, J=J)
    return J


def long_chain() -> tg.Tensor:
    y = tg.Tensor(0.3, name="x")
    for _ in range(60):
        y = np.cos(y) + 0.1 * y
    return y


# ---------------------------------------------------------------------- the data


def test_the_steps_of_logistic_regression_are_those_of_the_blackboard() -> None:
    told = [str(step) for step in tg.steps(logistic(), lr=0.5)]
    assert told[0] == "1. forward: z = w·x + b = (0.1, −0.2)·(2, 3) + 0.3 = −0.1"
    assert told[3] == "4. backward: ∂L/∂L = 1"
    assert told[5:8] == [
        "6. backward: ∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z = −2.11 · 0.249 = −0.525",
        "7. backward: ∂L/∂w = ∂L/∂z · ∂z/∂w = −0.525 · (2, 3) = (−1.05, −1.57)",
        "8. backward: ∂L/∂b = ∂L/∂z · ∂z/∂b = −0.525 · 1 = −0.525",
    ]
    assert told[8] == "9. update: w ← w − α·∂L/∂w = (0.1, −0.2) − 0.5·(−1.05, −1.57) = (0.625, 0.587)"
    p = 1 / (1 + np.exp(-(0.1 * 2 - 0.2 * 3 + 0.3)))
    error = p - 1
    after = np.array([0.1, -0.2]) - 0.5 * error * np.array([2.0, 3.0])
    z = after @ [2.0, 3.0] + 0.3 - 0.5 * error
    np.testing.assert_allclose(tg.steps(logistic(), lr=0.5)[-1].total, np.log(1 + np.exp(-z)), rtol=1e-12)


@pytest.mark.parametrize("make", [logistic, batch, long_chain])
@pytest.mark.parametrize("detail", LEVELS)
def test_what_is_added_up_is_the_gradient(make: object, detail: str) -> None:
    L = make()  # type: ignore[operator]
    found = {step.node: step for step in tg.steps(L, detail) if step.phase == "backward"}
    scenery = Scenery(L, detail)
    for box, adjoint in scenery.derivation.adjoint.items():
        if box in scenery.derivation.names:
            step = found[scenery.derivation.names[box]]
            assert step.waiting == 0
            np.testing.assert_allclose(step.total, adjoint, rtol=1e-12, atol=1e-15)
    L.backward()
    leaves = {step.node: step.total for step in tg.steps(L, detail) if step.phase == "backward"}
    for node in (n for n in scenery.derivation.origin.values() if isinstance(n, tg.Tensor) and n.name and not n.inputs):
        if node.requires_grad:
            np.testing.assert_allclose(leaves[node.name], node.grad, rtol=1e-12)


def test_each_number_that_is_passed_on_is_upstream_times_local() -> None:
    for step in tg.steps(logistic(), "operations"):
        if step.source is not None:
            np.testing.assert_allclose(step.added, step.arrives * step.factor, rtol=1e-15)


def test_contributions_to_a_shared_value_are_summed_one_by_one() -> None:
    x = tg.Tensor(3.0)
    v = x * x
    L = v + x
    tg.named(x=x, v=v, L=L)
    arrived = [step for step in tg.steps(L, "operations") if step.target == "∂L/∂x"]
    assert [(step.added, step.total, step.waiting) for step in arrived] == [(1, 1, 2), (3, 4, 1), (3, 7, 0)]
    assert [step.sum for step in arrived] == ["0 + 1 = 1", "1 + 3 = 4", "4 + 3 = 7"]


def test_steps_leave_gradients_and_parameters_alone() -> None:
    L = logistic()
    tg.steps(L, lr=0.5)
    w = next(x for x in Scenery(L).derivation.origin.values() if isinstance(x, tg.Tensor) and x.name == "w")
    assert w.grad is None and w.data.tolist() == [0.1, -0.2]


def test_without_a_variable_there_is_no_backward_pass() -> None:
    L = tg.constant(2.0, name="x") * 3.0
    assert {step.phase for step in tg.steps(L)} <= {"forward"}


# ---------------------------------------------------------------------- the page, without a browser


@pytest.mark.parametrize("engine", ["dot", "pygraphviz", render.BUILT_IN])
@pytest.mark.parametrize("make", [logistic, batch, long_chain])
@pytest.mark.parametrize("detail", LEVELS)
def test_every_id_of_a_step_is_an_id_of_the_picture(
    engine: str, make: object, detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = {name: draw for name, draw in render.ENGINES.items() if name == engine}
    if only and next(iter(only.values()))("digraph {a}", "dot", "svg") is None:
        pytest.skip(f"{engine} is not installed")
    monkeypatch.setattr(render, "ENGINES", only)
    text = play(make(), tmp_path / "steps.html", lr=0.1, detail=detail).read_text(encoding="utf-8")  # type: ignore[operator]
    picture = ET.fromstring(re.findall(r"<svg.*</svg>", text, re.DOTALL)[0])
    ids = [element.get("id") for element in picture.iter() if element.get("id")]
    named = " ".join(re.findall(r' data-(?:box|arrows|sum)="([^"]*)"', text)).split()
    assert named and set(named) <= set(ids) and len(ids) == len(set(ids))
    scenery = Scenery(make(), detail)  # type: ignore[operator]
    flowing = {i for i, arrow in enumerate(scenery.plan.arrows) if arrow.flow == "both"}
    lit = {i for step in tg.steps(make(), detail) if step.phase == "backward" for i in step.arrows}  # type: ignore[operator]
    assert lit == flowing


def test_the_page_of_logistic_regression_is_small_and_closed(tmp_path: Path) -> None:
    path = tg.play(logistic(), tmp_path / "steps.html", lr=0.5)
    text = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 70_000
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="(.*?)"', text)[0])
    for kind, element in (("script-src", "script"), ("style-src", "style")):
        [body] = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert f"{kind} 'sha256-{b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" in policy
        assert not re.search(r"\beval\b|innerHTML|document\.write|new Function|@import|url\(", body)
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|\bsrc=|\bhref=|\bstyle=", text)


def test_a_page_needs_its_suffix_and_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot save a page as 'steps.svg': the name must end in .html"):
        tg.play(logistic(), tmp_path / "steps.svg")
    with pytest.raises(FileNotFoundError, match="there is no folder .*; create it first"):
        tg.play(logistic(), tmp_path / "none" / "steps.html")


def test_too_many_steps_are_refused_with_what_to_do(tmp_path: Path) -> None:
    y = tg.Tensor(0.5, name="x")
    for _ in range(600):
        y = np.sin(y)
    for write in (lambda: tg.play(y, tmp_path / "steps.html"), lambda: tg.frames(y, tmp_path)):
        with pytest.raises(UnsupportedError, match=r"1201 steps are too many .* Name the values that matter"):
            write()
    assert not list(tmp_path.iterdir())


def test_an_array_of_one_number_is_that_number_in_a_formula() -> None:
    z = tg.Tensor([-0.5], name="z")
    p = tg.sigmoid(z)
    p.name = "p"
    assert str(tg.steps(p)[0]) == "1. forward: p = σ(z) = σ(−0.5) = (0.378)"


def hostile() -> tg.Tensor:
    x = tg.Tensor(2.0, name='</script><script>document.title="hit"</script>')
    y = tg.Tensor(3.0, name='" onmouseover="document.title=1" {script} \u2028')
    L = x * y + x
    L.name = "<img src=x onerror=alert(1)>--><!--"
    return L


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    text = tg.play(hostile(), tmp_path / "steps.html", lr=0.1).read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script") == 1 and "<img" not in text
    assert not re.search(r'<[^>]*\sonmouseover="', text)


# ---------------------------------------------------------------------- the page, in a browser


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with browsing() as page:
        page.size(1200, 800)
        yield page


SEEN = """(() => {
  const shown = e => getComputedStyle(e).visibility === 'visible';
  const texts = kind => [...document.querySelectorAll('.node text.tg-f-' + kind)].filter(shown).map(e => e.textContent);
  return {at: location.hash, values: texts('value'), gradients: texts('gradient'),
          now: [...document.querySelectorAll('.graph .now')].map(e => e.id),
          said: document.getElementById('said').textContent,
          item: document.querySelector('#steps li:not([hidden])').textContent};
})()"""


def test_the_keyboard_walks_from_the_first_step_to_the_last(tab: Page, tmp_path: Path) -> None:
    path = tg.play(logistic(), tmp_path / "steps.html", lr=0.5)
    told = tg.steps(logistic(), lr=0.5)
    tab.open(path.as_uri())
    start = tab.value(SEEN)
    assert sorted(start["values"]) == ["(0.1, −0.2)", "(2, 3)", "0.3", "1"] and start["gradients"] == []
    for step in told:
        tab.press("ArrowRight")
        seen = tab.value(SEEN)
        assert seen["at"] == f"#{step.number}" and step.symbols in seen["said"] and step.numbers in seen["item"]
        assert len(seen["now"]) == 1 + len(step.arrows)
        derived = {s.node for s in told[: step.number] if s.phase == "backward"}
        assert len([g for g in seen["gradients"] if g.startswith("∂")]) == len(derived)
    tab.press("ArrowRight")
    assert tab.value("location.hash") == f"#{len(told)}"
    tab.press("Home")
    assert tab.value(SEEN)["gradients"] == []
    assert tab.said == [] and {address.split("#")[0] for address in tab.requested} <= {path.as_uri(), "about:blank"}


def test_it_opens_at_a_linked_step_and_lays_out_little(tab: Page, tmp_path: Path) -> None:
    path = tg.play(logistic(), tmp_path / "steps.html")
    tab.open(path.as_uri() + "#6")
    assert "−2.11 · 0.249 = −0.525" in tab.value(SEEN)["item"]
    assert tab.value("document.querySelectorAll('*').length") < 400
    assert tab.value("performance.getEntriesByType('resource').length") == 0


def test_the_quiz_reveals_a_gradient_when_it_is_right(tab: Page, tmp_path: Path) -> None:
    tab.open(tg.play(logistic(), tmp_path / "steps.html", quiz=True).as_uri() + "#7")
    assert "∂L/∂z · ∂z/∂w" in tab.value("document.querySelector('.symbols:not(li[hidden] *)').textContent")
    assert not [g for g in tab.value(SEEN)["gradients"] if "∂L/∂w" in g]
    tab.value("document.getElementById('guess').focus()")
    for guess, right in (("1, 2", False), ("−1.05 -1.575", True)):
        tab.value("document.getElementById('guess').value = ''")
        tab.type(guess)
        tab.press("Enter")
        gradients = tab.value(SEEN)["gradients"]
        assert bool([g for g in gradients if "∂L/∂w" in g]) is right
    assert tab.value("document.activeElement.id") == "next" and tab.said == []


def test_play_stops_at_the_end_and_dark_is_dark(tab: Page, tmp_path: Path) -> None:
    path = tg.play(logistic(), tmp_path / "steps.html")
    last = len(tg.steps(logistic()))
    tab.medium(dark=True)
    tab.open(path.as_uri() + f"#{last - 1}")
    tab.press(" ")
    assert tab.value("document.getElementById('play').textContent") == "Pause"
    stopped = "document.getElementById('play').textContent == 'Play'"
    look = f"const look = () => {stopped} ? done(location.hash) : setTimeout(look, 20)"
    assert tab.value(f"new Promise(done => {{ {look}; look(); }})") == f"#{last}"
    assert tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 28)"
    tab.value("document.getElementById('theme').click()")
    assert tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    tab.medium()


def test_on_paper_every_step_is_told(tab: Page, tmp_path: Path) -> None:
    tab.open(tg.play(logistic(), tmp_path / "steps.html", quiz=True).as_uri())
    tab.medium(medium="print")
    shown = "[...document.querySelectorAll('#steps p.numbers')].filter(p => p.offsetHeight).length"
    assert tab.value(shown) == len([s for s in tg.steps(logistic()) if s.numbers])
    assert tab.value("document.querySelector('.controls').offsetHeight") == 0
    tab.medium()


def test_a_phone_scrolls_the_picture_but_not_the_page(tab: Page, tmp_path: Path) -> None:
    tab.size(400, 800)
    tab.open(tg.play(logistic(), tmp_path / "steps.html").as_uri() + "#4")
    assert tab.value("document.documentElement.scrollWidth") <= 400
    box = "document.querySelector('.graph .node.now').getBoundingClientRect()"
    assert 0 <= tab.value(f"{box}.left") and tab.value(f"{box}.right") <= 400
    tab.size(1200, 800)


def test_hostile_names_do_not_script_the_page(tab: Page, tmp_path: Path) -> None:
    said = len(tab.said)
    tab.open(tg.play(hostile(), tmp_path / "steps.html", lr=0.1).as_uri())
    for _ in tg.steps(hostile(), lr=0.1):
        tab.press("ArrowRight")
    assert tab.value("document.title").endswith("step by step") and tab.said[said:] == []
