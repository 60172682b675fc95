"""Each example runs by itself, prints derivatives by hand and by the engine, and draws its pictures."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
PRINTED = {
    "scalar": [
        "L = 0.7444",
        "dL/dz     -0.5250              -0.5250",
        "dL/dw     [-1.05   -1.5749]    [-1.05   -1.5749]",
    ],
    "vectorised": ["dJ/dw     [-0.138182 -0.139999]    [-0.138182 -0.139999]", "J = 0.10282, wrong 6 of 100"],
    "fused": ["dJ/dw     [-0.138182 -0.139999]    [-0.138182 -0.139999]", "no overflow", "J = 0.10282, wrong 6 of 100"],
}


@pytest.mark.parametrize("name", PRINTED)
def test_an_example_runs(name, tmp_path):
    command = [
        sys.executable,
        "-W",
        "error",
        EXAMPLES / f"logistic_regression_{name}.py",
        "--out",
        tmp_path / "pictures",
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [words for words in PRINTED[name] if words not in done.stdout] == []
    pictures = {f"{name}_{kind}.svg" for kind in ("forward", "backward", "combined")}
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == pictures


def test_the_example_of_the_steps_writes_its_page_and_frames(tmp_path):
    command = [sys.executable, "-W", "error", EXAMPLES / "step_through.py", "--out", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "6. backward: ∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z = −2.11 · 0.249 = −0.525" in done.stdout
    assert "after the step: w = [0.625 0.587], b = 0.562" in done.stdout
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"steps.html", "quiz.html", "frames", "worksheet.svg", "solution.svg", "update.svg"}
    assert len(list((tmp_path / "frames").iterdir())) == 13


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("logistic_regression_*.py")), ids=lambda path: path.stem)
def test_an_example_fits_on_a_screen(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 60
