"""Every optimizer goes downhill, takes exactly the steps of its paper, and arrives."""

import copy

import numpy as np
import pytest
from gradient_helpers import members
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge

import sknn_edu.optimizers
from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.optimizers import SGD, Adam, FirstOrder, Optimizer

FIRST_ORDER = [rule for rule in members(Optimizer) if isinstance(rule, FirstOrder)]
SCIPY = [solver for solver in members(Optimizer) if not isinstance(solver, FirstOrder)]

every_solver = pytest.mark.parametrize("solver", [solver.name for solver in SCIPY])


@pytest.fixture(params=FIRST_ORDER, ids=repr)
def rule(request):
    """A fresh object of each first-order rule, which remembers its steps."""
    return type(request.param)(**request.param.settings())


def parabola(theta):
    """Gradient of a bowl ten times as steep in one direction as in the other, lowest at (1, 1)."""
    return np.array([1, 10]) * (theta - 1)


def rosenbrock(theta):
    """Gradient of (1 - x)^2 + 100 (y - x^2)^2, a bent valley, lowest at (1, 1)."""
    x, y = theta
    return np.array([2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)])


def path(rule, gradient, start, n_steps, dtype=np.float64):
    """Where the rule is after each step."""
    theta = np.array(start, dtype)
    rule.begin(theta)
    for _ in range(n_steps):
        rule.step(theta, gradient(theta).astype(dtype))
        yield theta.copy()
    rule.end()


# -- first order --------------------------------------------------------------------------


@pytest.mark.parametrize("gradient", [parabola, rosenbrock])
def test_some_learning_rate_leads_to_within_a_hundredth_of_the_minimum(rule, gradient):
    def arrives(learning_rate):
        rule_at_rate = type(rule)(**{**rule.settings(), "learning_rate_init": learning_rate})
        with np.errstate(over="ignore", invalid="ignore"):  # a rate may be too large
            points = path(rule_at_rate, gradient, [-1, 1.5], 20_000)
            return any(np.abs(theta - 1).max() < 1e-2 for theta in points)

    assert any(arrives(learning_rate) for learning_rate in (1e-3, 1e-2, 1e-1))


def test_first_step_goes_downhill_in_every_coordinate(rule):
    start = np.array([3.0, -2.0])
    (theta,) = path(rule, parabola, start, 1)
    assert_array_equal(np.sign(theta - start), -np.sign(parabola(start)))


def test_state_and_steps_of_float32_are_float32(rule):
    (*_, exact) = path(copy.deepcopy(rule), parabola, [-1, 1.5], 5)
    (*_, theta) = path(rule, parabola, [-1, 1.5], 5, np.float32)
    assert theta.dtype == np.float32
    state = [value for value in vars(rule).values() if isinstance(value, np.ndarray)]
    assert all(array.dtype == np.float32 for array in state if array.size)
    assert_allclose(theta, exact, rtol=1e-5)


def test_state_is_kept_from_call_to_call_and_dropped_for_another_size(rule):
    (*_, expected) = path(copy.deepcopy(rule), parabola, [-1, 1.5], 10)
    (*_, halfway) = path(rule, parabola, [-1, 1.5], 5)
    (*_, theta) = path(rule, parabola, halfway, 5)
    assert_array_equal(theta, expected)

    def three(theta):
        return np.array([1, 2, 3]) * theta

    (*_, fresh) = path(type(rule)(**rule.settings()), three, [1, 1, 1], 3)
    (*_, reused) = path(rule, three, [1, 1, 1], 3)
    assert_array_equal(reused, fresh)


# The rules as published, on whole vectors and without short cuts. g is the gradient as a
# function; each yields theta after every step.


def gd(g, theta, learning_rate_init):
    while True:
        theta = theta - learning_rate_init * g(theta)
        yield theta


def classical_momentum(g, theta, learning_rate_init, momentum, nesterovs_momentum):
    velocity = 0
    while True:
        velocity = momentum * velocity - learning_rate_init * g(theta)
        theta = theta + velocity
        yield theta


def nesterov_momentum(g, ahead, learning_rate_init, momentum, nesterovs_momentum):
    """Sutskever et al., equations 3 and 4: the gradient is taken at theta + momentum v.

    That point is what an implementation calls theta, so it is what is compared.
    """
    theta, velocity = ahead, 0
    while True:
        velocity = momentum * velocity - learning_rate_init * g(theta + momentum * velocity)
        theta = theta + velocity
        yield theta + momentum * velocity


def adagrad(g, theta, learning_rate_init, epsilon):
    gradients = []
    while True:
        gradients.append(g(theta))
        norm = np.sqrt(np.sum(np.square(gradients), axis=0))
        theta = theta - learning_rate_init * gradients[-1] / (norm + epsilon)
        yield theta


def rmsprop(g, theta, learning_rate_init, rho, epsilon):
    mean_square = 0
    while True:
        mean_square = rho * mean_square + (1 - rho) * g(theta) ** 2
        theta = theta - learning_rate_init * g(theta) / (np.sqrt(mean_square) + epsilon)
        yield theta


def moments(g, theta, beta_1, beta_2):
    """Decaying means of g and g^2, as sums with all their weights; send in the next theta."""
    history = []
    while True:
        history.append(g(theta))
        age = np.arange(len(history))[::-1, np.newaxis]
        m = np.sum((1 - beta_1) * beta_1**age * history, axis=0)
        v = np.sum((1 - beta_2) * beta_2**age * np.square(history), axis=0)
        theta = yield len(history), history[-1], m, v


def adam(g, theta, learning_rate_init, beta_1, beta_2, epsilon):
    """Kingma and Ba, the last lines of section 2: epsilon stands beside sqrt(v)."""
    means = moments(g, theta, beta_1, beta_2)
    t, _, m, v = next(means)
    while True:
        rate = learning_rate_init * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        theta = theta - rate * m / (np.sqrt(v) + epsilon)
        yield theta
        t, _, m, v = means.send(theta)


def adamw(g, theta, learning_rate_init, beta_1, beta_2, epsilon):
    """Loshchilov and Hutter, algorithm 2, without the decay, which is the estimator's."""
    means = moments(g, theta, beta_1, beta_2)
    t, _, m, v = next(means)
    while True:
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        theta = theta - learning_rate_init * m_hat / (np.sqrt(v_hat) + epsilon)
        yield theta
        t, _, m, v = means.send(theta)


def nadam(g, theta, learning_rate_init, beta_1, beta_2, epsilon, momentum_decay):
    """Dozat, algorithm 2, with the schedule of mu from its section on experiments."""
    means = moments(g, theta, beta_1, beta_2)
    t, gradient, m, v = next(means)

    def mu(t):
        return beta_1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))

    while True:
        products = np.cumprod([mu(i) for i in range(1, t + 2)])
        g_hat, m_hat = gradient / (1 - products[-2]), m / (1 - products[-1])
        m_bar = (1 - mu(t)) * g_hat + mu(t + 1) * m_hat
        theta = theta - learning_rate_init * m_bar / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
        yield theta
        t, gradient, m, v = means.send(theta)


# An epsilon this large shows whether it is in its place.
SGD_SETTINGS = {"learning_rate_init": 1e-3, "momentum": 0.8}
ADAM_SETTINGS = {"learning_rate_init": 0.1, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 0.3}
PUBLISHED = [
    (gd, "gd", {"learning_rate_init": 1e-3}),
    (classical_momentum, "sgd", {**SGD_SETTINGS, "nesterovs_momentum": False}),
    (nesterov_momentum, "sgd", {**SGD_SETTINGS, "nesterovs_momentum": True}),
    (adagrad, "adagrad", {"learning_rate_init": 0.1, "epsilon": 0.3}),
    (rmsprop, "rmsprop", {"learning_rate_init": 0.1, "rho": 0.7, "epsilon": 0.3}),
    (adam, "adam", ADAM_SETTINGS),
    (adamw, "adamw", ADAM_SETTINGS),
    (nadam, "nadam", {**ADAM_SETTINGS, "momentum_decay": 0.5}),
]


@pytest.mark.parametrize("gradient", [parabola, rosenbrock])
@pytest.mark.parametrize(
    ("published", "name", "settings"), PUBLISHED, ids=[case[0].__name__ for case in PUBLISHED]
)
def test_every_step_is_that_of_the_published_rule(published, name, settings, gradient):
    start = np.array([-0.5, 0.7])
    ours = path(Optimizer.find(name)(**settings), gradient, start, 30)
    theirs = published(gradient, start, **settings)
    for step, (theta, expected) in enumerate(zip(ours, theirs, strict=False), start=1):
        # A valley as steep as Rosenbrock's multiplies the rounding of one step in the next.
        assert_allclose(theta, expected, rtol=1e-8, err_msg=f"step {step}")
    assert step == 30
    assert not np.allclose(theta, start, atol=1e-2)


def test_adopted_settings_replace_the_old_and_keep_the_moments():
    rule = Adam(learning_rate_init=0.1)
    (*_, theta) = path(rule, parabola, [-1, 1.5], 5)
    other = copy.deepcopy(rule)
    other.adopt({**rule.settings(), "learning_rate_init": 0.2})
    (next_step,) = path(rule, parabola, theta, 1)
    (longer_step,) = path(other, parabola, theta, 1)
    assert other.learning_rate_init == 0.2
    assert_allclose(longer_step - theta, 2 * (next_step - theta), rtol=1e-12)


# -- first order, in an estimator ---------------------------------------------------------


def small_problem(n=12):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 3)), rng.normal(size=(n, 2))


def steps_of(est, X, y, n_steps):
    """The parameters at the start and after each full-batch step, each as one vector."""
    est.set_params(batch_size=len(X), random_state=0).initialize(X, y)
    yield parameters(est)
    for _ in range(n_steps):
        est.partial_fit(X, y)
        yield parameters(est)


def parameters(est):
    return np.concatenate([array.ravel() for array in (*est.coefs_, *est.intercepts_)])


def gradient_of(est, X, y):
    """dJ/dtheta as a function of theta."""
    est = copy.deepcopy(est)

    def gradient(theta):
        start = 0
        for array in (*est.coefs_, *est.intercepts_):
            array[...] = theta[start : start + array.size].reshape(array.shape)
            start += array.size
        _, dW, db = est.objective_and_gradient(X, y)
        return np.concatenate([d.ravel() for d in (*dW, *db)])

    return gradient


@pytest.mark.parametrize("l1_ratio", [0.0, 0.4])
def test_adamw_applies_the_penalty_to_the_weights_directly(l1_ratio):
    # In the paper's terms lambda = alpha / n; biases do not decay.
    X, y = small_problem()
    alpha, rate = 6.0, 0.05
    est = BackpropRegressor(
        4, "tanh", solver="adamw", learning_rate_init=rate, alpha=alpha, l1_ratio=l1_ratio
    )
    start, *ours = steps_of(est, X, y, 25)
    data_gradient = gradient_of(clone(est).set_params(alpha=0).initialize(X, y), X, y)
    is_weight = np.arange(len(start)) < sum(W.size for W in est.coefs_)

    theta, m, v = start, 0, 0
    for t, step in enumerate(ours, start=1):
        g = data_gradient(theta)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        decay = alpha / len(X) * (l1_ratio * np.sign(theta) + (1 - l1_ratio) * theta) * is_weight
        adaptive = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        theta = theta - rate * (adaptive + decay)
        assert_allclose(step, theta, rtol=1e-8, atol=1e-10, err_msg=f"step {t}")


def test_only_adaptive_sgd_lowers_its_rate_when_nothing_improves(rule):
    assert not rule.lower_learning_rate()
    adaptive = SGD(learning_rate_init=1e-3, schedule="adaptive")
    rates = []
    while adaptive.lower_learning_rate():
        rates.append(adaptive.learning_rate)
    assert_allclose(rates, 1e-3 / 5.0 ** np.arange(1, 6))  # the last is the first below 1e-6


class Sign(FirstOrder):
    """A rule as a user would write it: a step of fixed length along each axis."""

    def __init__(self, length=0.01):
        super().__init__(learning_rate_init=length)
        self.length = length

    def allocate(self, theta):
        self.n_steps = 0

    def step(self, theta, grad):
        self.n_steps += 1
        theta -= self.length * np.sign(grad)


def test_own_rule_trains_an_estimator_step_by_step():
    X, y = small_problem()
    est = BackpropRegressor(4, "tanh", solver=Sign(0.02), alpha=0)
    start, *ours = steps_of(est, X, y, 3)
    gradient, theta = gradient_of(est, X, y), start
    for step in ours:
        theta = theta - 0.02 * np.sign(gradient(theta))
        assert_allclose(step, theta, rtol=1e-12)


# -- full-batch solvers -------------------------------------------------------------------


@every_solver
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_full_batch_solver_reaches_a_stationary_point(solver, weighted, fit_intercept):
    X, y = small_problem(40)
    w = np.random.default_rng(1).uniform(0.5, 2, len(X)) if weighted else None
    est = BackpropRegressor(
        (4, 3), "tanh", solver=solver, alpha=0.5, fit_intercept=fit_intercept, random_state=3
    )
    start = slope(est.initialize(X, y), X, y, w)
    # lbfgs also stops where J changes by less than 2e-9 of itself, which is the square of
    # the slope that is left, in order of magnitude; on a plateau, too (from other weights).
    # newton-cg gives up where rounding hides that J falls: shorter steps may be out of reach.
    est.set_params(tol=1e-8, max_iter=5000).fit(X, y, w)
    assert slope(est, X, y, w) < 1e-3 * start
    assert "converged" in est.stop_reason_


def slope(est, X, y, w):
    """Length of the gradient."""
    _, dW, db = est.objective_and_gradient(X, y, w)
    return np.sqrt(sum(np.vdot(d, d) for d in (*dW, *db)))


# Where J is flat to the last 2e-9 of itself, lbfgs stops within about the root of that.


@every_solver
def test_without_hidden_layers_the_minimum_is_ridge_regression(solver):
    X, y = small_problem(40)
    est = BackpropRegressor((), solver=solver, alpha=3.0, tol=1e-10, max_iter=5000, random_state=0)
    est.fit(X, y)
    ridge = Ridge(alpha=3.0).fit(X, y)
    assert_allclose(est.coefs_[0], ridge.coef_.T, atol=1e-4)
    assert_allclose(est.intercepts_[0], ridge.intercept_, atol=1e-4)


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_hidden_layers_the_minimum_is_logistic_regression(solver, n_classes):
    X, _ = small_problem(60)
    y = np.random.default_rng(1).integers(n_classes, size=60)
    est = BackpropClassifier((), solver=solver, alpha=2.0, tol=1e-10, max_iter=5000, random_state=0)
    logistic = LogisticRegression(C=1 / 2.0, tol=1e-10, max_iter=5000).fit(X, y)
    assert_allclose(est.fit(X, y).predict_proba(X), logistic.predict_proba(X), atol=1e-4)


@every_solver
def test_full_batch_solver_trains_float32_networks(solver):
    X, y = (array.astype(np.float32) for array in small_problem(40))
    est = BackpropRegressor(4, "tanh", solver=solver, alpha=1.0, random_state=0, max_iter=1000)
    start = est.initialize(X, y).objective(X, y)
    est.set_params(tol=1e-3).fit(X, y)
    assert all(array.dtype == np.float32 for array in (*est.coefs_, *est.intercepts_))
    assert est.objective(X, y) < start


# -- names --------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [*FIRST_ORDER, *SCIPY], ids=repr)
def test_class_is_exported_and_repr_makes_an_equal_one(optimizer):
    assert type(optimizer).__name__ in sknn_edu.optimizers.__all__
    assert eval(repr(optimizer), vars(sknn_edu.optimizers)) == optimizer


@pytest.mark.parametrize("rate", [0, -0.1, np.nan])
def test_learning_rate_must_be_positive(rule, rate):
    with pytest.raises(ValueError, match=f"learning_rate_init must be > 0, got {rate}"):
        type(rule)(learning_rate_init=rate)


def test_unknown_schedule_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'constant', 'invscaling' or 'adaptive', got 'cosine'"):
        SGD(schedule="cosine")
