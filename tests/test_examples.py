"""Each example runs by itself, prints what it says it prints, and writes its pictures, pages and nothing else."""

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
FEATURES = {  # name: what it prints, what it writes
    "bug_lab": (
        ["∂L/∂a  8      10     ≠", "∂L/∂b  15         (3, 5, 7)  ≠"],
        {f"bug_{bug}.svg" for bug in ("order", "assign", "reset", "broadcast", "update")},
    ),
    "check_derivation": (
        [
            "All 4 lines are right.\n",
            "that for ∂J/∂z.\n",
            "the sign is wrong\n",
            "that for ∂J/∂w.\n",
            "it is 3 times the right value\n",
            "that for ∂J/∂b.\n",
            "the sum over axis 0 is missing\n",
            "Powers are written with **. At column 14:\n",
        ],
        set(),
    ),
    "compiled_training": (
        ["W1 -= lr * v_W1", "loss after 2000 steps: 0.002743 compiled, 0.002743 step by step\nright answers: 100%\n"],
        {"compiled_training.svg"},
    ),
    "forward_mode": (
        [
            "5  ŷ     σ(z)         0.475        1               0.499\n",
            "forward mode 0.4988, gradient times direction 0.4988\n",  # 2·σ′(−0.1)
            "    50        1           120          2424\n",
            "     1       50          1100            72\n",
        ],
        {"tangents.svg"},
    ),
    "large_graphs": (["10,000 operations folded"], {"modules.svg", "focus.svg", "path.svg", "chain.svg"}),
    "micrograd_style": (
        ["105 parameters\n", "step  0: loss 1.144, 25 of 50 right\n", "step 44: loss 0.089, 50 of 50 right\n"],
        {"micrograd_neuron.svg"},
    ),
    "second_derivatives": (
        ["tanh''    -0.726862            -0.726862\n", "H v       [0.119374 0.091647]  [0.119374 0.091647]\n"],
        {"second_derivative.svg", "hessian_vector.svg"},
    ),
    "worksheets_and_slides": (
        ["steps.tex: one Beamer slide, 11 steps\n"],
        {f"{what}_{kind}.svg" for what in ("gradients", "shapes") for kind in ("worksheet", "solution")}
        | {"aligned_forward.svg", "aligned_backward.svg", "notation_d.svg", "notation_bar.svg"}
        | {"solution.tex", "solution.md", "steps.tex"},
    ),
}


def run(name, folder, *arguments):
    """What the example printed, run with warnings as errors."""
    command = [sys.executable, "-W", "error", EXAMPLES / f"{name}.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("name", PRINTED)
def test_an_example_runs(name, tmp_path):
    printed = run(f"logistic_regression_{name}", tmp_path, "--out", tmp_path / "pictures")
    assert [words for words in PRINTED[name] if words not in printed] == []
    pictures = {f"{name}_{kind}.svg" for kind in ("forward", "backward", "combined")}
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == pictures


def test_the_example_of_the_steps_writes_its_page_and_frames(tmp_path):
    printed = run("step_through", tmp_path, "--out", tmp_path)
    assert "6. backward: ∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z = −2.11 · 0.249 = −0.525" in printed
    assert "after the step: w = [0.625 0.587], b = 0.562" in printed
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"steps.html", "quiz.html", "frames", "worksheet.svg", "solution.svg", "update.svg"}
    assert len(list((tmp_path / "frames").iterdir())) == 13


@pytest.mark.parametrize("name", FEATURES)
def test_the_example_of_a_feature_runs(name, tmp_path):
    expected, files = FEATURES[name]
    printed = run(name, tmp_path, *(["--out", tmp_path] if files else []))
    assert [words for words in expected if words not in printed] == []
    assert {path.name for path in tmp_path.iterdir()} == files


def test_worksheets_do_not_show_what_their_solutions_show(tmp_path):
    run("worksheets_and_slides", tmp_path, "--out", tmp_path)
    shown = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.svg")}
    for what, given in {"gradients": "= −0.159", "shapes": "(3, 2)"}.items():  # ∂J/∂b, the shape of X
        assert given in shown[f"{what}_solution"]
        assert given not in shown[f"{what}_worksheet"]
    assert "\\only<" in (tmp_path / "steps.tex").read_text(encoding="utf-8")
    assert (tmp_path / "solution.md").read_text(encoding="utf-8").startswith("```mermaid\nflowchart ")


SHORT = sorted(path for path in EXAMPLES.glob("*.py") if not path.stem.startswith("lesson_"))


@pytest.mark.parametrize("path", SHORT, ids=lambda path: path.stem)
def test_an_example_fits_on_a_screen(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 60
