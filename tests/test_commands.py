"""The command line: what it prints and writes, exit status 0, 1 and 2, and inputs that are hostile on purpose."""

import io
import os
import pickle
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from counting import calls

import tinygrad_edu as tg
from tinygrad_edu.__main__ import COMMANDS, main
from tinygrad_edu.commands.graphs import EXAMPLES
from tinygrad_edu.commands.program import Program
from tinygrad_edu.commands.values import tensors

LOSS = "mean(log(1 + exp(-y*(x@w + b))))"
VALUES = ["w=[0.1,-0.2]", "b=0", "x=[[1,2],[3,4]]", "y=[1,-1]"]
LOGISTIC = [LOSS, *VALUES, "--data", "x,y"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def said(capsys, *arguments):
    """Exit status, standard output and standard error of a command."""
    try:
        status = main(arguments)
    except SystemExit as stopped:  # argparse
        status = stopped.code
    return status, *capsys.readouterr()


# ---------------------------------------------------------------------- draw


@pytest.mark.parametrize("suffix", ["svg", "dot", "png", "pdf"])
def test_draw_writes_what_the_suffix_says(capsys, tmp_path, suffix):
    if suffix in ("png", "pdf"):
        pytest.importorskip("graphviz")
        if not tg.pictures.render.ENGINES["dot"]("digraph {}", "dot", suffix):
            pytest.skip("needs the program dot")
    file = tmp_path / f"out.{suffix}"
    assert said(capsys, "draw", *LOGISTIC, "-o", str(file)) == (0, f"Wrote {file}\n", "")
    begins = {"svg": b"<svg", "dot": b"digraph {", "png": b"\x89PNG", "pdf": b"%PDF"}
    assert file.read_bytes().startswith(begins[suffix])


def test_draw_writes_for_pages_and_slides(capsys):
    for suffix in ("md", "tex", "html"):
        assert said(capsys, "draw", *LOGISTIC, "-o", f"out.{suffix}") == (0, f"Wrote out.{suffix}\n", "")
    assert Path("out.md").read_text(encoding="utf-8").startswith("```mermaid\n")
    assert "tikzpicture" in Path("out.tex").read_text(encoding="utf-8")
    said(capsys, "play", *LOGISTIC, "-o", "steps.html")
    assert Path("out.html").read_bytes() == Path("steps.html").read_bytes()


def test_draw_shows_what_the_library_shows(capsys):
    w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.0, name="b")
    x, y = tg.constant([[1.0, 2.0], [3.0, 4.0]], name="x"), tg.constant([1.0, -1.0], name="y")
    L = np.mean(np.log(1 + np.exp(-y * (x @ w + b))))
    tg.named(L=L)
    assert said(capsys, "draw", *LOGISTIC)[:2] == (0, tg.draw(L).source)
    assert said(capsys, "draw", *LOGISTIC, "--pass", "forward")[1] == tg.draw_forward(L).source
    last = ("--pass", "backward", "--detail", "operations", "--direction", "TB")
    assert said(capsys, "draw", *LOGISTIC, *last)[1] == tg.draw_backward(L, "operations", "TB").source


def test_steps_have_boxes_of_their_own(capsys):
    text = "z = w*x + b; y_hat = sigmoid(z); -log(y_hat)"
    _, dot, _ = said(capsys, "draw", text, "w=2", "x=3", "b=-1", "--data=x")
    for box in ("z = w·x + b", "ŷ = σ(z)", "L = −ln ŷ"):
        assert f"<b>{box}</b>" in dot


def test_options_may_stand_anywhere_and_expressions_may_begin_with_a_sign(capsys):
    first = said(capsys, "draw", "-y*log(p)", "y=1", "p=0.5", "--data", "y")
    assert first[0] == 0 and first == said(capsys, "draw", "--data", "y", "-y*log(p)", "y=1", "p=0.5")
    assert first == said(capsys, "draw", "-y*log(p)", "--data", "y", "y=1", "p=0.5")
    status, _, err = said(capsys, "draw", "y", "y=1", "--frob")
    assert status == 2 and "unrecognized arguments: --frob" in err


def test_values_that_are_not_finite_are_shown_without_a_warning(capsys):
    assert "∞" in said(capsys, "draw", "-log(p)", "p=0")[1]


# ---------------------------------------------------------------------- explain

SQUARE = ["e = w*x - y; L = e**2", "w=0.5", "x=2", "y=3", "--data", "x,y"]


def test_explain_prints_what_the_library_writes(capsys):
    x, w, y = tg.constant(2.0, name="x"), tg.Tensor(0.5, name="w"), tg.constant(3.0, name="y")
    e = w * x - y
    L = e**2
    tg.named(e=e, L=L)
    assert said(capsys, "explain", *SQUARE) == (0, f"{tg.explain(L, w)}\n", "")
    assert said(capsys, "explain", *SQUARE, "--wrt", "e,w")[1] == f"{tg.explain(L, e)}\n\n{tg.explain(L, w)}\n"
    assert said(capsys, "explain", *SQUARE, "-o", "w.md")[1] == "Wrote w.md\n"
    said(capsys, "explain", *SQUARE, "-o", "w.tex", "--detail", "operations")
    assert Path("w.md").read_text(encoding="utf-8") == tg.explain(L, w).markdown
    assert Path("w.tex").read_text(encoding="utf-8") == tg.explain(L, w, "operations").latex


def test_explain_says_what_it_cannot_explain(capsys):
    status, _, err = said(capsys, "explain", *SQUARE, "--wrt", "q")
    assert status == 2 and "--wrt names q; what has a name is w, x, y, e, L" in err
    assert said(capsys, "explain", *SQUARE, "-o", "w.png")[::2] == (
        2, "tinygrad_edu: Cannot write 'w.png': the name must end in .md, .tex, .txt.\n"
    )  # fmt: skip
    status, _, err = said(capsys, "explain", "w*w", "w=1", "--data", "w")
    assert status == 2 and "has no derivative" in err


# ---------------------------------------------------------------------- table


def test_table_prints_what_the_library_writes(capsys):
    x, w, y = tg.constant(2.0, name="x"), tg.Tensor(0.5, name="w"), tg.constant(3.0, name="y")
    values = {"w": w, "x": x, "y": y}
    table = tg.trace_table(Program(SQUARE[0]).graph(values))
    assert said(capsys, "table", *SQUARE) == (0, f"{table}\n", "")
    for suffix, text in ((".md", table.markdown), (".tex", table.latex), (".csv", table.csv)):
        assert said(capsys, "table", *SQUARE, "-o", f"table{suffix}")[0] == 0
        assert Path(f"table{suffix}").read_text(encoding="utf-8") == text.replace("\r\n", "\n")


# ---------------------------------------------------------------------- play


def test_play_writes_the_page_that_the_library_writes(capsys):
    x, w, y = tg.constant(2.0, name="x"), tg.Tensor(0.5, name="w"), tg.constant(3.0, name="y")
    e = w * x - y
    L = e**2
    tg.named(e=e, L=L)
    assert said(capsys, "play", *SQUARE)[:2] == (0, "Wrote steps.html\n")
    assert Path("steps.html").read_bytes() == tg.play(L, "expected.html").read_bytes()
    said(capsys, "play", *SQUARE, "-o", "quiz.html", "--quiz", "--lr", "0.1")
    assert Path("quiz.html").read_bytes() == tg.play(L, "expected.html", quiz=True, lr=0.1).read_bytes()
    assert said(capsys, "play", *SQUARE, "-o", "steps.svg")[::2] == (
        2, "tinygrad_edu: cannot save a page as 'steps.svg': the name must end in .html\n"
    )  # fmt: skip


# ---------------------------------------------------------------------- check


def test_check_agrees_with_the_derivative_by_hand(capsys):
    status, out, _ = said(capsys, "check", "(w*x - y)**2", "w=2", "x=3", "y=5", "--data", "x,y")
    assert status == 0 and len(out.splitlines()) == 2
    assert float(out.split()[-3]) == 2 * (2 * 3 - 5) * 3


def test_check_fails_with_status_1(capsys):
    status, out, err = said(capsys, "check", "relu(w)", "w=0")
    assert (status, err) == (1, "") and "with respect to w is 0 analytically, but 0.5 by central differences" in out


def test_lines_of_a_derivation_are_checked(capsys):
    status, out, _ = said(capsys, "check", *SQUARE, "--line", "w = 2*e*x", "--line", "e=2*e")
    assert status == 0 and out.startswith("All 2 lines are right.")
    status, out, _ = said(capsys, "check", *SQUARE, "--line", "w = 2*e*w", "--line", "e=2*e")
    assert status == 1 and "✗ ∂L/∂w = 2*e*w" in out and "✓ ∂L/∂e = 2*e" in out
    for wrong in ("2*e", "e+1 = 2*e", "= 2"):
        status, _, err = said(capsys, "check", *SQUARE, "--line", wrong)
        assert status == 2 and "is not a line" in err


def test_there_must_be_something_to_check(capsys):
    status, _, err = said(capsys, "check", "w*w", "w=1", "--data", "w")
    assert status == 2 and "there is no derivative to check" in err


# ---------------------------------------------------------------------- values


def test_numbers_lists_and_files(tmp_path):
    (tmp_path / "points.csv").write_text("# source\nwidth,height\n1,2\n3,4\n\n", encoding="utf-8")
    (tmp_path / "labels.csv").write_text("\ufeff1\n-1\n", encoding="utf-8")
    np.save(tmp_path / "flags.npy", np.array([True, False]))
    given = ["a=-1.5", "b= [[1,2],(3,+4e0)]", "X=@points.csv", "y=@labels.csv", "t=@flags.npy"]
    found = tensors(given, ["b"])
    expected = {"a": -1.5, "b": [[1, 2], [3, 4]], "X": [[1, 2], [3, 4]], "y": [1, -1], "t": [1, 0]}
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name].data, value)
        assert found[name].dtype == np.float64 and found[name].name == name
    assert [name for name, x in found.items() if x.requires_grad] == ["a"]


class Bomb:
    def __reduce__(self):
        return os.system, ("touch exploded",)


WRONG_VALUES = {
    "w": r"'w' is not a value: write name=value",
    "2=3": r"'2=3' is not a value",
    "w=": "not a number or list of numbers",
    "w=1 2": "not a number or list of numbers, at column 3",
    "w=[1,[2]]": "lists at one level must hold the same",
    "w=[1,'a']": "a value is a number or a list of numbers.*at column 4",
    "w=True": "a value is a number",
    "w=nan": "a value is a number",
    "w=1j": "a value is a number",
    "w=9**9**9": "a value is a number",
    "w=__import__('os').system('touch exploded')": "a value is a number",
    "w=1e999": "this number is too large",
    "w=1" + "0" * 400: "this number is too large",
    "w=1" + "0" * 9000: "not a number|nested too deep",
    "w=" + "[" * 40 + "]" * 40: "more than 32 deep, at column 33",
    "w=" + "[" * 100_000: "not a number|nested too deep",
    "w=" + "-" * 100_000 + "1": "not a number|nested too deep",
    "w=" + "1" * 1_000_001: "at most 1,000,000 are read",
    "w=@none.csv": "there is no such file",
    "w=@text.txt": r"files end in \.csv or \.npy",
    "w=@.": r"files end in",
    "w=@words.csv": "does not hold numbers: could not convert string",
    "w=@ragged.csv": "does not hold numbers: the number of columns changed",
    "w=@empty.csv": "does not hold numbers: it is empty",
    "w=@latin.csv": "does not hold numbers: 'utf-8' codec",
    "w=@pickle.npy": "does not hold numbers",
    "w=@objects.npy": "does not hold numbers: Object arrays cannot be loaded",
    "w=@complex.npy": "does not hold numbers: it is complex128",
    "w=@cut.npy": "does not hold numbers",
    "w=@zip.npy": "does not hold numbers: it is not one array",
}


@pytest.fixture
def wrong_files(tmp_path):
    (tmp_path / "words.csv").write_text("a,b\n1,2\n3,c\n", encoding="utf-8")
    (tmp_path / "ragged.csv").write_text("1,2\n3\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes("1,é".encode("latin-1"))
    (tmp_path / "pickle.npy").write_bytes(pickle.dumps(Bomb()))
    np.save(tmp_path / "objects.npy", np.array([Bomb()]), allow_pickle=True)
    np.save(tmp_path / "complex.npy", np.array([1j]))
    np.save(tmp_path / "whole.npy", np.arange(100.0))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:-100])
    np.savez(tmp_path / "zip", a=np.ones(2))
    (tmp_path / "zip.npz").rename(tmp_path / "zip.npy")


@pytest.mark.parametrize("given, problem", WRONG_VALUES.items(), ids=[given[:30] for given in WRONG_VALUES])
def test_a_wrong_value_is_one_clear_error_and_status_2(given, problem, capsys, wrong_files, tmp_path):
    status, out, err = said(capsys, "draw", "w*w", given)
    assert (status, out) == (2, "") and err.startswith("tinygrad_edu: ") and "Traceback" not in err
    assert len(err) < 600
    with pytest.raises(tg.errors.TinygradError, match=problem):
        tensors([given])
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    "arguments, problem",
    [
        (["w*w", "w=1", "w=2"], "w is given twice"),
        (["w*w", "w=1", "q=2"], "q is given, but the expression uses w."),
        (["w*w"], "'w' has no value"),
        (["w*w", "w=1", "--data", "q"], "--data names q, but the values given are w"),
        (["w = 2; w*w"], r"Nothing in 'w = 2; w\*w' is a value to derive by"),
        (["z = w; z = z*z", "w=1"], "z is the name of two steps"),
        (["z = w; z*z", "w=1", "z=2"], "z is computed by a step, and a value is given for it"),
        (["w*w; ", "w=1", "-o", "x.gif"], "must end in .svg, .png, .pdf"),
        (["w*w", "w=1", "-o", "nowhere/x.svg"], "there is no folder 'nowhere'"),
        (["eval('1')", "w=1"], "'eval' is not a function"),
        (["w" + "**9" * 50, "w=9"], "too large"),
        (["w" + "+w" * 4000, "w=9"], "at most 5,000"),
        (["(" * 400 + "w" + ")" * 400, "w=9"], "nested|not an expression"),
        (["w@z", "w=[1,2]", "z=[1,2,3]"], "This cannot be computed"),
        (["", "w=1"], "The expression has 0 characters"),
        (["w;;w", "w=1"], "The expression has 0 characters"),
    ],
)
def test_a_wrong_expression_is_one_clear_error_and_status_2(arguments, problem, capsys):
    status, out, err = said(capsys, "draw", *arguments)
    assert (status, out) == (2, "") and "Traceback" not in err
    assert re.search(problem, err), err


NUMBERS = f"x=[{','.join(['1.5'] * 2000)}]"
BOMBS = {
    "a = outer(x,x); b = a+a+a; c = b+b; c+c+c": "make more than 20,000,000 elements",
    "sum(outer(x,x)" + "+outer(x,x)" * 80 + ")": "more than 20000000 elements together",
    "outer(outer(x,x), x)": "the result would have 8000000000 elements",
    "exp(exp(exp(exp(x))))**99**99**99": "too large",
}


@pytest.mark.parametrize("bomb, problem", BOMBS.items())
def test_bombs_are_refused_with_little_work(bomb, problem, capsys):
    answers = []
    assert calls(lambda: answers.append(said(capsys, "draw", bomb, NUMBERS))) < 100_000
    [(status, _, err)] = answers
    assert status == 2 and problem in err


def test_programs_are_parsed_once_and_name_their_steps():
    program = Program(" a = w*w ; b = a + w; ")
    w = tg.Tensor(3.0, name="w")
    output = program.graph({"w": w})
    assert output.name == "b" and output.item() == 12
    output.backward()
    assert w.grad == 2 * 3 + 1


# ---------------------------------------------------------------------- as a program


def run(*arguments, **more):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "tinygrad_edu", *arguments],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"}, **more,
    )  # fmt: skip


@pytest.mark.parametrize("arguments, status", [(["w*w", "w=1"], 0), (["relu(w)", "w=0"], 1), (["w*", "w=0"], 2)])
def test_the_exit_status(arguments, status):
    assert run("check", *arguments).returncode == status


def test_a_reader_that_stops_reading_is_no_error():
    long = ["draw", "L = " + "+".join(f"w{i}*w{i}" for i in range(60)), *(f"w{i}={i}" for i in range(60))]
    writer = subprocess.Popen(
        [sys.executable, "-m", "tinygrad_edu", *long], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    writer.stdout.close()
    said = writer.stderr.read()
    writer.stderr.close()
    assert (writer.wait(), said) == (0, b"")


def test_a_terminal_without_unicode_shows_question_marks(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["draw", "w*w", "w=1"]) == 0
    assert b"?L/?w" in out.buffer.getvalue()


@pytest.mark.parametrize("command", EXAMPLES)
def test_help_has_examples_that_run(capsys, command):
    status, out, _ = said(capsys, command, "--help")
    assert status == 0
    examples = [line for line in out.splitlines() if line.startswith(f"  python -m tinygrad_edu {command} ")]
    assert len(examples) == len(EXAMPLES[command])
    for line in examples:
        words = shlex.split(line.partition(" | ")[0])[4:]
        if not line.endswith(".png") or tg.pictures.render.ENGINES["dot"]("digraph {}", "dot", "png"):
            assert said(capsys, command, *words)[0] == 0


def test_every_command_is_explained(capsys):
    for name, add in COMMANDS.items():
        assert add.__doc__ and said(capsys, name, "--help")[0] == 0


def test_no_colours_are_written(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    for command in ("draw", "check"):
        assert "\x1b" not in "".join(map(str, said(capsys, command, *LOGISTIC)))


# ---------------------------------------------------------------------- doctor

REQUIREMENTS = [
    "numpy>=2.0",
    'matplotlib; extra == "plot"',
    'no-such-thing>=2; extra == "draw"',
    'matplotlib; extra == "all"',
]


def test_the_doctor_says_what_is_there_and_what_to_install(capsys, monkeypatch):
    monkeypatch.setattr(metadata, "requires", lambda package: REQUIREMENTS)
    monkeypatch.setattr(metadata, "version", lambda package: {"matplotlib": "3.1", "tinygrad_edu": "0"}.get(package))
    assert main(["doctor"]) == 0
    first, second, *others = capsys.readouterr().out.splitlines()
    assert f"NumPy {np.__version__}" in first and second.startswith("pictures are drawn by")
    assert others[-2:] == [
        "extra plot: matplotlib 3.1",
        'extra draw: no-such-thing is not installed; to install it: pip install "tinygrad_edu[draw]", '
        'or in a checkout of the source: pip install ".[draw]"',
    ]


def test_the_doctor_of_a_bare_machine(capsys, monkeypatch, tmp_path):
    def missing(package):
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", missing)
    monkeypatch.setenv("PATH", str(tmp_path))
    nothing = {"dot": lambda *_: None, "pygraphviz": lambda *_: None}
    monkeypatch.setattr("tinygrad_edu.commands.doctor.ENGINES", nothing)
    main(["doctor"])
    _, *others = capsys.readouterr().out.splitlines()
    assert others == [
        "pictures are drawn by the built-in layout: SVG and DOT, no PNG or PDF",
        "engine dot is not installed; install Graphviz from https://graphviz.org/download, "
        "or with apt, dnf, brew, winget or conda",
        "engine pygraphviz is not installed; to install it with a Graphviz of its own: "
        'pip install "tinygrad_edu[draw]", or in a checkout of the source: pip install ".[draw]"',
        "fonts: unknown (no fontconfig here); pictures ask for DejaVu Sans, then Verdana",
    ]


@pytest.mark.parametrize(
    "listed, found", [("Verdana\nArial", "fonts: Verdana"), ("DejaVu Sans Mono", "fonts: neither DejaVu Sans nor Ver")]
)
def test_the_doctor_looks_for_fonts(listed, found, capsys, monkeypatch):
    def lists(*args, **more):
        return subprocess.CompletedProcess(args, 0, stdout=listed)

    monkeypatch.setattr("tinygrad_edu.commands.doctor.shutil.which", lambda name: name)
    monkeypatch.setattr("tinygrad_edu.commands.doctor.subprocess.run", lists)
    main(["doctor"])
    assert found in capsys.readouterr().out


def test_pictures_from_the_command_line_are_whole(capsys, tmp_path):
    said(capsys, "draw", "w*w", "w=3", "-o", str(tmp_path / "x.svg"))
    words = "".join(ET.parse(tmp_path / "x.svg").getroot().itertext())
    assert "L = w²" in words and "∂L/∂w = 2w" in words


# ---------------------------------------------------------------------- the page about it

PAGE = Path(__file__).parent.parent / "docs" / "command-line.md"
COMMAND = re.compile(
    r"^```sh\npython -m tinygrad_edu (.*?)\n```$(?:\n\n```text\n(.*?)\n```)?", re.MULTILINE | re.DOTALL
)


def test_the_commands_of_the_page_print_what_it_says(capsys):
    commands = COMMAND.findall(PAGE.read_text(encoding="utf-8"))
    assert len(commands) >= 6
    for line, expected in commands:
        status, out, err = said(capsys, *shlex.split(line))
        assert expected in ("", (out + err).rstrip("\n")), line
        assert status == (
            2 if expected.startswith("tinygrad_edu:") else 1 if expected.startswith(("In ", "The f")) else 0
        )
