"""Hypothesis draws the same examples in every run, and takes its time on slow machines."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")
