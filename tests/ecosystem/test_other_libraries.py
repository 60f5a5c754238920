"""With other people's libraries: resampling before training, tuning, explanations."""

import warnings

import numpy as np
import optuna
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import InstanceHardnessThreshold
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.preprocessing import StandardScaler, scale

from sknn_edu import BackpropClassifier, BackpropRegressor

with warnings.catch_warnings():
    # shap makes its colour maps in a way that matplotlib is going to drop
    warnings.filterwarnings("ignore", "The set_", PendingDeprecationWarning)
    import shap

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def classifier(**params):
    given = {"solver": "lbfgs", "alpha": 1.0, "max_iter": 50, "random_state": 0}
    return BackpropClassifier(6, "tanh", **{**given, **params})


# -- imbalanced-learn -----------------------------------------------------------------


@pytest.fixture(scope="module")
def rare():
    """Few of one class to train on, as many of both as there are to test on."""
    X, y = load_breast_cancer(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=0)
    rows = np.r_[np.flatnonzero(y == 1), np.flatnonzero(y == 0)[:12]]
    return X[rows], X_test, y[rows], y_test


@pytest.mark.parametrize("sampler", [RandomOverSampler(random_state=0), SMOTE(random_state=0)])
def test_resampling_in_a_pipeline_reaches_the_network_in_fit_only(sampler, rare):
    X, X_test, y, y_test = rare
    pipeline = make_pipeline(StandardScaler(), sampler, classifier()).fit(X, y)
    X_scaled = StandardScaler().fit_transform(X)
    by_hand = classifier().fit(*type(sampler)(random_state=0).fit_resample(X_scaled, y))
    for W, expected in zip(pipeline[-1].coefs_, by_hand.coefs_, strict=True):
        np.testing.assert_array_equal(W, expected)
    assert pipeline.predict(X_test).shape == y_test.shape


def test_a_sampler_that_asks_the_network_for_probabilities(rare):
    X, _, y, _ = rare
    sampler = InstanceHardnessThreshold(estimator=classifier(), random_state=0, cv=3)
    X_kept, y_kept = sampler.fit_resample(scale(X), y)
    assert (y_kept == 0).sum() == 12
    assert 12 <= (y_kept == 1).sum() < (y == 1).sum()
    assert len(X_kept) == len(y_kept)


# -- Optuna ---------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def quiet():
    optuna.logging.set_verbosity(optuna.logging.WARNING)


def test_optuna_searches_depth_and_width_as_two_numbers():
    X, y = load_iris(return_X_y=True)
    X = scale(X)

    def accuracy(trial):
        net = classifier(
            alpha=trial.suggest_float("alpha", 1e-3, 1e4, log=True),
            n_hidden_layers=trial.suggest_int("n_hidden_layers", 0, 3),
        ).set_params(hidden_layer_sizes=trial.suggest_int("width", 2, 16))
        return cross_val_score(net, X, y, cv=3).mean()

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(accuracy, n_trials=12)
    assert study.best_value > 0.93 > 0.4 > min(trial.value for trial in study.trials)
    best = study.best_params
    net = classifier(alpha=best["alpha"], n_hidden_layers=best["n_hidden_layers"])
    net.set_params(hidden_layer_sizes=best["width"]).fit(X, y)
    widths = [W.shape[1] for W in net.coefs_[:-1]]
    assert widths == [best["width"]] * best["n_hidden_layers"]


def test_optuna_prunes_epoch_by_epoch_through_partial_fit():
    X, y = load_breast_cancer(return_X_y=True)
    X, X_val, y, y_val = train_test_split(scale(X), y, random_state=0)

    def accuracy(trial):
        rate = trial.suggest_categorical("rate", [1e-2, 1e-7])
        net = classifier(solver="adam", learning_rate_init=rate, batch_size=20)
        for epoch in range(8):
            net.partial_fit(X, y, classes=[0, 1])
            score = net.score(X_val, y_val)
            trial.report(score, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return score

    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.GridSampler({"rate": [1e-2, 1e-7]}, seed=0),
        pruner=optuna.pruners.ThresholdPruner(lower=0.9, n_warmup_steps=4),
    )
    study.optimize(accuracy, n_trials=2)
    state = {trial.params["rate"]: trial.state for trial in study.trials}
    assert state == {
        1e-2: optuna.trial.TrialState.COMPLETE,
        1e-7: optuna.trial.TrialState.PRUNED,
    }


# -- shap -----------------------------------------------------------------------------


@pytest.mark.parametrize("explainer", ["permutation", "kernel", "exact"])
def test_explanations_add_up_to_the_prediction(explainer):
    """The parts of the features and the mean over the background make the prediction."""
    X, y = load_diabetes(return_X_y=True)
    X, y = scale(X[:, :5]), scale(y)
    net = BackpropRegressor(8, "tanh", solver="lbfgs", max_iter=50, random_state=0).fit(X, y)
    background, samples = X[:20], X[100:104]
    explained = explain(explainer, net.predict, background, samples)
    np.testing.assert_allclose(explained.base_values, net.predict(background).mean(), atol=1e-6)
    total = explained.base_values + explained.values.sum(axis=1)
    np.testing.assert_allclose(total, net.predict(samples), atol=1e-6)
    assert np.abs(explained.values).max() > 0.1


def test_explanations_of_probabilities_add_up_for_each_class():
    X, y = load_iris(return_X_y=True)
    X = scale(X)
    net = classifier().fit(X, y)
    explained = explain("permutation", net.predict_proba, X[::10], X[:3])
    assert explained.values.shape == (3, 4, 3)
    total = explained.base_values + explained.values.sum(axis=1)
    np.testing.assert_allclose(total, net.predict_proba(X[:3]), atol=1e-6)


def test_a_linear_network_has_the_explanation_that_one_can_compute_by_hand():
    """Without a hidden layer the part of feature j is w_j (x_j - mean of x_j)."""
    X, y = load_diabetes(return_X_y=True)
    X, y = scale(X[:, :5]), scale(y)
    net = BackpropRegressor((), solver="lbfgs", random_state=0).fit(X, y)
    explained = explain("permutation", net.predict, X[:20], X[100:104])
    by_hand = net.coefs_[0].ravel() * (X[100:104] - X[:20].mean(axis=0))
    np.testing.assert_allclose(explained.values, by_hand, atol=1e-6)


def explain(explainer, function, background, samples):
    """shap's explanation of the samples, by one of its model-agnostic explainers."""
    if explainer == "kernel":
        return shap.KernelExplainer(function, background)(samples)
    masker = shap.maskers.Independent(background)
    kind = {"permutation": shap.PermutationExplainer, "exact": shap.ExactExplainer}[explainer]
    return kind(function, masker)(samples)
