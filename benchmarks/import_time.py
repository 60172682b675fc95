"""What an import takes, in fresh interpreters."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import partial

from measuring import Contestant, Workload

CODE = """
import time
{before}
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def importing(module, before="import numpy"):
    """Tells the seconds that an import takes, where NumPy has been imported already."""
    if importlib.util.find_spec(module) is None:
        return None
    code = CODE.format(before=before, module=module)

    def run():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return float(done.stdout)

    return Contestant(run, lambda: [])


NAMES = ("tinygrad_edu", "micrograd.engine", "autograd.numpy", "mygrad", "sklearn.neural_network", "jax", "torch")

WORKLOAD = Workload(
    title="Import time",
    what="The time that an import adds where NumPy is imported already, in fresh interpreters, against that of NumPy "
    "itself.",
    problem=lambda: (),
    sizes={"added": ()},
    tiny=(),
    contestants={"numpy": partial(importing, "numpy", "")} | {name: partial(importing, name) for name in NAMES},
    told=True,
)
