"""Every loss of the family: its value, its derivatives, the algebra, and what it goes with."""

import re
from functools import partial

import numpy as np
import pytest
import reference_network
from gradient_helpers import ACTIVATIONS, LOSS_KINKS, LOSSES, central_difference
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import log_loss
from small_networks import LogCosh

import sknn_edu.losses
from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Exp, HardSigmoid, Identity, Logistic, ReLU, Softmax, Softplus, Tanh
from sknn_edu.losses import (
    AbsoluteError,
    Hinge,
    Huber,
    LogLoss,
    Loss,
    Poisson,
    Quantile,
    SquaredError,
    SquaredHinge,
)

ALGEBRA = [2 * SquaredError(), SquaredError() + LogLoss(), 0.5 * (Huber() + 3 * AbsoluteError())]

every_loss = pytest.mark.parametrize("loss", [*LOSSES, *ALGEBRA], ids=repr)


def outputs_and_targets(loss, n_outputs=3):
    """Outputs that the loss can take, away from all kinks, and targets of classes."""
    rng = np.random.default_rng(0)
    shape = (200, n_outputs)
    A = (
        rng.uniform(0.05, 0.95, shape)
        if loss.refusal(Tanh())
        else rng.normal(scale=1.5, size=shape)
    )
    Y = rng.integers(2, size=shape).astype(float)
    smooth = np.ones(len(A), bool)
    for part in LOSSES:
        if part.name in LOSS_KINKS:
            distance = LOSS_KINKS[part.name](A, Y, **part.settings())
            smooth &= (np.abs(distance) > 1e-2).all(axis=1)
    return A[smooth], Y[smooth]


def gradient(loss, A, Y):
    return loss.gradient(A, Y, out=np.full_like(A, np.nan))


# -- value and derivatives ----------------------------------------------------------------


@pytest.mark.parametrize(
    "loss", [loss for loss in LOSSES if loss.name in reference_network.LOSSES], ids=repr
)
@pytest.mark.parametrize("output", [Softmax(), Logistic()], ids=repr)
def test_value_is_the_formula_summed_over_the_outputs(loss, output):
    A, Y = outputs_and_targets(loss)
    expected = reference_network.loss_of_each_sample(loss, output, A, Y)
    assert_allclose(loss.bind(output, False).value(A, Y), expected, rtol=1e-12)


# Central differences with step h = 1e-6 are wrong by h^2 / 6 times a third derivative, up to
# 2 / a^3 = 2e4, and by rounding, 1e-16 / h = 1e-10; relative to derivatives of order 1.


@pytest.mark.parametrize("n_outputs", [1, 3])
@every_loss
def test_gradient_is_the_derivative_of_the_value(loss, n_outputs):
    A, Y = outputs_and_targets(loss, n_outputs=n_outputs)
    assert len(A) > 100
    ours = gradient(loss, A, Y)
    for k, unit in enumerate(np.eye(n_outputs)):
        slope = central_difference(lambda t, unit=unit: loss.value(A + t * unit, Y), 1e-6)
        assert_allclose(ours[:, k], slope, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("n_outputs", [1, 3])
@every_loss
def test_hessian_product_is_the_change_of_the_gradient(loss, n_outputs):
    A, Y = outputs_and_targets(loss, n_outputs=n_outputs)
    V = np.random.default_rng(1).normal(size=A.shape)
    change = central_difference(lambda t: gradient(loss, A + t * V, Y), 1e-6)
    assert_allclose(loss.hessian_product(A, Y, V), change, rtol=1e-6, atol=1e-7)


@every_loss
def test_slope_jumps_at_the_declared_kinks_and_nowhere_else(loss):
    a = np.linspace(0.1, 0.9, 17) if loss.refusal(Tanh()) else np.linspace(-2, 2, 17)
    A, Y = (grid.reshape(-1, 1) for grid in np.meshgrid(a, [0.0, 1.0]))
    # A slope changes by less than 1e-6 times 1 / 0.1^2 over a step of 1e-6 where it does not jump.
    below, at, above = (loss.value(A + step, Y) for step in (-1e-6, 0, 1e-6))
    jumps = np.abs((above - at) - (at - below)) / 1e-6 > 1e-3
    assert all(kink.shape == Y.shape for kink in loss.kinks(Y))
    declared = np.zeros(A.shape, bool)
    for kink in loss.kinks(Y):
        declared |= kink == A
    assert_array_equal(jumps, declared.ravel())


@every_loss
def test_gradient_returns_out_and_leaves_its_input_alone(loss):
    A, Y = outputs_and_targets(loss)
    before, out = (A.copy(), Y.copy()), np.empty_like(A)
    assert loss.gradient(A, Y, out=out) is out
    loss.value(A, Y)
    loss.hessian_product(A, Y, A)
    assert_array_equal(A, before[0])
    assert_array_equal(Y, before[1])


@every_loss
def test_float32_stays_float32(loss):
    A, Y = (array.astype(np.float32) for array in outputs_and_targets(loss))
    assert loss.value(A, Y).dtype == np.float32
    assert gradient(loss, A, Y).dtype == np.float32
    assert loss.hessian_product(A, Y, A).dtype == np.float32
    # A few roundings of 6e-8 in terms of order 1 to 20.
    exact = gradient(loss, A.astype(float), Y.astype(float))
    assert_allclose(gradient(loss, A, Y), exact, rtol=1e-5, atol=1e-5)


@every_loss
def test_loss_is_zero_or_more_and_falls_towards_the_target(loss):
    rng = np.random.default_rng(0)
    A, Y = rng.dirichlet(np.ones(3), 200), np.eye(3)[rng.integers(3, size=200)]
    assert (loss.value(A, Y) >= 0).all()
    closer = A + 0.1 * (loss.targets(Y) - A)
    assert (loss.value(closer, Y) <= loss.value(A, Y) + 1e-12).all()


@pytest.mark.parametrize(
    ("loss", "statistic"),
    [
        (SquaredError(), np.mean),
        (AbsoluteError(), np.median),
        (Quantile(0.2), partial(np.quantile, q=0.2)),
        (Quantile(0.9), partial(np.quantile, q=0.9)),
        (Poisson(), np.mean),
    ],
    ids=["squared_error", "absolute_error", "quantile_0.2", "quantile_0.9", "poisson"],
)
def test_best_constant_is_the_statistic_that_the_loss_is_known_for(loss, statistic):
    y = np.random.default_rng(0).gamma(2, size=1001)
    constants = np.linspace(0.05, 6, 6001)  # steps of 1e-3; quantiles fall on one of y
    losses = [loss.value(np.full((len(y), 1), c), y[:, np.newaxis]).mean() for c in constants]
    assert_allclose(constants[np.argmin(losses)], statistic(y), atol=1e-2)


def test_huber_is_squared_near_and_absolute_far():
    Y = np.zeros((1, 1))
    near, far = np.array([[0.3]]), np.array([[7.0]])
    assert_allclose(Huber(0.5).value(near, Y), SquaredError().value(near, Y))
    assert_allclose(Huber(0.5).value(far, Y), 0.5 * (7 - 0.25))


@pytest.mark.parametrize("loss", [Hinge(), SquaredHinge()], ids=repr)
def test_hinge_losses_read_zero_as_minus_one(loss):
    # A margin of 1 on the right side costs nothing, on the wrong side twice as much as 0.
    right, wrong = np.array([[-1.0, 1.0]]), np.array([[1.0, -1.0]])
    Y, power = np.array([[0.0, 1.0]]), 2 if loss == SquaredHinge() else 1
    assert_array_equal(loss.value(right, Y), [0])
    assert_array_equal(loss.value(np.zeros((1, 2)), Y), [2])
    assert_array_equal(loss.value(wrong, Y), [2 * 2**power])
    assert_array_equal(gradient(loss, wrong, Y), 2 ** (power - 1) * np.array([[power, -power]]))


# -- at the output layer ------------------------------------------------------------------


def at_output(loss, output, Y, one_hot=False, seed=0):
    """The bound loss, Z and A behind an output."""
    Z = np.random.default_rng(seed).normal(scale=2, size=Y.shape)
    return loss.bind(output, one_hot), Z, output.forward(Z, out=np.empty_like(Z))


ONE_HOT = np.eye(3)[[0, 1, 2, 2, 1]]
LABELS = np.array([[1.0, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]])
SOFT = np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0], [0.3, 0.3, 0.1]])
COUNTS = np.array([[0.0, 3, 1], [7, 0, 2.5]])

CANONICAL = [
    pytest.param(LogLoss(0.1), Logistic(), LABELS, False, id="smooth-logistic-labels"),
    pytest.param(LogLoss(0.1), Logistic(), SOFT, False, id="smooth-logistic-soft"),
    pytest.param(LogLoss(0.1), Softmax(), ONE_HOT, True, id="smooth-softmax-one_hot"),
    pytest.param(LogLoss(0.1), Softmax(), ONE_HOT, False, id="smooth-softmax-unknown"),
    pytest.param(LogLoss(0.9), Softmax(), LABELS, False, id="smooth-softmax-labels"),
    pytest.param(LogLoss(0.1), Softmax(), SOFT, False, id="smooth-softmax-soft"),
    pytest.param(2 * LogLoss(0.3) + LogLoss(), Softmax(), ONE_HOT, True, id="smooth-sum-softmax"),
    pytest.param(SquaredError(), Identity(), SOFT, False, id="squared_error-identity"),
    pytest.param(LogLoss(), Logistic(), LABELS, False, id="log_loss-logistic-labels"),
    pytest.param(LogLoss(), Logistic(), SOFT, False, id="log_loss-logistic-soft"),
    pytest.param(LogLoss(), Logistic(), LABELS[:, :1], False, id="log_loss-logistic-one_unit"),
    pytest.param(LogLoss(), Softmax(), ONE_HOT, True, id="log_loss-softmax-one_hot"),
    pytest.param(LogLoss(), Softmax(), ONE_HOT, False, id="log_loss-softmax-unknown"),
    pytest.param(LogLoss(), Softmax(), LABELS, False, id="log_loss-softmax-labels"),
    pytest.param(LogLoss(), Softmax(), SOFT, False, id="log_loss-softmax-soft"),
    pytest.param(Poisson(), Exp(), COUNTS, False, id="poisson-exp"),
    pytest.param(2 * LogLoss(), Softmax(), SOFT, False, id="2 * log_loss-softmax"),
    pytest.param(SquaredError() + LogLoss(), Softmax(), LABELS, False, id="sum-softmax"),
    pytest.param(SquaredError() + LogLoss(), Logistic(), LABELS, False, id="sum-logistic"),
]


def test_every_canonical_pair_is_among_those_tested():
    tested = {(case.values[0].name, type(case.values[1])) for case in CANONICAL}
    bound = [(loss, loss.bind(f, False)) for loss in LOSSES for f in ACTIVATIONS]
    pairs = {(loss.name, f) for loss, form in bound for f in form.canonical_outputs}
    assert pairs
    assert pairs <= tested


@pytest.mark.parametrize(("loss", "output", "Y", "one_hot"), CANONICAL)
def test_short_cut_of_a_canonical_pair_equals_the_chain_rule(loss, output, Y, one_hot):
    bound, Z, A = at_output(loss, output, Y, one_hot)
    delta = bound.output_delta(output, Z, A, Y, out=np.empty_like(A))
    by_chain_rule = output.backward(Z, A, gradient(bound, A, Y), out=np.empty_like(A))
    # The chain rule divides by a and multiplies by it again: rounding of terms of order 1.
    assert_allclose(delta, by_chain_rule, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize(("loss", "output", "Y", "one_hot"), CANONICAL)
def test_value_from_the_logits_equals_the_value_from_the_outputs(loss, output, Y, one_hot):
    bound, Z, A = at_output(loss, output, Y, one_hot)
    # 1 - a loses digits where a is near 1 (here up to 1 - 1e-3).
    assert_allclose(bound.output_value(output, Z, A, Y), bound.value(A, Y), rtol=1e-10)


@pytest.mark.parametrize(("loss", "output", "Y", "one_hot"), CANONICAL)
def test_output_delta_jvp_is_the_change_of_output_delta(loss, output, Y, one_hot):
    bound, Z, A = at_output(loss, output, Y, one_hot)
    dZ = np.random.default_rng(1).normal(size=Z.shape)

    def delta(step):
        moved = Z + step * dZ
        A = output.forward(moved, out=np.empty_like(moved))
        return bound.output_delta(output, moved, A, Y, out=np.empty_like(A))

    ours = bound.output_delta_jvp(output, Z, A, Y, dZ)
    assert_allclose(ours, central_difference(delta, 1e-6), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("one_hot", [False, True])
def test_log_loss_of_a_confidently_wrong_softmax_is_exact(one_hot, dtype):
    Z = np.array([[40, -40], [-40, 40], [1000, -1000]], dtype)  # the last one underflows
    Y = np.array([[0, 1]] * 3, dtype)
    A = Softmax().forward(Z, out=np.empty_like(Z))
    loss = LogLoss().bind(Softmax(), one_hot)
    values = loss.output_value(Softmax(), Z, A, Y)
    assert_allclose(values, [80, 0, 2000], rtol=1e-6, atol=1e-30)
    delta = loss.output_delta(Softmax(), Z, A, Y, out=np.empty_like(A))
    assert_array_equal(delta[2], [1, -1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_loss_of_a_confidently_wrong_logistic_unit_is_exact(dtype):
    Z = np.array([[80], [-80], [1000], [-80]], dtype)
    Y = np.array([[0], [1], [0], [0]], dtype)
    A = Logistic().forward(Z, out=np.empty_like(Z))
    loss = LogLoss().bind(Logistic(), False)
    expected = [80, 80, 1000, np.exp(-80)]
    assert_allclose(loss.output_value(Logistic(), Z, A, Y), expected, rtol=1e-6)


def test_estimator_reports_the_exact_loss_of_a_confidently_wrong_network():
    clf = BackpropClassifier((), alpha=0.0, random_state=0)
    X, y = np.array([[1.0], [-1.0], [0.0]]), np.array([1, 1, 0])
    clf.initialize(X, y, classes=[0, 1, 2])
    clf.coefs_[0][:], clf.intercepts_[0][:] = [[40.0, -40.0, -40.0]], 0.0
    assert_allclose(clf.objective(X[:1], y[:1]), 80)
    assert_allclose(clf.objective_and_gradient(X[:1], y[:1])[0], 80)


def test_poisson_behind_exp_takes_the_logarithm_from_the_logits():
    Z, Y = np.array([[-800.0]]), np.array([[2.0]])
    A = np.exp(Z)  # 0
    value = Poisson().output_value(Exp(), Z, A, Y)
    assert_allclose(value, 2 * np.log(2) + 1600 - 2)


def test_log_loss_behind_softmax_weighs_labels_by_their_number():
    # -sum y log a with two labels on: delta = 2 A - Y, not A - Y.
    bound, Z, A = at_output(LogLoss(), Softmax(), LABELS)
    delta = bound.output_delta(Softmax(), Z, A, LABELS, out=np.empty_like(A))
    assert_allclose(delta, LABELS.sum(axis=1, keepdims=True) * A - LABELS, rtol=1e-13, atol=1e-15)
    assert_allclose(bound.output_value(Softmax(), Z, A, LABELS)[1], 0)


@pytest.mark.parametrize("loss", [LogLoss(), Poisson()], ids=repr)
def test_output_of_exactly_zero_costs_the_logarithm_of_epsilon_and_has_no_slope(loss):
    A, Y = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    bound = loss.bind(ReLU(), True)
    rest = 0 if loss == LogLoss() else -1 + 1  # - y + a, over both outputs
    assert_allclose(bound.value(A, Y), -np.log(np.finfo(float).eps) + rest, rtol=1e-12)
    assert_array_equal(gradient(bound, A, Y), [[0, 0]] if loss == LogLoss() else [[1, 1]])


def impostor(name, cls):
    """An activation of a user's own, with twice the slope, whose class is called like ours."""

    def doubled(self, Z, *arrays, out):
        return cls.forward(self, 2 * Z, out=out)

    def backward(self, Z, A, dA, out):
        return np.multiply(2, cls.backward(self, 2 * Z, A, dA, out), out=out)

    return type(name, (cls,), {"forward": doubled, "backward": backward})()


@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")
@pytest.mark.parametrize(
    ("loss", "name", "cls"),
    [
        (SquaredError(), "identity", Identity),
        (LogLoss(), "softmax", Softmax),
        (LogLoss(), "logistic", Logistic),
        (Poisson(), "exp", Exp),
        (SquaredError() + LogLoss(), "softmax", Softmax),
    ],
    ids=repr,
)
def test_own_output_that_is_called_like_a_partner_gets_the_chain_rule(loss, name, cls):
    output = impostor(name, cls)
    assert output.name == name
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 2)), np.eye(3)[rng.integers(3, size=8)]
    reg = BackpropRegressor((), loss=loss, output_activation=output, alpha=0.0, random_state=0)
    reg.initialize(X, y)

    def J(step):
        reg.intercepts_[0][1] += step
        value = reg.objective(X, y)
        reg.intercepts_[0][1] -= step
        return value

    slope = reg.objective_and_gradient(X, y)[2][0][1]
    assert_allclose(slope, central_difference(J, 1e-6), rtol=1e-7)
    assert not any(part.delta_formula(output) for _, part in reg.architecture_.loss.terms())


def test_own_output_that_is_called_softmax_is_normalised_unless_it_sums_to_one():
    X, y = np.arange(6.0).reshape(-1, 1), np.arange(6) % 3
    Rates = type("softmax", (Exp,), {})
    clf = BackpropClassifier((), loss=Poisson(), output_activation=Rates(), random_state=0)
    clf.initialize(X, y)
    assert_allclose(clf.predict_proba(X).sum(axis=1), 1)
    assert clf.out_activation_ == "softmax"
    assert [f.name for f in ACTIVATIONS if f.sums_to_one] == ["softmax"]


# -- label smoothing ----------------------------------------------------------------------


def test_without_smoothing_the_targets_are_y_itself():
    for loss in (LogLoss(), LogLoss(0), LogLoss().bind(Softmax(), True), SquaredError()):
        assert loss.targets(ONE_HOT) is ONE_HOT
    assert LogLoss(0) == LogLoss() != LogLoss(0.1)


@pytest.mark.parametrize(
    ("output", "Y", "smoothed"),
    [
        (Softmax(), ONE_HOT[:1], [[0.7 + 0.1, 0.1, 0.1]]),
        (Softmax(), SOFT[:1], [[0.7 * 0.2 + 0.1, 0.7 * 0.5 + 0.1, 0.7 * 0.3 + 0.1]]),
        (Softplus(), ONE_HOT[:1], [[0.7 + 0.1, 0.1, 0.1]]),
        (Logistic(), LABELS[:1], [[0.7 + 0.15, 0.15, 0.7 + 0.15]]),
        (Logistic(), np.array([[1.0], [0.0], [0.2]]), [[0.85], [0.15], [0.7 * 0.2 + 0.15]]),
    ],
    ids=repr,
)
def test_smoothing_spreads_over_all_classes_and_over_yes_and_no(output, Y, smoothed):
    bound = LogLoss(label_smoothing=0.3).bind(output, False)
    assert_allclose(bound.targets(Y), smoothed, rtol=1e-14)


# What PyTorch 2.13 gives: CrossEntropyLoss(label_smoothing=s, reduction="none") and its gradient.
LOGITS = np.array([[2.0, -1.0, 0.5], [0.0, 1.5, -2.0]])
HARD, MIXED = np.eye(3)[[0, 2]], np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0]])
BY_TORCH = [
    (
        *(0.1, HARD, [0.391311296657, 3.542468715898]),
        [
            [-0.147736298744, 0.005779239937, 0.141957058807],
            [0.144696872173, 0.764542692874, -0.909239565046],
        ],
    ),
    (
        *(0.4, MIXED, [2.011311296657, 1.702468715898]),
        [
            [0.532263701256, -0.394220760063, -0.138042941193],
            [-0.495303127827, 0.604542692874, -0.109239565046],
        ],
    ),
]


@pytest.mark.parametrize(("s", "Y", "losses", "deltas"), BY_TORCH, ids=["one_hot", "soft"])
def test_smoothed_log_loss_behind_softmax_is_that_of_pytorch(s, Y, losses, deltas):
    for one_hot in {False, Y is HARD}:
        bound = LogLoss(s).bind(Softmax(), one_hot)
        A = Softmax().forward(LOGITS, out=np.empty_like(LOGITS))
        delta = bound.output_delta(Softmax(), LOGITS, A, Y, out=np.empty_like(A))
        assert_allclose(bound.output_value(Softmax(), LOGITS, A, Y), losses, atol=1e-12)
        assert_allclose(delta, deltas, atol=1e-12)


def test_smoothed_log_loss_is_that_of_scikit_learn_with_the_targets_as_weights():
    Z = np.random.default_rng(0).normal(size=ONE_HOT.shape)
    P = Softmax().forward(Z, out=np.empty_like(Z))
    loss = LogLoss(0.2).bind(Softmax(), True)
    classes, rows = np.tile(np.arange(3), len(P)), np.repeat(P, 3, axis=0)
    weights = loss.targets(ONE_HOT).ravel()  # each row once with every class
    expected = log_loss(classes, rows, sample_weight=weights)
    assert_allclose(loss.output_value(Softmax(), Z, P, ONE_HOT).mean(), expected, rtol=1e-12)


@pytest.mark.parametrize("s", [0.1, 0.4])
def test_one_logistic_unit_equals_a_softmax_of_two_classes(s):
    z, y = np.array([[1.5], [-0.7], [30.0]]), np.array([[1.0], [1.0], [0.0]])
    one, two = LogLoss(s).bind(Logistic(), False), LogLoss(s).bind(Softmax(), True)
    Z, Y = np.hstack([0 * z, z]), np.hstack([1 - y, y])
    a, A = (f.forward(Z, np.empty_like(Z)) for f, Z in ((Logistic(), z), (Softmax(), Z)))
    losses = one.output_value(Logistic(), z, a, y)
    assert_allclose(losses, two.output_value(Softmax(), Z, A, Y), rtol=1e-12)
    if s == 0.1:  # PyTorch's CrossEntropyLoss(label_smoothing=0.1) of (0, z)
        assert_allclose(losses[:2], [0.2764132779827525, 1.068186048885458], rtol=1e-12)
    delta = one.output_delta(Logistic(), z, a, y, np.empty_like(a))
    deltas = two.output_delta(Softmax(), Z, A, Y, np.empty_like(A))
    assert_allclose(np.hstack([-delta, delta]), deltas, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("one_hot", [False, True])
def test_smoothed_log_loss_of_extreme_logits_is_exact(one_hot, dtype):
    Z = np.array([[40, -40], [-40, 40], [1000, -1000], [-1000, 1000]], dtype)
    Y = np.array([[0, 1]] * 4, dtype)
    A = Softmax().forward(Z, out=np.empty_like(Z))
    for rows in (slice(4), [1], [3]):  # the value is computed differently where a rounds to 0
        values = LogLoss(0.1).bind(Softmax(), one_hot)
        values = values.output_value(Softmax(), Z[rows], A[rows], Y[rows])
        # log sum exp - z of the true class, plus s (that z - the mean, which is 0)
        assert_allclose(values, np.array([80 - 4, 4, 2000 - 100, 100])[rows], rtol=1e-5)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_best_logits_differ_by_what_the_docstring_says(n_classes):
    X, y, s = np.eye(n_classes), np.arange(n_classes), 0.2
    clf = BackpropClassifier(
        (), loss=LogLoss(s), output_activation="softmax", alpha=0, solver="lbfgs", random_state=0
    )
    clf.set_params(tol=1e-10, max_iter=1000).fit(X, y)
    gaps = np.diag(clf.logits(X))[:, np.newaxis] - clf.logits(X)
    expected = np.log(1 + n_classes * (1 - s) / s) * (1 - np.eye(n_classes))
    assert_allclose(gaps, expected, atol=1e-3)
    assert_allclose(clf.predict_proba(X).max(axis=1), 1 - s + s / n_classes, atol=1e-4)


@pytest.mark.parametrize("value", [1, 1.5, -0.1, np.nan, np.inf, 10**400, False, "0.1", None, 1j])
def test_smoothing_must_be_a_number_from_0_to_less_than_1(value):
    message = r"label_smoothing must be a number from 0 to less than 1, such as 0.1, got "
    with pytest.raises(ValueError, match=f"{message}{re.escape(repr(value))}"):
        LogLoss(label_smoothing=value)


# -- least squares ------------------------------------------------------------------------

SQUARES = [SquaredError(), 2 * SquaredError(), 3 * (0.5 * SquaredError())]


@pytest.mark.parametrize("loss", SQUARES, ids=repr)
def test_residuals_are_those_of_half_a_sum_of_squares(loss):
    A, Y = outputs_and_targets(loss)
    assert loss.is_sum_of_squares
    R = loss.residuals(A, Y)
    assert_allclose(0.5 * (R**2).sum(axis=1), loss.value(A, Y), rtol=1e-14)
    dR_dA = loss.residuals(A + 1, Y) - R  # constant, by contract
    assert_allclose(dR_dA * R, gradient(loss, A, Y), rtol=1e-13)
    assert loss.residuals(A.astype(np.float32), Y.astype(np.float32)).dtype == np.float32


@every_loss
def test_losses_that_are_no_sums_of_squares_say_so(loss):
    if loss in SQUARES:
        assert loss.is_sum_of_squares
        return
    assert not loss.is_sum_of_squares
    with pytest.raises(NotImplementedError, match="is not a sum of squares"):
        loss.residuals(np.ones((1, 1)), np.ones((1, 1)))


# -- algebra ------------------------------------------------------------------------------


def assert_same_loss(loss, combine):
    """The loss, its derivatives and its output forms are combined from others'."""
    A, Y = outputs_and_targets(loss)
    V = np.ones_like(A)
    assert_allclose(loss.value(A, Y), combine(lambda part: part.value(A, Y)))
    assert_allclose(gradient(loss, A, Y), combine(lambda part: gradient(part, A, Y)))
    assert_allclose(
        loss.hessian_product(A, Y, V), combine(lambda part: part.hessian_product(A, Y, V))
    )


def test_multiples_and_sums_of_losses_are_that_everywhere():
    assert_same_loss(2 * LogLoss(), lambda of: 2 * of(LogLoss()))
    loss = SquaredError() + 0.5 * LogLoss()
    assert_same_loss(loss, lambda of: of(SquaredError()) + 0.5 * of(LogLoss()))


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (2 * SquaredError(), "2 * SquaredError()"),
        (SquaredError() * 2, "2 * SquaredError()"),
        (SquaredError() / 4, "0.25 * SquaredError()"),
        (SquaredError() + LogLoss(), "SquaredError() + LogLoss()"),
        (
            sum([SquaredError(), Huber(2.0), LogLoss()]),
            "SquaredError() + Huber(delta=2.0) + LogLoss()",
        ),
        (LogLoss(0.1), "LogLoss(label_smoothing=0.1)"),
        (LogLoss(np.float32(0.5)), "LogLoss(label_smoothing=0.5)"),
        (LogLoss(label_smoothing=0), "LogLoss()"),
        (2 * LogLoss(0.1) + Huber(), "2 * LogLoss(label_smoothing=0.1) + Huber(delta=1.0)"),
        (3 * (SquaredError() + LogLoss()), "3 * SquaredError() + 3 * LogLoss()"),
        (SquaredError() + 2 * LogLoss(), "SquaredError() + 2 * LogLoss()"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_repr_reads_like_the_formula_and_makes_an_equal_loss(loss, text):
    assert repr(loss) == text
    again = eval(text, vars(sknn_edu.losses))
    A, Y = outputs_and_targets(loss)
    assert again == loss
    assert_array_equal(again.value(A, Y), loss.value(A, Y))


@every_loss
def test_equal_losses_have_equal_hashes_and_others_are_not_equal(loss):
    again = eval(repr(loss), vars(sknn_edu.losses))
    assert again == loss
    assert hash(again) == hash(loss)
    assert 3 * loss != loss
    assert Huber(1) == Huber(1.0) != Huber(2.0)
    assert hash(Huber(1)) == hash(Huber(1.0))


@pytest.mark.parametrize("factor", [-1, 0, np.inf, np.nan, 10**400, "2", None, 1j])
def test_factor_must_be_a_positive_finite_number(factor):
    with pytest.raises(ValueError, match="positive finite number only, got"):
        factor * SquaredError()


def test_losses_are_not_multiplied_or_added_to_numbers():
    with pytest.raises(TypeError):
        SquaredError() * LogLoss()
    with pytest.raises(TypeError):
        SquaredError() + 1
    with pytest.raises(TypeError):
        1 + SquaredError()


@pytest.mark.parametrize(
    ("loss", "multiclass", "binary"),
    [
        (LogLoss(), Softmax(), Logistic()),
        (SquaredError(), Identity(), Identity()),
        (Poisson(), Exp(), Exp()),
        (Hinge(), Identity(), Identity()),
        (2 * LogLoss(), Softmax(), Logistic()),
        (SquaredError() + LogLoss(), Softmax(), Logistic()),  # identity has no logarithm
        (SquaredError() + Huber(), Identity(), Identity()),
    ],
    ids=repr,
)
def test_auto_output_is_the_partner_that_no_part_refuses(loss, multiclass, binary):
    assert loss.canonical_output(True) == multiclass
    assert loss.canonical_output(False) == binary
    assert loss.refusal(multiclass) is None


# -- what goes with what ------------------------------------------------------------------


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_logarithms_refuse_negative_outputs_margins_those_without_sign_and_distances_none(f):
    for loss in (LogLoss(), Poisson(), 2 * Poisson(), SquaredError() + LogLoss()):
        assert bool(loss.refusal(f)) == (f.range[0] < 0)
    for loss in (Hinge(), 2 * SquaredHinge(), SquaredError() + Hinge()):
        assert bool(loss.refusal(f)) == (f.range[0] >= 0)
    for loss in (SquaredError(), AbsoluteError(), Huber(), Quantile()):
        assert loss.refusal(f) is None


@every_loss
def test_no_loss_refuses_or_warns_of_its_own_partner(loss):
    for multiclass in (True, False):
        partner = loss.canonical_output(multiclass)
        assert loss.refusal(partner) is None
        assert loss.risk(partner) is None


@pytest.mark.parametrize(
    ("loss", "output", "risky", "slow"),
    [
        (LogLoss(), Softmax(), False, False),
        (LogLoss(), ReLU(), True, False),
        (LogLoss(), Softplus(), True, False),
        (SquaredError(), Logistic(), False, True),
        (SquaredError(), Softmax(), False, True),
        (SquaredError(), HardSigmoid(), True, True),
        (SquaredError(), Tanh(), False, False),
        (2 * SquaredError(), Logistic(), False, True),
        (SquaredError() + LogLoss(), Logistic(), False, False),
        (Poisson(), ReLU(), True, False),
        (Poisson(), Softplus(), False, False),
        (Poisson(), Logistic(), False, False),
    ],
    ids=repr,
)
def test_risky_and_slow_pairs_are_told_and_safe_ones_are_not(loss, output, risky, slow):
    assert bool(loss.risk(output)) == risky
    assert bool(loss.slowness(output)) == slow


@pytest.mark.parametrize(
    ("loss", "y", "message"),
    [
        (LogLoss(), [0.0, 1.2], "needs targets between 0 and 1"),
        (LogLoss(), [-0.1, 1.0], "needs targets between 0 and 1"),
        (Poisson(), [1.0, -2.0], "negative.*-2"),
        (Hinge(), [-1.0, 1.0], "coded 0 and 1"),
        (SquaredHinge(), [0.5, 1.0], "coded 0 and 1"),
        (2 * Poisson(), [-1.0, 1.0], "negative"),
        (SquaredError() + Hinge(), [-1.0, 1.0], "coded 0 and 1"),
        (SquaredError() + LogLoss(), [0.0, 3.0], "log_loss.*between 0 and 1"),
    ],
    ids=repr,
)
def test_targets_that_have_no_loss_are_refused(loss, y, message):
    with pytest.raises(ValueError, match=message):
        BackpropRegressor(2, loss=loss).fit(np.ones((2, 1)), y)


@every_loss
def test_targets_of_classes_are_accepted_by_every_loss(loss):
    loss.check_targets(ONE_HOT)


# -- names --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", Loss.names())
def test_names_lead_to_an_exported_class(name):
    loss = Loss.get(name)
    assert loss.name == name
    assert getattr(sknn_edu.losses, type(loss).__name__) is type(loss)
    assert type(loss).__name__ in sknn_edu.losses.__all__


@pytest.mark.parametrize(
    ("cls", "setting"), [(Huber, 0), (Huber, np.inf), (Huber, -1), (Quantile, 0), (Quantile, 1.0)]
)
def test_impossible_settings_are_refused(cls, setting):
    with pytest.raises(ValueError, match=f"must .*got {setting}"):
        cls(setting)


def test_own_loss_trains_a_classifier():
    X = np.linspace(-2, 2, 60).reshape(-1, 1)
    y = np.digitize(X.ravel(), [-0.7, 0.7])
    clf = BackpropClassifier(10, "tanh", loss=LogCosh(), solver="lbfgs", random_state=0)
    assert clf.set_params(max_iter=2000).fit(X, y).score(X, y) > 0.95


@pytest.mark.parametrize("one_hot", [True, False])
@pytest.mark.parametrize("output", ACTIVATIONS, ids=repr)
def test_a_bound_log_loss_judges_outputs_as_the_log_loss_does(output, one_hot):
    bound = LogLoss(0.1).bind(output, one_hot)
    assert repr(bound) == "LogLoss(label_smoothing=0.1)"
    assert bound.risk(output) == LogLoss().risk(output)
    assert bound.refusal(output) == LogLoss().refusal(output)


def test_a_prediction_that_is_exact_has_no_slope():
    Y = np.array([[1.0, 2.0]])
    for loss in (SquaredError(), AbsoluteError(), Huber(), Quantile(0.2), Poisson()):
        assert_array_equal(gradient(loss, Y.copy(), Y), 0)
