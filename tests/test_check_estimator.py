"""scikit-learn's own checks of an estimator, for the defaults and across the options.

No check is expected to fail. Some options contradict a check by what they ask for: they have a
test of their own, which wants these checks to fail and all the others to pass.
"""

import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.losses import AbsoluteError, Huber, LogLoss, Quantile, SquaredError
from sknn_edu.optimizers import Optimizer

# The checks fit small data for few epochs, and some configurations are unusual on purpose:
# both are worth a warning to a user, and neither is what is checked here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning"),
]

# Newton-CG and Levenberg-Marquardt divide by curvature, so that on badly conditioned problems
# they amplify rounding. check_sample_weight_equivalence compares two fits that add up the same
# terms in different orders: few steps and a strong penalty keep the difference small. The
# penalty also keeps logistic outputs from rounding to 1, which a check of labels wants below 1.
few_steps = {"max_iter": 5, "alpha": 1.0}

fast = {"learning_rate_init": 0.02}

CLASSIFIERS = [
    BackpropClassifier(10, solver="gd", learning_rate_init=0.5, weight_init="glorot_uniform"),
    BackpropClassifier(
        10, "tanh", solver="sgd", learning_rate="adaptive", learning_rate_init=0.1, clip_norm=1.0
    ),
    # L1 has kinks, where line searches lose the way: it goes with a first-order solver.
    BackpropClassifier(10, "silu", solver="rmsprop", loss="squared_hinge", l1_ratio=0.5, **fast),
    BackpropClassifier(
        *(8, ["elu", "softsign"]),
        **{"n_hidden_layers": 2, "solver": "adamw", "weight_init": "orthogonal", **fast},
        **{"loss": "squared_error", "output_activation": "softmax"},
    ),
    # Not with the log loss, which has no minimum behind outputs that are no probabilities.
    BackpropClassifier(
        *(10, "leaky_relu"),
        **{"solver": "nadam", "loss": "squared_error", "output_activation": "softplus", **fast},
    ),
    BackpropClassifier(10, "selu", solver="lbfgs", weight_init="lecun_normal", alpha=0.1),
    BackpropClassifier((), solver="lbfgs", alpha=0.1, loss=SquaredError() + LogLoss()),
]

three_losses = Huber(0.5) + 0.5 * AbsoluteError() + Quantile(0.3)
REGRESSORS = [
    BackpropRegressor(10, "tanh", solver="gd", learning_rate_init=0.1, loss="huber"),
    # Some targets of the checks reach several hundred: at 0.01 it diverges, and says so.
    BackpropRegressor(10, solver="sgd", learning_rate_init=0.001, loss=2 * SquaredError()),
    BackpropRegressor(10, "softmax", solver="adagrad", learning_rate_init=0.1, loss="quantile"),
    BackpropRegressor(10, "softplus", solver="nadam", loss=three_losses, **fast),
    BackpropRegressor((8, 5), "elu", solver="adamw", alpha=0.1, **fast),
    BackpropRegressor(6, "logistic", solver="newton-cg", **few_steps),
    BackpropRegressor(6, fit_intercept=False, solver="lbfgs", weight_init="he_uniform"),
]


EVERY_TIME = [
    BackpropClassifier(),
    BackpropClassifier(10, "gelu", solver="adagrad", learning_rate_init=0.1, loss="hinge"),
    BackpropClassifier(6, "mish", solver="newton-cg", output_activation="softmax", **few_steps),
    BackpropRegressor(),
    # After five steps it does not yet score well enough with every version of scipy.
    BackpropRegressor(6, "tanh", solver="lm", max_iter=10, alpha=1.0),
]


@parametrize_with_checks(EVERY_TIME)
def test_check_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([*CLASSIFIERS, *REGRESSORS])
def test_check_of_scikit_learn_across_the_options(estimator, check):
    check(estimator)


def test_configurations_use_every_solver():
    used = {est.solver for est in [*EVERY_TIME, *CLASSIFIERS, *REGRESSORS]}
    assert used == set(Optimizer.names())


# -- options that contradict a check --------------------------------------------------

# A weight of 2 is the same as two equal rows for the objective, not for what is drawn for each
# row: a dropout mask, a place in a batch, a side of the split.
WEIGHTS_ARE_REPEATED_ROWS = {
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
}
# These call partial_fit, which refuses, as in scikit-learn, what needs all the data.
CALLS_PARTIAL_FIT = {
    "check_fit_score_takes_y",
    "check_n_features_in_after_fitting",
    "check_estimators_partial_fit_n_features",
}
SEVERAL_LABELS = {
    "check_classifiers_multilabel_representation_invariance",
    "check_classifiers_multilabel_output_format_predict",
    "check_classifiers_multilabel_output_format_predict_proba",
    "check_classifiers_multilabel_output_format_decision_function",
}
early_stopping = {"early_stopping": True, "validation_fraction": 0.3, "learning_rate_init": 0.02}


@pytest.mark.parametrize(
    ("estimator", "contradicted"),
    [
        (
            BackpropRegressor((8, 5), "elu", learning_rate_init=0.02, dropout=[0.1, 0.0]),
            WEIGHTS_ARE_REPEATED_ROWS,
        ),
        (
            BackpropClassifier(10, scoring="loss", **early_stopping),
            WEIGHTS_ARE_REPEATED_ROWS | CALLS_PARTIAL_FIT,
        ),
        (
            BackpropClassifier(20, learning_rate_init=0.02, class_weight="balanced"),
            CALLS_PARTIAL_FIT | SEVERAL_LABELS,
        ),
    ],
    ids=["dropout", "early_stopping", "balanced_classes"],
)
def test_only_checks_that_an_option_contradicts_fail(estimator, contradicted):
    results = check_estimator(estimator, on_skip=None, on_fail=None)
    failed = {result["check_name"] for result in results if result["status"] == "failed"}
    assert failed == contradicted


# -- in configurations that both have, no check fails that scikit-learn's own pass -----------


def checks_of(estimator, status):
    results = check_estimator(estimator, on_skip=None, on_fail=None)
    return {
        result["check_name"]
        for result in results
        # scikit-learn checks its own with another solver where they would fail
        if result["status"] == status and result["estimator"].solver == estimator.solver
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("solver", "early_stopping"),
    [
        ("sgd", True),  # which lbfgs ignores
        pytest.param("adam", True, marks=pytest.mark.slow),
        *(pytest.param(s, False, marks=pytest.mark.slow) for s in ("sgd", "adam", "lbfgs")),
    ],
)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(BackpropClassifier, MLPClassifier), (BackpropRegressor, MLPRegressor)],
    ids=["classifier", "regressor"],
)
def test_no_check_fails_that_scikit_learns_network_passes(ours, theirs, solver, early_stopping):
    params = {"solver": solver, "early_stopping": early_stopping}
    if failed := checks_of(ours(**params), "failed"):
        assert not failed & checks_of(theirs(**params), "passed")
