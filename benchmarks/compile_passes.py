"""What each pass of the compiler brings: programs with one pass left out, against programs with all of them."""

from __future__ import annotations

from functools import partial
from unittest import mock

import elementwise
import logistic
import mlp_step
from measuring import Workload

from tinygrad_edu.compiled import replay
from tinygrad_edu.compiled.passes import PASSES

PROBLEMS = {
    "MLP step": (mlp_step, mlp_step.SIZES[0]),
    "logistic regression": (logistic, (1000, 20, True)),
    "its gradient alone": (logistic, (1000, 20, False)),
    "element-wise": (elementwise, (10**6,)),
}


NEEDED = ("own", "update")
"""Without these a program would be wrong."""

NAMES = dict.fromkeys(p.__name__ for p in PASSES if p.__name__ not in NEEDED)


def problem(module, size):
    return module, module.problem(*size)


def without(left_out, module, data):
    """The compiled contestant of a workload, recorded without one pass."""
    kept = tuple(p for p in PASSES if p.__name__ != left_out)
    with mock.patch.object(replay, "PASSES", kept):
        contestant = module.compiled(*data)
        contestant.run()
    return contestant


WORKLOAD = Workload(
    title="Passes of the compiler",
    what="Compiled functions with one pass left out, against those with all passes: what is more than 1 is what the "
    "pass brings. The smallest MLP step, value and gradient of the logistic regression with 1,000 examples, its "
    "gradient alone, and the element-wise function of a million numbers.",
    problem=problem,
    sizes=PROBLEMS,
    tiny=(mlp_step, mlp_step.WORKLOAD.tiny),
    contestants={"all passes": partial(without, None)} | {f"no {name}": partial(without, name) for name in NAMES},
)
