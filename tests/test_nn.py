"""Neurons, layers and networks against NumPy by hand; what they save, load and refuse."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.errors import ChangedError, ShapeError, UnsupportedError
from tinygrad_edu.nn.initialisers import glorot, he, normal

X = np.array([[0.4, 0.6], [-1.0, 2.0], [3.0, 0.5]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_a_sigmoid_neuron_by_hand():
    neuron = nn.Neuron(w=(0, 1), b=4, activation="sigmoid")
    assert neuron([2, 3]).item() == pytest.approx(1 / (1 + np.exp(-7)), rel=1e-15)
    np.testing.assert_allclose(neuron(X).data, sigmoid(X @ [0, 1] + 4))
    assert nn.Neuron(w=(0, 1), b=4)([2, 3]).item() == 7
    assert [p.name for p in neuron.parameters()] == ["w", "b"]


def test_a_network_of_neurons_equals_the_same_network_of_layers():
    h1, h2 = nn.Neuron(w=(1, 2), b=-1, activation="sigmoid"), nn.Neuron(w=(0.5, 1), activation="sigmoid")
    o1 = nn.Neuron(w=(2, 0), b=1, activation="sigmoid")
    x = np.array([2.0, 3.0])
    y_hat = o1(np.stack([h1(x), h2(x)]))
    expected = sigmoid(2 * sigmoid(7.0) + 1)
    assert y_hat.item() == pytest.approx(expected, rel=1e-14)
    net = nn.MLP.from_layers([nn.Layer.from_neurons([h1, h2]), nn.Layer.from_neurons([o1])])
    assert net(x).shape == (1,) and net(x).item() == pytest.approx(expected, rel=1e-14)
    y_hat.backward()
    net(x).sum().backward()
    np.testing.assert_allclose(net.layers[0].W.grad, np.column_stack([h1.w.grad, h2.w.grad]), rtol=1e-14)
    np.testing.assert_allclose(net.layers[0].b.grad, [h1.b.grad, h2.b.grad], rtol=1e-14)
    assert not any(np.shares_memory(p.numpy(), n.w.numpy()) for p in net.parameters() for n in (h1, h2, o1))


@given(seed=st.integers(0, 999), n_in=st.integers(1, 4), n_out=st.integers(1, 4))
def test_a_layer_is_a_row_of_neurons(seed, n_in, n_out):
    rng = np.random.default_rng(seed)
    layer = nn.Layer(n_in, n_out, "tanh", seed)
    data, weights = rng.normal(size=(5, n_in)), rng.normal(size=(5, n_out))
    np.testing.assert_allclose(layer(data).data, np.tanh(data @ layer.W.data + layer.b.data), rtol=1e-13)
    (layer(data) * weights).sum().backward()
    whole = [layer.W.grad, layer.b.grad]
    for p in layer.parameters():
        p.zero_grad()
    sum((neuron(data) * w).sum() for neuron, w in zip(layer, weights.T)).backward()
    np.testing.assert_allclose(layer.W.grad, whole[0], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(layer.b.grad, whole[1], rtol=1e-12, atol=1e-14)


def test_a_neuron_of_a_layer_that_has_been_changed_is_out_of_date():
    layer = nn.Layer(2, 3)
    neuron = layer[-1]
    np.testing.assert_array_equal(neuron.w.data, layer.W.data[:, 2])
    layer.W.data = np.ones((2, 3))
    with pytest.raises(ChangedError, match="'W' was changed"):
        neuron(X).sum().backward()
    assert len(layer) == len(list(layer)) == 3
    with pytest.raises(IndexError):
        layer[3]


def test_an_mlp_by_hand():
    net = nn.MLP([2, 3, 1], hidden="tanh", output="sigmoid", seed=0)
    W1, b1, W2, b2 = (p.data for p in net.parameters())
    b1[:] = [0.1, -0.2, 0.3]
    expected = sigmoid(np.tanh(X @ W1 + b1) @ W2 + b2)
    np.testing.assert_allclose(net(X).data, expected, rtol=1e-13)
    np.testing.assert_allclose(net(X[1]).data, expected[1], rtol=1e-13)
    np.testing.assert_allclose(net(X.tolist()).data, expected, rtol=1e-13)
    np.testing.assert_allclose(net(tg.constant(X, name="X")).data, expected, rtol=1e-13)


def test_names_read_well_in_pictures():
    net = nn.MLP([2, 3, 3, 1], hidden="tanh", output="sigmoid")
    assert [p.name for p in net.parameters()] == ["W1", "b1", "W2", "b2", "W3", "b3"]
    names, node = [], net(X)
    while node.parents:
        names.append(node.name)
        node = node.parents[0]
    assert [n for n in names if n] == ["y_hat", "z3", "h2", "z2", "h1", "z1"]


def test_the_seed_decides_everything():
    def weights(seed):
        return [p.data.tolist() for p in nn.MLP([2, 3, 3, 1], seed=seed).parameters()]

    state = np.random.get_state()[1].tolist()
    assert weights(1) == weights(1) != weights(2)
    assert weights(np.random.default_rng(1)) == weights(1)
    square = nn.MLP([3, 3, 3], seed=0)
    assert not np.array_equal(square.layers[0].W.data, square.layers[1].W.data)
    assert np.random.get_state()[1].tolist() == state


def test_initialisers_have_the_spread_of_their_source():
    rng = np.random.default_rng(0)
    W = glorot(rng, 300, 200)
    assert abs(W).max() <= (6 / 500) ** 0.5 and W.std() == pytest.approx((2 / 500) ** 0.5, rel=0.02)
    assert he(rng, 300, 200).std() == pytest.approx((2 / 300) ** 0.5, rel=0.02)
    assert normal(rng, 300, 200).std() == pytest.approx(0.01, rel=0.02)


def test_the_activation_chooses_the_initialiser():
    seed = 3
    np.testing.assert_array_equal(nn.Layer(4, 5, "tanh", seed).W.data, glorot(np.random.default_rng(seed), 4, 5))
    np.testing.assert_array_equal(nn.Layer(4, 5, "relu", seed).W.data, he(np.random.default_rng(seed), 4, 5))
    np.testing.assert_array_equal(nn.Layer(4, 5, "relu", init="zeros").W.data, np.zeros((4, 5)))
    np.testing.assert_array_equal(nn.Layer(1, 2, init=lambda rng, m, n: np.full((m, n), 7.0)).W.data, [[7.0, 7.0]])


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_every_activation_works_by_name_and_as_a_function(name):
    by_name, by_function = nn.Layer(2, 3, name), nn.Layer(2, 3, nn.ACTIVATIONS[name])
    np.testing.assert_array_equal(by_name(X).data, by_function(X).data)
    assert by_name(X).shape == (3, 3) and name in repr(by_name)


def test_a_function_of_ones_own_is_an_activation():
    net = nn.MLP([2, 3, 1], hidden=lambda z: z * z)
    W1, _, W2, _ = (p.data for p in net.parameters())
    np.testing.assert_allclose(net(X).data, (X @ W1) ** 2 @ W2)


def test_float32_stays_float32():
    net = nn.MLP([2, 3, 1], hidden="relu", dtype=np.float32)
    y_hat = net(X.astype(np.float32))
    y_hat.sum().backward()
    assert y_hat.dtype == np.float32 and all(p.grad.dtype == p.dtype == np.float32 for p in net.parameters())
    assert nn.Neuron(w=np.ones(2, dtype=np.float32))(X.astype(np.float32)).dtype == np.float32


def test_reprs():
    assert repr(nn.Neuron(w=(0, 1), b=4, activation="sigmoid")) == "Neuron(w=[0.0, 1.0], b=4.0, activation='sigmoid')"
    assert repr(nn.Layer(2, 3, "tanh")) == "Layer(2, 3, activation='tanh')"
    assert repr(nn.MLP([2, 3, 1], output="sigmoid")) == "MLP([2, 3, 1], hidden='tanh', output='sigmoid')"
    assert repr(nn.MLP([2, 1])) == "MLP([2, 1], output='identity')"
    mixed = nn.MLP.from_layers([nn.Layer(4, 10, "relu"), nn.Layer(10, 5, "tanh"), nn.Layer(5, 3, "softmax")])
    assert repr(mixed).startswith("MLP.from_layers([Layer(4, 10, activation='relu'), Layer(10, 5")


# ---------------------------------------------------------------------- saving and loading


def test_save_and_load(tmp_path):
    first, second = nn.MLP([2, 3, 1], seed=1), nn.MLP([2, 3, 1], seed=2)
    first.save(tmp_path / "model")  # written under exactly this name
    y_hat = second(X)
    second.load(tmp_path / "model")
    np.testing.assert_array_equal(first(X).data, second(X).data)
    with pytest.raises(ChangedError, match="load"):
        y_hat.sum().backward()


def test_a_state_is_a_copy():
    neuron = nn.Neuron(w=(1, 2))
    neuron.state_dict()["w"][0] = 5
    assert neuron.w.data.tolist() == [1, 2]


@pytest.mark.parametrize(
    "state, error, message",
    [
        ({"w": [1.0, 2.0]}, ShapeError, "has the parameters w, b; given were w"),
        ({"w": [1.0, 2.0, 3.0], "b": 0.0}, ShapeError, r"w has shape \(2,\) in this model; .* has \(3,\)"),
        ({"w": ["a", "b"], "b": 0.0}, UnsupportedError, "array for w has dtype <U1"),
        ({"w": [3.0, 4.0], "b": [0.0]}, ShapeError, r"b has shape \(\)"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(state, error, message):
    neuron = nn.Neuron(w=(1, 2))
    with pytest.raises(error, match=message):
        neuron.load_state_dict(state)
    assert neuron.w.data.tolist() == [1, 2]


class Harmful:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was executed",))


def test_files_that_are_no_models_are_refused(tmp_path):
    path = tmp_path / "model.npz"
    for content in (b"", b"hello", b"PK\x03\x04broken", pickle.dumps(Harmful())):
        path.write_bytes(content)
        with pytest.raises(UnsupportedError, match="not a model saved by save"):
            nn.Neuron(2).load(path)
    np.savez(path, w=np.array([Harmful(), 1], dtype=object), b=0.0)
    with pytest.raises(UnsupportedError, match="not a model saved by save"):
        nn.Neuron(2).load(path)
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(UnsupportedError, match="not a model saved by save"):
        nn.Neuron(2).load(tmp_path / "array.npy")
    with pytest.raises(FileNotFoundError):
        nn.Neuron(2).load(tmp_path / "nothing")


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: nn.Neuron(), UnsupportedError, "give the number of inputs"),
        (lambda: nn.Neuron(2, w=(1, 2)), UnsupportedError, "give the number of inputs"),
        (lambda: nn.Neuron(w=[[1, 2]]), ShapeError, r"shapes \(1, 2\) and \(\)"),
        (
            lambda: nn.Layer(2, 3, "tan"),
            UnsupportedError,
            "no activation called 'tan'.*identity, linear, sigmoid, tanh",
        ),
        (lambda: nn.Layer(2, 3, init="xavier"), UnsupportedError, "no initialiser called 'xavier'.*glorot"),
        (lambda: nn.MLP([2, 0, 1]), UnsupportedError, "number of neurons is a whole number from 1 on, but 0 was"),
        (lambda: nn.Layer(0, 3), UnsupportedError, "number of inputs is a whole number from 1 on, but 0 was"),
        (lambda: nn.Layer(2, 1.5), UnsupportedError, "number of neurons is a whole number from 1 on, but 1.5 was"),
        (lambda: nn.Neuron("2"), UnsupportedError, "number of inputs is a whole number from 1 on, but '2' was"),
        (lambda: nn.MLP(3), ShapeError, r"as in \[2, 3, 1\], not 3"),
        (lambda: nn.MLP([3]), ShapeError, r"as in \[2, 3, 1\], not \[3\]"),
        (
            lambda: nn.MLP.from_layers([nn.Layer(2, 3), nn.Layer(4, 1)]),
            ShapeError,
            "Layer 1 gives 3 values, but layer 2 takes 4",
        ),
        (lambda: nn.MLP.from_layers([]), ShapeError, "at least one layer"),
        (lambda: nn.Layer.from_neurons([nn.Neuron(2), nn.Neuron(3)]), ShapeError, r"take \[2, 3\] inputs"),
        (lambda: nn.Layer.from_neurons([nn.Neuron(2), nn.Neuron(2, "relu")]), UnsupportedError, "one activation"),
        (lambda: nn.MLP([2, 3])(np.zeros((5, 4))), ShapeError, r"\(5, 4\) and 'W1' of shape \(2, 3\)"),
    ],
)
def test_what_cannot_be_built_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
