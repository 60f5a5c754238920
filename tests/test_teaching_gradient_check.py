"""check_gradient passes what is right, catches what is wrong, and says where."""

import copy

import numpy as np
import pytest
from gradient_helpers import ACTIVATIONS, LAYOUTS, OUTPUTS_AND_LOSSES, Case
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import GELU, Elementwise, LeakyReLU, ReLU, Softsign, Tanh
from sknn_edu.engine.layer import Layer
from sknn_edu.engine.network import Network
from sknn_edu.engine.objective import Objective
from sknn_edu.engine.penalty import ElasticNet
from sknn_edu.losses import AbsoluteError, Loss
from sknn_edu.teaching import check_gradient, trace

# Some pairs are risky on purpose: they may train badly, but their gradient must be right.
pytestmark = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")

rng = np.random.default_rng(0)
X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
X_LARGE, Y_LARGE = rng.normal(size=(100, 40)), rng.normal(size=(100, 5))


def regressor(hidden=(5, 4), activation="tanh", X=X, y=y, **params):
    """A network with weights that training has not touched; there is no penalty."""
    params = {"alpha": 0.0, "random_state": 0, **params}
    return BackpropRegressor(hidden, activation, **params).initialize(X, y)


def rows(check, name, part="data", kind="entries"):
    """The one row of the table about this."""
    wanted = name, part, kind
    (row,) = (row for row in check.table if (row["name"], row["part"], row["kind"]) == wanted)
    return row


def wrong_rows(check):
    """Names and parts of the rows that are not ok."""
    return {(row["name"], row["part"]) for row in check.table if not row["ok"]}


def plant(monkeypatch, name, entry, *, add=0.0, factor=1.0):
    """Let backpropagation change an entry of the gradient of the parameter with this name."""
    right = Network.backward

    def wrong(self, n):
        right(self, n)
        gradient = (self.grad.W if name[0] == "W" else self.grad.b)[int(name[1:]) - 1]
        gradient[entry] = factor * gradient[entry] + add

    monkeypatch.setattr(Network, "backward", wrong)


# -- what is right passes -----------------------------------------------------------------


NUMBERED = [pytest.param(i, *p.values, id=p.id) for i, p in enumerate(OUTPUTS_AND_LOSSES)]


@pytest.mark.parametrize(("i", "output", "loss"), NUMBERED)
def test_the_gradient_behind_every_output_and_loss_is_right(i, output, loss):
    layout = LAYOUTS[i % len(LAYOUTS)]
    hidden = tuple(ACTIVATIONS[k % len(ACTIVATIONS)] for k in (i, 3 * i + 1))
    alpha, l1_ratio = [(0, 0), (0.5, 0), (0.5, 0.3)][i % 3]
    case = Case(layout, hidden, output, ((1, loss),), alpha, l1_ratio, i % 2 == 0, i % 4 > 0, i)
    problem = case.draw()
    check = check_gradient(problem.est, *problem.data)
    assert check.ok, check
    assert check.max_relative_error <= check.rtol


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_no_false_alarm_where_kinks_are_near(f):
    losses = ["squared_error", "absolute_error", "huber", "quantile"]
    loss = losses[ACTIVATIONS.index(f) % 4]
    # Rows as they come, of which many are closer to a kink than the first step.
    X, y = rng.normal(size=(200, 3)), rng.normal(size=(200, 2))
    check = check_gradient(regressor((6, 4), [f, f], X, y, loss=loss), X, y)
    assert check.ok, check


@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.SolverStoppedWarning")
@pytest.mark.parametrize("seed", range(3))
def test_no_false_alarm_where_training_brought_samples_next_to_a_kink_of_the_loss(seed):
    # A hinge loss trained to its minimum has samples exactly on its kink.
    rng = np.random.default_rng(seed)
    X, labels = rng.normal(size=(20, 3)), rng.integers(3, size=20)
    params = {"solver": "lbfgs", "alpha": 1e-3, "max_iter": 300, "random_state": 0}
    clf = BackpropClassifier(6, "tanh", loss="hinge", **params).fit(X, labels)
    reg = BackpropRegressor(6, "tanh", loss="absolute_error", **params).fit(X, labels)
    for est in (clf, reg):
        check = check_gradient(est, X, labels)
        assert check.ok, check


@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.SolverStoppedWarning")
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_no_false_alarm_where_hardly_any_slope_is_left(activation):
    # The roundoff of J is that of the sums before the loss, which is itself all but zero.
    X, y = load_iris(return_X_y=True)
    est = BackpropClassifier(
        (10, 8), activation, solver="lbfgs", alpha=1e-4, max_iter=500, random_state=1
    ).fit(X, y)
    check = check_gradient(est, X, y)
    assert check.ok, check


@pytest.mark.parametrize("activation", ["softsign", "relu"])
def test_no_false_alarm_where_no_unit_of_a_layer_has_any_input(activation):
    X, y = load_iris(return_X_y=True)
    est = BackpropClassifier(10, activation, random_state=1).initialize(X, y)
    est.coefs_[0][:], est.intercepts_[0][:] = 0, 0
    check = check_gradient(est, X, y)
    assert check.ok, check


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_no_false_alarm_for_data_of_any_size(scale, activation):
    est = regressor(activation=activation)
    assert check_gradient(est, scale * X, y).ok
    assert check_gradient(est, X, scale * y).ok
    for array in (*est.coefs_, *est.intercepts_):
        array *= scale
    assert check_gradient(est, X, y).ok


def test_sample_weights_and_class_weights_count():
    labels = np.arange(20) % 3
    est = BackpropClassifier(4, "tanh", class_weight={0: 1, 1: 5, 2: 0.1}, random_state=0)
    est.initialize(X, labels)
    plain = check_gradient(est, X, labels)
    weighted = check_gradient(est, X, labels, rng.uniform(0, 2, 20) * (labels > 0))
    assert plain.ok
    assert weighted.ok
    assert rows(plain, "b2")["backprop"] != rows(weighted, "b2")["backprop"]


def test_sparse_input_gives_the_same_table():
    sparse = np.where(X > 0, X, 0)
    est = regressor(alpha=0.1)
    of_dense, of_sparse = check_gradient(est, sparse, y), check_gradient(est, csr_array(sparse), y)
    assert of_dense.ok
    assert of_sparse.ok
    for one, other in zip(of_dense.table, of_sparse.table, strict=True):
        assert one["checked"] == other["checked"]


def test_float32_networks_are_checked_in_float64():
    est = regressor().initialize(X.astype(np.float32), y.astype(np.float32))
    assert est.coefs_[0].dtype == np.float32
    check = check_gradient(est, X.astype(np.float32), y.astype(np.float32))
    assert check.ok
    assert check.max_relative_error < 1e-7  # float32 would leave 1e-3


def test_the_estimator_and_the_data_stay_as_they_are():
    est = regressor(alpha=0.1, dropout=0.2)
    before = copy.deepcopy((vars(est), X, y))
    check_gradient(est, X, y, random_state=0)
    arrays = [*est.coefs_, *est.intercepts_, X, y]
    copies = [*before[0]["coefs_"], *before[0]["intercepts_"], *before[1:]]
    for array, before_ in zip(arrays, copies, strict=True):
        assert_array_equal(array, before_)
    assert vars(est).keys() == before[0].keys()


def test_the_same_call_gives_the_same_table():
    est = regressor((60, 50), X=X_LARGE, y=Y_LARGE)
    first, second = (check_gradient(est, X_LARGE, Y_LARGE, max_entries=5) for _ in range(2))
    assert first.table == second.table


# -- what is wrong is caught --------------------------------------------------------------


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2", "W3", "b3"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_single_wrong_entry_is_caught_and_named(monkeypatch, name, activation):
    entry = {"W1": (2, 3), "b1": (4,), "W2": (0, 2), "b2": (3,), "W3": (1, 0), "b3": (0,)}[name]
    est = regressor(activation=activation, alpha=0.5)
    layer, family = int(name[1:]) - 1, name[0]
    _, dW, db = est.objective_and_gradient(X, y)
    size = np.abs((dW if family == "W" else db)[layer]).max()

    plant(monkeypatch, name, entry, add=1e-4 * size)
    check = check_gradient(est, X, y)
    assert not check.ok
    assert not check
    assert wrong_rows(check) == {(name, "data")}
    assert rows(check, name)["worst"] == entry
    assert f"WRONG in {name} (data)" in check.message


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("entry", [(0, 0), (39, 59)])
def test_a_single_wrong_entry_of_a_large_network_is_found(monkeypatch, activation, entry):
    est = regressor((60, 50), activation, X_LARGE, Y_LARGE)
    length = np.linalg.norm(est.objective_and_gradient(X_LARGE, Y_LARGE)[1][0])

    plant(monkeypatch, "W1", entry, add=1e-3 * length)
    check = check_gradient(est, X_LARGE, Y_LARGE, max_entries=5)
    assert wrong_rows(check) == {("W1", "data")}
    assert not rows(check, "W1", kind="directions")["ok"]
    assert rows(check, "W1")["worst"] == entry
    assert rows(check, "W1")["checked"] in (5, 6)


@pytest.mark.parametrize("k", range(0, 10, 4))
def test_two_wrong_entries_do_not_cancel(monkeypatch, k):
    est = regressor((60, 50), X=X_LARGE, y=Y_LARGE)
    plant(monkeypatch, "W2", (3, k), add=1e-3)
    plant(monkeypatch, "W2", (30 + k, 40), add=-1e-3)
    check = check_gradient(est, X_LARGE, Y_LARGE, max_entries=5)
    assert wrong_rows(check) == {("W2", "data")}


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_a_derivative_that_is_slightly_wrong_is_caught(monkeypatch, f):
    problem = Case(hidden=(f, Tanh()), seed=3).draw()
    right = type(f).backward

    def wrong(self, Z, A, dA, out):
        right(self, Z, A, dA, out)
        out *= 1.0001
        return out

    monkeypatch.setattr(type(f), "backward", wrong)
    check = check_gradient(problem.est, *problem.data)
    # Behind the output of this case the loss takes its short cut, so layer 3 stays right.
    of_tanh = {"W2", "b2"} if isinstance(f, Tanh) else set()
    assert {name for name, _ in wrong_rows(check)} == {"W1", "b1"} | of_tanh


@pytest.mark.parametrize(("output", "loss"), OUTPUTS_AND_LOSSES)
def test_a_loss_with_a_gradient_that_is_slightly_wrong_is_caught(monkeypatch, output, loss):
    problem = Case("multilabel", (Tanh(),), output, ((1, loss),), seed=3).draw()
    bound = type(problem.est.architecture_.loss)
    right = bound.output_delta

    def wrong(self, *args, out):
        return np.multiply(right(self, *args, out=out), 1.0001, out=out)

    monkeypatch.setattr(bound, "output_delta", wrong)
    assert ("b2", "data") in wrong_rows(check_gradient(problem.est, *problem.data))


class ForgottenSquare(Elementwise):
    """tanh, as a student may write it."""

    def forward(self, Z, out):
        return np.tanh(Z, out=out)

    def derivative(self, Z, A, out):
        return np.subtract(1, A, out=out)


class ForgottenHalf(Loss):
    """The squared error without the half, but with the gradient of the other one."""

    def value(self, A, Y):
        return ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.subtract(A, Y, out=out)


def test_ones_own_activation_with_a_wrong_derivative_is_caught():
    check = check_gradient(regressor(activation=["tanh", ForgottenSquare()]), X, y)
    assert wrong_rows(check) == {(name, "data") for name in ("W1", "b1", "W2", "b2")}


def test_ones_own_loss_with_a_wrong_factor_is_caught():
    check = check_gradient(regressor(loss=ForgottenHalf()), X, y)
    assert all(not row["ok"] for row in check.table)
    assert rows(check, "b3")["numerical"] == pytest.approx(2 * rows(check, "b3")["backprop"])


@pytest.mark.parametrize(("alpha", "l1_ratio"), [(1e-8, 1), (1e-3, 0.3), (1e3, 0)])
def test_data_and_penalty_do_not_mask_each_other(monkeypatch, alpha, l1_ratio):
    est = regressor(alpha=alpha, l1_ratio=l1_ratio)
    assert check_gradient(est, X, y).ok
    right = ElasticNet.add_gradient

    def doubled(self, weights, factor, out):
        right(self, weights, 2 * factor, out)

    with monkeypatch.context() as context:
        context.setattr(ElasticNet, "add_gradient", doubled)
        check = check_gradient(est, X, y)
        assert wrong_rows(check) == {(name, "penalty") for name in ("W1", "W2", "W3")}

    plant(monkeypatch, "W2", ..., factor=1.001)
    assert wrong_rows(check_gradient(est, X, y)) == {("W2", "data")}


def test_a_penalty_on_the_biases_is_caught(monkeypatch):
    right = Objective.value_and_gradient

    def penalised(self, samples, **kwargs):
        J = right(self, samples, **kwargs)
        for b, db in zip(self.network.theta.b, self.network.grad.b, strict=True):
            db += self.penalty.l2 * b / samples.total_weight
        return J

    monkeypatch.setattr(Objective, "value_and_gradient", penalised)
    check = check_gradient(regressor(alpha=0.1), X, y)
    assert wrong_rows(check) == {(name, "penalty") for name in ("b1", "b2", "b3")}


def test_a_gradient_that_is_not_finite_is_caught(monkeypatch):
    plant(monkeypatch, "b2", 0, add=np.nan)
    check = check_gradient(regressor(), X, y)
    assert wrong_rows(check) == {("b2", "data")}
    assert check.max_relative_error == np.inf
    assert rows(check, "b2")["worst"] == (0,)


# -- dropout ------------------------------------------------------------------------------


def test_dropout_keeps_its_mask_for_the_whole_check():
    est = regressor((20, 20), activation=["tanh", "relu"], dropout=[0.5, 0.2])
    plain, one, other = (check_gradient(est, X, y, random_state=seed) for seed in (None, 0, 1))
    assert plain.ok
    assert one.ok
    assert other.ok
    gradients = {rows(check, "b3")["backprop"] for check in (plain, one, other)}
    assert len(gradients) == 3


def test_a_random_state_is_not_used_up():
    est, state = regressor((20, 20), dropout=0.5), np.random.RandomState(3)
    first, second = (check_gradient(est, X, y, random_state=state) for _ in range(2))
    assert first.table == second.table == check_gradient(est, X, y, random_state=3).table


def test_a_mask_forgotten_on_the_way_back_is_caught(monkeypatch):
    def without_mask(self, dA):
        self.activation.backward(self.Z, self.A, dA, out=self.delta)
        self.parameter_gradients()

    est = regressor((20, 20), dropout=0.5)
    monkeypatch.setattr(Layer, "backward", without_mask)
    assert check_gradient(est, X, y).ok
    check = check_gradient(est, X, y, random_state=0)
    assert {name for name, _ in wrong_rows(check)} == {"W1", "b1", "W2", "b2"}


# -- kinks --------------------------------------------------------------------------------


def network_on_a_kink(activation="relu", distance=0.0):
    """A network where the first sample is all zeros, and so are the sums of the first layer."""
    est = regressor(activation=activation, alpha=0.0)
    est.intercepts_[0][:] = distance
    return est, np.vstack([np.zeros(3), X]), np.append(1.0, y)


@pytest.mark.parametrize("distance", [0.0, 1e-9, -1e-9, 1e-13])
@pytest.mark.parametrize("f", [ReLU(), LeakyReLU()], ids=repr)
def test_units_on_a_kink_are_reported_and_do_not_fail(f, distance):
    est, X, y = network_on_a_kink(f, distance)
    check = check_gradient(est, X, y)
    assert check.ok, check
    assert rows(check, "b1")["at_kinks"] == rows(check, "b1")["checked"] == 5
    # The first sample does not move with W1, for its input is zero.
    assert rows(check, "W1")["at_kinks"] == 0
    assert "At kinks (5)" in check.message


@pytest.mark.parametrize("distance", [1e-6, -1e-5, 1e-4])
def test_near_a_kink_shorter_steps_are_enough(distance):
    check = check_gradient(*network_on_a_kink("relu", distance))
    assert check.ok, check
    assert all(row["at_kinks"] == 0 for row in check.table)


def test_steps_are_no_shorter_than_kinks_demand(monkeypatch):
    # With the shortest step of all, roundoff would hide an error as small as this.
    network = network_on_a_kink("relu", 3e-4)
    assert check_gradient(*network, rtol=1e-8).ok
    plant(monkeypatch, "b1", 1, factor=1 + 1e-7)
    assert wrong_rows(check_gradient(*network, rtol=1e-8)) == {("b1", "data")}


def test_a_wrong_entry_on_a_kink_is_caught_on_the_other_samples(monkeypatch):
    plant(monkeypatch, "b1", 2, factor=1.001)
    check = check_gradient(*network_on_a_kink())
    assert wrong_rows(check) == {("b1", "data")}
    assert rows(check, "b1")["worst"] == (2,)


def test_a_wrong_derivative_is_not_excused_by_kinks(monkeypatch):
    def derivative(self, Z, A, out):
        return np.multiply(A > 0, 1.01, out=out)

    monkeypatch.setattr(ReLU, "derivative", derivative)
    assert not check_gradient(*network_on_a_kink()).ok


def test_a_loss_on_its_kink_is_recognised():
    est = regressor(loss=AbsoluteError())
    on_target = est.predict(X)
    on_target[1:] += 1
    check = check_gradient(est, X, on_target)
    assert check.ok, check


def test_a_loss_that_takes_another_slope_at_its_kink_is_right_too(monkeypatch):
    # Backpropagation may say anything between the slopes on the two sides, and no more.
    def plus_at_zero(self, A, Y, out):
        out[...] = np.where(np.abs(A - Y) < 1e-12, slope, np.sign(A - Y))
        return out

    est = regressor(loss=AbsoluteError())
    on_target = est.predict(X)
    on_target[1:] += 1
    monkeypatch.setattr(AbsoluteError, "gradient", plus_at_zero)
    slope = 0.9
    check = check_gradient(est, X, on_target)
    assert check.ok, check
    assert rows(check, "b3")["at_kinks"] == 1
    slope = 1.1
    assert not check_gradient(est, X, on_target).ok


class Insensitive(Loss):
    """max(|a - y| - 1/2, 0), which says where its kinks are."""

    def value(self, A, Y):
        return np.maximum(np.abs(A - Y) - 0.5, 0).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.multiply(np.abs(A - Y) > 0.5, np.sign(A - Y), out=out)

    def kinks(self, Y):
        return Y - 0.5, Y + 0.5


@pytest.mark.parametrize("hidden", ["tanh", "relu"])
@pytest.mark.parametrize("loss", [Insensitive(), 2 * Insensitive()], ids=repr)
def test_declared_kinks_of_ones_own_loss_are_no_false_alarm_and_no_excuse(
    monkeypatch, loss, hidden
):
    est = regressor(loss=loss, activation=hidden)
    # A third on either kink, or within 1e-9 of it; the others lie between and beyond.
    distance = np.resize([0.5, -0.5, 0.5 + 1e-9, 0.3, 1.0, -2.0], len(X))
    target = est.predict(X) - distance
    check = check_gradient(est, X, target)
    assert check.ok, check
    assert rows(check, "b3")["at_kinks"] == 1
    plant(monkeypatch, "W2", 1, add=1e-4)
    assert wrong_rows(check_gradient(est, X, target)) == {("W2", "data")}


class UndeclaredKink(Elementwise):
    """|z|, which does not say where its kink is."""

    def forward(self, Z, out):
        return np.abs(Z, out=out)

    def derivative(self, Z, A, out):
        out[...] = np.where(Z > 0, 1, -1)
        return out


def test_kinks_that_nobody_declared_are_recognised():
    est, X, y = network_on_a_kink([UndeclaredKink(), "tanh"])
    check = check_gradient(est, X, y)
    assert check.ok, check
    assert rows(check, "b1")["at_kinks"] == 5


def test_a_smooth_bend_is_no_excuse(monkeypatch):
    plant(monkeypatch, "b1", 1, factor=1.00001)
    check = check_gradient(regressor(activation=[GELU(), Softsign()]), X, 1e3 * y)
    assert wrong_rows(check) == {("b1", "data")}
    assert rows(check, "b1")["at_kinks"] == 0


def test_weights_of_zero_are_on_the_kink_of_the_l1_penalty(monkeypatch):
    est = regressor(alpha=0.1, l1_ratio=0.5)
    est.coefs_[1][:3] = 0
    check = check_gradient(est, X, y)
    assert check.ok, check
    assert rows(check, "W2", "penalty")["at_kinks"] == 12
    assert rows(check, "W1", "penalty")["at_kinks"] == 0
    right = ElasticNet.add_gradient

    def steep_at_zero(self, weights, factor, out):
        right(self, weights, factor, out)
        out[weights == 0] += 1.5 * self.l1 * factor

    monkeypatch.setattr(ElasticNet, "add_gradient", steep_at_zero)
    assert wrong_rows(check_gradient(est, X, y)) == {("W2", "penalty")}


def test_a_wrong_penalty_is_found_beside_many_zero_weights(monkeypatch):
    est = regressor((60, 50), X=X_LARGE, y=Y_LARGE, alpha=0.1, l1_ratio=1.0)
    est.coefs_[1][::2] = 0
    assert check_gradient(est, X_LARGE, Y_LARGE, max_entries=5).ok
    right = ElasticNet.add_gradient

    def one_forgotten(self, weights, factor, out):
        right(self, weights, factor, out)
        out[40 * 60 + 50 + 7] = 0  # W2[1, 7]; there is no data term in the penalty's gradient

    def penalty_alone(self, samples, *, with_penalty=True, masks=None):
        J = self.run(samples, samples.total_weight, masks)
        if with_penalty:
            extra = np.zeros_like(self.network.theta.weights)
            one_forgotten(self.penalty, self.network.theta.weights, 1 / samples.n, extra)
            self.network.grad.weights += extra
        return J

    monkeypatch.setattr(Objective, "value_and_gradient", penalty_alone)
    check = check_gradient(est, X_LARGE, Y_LARGE, max_entries=5)
    assert wrong_rows(check) == {("W2", "penalty")}
    assert rows(check, "W2", "penalty")["worst"] == (1, 7)


def test_a_network_with_all_samples_on_a_kink_is_not_called_right():
    # Two samples that move to different sides: J is smooth, but not for relu'(0) = 0.
    X, y = np.array([[1.0], [-1.0]]), np.array([1.0, -1.0])
    est = regressor(1, "relu", X, y)
    est.coefs_[0][:], est.intercepts_[0][:] = 0, 0
    check = check_gradient(est, X, y)
    assert not check.ok
    assert rows(check, "W1")["checked"] == 0
    assert rows(check, "W1")["at_kinks"] == 1
    assert "Nothing could be compared in W1 (data)" in check.message
    assert "unknown" in repr(check)


# -- what it says -------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_parameter_and_part():
    check = check_gradient(regressor(alpha=0.1), X, y)
    assert [(row["name"], row["part"]) for row in check.table] == [
        (f"{family}{l}", part) for l in (1, 2, 3) for family in "Wb" for part in ("data", "penalty")
    ]
    for row in check.table:
        assert type(row) is dict
        assert row["checked"] == np.prod(row["shape"])
        assert np.isfinite([row["backprop"], row["numerical"]]).all()
    assert check.max_relative_error == max(row["max_relative_error"] for row in check.table)


def test_without_biases_and_without_penalty_there_are_no_such_rows():
    check = check_gradient(regressor(fit_intercept=False), X, y)
    assert [(row["name"], row["part"]) for row in check.table] == [
        (name, "data") for name in ("W1", "W2", "W3")
    ]


def test_a_large_parameter_is_sampled_and_checked_in_directions():
    est = regressor((60, 50), X=X_LARGE, y=Y_LARGE)
    check = check_gradient(est, X_LARGE, Y_LARGE, max_entries=7)
    assert check.ok
    assert rows(check, "W1")["checked"] == 7
    assert rows(check, "W1", kind="directions")["checked"] == 2
    assert rows(check, "W1", kind="directions")["worst"] is None
    assert rows(check, "b3")["checked"] == 5
    assert "7 of 2400" in repr(check)
    assert "2 directions" in repr(check)


def test_the_text_shows_each_row_and_the_verdict():
    check = check_gradient(regressor(alpha=0.1), X, y)
    *lines, verdict = repr(check).splitlines()
    assert len(lines) == 1 + len(check.table)
    assert max(map(len, lines)) <= 88
    assert verdict == check.message
    assert verdict.startswith("The gradient is right")
    html = check._repr_html_()
    assert html.count("<tr>") == 1 + len(check.table)
    assert "The gradient is right" in html


def test_the_verdict_gives_both_values(monkeypatch):
    plant(monkeypatch, "W1", (1, 2), factor=0, add=7)
    check = check_gradient(regressor(), X, y)
    assert "W1[1, 2], data: backpropagation says 7, finite differences say " in check.message


# -- bad input ----------------------------------------------------------------------------


def test_a_network_without_weights_is_refused():
    with pytest.raises(NotFittedError, match="initialize"):
        check_gradient(BackpropRegressor(), X, y)


@pytest.mark.parametrize(
    ("name", "value"),
    [("rtol", value) for value in (0, 1, -1e-6, "small", None, np.nan)]
    + [("max_entries", value) for value in (0, -1, 1.5, "all", None, True)]
    + [("random_state", value) for value in ("mask", -1, 0.5)],
)
def test_a_bad_setting_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=rf"{name} must be .*got"):
        check_gradient(regressor(), X, y, **{name: value})


def test_data_of_another_width_is_refused():
    with pytest.raises(ValueError, match="features"):
        check_gradient(regressor(), X[:, :2], y)


def test_an_objective_that_is_not_finite_is_refused():
    est = regressor(activation="relu")
    for W in est.coefs_:
        W[...] = 1e150
    with pytest.raises(ValueError, match=r"J is (inf|nan) at the present weights"):
        check_gradient(est, X, y)


def test_gradients_in_the_place_of_sample_weight_are_told_where_they_belong():
    est = BackpropClassifier(2, random_state=0).initialize(np.eye(3), [0, 1, 0])
    for gradients in ({"dW1": np.zeros((3, 2))}, lambda t: {"dW1": t["dW1"]}):
        with pytest.raises(TypeError, match=r"write gradients=\.\.\. by its name"):
            check_gradient(est, np.eye(3), [0, 1, 0], gradients)


@pytest.mark.parametrize(
    ("layout", "given", "told"),
    [
        ("rows", np.zeros((3, 2)), r"got \(3, 2\). Is it that of layout='columns'\?"),
        ("columns", np.zeros((2, 3)), r"got \(2, 3\). Is it that of layout='rows'\?"),
        ("rows", np.zeros((3, 3)), r"got \(3, 3\).$"),
        ("rows", "X.T @ delta1", "Formulas are marked by check_derivation"),
        ("rows", [[1], [2, 3]], "must be an array of numbers"),
    ],
)
def test_a_gradient_that_cannot_be_compared_is_told_why(layout, given, told):
    X, y = np.arange(8.0).reshape(4, 2), [0, 1, 1, 0]
    est = BackpropClassifier(3, random_state=0).initialize(X, y)
    with pytest.raises(ValueError, match=rf"^gradients\['dW1'\].*{told}"):
        check_gradient(est, X, y, gradients={"dW1": given}, layout=layout)


@pytest.mark.parametrize("seed", [3, np.random.RandomState(3)], ids=["int", "RandomState"])
def test_a_function_of_the_trace_gets_the_masks_that_it_is_checked_with(seed):
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(9, 3)), rng.normal(size=9)
    est = BackpropRegressor((5, 4), "tanh", dropout=0.4, random_state=0).initialize(X, y)

    def from_trace(t):
        assert set(t.mask) == {1, 2}
        return {"dW1": t["dW1"], "db2": t["db2"]}

    assert check_gradient(est, X, y, random_state=seed, gradients=from_trace).ok
    t = trace(est, X, y, random_state=3)
    right = {"dW1": t["dW1"], "db2": t["db2"]}
    assert check_gradient(est, X, y, random_state=3, gradients=right).ok
