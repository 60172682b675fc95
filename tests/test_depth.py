"""Graphs whose naive drawing would need a deep stack or exponential time: long chains, doublings, repeated squares."""

import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.pictures import render


def repeated(step, times, x):
    y = x
    for _ in range(times):
        y = step(y)
    y.name = "y"
    return y


@pytest.mark.parametrize("detail", ["named", "operations"])
def test_a_chain_of_a_hundred_thousand_is_drawn_folded_and_freed(detail, monkeypatch):
    monkeypatch.setattr(render, "ENGINES", {})
    x = tg.Tensor(0.0, name="x")
    y = repeated(lambda y: 1.0 - y, 100_000, x)
    picture = tg.draw(y, detail=detail)
    assert len(picture.plan.boxes) < 60
    assert "boxes are folded away" in " ".join(ET.fromstring(picture.svg).itertext())
    del picture, y  # without recursion


def test_doublings_are_drawn_as_one_factor():
    plan = tg.draw(repeated(lambda y: y + y, 30, tg.Tensor(1.0, name="x"))).plan
    (start, *_), titles = plan.boxes, [box.title[0] for box in plan.boxes]
    assert [cell.text for row in start.rows for cell in row] == ["1", "∂y/∂x = 1.07e9"]  # 2³⁰
    factors = [re.search(r"= (\d+)", title)[1] for title in titles[1:]]
    assert len(titles) <= 31 and math.prod(map(int, factors)) == 2**30


def test_what_is_used_twice_at_each_level_is_a_box_of_its_own():
    def source(levels):
        return tg.draw(repeated(lambda y: y * np.sin(y), levels, tg.Tensor(0.7, name="x"))).source

    assert len(source(200)) < 2 * len(source(20)), "linear, and folded beyond a limit"
