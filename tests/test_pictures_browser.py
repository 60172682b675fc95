"""Pictures of every engine measured in a browser: text inside its box, labels beside the boxes, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from browser import CHROMIUM, measure, problems
from gallery.samples import SAMPLES, hostile

from tinygrad_edu.pictures import render, style
from tinygrad_edu.pictures.render import render_svg
from tinygrad_edu.pictures.texts import text_width

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

PLANS = {**SAMPLES, "hostile": hostile()}
Measured = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def measured() -> Measured:
    """All plans drawn by all engines that are installed, in one page."""
    svgs, engines = {}, render.ENGINES
    with pytest.MonkeyPatch.context() as patch:
        for engine in ("dot", "pygraphviz", render.BUILT_IN):
            patch.setattr(render, "ENGINES", {name: draw for name, draw in engines.items() if name == engine})
            for name, plan in PLANS.items():
                svg, drawn_by = render_svg(plan)
                svgs[drawn_by, name] = svg
    return dict(zip(svgs, measure(list(svgs.values()))))


def test_every_text_stays_inside_its_box(measured: Measured) -> None:
    assert (render.BUILT_IN, "scalar_both") in measured
    assert {key: wrong for key, picture in measured.items() if (wrong := problems(picture))} == {}


def test_a_font_a_little_wider_does_no_harm() -> None:
    svgs = [render_svg(plan)[0] for plan in SAMPLES.values()]
    wider = "</desc><style>text { letter-spacing: 0.3px }</style>"  # three to four percent
    found = [problems(picture) for picture in measure([svg.replace("</desc>", wider) for svg in svgs])]
    assert found == [[]] * len(svgs)


def test_every_box_was_found_with_its_texts(measured: Measured) -> None:
    for (engine, name), picture in measured.items():
        boxes = [g for g in picture["groups"] if g["kind"] == "node" and g["shape"] and g["texts"]]
        assert len(boxes) >= len(PLANS[name].boxes) - 1, (engine, name)  # one hostile name is empty


def test_no_text_is_wider_than_estimated(measured: Measured) -> None:
    for picture in measured.values():
        for text in (t for group in picture["groups"] for t in group["texts"] if t["size"]):
            assert text["length"] <= text_width(text["text"], text["size"], text["bold"]) + 0.01, text["text"]


def test_the_measure_sees_what_is_wrong() -> None:
    name = '<text x="{}" y="{}" font-size="14">name</text></g>'
    box = '<g class="node"><rect width="50" height="20" fill="#FFFFFF"/>' + name.format("{}", 14)
    label = '<g class="edge"><text x="{}" y="14" font-size="12">label</text></g>'
    circle = '<g class="node"><circle cx="90" cy="50" r="20" fill="#FFFFFF"/>' + name.format(72, 66)
    svg = '<svg viewBox="0 0 200 100" width="200" height="100">{}</svg>'
    over, twice = box.format(0) + label.format(5), 2 * label.format(9)
    bodies = box.format(1), box.format(30), over, label.format(190), circle, twice
    found = [problems(picture) for picture in measure([svg.format(body) for body in bodies])]
    assert found[0] == []
    assert [wrong[0].split(" ", 1)[1] for wrong in found[1:]] == [
        "leaves its box", "lies over a box", "leaves the page", "leaves its box", "lies over 'label'",
    ]  # fmt: skip


def test_the_reader_chooses_light_or_dark() -> None:
    svg = render_svg(SAMPLES["scalar_both"])[0]
    for dark, palette in ((False, style.LIGHT), (True, style.DARK)):
        seen = {t["colour"] for g in measure([svg], dark)[0]["groups"] for t in g["texts"]}
        codes = {palette[role] for role in ("ink", "quiet", "value", "gradient")}
        assert seen == {f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:], 16)})" for c in codes}
