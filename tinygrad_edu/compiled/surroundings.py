"""What a function refers to besides its arguments: names of its module, variables around it, and what they hold."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache, partial
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ..eager import Eager
from ..optim import Optimiser
from .places import MISSING, AttributeOf, Constant, ContentsOf, DefinedIn, ItemOf, ItemsOf, OrderOf, Place
from .signatures import BY_VALUE

OURS = __name__.partition(".")[0]

DATA = (np.ndarray, Eager, *BY_VALUE)
"""Values that are not looked into."""

DEEPEST = 3
"""How many attributes of attributes are followed: ``self.model.layer.rate``."""

MOST_ITEMS = 1000
"""Of longer lists and dicts, the items are compared, and not looked into."""

IN_EACH_STEP = ("lr", "steps", "state")
"""The attributes of an optimiser that a compiled step reads by itself at each call."""

SPECIAL = ("__call__", "__getitem__", "__getattr__", "__iter__", "__len__", "__bool__", "__contains__")
"""Methods that code calls without their name."""


class Surroundings:
    """The values that a function, and the functions it refers to, find under the names they use.

    Attributes of objects count as names (``self.rate``), if any of this code looks up one of this name, and so do
    items of lists, tuples and dicts; what objects of other libraries hold inside does not.
    """

    def __init__(self, f: Any) -> None:
        self.places: dict[Any, tuple[str, Place]] = {}
        """Each once, with what the code calls the value."""
        self.objects: dict[int, tuple[Any, int]] = {}
        """Those that were found, and how many attributes deep each is to be looked into."""
        self.followed: dict[tuple[int, int], Any] = {}
        """Functions, and the objects of which they are methods."""
        self.attributes: dict[str, None] = {}
        """The names of attributes that their code looks up, or may: text that they refer to could be one."""
        waiting, before = [f], 0
        while waiting or before < self.extent():
            before = self.extent()
            for g in waiting:
                self.follow(g)
            for x, depth in [*self.objects.values()]:
                for name, place in attributes(x, [*self.attributes]) if depth else ():
                    self.enter(name, place, depth - 1)
            found = [x for x, _ in self.objects.values()]
            callables = [g for x in found for g in (unwrapped(x), *methods(x, self.attributes))]
            waiting = [g for g in callables if function_and_self(g) not in self.followed]

    def extent(self) -> int:
        """What grows as long as there is more to find."""
        return len(self.places) + len(self.attributes) + sum(depth for _, depth in self.objects.values())

    def follow(self, g: Any) -> None:
        """Enter the names that `g` uses."""
        g = unwrapped(g)
        self.followed[function_and_self(g)] = g  # kept, so that no other object gets its id
        self.attributes.update(dict.fromkeys(looked_up(g)))
        for name, place in referred_to(g):
            self.enter(name, place, DEEPEST)

    def enter(self, name: str, place: Place, depth: int) -> None:
        """Take down a place, and what is found there, with its items."""
        x = place.value()
        where = type(place), id(place.holder), place.key
        if is_library(x):
            return
        self.places.setdefault(where, (name, place))
        if isinstance(x, str) and x.isidentifier():
            self.attributes[x] = None
        if not isinstance(x, DATA) and self.objects.get(id(x), (x, -1))[1] < depth:
            self.objects[id(x)] = x, depth
            for item in items(x):
                self.enter(item.key if isinstance(item.key, str) else "array", item, depth)

    def seen(self) -> list[tuple[Place, Any]]:
        """What is found in the places now, but for those where it is always the same."""
        return [(place, place.value()) for _, place in self.places.values() if not isinstance(place, Constant)]

    def arrays(self) -> list[tuple[Any, str]]:
        """The arrays, and what they are called."""
        values = [(place.value(), name) for name, place in self.places.values()]
        return [(x, name) for x, name in values if isinstance(x, np.ndarray)]


def unwrapped(f: Any) -> Any:
    """The function inside an object that is called in its place: a compiled function or a cache."""
    while is_wrapper(f):
        f = f.__wrapped__
    return f


def is_wrapper(x: Any) -> bool:
    return type(x).__module__.partition(".")[0] in (OURS, "functools") and hasattr(x, "__wrapped__")


def function_and_self(f: Any) -> tuple[int, int]:
    return id(plain_function(f)), id(getattr(f, "__self__", f))


def referred_to(f: Any) -> Iterator[tuple[str, Place]]:
    """The names that a function uses, with the place of each."""
    if not isinstance(f, FunctionType):
        yield "self", Constant(getattr(f, "__self__", f))
    f = plain_function(f)
    if not isinstance(f, FunctionType):
        return
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
        place = ContentsOf(cell)
        yield name, Constant(place.value()) if is_of_library(f) else place
    if not is_of_library(f):
        for name in global_names(f.__code__):
            if name in f.__globals__:
                yield name, ItemOf(f.__globals__, name)
        for i, default in enumerate((*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values())):
            yield f"default {i}", Constant(default)


def plain_function(f: Any) -> Any:
    """The function behind a method, or behind an object that is called like one."""
    if not isinstance(f, (FunctionType, MethodType, type)) and callable(f):
        f = type(f).__call__
    return f.__func__ if isinstance(f, MethodType) else f


def items(x: Any) -> Iterator[Place]:
    """The places of what a list, tuple, dict or `partial` holds."""
    if isinstance(x, partial):
        yield from map(Constant, (x.func, x.args, x.keywords))
    elif isinstance(x, tuple):
        yield from map(Constant, x)
    elif isinstance(x, (list, dict)):
        makes_items = type(x).__getitem__ not in (list.__getitem__, dict.__getitem__)
        if makes_items or len(x) > MOST_ITEMS:
            yield ItemsOf(x)
        else:
            yield OrderOf(x)
            yield from [ItemOf(x, key) for key in (x if isinstance(x, dict) else range(len(x)))]


def attributes(x: Any, names: Iterable[str]) -> Iterator[tuple[str, Place]]:
    """The attributes of an object, or of its classes, that have one of these names, with the place of each."""
    if isinstance(x, MethodType) or is_wrapper(x):
        return
    changing = IN_EACH_STEP if isinstance(x, Optimiser) else ()
    for name in names:
        if isinstance(x, (type, ModuleType)):
            if name in vars(x):
                yield name, DefinedIn(x, name)
        elif name not in changing and holds_value(x, name):
            yield name, AttributeOf(x, name)


def holds_value(x: Any, name: str) -> bool:
    """Whether an attribute of an object is there, and looking it up calls no code of users.

    It is not looked for in ``x.__dict__``: once Python has made one for an object, its attributes are found later.
    """
    by_class = inspect.getattr_static(type(x), name, MISSING)
    if by_class is MISSING:
        return name in getattr(x, "__dict__", ()) if hasattr(type(x), "__getattr__") else hasattr(x, name)
    if isinstance(by_class, FunctionType):  # a method, unless the object has something else of this name
        return getattr(getattr(x, name), "__func__", None) is not by_class
    if isinstance(by_class, cached_property):
        return name in vars(x)
    return inspect.ismemberdescriptor(by_class) or not hasattr(by_class, "__get__")


def is_library(x: Any) -> bool:
    """Whether it is a module of ours or of NumPy, whose attributes stay what they are."""
    return isinstance(x, ModuleType) and x.__name__.partition(".")[0] in (OURS, "numpy")


def is_of_library(f: FunctionType) -> bool:
    """Whether a function is of ours or of NumPy, where names stay what they are; `wraps` copies ``__module__``."""
    return str(f.__globals__.get("__name__")).partition(".")[0] in (OURS, "numpy")


def methods(x: Any, names: Iterable[str]) -> list[Any]:
    """The methods and properties of an object that have one of these names, and those that they override."""
    if isinstance(x, (type, FunctionType, MethodType, ModuleType)) or is_wrapper(x):
        return []
    held = [vars(kind)[name] for kind in type(x).__mro__ for name in {*names, *SPECIAL} if name in vars(kind)]
    return [MethodType(function, x) for function in map(called, held) if isinstance(function, FunctionType)]


def called(x: Any) -> Any:
    """The function that is called when an attribute of a class is."""
    if isinstance(x, property):
        return x.fget
    return x.func if isinstance(x, cached_property) else getattr(x, "__func__", x)


def looked_up(f: Any) -> list[str]:
    """The names of attributes in the code of `f`, as in ``x.rate`` or ``getattr(x, "rate")``."""
    f = plain_function(f)
    operations = ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR", "LOAD_CONST")
    return code_names(f.__code__, *operations) if isinstance(f, FunctionType) else []


def global_names(code: Any) -> list[str]:
    """Names of the module that the code, or a function inside it, looks up."""
    return code_names(code, "LOAD_GLOBAL", "LOAD_NAME")


@lru_cache(maxsize=1024)
def code_names(code: Any, *operations: str) -> list[str]:
    values = [step.argval for step in dis.get_instructions(code) if step.opname in operations]
    own = [x for x in values if isinstance(x, str) and x.isidentifier()]
    inner = [const for const in code.co_consts if inspect.iscode(const)]
    return [*own, *(name for const in inner for name in code_names(const, *operations))]
