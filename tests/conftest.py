"""Hypothesis draws the same examples in every run and takes its time; BLAS runs on one thread."""

import os

# The suite's matrices are small, and on a busy machine threads wait for each other; read when NumPy is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings  # noqa: E402

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")
