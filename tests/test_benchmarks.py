"""Each benchmark runs on a tiny size: its contestants agree, and a table and a picture come out. Nothing is timed."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))
import chart
import measuring
import report
import run
from measuring import Contestant, Measurement, Workload

NEEDS = {"scalar_operations": "micrograd", "moons": "micrograd", "digits": "sklearn"}
"""The references that are other libraries."""

FRESH = ("import_time", "memory")
"""What starts an interpreter for each figure, which here is done for ourselves alone."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round of one call, no collections, and nothing is compiled to machine code, which takes seconds."""
    monkeypatch.setattr(measuring, "FEWEST_ROUNDS", 1)
    monkeypatch.setattr(measuring, "BLOCK", 0.0)
    monkeypatch.setattr("gc.collect", lambda: None)
    monkeypatch.setattr("peers.torch_compiled", lambda f: f)
    monkeypatch.setitem(sys.modules, "numba", None)


@pytest.mark.filterwarnings("ignore")  # of other libraries
@pytest.mark.parametrize("name", run.WORKLOADS)
def test_contestants_agree_and_are_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip(NEEDS.get(name, "numpy"))
    workload = run.WORKLOADS[name]
    contestants = dict(list(workload.contestants.items())[: 2 if name in FRESH else None])
    workload = replace(workload, sizes={"tiny": workload.tiny}, contestants=contestants)
    monkeypatch.setitem(run.WORKLOADS, name, workload)
    run.main([name, "--seconds", "0", "--output", str(tmp_path)])
    text = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    assert f"## {workload.title}\n\n{workload.what}\n\n| " in text
    assert f"numpy {np.__version__}" in text and f"{os.environ['OMP_NUM_THREADS']} for NumPy's BLAS" in text
    ours = [kind for kind in workload.contestants if kind.startswith("tinygrad_edu")]
    assert all(f"| {kind} |" in text for kind in ours if "numba" not in kind)
    if importlib.util.find_spec("matplotlib"):
        assert all((tmp_path / file).read_bytes().startswith(b"\x89PNG") for file in ("performance.png", f"{name}.png"))


def workload(**contestants: Contestant) -> Workload:
    makers = {name: lambda contestant=contestant: contestant for name, contestant in contestants.items()}
    return Workload("Title", "What.", lambda: (), {"size": ()}, (), makers)


def test_other_numbers_are_not_timed() -> None:
    right, wrong = measuring.pure(lambda: np.ones(3)), measuring.pure(lambda: np.array([1, 1, 1 + 1e-6]))
    with pytest.raises(AssertionError, match="wrong\nMismatched elements: 1 / 3"):
        list(measuring.measurements(workload(right=right, wrong=wrong), "size", (), 0))
    with pytest.raises(AssertionError, match=r"few gives results of shapes \[\(\)\], and the reference \[\(\), \(\)\]"):
        few = measuring.pure(lambda: 1.0)
        list(measuring.measurements(workload(two=measuring.pure(lambda: (1.0, 2.0)), few=few), "size", (), 0))


def test_libraries_that_are_missing_are_left_out_and_mistakes_of_ours_are_not() -> None:
    def missing(name: str) -> Contestant:
        raise ModuleNotFoundError(name=name)

    there = measuring.pure(lambda: 1.0)
    makers = {"reference": lambda: there, "stops": lambda: None, "missing": lambda: missing("elsewhere")}
    given = replace(workload(), contestants=makers)
    assert measuring.entered(given, ()) == {"reference": there}
    with pytest.raises(ModuleNotFoundError):
        measuring.entered(replace(given, contestants={"ours": lambda: missing("tinygrad_edu.nowhere")}), ())


def test_nothing_is_measured_where_the_reference_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "micrograd", None)
    monkeypatch.setitem(sys.modules, "micrograd.engine", None)
    run.main(["moons", "--seconds", "0", "--output", str(tmp_path)])
    assert capsys.readouterr().err == "moons is left out: micrograd is missing\n"
    assert not list(tmp_path.iterdir())


def test_ratios_are_those_of_neighbours() -> None:
    figures = iter([2e-6, 1e-6, 2e-3, 4e-3, 30.0, 10.0])  # the reference begins, then the contestant
    pair = tuple(Contestant(lambda: next(figures), list, operations=2) for _ in range(2))
    measuring.FEWEST_ROUNDS = 3
    found = Measurement("size", "ours", measuring.interleaved(pair, 0, told=True))
    assert found.figures.tolist() == [[5e-7, 1e-6], [1e-3, 2e-3], [5.0, 15.0]]
    assert found.quartiles.tolist() == pytest.approx([(1 / 3 + 1 / 2) / 2, 0.5, 0.5])
    assert (found.fastest, found.figure, found.reference) == (0.5, 1e-3, 2e-3)
    assert report.cell(found, "s") == "**0.50** (0.42–0.50), 0.50, 1.00 ms"


@pytest.mark.parametrize(
    "x, unit, text",
    [
        (12.34, "s", "12.3 s"),
        (0.0123, "s", "12.3 ms"),
        (4.56e-5, "s", "45.6 µs"),
        (3e-10, "s", "0.300 ns"),
        (351, "B", "351 B"),
        (1536.4, "B", "1536 B"),
    ],
)
def test_figures_have_three_digits_and_a_unit(x: float, unit: str, text: str) -> None:
    assert report.shown(x, unit) == text


def test_a_table_has_its_longer_side_down() -> None:
    sizes = [str(k) for k in range(5)]
    given = replace(workload(), contestants={"reference": None, "ours": None})
    found = [Measurement(size, "ours", np.array([[2.0, 4.0]])) for size in sizes]
    lines = report.table(given, found).splitlines()
    assert lines[:3] == [
        "|  | reference | ours |",
        "| --- | --- | --- |",
        "| 0 | 4.00 s | **0.50** (0.50–0.50), 0.50, 2.00 s |",
    ]
    assert len(lines) == 2 + len(sizes)
    lines = report.table(given, found[:2]).splitlines()
    assert lines[0] == "|  | 0 | 1 |" and [line.split(" | ")[0] for line in lines[2:]] == ["| reference", "| ours"]


def test_our_rows_stand_out() -> None:
    roles = {name: chart.role(name) for name in ("tinygrad_edu", "tinygrad_edu, compiled", "PyTorch")}
    assert roles == {"tinygrad_edu": "value", "tinygrad_edu, compiled": "parameter", "PyTorch": "quiet"}


def test_a_workload_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["mlp"])
    assert "no workload is called mlp; there are mlp_step, " in capsys.readouterr().err
