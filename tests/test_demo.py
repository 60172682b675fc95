"""The demonstration: its numbers against scikit-learn, and what it writes."""

import io
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import redirect_stderr, redirect_stdout
from html.parser import HTMLParser

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.__main__ import main
from tinygrad_edu.demo.training import learn

PICTURES = [
    f"{name}_{kind}.svg" for name in ("one_example", "all_examples") for kind in ("forward", "backward", "combined")
]
PLOTS = ["loss_curve.svg", "decision_boundary.svg"]


@pytest.fixture(scope="module")
def result():
    return learn(0, progress=False)


def test_it_reaches_the_minimum(result):
    assert f"{result.loss:.5f} {result.wrong}" == "0.10282 6"
    assert [f"{c:.4f}" for c in (*result.coefficients, result.intercept)] == ["5.7545", "10.4467", "-45.2723"]
    error = result.predict(result.petals) - result.y
    np.testing.assert_allclose(result.petals.T @ error / 100, 0, atol=1e-9)
    assert np.all(np.diff(result.history.loss) < 1e-15)


def test_the_coefficients_equal_scikit_learns(result):
    linear_model = pytest.importorskip("sklearn.linear_model")
    theirs = linear_model.LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(result.petals, result.y)
    np.testing.assert_allclose(result.coefficients, theirs.coef_[0], atol=1e-4)
    np.testing.assert_allclose(result.intercept, theirs.intercept_[0], atol=1e-4)
    np.testing.assert_allclose(result.predict(result.petals), theirs.predict_proba(result.petals)[:, 1], atol=1e-5)


def test_every_seed_ends_at_the_same_minimum(result):
    other = learn(1, progress=False)
    assert other.start["w"].tolist() != result.start["w"].tolist()
    np.testing.assert_allclose(
        [*other.coefficients, other.intercept], [*result.coefficients, result.intercept], atol=1e-6
    )


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """The folder that one run wrote, what it printed, and what it showed on a terminal."""
    pytest.importorskip("matplotlib")
    out = tmp_path_factory.mktemp("demo") / "new" / "folder"
    with redirect_stdout(io.StringIO()) as printed, redirect_stderr(Terminal()) as shown:
        main(["demo", "--out", str(out)])
    return out, printed.getvalue(), shown.getvalue()


def test_it_says_what_it_learned_and_wrote(demonstration):
    out, printed, shown = demonstration
    for words in ("0.10282 nats", "6 of 100", "5.7545", "10.4467", "-45.2723", "index.html", *PICTURES, *PLOTS):
        assert words in printed
    assert "2000/2000  loss 0.10282" in shown and "Left out" not in printed
    assert {"index.html", *PICTURES, *PLOTS} <= {path.name for path in out.iterdir()}


def test_quiet_is_quiet_and_the_seed_chooses_the_example(tmp_path, capsys):
    drawn = []
    for seed in ("0", "1"):
        with redirect_stderr(Terminal()) as shown:
            main(["demo", "--quiet", "--out", str(tmp_path), "--seed", seed])
        drawn.append((tmp_path / "one_example_forward.svg").read_text(encoding="utf-8"))
        assert shown.getvalue() == ""
    assert capsys.readouterr() == ("", "") and drawn[0] != drawn[1]


class Page(HTMLParser):
    """Collects what the page links to, and fails on tags that are not closed in order."""

    VOID = {"meta", "img", "source"}

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.texts, self.alternatives = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.links += [given[name] for name in ("src", "srcset", "href") if name in given]
        self.alternatives += [given["alt"]] if tag == "img" else []
        self.open += [] if tag in self.VOID else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_the_page_is_whole(demonstration):
    out, *_ = demonstration
    text = (out / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>") and "prefers-color-scheme: dark" in text and "width=device-width" in text
    assert sorted(page.links) == sorted([*PICTURES, *PLOTS, *(p.replace(".svg", "_dark.svg") for p in PLOTS)])
    assert len(page.alternatives) == 8 and all(len(alternative) > 20 for alternative in page.alternatives)
    for link in page.links:
        assert ET.parse(out / link).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert any("coefficients  5.7545" in words and "−45.2723" in words for words in page.texts)


def test_the_graph_that_is_drawn_shows_the_derivation(demonstration):
    out, *_ = demonstration
    words = "".join(ET.parse(out / "one_example_combined.svg").getroot().itertext())
    for formula in ("z = w·x + b", "ŷ = σ(z)", "∂L/∂z = ŷ − y", "∂L/∂w = (ŷ − y)·x"):
        assert formula in words
    words = "".join(ET.parse(out / "all_examples_backward.svg").getroot().itertext())
    assert "z = X w + b" in words and "∂J/∂z = (ŷ − y)/n" in words


def test_without_matplotlib_it_says_what_is_left_out(tmp_path, monkeypatch, capsys):
    for name in ("matplotlib", "matplotlib.style", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    main(["demo", "--out", str(tmp_path)])
    sentence = "Left out: the loss curve and the decision boundary. Plots need matplotlib"
    assert sentence in capsys.readouterr().out
    page = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert any(sentence in words for words in page.texts) and sorted(page.links) == sorted(PICTURES)


@pytest.mark.parametrize("out", ["file", "file/folder", "taken"])
def test_a_folder_that_cannot_be_written_to_is_said_before_and_with_what_to_do(tmp_path, capsys, out):
    (tmp_path / "file").write_text("")
    (tmp_path / "taken" / "index.html").mkdir(parents=True)
    assert main(["demo", "--quiet", "--out", str(tmp_path / out)]) == 2
    said = capsys.readouterr().err
    assert f"cannot write to {tmp_path / out}" in said and said.endswith("Choose another folder with --out.\n")


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path):
    command = f"{sys.executable} -m tinygrad_edu demo --out {tmp_path} | head -1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("Logistic regression") and ran.stderr == ""


def test_without_dot_the_pictures_are_drawn_too(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    main(["demo", "--quiet", "--out", str(tmp_path)])
    for picture in PICTURES:
        assert "ŷ" in "".join(ET.parse(tmp_path / picture).getroot().itertext())


def test_plots_are_the_same_bytes_each_time(tmp_path, result):
    pytest.importorskip("matplotlib")
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    for path in (first, second):
        tg.plots.save(result.history.plot, path)
    assert first.read_bytes() == second.read_bytes()


def test_an_unknown_command_names_those_that_exist(capsys):
    with pytest.raises(SystemExit):
        main(["dance"])
    assert "demo" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["one_example", "all_examples"])
def test_both_passes_keep_each_box_in_its_place(demonstration, name):
    out, _, _ = demonstration
    forward, backward = (ET.parse(out / f"{name}_{kind}.svg").getroot() for kind in ("forward", "backward"))
    assert forward.get("viewBox") == backward.get("viewBox")
    assert first_texts(forward) == first_texts(backward)


def first_texts(picture):
    """What stands first in each box, and where."""
    boxes = [g for g in picture.iter() if g.get("class") == "node"]
    texts = [next(t for t in g.iter() if t.tag.endswith("}text")) for g in boxes]
    return {t.text: (t.get("x"), t.get("y")) for t in texts}
