"""What a notebook shows: a notebook is executed cell by cell, and its results displayed as Jupyter displays them."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM
from devtools import browsing

import tinygrad_edu as tg

CELLS = [
    "import numpy as np\nimport tinygrad_edu as tg",
    """
w, x, y = tg.Tensor(0.5, name="w"), tg.constant(2.0, name="x"), tg.constant(1.0, name="y")
z = w * x
y_hat = tg.sigmoid(z)
L = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
tg.named(**globals())
L
""",
    "tg.draw(L)",
    "tg.draw_backward(L, detail='operations')",
    "tg.explain(L, w)",
    "tg.trace_table(L)",
    "tg.play(L)",
    "tg.buglab.experiment('order')",
    "tg.check_derivation(L, {'z': 'y_hat - y'})",
    "net = tg.nn.MLP([2, 3, 1])\ntg.draw_neurons(net)",
]
SHOWN = {
    2: ("text/plain", r"Tensor\(0\.3132\d*, name='L'\)"),
    3: ("image/svg+xml", "ŷ = σ\\(z\\)"),
    4: ("image/svg+xml", "v₁ = 1 − ŷ|ln ŷ"),
    5: ("text/markdown", r"\\hat"),
    6: ("text/markdown", r"^\|.*\|$"),
    7: ("text/html", '^<iframe title="L, step by step" src="data:text/html'),
    8: ("image/svg+xml", "no topological order"),
    9: ("text/plain", "The line is right"),
    10: ("image/svg+xml", "<svg"),
}


def display(value: Any) -> dict[str, str]:
    """What IPython's display formatter makes of a value: a bundle, or the text, never both from two sources."""
    if importlib.util.find_spec("IPython"):
        from IPython.core.formatters import DisplayFormatter

        bundle, _ = DisplayFormatter().format(value)
        return bundle  # type: ignore[no-any-return]
    method = getattr(value, "_repr_mimebundle_", None)
    found = method(include=None, exclude=None) if method else {}
    found = found[0] if isinstance(found, tuple) else found
    return {"text/plain": repr(value), **found}


def executed(cells: list[str]) -> list[dict[str, str] | None]:
    """The displays of the cells: of each the value of its last line, if that is an expression."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown: list[dict[str, str] | None] = []
    for cell in cells:
        tree = ast.parse(cell)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
        shown.append(None if value is None else display(value))
    return shown


def test_everything_displays_itself() -> None:
    displays = executed(CELLS)
    assert displays[0] is None
    for number, (kind, pattern) in SHOWN.items():
        bundle = displays[number - 1]
        assert bundle and kind in bundle and bundle["text/plain"], number
        assert re.search(pattern, bundle[kind], re.MULTILINE), (number, bundle[kind][:300])
        assert all(isinstance(text, str) for text in bundle.values())


def test_a_tensor_never_draws() -> None:
    assert not hasattr(tg.Tensor(1.0), "_repr_mimebundle_") and not hasattr(tg.Tensor(1.0), "_repr_html_")


@pytest.mark.parametrize("make", [tg.draw, tg.trace_table, lambda L: tg.explain(L, L.parents[0])])
def test_what_cannot_be_shown_says_so_and_raises_nothing(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    w = tg.Tensor(0.5, name="w")
    L = w * w
    shown = make(L)
    for part in ("svg", "markdown"):
        if hasattr(type(shown), part):
            monkeypatch.setattr(type(shown), part, property(lambda self: 1 / 0))
    bundle = display(shown)
    assert list(bundle) == ["text/plain"] and "division by zero" in bundle["text/plain"]


def test_a_player_is_a_page_that_can_be_saved(tmp_path: Path) -> None:
    L = tg.Tensor(0.5, name="w") * 2
    player = tg.play(L, quiz=True)
    assert player.save(tmp_path / "saved.html").read_bytes() == tg.play(L, tmp_path / "x.html", quiz=True).read_bytes()
    assert repr(player).startswith("<Player 'L, step by step': ")
    with pytest.raises(ValueError, match="cannot save a page as 'x.svg'"):
        player.save(tmp_path / "x.svg")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_the_player_runs_in_its_frame() -> None:
    bundle = display(tg.play(tg.Tensor(0.5, name="w") * 2))
    [address] = re.findall(r'src="(data:[^"]+)"', bundle["text/html"])
    with browsing() as tab:
        tab.open(address)
        tab.press("ArrowRight")
        assert tab.value("location.hash") == "#1"
        assert tab.said == []
