"""The libraries we measure ourselves against: their settings, versions and threads."""

from __future__ import annotations

import datetime
import os
import platform
from importlib import metadata
from typing import Any

import tinygrad_edu

NAMES = ("torch", "jax", "jaxlib", "numba", "autograd", "mygrad", "micrograd", "scikit-learn")


def torch(threads: int | None = None) -> Any:
    """PyTorch, on as many threads as NumPy's BLAS has, or on `threads`."""
    import torch

    torch.set_num_threads(threads or blas_threads())
    return torch


def torch_compiled(f: Any) -> Any:
    """`f` through ``torch.compile``, for this one shape; what was compiled before does not count."""
    import torch

    torch._dynamo.reset()
    return torch.compile(f, dynamic=False, fullgraph=True)


def jax() -> Any:
    """JAX with float64 where the arrays have it; float32 stays float32."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def blas_threads() -> int:
    return int(os.environ.get("OMP_NUM_THREADS", cores()))


def versions() -> str:
    found = {"tinygrad_edu": tinygrad_edu.__version__}
    for name in ("numpy", *NAMES):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(f"{name} {version}" for name, version in found.items())


def environment() -> str:
    """Where and when: a paragraph for the head of the tables."""
    return (
        f"Measured on {datetime.date.today():%d %B %Y} on {cores()} cores ({platform.system()}, {platform.machine()}), "
        f"with Python {platform.python_version()}, {versions()}. Threads: {blas_threads()} for NumPy's BLAS and for "
        f"PyTorch (`OMP_NUM_THREADS`), except where a workload says otherwise; JAX runs XLA's own pool, of all cores."
    )
