"""The picture in the user's hands: files of every kind, the screen, notebooks, and machines without Graphviz."""

from __future__ import annotations

import logging
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest
from gallery.samples import neurons, operations, scalar

from tinygrad_edu.errors import MissingExtraError
from tinygrad_edu.pictures import render
from tinygrad_edu.pictures.boxes import Arrow, Box, Plan
from tinygrad_edu.pictures.picture import Picture

PICTURE = Picture(scalar("both"))
BEGIN = {".svg": b"<svg", ".png": b"\x89PNG", ".pdf": b"%PDF", ".dot": b"digraph {"}


@pytest.fixture
def no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "ENGINES", {})
    monkeypatch.setattr(render, "_said", render._said.__wrapped__)


@pytest.mark.parametrize("suffix", BEGIN)
@pytest.mark.parametrize("engine", ["dot", "pygraphviz"])
def test_files_of_every_kind(suffix: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "ENGINES", {engine: render.ENGINES[engine]})
    if render.draw(neurons("forward"), "svg")[0] is None:
        pytest.skip(f"{engine} is not installed")
    for plan in (scalar("forward"), neurons("forward")):
        path = Picture(plan).save(tmp_path / f"picture{suffix.upper()}")
        assert path.read_bytes().startswith(BEGIN[suffix]) and len(path.read_bytes()) > 1000


def test_light_and_dark_files_differ(tmp_path: Path) -> None:
    for suffix in (".png", ".dot", ".svg"):
        light = PICTURE.save(tmp_path / f"light{suffix}").read_bytes()
        assert PICTURE.save(tmp_path / f"dark{suffix}", dark=True).read_bytes() != light
        assert Picture(PICTURE.plan, dark=True).save(tmp_path / f"also{suffix}").read_bytes() != light


def test_an_svg_needs_no_graphviz(no_graphviz: None, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    picture = Picture(scalar("both"))
    with caplog.at_level(logging.WARNING, logger="tinygrad_edu"):
        assert picture.save(tmp_path / "picture.svg").read_bytes().startswith(b"<svg")
    assert picture.engine == "the built-in layout"
    assert 'install the program "dot"' in caplog.text and "tinygrad_edu[draw]" in caplog.text


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_a_png_says_what_to_install(suffix: str, no_graphviz: None, tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=rf'a {suffix.upper()} needs Graphviz.*"tinygrad_edu\[draw\]"'):
        PICTURE.save(tmp_path / f"picture.{suffix}")
    assert not list(tmp_path.iterdir())


def test_who_draws_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    render._said.cache_clear()
    with caplog.at_level(logging.INFO, logger="tinygrad_edu"):
        engines = [Picture(scalar("both")).engine for _ in range(3)]
    assert len(set(engines)) == 1 and len(caplog.records) == 1


def test_the_next_engine_takes_over_when_one_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: str, program: str, format: str) -> None:
        return None

    monkeypatch.setattr(render, "ENGINES", {"broken": broken, "other": lambda *_: b"drawn"})
    assert render.draw(PICTURE.plan, "png") == (b"drawn", "other")


def test_a_dot_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dot").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert render.ENGINES["dot"]("digraph {a}", "dot", "svg") is None
    (tmp_path / "dot").unlink()
    assert render.ENGINES["dot"]("digraph {a}", "dot", "svg") is None


@pytest.mark.parametrize("name", ["picture", "picture.jpg", ".svg"])
def test_other_suffixes_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must end in \.svg, \.png, \.pdf, \.dot"):
        PICTURE.save(tmp_path / name)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"cannot save 'a\.svg': there is no folder .*nowhere'; create it"):
        PICTURE.save(tmp_path / "nowhere" / "a.svg")


def test_notebooks_get_svg_and_text() -> None:
    bundle = PICTURE._repr_mimebundle_()
    assert bundle["image/svg+xml"] == PICTURE.svg
    assert bundle["text/plain"] == repr(PICTURE) == str(PICTURE)
    assert repr(PICTURE).startswith("<Picture 'Forward pass (black") and "7 boxes, 6 arrows" in repr(PICTURE)


def test_notebooks_never_see_an_error() -> None:
    unfit = Picture(Plan("unfit", (Box("a", "mystery", ("a",)),), (Arrow("a", "b", "forward"),)))
    assert "could not be drawn" in unfit._repr_mimebundle_()["text/plain"]


def test_show_opens_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    PICTURE.show()
    assert opened[0].startswith("file://") and opened[0].endswith(".svg")


@pytest.mark.parametrize("failure", [webbrowser.Error("none"), OSError("none"), None])
def test_show_without_a_browser_names_the_file(
    failure: Exception | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def open_nothing(address: str) -> bool:
        if failure:
            raise failure
        return False

    monkeypatch.setattr(webbrowser, "open", open_nothing)
    PICTURE.show()
    path = Path(capsys.readouterr().out.strip().rsplit(" ", 1)[-1])
    assert path.read_text(encoding="utf-8") == PICTURE.svg
    path.unlink()


def test_the_font_on_a_slide(monkeypatch: pytest.MonkeyPatch) -> None:
    for drawn, points in (("0 0 960 540", 14), ("0.0 0.0 1920.0 540.0", 7), ("0 0 480 1080", 7), ("0 0 96 54", 140)):
        picture = Picture(PICTURE.plan)
        picture.__dict__["_drawn"] = f'<svg viewBox="{drawn}">', "nobody"
        assert picture.slide_font == pytest.approx(points)
    assert Picture(scalar("forward")).slide_font > 14 > 10 > Picture(operations("LR")).slide_font


def test_graphviz_is_imported_when_it_is_needed() -> None:
    code = "import sys, tinygrad_edu.pictures.picture; sys.exit('graphviz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
