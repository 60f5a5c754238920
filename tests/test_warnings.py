"""Every warning has a class of its own, comes when it should, and can be silenced alone."""

import inspect
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sknn_edu import BackpropClassifier, BackpropRegressor, exceptions
from sknn_edu.optimizers import SGD

random_state = np.random.RandomState(0)
X = random_state.normal(size=(40, 3))
y = X @ [1.0, -2.0, 0.5]
c = (y > 0).astype(int)

FIRST_ORDER = ["sgd", "adam", "adamw", "rmsprop", "adagrad", "nadam", "gd"]


def caught_while(function, *args, **kwargs):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(*args, **kwargs)
    return [warning.category for warning in caught]


def diverge():
    est = BackpropRegressor(3, solver="sgd", learning_rate_init=1e20, momentum=0, random_state=0)
    est.set_params(early_stopping=True).fit(X, y)


EACH = {
    exceptions.RiskyOutputWarning: lambda: BackpropClassifier(
        3, output_activation="relu", max_iter=2, tol=0
    ).fit(X, c),
    exceptions.BatchSizeWarning: lambda: BackpropRegressor(
        3, batch_size=1000, max_iter=2, tol=0
    ).fit(X, y),
    exceptions.MaxIterWarning: lambda: BackpropRegressor(3, max_iter=2).fit(X, y),
    exceptions.SolverStoppedWarning: lambda: BackpropRegressor(
        3, solver="lbfgs", max_iter=2, random_state=0
    ).fit(X, y),
    exceptions.DivergenceWarning: diverge,
    exceptions.UnusedScheduleWarning: lambda: BackpropRegressor(
        3, learning_rate="adaptive", max_iter=2, tol=0
    ).fit(X, y),
}


@pytest.mark.parametrize("category", EACH, ids=lambda category: category.__name__)
def test_each_warning_comes_alone_and_can_be_silenced_by_its_class(category):
    assert caught_while(EACH[category]) == [category]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", category)
        EACH[category]()


def test_the_estimators_have_no_other_warnings():
    given_by_fit = {
        cls
        for _, cls in inspect.getmembers(exceptions, inspect.isclass)
        if issubclass(cls, Warning) and cls is not ConvergenceWarning
    }
    given_by_fit -= {exceptions.SavedVersionWarning, exceptions.SetTooLateWarning}  # see callbacks
    assert given_by_fit == {*EACH}


@pytest.mark.parametrize(
    "category",
    [exceptions.MaxIterWarning, exceptions.SolverStoppedWarning, exceptions.DivergenceWarning],
)
def test_what_silences_scikit_learns_convergence_warning_silences_ours(category):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        EACH[category]()


@pytest.mark.parametrize("solver", FIRST_ORDER)
@pytest.mark.parametrize("fixed", [{"tol": 0}, {"n_iter_no_change": np.inf}])
@pytest.mark.parametrize("warm_start", [False, True])
def test_a_fixed_number_of_epochs_is_no_failure_to_converge(solver, fixed, warm_start):
    est = BackpropRegressor(3, solver=solver, max_iter=4, warm_start=warm_start, random_state=0)
    est.set_params(learning_rate_init=1e-3, **fixed)
    assert caught_while(est.fit, X, y) == []
    assert est.n_iter_ == 4
    assert est.stop_reason_ == "Finished as requested: max_iter=4 epochs were run."
    est.set_params(max_iter=6)
    assert caught_while(est.fit, X, y) == []
    assert est.n_iter_ == 6


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg"])
def test_for_full_batch_solvers_only_tol_0_fixes_the_number_of_iterations(solver):
    est = BackpropRegressor(3, solver=solver, max_iter=3, random_state=0)
    est.set_params(n_iter_no_change=np.inf)  # which means nothing to them
    assert caught_while(est.fit, X, y) == [exceptions.SolverStoppedWarning]
    assert est.n_iter_ == 3
    assert caught_while(est.set_params(tol=0).fit, X, y) == []
    assert est.n_iter_ == 3
    assert est.stop_reason_ == "Finished as requested: max_iter=3 iterations were run."


@pytest.mark.parametrize("early_stopping", [False, True])
def test_early_stopping_without_end_gives_the_best_epoch_and_no_warning(early_stopping):
    est = BackpropRegressor(3, early_stopping=early_stopping, max_iter=5, random_state=0)
    est.set_params(n_iter_no_change=np.inf)
    assert caught_while(est.fit, X, y) == []
    assert est.n_iter_ == 5
    assert 1 <= est.best_iter_ <= 5


@pytest.mark.parametrize("schedule", ["adaptive", "invscaling"])
@pytest.mark.parametrize("solver", ["adam", "gd", "lbfgs", "lm", SGD()], ids=str)
def test_a_schedule_that_has_no_effect_is_told_once_a_fit(schedule, solver):
    est = BackpropRegressor(3, solver=solver, learning_rate=schedule, max_iter=2, tol=0)
    for _ in range(2):
        assert caught_while(est.fit, X, y) == [exceptions.UnusedScheduleWarning]


def test_a_schedule_that_has_no_effect_is_told_in_the_first_partial_fit():
    est = BackpropRegressor(3, learning_rate="invscaling", random_state=0)
    assert caught_while(est.partial_fit, X, y) == [exceptions.UnusedScheduleWarning]
    assert caught_while(est.partial_fit, X, y) == []
    assert caught_while(est.set_params(solver="sgd").fit, X, y) == [exceptions.MaxIterWarning]
