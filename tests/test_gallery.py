"""The pictures of the gallery as a lecture hall sees them: how large the text is, its contrast, and its colours."""

from __future__ import annotations

import importlib.util
import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu.pictures import style
from tinygrad_edu.pictures.picture import Picture

DOCS = Path(__file__).parent.parent / "docs"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Picture]:
    """Every picture that the gallery's code saves."""
    found = importlib.util.spec_from_file_location("draw_gallery", DOCS / "draw_gallery.py")
    assert found is not None and found.loader is not None
    found.loader.exec_module(module := importlib.util.module_from_spec(found))
    pictures: dict[str, Picture] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Picture, "save", lambda picture, path: pictures.update({path: picture}))
        module.draw_gallery(tmp_path_factory.mktemp("gallery"), ("gallery.md",))
    return pictures


def test_every_picture_of_the_page_is_drawn_by_its_code(gallery: dict[str, Picture]) -> None:
    shown = re.findall(r"\]\(pictures/([^)]+)\)", (DOCS / "gallery.md").read_text(encoding="utf-8"))
    assert sorted(gallery) == sorted(shown) and len(shown) >= 15


def test_the_text_can_be_read_on_a_slide(gallery: dict[str, Picture]) -> None:
    if any(picture.engine == "the built-in layout" for picture in gallery.values()):
        pytest.skip("needs Graphviz")
    assert {name: picture.slide_font for name, picture in gallery.items() if picture.slide_font < 11} == {}


# ---------------------------------------------------------------------- contrast


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_its_box(gallery: dict[str, Picture], dark: bool) -> None:
    seen = 0
    for name, picture in gallery.items():
        for text, colour, ground in texts(Picture(picture.plan, dark).svg, style.colour("ground", dark)):
            assert style.contrast(colour, ground) >= 4.5, (name, text, colour, ground)
            seen += 1
    assert seen > 300


def texts(svg: str, ground: str) -> list[tuple[str | None, str, str]]:
    """Each visible text with its colour and the fill of what it stands on."""
    found = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        behind = ground
        for element in group:
            fill = element.get("fill", "none")
            if element.tag == f"{SVG}text" and fill != "none":
                found.append((element.text, fill, behind))
            elif element.tag in (f"{SVG}path", f"{SVG}polygon", f"{SVG}rect", f"{SVG}circle", f"{SVG}ellipse"):
                behind = fill if fill.startswith("#") and group.get("class") == "node" else behind
    return found


# ---------------------------------------------------------------------- colour vision

VISIONS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""What is seen of linear red, green and blue: Machado, Oliveira and Fernandes, A Physiologically-based Model for
Simulation of Color Vision Deficiency, IEEE TVCG 15(6), 2009, severity 1."""

MEANINGS = ("value", "gradient", "parameter", "loss", "data")
LEAST = 12.0
"""Of the distance ΔE between two colours in CIELAB; 2.3 is just noticeable side by side."""


@pytest.mark.parametrize("palette", [style.LIGHT, style.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", [None, *VISIONS])
def test_all_can_tell_the_colours_apart(palette: dict[str, str], vision: str | None) -> None:
    seen = {role: lab(simulated(palette[role], vision)) for role in MEANINGS}
    distances = {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in itertools.combinations(MEANINGS, 2)}
    assert {pair: round(d, 1) for pair, d in distances.items() if d < LEAST} == {}


def simulated(code: str, vision: str | None) -> np.ndarray:
    """Linear red, green and blue as someone with this vision sees the colour."""
    share = np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear if vision is None else np.clip(np.array(VISIONS[vision]) @ linear, 0, 1)


def lab(linear: np.ndarray) -> np.ndarray:
    """CIELAB of linear sRGB (IEC 61966-2-1, white D65)."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else t * 841 / 108 + 4 / 29 for t in xyz / (0.9505, 1, 1.089))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_simulation_is_that_of_its_source() -> None:
    for matrix in VISIONS.values():  # what is grey stays grey
        np.testing.assert_allclose(np.sum(matrix, axis=1), 1, atol=2e-6)
    np.testing.assert_allclose(lab(np.ones(3)), [100, 0, 0], atol=0.02)
    red, green = (lab(simulated(code, "deuteranopia")) for code in ("#B40000", "#5A5A00"))
    normal = np.linalg.norm(lab(simulated("#B40000", None)) - lab(simulated("#5A5A00", None)))
    assert np.linalg.norm(red - green) < 0.4 * normal  # red and olive, which this vision takes for each other
