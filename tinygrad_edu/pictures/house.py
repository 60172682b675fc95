"""What every SVG of ours has, whoever drew it: alternative text, classes for colours, one file for light and dark."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET

from . import style
from .boxes import Plan
from .dot import dot_source
from .texts import shown

NAMESPACE = "http://www.w3.org/2000/svg"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LONGEST = 2000
_TRANSPARENT = "transparent", "#fffffe"
"""How Graphviz writes what is not seen; the second in texts, up to version 2.43 without an opacity."""
_CLASS = {"fill": "f", "stroke": "s"}
_ROLES = {colour.lower(): role for role, colour in style.LIGHT.items()}


def identity(plan: Plan) -> str:
    """A name for the picture that two different pictures on one page do not share."""
    return "tg-" + hashlib.sha256(dot_source(plan).encode()).hexdigest()[:10]


def box_ids(plan: Plan) -> dict[str, str]:
    """The id that each box has in the SVG, by its id in the plan; every engine numbers them alike."""
    name = identity(plan)
    return {box.id: f"{name}-n{number}" for number, box in enumerate(plan.boxes)}


def arrow_ids(plan: Plan) -> list[str]:
    """The id that each arrow has in the SVG."""
    name = identity(plan)
    return [f"{name}-edge{number}" for number in range(1, len(plan.arrows) + 1)]


def document(root: ET.Element, plan: Plan, engine: str, dark: bool | None) -> str:
    """`root`, drawn in light colours, as the text of an SVG: light and dark as the reader prefers, or fixed to one."""
    name = identity(plan)
    body = ET.Element("svg", {"aria-labelledby": f"{name}-title {name}-desc"}, xmlns=NAMESPACE, role="img")
    body.attrib |= {key: root.attrib[key] for key in ("width", "height", "viewBox")}
    ET.SubElement(body, "title", id=f"{name}-title").text = shown(plan.title, style.LONGEST_HEADING)
    description = plan.description or f"A computation graph of {plan.counts}."
    ET.SubElement(body, "desc", id=f"{name}-desc").text = shown(description, _LONGEST)
    body.append(ET.Comment(f" drawn by {engine} "))
    used = _classed(root) if dark is None else set()
    if used:
        ET.SubElement(body, "style").text = _dark_rules(used)
    body.extend(root)
    if dark:
        _darkened(body)
    return ET.tostring(body, encoding="unicode") + "\n"


def _classed(root: ET.Element) -> set[tuple[str, str]]:
    """Every element that has a colour of ours gets a class for it; returned are the attributes and roles found."""
    used = set()
    for element in root.iter():
        roles = [(key, _ROLES[value]) for key in _CLASS if (value := element.get(key, "").lower()) in _ROLES]
        if roles:
            element.set("class", " ".join(f"tg-{_CLASS[key]}-{role}" for key, role in roles))
            used.update(roles)
    return used


def _dark_rules(used: set[tuple[str, str]]) -> str:
    rules = "".join(f".tg-{_CLASS[key]}-{role}{{{key}:{style.DARK[role]}}}" for key, role in sorted(used))
    return f"@media (prefers-color-scheme: dark){{{rules}}}"


def _darkened(root: ET.Element) -> None:
    for element in root.iter():
        for key in _CLASS:
            role = _ROLES.get(element.get(key, "").lower())
            if role:
                element.set(key, style.DARK[role])


def adopted(svg: bytes, plan: Plan, engine: str, dark: bool | None) -> str:
    """Graphviz's SVG of the light DOT text in our form: no outside references, no ids that another picture has."""
    name, root = identity(plan), ET.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    for group in list(root.iter("g")):
        if group.get("class") == "graph" or group.findtext("title") == "title":
            _join_runs(group)
        _adopt_group(group, name)
    for element in root.iter("text"):
        element.set(_SPACE, "preserve")
    for element in root.iter():
        for key in _CLASS:
            if element.get(key) in _TRANSPARENT:
                element.set(key, "none")
    return document(root, plan, engine, dark)


def _adopt_group(group: ET.Element, name: str) -> None:
    title = group.find("title")
    if title is not None:
        group.remove(title)
    drawn = title.text if title is not None and re.fullmatch(r"n\d+", title.text or "") else group.get("id", "")
    group.set("id", f"{name}-{drawn}")


def _join_runs(heading: ET.Element) -> None:
    """Make one text of the runs on one line, so that they follow each other in whatever font the reader has."""
    line: ET.Element | None = None
    for run in heading.findall("text"):
        if line is not None and line.get("y") == run.get("y"):
            line.append(_span(run))
            heading.remove(run)
        else:
            line = run
            line.append(_span(run))
            line.text = None


def _span(run: ET.Element) -> ET.Element:
    span = ET.Element("tspan", {key: run.attrib[key] for key in ("fill", "font-size") if key in run.attrib})
    span.text = run.text
    return span
