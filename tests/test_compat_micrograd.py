"""Code written for micrograd runs unchanged but for its imports: its README, its two tests in our words, a network."""

import random
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from tinygrad_edu.compat.micrograd import MLP, Layer, Neuron, Value, draw_dot
from tinygrad_edu.errors import UnsupportedError


def readme(a, b):
    """The example of micrograd's README."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def sanity(x):
    """A shared value, a relu that passes and one of a square."""
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    return h + q + q * x


def test_the_readme_prints_what_it_says():
    a, b = Value(-4.0), Value(2.0)
    g = readme(a, b)
    g.backward()
    assert [f"{v:.4f}" for v in (g.data, a.grad, b.grad)] == ["24.7041", "138.8338", "645.5773"]


def test_a_shared_value_by_hand():
    x = Value(-4.0)
    y = sanity(x)
    y.backward()
    # z = −10 and q = zx = 40 there, h = z²: y = z² + zx(1 + x), so dy/dx = 2z·3 + (3x + z)(1 + x) + zx
    assert (y.data, x.grad) == (100 + 40 - 160, -60 + 66 + 40)


@pytest.mark.parametrize(
    "program, at", [(sanity, [-4.0]), (sanity, [1.5]), (readme, [-4.0, 2.0]), (readme, [1.0, 3.0])]
)
def test_the_same_program_in_torch_gives_the_same(program, at):
    torch = pytest.importorskip("torch")
    ours = [Value(x) for x in at]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in at]
    y, expected = program(*ours), program(*theirs)
    y.backward()
    expected.backward()
    assert y.data == pytest.approx(expected.item(), rel=1e-12)
    assert [x.grad for x in ours] == pytest.approx([x.grad.item() for x in theirs], rel=1e-12)


@pytest.mark.parametrize(
    "program", [lambda x: x.tanh() * x.exp(), lambda x: 1 - x / 3 + 2 / x, lambda x: x**-2 - 3, lambda x: -x + x**0.5]
)
def test_each_operation_against_central_differences(program):
    x, step = Value(0.7), 1e-6
    y = program(x)
    y.backward()
    rise = program(Value(0.7 + step)).data - program(Value(0.7 - step)).data
    assert x.grad == pytest.approx(rise / (2 * step), rel=1e-8)


def test_a_value_says_what_it_is():
    x = Value(3, label="x")
    y = x * 2
    assert repr(x) == "Value(data=3.0, grad=0.0)" and (x.label, y.label, y._op) == ("x", "", "*")
    assert x in y._prev and (x + x)._prev == {x}
    y.backward()
    assert (x.grad, y.grad) == (2, 1)
    with pytest.raises(UnsupportedError, match="raised to an int or float, but Value was given"):
        x**x


def test_gradients_of_inner_values_are_filled_and_may_be_set_by_hand():
    a, b = Value(2.0), Value(-3.0)
    e = a * b
    d = e + 10
    d.backward()
    assert (d.grad, e.grad, a.grad) == (1, 1, -3)
    a.grad = 5
    assert a.grad == 5.0


def test_deep_graphs_need_no_stack():
    x = y = Value(1.0)
    for _ in range(5000):
        y = y + 1.0
    y.backward()
    assert (y.data, x.grad) == (5001, 1)


def test_a_network_learns_in_micrograds_own_loop():
    random.seed(1337)
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    model = MLP(3, [4, 4, 1])
    losses = []
    for _ in range(100):
        loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.02 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.1 * losses[0]


def test_the_weights_are_those_that_micrograd_draws():
    random.seed(7)
    model = MLP(2, [3, 1])
    random.seed(7)
    expected = []
    for inputs, neurons in ((2, 3), (3, 1)):
        for _ in range(neurons):
            expected += [random.uniform(-1, 1) for _ in range(inputs)] + [0.0]
    assert [p.data for p in model.parameters()] == expected
    assert repr(model) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]"


def test_a_neuron_is_w_times_x_plus_b():
    neuron = Neuron(2, nonlin=False)
    x = [0.3, -2.0]
    assert neuron(x).data == pytest.approx(np.dot([w.data for w in neuron.w], x))
    assert len(Layer(2, 3)(x)) == 3 and isinstance(Layer(2, 1)(x), Value)


def test_draw_dot_shows_labels_values_and_gradients(tmp_path):
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    L = (a * b).tanh()
    L.label = "L"
    drawing = draw_dot(L, rankdir="TB")
    words = "".join(ET.fromstring(drawing.svg).itertext())
    assert all(text in words for text in ("a", "−3", "v₁ = a·b", "L = tanh v₁"))
    assert 'rankdir="TB"' in drawing.source and "image/svg+xml" in drawing._repr_mimebundle_()
    assert drawing.render(str(tmp_path / "graph")) == str(tmp_path / "graph.svg")
    assert (tmp_path / "graph").read_text(encoding="utf-8") == drawing.source
