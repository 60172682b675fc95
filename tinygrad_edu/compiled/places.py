"""Places where a function finds what it refers to: how to look there, and the expression that does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable
from keyword import iskeyword
from types import CellType
from typing import Any

Namer = Callable[[Any], str]
"""Gives the name under which an expression finds an object."""

MISSING = object()
"""What is found where nothing is any more."""

LOOKUP_ERRORS = (ValueError, LookupError, AttributeError)
"""What an expression raises where nothing is any more; the first is for deleted variables."""


class Place:
    """Where a value is found, again and again."""

    def __init__(self, holder: Any, key: Hashable = None) -> None:
        self.holder = holder
        self.key = key

    def look(self) -> Any:
        raise NotImplementedError

    def value(self) -> Any:
        """What is there now."""
        try:
            return self.look()
        except LOOKUP_ERRORS:
            return MISSING

    def holds(self, x: Any, name: Namer) -> str:
        """An expression for: `x` is there."""
        raise NotImplementedError


class Constant(Place):
    """Where there is always the same."""

    def look(self) -> Any:
        return self.holder


class ContentsOf(Place):
    """A variable that a function closes over."""

    holder: CellType

    def look(self) -> Any:
        return self.holder.cell_contents

    def holds(self, x: Any, name: Namer) -> str:
        return f"{name(self.holder)}.cell_contents is {name(x)}"


class AttributeOf(Place):
    """An attribute of an object."""

    def look(self) -> Any:
        return getattr(self.holder, str(self.key))

    def holds(self, x: Any, name: Namer) -> str:
        written = f"getattr({{}}, {self.key!r})" if iskeyword(str(self.key)) else f"{{}}.{self.key}"
        return f"{written.format(name(self.holder))} is {name(x)}"


class DefinedIn(Place):
    """A name in a class or a module, where methods are functions."""

    def look(self) -> Any:
        return vars(self.holder)[self.key]

    def holds(self, x: Any, name: Namer) -> str:
        return f"{name(vars(self.holder))}[{self.key!r}] is {name(x)}"


class ItemOf(Place):
    """An item of a list or dict, among them the names that a function finds in its module."""

    def look(self) -> Any:
        return self.holder[self.key]

    def holds(self, x: Any, name: Namer) -> str:
        key = repr(self.key) if type(self.key) in (int, str) else name(self.key)
        return f"{name(self.holder)}[{key}] is {name(x)}"


class OrderOf(Place):
    """How many items a list has; the keys of a dict, in their order."""

    def look(self) -> Any:
        return tuple(self.holder) if isinstance(self.holder, dict) else len(self.holder)

    def holds(self, x: Any, name: Namer) -> str:
        ask = "tuple" if isinstance(self.holder, dict) else "len"
        return f"{ask}({name(self.holder)}) == {name(x)}"


class ItemsOf(Place):
    """All items of a list or dict at once, as they are stored, whatever its class makes of them."""

    def look(self) -> Any:
        if isinstance(self.holder, dict):
            return (*dict.keys(self.holder), *dict.values(self.holder))
        return tuple(list.__iter__(self.holder))

    def holds(self, x: Any, name: Namer) -> str:
        return f"{name(are_the_same)}({name(self.look)}(), {name(x)})"


def are_the_same(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two tuples hold the same objects."""
    return len(a) == len(b) and all(map(operator.is_, a, b))
