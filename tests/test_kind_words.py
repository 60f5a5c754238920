"""A parameter that is not accepted is answered by what was probably meant.

The cases are what people write: names of other libraries and of older versions of scikit-learn,
names in capitals, numbers in quotes, a class in the place of an object.
"""

import re
import warnings

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale

from sknn_edu import (
    BackpropClassifier,
    BackpropRegressor,
    RobustSmoothClip,
    TabularClassifier,
    TabularRegressor,
)
from sknn_edu.activations import Activation, LeakyReLU
from sknn_edu.component import Component
from sknn_edu.exceptions import MaxIterWarning
from sknn_edu.initializers import Initializer
from sknn_edu.losses import Huber, LogLoss, Loss, SquaredError
from sknn_edu.optimizers import GD, SGD, Adam, Optimizer
from sknn_edu.parametrizations import Parametrization
from sknn_edu.schedules import Schedule
from sknn_edu.suggestions import closest
from sknn_edu.teaching import diagnose

rng = np.random.RandomState(0)
X = rng.normal(size=(40, 3))
y = X @ [1.0, -2.0, 0.5]
c = (y > 0).astype(int)
FAMILIES = [Activation, Initializer, Loss, Optimizer, Parametrization, Schedule]

both = pytest.mark.parametrize("cls", [BackpropClassifier, BackpropRegressor])


def error_of(cls, **params):
    with pytest.raises((ValueError, TypeError)) as caught:
        cls(**params).fit(X, c)
    return str(caught.value)


NAMES = [
    *(("loss", name, "squared_error") for name in ("mse", "MSE", "mean_squared_error", "l2")),
    *(("loss", name, "log_loss") for name in ("cross_entropy", "bce", "binary_crossentropy")),
    *(("loss", name, "absolute_error") for name in ("mae", "l1")),
    ("loss", "smooth_l1", "huber"),
    ("loss", "squared_eror", "squared_error"),
    ("activation", "swish", "silu"),
    ("activation", "sigmoid ", "sigmoid"),
    ("activation", "Sigmoid", "sigmoid"),
    ("activation", "lrelu", "leaky_relu"),
    ("activation", "LeakyReLU", "leaky_relu"),
    ("activation", "linear", "identity"),
    ("activation", "ReLU", "relu"),
    ("output_activation", "linear", "identity"),
    ("output_activation", "soft_max", "softmax"),
    ("solver", "SGD", "sgd"),
    ("solver", "Adam", "adam"),
    ("solver", "gradient_descent", "gd"),
    ("solver", "lbgfs", "lbfgs"),  # the letters that scikit-learn itself once confused
    ("solver", "l-bfgs", "lbfgs"),
    ("solver", "levenberg-marquardt", "lm"),
    ("weight_init", "xavier", "glorot_uniform"),
    ("weight_init", "kaiming", "he_normal"),
    ("learning_rate", "Adaptive", "adaptive"),
    ("learning_rate", "cosine_", "cosine"),
    ("engine", "NumPy", "numpy"),
]


@both
@pytest.mark.parametrize(("parameter", "written", "meant"), NAMES)
def test_a_name_from_elsewhere_is_answered_by_the_name_here(cls, parameter, written, meant):
    message = error_of(cls, **{parameter: written})
    assert repr(written) in message
    assert "Did you mean" in message
    assert repr(meant) in message.split("Did you mean")[1].split("?")[0]


@pytest.mark.parametrize("family", FAMILIES)
def test_names_from_elsewhere_are_no_names_here_and_lead_to_their_class(family):
    for name in family.names():
        for other in family.find(name).also_called:
            assert other not in family.names()
            with pytest.raises(ValueError, match=f"Did you mean {family.find(name).name!r}"):
                family.find(other)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_name_from_elsewhere_belongs_to_two_classes(family):
    classes = {family.find(name) for name in family.names()}
    others = [other for cls in classes for other in cls.also_called]
    assert len(others) == len(set(others))


@pytest.mark.parametrize("name", ["nonsense", "", "x", "a" * 10_000, "()", "ähnlich"])
def test_a_name_like_no_other_gets_no_suggestion(name):
    for family in FAMILIES:
        assert closest(name, {known: known for known in family.names()}) is None


VALUES = [
    ("max_iter", 1000.0, "max_iter=1000"),
    ("alpha", "0.01", "alpha=0.01"),
    ("hidden_layer_sizes", "(100, 50)", "hidden_layer_sizes=(100, 50)"),
    ("hidden_layer_sizes", "10", "hidden_layer_sizes=10"),
    ("early_stopping", "True", "early_stopping=True"),
    ("early_stopping", "true", "early_stopping=True"),
    ("early_stopping", "Best", "early_stopping='best'"),
    ("batch_size", None, "batch_size='auto'"),
    ("batch_size", 32.0, "batch_size=32"),
    ("shuffle", "False", "shuffle=False"),
    ("scoring", "Accuracy", "scoring='accuracy'"),
    ("scoring", "acuracy", "scoring='accuracy'"),
    ("scoring", "acc", "scoring='accuracy'"),
    ("scoring", "mean_squared_error", "scoring='neg_mean_squared_error'"),
    ("scoring", "RMSE", "scoring='neg_root_mean_squared_error'"),
    ("scoring", "log_loss", "scoring='neg_log_loss'"),
]


@both
@pytest.mark.parametrize(("parameter", "written", "meant"), VALUES)
def test_a_value_that_is_nearly_right_is_answered_by_the_right_one(cls, parameter, written, meant):
    assert f"Did you mean {meant}?" in error_of(cls, **{parameter: written})
    cls(max_iter=2, tol=0).set_params(
        **{parameter: eval(meant.split("=", 1)[1])}
    )._validate_params()


def test_estimators_for_tables_say_what_was_meant_too():
    assert "Did you mean scoring='accuracy'?" in error_of(TabularClassifier, scoring="acuracy")
    assert "Did you mean max_iter=100?" in error_of(TabularClassifier, max_iter=100.0)


@both
def test_a_value_like_no_right_one_gets_no_suggestion(cls):
    for parameter, value in {
        **{"engine": "torch", "max_iter": 2.5, "alpha": "much", "tol": None, "shuffle": "no"},
        **{"momentum": "2", "verbose": "\\d", "hidden_layer_sizes": "9" * 1000},
    }.items():
        assert "Did you mean" not in error_of(cls, **{parameter: value})


@both
@pytest.mark.parametrize(
    ("parameter", "given"),
    [("loss", SquaredError), ("solver", Adam), ("activation", LeakyReLU)],
)
def test_a_class_without_parentheses_is_told_to_have_some(cls, parameter, given):
    assert f"write {given.__name__}(), with parentheses" in error_of(cls, **{parameter: given})


def test_a_class_without_parentheses_in_a_sequence_is_told_to_have_some():
    message = error_of(BackpropClassifier, hidden_layer_sizes=4, activation=(LeakyReLU,))
    assert "write LeakyReLU(), with parentheses" in message


@both
def test_a_number_as_learning_rate_is_told_where_it_goes(cls):
    assert "learning_rate_init" in error_of(cls, learning_rate=0.01)


@both
def test_a_generator_is_told_what_to_pass_instead(cls):
    assert "RandomState(0)" in error_of(cls, random_state=np.random.default_rng(0))


KEYWORDS = [
    *(("lr", "learning_rate_init"), ("epochs", "max_iter"), ("optimizer", "solver")),
    *(("algorithm", "solver"), ("hidden_layers", "hidden_layer_sizes"), ("seed", "random_state")),
    *(("dropout_rate", "dropout"), ("learing_rate", "learning_rate"), ("criterion", "loss")),
    *(("patience", "n_iter_no_change"), ("n_epochs", "max_iter"), ("weight_decay", "alpha")),
    *(("hidden_layer_size", "hidden_layer_sizes"), ("nesterov_momentum", "nesterovs_momentum")),
]


@both
@pytest.mark.parametrize(("written", "meant"), KEYWORDS)
def test_a_keyword_from_elsewhere_is_answered_by_the_one_here(cls, written, meant):
    with pytest.raises(TypeError, match=f"no parameter {written!r}. Did you mean {meant!r}"):
        cls(**{written: 1})
    with pytest.raises(ValueError, match=f"(?s){written}.*Did you mean {meant!r}"):
        cls().set_params(**{written: 1})


def test_a_keyword_from_elsewhere_is_answered_inside_of_a_search():
    search = GridSearchCV(make_pipeline(StandardScaler(), BackpropClassifier()), {})
    search.set_params(param_grid={"backpropclassifier__lr": [0.1]}, error_score="raise")
    with pytest.raises(ValueError, match="Did you mean 'learning_rate_init'"):
        search.fit(X, c)


@pytest.mark.parametrize("cls", [TabularClassifier, TabularRegressor])
def test_the_estimators_for_tables_answer_keywords_from_elsewhere_too(cls):
    with pytest.raises(TypeError, match=r"no parameter 'epochs'.*Did you mean 'max_iter'"):
        cls(epochs=3)


@pytest.mark.parametrize(
    ("est", "meant"),
    [
        (TabularClassifier(max_iter=100.0), "max_iter=100"),
        (TabularRegressor(scoring="mse"), "scoring='neg_mean_squared_error'"),
        (TabularClassifier(scoring="acc"), "scoring='accuracy'"),
        (RobustSmoothClip(limit="3"), "limit=3"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_of_the_estimators_for_tables_are_answered_too(est, meant):
    with pytest.raises(ValueError, match=re.escape(f"Did you mean {meant}?")):
        est.fit(X, c)


@pytest.mark.parametrize(
    "est", [BackpropRegressor(loss="huber"), TabularRegressor(loss="huber")], ids=lambda e: type(e)
)
def test_settings_of_a_name_are_led_to_an_object(est):
    with pytest.raises(ValueError, match=r"loss='huber' is a name, .* settings such as 'delta'"):
        est.set_params(loss__delta=2)
    assert est.set_params(loss=Huber(), loss__delta=2).loss == Huber(2)


@pytest.mark.parametrize("cls", [TabularClassifier, TabularRegressor])
@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("n_estimators", "Did you mean 'n_members'"),
        ("cat_features", r"astype\(\{'shop': 'category'\}\)"),
        ("categorical_features", r"astype\(\{'shop': 'category'\}\)"),
        ("device", "runs on the CPU"),
    ],
)
def test_keywords_of_other_estimators_for_tables_are_answered(cls, written, answer):
    with pytest.raises(TypeError, match=f"no parameter '{written}'. .*{answer}"):
        cls(**{written: 1})
    with pytest.raises(ValueError, match=f"(?s){written}.*{answer}"):
        cls().set_params(**{written: 1})


ARGUMENTS = [
    ("eval_set", "Validation data are X_val and y_val"),
    ("validation_data", "Validation data are X_val and y_val"),
    ("X_valid", "Validation data are X_val and y_val"),
    ("epochs", r"It is a parameter: Backprop\w+\(max_iter=...\)"),
    ("batch_size", r"It is a parameter: Backprop\w+\(batch_size=...\)"),
    ("sample_weights", "Did you mean 'sample_weight'"),
    ("cat_features", "TabularClassifier"),
    ("foo", "Its arguments are X, y, sample_weight"),
]


@both
@pytest.mark.parametrize(("written", "answer"), ARGUMENTS)
def test_an_argument_of_fit_from_elsewhere_is_answered_by_where_it_goes(cls, written, answer):
    with pytest.raises(
        TypeError, match=rf"{cls.__name__}\.fit has no argument '{written}'\. {answer}"
    ):
        cls().fit(X, c, **{written: 1})


@both
def test_an_argument_of_partial_fit_is_answered_too(cls):
    with pytest.raises(TypeError, match=r"partial_fit has no argument 'epochs'\. It is a param"):
        cls().partial_fit(X, c, epochs=1)


@pytest.mark.parametrize("cls", [TabularClassifier, TabularRegressor])
def test_estimators_for_tables_say_that_they_hold_out_rows_themselves(cls):
    with pytest.raises(TypeError, match=r"fit has no argument 'X_val'\. .*validation_fraction"):
        cls().fit(X, c, X_val=X, y_val=c)


@both
@pytest.mark.parametrize(
    ("written", "meant"), [((64.0, 32.0), (64, 32)), (["8", 4], (8, 4)), ([np.float64(9)], (9,))]
)
def test_sizes_that_a_tuner_has_drawn_as_floats_are_answered_by_ints(cls, written, meant):
    with pytest.raises(ValueError, match=re.escape(f"Did you mean hidden_layer_sizes={meant}?")):
        cls(written).fit(X, c)


@both
@pytest.mark.parametrize("written", [(64.5,), ("wide",), (True,), ([4],), (np.inf,)])
def test_sizes_like_no_ints_get_no_suggestion(cls, written):
    with pytest.raises(ValueError, match=r"got .* Write \(100, 50\)"):
        cls(written).fit(X, c)


@both
def test_a_keyword_like_no_other_is_answered_by_all_of_them(cls):
    with pytest.raises(TypeError, match=r"no parameter 'foo'\. Use any of activation, alpha"):
        cls(foo=1)
    with pytest.raises(TypeError, match="positional"):
        cls(3, "relu", "adam")


# -- losses as text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        ("2 * squared_error", 2 * SquaredError()),
        ("2 * SquaredError()", 2 * SquaredError()),
        ("squared_error()", SquaredError()),
        ("squared_error + log_loss / 2", SquaredError() + LogLoss() / 2),
        ("huber(0.5)", Huber(0.5)),
        ("huber(delta=0.5)", Huber(0.5)),
        ("2 * Huber( delta = 0.5 ) + log_loss()", 2 * Huber(0.5) + LogLoss()),
    ],
)
def test_a_loss_may_be_a_formula_which_stays_the_parameter(text, loss):
    est = BackpropRegressor(4, output_activation="logistic", loss=text, max_iter=3, tol=0)
    est.set_params(random_state=0)
    assert clone(est).get_params()["loss"] == est.loss == text
    with_object = clone(est).set_params(loss=loss).fit(X, c)
    before = joblib.hash(est.get_params())
    est.fit(X, c)
    np.testing.assert_array_equal(est.coefs_[0], with_object.coefs_[0])
    assert joblib.hash(est.get_params()) == before


def test_an_activation_may_have_its_setting_as_text():
    text, given = (
        BackpropRegressor(4, f, max_iter=3, tol=0, random_state=0).fit(X, y)
        for f in ("leaky_relu(0.2)", LeakyReLU(0.2))
    )
    np.testing.assert_array_equal(text.coefs_[0], given.coefs_[0])


def test_losses_as_text_can_be_searched():
    grid = {"loss": ["squared_error", "2 * squared_error"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MaxIterWarning)
        search = GridSearchCV(BackpropRegressor(4, max_iter=3), grid, cv=2).fit(X, y)
    assert search.best_params_["loss"] in grid["loss"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2 * squared_eror", "Did you mean squared_error"),
        ("squared_error(3)", "squared_error has no settings"),
        ("2 * 3", "a number, not the name"),
        ("huber(epsilon=0.5)", "huber has no setting 'epsilon'; its setting is delta"),
        ("squared_error(half=True)", "squared_error has no setting 'half'; it has none"),
        ("0 * log_loss", "positive finite number"),
        ("__import__('os')", "cannot stand in a formula"),
    ],
)
def test_a_formula_of_losses_that_cannot_be_read_says_where_and_why(text, reason):
    message = error_of(BackpropClassifier, loss=text)
    assert message.startswith("loss: ")
    assert reason in message
    assert "^" in message


def test_solvers_have_their_settings_from_the_estimator_not_from_text():
    assert "not the name of an optimizer" in error_of(BackpropClassifier, solver="gd(0.1)")


# -- what training says --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("solver", "kind"), [("gd", "Full-batch"), (GD(), "Full-batch"), (SGD(), "Stochastic")]
)
def test_gradient_descent_on_all_rows_is_not_called_stochastic(solver, kind):
    with pytest.warns(MaxIterWarning, match=f"^{kind} Optimizer: Maximum iterations") as caught:
        BackpropRegressor(3, solver=solver, max_iter=2).fit(X, y)
    assert len(caught) == 1


def early_by(scoring, **params):
    """Iris: few epochs tell the classes apart, and many more are needed for good probabilities."""
    iris, kinds = load_iris(return_X_y=True)
    est = BackpropClassifier(20, "tanh", learning_rate_init=0.01, random_state=0, **params)
    est.set_params(early_stopping=True, n_iter_no_change=20, scoring=scoring)
    return est.fit(scale(iris), kinds), scale(iris), kinds


def test_early_stopping_by_accuracy_says_when_both_losses_fell_on():
    est, X, c = early_by("accuracy")
    then, end = est.best_iter_ - 1, len(est.loss_curve_) - 1
    assert est.loss_curve_[end] < 0.8 * est.loss_curve_[then]
    assert est.validation_loss_curve_[end] < 0.8 * est.validation_loss_curve_[then]
    assert est.stop_reason_.endswith("scoring='loss' would keep a later one.")
    found = diagnose(est, X, c)["stopped_too_early"]
    assert found.severity == "warning"
    assert "scoring='loss'" in found.remedy
    assert found.evidence["best_epoch"] == est.best_iter_


def test_early_stopping_by_the_loss_does_not_say_so():
    est, X, c = early_by("loss", max_iter=2000)
    assert "fell on" not in est.stop_reason_
    assert "stopped_too_early" not in diagnose(est, X, c).codes


def test_without_early_stopping_nothing_is_said_about_it():
    est = BackpropClassifier(4, max_iter=5, tol=0, random_state=0).fit(X, c, X_val=X, y_val=c)
    assert "fell on" not in est.stop_reason_
    assert "stopped_too_early" not in diagnose(est, X, c).codes


def test_user_components_need_no_other_names():
    assert Component.also_called == ()
