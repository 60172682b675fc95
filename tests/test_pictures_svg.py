"""Every SVG in one form, whoever drew it: alternative text, one file for light and dark, nothing from outside."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from gallery.samples import SAMPLES, hostile, neurons, scalar

from tinygrad_edu.pictures import render, style
from tinygrad_edu.pictures.boxes import Arrow, Box, Cell, Plan
from tinygrad_edu.pictures.render import render_svg

SVG = "{http://www.w3.org/2000/svg}"
PLAN = Plan("A weight", (Box("w", "parameter", ("w",)), Box("L", "loss", ("L",))), (Arrow("w", "L", "both", ("2w",)),))


@pytest.fixture(params=["dot", "pygraphviz", render.BUILT_IN])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each engine that is installed here, alone."""
    only = {name: draw for name, draw in render.ENGINES.items() if name == request.param}
    if only and next(iter(only.values()))("digraph {a}", "dot", "svg") is None:
        pytest.skip(f"{request.param} is not installed")
    monkeypatch.setattr(render, "ENGINES", only)
    yield request.param


def test_every_plan_becomes_an_svg_with_alternative_text(engine: str) -> None:
    for plan in [*SAMPLES.values(), hostile(), hostile("fixed")]:
        svg, drawn_by = render_svg(plan)
        root = ET.fromstring(svg)
        assert drawn_by == engine and f"drawn by {engine}" in svg
        assert root.get("role") == "img" and "DOCTYPE" not in svg and "xlink" not in svg
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None and desc is not None and desc.text
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert len(root.findall(f".//{SVG}title")) == 1  # no tooltips with our numbers
        assert not root.findall(f".//{SVG}script") and "href" not in svg


def test_a_plan_without_a_description_is_counted() -> None:
    assert "<desc" in render_svg(PLAN)[0] and "A computation graph of 2 boxes, 1 arrow." in render_svg(PLAN)[0]


def test_ids_are_the_same_in_every_run_and_other_pictures_have_others(engine: str) -> None:
    ids = [re.findall(r'id="([^"]+)"', render_svg(plan)[0]) for plan in (PLAN, scalar("both"), PLAN)]
    assert ids[0] == ids[2] and len(set(ids[0])) == len(ids[0])
    assert not set(ids[0]) & set(ids[1])
    assert [i for i in ids[0] if i.endswith(("-n0", "-n1"))]


def test_one_file_serves_light_and_dark(engine: str) -> None:
    svg, _ = render_svg(scalar("backward"))
    root = ET.fromstring(svg)
    rules = dict(re.findall(r"\.(tg-[fs]-[a-z-]+)\{(?:fill|stroke):(#\w+)\}", svg))
    roles = {colour.lower(): role for role, colour in style.LIGHT.items()}
    for element in root.iter():
        for attribute in ("fill", "stroke"):
            colour = element.get(attribute, "none").lower()
            if colour != "none":
                name = f"tg-{attribute[0]}-{roles[colour]}"
                assert name in element.get("class", "").split() and rules[name] == style.DARK[roles[colour]]
    assert "@media (prefers-color-scheme: dark)" in svg


@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_can_be_fixed_to_light_or_dark(engine: str, dark: bool) -> None:
    svg = render_svg(PLAN, dark)[0].lower()
    own, other = (style.DARK, style.LIGHT) if dark else (style.LIGHT, style.DARK)
    assert own["parameter"].lower() in svg and other["parameter"].lower() not in svg
    assert "prefers-color-scheme" not in svg


SHAPES = "path", "polygon", "polyline", "rect", "circle", "ellipse"
GEOMETRY = "d", "points", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry"


def test_hidden_text_keeps_its_room_but_is_not_in_the_file(engine: str) -> None:
    def drawn(role: str, hidden: bool) -> tuple[list[list[str | None]], set[str | None]]:
        boxes = Box("a", "value", ("a",), rows=((Cell(role, "∂L/∂a = 1"),),)), Box("L", "loss", ("L",))
        plan = Plan("", boxes, (Arrow("a", "L", "backward", ("2a",), label_hidden=hidden),))
        root = ET.fromstring(render_svg(plan)[0])
        shapes = [e for e in root.iter() if e.tag.removeprefix(SVG) in SHAPES]
        return [[e.get(key) for key in GEOMETRY] for e in shapes], {t.text for t in root.iter(f"{SVG}text")}

    (seen, shown), (same, left) = drawn("gradient", False), drawn("hidden", True)
    assert seen == same and len(seen) >= 4
    assert {"∂L/∂a = 1", "2a"} <= shown and left <= {"a", "L", "\u00a0"}


def test_wires_end_at_their_circles(engine: str) -> None:
    svg, _ = render_svg(neurons("forward"))
    root = ET.fromstring(svg)
    assert len(root.findall(f".//{SVG}circle") + root.findall(f".//{SVG}ellipse")) == 4
    assert svg.count("stroke-dasharray") == 5  # the negative weights


def test_no_two_roles_share_a_colour() -> None:
    assert style.LIGHT.keys() == style.DARK.keys()
    assert len(set(style.LIGHT.values())) == len(style.LIGHT)


@pytest.mark.parametrize("palette", [style.LIGHT, style.DARK])
def test_text_and_lines_stand_out_from_their_ground(palette: dict[str, str]) -> None:
    grounds = [role for role in palette if role == "ground" or role.endswith("-fill")]
    for text in ("ink", "quiet", "value", "gradient", "parameter"):
        for ground in grounds if text != "parameter" else ["ground"]:
            assert style.contrast(palette[text], palette[ground]) >= 4.5, (text, ground)
    for line in ("line", "data", "loss"):
        assert style.contrast(palette[line], palette["ground"]) >= 4.5, line


def test_contrast_is_that_of_the_web_guidelines() -> None:
    assert style.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert style.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the guideline's own example
