"""What a node of a graph takes: the growth of a fresh interpreter while a long chain is built, before going back."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import partial
from pathlib import Path

from measuring import Contestant, Workload

MEMORY = Path("/proc/self/statm")
"""Pages of this process; Linux has it. Other means do not see what C++ allocates, or keep the highest level alone."""

CODE = """
import os
import numpy as np
{imports}

def resident():
    with open("{memory}") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def chain(x, n):
    y = x
    for _ in range(n):
        y = y * x
    return y

def build(n):
    start = {start}
    return {graph}

first = build(100)  # what comes with the first nodes does not count
before = resident()
graph = build({length})
print((resident() - before) / {length}, flush=True)
os._exit(0)  # frees nothing: some libraries recurse
"""

LENGTH = 100_000
START = {"numbers": "0.999", "arrays of 10": "np.full(10, 0.999)"}


def graph(build, imports, start, length):
    """Tells the bytes per node."""
    module = imports.split()[1].partition(".")[0]
    if not MEMORY.exists() or importlib.util.find_spec(module) is None:
        return None
    if module == "micrograd" and start != START["numbers"]:
        return None  # knows no arrays
    code = CODE.format(imports=imports, memory=MEMORY, start=start, graph=build, length=length)

    def run():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return float(done.stdout)

    return Contestant(run, lambda: [])


TORCH = "chain(torch.tensor(start, dtype=torch.float64, requires_grad=True), n)"

WORKLOAD = Workload(
    title="Memory per node",
    what=f"The growth of a fresh interpreter while a chain of {LENGTH:,} products is built, before going back, per "
    "product; beside a list of the values alone, which a backward pass by hand needs.",
    problem=lambda start, length: (start, length),
    sizes={name: (start, LENGTH) for name, start in START.items()},
    tiny=(START["numbers"], 5000),
    contestants={
        "the values alone": partial(graph, "[start * 0.999 for _ in range(n)]", "import numpy"),
        "tinygrad_edu": partial(graph, "chain(tg.Tensor(start), n)", "import tinygrad_edu as tg"),
        "micrograd": partial(graph, "chain(Value(start), n)", "from micrograd.engine import Value"),
        "PyTorch": partial(graph, TORCH, "import torch"),
        "MyGrad": partial(graph, "chain(mygrad.tensor(start), n)", "import mygrad"),
        "autograd": partial(graph, "autograd.make_vjp(lambda x: chain(x, n))(start)", "import autograd"),
    },
    told=True,
    unit="B",
)
