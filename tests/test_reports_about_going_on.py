"""Public reports about memory, copies, threads and going on with other networks, rebuilt.

Each names the thread; the comment says what was reported there.
"""

import copy
import pickle
import tracemalloc
import warnings
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import learning_curve
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier, BackpropRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

rng = np.random.RandomState(0)
X = rng.normal(size=(90, 4))
y = np.tanh(X @ [1.0, -2.0, 0.5, 0.0])
c = (np.arange(90) + (y > 0)) % 3


def assert_same_weights(one, other):
    weights = ([*est.coefs_, *est.intercepts_] for est in (one, other))
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_saved_network_grows_by_its_loss_curve_alone():
    """scikit-learn #19959: the file grows with each sample of an online learner."""
    est = MultiOutputRegressor(BackpropRegressor(3, random_state=0))
    sizes = []
    for _ in range(3):
        for _ in range(300):
            est.partial_fit([[0.0, 1.0]], [[0.0, 1.0, 2.0]])
        sizes.append(len(pickle.dumps(est)))
    curves = 3 * 300 * 9  # a number takes 8 bytes and its kind
    assert sizes[1] - sizes[0] < 1.1 * curves
    assert sizes[2] - sizes[1] < 1.1 * curves


@pytest.mark.parametrize("engine", ["auto", "numpy"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_ran_before_and_where_X_lies_change_nothing(engine, dtype):
    """scikit-learn #15266: predictions depend on whether another model was fitted before."""
    est = BackpropClassifier(9, random_state=0, max_iter=8, engine=engine)
    right = clone(est).fit(X.astype(dtype), c)
    LogisticRegression().fit(X, c)
    itemsize = np.dtype(dtype).itemsize
    for offset in (0, itemsize, 3 * itemsize):
        room = np.zeros(X.size * itemsize + 64, np.uint8)
        moved = room[offset : offset + X.size * itemsize].view(dtype).reshape(X.shape)
        moved[...] = X
        assert_same_weights(clone(est).fit(moved, c), right)


@pytest.mark.parametrize("warm_start", [False, True])
def test_bagging_in_two_processes_gives_the_networks_of_one(warm_start):
    """keras #4274: networks in a bagging classifier cannot be sent to other processes."""
    est = BackpropClassifier(4, max_iter=5, n_iter_no_change=np.inf)
    bagged = []
    for n_jobs in (1, 2):
        bag = BaggingClassifier(est, 2, n_jobs=n_jobs, random_state=0, warm_start=warm_start)
        bag.fit(X, c)
        if warm_start:
            bag.set_params(n_estimators=4).fit(X, c)
        bagged.append(bag)
    assert len(bagged[0].estimators_) == (4 if warm_start else 2)
    for one, other in zip(*(bag.estimators_ for bag in bagged), strict=True):
        assert_same_weights(one, other)


class Keeps:
    """Keeps the network of each epoch in three ways."""

    def __init__(self):
        self.given, self.copied, self.clones = [], [], []

    def setup(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        if context.task_name == "epoch":
            self.given.append(fitted_estimator)
            self.copied.append(copy.deepcopy(fitted_estimator))
            self.clones.append(clone(estimator))

    def teardown(self, estimator, context):
        pass


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_networks_that_a_callback_keeps_stay_as_they_were(solver):
    """skorch #843: the best network so far, kept in a callback, changes with training."""
    pytest.importorskip("sklearn.callback")
    keeps = Keeps()
    est = BackpropRegressor(4, solver=solver, random_state=0, max_iter=6, tol=0)
    est.set_callbacks(keeps).fit(X, y)
    assert len(keeps.given) == len(est.loss_curve_) == 6
    for n, (given, copied) in enumerate(zip(keeps.given, keeps.copied, strict=True), start=1):
        assert_same_weights(given, copied)
        assert len(given.loss_curve_) == n
        same = BackpropRegressor(4, solver=solver, random_state=0, max_iter=n, tol=0).fit(X, y)
        assert_same_weights(given, same)
    for unfitted in keeps.clones:
        with pytest.raises(NotFittedError):
            unfitted.predict(X)


def test_a_pipeline_that_is_fitted_again_begins_again():
    """skorch #574: the second fit of a pipeline goes on from the weights of the first."""
    net = BackpropRegressor(4, random_state=0, max_iter=5).initialize(X, y)
    pipe = make_pipeline(StandardScaler(), net)
    first = [W.copy() for W in pipe.fit(X, y)[-1].coefs_]
    for W, again in zip(first, pipe.fit(X, y)[-1].coefs_, strict=True):
        np.testing.assert_array_equal(W, again)


def test_a_clone_with_another_solver_takes_chunks_at_once():
    """skorch #328: a clone with another optimizer fails in partial_fit."""
    est = BackpropClassifier(4, random_state=0).partial_fit(X, c, classes=[0, 1, 2])
    other = clone(est).set_params(solver="sgd", momentum=0.1)
    other.partial_fit(X, c, classes=[0, 1, 2]).partial_fit(X, c)
    afresh = BackpropClassifier(4, random_state=0, solver="sgd", momentum=0.1)
    assert_same_weights(other, afresh.partial_fit(X, c, classes=[0, 1, 2]).partial_fit(X, c))


@pytest.mark.parametrize("method", ["partial_fit", "fit"])
def test_training_goes_on_with_another_loss(method):
    """skorch #349: another loss set between two calls has no effect."""
    est = BackpropRegressor(4, "tanh", solver="sgd", momentum=0, batch_size=90, random_state=0)
    est.set_params(max_iter=1, warm_start=True, learning_rate_init=0.1).partial_fit(X, y)
    before = copy.deepcopy((est.coefs_, est.intercepts_))
    est.set_params(loss="absolute_error")
    getattr(est, method)(X, y)
    other = clone(est).initialize(X, y)
    other.coefs_, other.intercepts_ = before
    _, dW, _ = other.objective_and_gradient(X, y)
    for W, W_before, slope in zip(est.coefs_, before[0], dW, strict=True):
        np.testing.assert_allclose(W, W_before - 0.1 * slope, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "lm"])
def test_many_warm_starts_of_one_iteration_never_lose_ground(solver):
    """scikit-learn #13656: fits of one iteration each end far from one long fit."""
    est = BackpropRegressor(6, "logistic", solver=solver, alpha=0, random_state=0, warm_start=True)
    est.set_params(max_iter=1)
    J = [est.fit(X, y).objective(X, y) for _ in range(40)]
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(J))
    assert J[-1] < 0.7 * J[0]


def test_a_warm_start_goes_on_from_its_own_weights_and_not_from_those_it_was_given():
    """keras #23097: each fit begins with the weights of the model that was passed."""
    given = BackpropRegressor(4, random_state=0).initialize(X, y)
    start = (given.coefs_, given.intercepts_)
    est = BackpropRegressor(4, weight_init=start, warm_start=True, random_state=0, max_iter=3)
    first = copy.deepcopy(est.fit(X, y))
    est.set_params(learning_rate_init=1e-300).fit(X, y)
    assert_same_weights(est, first)
    assert not np.array_equal(est.coefs_[0], given.coefs_[0])


@pytest.mark.parametrize("method", ["predict_proba", "predict", "logits", "score", "objective"])
def test_many_rows_are_predicted_in_bounded_memory(method):
    """apolat2018/LSAT #7: MemoryError in predict_proba for the pixels of a map."""
    est = BackpropClassifier((60, 60), random_state=0).initialize(X, c)
    many, labels = np.zeros((100_000, 4)), np.zeros(100_000, int)
    call = getattr(est, method)
    arguments = (many, labels) if method in ("score", "objective") else (many,)
    call(*(a[:10] for a in arguments))
    tracemalloc.start()
    call(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    outputs = 100_000 * 3 * 8
    assert peak < 6 * outputs + 8e6  # one hidden layer alone would be 48 MB


def test_learning_curves_may_use_partial_fit():
    """scikit-learn #7506: learning curves of networks that go on from size to size."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sizes, train, test = learning_curve(
            BackpropClassifier(4, random_state=0),
            X,
            c,
            train_sizes=[20, 40, 60],
            exploit_incremental_learning=True,
            shuffle=True,
            random_state=0,
            cv=3,
        )
    assert sizes.tolist() == [20, 40, 60]
    assert np.isfinite(train).all()
    assert np.isfinite(test).all()
