"""Lesson 1: a neuron, three of them wired into a network, two losses, and a first training.

    neuron:   ŷ = f(w₁x₁ + w₂x₂ + b)      network:   h = f(x W₁ + b₁),   ŷ = f(h W₂ + b₂)

The chapter that goes with it is docs/lessons/1-neurons-by-hand.md.
"""

# %% Where the pictures go
import argparse
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.nn import MLP, Layer

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("lesson_1"), help="folder for the pictures (default: lesson_1)")
out = parser.parse_known_args()[0].out  # a notebook has arguments of its own
out.mkdir(parents=True, exist_ok=True)

# %% One neuron: a weighted sum, then a function
neuron = tg.nn.Neuron(w=(0, 1), b=4, activation="sigmoid")
identity_neuron = tg.nn.Neuron(w=(0, 1), b=4, activation="identity")
sigmoid_output, identity_output = neuron([2, 3]).item(), identity_neuron([2, 3]).item()
print(f"a sigmoid neuron    {sigmoid_output}")
print(f"an identity neuron  {identity_output}")

# %% Three neurons, wired by hand
h1 = tg.nn.Neuron(w=(1, 2), b=-1, activation="sigmoid")
h2 = tg.nn.Neuron(w=(0.5, 1), b=0, activation="sigmoid")
o1 = tg.nn.Neuron(w=(2, 0), b=1, activation="sigmoid")
x = np.array([2.0, 3.0])
hidden = [h1(x).item(), h2(x).item()]
wired = o1(hidden).item()
print(f"h1 {hidden[0]:.8f}   h2 {hidden[1]:.8f}   o1 {wired}")

# %% The same network as one matrix product per layer, and as circles and wires
network = MLP.from_layers([Layer.from_neurons([h1, h2]), Layer.from_neurons([o1])])
as_matrices = network(x).item()
W1, b1, W2, b2 = (p.numpy() for p in network.parameters())
in_numpy = tg.sigmoid(tg.sigmoid(x @ W1 + b1) @ W2 + b2).item()
print(f"W1 = {W1.tolist()}, b1 = {b1.tolist()}, W2 = {W2.tolist()}, b2 = {b2.tolist()}")
print(f"with matrices {as_matrices}, in NumPy alone {in_numpy}")
tg.draw_neurons(network, x=x).save(out / "1_network.svg")
tg.draw_forward(network(tg.constant(x, name="x"))).save(out / "1_network_as_matrices.svg")


# %% An adapter, for exercises written as Neuron(w1, w2, b) and feedforward(x1, x2)
class Neuron(tg.nn.Neuron):
    def __init__(self, w1, w2, b, regression=False):
        super().__init__(w=(w1, w2), b=b, activation="identity" if regression else "sigmoid")

    def feedforward(self, x1, x2):
        return self([x1, x2]).item()


class OurNeuralNetwork(MLP):
    def __init__(self, h1, h2, o1, regression=False):
        o1 = Neuron(*o1.w.numpy(), o1.b.item(), regression)
        self.adopt([Layer.from_neurons([h1, h2]), Layer.from_neurons([o1])])

    def feedforward(self, x1, x2):
        return self([x1, x2]).item()


adapted = OurNeuralNetwork(Neuron(1, 2, -1), Neuron(0.5, 1, 0), Neuron(2, 0, 1)).feedforward(2, 3)
print(f"Neuron(0, 1, 4).feedforward(2, 3) = {Neuron(0, 1, 4).feedforward(2, 3)}, the network's {adapted}")

# %% The log loss, in natural logarithms
example_loss = tg.losses.log_loss([0, 1, 1, 0, 1], [0.1, 0.8, 0.6, 0.5, 0.3]).item()
print(f"log loss of five predictions {example_loss}")

# %% Who passes the exam? Weights that somebody chose, not learned
exam = tg.data.exam()
X, success, physics = exam.X, exam.success, exam.physics
classifier = OurNeuralNetwork(Neuron(0.05, 0.001, 0), Neuron(0.02, 0.003, 0), Neuron(2, 0, 0))
chances = classifier(X)[:, 0]
untrained_log_loss = tg.losses.log_loss(success, chances).item()
constant_log_loss = tg.losses.log_loss(success, np.full(4, success.mean())).item()
for name, math, chemistry, truth, chance in zip(exam.names, *X.T, success, chances.numpy()):
    print(f"{name:<5} {math:3.0f} {chemistry:3.0f}   success {truth}   predicted {chance:.8f}")
print(f"log loss {untrained_log_loss}; always answering {success.mean()} gives {constant_log_loss:.10f}")

# %% How many points in physics? The same network with an identity output
regressor = OurNeuralNetwork(Neuron(0.05, 0.001, 0), Neuron(0.002, 0.003, 0), Neuron(2, 7, 10), regression=True)
points = regressor(X)[:, 0]
untrained_squared_error = tg.losses.mean_squared_error(physics, points).item()
constant_squared_error = tg.losses.mean_squared_error(physics, np.full(4, physics.mean())).item()
print(f"physics {physics}, predicted {points.numpy()}")
print(f"mean squared error {untrained_squared_error}; always {physics.mean()} gives {constant_squared_error}")

# %% A weight of zero passes no gradient back, but has one itself
J = tg.losses.log_loss(success, classifier(X)[:, 0])
J.backward()
gradients = {name: p.grad for name, p in classifier.named_parameters().items()}
print("dJ/d(weights and bias of h2)", gradients["W1"][:, 1], gradients["b1"][1])
print(f"dJ/d(the zero weight) {gradients['W2'][1, 0]:.8f}")
picture = tg.draw_neurons(classifier, x=X[0], y=success[0], loss=tg.losses.log_loss)
picture.save(out / "1_zero_weight.svg")


# %% Train both, by gradient descent on standardised marks
def train(net, inputs, targets, loss):
    """The history of 2000 steps with all four examples."""
    optimiser = tg.optim.SGD(net.parameters(), lr=0.1)
    return tg.train.fit(net, inputs, targets[:, np.newaxis], loss, optimiser, epochs=2000)


Z = tg.data.standardise(X)
classification = train(classifier, Z, success, tg.losses.log_loss)
regression = train(regressor, Z, physics, tg.losses.mean_squared_error)
trained_chances, trained_points = classifier(Z).numpy()[:, 0], regressor(Z).numpy()[:, 0]
print(f"trained: chances {trained_chances.round(3)}, log loss {classification.loss[-1]:.4f}")
print(f"trained: points  {trained_points.round(3)}, mean squared error {regression.loss[-1]:.1e}")
tg.plots.save(lambda ax: tg.plots.loss_curve(classification.loss, ax=ax), out / "1_training.svg")

# %% The same training on the marks as they are: the sigmoids saturate, and the answer stays the mean
stuck = OurNeuralNetwork(Neuron(0.05, 0.001, 0), Neuron(0.002, 0.003, 0), Neuron(2, 7, 10), regression=True)
stuck_history = train(stuck, X, physics, tg.losses.mean_squared_error)
slopes = [h * (1 - h) for h in stuck.layers[0](X).numpy()]
print(f"not standardised: mean squared error {stuck_history.loss[-1]:.4f}, slopes of the hidden neurons below", end=" ")
print(f"{np.max(slopes):.1e}")
