"""Neurons, layers of neurons and networks of layers."""

from .activations import ACTIVATIONS
from .initialisers import INITIALISERS
from .layers import Layer, Neuron
from .mlp import MLP
from .module import Module

__all__ = ["ACTIVATIONS", "INITIALISERS", "MLP", "Layer", "Module", "Neuron"]
