"""Pictures measured as a reader sees them: SVGs laid out by headless Chromium, and what is wrong with them."""

from __future__ import annotations

import html
import json
import math
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run --dump-dom".split()
_SCRIPT = """
const rounded = r => [r.left, r.top, r.right, r.bottom].map(v => Math.round(v * 100) / 100);
const texts = group => [...group.children].filter(e => e.tagName == 'text' && e.textContent.trim()).map(
  e => ({text: e.textContent, bold: e.getAttribute('font-weight') == 'bold', edges: rounded(e.getBoundingClientRect()),
         size: +e.getAttribute('font-size'), length: e.getComputedTextLength(),
         colour: getComputedStyle(e.firstElementChild || e).fill}));
const shape = group => {
  const drawn = [...group.children].filter(e => e.tagName != 'text' && e.getAttribute('fill') != 'none');
  const sized = drawn.map(
    e => ({round: ['circle', 'ellipse'].includes(e.tagName), edges: rounded(e.getBoundingClientRect())}));
  return sized.sort((a, b) => (b.edges[2] - b.edges[0]) - (a.edges[2] - a.edges[0]))[0] || null;
};
const measured = [...document.querySelectorAll('div > svg')].map(svg => ({
  page: rounded(svg.getBoundingClientRect()),
  groups: [...svg.querySelectorAll('g')].map(g => ({kind: g.getAttribute('class'), shape: shape(g), texts: texts(g)})),
}));
const out = document.createElement('pre');
out.id = 'measured';
out.textContent = JSON.stringify(measured);
document.body.append(out);
"""


def measure(svgs: list[str], dark: bool = False) -> list[dict[str, Any]]:
    """For each SVG the place of the page, and of every group with its shape and texts, in pixels."""
    page = '<!DOCTYPE html><meta charset="utf-8"><body>' + "".join(f"<div>{svg}</div>" for svg in svgs)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(f"{page}<script>{_SCRIPT}</script></body>", encoding="utf-8")
        flags = [*_FLAGS, *(["--force-dark-mode"] if dark else []), f"--user-data-dir={folder}/profile"]
        command = [str(CHROMIUM), *flags, file.as_uri()]
        dom = subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode()
    found = re.search(r'<pre id="measured">(.*?)</pre>', dom, re.DOTALL)
    assert found, dom[-2000:]
    return list(json.loads(html.unescape(found[1])))


def problems(picture: dict[str, Any]) -> list[str]:
    """What is wrong in a measured picture: text outside its box or the page, labels over boxes or each other."""
    page, groups = picture["page"], picture["groups"]
    nodes = [g for g in groups if g["kind"] == "node"]
    labels = [t for g in groups if g["kind"] == "edge" for t in g["texts"]]
    wrong = [f"{t['text']!r} leaves the page" for g in groups for t in g["texts"] if not _inside(t, page, 0.5)]
    for node in nodes:
        if node["shape"]:
            wrong += [f"{t['text']!r} leaves its box" for t in node["texts"] if not _holds(node["shape"], t)]
            wrong += [f"{t['text']!r} lies over a box" for t in labels if _overlap(t["edges"], node["shape"]["edges"])]
    return wrong + [
        f"{a['text']!r} lies over {b['text']!r}"
        for i, a in enumerate(labels)
        for b in labels[i + 1 :]
        if _overlap(a["edges"], b["edges"], 4)
    ]


def _inside(text: dict[str, Any], edges: list[float], slack: float) -> bool:
    starts = all(text["edges"][i] >= edges[i] - slack for i in (0, 1))
    return starts and all(text["edges"][i] <= edges[i] + slack for i in (2, 3))


def _holds(shape: dict[str, Any], text: dict[str, Any]) -> bool:
    """A box holds a text with all its corners, a circle at the middle of the text's height."""
    if not shape["round"]:
        return _inside(text, shape["edges"], 2)
    left, top, right, bottom = shape["edges"]
    radius, x, y = (right - left) / 2, (left + right) / 2, (top + bottom) / 2
    height = abs((text["edges"][1] + text["edges"][3]) / 2 - y)
    chord = math.sqrt(max(radius**2 - height**2, 0))
    return text["edges"][0] >= x - chord and text["edges"][2] <= x + chord


def _overlap(one: list[float], other: list[float], slack: float = 2) -> bool:
    return all(max(one[i], other[i]) + slack < min(one[i + 2], other[i + 2]) for i in (0, 1))
