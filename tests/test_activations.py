"""Every activation of the family: its values, its derivatives, and its interface."""

import numpy as np
import pytest
import reference_network
from gradient_helpers import ACTIVATIONS, central_difference
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from small_networks import Sine

import sknn_edu.activations
from sknn_edu import BackpropClassifier
from sknn_edu.activations import (
    ELU,
    SELU,
    Activation,
    Elementwise,
    HardSigmoid,
    HardTanh,
    LeakyReLU,
    Logistic,
    ReLU,
    Softmax,
)

every_activation = pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def smooth_sums(f, shape=(50, 4), seed=0):
    """Random sums, none within 1e-2 of a kink; far more than a finite difference steps over."""
    Z = np.random.default_rng(seed).normal(scale=2, size=shape)
    for kink in f.kinks:
        Z[np.abs(Z - kink) < 1e-2] = kink + 0.1
    return Z


def random_like(Z, seed=1):
    return np.random.default_rng(seed).normal(size=Z.shape).astype(Z.dtype)


def forward(f, Z):
    return f.forward(Z, out=np.full_like(Z, np.nan))


def backward(f, Z, dA):
    return f.backward(Z, forward(f, Z), dA, out=np.full_like(Z, np.nan))


def largest_sum(f, dtype):
    """The end of what has to work: 1000, or for exp what the number format can hold."""
    return 0.99 * np.log(np.finfo(dtype).max) if f.name == "exp" else 1e3


# -- the mathematics ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "f", [f for f in ACTIVATIONS if f.name in reference_network.ACTIVATIONS], ids=repr
)
def test_forward_is_the_formula(f):
    Z = smooth_sums(f) * 3
    # A few roundings, and those of terms of order 1 that cancel.
    assert_allclose(forward(f, Z), reference_network.activate(f, Z), rtol=1e-13, atol=1e-14)


# Central differences with step h are wrong by h^2 / 6 times a third derivative (about
# 1e-11 here) and by rounding, 1e-16 / h = 1e-11; the tolerances leave room for large values.


@every_activation
def test_backward_is_the_vector_jacobian_product(f):
    Z = smooth_sums(f)
    dA = random_like(Z)
    delta = backward(f, Z, dA)
    for j, unit in enumerate(np.eye(Z.shape[1])):
        dA_dz = central_difference(lambda t, unit=unit: forward(f, Z + t * unit), 1e-5)
        assert_allclose(delta[:, j], (dA * dA_dz).sum(axis=1), rtol=1e-7, atol=1e-8)


@every_activation
def test_forward_jvp_is_the_change_of_forward(f):
    Z = smooth_sums(f)
    dZ = random_like(Z)
    change = central_difference(lambda t: forward(f, Z + t * dZ), 1e-5)
    assert_allclose(f.forward_jvp(Z, forward(f, Z), dZ), change, rtol=1e-7, atol=1e-8)


@every_activation
def test_backward_jvp_is_the_change_of_backward(f):
    Z = smooth_sums(f)
    dA, dZ = random_like(Z, seed=1), random_like(Z, seed=2)
    change = central_difference(lambda t: backward(f, Z + t * dZ, dA), 1e-5)
    assert_allclose(f.backward_jvp(Z, forward(f, Z), dA, dZ), change, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    ("f", "z", "slope"),
    [
        (ReLU(), 0, 0),
        (LeakyReLU(0.3), 0, 0.3),
        (ELU(0.5), 0, 0.5),
        (SELU(), 0, SELU.scale * SELU.alpha),
        (HardTanh(), -1, 0),
        (HardTanh(), 1, 0),
        (HardSigmoid(), -3, 0),
        (HardSigmoid(), 3, 0),
    ],
    ids=repr,
)
def test_at_a_kink_the_slope_is_that_of_the_flatter_or_left_side(f, z, slope):
    assert_array_equal(backward(f, np.full((1, 1), float(z)), np.ones((1, 1))), slope)


def test_softmax_does_not_see_a_shift_of_a_row():
    Z = smooth_sums(Softmax())
    shift = np.linspace(-700, 700, len(Z))[:, np.newaxis]
    # Adding 700 rounds z to 1e-13.
    assert_allclose(forward(Softmax(), Z + shift), forward(Softmax(), Z), rtol=1e-12)


# -- extremes -----------------------------------------------------------------------------


def extreme_sums(f, dtype):
    """Sums of all sizes and both signs, side by side in all combinations."""
    sizes = np.array([0, 1e-30, 1e-3, 1, 0.1 * largest_sum(f, dtype), largest_sum(f, dtype)])
    values = np.concatenate([-sizes, sizes])
    return np.stack(np.meshgrid(values, values), axis=-1).reshape(-1, 2).astype(dtype)


@both_dtypes
@every_activation
def test_large_sums_give_finite_numbers_without_a_warning(f, dtype):
    Z = extreme_sums(f, dtype)
    A, ones = forward(f, Z), np.ones_like(Z)
    for result in (
        A,
        backward(f, Z, ones),
        f.forward_jvp(Z, A, ones),
        f.backward_jvp(Z, A, ones, ones),
    ):
        assert np.isfinite(result).all()


@both_dtypes
@every_activation
def test_outputs_stay_within_the_range(f, dtype):
    low, high = f.range
    slack = 4 * np.finfo(dtype).eps  # the ends themselves are rounded
    for Z in (extreme_sums(f, dtype), np.linspace(-10, 10, 20_000, dtype=dtype).reshape(-1, 2)):
        A = forward(f, Z)
        assert A.min() >= low - slack * abs(low)
        assert A.max() <= high + slack * abs(high)


@every_activation
def test_outputs_come_near_both_ends_of_the_range(f):
    near, far = (
        forward(f, np.stack([z := np.linspace(-largest, largest, 20_001), -z], axis=1))
        for largest in (0.5 * largest_sum(f, np.float64), largest_sum(f, np.float64))
    )
    low, high = f.range
    # An infinite end must still be moving; softsign is 1e-3 from its end at 1000.
    assert far.min() < near.min() if np.isinf(low) else far.min() < low + 2e-3
    assert far.max() > near.max() if np.isinf(high) else far.max() > high - 2e-3


@every_activation
def test_elementwise_says_whether_sums_mix(f):
    Z = smooth_sums(f)
    moved = Z.copy()
    moved[:, 0] += 0.5
    others_stay = np.array_equal(forward(f, Z)[:, 1:], forward(f, moved)[:, 1:])
    assert f.elementwise == others_stay


# -- buffers ------------------------------------------------------------------------------


@every_activation
def test_forward_returns_out_and_may_overwrite_its_input(f):
    Z = smooth_sums(f)
    out, before = np.empty_like(Z), Z.copy()
    assert f.forward(Z, out=out) is out
    assert_array_equal(Z, before)
    assert f.forward(Z, out=Z) is Z
    assert_array_equal(Z, out)


@every_activation
def test_backward_returns_out_and_leaves_its_input_alone(f):
    Z = smooth_sums(f)
    A, dA = forward(f, Z), random_like(Z)
    before = Z.copy(), A.copy(), dA.copy()
    out = np.full_like(Z, np.nan)
    assert f.backward(Z, A, dA, out=out) is out
    f.forward_jvp(Z, A, dA)
    f.backward_jvp(Z, A, dA, dA)
    for array, copy in zip((Z, A, dA), before, strict=True):
        assert_array_equal(array, copy)


@pytest.mark.parametrize("f", [f for f in ACTIVATIONS if not f.backward_reads_Z], ids=repr)
def test_where_backward_does_not_read_Z_all_derivatives_follow_from_A(f):
    Z = smooth_sums(f)
    A, dA, gone = forward(f, Z), random_like(Z), np.full_like(Z, np.nan)
    assert_array_equal(f.backward(gone, A, dA, out=np.empty_like(A)), backward(f, Z, dA))
    assert_array_equal(f.forward_jvp(gone, A, dA), f.forward_jvp(Z, A, dA))
    assert_array_equal(f.backward_jvp(gone, A, dA, dA), f.backward_jvp(Z, A, dA, dA))


@every_activation
def test_float32_stays_float32(f):
    Z = smooth_sums(f)
    A, dA = forward(f, Z), random_like(Z)
    exact = A, backward(f, Z, dA), f.forward_jvp(Z, A, dA), f.backward_jvp(Z, A, dA, dA)
    Z, A, dA = (array.astype(np.float32) for array in (Z, A, dA))
    ours = (
        forward(f, Z),
        backward(f, Z, dA),
        f.forward_jvp(Z, A, dA),
        f.backward_jvp(Z, A, dA, dA),
    )
    for result, expected in zip(ours, exact, strict=True):
        assert result.dtype == np.float32
        # Rounding a sum of 5 to 3e-7 moves exp by as much, relatively; the rest is as small.
        assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


# -- names --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", Activation.names())
def test_names_and_aliases_lead_to_an_exported_class(name):
    f = Activation.get(name)
    assert name in (f.name, *f.aliases)
    assert getattr(sknn_edu.activations, type(f).__name__) is type(f)
    assert type(f).__name__ in sknn_edu.activations.__all__


@every_activation
def test_repr_makes_an_equal_activation(f):
    again = eval(repr(f), vars(sknn_edu.activations))
    assert again == f
    assert hash(again) == hash(f)
    assert again is not f
    assert Activation.get("sigmoid") == Logistic() != LeakyReLU(0.3) != LeakyReLU(0.2)


def test_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'rellu' is not the name of an activation.*'relu'"):
        Activation.get("rellu")


@pytest.mark.parametrize(
    ("cls", "setting", "message"),
    [
        (LeakyReLU, -0.1, "negative_slope must be >= 0 and finite"),
        (ELU, 0, "alpha must be > 0 and finite"),
    ],
)
def test_impossible_settings_are_refused(cls, setting, message):
    with pytest.raises(ValueError, match=f"{message}, got {setting}"):
        cls(setting)


# -- a user's own -------------------------------------------------------------------------


@pytest.fixture
def registry(monkeypatch):
    """Forgets afterwards what a test has registered."""
    monkeypatch.setattr(Activation, "_by_name", dict(Activation._by_name))


class UnitLength(Activation):
    """One that mixes the sums of a row: each row is scaled to length 1."""

    def forward(self, Z, out):
        return np.divide(Z, np.linalg.norm(Z, axis=1, keepdims=True), out=out)

    def backward(self, Z, A, dA, out):
        along = (A * dA).sum(axis=1, keepdims=True)
        return np.divide(dA - along * A, np.linalg.norm(Z, axis=1, keepdims=True), out=out)


@pytest.mark.parametrize("f", [Sine(), UnitLength()], ids=repr)
def test_own_activation_trains_a_classifier(f):
    X, y = load_iris(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    clf = clone(BackpropClassifier(10, f, solver="lbfgs", alpha=1.0, max_iter=1000, random_state=0))
    assert clf.fit(X, y).score(X, y) > 0.95
    assert clf.activation == f


def test_own_activation_works_at_the_output():
    X, y = load_iris(return_X_y=True)
    clf = BackpropClassifier((), output_activation=Sine(), loss="squared_error", random_state=0)
    clf.initialize(X, y)
    assert clf.out_activation_ == "Sine"
    assert_allclose(clf.coefs_[0].shape, (4, 3))
    slope = clf.objective_and_gradient(X, y)[2][0][1]
    b = clf.intercepts_[0][1]

    def loss(step):
        clf.intercepts_[0][1] = b + step
        return clf.objective(X, y)

    assert_allclose(slope, central_difference(loss, 1e-6), rtol=1e-6)


@pytest.mark.usefixtures("registry")
def test_own_activation_with_a_name_can_be_asked_for_by_that_name():
    class Cosine(Elementwise):
        name = "cosine"
        aliases = ("cos",)

        def forward(self, Z, out):
            return np.cos(Z, out=out)

        def derivative(self, Z, A, out):
            return np.negative(np.sin(Z), out=out)

    X, y = load_iris(return_X_y=True)
    for name in ("cosine", "cos"):
        clf = BackpropClassifier(5, name, random_state=0).initialize(X, y)
        Z = X @ clf.coefs_[0] + clf.intercepts_[0]
        assert_allclose(clf.hidden_activations(X)[0], np.cos(Z))


def define(name, aliases=(), qualname="Mine", module=__name__):
    """What ``class Mine(Elementwise): name = ...`` does, in some module."""
    body = {"name": name, "aliases": aliases, "__qualname__": qualname, "__module__": module}
    return type(Elementwise)(qualname, (Elementwise,), body)


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    "clash",
    [
        {"name": "relu"},
        {"name": "sigmoid"},
        {"name": "mine", "aliases": ("sigmoid",)},
        {"name": "relu", "qualname": "ReLU"},
    ],
    ids=repr,
)
def test_name_that_is_taken_is_refused_and_nothing_is_registered(clash):
    before = dict(Activation._by_name)
    with pytest.raises(ValueError, match="already belongs to "):
        define(**clash)
    assert Activation._by_name == before


@pytest.mark.usefixtures("registry")
def test_class_may_be_written_again_as_in_a_notebook():
    define("mine")
    second = define("mine")
    assert Activation._by_name["mine"] is second
