"""Training against NumPy loops written by hand; plots and the progress bar."""

import io
import sys

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import losses, nn, optim, train
from tinygrad_edu.errors import MissingExtraError, ShapeError, UnsupportedError

rng = np.random.default_rng(0)
X, noise = rng.normal(size=(40, 3)), rng.normal(size=40)
y = X @ [1.0, -2.0, 0.5] + 0.3 + 0.1 * noise


def regression(**settings):
    model = nn.Neuron(3, init="zeros")
    history = train.fit(
        model, X, y, losses.mean_squared_error, optim.SGD(model.parameters(), lr=0.1), **{"epochs": 20, **settings}
    )
    return model, history


def by_hand(parts):
    """Gradient descent on the mean squared error, one step per part of the rows."""
    w, b, seen = np.zeros(3), 0.0, []
    for part in parts:
        error = X[part] @ w + b - y[part]
        seen.append(np.mean(error**2))
        w, b = w - 0.2 * X[part].T @ error / len(error), b - 0.2 * error.mean()
    return w, b, seen


def test_full_batches_are_gradient_descent():
    model, history = regression()
    w, b, seen = by_hand([slice(None)] * 20)
    np.testing.assert_allclose(model.w.data, w, rtol=1e-12)
    np.testing.assert_allclose(model.b.data, b, rtol=1e-12)
    np.testing.assert_allclose(history.loss, seen, rtol=1e-12)


def test_batches_in_order_with_a_shorter_last_one():
    model, history = regression(batch_size=15, seed=None, epochs=2)
    w, b, seen = by_hand([slice(0, 15), slice(15, 30), slice(30, 40)] * 2)
    np.testing.assert_allclose(model.w.data, w, rtol=1e-12)
    np.testing.assert_allclose(history.loss, [np.dot(seen[i : i + 3], [15, 15, 10]) / 40 for i in (0, 3)])


def test_shuffling_takes_every_example_once_and_follows_the_seed():
    parts = list(train.batches(10, 3, np.random.default_rng(1)))
    assert sorted(np.concatenate(parts)) == list(range(10)) and [len(p) for p in parts] == [3, 3, 3, 1]
    first, again, other = (regression(batch_size=4, seed=s)[0].w.data.tolist() for s in (1, 1, 2))
    assert first == again != other


def test_the_fit_reaches_the_least_squares_solution():
    model, _ = regression(epochs=300)
    expected = np.linalg.lstsq(np.column_stack([X, np.ones(40)]), y, rcond=None)[0]
    np.testing.assert_allclose([*model.w.data, model.b.item()], expected, atol=1e-9)


def test_validation_data_are_measured_after_each_epoch_and_not_trained_on():
    model, history = regression(validation=(X[:5] + 1, y[:5]), epochs=3)
    w, b, _ = by_hand([slice(None)] * 3)
    assert len(history.validation_loss) == 3
    np.testing.assert_allclose(history.validation_loss[-1], np.mean(((X[:5] + 1) @ w + b - y[:5]) ** 2))


def test_a_fraction_is_set_aside():
    _, history = regression(validation=0.25)
    kept_X, kept_y, (held_X, held_y) = train.set_aside(X, y, 0.25, np.random.default_rng(0))
    assert len(kept_X) == len(kept_y) == 30 and len(held_X) == len(held_y) == 10
    assert sorted([*kept_y, *held_y]) == sorted(y) and len(history.validation_loss) == 20


def test_early_stopping_restores_the_best_parameters():
    target = np.array([0.5, -1.0, 0.25])  # half-way: the validation loss falls, then rises
    model, history = regression(validation=(X, X @ target + 0.15), patience=3, epochs=50)
    best = int(np.argmin(history.validation_loss)) + 1
    assert history.best_epoch == best and len(history.loss) == best + 3 < 50
    w, b, _ = by_hand([slice(None)] * best)
    np.testing.assert_allclose([*model.w.data, model.b.item()], [*w, b], rtol=1e-12)


def test_what_does_not_fit_is_refused():
    with pytest.raises(UnsupportedError, match="patience= watches the validation loss"):
        regression(patience=3)
    model = nn.MLP([3, 1])
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ShapeError, match="same number of examples"):
        train.fit(model, X, y[:-1], losses.mean_squared_error, optimiser, epochs=1)
    with pytest.raises(ShapeError, match=r"\(40,\) and the prediction \(40, 1\)"):
        train.fit(model, X, y, losses.mean_squared_error, optimiser, epochs=1)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    "stream, progress, shown", [(Terminal, True, True), (Terminal, False, False), (io.StringIO, True, False)]
)
def test_the_bar_is_shown_on_a_terminal_only(monkeypatch, stream, progress, shown):
    monkeypatch.setattr(sys, "stderr", stream())
    _, history = regression(progress=progress)
    written = sys.stderr.getvalue()
    assert (f"20/20  loss {history.loss[-1]:.5f}\n" in written) if shown else written == ""


def test_the_history_is_a_table():
    history = train.History([1.0, 0.5, 0.25], [1.5, 0.75, 1.0])
    assert str(history).splitlines() == [
        "  epoch     loss  validation loss",
        "      1  1.00000          1.50000",
        "      2  0.50000          0.75000",
        "      3  0.25000          1.00000",
    ]
    assert len(str(train.History([1.0] * 1000)).splitlines()) == 11


def test_the_history_plots():
    figure = pytest.importorskip("matplotlib.figure").Figure()
    ax = figure.subplots()
    assert train.History([1.0, 0.5], [2.0, 1.0]).plot(ax) is ax
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1.0, 0.5], [2.0, 1.0]]
    assert ax.get_yscale() == "linear" == train.History([1.0, 0.0]).plot(figure.subplots()).get_yscale()
    assert train.History([1.0, 0.05]).plot(figure.subplots()).get_yscale() == "log"


def test_plots_make_axes_of_their_own():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    with pyplot.rc_context({"backend": "agg"}):
        ax = tg.plots.loss_curve([1.0, 0.5])
    assert ax.get_xlabel() == "epoch"
    pyplot.close(ax.figure)


@pytest.mark.parametrize("draw", [lambda path: tg.plots.loss_curve([1.0]), lambda path: tg.plots.save(print, path)])
def test_plots_without_matplotlib_name_the_extra(draw, monkeypatch, tmp_path):
    for name in ("matplotlib", "matplotlib.pyplot", "matplotlib.style", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"tinygrad_edu\[plot\]"):
        draw(tmp_path / "plot.svg")


@pytest.mark.parametrize("batch_size", [None, 15])
def test_compiled_steps_train_alike(batch_size):
    (plain, history), (replayed, compiled) = (regression(batch_size=batch_size, compile=c) for c in (False, True))
    np.testing.assert_allclose(replayed.w.data, plain.w.data, rtol=1e-12)
    np.testing.assert_allclose(compiled.loss, history.loss, rtol=1e-12)
    for name, norms in history.gradient_norms.items():
        np.testing.assert_allclose(compiled.gradient_norms[name], norms, rtol=1e-9)
    assert plain.w.grad is not None and replayed.w.grad is None


def test_the_best_parameters_outlive_compiled_updates():
    best, _ = regression(epochs=30, validation=(X[:10] * 3, y[:10]), patience=3, seed=0, compile=True)
    plain, _ = regression(epochs=30, validation=(X[:10] * 3, y[:10]), patience=3, seed=0)
    np.testing.assert_allclose(best.w.data, plain.w.data, rtol=1e-12)


def test_a_loss_that_looks_at_values_is_not_compiled():
    model = nn.Neuron(3)
    with pytest.raises(UnsupportedError, match=r"bool\(\) of a value of shape"):
        train.fit(
            model, X, y, lambda t, p: ((p - t) ** 2).sum() if p[0] > 0 else p.sum(), optim.SGD(model.parameters(), 0.1),
            epochs=1, compile=True,
        )  # fmt: skip


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"batch_size": 0}, "fit: batch_size is a whole number from 1 on, but 0 was given"),
        ({"batch_size": -1}, "batch_size .* but -1 was given"),
        ({"batch_size": 2.5}, r"batch_size .* but 2\.5 was given"),
        ({"epochs": -1}, "fit: epochs is a whole number from 0 on, but -1 was given"),
    ],
)
def test_numbers_of_steps_that_are_none_are_refused(settings, message):
    with pytest.raises(UnsupportedError, match=message):
        regression(**settings)


def test_there_are_examples():
    model = nn.Neuron(3)
    with pytest.raises(ShapeError, match=r"fit: X of shape \(0, 3\) holds no examples"):
        train.fit(model, X[:0], y[:0], losses.mean_squared_error, optim.SGD(model.parameters(), 0.1), epochs=1)
