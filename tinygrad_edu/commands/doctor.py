"""What is installed, who draws the pictures, and what to install for the rest."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Iterator

import numpy as np

from ..errors import how_to_install
from ..pictures.render import BUILT_IN, ENGINES
from ..pictures.style import FONT

HOW = {
    "dot": "install Graphviz from https://graphviz.org/download, or with apt, dnf, brew, winget or conda",
    "pygraphviz": "to install it with a Graphviz of its own: " + how_to_install("draw"),
}


def diagnosis(version: str) -> Iterator[str]:
    """Versions, the engine that draws, fonts and extras, line by line."""
    yield f"tinygrad_edu {version}, Python {platform.python_version()}, NumPy {np.__version__}"
    yield from engines()
    yield from fonts()
    for extra, package in extras():
        found = version_of(package)
        advice = f"is not installed; to install it: {how_to_install(extra)}"
        yield f"extra {extra}: {package} {found or advice}"


def engines() -> Iterator[str]:
    """Who can draw, the first first."""
    working = [name for name, engine in ENGINES.items() if engine("digraph {}", "dot", "svg")]
    if working:
        yield f"pictures are drawn by {working[0]}"
    else:
        yield f"pictures are drawn by {BUILT_IN}: SVG and DOT, no PNG or PDF"
    yield from (f"engine {name} is not installed; {HOW[name]}" for name in ENGINES if name not in working)


def fonts() -> Iterator[str]:
    """The first font of the pictures that this machine has; without fontconfig nobody can say."""
    families = FONT.split(",")[:-1]
    if shutil.which("fc-list") is None:
        yield f"fonts: unknown (no fontconfig here); pictures ask for {', then '.join(families)}"
        return
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, timeout=20).stdout
    known = set(re.split("[,\n]", listed))
    found = [family for family in families if family in known]
    if found:
        yield f"fonts: {found[0]}"
    else:
        yield f"fonts: neither {' nor '.join(families)}; install DejaVu (https://dejavu-fonts.github.io) for ŷ, ∂ and Σ"


def extras() -> Iterator[tuple[str, str]]:
    """The extras for users, and the package that each brings; none if this package itself is not installed."""
    from importlib import metadata  # slow to import

    installed = version_of("tinygrad_edu")
    for requirement in installed and metadata.requires("tinygrad_edu") or ():
        found = re.match(r"([\w.-]+).*extra == .(\w+)", requirement)
        if found and found[2] not in ("all", "test"):
            yield found[2], found[1]


def version_of(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
