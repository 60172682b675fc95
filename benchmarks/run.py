"""Every workload, by hand in NumPy, with this package, and with the other libraries that are installed.

    python benchmarks/run.py                       # all of them
    python benchmarks/run.py mlp_step elementwise

Writes `performance.md`, a table for each workload, and pictures of the ratios: all in one, and each for itself
(these need matplotlib). NumPy's BLAS and PyTorch run on one thread; ``OMP_NUM_THREADS=2`` gives them two.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):  # read when NumPy is imported
    os.environ.setdefault(variable, os.environ.get("OMP_NUM_THREADS", "1"))

import chart  # noqa: E402
import compile_passes  # noqa: E402
import digits  # noqa: E402
import elementwise  # noqa: E402
import hessian  # noqa: E402
import import_time  # noqa: E402
import logistic  # noqa: E402
import memory  # noqa: E402
import mlp_step  # noqa: E402
import moons  # noqa: E402
import peers  # noqa: E402
import pictures  # noqa: E402
import report  # noqa: E402
import scalar_chain  # noqa: E402
from measuring import Measurement, Workload, measurements  # noqa: E402

WORKLOADS: dict[str, Workload] = {
    "mlp_step": mlp_step.WORKLOAD,
    "logistic": logistic.WORKLOAD,
    "elementwise": elementwise.WORKLOAD,
    "hessian": hessian.WORKLOAD,
    "scalar_operations": scalar_chain.OPERATIONS,
    "scalar_chain": scalar_chain.LENGTHS,
    "backward": scalar_chain.BACKWARD,
    "moons": moons.WORKLOAD,
    "digits": digits.WORKLOAD,
    "memory": memory.WORKLOAD,
    "import_time": import_time.WORKLOAD,
    "pictures": pictures.WORKLOAD,
    "compile_passes": compile_passes.WORKLOAD,
}


def measured(workload: Workload, seconds: float) -> list[Measurement]:
    """All sizes, told on standard error as they come."""
    results = []
    for size, arguments in workload.sizes.items():
        for m in measurements(workload, size, arguments, seconds):
            print(f"{workload.title}, {size}: {m.name} {report.cell(m, workload.unit)}", file=sys.stderr, flush=True)
            results.append(m)
    return results


def text_of(results: dict[str, list[Measurement]]) -> str:
    sections = [report.section(WORKLOADS[name], found) for name, found in results.items()]
    return "\n".join([f"{peers.environment()}\n\n{report.HOW_TO_READ}\n", *sections])


def write(results: dict[str, list[Measurement]], output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    (output / "performance.md").write_text(text_of(results), encoding="utf-8")
    chart.write({name: (WORKLOADS[name], found) for name, found in results.items()}, output)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="workload", help=f"which to run: {', '.join(WORKLOADS)}")
    parser.add_argument("--seconds", type=float, default=5.0, help="time to measure each pair (default: 5)")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results"), help="folder to write to")
    given = parser.parse_args(arguments)
    if unknown := set(given.workloads) - WORKLOADS.keys():
        parser.error(f"no workload is called {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    warnings.simplefilter("ignore")  # of other libraries
    results = {}
    for name in given.workloads or WORKLOADS:
        if found := measured(WORKLOADS[name], given.seconds):
            results[name] = found
            write(results, given.output)  # as often as there is something new: an interrupted run is not lost
        else:
            print(f"{name} is left out: {next(iter(WORKLOADS[name].contestants))} is missing", file=sys.stderr)
    print(text_of(results))


if __name__ == "__main__":
    main()
