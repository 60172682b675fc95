"""The DOT text of a plan: exact, the same in every run, and harmless whatever the names are."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from counting import calls
from gallery.samples import HOSTILE, SAMPLES, hostile, matrices, neurons, operations, scalar

from tinygrad_edu.pictures.boxes import Arrow, Box, Cell, Cluster, Plan
from tinygrad_edu.pictures.dot import dot_source
from tinygrad_edu.pictures.style import DARK, LIGHT
from tinygrad_edu.pictures.texts import shown, text_width, wrapped

SMALL = Plan(
    "One weight",
    (
        Box("w", "parameter", ("w",), "(2,)", ((Cell("value", "[1, 2]"),),), on_spine=True),
        Box("L", "loss", ("L = w·w",), rows=((Cell("value", "5"), Cell("gradient", "1")),), on_spine=True),
    ),
    (Arrow("w", "L", "both", ("2w",)),),
)

SMALL_DOT = """\
digraph {
  graph [bgcolor="#FFFFFF", fontcolor="#1B1F24", fontname="DejaVu Sans,Verdana,sans-serif", \
label=<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">\
<tr><td width="102"><font color="#1B1F24" point-size="16">One weight</font></td></tr></table>>, \
labelloc="t", nodesep="0.3", pad="0.15", rankdir="LR", ranksep="0.3"]
  node [fontcolor="#1B1F24", fontname="DejaVu Sans,Verdana,sans-serif", fontsize="14", shape="plain"]
  edge [arrowsize="0.8", color="#1B1F24", fontcolor="#1B1F24", fontname="DejaVu Sans,Verdana,sans-serif", fontsize="12"]
  n0 [group="spine", label=<<table border="2" color="#00755A" bgcolor="#DDF3EA" cellborder="0" cellspacing="0" \
cellpadding="3" style="rounded"><tr><td><table border="0" cellborder="0" cellspacing="0" cellpadding="1"><tr>\
<td align="right" width="19"><b>w</b></td><td align="left" width="30">\
<font color="#57616C" point-size="11">&#160;(2,)</font></td></tr></table></td></tr>\
<tr><td width="55"><font color="#0B5CAD">[1, 2]</font></td></tr></table>>]
  n1 [group="spine", label=<<table border="3" color="#8C6E30" bgcolor="#FFF0C2" cellborder="0" cellspacing="0" \
cellpadding="3" style="rounded"><tr><td colspan="2" width="81"><b>L = w·w</b></td></tr>\
<tr><td width="22"><font color="#0B5CAD">5</font></td><td width="22"><font color="#B23A00">1</font></td></tr></table>>]
  n0 -> n1 [color="#1B1F24:#B23A00", dir="both", \
label=<<table border="0" cellborder="0" cellspacing="0" cellpadding="1"><tr><td width="23">\
<font color="#B23A00" point-size="12">2w</font></td></tr></table>>, penwidth="1.4", weight="20"]
}
"""


def edges(source: str) -> list[str]:
    """The attributes of each edge, without labels."""
    return [re.sub(r"label=<.*>, ", "", line) for line in re.findall(r"^ +\w+ -> \w+ \[(.*)\]$", source, re.MULTILINE)]


def drawn(source: str, program: str = "dot") -> tuple[bytes, bytes]:
    """What Graphviz makes of `source` as SVG, and what it says about it."""
    command = ["neato", "-n2", "-Tsvg"] if program == "neato" else ["dot", "-Tsvg"]
    run = subprocess.run(command, input=source.encode(), capture_output=True, check=True)
    return run.stdout, run.stderr


needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the program dot")


def test_the_text_of_a_small_plan_is_exactly_this() -> None:
    assert dot_source(SMALL) == SMALL_DOT


def test_dark_changes_colours_and_nothing_else() -> None:
    swapped = dot_source(SMALL)
    for role, colour in LIGHT.items():
        swapped = swapped.replace(colour, DARK[role])
    assert dot_source(SMALL, dark=True) == swapped


def test_gradients_flow_back_on_edges_that_keep_their_direction() -> None:
    forward, back, both = (edges(dot_source(scalar(flow))) for flow in ("forward", "backward", "both"))
    assert set(forward) == {'color="#1B1F24", penwidth="1"', 'color="#1B1F24", penwidth="1", weight="20"'}
    assert back[0] == 'arrowtail="none", color="#6B7785", dir="back", penwidth="1", style="dashed"'
    assert back[2] == 'color="#B23A00", dir="back", penwidth="1"'
    assert both[2] == 'color="#1B1F24:#B23A00", dir="both", penwidth="1.4"'
    ends = [re.findall(r"(\w+ -> \w+) \[", dot_source(scalar(flow))) for flow in ("forward", "backward", "both")]
    assert ends[0] == ends[1] == ends[2]


def test_wires_are_as_thick_as_their_weights_and_dashed_where_negative() -> None:
    wires = edges(dot_source(neurons("forward")))
    assert 'color="#00755A", penwidth="2.13"' in wires
    assert 'color="#00755A", penwidth="2.53", style="dashed"' in wires


def test_frames_stand_in_frames_and_what_enters_them_comes_from_afar() -> None:
    source = dot_source(matrices())
    assert re.search(r"subgraph cluster_0 \{.*subgraph cluster_1 \{.*subgraph cluster_2 \{", source, re.DOTALL)
    assert [re.search('minlen="2"', edge) is not None for edge in edges(source)] == [
        True, False, False, False, True, False, False, False, False,
    ]  # fmt: skip


def test_top_down_is_a_direction_of_the_ranks() -> None:
    assert 'rankdir="TB"' in dot_source(operations("TB"))


def test_nothing_that_graphviz_has_drawn_wrongly_is_used() -> None:
    text = "".join(dot_source(plan) for plan in SAMPLES.values())
    assert "record" not in text and "constraint" not in text


def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "import hashlib, sys; sys.path.insert(0, 'tests')\n"
        "from gallery.samples import SAMPLES\n"
        "from tinygrad_edu.pictures.dot import dot_source\n"
        "print(hashlib.sha256(''.join(map(dot_source, SAMPLES.values())).encode()).hexdigest())"
    )
    here = hashlib.sha256("".join(map(dot_source, SAMPLES.values())).encode()).hexdigest()
    for seed in ("0", "1", "4242"):
        run = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
            check=True, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert run.stdout.strip() == here


@needs_dot
@pytest.mark.parametrize("name", SAMPLES)
def test_graphviz_has_nothing_to_complain_about(name: str) -> None:
    plan = SAMPLES[name]
    assert drawn(dot_source(plan), "neato" if plan.direction == "fixed" else "dot")[1] == b""


@needs_dot
@pytest.mark.parametrize("direction", ["LR", "fixed"])
def test_hostile_names_are_drawn_as_they_stand(direction: str) -> None:
    svg, complaints = drawn(dot_source(hostile(direction)), "neato" if direction == "fixed" else "dot")
    assert complaints == b""
    texts = {element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}
    for name in HOSTILE:
        if name:
            assert shown(name) in {(text or "").replace("\u00a0", " ") for text in texts}
    assert b"<script" not in svg


def test_the_work_grows_in_step_with_the_boxes() -> None:
    def row(count: int) -> Plan:
        boxes = (Box(f"b{i}", "value", (f"v{i} = x + y",), rows=((Cell("value", f"{i}.5"),),)) for i in range(count))
        arrows = (Arrow(f"b{i}", f"b{i + 1}", "forward") for i in range(count - 1))
        return Plan("big", tuple(boxes), tuple(arrows))

    small, large = row(500), row(4000)
    assert calls(lambda: dot_source(large)) < 8.1 * calls(lambda: dot_source(small))
    assert dot_source(large).count("\n") == 2 + 3 + 4000 + 3999


def test_a_box_of_no_known_kind_is_an_error() -> None:
    with pytest.raises(KeyError, match="mystery"):
        dot_source(Plan("", (Box("a", "mystery", ("a",)),), ()))


def test_clusters_may_be_empty() -> None:
    assert "subgraph cluster_0" in dot_source(Plan("", (), (), clusters=(Cluster("a", "nothing", ()),)))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\nb", "a␊b"), ("\x1b[0m", "␛[0m"), ("\x7f", "␡"), ("\x85", "�"), ("\u202eabc", "�abc"), ("\ud800", "�"),
        ("\ufffe", "�"), ("ŷ̂ 🎉", "ŷ̂ 🎉"), ("a\u2009b", "a\u00a0b"), ("x" * 81, "x" * 79 + "…"), ("x" * 80, "x" * 80),
        ("a" + "\u0301" * 50 + "b", "a\u0301\u0301b"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_shown_by_a_sign(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_captions_are_wrapped_between_words() -> None:
    lines = wrapped("word " * 50)
    assert len(lines) == 3 and all(len(line) <= 110 for line in lines)
    assert " ".join(lines) == ("word " * 50).strip()


def test_widths_count_what_takes_room() -> None:
    assert text_width("ŷ", 100) == text_width("y", 100)  # accents take none
    assert text_width("z\u0304", 100) == text_width("z", 100)
    assert text_width("m", 100) == pytest.approx(103)  # a generous em
    assert text_width("w", 100, bold=True) > text_width("w", 100)
    assert text_width("", 14) == 0
