"""`to_torch` gives the same network: same outputs, same gradients, and it can be trained."""

import copy
import io
import re

import numpy as np
import pytest
import torch
from fitted_estimators import NAMES, TARGETS, X, fitted, three_epochs_are_enough
from small_networks import Sine

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, LeakyReLU
from sknn_edu.export.torch_module import Formula

# Z of one large entry in each row as well, for activations that mix the units
FAR = np.array([0.0, 0.3, 1, 3, 6, 20, 50, 1000])
Z_FAR = np.stack([np.r_[FAR, -FAR], np.r_[-FAR, FAR] / 3, np.r_[FAR, FAR]], axis=1)
DTYPES = [np.float32, np.float64]
every_activation = pytest.mark.parametrize("name", Activation.names())
in_both_dtypes = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)


def run(module, X):
    return module(torch.from_numpy(X)).detach().numpy()


def network(dtype, *, hidden="tanh", output="identity", width=(5, 4), scale=0.3, **params):
    """A regressor with two outputs, with random weights and biases."""
    with three_epochs_are_enough():
        est = BackpropRegressor(
            width, hidden, output_activation=output, loss="squared_error", random_state=0, **params
        ).initialize(np.asarray(scale * X, dtype), TARGETS["numbers"])
    return est, np.asarray(scale * X, dtype)


def assert_equal_to(A, expected):
    """To 1e-6 of the numbers, or of 1 where they are smaller."""
    assert A.dtype == expected.dtype
    assert A.shape == expected.shape
    np.testing.assert_allclose(A, expected, rtol=1e-6, atol=1e-6)


# -- the same outputs -----------------------------------------------------------------------


@every_activation
@in_both_dtypes
def test_every_activation_gives_the_same_outputs_hidden_and_at_the_end(name, dtype):
    for params in ({"hidden": name}, {"output": name}, {"hidden": name, "output": name}):
        est, X_small = network(dtype, **params)
        assert_equal_to(run(est.to_torch(), X_small), est.predict(X_small))


@every_activation
@in_both_dtypes
def test_every_activation_is_right_far_out_and_has_a_finite_gradient_there(name, dtype):
    f = Activation.get(name)
    est, _ = network(dtype, width=(3,), hidden=name)
    with np.errstate(over="ignore"):
        expected = f.forward(Z_FAR.astype(dtype), out=np.empty_like(Z_FAR, dtype))
    Z = torch.tensor(Z_FAR.astype(dtype), requires_grad=True)
    A = est.to_torch().activation1(Z)
    np.testing.assert_allclose(A.detach().numpy(), expected, rtol=1e-6, atol=1e-6)

    reachable = Z.detach().abs().amax(dim=1) <= (50 if name == "exp" else np.inf)
    (delta,) = torch.autograd.grad(A[reachable].sum(), Z)
    dA = np.ones_like(expected)
    with np.errstate(over="ignore", invalid="ignore"):
        ours = f.backward(Z_FAR.astype(dtype), expected, dA, out=np.empty_like(expected))
    smooth = ~np.isin(Z_FAR, f.kinks) & reachable.numpy()[:, None]
    np.testing.assert_allclose(delta.numpy()[smooth], ours[smooth], rtol=1e-5, atol=1e-5)


def decided_by(A, est):
    """The answer of a classifier from the outputs, as the documentation of to_torch has it."""
    if A.shape[1] == 1 and len(est.classes_) == 2:
        return np.c_[1 - A, A]
    return A


@pytest.mark.parametrize("name", NAMES)
def test_the_outputs_are_what_the_documentation_says(name):
    est = fitted(name)
    given = X.astype(est.coefs_[0].dtype)
    A = run(est.to_torch(), given)
    assert A.shape == (len(X), est.n_outputs_)
    if isinstance(est, BackpropRegressor):
        assert_equal_to(A if A.shape[1] > 1 else A.ravel(), est.predict(given))
    elif est.out_activation_ in ("softmax", "logistic") and len(est.classes_) > 1:
        assert_equal_to(decided_by(A, est), est.predict_proba(given))
    else:
        assert_equal_to(A, est._outputs(given))


@in_both_dtypes
def test_weights_replaced_by_hand_are_exported(dtype):
    est, X_small = network(dtype)
    est.coefs_[0] = np.ones_like(est.coefs_[0])
    est.intercepts_[1][...] = 7
    assert_equal_to(run(est.to_torch(), X_small), est.predict(X_small))


def test_logits_are_what_comes_before_the_last_activation():
    clf = fitted("target three")
    np.testing.assert_allclose(run(clf.to_torch()[:-1], X), clf.logits(X), atol=1e-12)


# -- the same gradients ---------------------------------------------------------------------


@every_activation
def test_every_activation_gives_the_same_gradients(name):
    est, X_small = network(np.float64, hidden=name, alpha=0)
    _, dW, db = est.objective_and_gradient(X_small, TARGETS["numbers"])
    module = est.to_torch().train()
    error = module(torch.from_numpy(X_small)) - torch.from_numpy(TARGETS["numbers"])
    (0.5 * (error**2).sum(dim=1).mean()).backward()
    linear = [part for part in module if isinstance(part, torch.nn.Linear)]
    for layer, W, b in zip(linear, dW, db, strict=True):
        np.testing.assert_allclose(layer.weight.grad.numpy().T, W, rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(layer.bias.grad.numpy(), b, rtol=1e-7, atol=1e-10)


def test_the_module_can_be_trained_and_the_estimator_keeps_its_weights():
    est, X_small = network(np.float64)
    before = copy.deepcopy(est.coefs_)
    module = est.to_torch().train()
    target = torch.from_numpy(TARGETS["numbers"])
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(module(torch.from_numpy(X_small)), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    for W, W_before in zip(est.coefs_, before, strict=True):
        np.testing.assert_array_equal(W, W_before)


# -- what the module looks like ---------------------------------------------------------------


def test_the_parts_are_named_and_in_order():
    est, _ = network(np.float64, dropout=[0.0, 0.25])
    module = est.to_torch()
    names = [name for name, _ in module.named_children()]
    assert names == [
        *("layer1", "activation1"),
        *("layer2", "activation2", "dropout2"),
        *("layer3", "activation3"),
    ]
    assert module.dropout2.p == 0.25
    assert "layer1.weight" in module.state_dict()


def test_dropout_is_inert_until_the_module_is_put_into_training():
    est, X_small = network(np.float64, dropout=0.5)
    module = est.to_torch()
    assert not module.training
    assert_equal_to(run(module, X_small), est.predict(X_small))
    assert not np.allclose(run(module.train(), X_small), est.predict(X_small))


def test_a_network_without_biases_has_none():
    module = network(np.float64, fit_intercept=False)[0].to_torch()
    assert not [name for name, _ in module.named_parameters() if "bias" in name]


def test_global_random_state_and_default_dtype_stay():
    state = torch.random.get_rng_state()
    network(np.float64)[0].to_torch()
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_default_dtype() == torch.float32


def test_a_module_can_be_saved_whole_and_exported():
    est, X_small = network(np.float32, hidden="mish", output="softplus")
    module = est.to_torch()
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    again = torch.load(file, weights_only=False)
    assert_equal_to(run(again, X_small), est.predict(X_small))
    program = torch.export.export(module, (torch.from_numpy(X_small),))
    assert_equal_to(run(program.module(), X_small), est.predict(X_small))


# -- activations of one's own ---------------------------------------------------------------


class Own(Sine):
    """z / sqrt(1 + steep z^2)."""

    formula = "Z / sqrt(1 + steep * Z**2)"

    def __init__(self, steep=2.0):
        self.steep = steep

    def forward(self, Z, out):
        return np.divide(Z, np.sqrt(1 + self.steep * Z * Z), out=out)


class OfOthers(Sine):
    """Made of functions by name, comparisons, reductions and a negative setting."""

    formula = "leaky_relu(Z) * (Z > low) - mean(abs(Z), axis=1, keepdims=True) + sech(Z) * (Z <= 2)"
    elementwise = False
    low = -1.5

    def forward(self, Z, out):
        leaky = LeakyReLU().forward(Z, out=np.empty_like(Z))
        with np.errstate(over="ignore"):
            sech = 1 / np.cosh(Z)
        A = leaky * (Z > self.low) - np.abs(Z).mean(axis=1, keepdims=True) + sech * (Z <= 2)
        out[...] = A
        return out


@pytest.mark.parametrize("f", [Own(), Own(0.5), OfOthers()], ids=repr)
@in_both_dtypes
def test_a_formula_is_all_that_an_activation_of_ones_own_needs(f, dtype):
    est, X_small = network(dtype, hidden=f)
    assert_equal_to(run(est.to_torch(), X_small), est.predict(X_small))


def test_settings_stand_in_the_formula_that_is_printed():
    module = network(np.float64, hidden=Own(0.5))[0].to_torch()
    assert isinstance(module.activation1, Formula)
    assert "Own: Z / sqrt(1 + 0.5 * Z**2)" in repr(module)


def test_an_activation_without_formula_says_what_to_write():
    wanted = re.escape("Give the class Sine one of Z and its settings, for example")
    with pytest.raises(NotImplementedError, match=wanted):
        network(np.float64, hidden=Sine())[0].to_torch()


# -- bad days -------------------------------------------------------------------------------


def test_a_network_that_is_not_fitted_is_refused():
    with pytest.raises(ValueError, match="not fitted"):
        BackpropClassifier().to_torch()


def test_without_pytorch_one_line_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ImportError, match=re.escape('to_torch needs torch: pip install "sknn-edu')):
        fitted("target number").to_torch()
