"""The estimators against scikit-learn's own checks, and against scikit-learn's estimators number by number."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from scipy import sparse  # noqa: E402
from sklearn import datasets, linear_model, neural_network  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.exceptions import ConvergenceWarning, NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import estimator_checks_generator  # noqa: E402
from sklearn.utils.validation import has_fit_parameter  # noqa: E402

from tinygrad_edu.errors import NonFiniteError, UnsupportedError  # noqa: E402
from tinygrad_edu.estimators import LogisticRegression, MLPClassifier, MLPRegressor  # noqa: E402

IRIS = datasets.load_iris(return_X_y=True)
CANCER = datasets.load_breast_cancer(return_X_y=True)
X, y = datasets.load_digits(return_X_y=True)
X = X / 16
TWO = (y > 4).astype(int)
WEIGHTS = np.random.default_rng(0).uniform(0.1, 2, len(X))


unfinished = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
"""A few epochs are enough here, and both libraries say that they were few."""


CHECKS = [
    pair
    for estimator in (LogisticRegression(), MLPClassifier(), MLPRegressor())
    for pair in estimator_checks_generator(estimator)
]


@unfinished
@pytest.mark.parametrize("estimator, check", CHECKS, ids=lambda x: getattr(x, "func", type(x)).__name__)
def test_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


# ---------------------------------------------------------------------- logistic regression


def optimum(data, **settings):
    return linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000, **settings).fit(*data)


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize(
    "data",
    [IRIS, CANCER, (StandardScaler().fit_transform(CANCER[0]), CANCER[1])],
    ids=["iris", "breast cancer", "breast cancer, standardised"],
)
def test_logistic_regression_reaches_the_optimum(data, C):
    model, theirs = LogisticRegression(C=C).fit(*data), optimum(data, C=C)
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=0, atol=1e-5)
    np.testing.assert_allclose(model.intercept_, theirs.intercept_, rtol=0, atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(data[0]), theirs.predict_proba(data[0]), atol=1e-7)
    np.testing.assert_allclose(model.decision_function(data[0]), theirs.decision_function(data[0]), atol=1e-5)


def test_logistic_regression_without_penalty():
    overlapping = IRIS[0][50:], IRIS[1][50:]
    theirs = optimum(overlapping, C=np.inf)
    for model in (LogisticRegression(penalty=None), LogisticRegression(C=np.inf)):
        model.fit(*overlapping)
        np.testing.assert_allclose(model.coef_, theirs.coef_, atol=1e-4)
        np.testing.assert_allclose(model.intercept_, theirs.intercept_, atol=1e-4)


def test_logistic_regression_without_biases_and_with_weights():
    weights = WEIGHTS[: len(IRIS[0])]
    model = LogisticRegression(fit_intercept=False).fit(*IRIS, sample_weight=weights)
    theirs = linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-12, fit_intercept=False)
    np.testing.assert_allclose(model.coef_, theirs.fit(*IRIS, sample_weight=weights).coef_, atol=1e-6)
    assert not model.intercept_.any()


def test_logistic_regression_warns_where_there_is_no_optimum():
    with pytest.warns(ConvergenceWarning, match="max_iter=5 steps, with a gradient of norm .*there may be no optimum"):
        LogisticRegression(penalty=None, max_iter=5).fit(*CANCER)


def test_a_warm_start_at_the_optimum_takes_no_step():
    model = LogisticRegression(warm_start=True).fit(*IRIS)
    assert model.n_iter_[0] > 5 and model.fit(*IRIS).n_iter_[0] == 0


def test_probabilities_too_small_for_a_float_have_a_logarithm():
    model = LogisticRegression(C=np.inf, max_iter=3)
    with pytest.warns(ConvergenceWarning):
        model.fit([[-1.0], [1.0]], [0, 1])
    z = 1e4 * model.coef_[0, 0]
    assert model.predict_proba([[1e4]])[0, 0] == 0
    np.testing.assert_allclose(model.predict_log_proba([[1e4]])[0], [-z, 0], rtol=1e-12)


# ---------------------------------------------------------------------- multilayer perceptrons

SETTINGS = {
    "adam": {},
    "adam on other betas": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "sgd": {"solver": "sgd"},
    "momentum, sigmoids, alpha": {
        "solver": "sgd", "momentum": 0.5, "nesterovs_momentum": False, "activation": "logistic", "alpha": 0.1,
    },
    "batches in order": {"shuffle": False, "batch_size": 64, "activation": "tanh"},
    "no hidden layer": {"hidden_layer_sizes": (), "activation": "identity"},
    "one hidden layer": {"hidden_layer_sizes": 7},
}  # fmt: skip


@unfinished
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
@pytest.mark.parametrize("target", [TWO, y], ids=["two classes", "ten classes"])
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_classifier_trains_as_scikit_learn_does(settings, target, weights):
    settings = {"hidden_layer_sizes": (12, 8), "max_iter": 4, "random_state": 3} | settings
    ours = MLPClassifier(**settings).fit(X, target, sample_weight=weights)
    theirs = neural_network.MLPClassifier(**settings)
    if weights is not None and not has_fit_parameter(theirs, "sample_weight"):
        pytest.skip("this scikit-learn has no sample weights")
    theirs.fit(X, target, **({} if weights is None else {"sample_weight": weights}))
    assert_alike(ours, theirs)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-10)


@unfinished
@pytest.mark.parametrize("targets", [1, 2])
def test_regressor_trains_as_scikit_learn_does(targets):
    target = (X @ np.linspace(-1, 1, 64 * targets).reshape(64, targets)).squeeze()
    settings = {"hidden_layer_sizes": (10,), "max_iter": 5, "random_state": 1}
    ours = MLPRegressor(**settings).fit(X, target)
    theirs = neural_network.MLPRegressor(**settings).fit(X, target)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=1e-10)
    if targets == 1:  # of several, scikit-learn reports the mean, and descends along the sum
        assert_alike(ours, theirs)


def assert_alike(ours, theirs):
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-9)
    for a, b in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_):
        np.testing.assert_allclose(a, b, atol=1e-9)


def test_training_stops_when_the_loss_stalls():
    settings = {"hidden_layer_sizes": (16,), "learning_rate_init": 0.02, "tol": 1e-2, "random_state": 0}
    ours, theirs = MLPClassifier(**settings).fit(X, y), neural_network.MLPClassifier(**settings).fit(X, y)
    assert ours.n_iter_ == theirs.n_iter_ == len(ours.loss_curve_) < 200


def test_early_stopping_keeps_the_best_weights():
    settings = {"hidden_layer_sizes": (16,), "early_stopping": True, "n_iter_no_change": 3, "random_state": 0}
    ours, theirs = MLPClassifier(**settings).fit(X, TWO), neural_network.MLPClassifier(**settings).fit(X, TWO)
    np.testing.assert_allclose(ours.validation_scores_, theirs.validation_scores_)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-8)
    assert ours.n_iter_ > np.argmax(ours.validation_scores_) + 1


@unfinished
@pytest.mark.parametrize("schedule", ["invscaling", "adaptive"])
def test_learning_rates_fall_as_in_scikit_learn(schedule):
    settings = {
        "hidden_layer_sizes": (5,), "solver": "sgd", "momentum": 0.0, "learning_rate": schedule,
        "learning_rate_init": 1.0, "tol": 0.1, "n_iter_no_change": 2, "max_iter": 40, "random_state": 0,
    }  # fmt: skip
    assert_alike(MLPClassifier(**settings).fit(X, TWO), neural_network.MLPClassifier(**settings).fit(X, TWO))


def test_partial_fit_takes_one_epoch_at_a_time():
    settings = {"hidden_layer_sizes": (10,), "random_state": 0}
    ours, theirs = MLPClassifier(**settings), neural_network.MLPClassifier(**settings)
    for model in (ours, theirs):
        model.partial_fit(X[:500], y[:500], classes=np.arange(10))
        model.partial_fit(X[500:], y[500:])
    assert_alike(ours, theirs)
    assert ours.t_ == len(X)
    numbers = MLPRegressor(**settings).partial_fit(X, TWO).partial_fit(X, TWO)
    assert len(numbers.loss_curve_) == 2


@unfinished
def test_warm_start_goes_on():
    model = MLPClassifier((10,), max_iter=3, warm_start=True, random_state=0).fit(X, y)
    first = model.coefs_
    assert model.fit(X, y).loss_curve_[3] < model.loss_curve_[2] and len(model.loss_curve_) == 6
    assert not np.array_equal(first[0], model.coefs_[0])


@unfinished
def test_float32_stays_float32():
    model = MLPClassifier((10,), max_iter=3, random_state=0).fit(X.astype(np.float32), y)
    assert model.coefs_[0].dtype == model.predict_proba(X.astype(np.float32)).dtype == np.float32


def test_digits_as_accurately_as_scikit_learn():
    settings = {"hidden_layer_sizes": (40,), "learning_rate_init": 0.01, "tol": 1e-3}
    train, test = slice(0, 1200), slice(1200, None)
    for seed in range(5):
        ours, theirs = (
            kind(random_state=seed, **settings).fit(X[train], y[train]).score(X[test], y[test])
            for kind in (MLPClassifier, neural_network.MLPClassifier)
        )
        assert abs(ours - theirs) < 0.01 and ours > 0.9


# ---------------------------------------------------------------------- at home in scikit-learn


def test_pipelines_searches_and_scores():
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"logisticregression__C": [1e-3, 1.0]}).fit(*IRIS)
    assert search.best_params_ == {"logisticregression__C": 1.0}
    assert cross_val_score(pipeline, *IRIS).mean() > 0.94
    assert clone(MLPClassifier((3,), alpha=0.5)).get_params()["alpha"] == 0.5


def test_classes_may_be_texts():
    names = np.array(["setosa", "versicolor", "virginica"])[IRIS[1]]
    model = LogisticRegression().fit(IRIS[0], names)
    assert model.predict(IRIS[0][:1]).tolist() == ["setosa"] and model.score(IRIS[0], names) > 0.95


# ---------------------------------------------------------------------- pictures and files


def test_a_fitted_estimator_draws_its_network():
    model = LogisticRegression().fit(*IRIS)
    assert "4-3 network" in model.draw().plan.title
    assert model.draw(IRIS[0][0], y=0).plan.title.startswith("Backward pass: a 4-3 network")
    binary = LogisticRegression().fit(IRIS[0][50:], IRIS[1][50:])
    assert binary.draw(IRIS[0][50], y=1).plan.title.startswith("Backward pass: a 4-1 network")
    assert MLPRegressor((3,)).partial_fit(*IRIS).draw(IRIS[0][0], y=0.5).plan.title.startswith("Backward")
    with pytest.raises(NotFittedError):
        MLPClassifier().draw()


SAVED = {
    "texts": (LogisticRegression(C=np.float64(2.0)), np.array(["a", "bb", "c"])[IRIS[1]]),
    "texts of any length": (LogisticRegression(), np.array(["a", "bb", "c"], dtype=object)[IRIS[1]]),
    "truth values": (MLPClassifier((4, 3), "tanh", random_state=0, max_iter=3), IRIS[1] > 0),
    "numbers": (MLPRegressor(5, early_stopping=True, max_iter=3), IRIS[1]),
}


@unfinished
@pytest.mark.parametrize("model, target", SAVED.values(), ids=SAVED)
def test_saved_estimators_load(model, target, tmp_path):
    model = clone(model).fit(IRIS[0].astype(np.float32), target)
    model.save(tmp_path / "model.npz")
    again = type(model).load(tmp_path / "model.npz")
    expected = model.predict(IRIS[0])
    np.testing.assert_array_equal(again.predict(IRIS[0]), expected)
    assert again.predict(IRIS[0]).dtype == expected.dtype
    assert again.get_params() == model.get_params()
    learned = [{name: v for name, v in vars(m).items() if name[-1] == "_" != name[0]} for m in (model, again)]
    assert learned[0].keys() == learned[1].keys() > {"n_features_in_", "n_iter_"}
    if hasattr(model, "partial_fit"):
        assert len(again.set_params(early_stopping=False).partial_fit(IRIS[0], target).loss_curve_) == 4


def test_files_hold_no_pickle(tmp_path):
    path = tmp_path / "model.npz"
    LogisticRegression().fit(*IRIS).save(path)
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays) == {"estimator", "W1", "b1"}
        assert json.loads(str(arrays["estimator"]))["settings"]["penalty"] == "l2"


def test_files_of_something_else_are_refused(tmp_path):
    path = tmp_path / "model.npz"
    LogisticRegression().fit(*IRIS).save(path)
    with pytest.raises(UnsupportedError, match="is not a MLPClassifier saved by save.*holds a LogisticRegression"):
        MLPClassifier.load(path)
    for content in (b"", b"no archive", pickle.dumps(LogisticRegression())):
        path.write_bytes(content)
        with pytest.raises(UnsupportedError, match="is not a LogisticRegression saved by save"):
            LogisticRegression.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": {"D": 1.0}},
        {"settings": 3},
        {"activations": ["nothing"]},
        {"activations": ["softmax", "softmax"]},
        {"learned": {"classes_": {"array": [0, 1, 2], "dtype": "V1000000000"}}},
    ],
)
def test_files_with_other_text_are_refused(tmp_path, changes):
    LogisticRegression().fit(*IRIS).save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as arrays:
        arrays = dict(arrays)
    arrays["estimator"] = np.array(json.dumps(json.loads(str(arrays["estimator"])) | changes))
    np.savez(tmp_path / "model.npz", **arrays)
    with pytest.raises(UnsupportedError, match="is not a LogisticRegression saved by save"):
        LogisticRegression.load(tmp_path / "model.npz")


def test_settings_without_text_cannot_be_saved(tmp_path):
    model = MLPRegressor(random_state=np.random.RandomState(0)).partial_fit(*IRIS)
    with pytest.raises(UnsupportedError, match="an integer random_state"):
        model.save(tmp_path / "model.npz")
    assert not (tmp_path / "model.npz").exists()


# ---------------------------------------------------------------------- mistakes


@pytest.mark.parametrize("model", [LogisticRegression(), MLPClassifier(), MLPRegressor()])
def test_sparse_input_is_refused(model):
    with pytest.raises(TypeError, match="dense data is required"):
        model.fit(sparse.csr_matrix(IRIS[0]), IRIS[1])


@pytest.mark.parametrize(
    "model, message",
    [
        (LogisticRegression(penalty="l1"), "penalty is 'l2' or None, not 'l1'"),
        (LogisticRegression(C=0), "C == 0, must be > 0"),
        (MLPClassifier(solver="lbfgs"), "solver is one of adam, sgd, not 'lbfgs'"),
        (MLPClassifier(activation="cube"), "activation is one of logistic, .*, not 'cube'"),
        (MLPClassifier(alpha=-1), "alpha == -1, must be >= 0"),
        (MLPClassifier((3, 0)), "hidden_layer_sizes == 0, must be >= 1"),
        (MLPClassifier(batch_size=0), "batch_size == 0, must be >= 1"),
    ],
)
def test_settings_are_checked_by_fit(model, message):
    with pytest.raises(ValueError, match=message):
        model.fit(*IRIS)


def test_classes_are_checked():
    with pytest.raises(ValueError, match="all targets are of one class: 7"):
        LogisticRegression().fit([[1.0], [2.0]], [7, 7])
    with pytest.raises(ValueError, match="first call of partial_fit needs classes="):
        MLPClassifier().partial_fit(*IRIS)
    model = MLPClassifier((3,)).partial_fit(*IRIS, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"Targets have classes \[5\], which are not among the known \[0 1 2\]"):
        model.partial_fit(IRIS[0], IRIS[1] + 3 * (IRIS[1] == 2))
    with pytest.raises(ValueError, match="differ from those of the call before"):
        model.partial_fit(*IRIS, classes=[0, 1])


def test_weights_are_checked():
    with pytest.raises(ValueError, match="sample_weight is zero|at least one non-zero"):
        MLPRegressor().fit(*IRIS, sample_weight=np.zeros(150))
    with pytest.raises(ValueError, match="partial_fit trains for one epoch"):
        MLPRegressor(early_stopping=True).partial_fit(*IRIS)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_explodes_is_an_error():
    with pytest.raises(NonFiniteError, match="became (inf|nan) in epoch .*StandardScaler"):
        MLPRegressor(solver="sgd", activation="identity", random_state=0).fit(1e3 * IRIS[0], IRIS[1])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("settings", [{}, {"solver": "sgd", "early_stopping": True, "learning_rate": "adaptive"}])
def test_a_long_training_goes_on_compiled_to_the_same_bits(settings, monkeypatch):
    def fitted(compiled_after):
        monkeypatch.setattr("tinygrad_edu.estimators.stochastic.COMPILED_AFTER", compiled_after)
        return MLPClassifier((5,), batch_size=40, max_iter=30, random_state=0, **settings).fit(*IRIS)

    compiled, plain = fitted(6), fitted(10**9)
    assert compiled.loss_curve_ == plain.loss_curve_ and compiled._optimiser.steps > 20
    for a, b in zip(compiled.coefs_, plain.coefs_):
        np.testing.assert_array_equal(a, b)
