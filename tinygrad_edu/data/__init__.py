"""Data to learn from, and what is done to it before training. Rows are examples."""

from .files import load_idx
from .generated import blobs, circles, moons, spirals, xor
from .preparation import one_hot, same_length, split, standardise
from .tables import Digits, Exam, Iris, NeuronExample, Points, digits, eight_points, exam, iris, neuron_example

__all__ = [
    "Digits",
    "Exam",
    "Iris",
    "NeuronExample",
    "Points",
    "blobs",
    "circles",
    "digits",
    "eight_points",
    "exam",
    "iris",
    "load_idx",
    "moons",
    "neuron_example",
    "one_hot",
    "same_length",
    "spirals",
    "split",
    "standardise",
    "xor",
]
