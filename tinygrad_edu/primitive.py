"""A row of the table of derivatives: a NumPy function, its rule per operand, and how it is written.

A rule is one line of plain NumPy, ``rule(g, y, *operands, *settings)``: `g` is the gradient that arrives
at the output `y`. Parameters without a default are operands, those with one are settings (``axis``,
``keepdims``); together they are the row's contract, and any other argument is refused at the call.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial, update_wrapper
from itertools import count
from typing import Any

import numpy as np

from .errors import UnsupportedError
from .node import Node
from .refusals import describe, refused_argument, variable_setting

Rule = Callable[..., Any]
Notation = str | Callable[..., Any]
Domain = tuple[float, float]


class Each:
    """The rules of a function of any number of operands: ``rule(i, g, y, operands, ...)`` for the i-th."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __iter__(self) -> Iterator[Rule]:
        return (partial(self.rule, i) for i in count())


class Row:
    """One function of the table: what NumPy computes, its derivative rules, and data about it.

    Parameters
    ----------
    function : the NumPy function itself; there is no forward code of ours.
    rules : one per operand (None: the output does not depend on it smoothly), or `Each`.
        No rules at all: the function is constant wherever it is continuous (comparisons, ``floor``);
        it takes any arguments, gives plain arrays on Tensors, and is recorded on recorders.
    notation : how mathematics writes it: a name (``"ln"``), a template (``"|{0}|"``), or a function of
        formulas (``lambda a, b: a + b``), which gets the operands' shapes if it has a keyword-only `given`.
        The default is ``name(operands)``.
    domain : the open interval of each operand in which the rule is smooth; None for functions of arrays,
        whose sample calls stand in the test battery.
    kinks : the conventions where the derivative does not exist, as ``{point: derivative}`` or a sentence.
    residual : if the function keeps something from the forward pass for its rules, and so returns ``(y, kept)``:
        how the other readings compute it, ``kept = residual(*operands)``. Rules receive it as their last operand.
    """

    __slots__ = (
        "function", "name", "rules", "variadic", "arity", "contract", "settings", "defaults",
        "notation", "domain", "kinks", "residual",
    )  # fmt: skip

    def __init__(
        self,
        function: Callable[..., Any],
        *rules: Rule | None | Each,
        name: str | None = None,
        arity: int | None = None,
        notation: Notation | None = None,
        domain: Domain | Sequence[Domain] | None = None,
        kinks: dict[float, float] | str | None = None,
        residual: Callable[..., Any] | None = None,
    ) -> None:
        self.function = function
        self.name = name or qualified_name(function)
        self.notation = notation
        self.domain = domain
        self.kinks = kinks
        self.variadic = bool(rules) and isinstance(rules[0], Each)
        self.residual = residual
        self.arity, self.contract = contract(rules, arity)
        if residual and self.arity:
            self.arity -= 1  # the rule's last operand is what the function kept
        unused = (None,) * ((self.arity or 0) - len(rules))
        self.rules: Any = rules[0] if self.variadic else (*rules, *unused) if rules else ()
        self.settings = tuple(self.contract)
        self.defaults = tuple(self.contract.values())

    def __repr__(self) -> str:
        return f"<Row {self.name}>"

    @property
    def signature(self) -> inspect.Signature | None:
        return signature_of(self.function)

    def taking(self, operands: int, settings: tuple[str, ...]) -> Row:
        """A row without rules, as it is for a call with these arguments."""
        same = Row(self.function, name=self.name, arity=operands, notation=self.notation)
        same.settings = settings
        return same

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Split a call into its operands and the settings of the rule; refuse what the rule does not know."""
        if len(args) != self.arity or kwargs and not kwargs.keys() <= self.contract.keys():
            args, kwargs = self.normalised(args, kwargs)
        operands = tuple(args[0]) if self.variadic else args
        if not kwargs:
            return operands, self.defaults
        for name, value in kwargs.items():
            if isinstance(value, Node) and value.requires_grad:
                raise variable_setting(self.name, name)
        return operands, tuple((self.contract | kwargs).values())

    def normalised(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The call with its operands by position and its settings by name, as NumPy itself would read it."""
        n = self.arity or 1
        if self.signature is None:
            given = dict(zip(self.settings, args[n:])) | kwargs
            args = args[:n]
        else:
            try:
                bound = self.signature.bind(*args, **kwargs).arguments
            except TypeError as error:
                raise UnsupportedError(f"{self.name}: {error}") from None
            given = {k: v for k, v in bound.items() if not self.is_default(k, v)}
            args = tuple(given.pop(k) if k in given else v for k, v in list(bound.items())[:n])
            given |= given.pop("kwargs", {})
        if len(args) < n:
            raise UnsupportedError(f"{self.name} takes {n} operands, but {len(args)} were given.")
        for name in given:
            if name not in self.settings:
                raise refused_argument(self.name, name, self.settings)
        return args, given

    def is_default(self, name: str, value: Any) -> bool:
        assert self.signature is not None
        return self.signature.parameters[name].default is value

    def call(self, operands: Sequence[Any], settings: tuple[Any, ...]) -> Any:
        """The function itself, on plain values, without what it keeps."""
        y = self.computed(operands, settings)
        return y[0] if self.residual else y

    def computed(self, operands: Sequence[Any], settings: tuple[Any, ...]) -> Any:
        """What the function returns: its value, or the value and the residual."""
        if self.variadic:
            operands = (operands,)
        return self.function(*operands, **dict(zip(self.settings, settings))) if settings else self.function(*operands)

    def arguments(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """What a rule is given besides g, y and the settings; a residual is computed again from the operands."""
        return (*self.packed(operands), self.residual(*operands)) if self.residual else tuple(self.packed(operands))

    def packed(self, operands: Sequence[Any]) -> Sequence[Any]:
        """Operands as rules receive them: one by one, or as one tuple where there may be any number."""
        return (operands,) if self.variadic else operands


def contract(rules: Sequence[Any], arity: int | None) -> tuple[int | None, dict[str, Any]]:
    """How many operands a rule takes (None: any number) and its settings with their defaults."""
    if not rules:
        return arity, {}
    variadic = isinstance(rules[0], Each)
    rule = rules[0].rule if variadic else next(r for r in rules if r is not None)
    parameters = list(inspect.signature(rule).parameters.values())[3 if variadic else 2 :]
    settings = {p.name: p.default for p in parameters if p.default is not p.empty}
    return None if variadic else len(parameters) - len(settings), settings


def qualified_name(function: Callable[..., Any]) -> str:
    module = getattr(function, "__module__", None) or "numpy"
    name = getattr(function, "__name__", repr(function))
    if isinstance(owner := getattr(function, "__self__", None), np.ufunc):
        return f"np.{owner.__name__}.{name}"
    return f"{module.replace('numpy', 'np')}.{name}" if module.startswith("numpy") else name


@cache
def signature_of(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except ValueError:  # ufuncs, and C functions of older NumPys
        return None


TABLE: dict[Any, Row] = {}
"""The table of derivatives: NumPy function to row."""

COMPOSED: dict[Any, Callable[..., Any]] = {}
"""NumPy functions that are written with rows of the table (``split`` is slices), and how."""


def row(function: Callable[..., Any], *rules: Rule | None | Each, **data: Any) -> Row:
    """Enter `function` into the table of derivatives."""
    entry = TABLE[function] = Row(function, *rules, **data)
    return entry


def composed(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a NumPy function that is a composition of others."""

    def enter(definition: Callable[..., Any]) -> Callable[..., Any]:
        known = inspect.signature(definition).parameters

        def composition(*args: Any, **kwargs: Any) -> Any:
            for name in kwargs:
                if name not in known:
                    raise refused_argument(qualified_name(function), name, known)
            return definition(*args, **kwargs)

        COMPOSED[function] = composition
        return definition

    return enter


def primitive(*rules: Rule | None | Each, **data: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function of arrays an operation of the graph, given one derivative rule per operand.

    Parameters
    ----------
    rules : ``rule(g, y, *operands, *settings)`` per operand, in plain NumPy; None for an operand that takes
        no gradient; ``Each(rule)`` for a function whose first argument is a sequence of operands.
    notation, domain, kinks, residual : see `Row`.

    Examples
    --------
    >>> import tinygrad_edu as tg
    >>> @tg.primitive(lambda g, y, x: 3 * g * x**2)
    ... def cube(x):
    ...     return x * x * x
    >>> tg.grad(cube)(2.0)
    12.0
    """

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(body) or isinstance(body, Node):
            raise UnsupportedError(
                f"tg.primitive takes the rules and then decorates a function, but it was to decorate {describe(body)}. "
                "Write @tg.primitive(lambda g, y, x: ...) above def f(x), or @tg.primitive() if nothing flows back."
            )

        def operation(*args: Any, **kwargs: Any) -> Any:
            kind = recording_kind(args) or (recording_kind(kwargs.values()) if kwargs else None)
            if kind is not None:
                return kind.apply(entry, args, kwargs)
            y = body(*args, **kwargs)
            return y[0] if entry.residual else y

        update_wrapper(operation, body)
        entry = TABLE[operation] = Row(body, *rules, **{"name": body.__name__, **data})
        return operation

    return decorate


PLAIN = frozenset((np.ndarray, np.float64, np.float32, float, int, bool, type(None)))
"""Frequent classes of operands that record nothing."""


def recording_kind(args: Iterable[Any]) -> type[Node] | None:
    """The kind of node that records a call with these arguments, or None if all of them are plain."""
    kind: type[Node] | None = None
    for x in args:
        if x.__class__ in PLAIN:
            continue
        if isinstance(x, Node):
            found: type[Node] | None = x.__class__
        elif isinstance(x, (tuple, list)):
            found = recording_kind(x)
        else:
            continue
        if kind is None or found and found.precedence > kind.precedence:
            kind = found
    return kind


def dispatch(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What NumPy's protocols call: record `function`, or say why it cannot be."""
    kind = recording_kind(args) or recording_kind(kwargs.values())
    assert kind is not None
    if (entry := TABLE.get(function)) is not None:
        return kind.apply(entry, args, kwargs)
    if (definition := COMPOSED.get(function)) is not None:
        return definition(*args, **kwargs)
    return kind.apply_unknown(function, args, kwargs)  # type: ignore[attr-defined]


def unknown_function(function: Callable[..., Any]) -> UnsupportedError:
    from difflib import get_close_matches

    name = qualified_name(function)
    known = [qualified_name(f) for f in (*TABLE, *COMPOSED)]
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f" The nearest that exist: {', '.join(near)}." if near else ""
    return UnsupportedError(
        f"{name} has no derivative rule, so it cannot be recorded on a Tensor.{hint} "
        "Give it one with @tg.primitive, or pass x.data for a result that takes no gradient."
    )
