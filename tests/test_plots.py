"""Plots draw what they were given: lines, labels and colours are read back from the axes; nothing warns."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import plots
from tinygrad_edu.errors import MissingExtraError, ShapeError
from tinygrad_edu.pictures import style

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib.colors import to_hex, to_rgba  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

rng = np.random.default_rng(0)
X, y = tg.data.moons(60, noise=0.1, random_state=0)
P = rng.dirichlet(np.ones(3), size=30)
classes = np.arange(30) % 3
pixels = rng.uniform(size=(5, 12))
net = tg.nn.MLP([2, 3, 1], output="sigmoid", seed=1)


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


def drawn(ax):
    """The axes, after their figure was really drawn, which is when matplotlib warns."""
    ax.figure.canvas.draw()
    return ax


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


ALL = {
    "loss_curve": lambda ax: plots.loss_curve([1.0, 0.5, 0.01], [1.0, 0.6, 0.4], ax=ax),
    "loss_curves": lambda ax: plots.loss_curves({"a": [1.0, 0.5], "b": [2.0, 3.0]}, ax=ax),
    "gradient_norms": lambda ax: plots.gradient_norms({"W1": [1e-9, 1e-8], "W2": [1.0, 0.5]}, ax=ax),
    "activation": lambda ax: plots.activation("relu", ax=ax),
    "decision_boundary": lambda ax: plots.decision_boundary(net, X, y, ax=ax),
    "confusion_matrix": lambda ax: plots.confusion_matrix(classes, P.argmax(axis=1), ax=ax),
    "roc_curves": lambda ax: plots.roc_curves(classes, P, ax=ax),
    "images": lambda ax: plots.images(pixels, (3, 4), ax=ax),
    "weights": lambda ax: plots.weights(pixels.T - 0.5, (3, 4), ax=ax),
    "spread": lambda ax: plots.spread({"2 neurons": [0.4, 0.8], "20 neurons": [0.9, 1.0]}, ax=ax),
}
every_plot = pytest.mark.parametrize("plot", [pytest.param(plot, id=name) for name, plot in ALL.items()])


def test_every_plot_is_tried_here():
    assert set(ALL) == set(plots.__all__) - {"save", "area_shares"}


@every_plot
def test_the_axes_given_are_drawn_on_and_returned(plot, ax):
    assert drawn(plot(ax)) is ax and ax.has_data()


@every_plot
def test_without_axes_there_are_new_ones(plot):
    from matplotlib import pyplot

    new = drawn(plot(None))
    assert new.figure.number in pyplot.get_fignums()
    pyplot.close(new.figure)


@every_plot
def test_colours_follow_the_ground(plot):
    with matplotlib.style.context("dark_background"):
        dark = drawn(plot(Figure().subplots()))
    light = drawn(plot(Figure().subplots()))
    assert light.xaxis.label.get_color() == style.LIGHT["ink"] and dark.xaxis.label.get_color() == style.DARK["ink"]
    for one, other in zip(light.lines, dark.lines):
        assert to_hex(one.get_color()) != to_hex(other.get_color())


@every_plot
def test_without_matplotlib_the_extra_is_named(plot, monkeypatch):
    for name in ("matplotlib", "matplotlib.pyplot", "matplotlib.colors"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(MissingExtraError, match=r'pip install "tinygrad_edu\[plot\]"'):
        plot(None)


# ---------------------------------------------------------------------- curves


def test_losses_over_the_epochs(ax):
    plots.loss_curve([1.0, 0.5], [2.0, 1.0], ax=ax, at=[1, 101])
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[1, 1], [101, 0.5]], [[1, 2], [101, 1]]]
    assert labels(ax) == ["training", "validation"] and ax.get_xlabel() == "epoch"


@pytest.mark.parametrize(
    "losses, scale",
    [([1.0, 0.2], "linear"), ([1.0, 0.05], "log"), ([1.0, 0.0], "linear"), ([1.0, 50.0], "log"), ([], "linear")],
)
def test_losses_that_change_much_are_on_a_logarithmic_axis(ax, losses, scale):
    assert drawn(plots.loss_curve(losses, ax=ax)).get_yscale() == scale


def test_short_logarithmic_axes_have_plain_numbers(ax):
    drawn(plots.loss_curve([1.0, 0.05], ax=ax))
    shown = {text.get_text() for text in ax.get_yticklabels()}
    assert {"0.05", "0.1", "0.2", "0.5", "1"} <= shown


def test_several_trainings_are_told_apart_by_more_than_colour(ax):
    plots.loss_curves({f"lr = {k}": [k, k / 2] for k in range(1, 21)}, ax=ax)
    looks = {(line.get_color(), line.get_linestyle()) for line in ax.lines}
    assert len(looks) == 20 and labels(ax)[1] == "lr = 2"
    for one, other in zip(ax.lines, ax.lines[1:]):
        assert one.get_color() != other.get_color() and one.get_linestyle() != other.get_linestyle()


def test_gradient_norms_run_from_blue_to_orange(ax):
    plots.gradient_norms({"W1": [1e-6, 1e-5], "W2": [1e-3, 1e-3], "W3": [1.0, 2.0]}, ax=ax)
    assert ax.get_yscale() == "log" and labels(ax) == ["W₃", "W₂", "W₁"]
    assert to_hex(ax.lines[0].get_color()).upper() == style.LIGHT["value"]
    assert to_hex(ax.lines[-1].get_color()).upper() == style.LIGHT["gradient"]
    plots.gradient_norms({f"W{i}": [10.0**i, 1.0] for i in range(12)}, ax=(many := Figure().subplots()))
    assert len({(line.get_color(), line.get_linestyle()) for line in many.lines}) == 12
    assert {to_hex(line.get_color()).upper() for line in many.lines} <= set(style.LIGHT.values())  # known on dark pages
    drawn(plots.gradient_norms({"W": [0.0, 0.0]}, ax=Figure().subplots()))


# ---------------------------------------------------------------------- activations


@pytest.mark.parametrize("name", [name for name in tg.nn.ACTIVATIONS if name != "softmax"])
def test_the_derivative_of_every_activation_is_its_slope(ax, name):
    drawn(plots.activation(name, ax=ax))
    (x, value), (_, slope) = (line.get_data() for line in ax.lines[:2])
    steps = np.abs(x[1:-1]) > 0.02  # but not across the kinks, which all lie at 0
    central = (value[2:] - value[:-2]) / (x[2:] - x[:-2])
    np.testing.assert_allclose(slope[1:-1][steps], central[steps], atol=2e-4)


@pytest.mark.parametrize(
    "f, kink, what, slope, limits",
    [
        ("relu", 0, "kink", 0, [1]),
        (lambda z: tg.relu(z - 1 / 3), 1 / 3, "kink", 0, [1]),
        (lambda z: tg.leaky_relu(z, slope=0.25), 0, "kink", 0.25, [1]),
        (lambda z: tg.elu(z, alpha=2), 0, "kink", 2, [1]),
        (np.abs, 0, "kink", 0, [-1, 1]),
    ],
)
def test_kinks_are_found_and_marked(ax, f, kink, what, slope, limits):
    plots.activation(f, ax=ax)
    assert labels(ax)[2:] == [f"at the {what}, f′({kink:.4g}) = {slope:g}"]
    *_, empty, full = ax.lines
    assert full.get_xdata() == pytest.approx([kink], abs=1e-9) and full.get_ydata() == pytest.approx([slope])
    assert empty.get_ydata() == pytest.approx(limits) and empty.get_markerfacecolor() == style.LIGHT["ground"]


def test_a_jump_is_marked_on_the_function_itself(ax):
    plots.activation(lambda z: tg.binary_step(z, threshold=0.5), ax=ax)
    assert labels(ax)[2:] == ["at the jump, f′(0.5) = 0"]
    dots = [(line.get_xdata().tolist(), line.get_ydata().tolist()) for line in ax.lines if line.get_marker() == "o"]
    assert ([0.5], [0.0]) in dots and ([0.5], [1.0]) in dots


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "gelu", "silu", "elu", "identity"])
def test_smooth_functions_have_no_mark(ax, name):
    assert len(plots.activation(name, ax=ax).lines) == 2 == len(labels(ax))


def test_softmax_is_no_function_of_one_number(ax):
    with pytest.raises(ShapeError, match=r"mixes its inputs.*tg\.softmax\(np\.stack\(\[z, 0 \* z\]"):
        plots.activation("softmax", ax=ax)
    plots.activation(lambda z: tg.softmax(np.stack([z, 0 * z], axis=-1))[..., 0], ax=ax)
    x, value = ax.lines[0].get_data()
    np.testing.assert_allclose(value, 1 / (1 + np.exp(-x)), rtol=1e-12)  # softmax of two is the sigmoid of one


# ---------------------------------------------------------------------- in the plane


def lines_where(ax):
    """The corners of each line where a prediction or a hidden unit changes its sign."""
    contours = [c for c in ax.collections if hasattr(c, "levels")]
    return [np.concatenate([path.vertices for path in c.get_paths()]) for c in contours]


def test_the_boundary_is_where_the_prediction_crosses_the_level(ax):
    points = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    drawn(plots.decision_boundary(lambda Q: Q.sum(axis=1) / 2, points, [0, 1, 1], ax=ax))
    (line,) = lines_where(ax)
    np.testing.assert_allclose(line.sum(axis=1), 1.0)  # (x₁ + x₂)/2 = 1/2


def test_a_network_a_column_and_one_score_per_class_say_the_same():
    square = np.array([[0.0, 0.0], [1.0, 1.0]])
    neuron = tg.nn.Neuron(w=(1.0, 0.0), b=-0.75, activation="sigmoid")
    by_neuron = plots.area_shares(neuron, square)
    np.testing.assert_array_equal(plots.area_shares(lambda Q: neuron(Q).numpy()[:, None], square), by_neuron)
    both = lambda Q: np.stack([1 - neuron(Q).numpy(), neuron(Q).numpy()], axis=1)  # noqa: E731
    np.testing.assert_array_equal(plots.area_shares(both, square), by_neuron)
    np.testing.assert_allclose(by_neuron[1], (1.08 - 0.75) / 1.16, atol=0.005)  # the plane ends at −0.08 and 1.08


def test_the_legend_has_classes_and_their_shares(ax):
    square = np.array([[0.0, 0.0], [1.0, 1.0]])
    plots.decision_boundary(lambda Q: Q[:, 0] > 0.79, square, [0, 1], ax=ax, names=["no", "yes"])
    assert labels(ax) == ["no (75 % of the area)", "yes (25 % of the area)"]


def test_each_hidden_unit_has_its_frontier(ax):
    square = np.array([[0.0, 0.0], [1.0, 1.0]])

    def hidden(Q):
        return np.stack([Q[:, 0] - 0.3, Q[:, 1] - 0.6, Q[:, 0] + 9], axis=1)

    drawn(plots.decision_boundary(lambda Q: Q.sum(axis=1) > 0.5, square, [0, 1], ax=ax, hidden=hidden))
    _, first, second = lines_where(ax)  # the third is on one side of the whole plane
    np.testing.assert_allclose(first[:, 0], 0.3)
    np.testing.assert_allclose(second[:, 1], 0.6)
    named = {text.get_text(): text.xy for text in ax.texts}
    assert named.keys() == {"h₁", "h₂"}
    np.testing.assert_allclose(named["h₁"], (0.3, 1.08))
    np.testing.assert_allclose(named["h₂"], (1.08, 0.6))


def test_the_names_of_frontiers_that_end_side_by_side_do_not_touch(ax):
    square = np.array([[0.0, 0.0], [1.0, 1.0]])

    def hidden(Q):
        return np.stack([Q[:, k] - at for k in (0, 1) for at in (0.5, 0.49, 0.495, 0.1)], axis=1)

    drawn(plots.decision_boundary(lambda Q: Q.sum(axis=1) > 0.5, square, [0, 1], ax=ax, hidden=hidden))
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 8
    assert not [1 for i, box in enumerate(boxes) for other in boxes[:i] if box.overlaps(other)]


def test_three_classes_have_three_colours_and_markers(ax):
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])

    def nearest(Q):
        return -((Q[:, np.newaxis] - corners) ** 2).sum(axis=-1)

    drawn(plots.decision_boundary(nearest, corners, [0, 1, 2], ax=ax))
    dots = [c for c in ax.collections if c.get_label().endswith("area)")]
    assert len({to_hex(c.get_facecolor()[0]) for c in dots}) == 3 == len({len(c.get_paths()[0]) for c in dots})
    assert all(abs(np.sort(nearest(line), axis=1)[:, 1:] @ [-1, 1]).max() < 0.02 for line in lines_where(ax))


def test_a_prediction_that_never_changes_has_no_boundary(ax):
    drawn(plots.decision_boundary(lambda Q: np.ones(len(Q)), X, y, ax=ax))
    assert lines_where(ax) == [] and labels(ax)[1] == "1 (100 % of the area)"


# ---------------------------------------------------------------------- classifiers


def test_the_confusion_matrix_shows_its_counts(ax):
    drawn(plots.confusion_matrix(["a", "a", "b", "b", "b", "b"], ["a", "b", "b", "b", "b", "a"], ax=ax))
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (0, 0): "1", (1, 0): "1", (0, 1): "1", (1, 1): "3",
    }  # fmt: skip
    colours = {patch.get_xy(): to_hex(patch.get_facecolor()).upper() for patch in ax.patches}
    assert colours[(-0.5, -0.5)] == style.LIGHT["value"] and colours[(0.5, -0.5)] == style.LIGHT["gradient"]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "b"] and ax.get_ylabel() == "true"
    assert ax.get_ylim() == (1.5, -0.5)  # the first class is at the top


def test_the_counts_can_be_read_on_their_cells(ax):
    for share in range(1, 20):
        cell = plots.confusion_matrix(np.repeat(0, 20), np.arange(20) >= share, ax=Figure().subplots())
        for patch, text in zip(cell.patches, cell.texts):
            *rgb, alpha = to_rgba(patch.get_facecolor())
            seen = to_hex([alpha * c + 1 - alpha for c in rgb])
            assert style.contrast(seen, text.get_color()) > 3.5, (share, seen)


def test_names_replace_the_classes(ax):
    plots.confusion_matrix([0, 1], [0, 1], names=["cat", "dog"], ax=ax)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["cat", "dog"]


def test_the_roc_curve_of_two_classes(ax):
    plots.roc_curves([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], ax=ax)
    assert ax.lines[1].get_xdata().tolist() == [0, 0, 0.5, 0.5, 1] and ax.lines[1].get_ydata().tolist()[1:3] == [
        0.5,
        0.5,
    ]
    assert labels(ax) == ["by chance (0.500)", "class 1 (0.750)"]


def test_roc_curves_of_several_classes_and_their_average(ax):
    plots.roc_curves(classes, P, names=["a", "b", "c"], ax=ax)
    areas = tg.metrics.auc(classes, P, average=None)
    assert labels(ax)[1:4] == [f"{name} ({area:.3f})" for name, area in zip("abc", areas)]
    assert labels(ax)[4] == f"macro average ({areas.mean():.3f})"
    rate, mean = ax.lines[-1].get_data()
    assert (rate[0], mean[0], rate[-1], mean[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(mean, rate) == pytest.approx(areas.mean(), abs=1e-12)


# ---------------------------------------------------------------------- images


def test_images_stand_in_rows_under_their_names(ax):
    rows = np.arange(36.0).reshape(3, 12)
    drawn(plots.images(rows, (3, 4), names=["p", "q", "r"], columns=2, ax=ax))
    sheet = ax.images[0].get_array().filled(np.nan)
    np.testing.assert_array_equal(sheet[1:4, :4], rows[0].reshape(3, 4))
    np.testing.assert_array_equal(sheet[1:4, 5:9], rows[1].reshape(3, 4))
    np.testing.assert_array_equal(sheet[5:8, :4], rows[2].reshape(3, 4))
    assert np.isnan(sheet).sum() == sheet.size - rows.size
    assert {text.get_text(): text.get_position()[0] for text in ax.texts} == {"p": 1.5, "q": 6.5, "r": 1.5}
    ink, paper = (to_hex(ax.images[0].to_rgba(value)).upper() for value in (35, 0))
    assert (ink, paper) == (style.LIGHT["ink"], style.LIGHT["ground"])


def test_weights_are_blue_and_orange_around_zero(ax):
    W = np.array([[3.0, 0.0], [-1.0, 1.0]])  # two neurons with two inputs
    drawn(plots.weights(tg.Tensor(W), (1, 2), ax=ax))
    image = ax.images[0]
    np.testing.assert_array_equal(image.get_array().filled(np.nan)[1, :2], [3, -1])
    shown = [to_hex(image.to_rgba(value)).upper() for value in (3, -3)]
    assert shown == [style.LIGHT["value"], style.LIGHT["gradient"]] and min(image.to_rgba(0)) > 0.98
    drawn(plots.weights(np.zeros((2, 2)), (1, 2), ax=Figure().subplots()))


def test_images_must_have_their_size(ax):
    with pytest.raises(ShapeError, match=r"3 × 4 pixels have 12 numbers each, but the array holds 5 of shape \(10,\)"):
        plots.images(np.zeros((5, 10)), (3, 4), ax=ax)


# ---------------------------------------------------------------------- files


@every_plot
def test_one_svg_is_for_light_and_dark_pages(plot, tmp_path):
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    for path in (first, second):
        plots.save(plot, path)
    assert first.read_bytes() == second.read_bytes()
    svg = first.read_text(encoding="utf-8")
    (sheet,) = (element.text for element in ET.fromstring(svg).iter() if element.tag.endswith("style") and element.text
                and "prefers-color-scheme" in element.text)  # fmt: skip
    drawn_colours = set(re.findall(r'style="[^"]*?\b(fill|stroke): (#[0-9a-f]{6})', svg))
    for key, light in drawn_colours & {
        (key, code.lower()) for code in style.LIGHT.values() for key in ("fill", "stroke")
    }:
        assert f'[style*="{key}: {light}"]{{{key}:' in sheet
    assert "<text" in svg or plot is ALL["images"]


def test_several_panels_and_other_formats(tmp_path):
    def draw(axes):
        assert axes.shape == (3,)
        for f, ax in zip(("relu", "tanh", "sigmoid"), axes):
            plots.activation(f, ax)

    plots.save(draw, tmp_path / "three.png", panels=(1, 3), dark=True)
    plots.save(ALL["roc_curves"], tmp_path / "roc.pdf", size=(4, 4))
    assert (tmp_path / "three.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "roc.pdf").read_bytes()[:4] == b"%PDF"


# ---------------------------------------------------------------------- with a training


def test_the_history_keeps_the_norm_of_each_gradient():
    model = tg.nn.MLP([2, 3, 1], output="sigmoid", seed=1)
    optimiser = tg.optim.SGD(model.parameters(), lr=0.1)
    history = tg.train.fit(model, X, y[:, None], tg.losses.log_loss, optimiser, epochs=3)
    assert {name: len(norms) for name, norms in history.gradient_norms.items()} == dict.fromkeys(
        ["W1", "b1", "W2", "b2"], 3
    )
    for name, p in model.named_parameters().items():  # the gradients of the last step are still there
        assert history.gradient_norms[name][-1] == pytest.approx(np.sqrt((p.grad**2).sum()), rel=1e-14)


def test_vanishing_gradients_can_be_seen(ax):
    deep = tg.nn.MLP([2, *[4] * 8, 1], hidden="sigmoid", output="sigmoid", seed=0)
    optimiser = tg.optim.SGD(deep.parameters(), lr=0.1)
    history = tg.train.fit(deep, X, y[:, None], tg.losses.log_loss, optimiser, epochs=2)
    weights = {name: norms for name, norms in history.gradient_norms.items() if name.startswith("W")}
    first, *_, last = drawn(plots.gradient_norms(weights, ax=ax)).lines
    assert first.get_ydata()[-1] < 1e-4 * last.get_ydata()[-1]


@pytest.mark.parametrize(
    "X, y, message",
    [
        (np.ones((5, 4)), [0] * 5, r"these have shape \(5, 4\). Of more columns choose two, X\[:, \[0, 1\]\]"),
        (np.ones((0, 2)), [], r"examples of shape \(n, 2\), but these have shape \(0, 2\)"),
        (np.eye(2), [0], "the classes of 2 examples are as many integers from 0 to 1, but 1 were given, such as 0"),
        (np.eye(2), [-1, 1], "integers from 0 to 1, but 2 were given, such as -1, 1"),
        (np.eye(2), ["no", "yes"], "integers from 0 to 1, but 2 were given, such as no, yes"),
    ],
)
def test_a_boundary_has_points_in_the_plane_of_its_classes(X, y, message, ax):
    with pytest.raises(ShapeError, match=message):
        plots.decision_boundary(lambda P: P[:, 0], X, y, ax=ax)
