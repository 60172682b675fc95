"""The chain rule written out, box by box: in symbols, with the local derivatives in their places, in numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, reduce
from operator import add
from typing import Any

import numpy as np

from ..recorder import Recorder
from .atoms import Symbol
from .derivation import Derivation, Edge
from .lines import Line, ways
from .normal import Formula, constant, of, symbol
from .numbers import number_text, value_grid, value_text
from .paths import Path, Paths
from .simplified import assuming, shorter
from .substitution import substituted
from .text import text

MOST_BOXES = 24
MOST_PATHS = 8
MOST_FACTORS = 12
LONGEST_NUMBERS = 70
MOST_SYMBOLS = 16
"""What an adjoint in terms of boxes alone may have, so that it still reads at a glance."""


class Chain:
    """The steps of the sweep from the output to the target, one per box; of a long chain the first and the last."""

    def __init__(self, derivation: Derivation, paths: Paths) -> None:
        self.derivation = derivation
        self.paths = paths
        first = MOST_BOXES // 2 if len(paths.boxes) > MOST_BOXES else len(paths.boxes)
        self.hidden = paths.boxes[first : len(paths.boxes) - (MOST_BOXES - first)]
        self.boxes = [*paths.boxes[:first], *paths.boxes[first + len(self.hidden) :]]
        for box in self.hidden:
            derivation.closed[box] = None  # what arrives there is not composed
        self.arriving = self.edges_by_tail()

    def edges_by_tail(self) -> dict[Recorder, list[Edge]]:
        """The edges along which the derivative arrives at each box that is shown."""
        found: dict[Recorder, list[Edge]] = {box: [] for box in self.boxes}
        for head in self.paths.boxes:
            leaves = {leaf for leaf, tail in self.paths.uses[head] if tail in found}
            if leaves:
                for leaf, edge in zip(self.derivation.symbols[head], self.derivation.edges(head)):
                    if leaf in leaves and edge.derivative is not None:
                        found[edge.tail].append(edge)
        return found

    def per_box(self, line: Callable[[Recorder, list[Edge]], Line | None]) -> list[Line]:
        """A line for each box but the output, where there is something to say, and one for the boxes left out."""
        lines: list[Line | None] = []
        for box, before in zip(self.boxes[1:], self.boxes):
            if self.hidden and before is self.boxes[MOST_BOXES // 2 - 1]:
                lines.append(Line((), note=f"⋯ {len(self.hidden)} more boxes ⋯"))
            lines.append(line(box, self.arriving[box]))
        return [found for found in lines if found is not None]

    # ------------------------------------------------------------------ the four stages

    def routes(self) -> list[Line]:
        """The paths, as names with arrows; equal ones (x·x has two) are counted."""
        names = self.derivation.names
        count = self.paths.count
        listed = [path for path, _ in zip(self.paths, range(MOST_PATHS))]
        found: dict[tuple[str, ...], int] = {}
        for path in listed:
            route = shortened([names[box] for box in path.boxes])
            found[route] = found.get(route, 0) + 1
        lines = [Line(tuple(map(symbol, route)), "←", ways(times)) for route, times in found.items()]
        more = count - len(listed)
        return lines + ([Line((), note=f"and {more} more: {count} paths in all")] if more else [])

    def formulas(self) -> list[Line]:
        """How the boxes on the way are computed."""
        derivation = self.derivation

        def computed(box: Recorder, _: object) -> Line | None:
            return Line((derivation.symbol(box), derivation.formula(box))) if box in derivation.inside else None

        first = computed(self.boxes[0], None)
        return [*([first] if first else []), *self.per_box(computed)]

    def in_symbols(self) -> list[Line]:
        """``∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z`` for every box, and before them the product along all paths if that is short."""

        def chained(box: Recorder, edges: list[Edge]) -> Line | None:
            left, right = self.adjoint(box), self.chained(edges)
            return None if left == right else Line((left, right))

        lines = self.per_box(chained)
        whole = self.whole_product()
        if not lines:
            return [Line((self.adjoint(self.paths.target),), note="a single step")]
        return [whole, *lines] if whole and len(lines) > 1 else lines

    def in_local_derivatives(self) -> list[Line]:
        """The same with the local derivatives in their places, and what that comes to in terms of boxes alone."""

        def composed(box: Recorder, edges: list[Edge]) -> Line:
            sides = [self.adjoint(box), self.replaced(edges)]
            closed = self.derivation.closed.get(box)
            if closed is not None and closed != sides[1] and closed.size <= MOST_SYMBOLS:
                sides.append(closed)
            return Line(tuple(sides))

        return self.per_box(composed)

    def in_numbers(self) -> list[Line]:
        """The same with numbers, after what n stands for."""

        def evaluated(box: Recorder, edges: list[Edge]) -> Line:
            left, value = self.adjoint(box), number(self.derivation.adjoint[box])
            numbers = self.with_numbers(edges)
            shown = text(numbers)
            said = shown == text(value) or len(shown) > LONGEST_NUMBERS or numbers == self.replaced(edges)
            return Line((left, value) if said else (left, numbers, value))

        sizes = self.derivation.sizes(derivative(e) for edges in self.arriving.values() for e in edges)
        given = [Line((of(n), symbol(str(n.key)))) for n in sizes if len(sizes) == 1]
        return given + self.per_box(evaluated)

    def in_short(self) -> list[Line]:
        """What the adjoints come to in terms of boxes alone, as short as SymPy finds it; and what is assumed for it."""
        assumed: dict[Formula, None] = {}

        def simplified(box: Recorder, _: object) -> Line | None:
            closed = self.derivation.closed.get(box)
            if closed is None:
                return None
            found, ones = assuming(shorter(closed), self.values)
            assumed.update(dict.fromkeys(ones))
            return Line((self.adjoint(box), found))

        lines = self.per_box(simplified)
        given = [Line((one, constant(1)), note="assumed; it is so in these data") for one in assumed]
        return lines + given or [Line((), note="too long for one formula")]

    def by_paths(self, brought: list[Any]) -> list[Line]:
        """What each path brings, added up."""
        if not 1 < len(brought) == self.paths.count:
            return []
        parts = [number(part, follows=i > 0, key=i) for i, part in enumerate(brought)]
        value = number(self.derivation.adjoint[self.paths.target])
        return [Line((self.adjoint(self.paths.target), reduce(add, parts), value), note="path by path")]

    # ------------------------------------------------------------------ one line

    def adjoint(self, box: Recorder) -> Formula:
        return self.derivation.adjoint_symbol(box)

    def chained(self, edges: list[Edge]) -> Formula:
        return reduce(add, (self.chain_term(edge, i, len(edges) > 1) for i, edge in enumerate(edges)))

    def chain_term(self, edge: Edge, i: int, several: bool) -> Formula:
        """``∂L/∂ŷ · ∂ŷ/∂z`` of a number ŷ; of an array the step that the rule makes of ∂L/∂ŷ."""
        if edge.head is self.derivation.output:
            return derivative(edge) if several else self.adjoint(edge.tail)
        if edge.head.shape:
            return derivative(edge)
        return self.adjoint(edge.head) * self.partial(edge.head, edge.tail, i)

    def partial(self, head: Recorder, tail: Recorder, key: int) -> Formula:
        """∂head/∂tail; another `key` for each use, so that equal ones stay apart."""
        names = self.derivation.names
        return symbol(f"∂{names[head]}/∂{names[tail]}", np.ndim(tail.value), adjoint=True, key=key)

    def whole_product(self) -> Line | None:
        """``∂L/∂w = ∂L/∂ŷ · ∂ŷ/∂z · ∂z/∂w``, if all boxes before the last are numbers."""
        numbers = all(not box.shape for box in self.paths.boxes[:-1])
        if self.hidden or not numbers or self.paths.count > MOST_PATHS:
            return None
        products = [self.product_along(path, i) for i, path in enumerate(self.paths)]
        factors = sum(len(path.uses) for path in self.paths)
        return Line((self.adjoint(self.paths.target), reduce(add, products))) if factors <= MOST_FACTORS else None

    def product_along(self, path: Path, key: int) -> Formula:
        pairs = zip(path.boxes, path.boxes[1:])
        return reduce(lambda f, pair: f * self.partial(pair[0], pair[1], key), pairs, constant(1))

    def replaced(self, edges: list[Edge]) -> Formula:
        """The local derivatives in the places of their symbols."""
        return reduce(add, (derivative(e) if self.is_step(e) else self.adjoint(e.head) * derivative(e) for e in edges))

    def is_step(self, edge: Edge) -> bool:
        """Whether the derivative on the edge is all that arrives: ∂L/∂head is in it, or is 1."""
        return bool(edge.head.shape) or edge.head is self.derivation.output

    def with_numbers(self, edges: list[Edge]) -> Formula:
        terms = []
        for i, edge in enumerate(edges):
            if self.is_step(edge):
                terms.append(substituted(derivative(edge), self.values))
            else:
                upstream = number(self.derivation.adjoint[edge.head], follows=i > 0, key=2 * i)
                terms.append(upstream * number(edge.value, follows=True, key=2 * i + 1))
        return reduce(add, terms)

    @cached_property
    def values(self) -> dict[Symbol, Any]:
        """The number for each symbol that formulas may hold."""
        derivation = self.derivation
        known = [(f, leaf.value) for leaf, f in derivation.known.items() if isinstance(leaf, Recorder)]
        known += [(derivation.symbol(box), box.value) for box in self.boxes]
        known += [(self.adjoint(box), derivation.adjoint[box]) for box in self.paths.boxes]
        return {atom: value for f, value in known if isinstance(atom := f.atom, Symbol)}


def derivative(edge: Edge) -> Formula:
    assert edge.derivative is not None
    return edge.derivative


def number(value: Any, follows: bool = False, key: int = 0) -> Formula:
    """A value as a factor; a negative one in brackets where it `follows` something."""
    grid = value_grid(value)
    shown = value_text(value) if np.ndim(value) else number_text(value)
    if grid:
        shown = f"[{', '.join('[' + ', '.join(row) + ']' for row in grid)}]"
    shown = f"({shown})" if follows and shown.startswith("−") else shown
    return symbol(shown, np.ndim(value), adjoint=True, key=key)


def shortened(names: list[str]) -> tuple[str, ...]:
    """A route of any length: the first and the last names."""
    return tuple(
        names if len(names) <= MOST_FACTORS else [*names[: MOST_FACTORS // 2], "…", *names[-MOST_FACTORS // 2 :]]
    )
