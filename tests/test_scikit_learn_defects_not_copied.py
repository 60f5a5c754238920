"""Where ours differs from scikit-learn on purpose; docs/differences.md has a row for each."""

import contextlib
import io
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from threadpoolctl import ThreadpoolController

from sknn_edu import BackpropClassifier, BackpropRegressor, TabularClassifier
from sknn_edu.exceptions import DivergenceError, DivergenceWarning
from sknn_edu.losses import Loss

# A handful of epochs says enough here.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

rng = np.random.default_rng(0)
X = rng.normal(size=(100, 4))
Y = X @ rng.normal(size=(4, 3)) + 0.1 * rng.normal(size=(100, 3))
y = Y[:, 0]
labels = (y > 0).astype(int)


def weights_of(est):
    """A copy of all weights and biases."""
    return [array.copy() for array in [*est.coefs_, *est.intercepts_]]


def equal(arrays, others):
    """Whether all arrays are the same, to the last bit."""
    return all(map(np.array_equal, arrays, others))


# -- squared error with several outputs -----------------------------------------------

one_plain_step = {"solver": "sgd", "momentum": 0, "batch_size": 100, "alpha": 0}
one_plain_step |= {"max_iter": 1, "random_state": 0}


def test_squared_error_of_several_outputs_is_the_loss_whose_gradient_is_followed():
    est = BackpropRegressor(5, "tanh", **one_plain_step).initialize(X, Y)
    J, dW, _ = est.objective_and_gradient(X, Y)
    assert_allclose(J, 0.5 * ((est.predict(X) - Y) ** 2).sum(axis=1).mean())
    step = 1e-6
    for l, W in enumerate(est.coefs_):
        values = []
        for sign in (1, -1):
            W[0, 0] += sign * step
            values.append(est.objective(X, Y))
            W[0, 0] -= sign * step
        # Central differences are exact to about step^2, and rounding / step = 1e-10.
        assert_allclose(dW[l][0, 0], (values[0] - values[1]) / (2 * step), rtol=1e-6, atol=1e-8)

    before = weights_of(est)
    rate = est.learning_rate_init
    est = BackpropRegressor(5, "tanh", **one_plain_step).fit(X, Y)
    assert_allclose(est.loss_, J)
    assert_allclose(est.coefs_[0], before[0] - rate * dW[0])


# -- the split of early stopping ------------------------------------------------------

three_classes = np.repeat([0, 1, 2], [10, 30, 60])


def test_early_stopping_holds_out_each_class_in_proportion():
    seen = []

    def scorer(est, X_val, y_val):
        seen.append(sorted(y_val))
        return est.score(X_val, y_val)

    for seed in range(10):
        BackpropClassifier(
            4, early_stopping=True, max_iter=1, scoring=scorer, random_state=seed
        ).fit(X, three_classes)
    assert seen == [[0] + [1] * 3 + [2] * 6] * 10


# -- a batch in which no sample counts ------------------------------------------------

in_order = {"batch_size": 10, "shuffle": False, "max_iter": 5, "random_state": 0}
weights_without_a_batch = np.where(np.arange(100) // 10 == 3, 0.0, 1.0)


@pytest.mark.parametrize("solver", ["adam", "sgd", "adagrad", "rmsprop", "adamw", "nadam"])
def test_a_batch_of_zero_weights_changes_nothing(solver):
    counts = weights_without_a_batch > 0
    all_rows = BackpropRegressor(4, solver=solver, **in_order).fit(X, y, weights_without_a_batch)
    some_rows = BackpropRegressor(4, solver=solver, **in_order).fit(X[counts], y[counts])
    assert_allclose(all_rows.loss_curve_, some_rows.loss_curve_)
    for W, expected in zip(all_rows.coefs_, some_rows.coefs_, strict=True):
        assert_allclose(W, expected, rtol=1e-10)


def test_all_weights_zero_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="ample weights"):
        BackpropRegressor(4).fit(X, y, np.zeros(100))


# -- warm start -----------------------------------------------------------------------

impatient = {"n_iter_no_change": 3, "tol": 1e-3, "max_iter": 500, "random_state": 0}


def weights_for(est):
    """The weights of an estimator, as first weights of another."""
    return [W.copy() for W in est.coefs_], [b.copy() for b in est.intercepts_]


def test_a_warm_start_is_judged_by_itself():
    settings = {"learning_rate_init": 0.01, **impatient}
    est = BackpropRegressor(5, warm_start=True, **settings).fit(X, y)
    assert 1 < est.n_iter_ < 500  # it stopped because nothing improved any more
    start = weights_for(est)
    est.fit(X, y + 10)  # the loss of the first fit is out of reach
    fresh = BackpropRegressor(5, weight_init=start, **settings).fit(X, y + 10)
    assert est.n_iter_ == fresh.n_iter_ > 4
    assert equal(weights_of(est), weights_of(fresh))
    assert est.best_loss_ == min(est.loss_curve_[-est.n_iter_ :])


def test_a_warm_start_under_early_stopping_keeps_the_best_weights_of_all_fits():
    est = BackpropClassifier(5, early_stopping=True, warm_start=True, random_state=0)
    est.set_params(validation_fraction=0.2, learning_rate_init=0.02, n_iter_no_change=3)
    X_clear = np.sign(X) + 0.01 * X
    y_clear = (X_clear[:, 0] > 0).astype(int)
    est.set_params(max_iter=300).fit(X_clear, y_clear)
    assert est.best_validation_score_ == 1.0  # no later epoch can beat that
    best = weights_of(est)
    est.set_params(learning_rate_init=1.0, max_iter=2).fit(X_clear, y_clear)
    assert equal(weights_of(est), best)


def test_a_warm_start_with_other_layers_is_refused():
    est = BackpropRegressor(5, warm_start=True, max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match="hidden_layer_sizes"):
        est.set_params(hidden_layer_sizes=7).fit(X, y)


# -- L-BFGS and scipy's own BLAS ------------------------------------------------------


def scipy_blas():
    """The OpenBLAS that scipy's wheels bring along."""
    controller = ThreadpoolController()
    own = [lib.filepath for lib in controller.lib_controllers if "scipy.libs" in lib.filepath]
    if not own:
        pytest.skip("this scipy has no BLAS of its own")
    return controller.select(filepath=own)


def n_threads():
    """Threads of scipy's BLAS at this moment."""
    return {lib["num_threads"] for lib in scipy_blas().info()}


@pytest.fixture
def two_scipy_threads():
    """Let scipy's BLAS have two threads, whatever the machine is."""
    with scipy_blas().limit(limits=2):
        assert n_threads() == {2}
        yield


class ThreadCountingLoss(Loss):
    """Half the squared error; notes how many threads scipy's BLAS has, and may fail."""

    def __init__(self, fails_after=np.inf):
        self.fails_after = fails_after
        self.seen = []

    def value(self, A, Y):
        self.seen.append(n_threads())
        if len(self.seen) > self.fails_after:
            raise RuntimeError("a bug in a loss of one's own")
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.subtract(A, Y, out=out)

    def hessian_product(self, A, Y, V):
        return V


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg"])
def test_full_batch_solvers_hold_the_blas_of_scipy_to_one_thread(solver, two_scipy_threads):
    loss = ThreadCountingLoss()
    BackpropRegressor(4, "tanh", solver=solver, loss=loss, max_iter=5).fit(X, y)
    assert loss.seen
    assert all(threads == {1} for threads in loss.seen)
    assert n_threads() == {2}


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg"])
def test_an_error_while_solving_gives_the_threads_back(solver, two_scipy_threads):
    loss = ThreadCountingLoss(fails_after=3)
    with pytest.raises(RuntimeError, match="loss of one's own"):
        BackpropRegressor(4, "tanh", solver=solver, loss=loss, max_iter=5).fit(X, y)
    assert n_threads() == {2}


# -- divergence -----------------------------------------------------------------------

too_fast = {"solver": "sgd", "learning_rate_init": 50.0, "max_iter": 30, "random_state": 0}


def test_divergence_stops_at_once_and_keeps_finite_weights():
    est = BackpropRegressor(5, **too_fast)
    with pytest.raises(DivergenceError, match="learning_rate_init=50"):
        est.fit(X, y)
    assert est.n_iter_ < 30
    assert all(np.isfinite(array).all() for array in weights_of(est))


def test_divergence_under_early_stopping_warns_and_restores_the_best_weights():
    est = BackpropRegressor(5, early_stopping=True, **too_fast)
    with pytest.warns(
        DivergenceWarning, match="weights with the best validation score were restored"
    ):
        est.fit(X, y)
    assert est.n_iter_ < 30
    assert np.isfinite(est.predict(X)).all()
    assert est.best_validation_score_ == np.nanmax(est.validation_scores_)


# -- Ctrl-C ---------------------------------------------------------------------------


class InterruptingOutput(io.StringIO):
    """Stands in for the screen: Ctrl-C is pressed when the third epoch is reported."""

    def write(self, text):
        if "Iteration 3" in text:
            raise KeyboardInterrupt
        return super().write(text)


def test_an_interrupt_is_raised_after_the_best_weights_are_restored():
    params = {"solver": "sgd", "random_state": 0, "learning_rate_init": 0.01}
    est = BackpropRegressor(5, verbose=True, **params)
    with contextlib.redirect_stdout(InterruptingOutput()), pytest.raises(KeyboardInterrupt):
        est.fit(X, y)
    assert "Interrupted from the keyboard" in est.stop_reason_
    best = BackpropRegressor(5, max_iter=est.best_iter_, **params).fit(X, y)
    assert equal(weights_of(est), weights_of(best))


# -- probabilities and the log loss ---------------------------------------------------


def test_a_single_class_has_a_single_probability():
    est = BackpropClassifier(4, max_iter=2).fit(X, np.full(100, "only"))
    assert_array_equal(est.classes_, ["only"])
    assert_array_equal(est.predict_proba(X), np.ones((100, 1)))
    assert set(est.predict(X)) == {"only"}


def test_the_log_loss_is_exact_where_probabilities_round_to_one():
    x, y_wrong = np.array([[-40.0], [40.0]]), np.array([1, 0])
    tiny_step = {"solver": "sgd", "learning_rate_init": 1e-12, "max_iter": 1, "alpha": 0}
    est = BackpropClassifier((), warm_start=True, **tiny_step).fit(x, y_wrong)
    est.coefs_[0][:], est.intercepts_[0][:] = 1.0, 0.0  # logits of -40 and 40
    assert_allclose(est.fit(x, y_wrong).loss_, 40.0, rtol=1e-9)


# -- partial_fit ----------------------------------------------------------------------


def test_partial_fit_does_not_exist_where_a_solver_starts_afresh():
    assert hasattr(BackpropRegressor(4, solver="adam"), "partial_fit")
    assert not hasattr(BackpropRegressor(4, solver="lbfgs"), "partial_fit")
    assert not hasattr(BackpropClassifier(4, solver="lbfgs"), "partial_fit")


def test_a_new_learning_rate_takes_effect_in_the_next_partial_fit():
    est = BackpropRegressor(4, solver="sgd", momentum=0, random_state=0).partial_fit(X, y)
    before = weights_of(est)
    est.set_params(learning_rate_init=1e-12).partial_fit(X, y)
    assert all(np.abs(a - b).max() < 1e-9 for a, b in zip(weights_of(est), before, strict=True))


def test_a_chunk_need_not_hold_all_classes_under_warm_start():
    est = BackpropClassifier(4, warm_start=True).partial_fit(X, labels, classes=[0, 1])
    est.partial_fit(X[labels == 1], labels[labels == 1])
    assert_array_equal(est.classes_, [0, 1])


# -- types ----------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_float32_stays_float32_with_every_solver(solver):
    est = BackpropRegressor(4, solver=solver, max_iter=3).fit(X.astype(np.float32), y)
    assert {array.dtype.name for array in weights_of(est)} == {"float32"}
    assert est.predict(X).dtype == np.float32


# -- what is refused ------------------------------------------------------------------


def test_negative_sample_weights_are_refused():
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        BackpropRegressor(4).fit(X, y, -np.ones(100))


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="y are negative"):
        BackpropRegressor(4, loss="poisson").fit(X, y)


def test_a_fit_that_fails_leaves_the_estimator_as_it_was():
    est = BackpropRegressor(4, max_iter=2, random_state=0).fit(X, y)
    expected = est.predict(X)
    with pytest.raises(ValueError, match="sample_weight"):
        est.fit(X[:, :2], y, sample_weight=np.ones(7))
    assert_array_equal(est.predict(X), expected)


# -- epochs, counted and printed ------------------------------------------------------


@pytest.mark.parametrize("fixed", [{"n_iter_no_change": np.inf}, {"tol": 0}])
def test_a_fixed_number_of_epochs_is_run_without_a_warning(fixed):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        BackpropRegressor(4, max_iter=20, **fixed).fit(X, y)


def test_verbose_prints_twelve_of_25_epochs_and_the_reason_to_stop(capsys):
    est = BackpropRegressor(4, max_iter=25, tol=0, verbose=True).fit(X, y)
    *epochs, reason = capsys.readouterr().out.splitlines()
    assert len(epochs) == 12
    assert reason == est.stop_reason_


# -- the order of the arguments -------------------------------------------------------


@pytest.mark.parametrize("cls", [BackpropClassifier, BackpropRegressor])
def test_both_estimators_take_sizes_and_activation_by_position(cls):
    params = cls((5, 3), "tanh").get_params()
    assert params["hidden_layer_sizes"] == (5, 3)
    assert params["activation"] == "tanh"


def test_a_loss_by_position_is_an_error_that_names_the_parameter():
    with pytest.raises(ValueError, match="'hidden_layer_sizes' parameter of BackpropRegressor"):
        BackpropRegressor("poisson", (5,)).fit(X, np.abs(y))


# -- the page -------------------------------------------------------------------------


def test_the_page_names_tests_that_exist_and_all_of_this_file():
    page = Path(__file__).parents[1] / "docs" / "differences.md"
    named = set(re.findall(r"`(test_[a-z_0-9]+)`", page.read_text(encoding="utf-8")))
    here = {name for name in globals() if name.startswith("test_")}
    here -= {"test_the_page_names_tests_that_exist_and_all_of_this_file"}
    assert named == here


# -- what data mean --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("no_yes", "form"),
    [((-1, 1), np.array), ((1, 2), np.array), ((0, 2), np.array), ((0, 2), csr_matrix)],
)
def test_labels_that_are_not_0_and_1_are_refused(no_yes, form):
    indicator = form(np.where(Y > 0, no_yes[1], no_yes[0]))
    with pytest.raises(ValueError, match=r"0 is no and 1 is yes, but it also holds (-1|2)\."):
        BackpropClassifier().fit(X, indicator)
    est = BackpropClassifier(4, max_iter=1).fit(X, form((Y > 0).astype(int)))
    for use in (est.partial_fit, lambda X, y: est.fit(X, (Y > 0).astype(int), X_val=X, y_val=y)):
        with pytest.raises(ValueError, match="0 is no and 1 is yes"):
            use(X, indicator)


@pytest.mark.parametrize("unit", ["datetime64[ms]", "timedelta64[ms]"])
def test_times_are_no_numbers(unit):
    times = np.arange(12).reshape(6, 2).astype(unit)
    for table in (times, pd.DataFrame(times), pl.DataFrame({"0": times[:, 0]})):
        with pytest.raises(ValueError, match=r"Column '?0'? of X holds .*, which is no number"):
            BackpropClassifier().fit(table, [0, 1] * 3)
    est = BackpropClassifier(2, max_iter=1).fit(np.ones((6, 2)), [0, 1] * 3)
    with pytest.raises(ValueError, match="which is no number"):
        est.predict(times)
    zoned = pd.DataFrame({"day": pd.date_range("2026-01-01", periods=6, tz="Asia/Tokyo")})
    with pytest.raises(ValueError, match="Column 'day' of X holds 2026-01-01"):
        BackpropClassifier().fit(zoned, [0, 1] * 3)


@pytest.mark.parametrize("estimator", [BackpropClassifier, TabularClassifier])
@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (pd.Series([0, 1] * 6, dtype="Int64"), "i"),
        (pd.Series([3, 1] * 6, dtype="UInt8"), "u"),
        (pd.Series([True, False] * 6, dtype="boolean"), "b"),
        (pd.Series([0, 1] * 6, dtype="Sparse[int]"), "i"),
        (np.array(["no", "yes"] * 6, dtype=np.dtypes.StringDType()), "U"),
    ],
    ids=["Int64", "UInt8", "boolean", "Sparse", "StringDType"],
)
def test_labels_keep_their_kind(estimator, y, kind):
    est = estimator(4, max_iter=2).fit(X[:12], y)
    assert est.predict(X[:12]).dtype.kind == est.classes_.dtype.kind == kind
    assert set(est.classes_.tolist()) == set(y.tolist())
    if kind != "U":
        assert est.score(X[:12], y) == np.mean(est.predict(X[:12]) == y.to_numpy())


@pytest.mark.parametrize("estimator", [BackpropClassifier, TabularClassifier])
@pytest.mark.parametrize(
    "y",
    [
        np.array([0, 1] * 6, dtype=object),
        np.array([False, True] * 6, dtype=object),
        np.array(["no", "yes"] * 6, dtype=np.dtypes.StringDType()),
        np.array([[0, 1], [1, 0]] * 6, dtype=object),
        pd.DataFrame({"a": [0, 1] * 6, "b": [1, 0] * 6}, dtype="Int64"),
        pd.DataFrame({"a": [False, True] * 6, "b": [True, False] * 6}, dtype="boolean"),
    ],
    ids=["int", "bool", "StringDType", "several labels", "Int64", "boolean"],
)
def test_labels_that_were_fitted_can_be_scored(estimator, y):
    est = estimator(4, max_iter=2).fit(X[:12], y)
    right = (est.predict(X[:12]) == np.array(y.to_numpy() if hasattr(y, "to_numpy") else y)).T
    assert est.score(X[:12], y) == np.mean(right.all(axis=0) if right.ndim == 2 else right)
