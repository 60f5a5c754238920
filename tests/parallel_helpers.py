"""What the tests of every backend share: searches to be repeated elsewhere, and a look at threads.

Workers import this module by name, so what is here can be sent to them.
"""

from contextlib import contextmanager
from threading import Thread
from types import SimpleNamespace

import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from threadpoolctl import ThreadpoolController, threadpool_limits

from sknn_edu import BackpropClassifier, BackpropRegressor, HiddenLayerTransformer
from sknn_edu.losses import Loss


def digits():
    X, y = load_digits(return_X_y=True)
    return scale(X[:300]), y[:300]


def diabetes():
    X, y = load_diabetes(return_X_y=True)
    return scale(X[:200]), scale(y[:200])


short = {"max_iter": 4, "tol": 0}
CASES = {
    "adam_with_dropout": SimpleNamespace(
        data=digits,
        estimator=BackpropClassifier(random_state=3, dropout=0.2, **short),
        grid={"hidden_layer_sizes": [(10,), (20, 10)], "alpha": [1e-4, 1.0]},
    ),
    "early_stopping_from_a_random_state": SimpleNamespace(
        data=digits,
        estimator=BackpropClassifier(
            15, random_state=np.random.RandomState(3), early_stopping=True, **short
        ),
        grid={"activation": ["tanh", "gelu"], "solver": ["sgd", "nadam"]},
    ),
    "lbfgs": SimpleNamespace(
        data=diabetes,
        estimator=BackpropRegressor(10, "tanh", solver="lbfgs", random_state=3, **short),
        grid={"alpha": [0.0, 1.0, 10.0]},
    ),
    "features_in_a_pipeline": SimpleNamespace(
        data=diabetes,
        estimator=make_pipeline(
            StandardScaler(),
            HiddenLayerTransformer(BackpropRegressor((8, 4), random_state=3, **short)),
            BackpropRegressor((), solver="newton-cg", random_state=3, **short),
        ),
        grid={"hiddenlayertransformer__layer": [1, 2]},
    ),
}


def search(case, n_jobs=None):
    """A grid search over the case; the winner is trained once more."""
    X, y = case.data()
    return GridSearchCV(case.estimator, case.grid, cv=2, n_jobs=n_jobs, error_score="raise").fit(
        X, y
    )


def cross_validation(case, n_jobs=None):
    """Scores and networks of a cross-validation of the case."""
    X, y = case.data()
    return cross_validate(
        case.estimator, X, y, cv=3, n_jobs=n_jobs, return_estimator=True, return_train_score=True
    )


def assert_same_search(one, other):
    """Every result but the times is the same, to the last bit."""
    assert one.cv_results_.keys() == other.cv_results_.keys()
    for name in one.cv_results_.keys() - {"params"}:
        if not name.endswith("_time"):
            np.testing.assert_array_equal(one.cv_results_[name], other.cv_results_[name], name)
    assert one.best_params_ == other.best_params_
    assert_same_weights(one.best_estimator_, other.best_estimator_)


def assert_same_cross_validation(one, other):
    for name in ("train_score", "test_score"):
        np.testing.assert_array_equal(one[name], other[name])
    for est, other_est in zip(one["estimator"], other["estimator"], strict=True):
        assert_same_weights(est, other_est)


def assert_same_weights(one, other):
    pairs = zip(arrays_of(one), arrays_of(other), strict=True)
    for a, b in pairs:
        np.testing.assert_array_equal(a, b)


def arrays_of(est):
    """Weights and biases of the network, the last step of a pipeline."""
    network = est[-1] if hasattr(est, "steps") else est
    return [*network.coefs_, *network.intercepts_]


# -- threads --------------------------------------------------------------------------


def blas_threads():
    """Threads of each BLAS library that is loaded, by its path."""
    libraries = ThreadpoolController().select(user_api="blas").info()
    return {library["filepath"]: library["num_threads"] for library in libraries}


@contextmanager
def threads_for_everybody(n):
    """Give every BLAS n threads, and let any thread change that.

    threadpoolctl (from 3.8) obeys no other thread than the one that set a limit, as long as it
    lives: so this one does not live long.
    """
    limits = []
    in_a_thread_of_its_own(lambda: limits.append(threadpool_limits(n)))
    yield
    in_a_thread_of_its_own(lambda: limits[0].restore_original_limits())


def in_a_thread_of_its_own(function):
    thread = Thread(target=function)
    thread.start()
    thread.join()


class ThreadCountingLoss(Loss):
    """Half the squared error; notes the threads of every BLAS while it is computed."""

    def __init__(self):
        self.seen = []

    def value(self, A, Y):
        self.seen.append(blas_threads())
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.subtract(A, Y, out=out)

    def hessian_product(self, A, Y, V):
        return V


def look_at_threads(solver):
    """The threads before, during and after a fit, as the worker sees them that runs this."""
    X, y = diabetes()
    loss = ThreadCountingLoss()
    before = blas_threads()
    BackpropRegressor(4, "tanh", solver=solver, loss=loss, random_state=0, **short).fit(X, y)
    return SimpleNamespace(before=before, during=loss.seen, after=blas_threads())


def assert_threads_are_those_given(looks, scipy_is_held):
    """During a fit no BLAS has more threads than before, numpy's has as many; all come back."""
    for look in looks:
        assert look.after == look.before
        assert len(look.during) > 2
        for threads in look.during:
            expected = {
                path: 1 if scipy_is_held and "scipy.libs" in path else n
                for path, n in look.before.items()
            }
            assert threads == expected
