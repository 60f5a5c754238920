"""A trace holds the very numbers of the pass, and shows them as they are."""

import copy
import pickle
import re
import sys
import warnings
from html.parser import HTMLParser

import numpy as np
import pytest
import reference_network
from autograd import make_vjp
from gradient_helpers import ACTIVATIONS, LAYOUTS, LOSSES, OUTPUTS_AND_LOSSES, Case
from scipy.sparse import csr_array
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from small_networks import Centred, Cubic, Quartic

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Softmax, Tanh
from sknn_edu.estimators.inspection import network_of
from sknn_edu.formulas import Functions, Scope, parse
from sknn_edu.formulas.layout import Layout
from sknn_edu.losses import LogLoss, SquaredError
from sknn_edu.teaching import trace
from sknn_edu.teaching.tracing.numbers import number_format, written
from sknn_edu.teaching.tracing.steps import formulas_of, steps_of

# Some pairs are risky on purpose: they may train badly, but their numbers must be right.
pytestmark = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")

ORIENTATIONS = ("rows", "columns")

# Sums of a few dozen products, in another order than the engine's: 1e-10 of the largest entry
# leaves four digits of room in float64, 1e-4 two in float32.
TOLERANCE = {np.dtype(np.float64): 1e-10, np.dtype(np.float32): 1e-4}


def assert_close(got, expected, what=""):
    """Equal up to rounding, relative to the largest entry."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, (what, got.shape, expected.shape)
    scale = np.abs(expected).max(initial=1e-300)
    tolerance = max(TOLERANCE.get(a.dtype, 0.0) for a in (got, expected))
    assert np.abs(got - expected).max(initial=0) <= tolerance * scale, what


class Checker:
    """Compares every array with its formula, in rows, from the arrays before it."""

    def __init__(self, t):
        self.t = t
        self.turn = (lambda M: M) if t.layout == "rows" else (lambda M: M.T)
        self.flat = (lambda v: v) if t.layout == "rows" else (lambda v: v[:, 0])
        self.share = self.turn(t.w) / t.w.sum()

    def check(self):
        for l in range(1, self.t.n_layers + 1):
            self.check_forward(l)
            self.check_backward(l)
        self.check_loss()

    def array(self, name):
        return self.turn(self.t[name])

    def mask(self, l):
        return self.array(f"mask{l}") if l in self.t.mask else 1

    def check_forward(self, l):
        b = self.flat(self.t.b[l]) if self.t.has_biases else 0
        assert_close(self.array(f"Z{l}"), self.array(f"A{l - 1}") @ self.array(f"W{l}") + b, "Z")
        A = reference_network.activate(self.t.activations[l - 1], self.array(f"Z{l}"))
        assert_close(self.array(f"A{l}"), self.mask(l) * A, "A")

    def check_backward(self, l):
        t, Z, delta = self.t, self.array(f"Z{l}"), self.array(f"delta{l}")
        f = t.activations[l - 1]
        vjp, _ = make_vjp(lambda Z: reference_network.activate(f, Z))(Z)
        assert_close(delta, vjp(self.mask(l) * self.array(f"dA{l}")), "delta")
        W = self.array(f"W{l}")
        slope = t.alpha * ((1 - t.l1_ratio) * W + t.l1_ratio * np.sign(W)) / t.w.sum()
        assert_close(self.array(f"dW{l}"), self.array(f"A{l - 1}").T @ delta + slope, "dW")
        if t.has_biases:
            assert_close(self.flat(t.db[l]), delta.sum(axis=0), "db")
        assert_close(self.array(f"dA{l - 1}"), delta @ W.T, "dA")

    def check_loss(self):
        t, A, Y = self.t, self.array(f"A{self.t.n_layers}"), self.array("Y")
        losses = t.loss_function.value(A, Y)
        data = float(losses @ self.share[:, 0])
        assert t.loss == pytest.approx(data + t.penalty, rel=TOLERANCE[A.dtype])
        squares = sum((W**2).sum() for W in t.W.values())
        sizes = sum(np.abs(W).sum() for W in t.W.values())
        penalty = t.alpha * (t.l1_ratio * sizes + (1 - t.l1_ratio) / 2 * squares) / t.w.sum()
        assert t.penalty == pytest.approx(penalty, rel=1e-4)


def assert_equals_the_estimator(t, est, X, y, w=None):
    """Without dropout, the numbers are those of the estimator's own methods."""
    in_rows = Checker(t)
    J, coef_gradients, intercept_gradients = est.objective_and_gradient(X, y, w)
    assert t.loss == pytest.approx(J, rel=max(1e-12, TOLERANCE[t.W[1].dtype] / 100))
    for l in range(1, t.n_layers + 1):
        assert_close(in_rows.array(f"W{l}"), est.coefs_[l - 1], "W")
        assert_close(in_rows.array(f"dW{l}"), coef_gradients[l - 1], "dW")
        if t.has_biases:
            assert_close(in_rows.flat(t.b[l]), est.intercepts_[l - 1], "b")
            assert_close(in_rows.flat(t.db[l]), intercept_gradients[l - 1], "db")
    assert t.has_biases or not (t.b or t.db or t.b_next)
    assert_close(in_rows.array("dA0"), est.input_gradient(X, y, w), "dX")
    for l, A in enumerate(est.hidden_activations(X), start=1):
        assert_close(in_rows.array(f"A{l}"), A, "A")
    A = in_rows.array(f"A{t.n_layers}")
    if isinstance(est, BackpropRegressor):
        assert_close(A.reshape(est.predict(X).shape), est.predict(X), "predictions")
    elif t.activations[-1].name == "softmax":
        assert_close(A, est.predict_proba(X), "probabilities")
    elif t.activations[-1].name == "logistic" and A.shape[1] == 1:
        assert_close(A[:, 0], est.predict_proba(X)[:, 1], "probabilities")


def assert_formulas_hold(t):
    """What is printed beside an array gives that array."""
    layout = Layout.of(t.layout)
    functions = Functions(t.activations, layout, t.loss_function)
    values = {name: t[name] for name in t.names()}
    known = {*functions, "sum", "mean"}
    for name, formula in formulas_of(t).items():
        value = parse(str(formula), values, known, printed=True).value(Scope(values, functions))
        got, expected = np.broadcast_to(value, np.shape(t[name])), np.asarray(t[name])
        scale = max(np.abs(expected).max(initial=0), 1e-300)
        tolerance = 1e-8 if t.W[1].dtype == np.float64 else 1e-4
        assert np.abs(got - expected).max() <= tolerance * scale, (name, str(formula))


def in_both_layouts(est, *data, **options):
    """The two traces."""
    return [trace(est, *data, layout=layout, **options) for layout in ORIENTATIONS]


def small_classifier(**params):
    """Six samples of three classes, and a network with a hidden layer."""
    X = np.random.default_rng(0).normal(size=(6, 3))
    y = np.array([0, 1, 2, 2, 1, 0])
    given = {"hidden_layer_sizes": 4, "activation": "tanh", "solver": "gd", "random_state": 0}
    return BackpropClassifier(**{**given, **params}).initialize(X, y), X, y


# -- the numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(("output", "loss"), OUTPUTS_AND_LOSSES)
def test_every_array_satisfies_its_formula(output, loss):
    """Each pair of output and loss, with networks that have everything else in turn."""
    turn = 7 * ACTIVATIONS.index(output) + 3 * LOSSES.index(loss)
    f, g = ACTIVATIONS[turn % len(ACTIVATIONS)], ACTIVATIONS[-turn % len(ACTIVATIONS)]
    case = Case(
        layout=LAYOUTS[turn % len(LAYOUTS)],
        hidden=((f,), (f, g), (), (Tanh(), f, g))[turn % 4],
        output=output,
        terms=((1, loss),) if turn % 3 else ((2, loss),),
        alpha=(0.0, 0.5, 0.3)[turn % 3],
        l1_ratio=(0.0, 0.3, 1.0)[turn // 3 % 3],
        weighted=turn // 2 % 2 == 0,
        fit_intercept=turn // 4 % 4 != 1,
        seed=turn,
    )
    problem = case.draw()
    for t in in_both_layouts(problem.est, *problem.data):
        Checker(t).check()
        assert_formulas_hold(t)
        assert_equals_the_estimator(t, problem.est, *problem.data)


@pytest.mark.parametrize("terms", [((1, SquaredError()), (0.5, LogLoss())), ((3, LogLoss()),)])
@pytest.mark.parametrize("layout", ORIENTATIONS)
def test_sums_of_losses(terms, layout):
    problem = Case(output=Softmax(), terms=terms, weighted=True).draw()
    t = trace(problem.est, *problem.data, layout=layout)
    Checker(t).check()
    assert_formulas_hold(t)
    assert_equals_the_estimator(t, problem.est, *problem.data)


@pytest.mark.parametrize("layout", ORIENTATIONS)
@pytest.mark.parametrize("hidden", [["tanh", "relu"], ["softmax", "identity"], ["gelu", "softmax"]])
@pytest.mark.parametrize("rates", [0.4, [0.0, 0.5], [0.5, 0.0]])
def test_dropout_with_its_mask(hidden, rates, layout):
    est, X, y = small_classifier(
        hidden_layer_sizes=(5, 4), activation=hidden, dropout=rates, alpha=0.1
    )
    t = trace(est, X, y, layout=layout, random_state=3)
    rates = [rates] * 2 if isinstance(rates, float) else rates
    assert list(t.mask) == [l for l, rate in enumerate(rates, start=1) if rate]
    for l, mask in t.mask.items():
        assert set(np.unique(mask)) == {0, 1 / (1 - rates[l - 1])}
        assert t[f"D{l}"] is t[f"mask{l}"] is mask
    Checker(t).check()
    assert_formulas_hold(t)
    same, other, off = (trace(est, X, y, layout=layout, random_state=s) for s in (3, 5, None))
    assert same.loss == t.loss
    assert other.loss != t.loss
    assert not off.mask
    assert_equals_the_estimator(off, est, X, y)


@pytest.mark.parametrize("layout", ORIENTATIONS)
@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0, 1: 1.0, 2: 0.5}])
@pytest.mark.parametrize("w", [None, np.array([1.0, 0, 2, 1, 0.5, 1])])
def test_class_weights_join_the_sample_weights(class_weight, w, layout):
    est, X, _ = small_classifier(class_weight=class_weight, alpha=0.1)
    y = np.array([0, 1, 2, 2, 2, 2])
    est.initialize(X, y)
    t = trace(est, X, y, w, layout=layout)
    assert t.is_weighted
    assert np.ptp(t.w) > 0
    Checker(t).check()
    assert_formulas_hold(t)
    assert_equals_the_estimator(t, est, X, y, w)


@pytest.mark.parametrize("layout", ORIENTATIONS)
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_and_sparse_input(dtype, sparse, layout):
    X = np.random.default_rng(0).normal(size=(7, 4)).astype(dtype)
    X[X < 0] = 0
    y = np.array([0, 1, 2, 0, 1, 2, 1])
    given = csr_array(X) if sparse else X
    est = BackpropClassifier((5, 3), random_state=0, alpha=0.1).initialize(given, y)
    t = trace(est, given, y, layout=layout)
    for name in t.names():
        if isinstance(t[name], np.ndarray):
            assert type(t[name]) is np.ndarray
            assert t[name].dtype == dtype, name
    Checker(t).check()
    assert_formulas_hold(t)
    assert_equals_the_estimator(t, est, given, y)
    assert_close(Checker(t).array("X"), X)


@pytest.mark.parametrize("layout", ORIENTATIONS)
def test_every_row_of_a_large_batch_is_there(layout):
    """The engine cuts large batches into pieces; the trace does not."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(5000, 3)), rng.normal(size=(5000, 2))
    est = BackpropRegressor((64, 32), random_state=0).initialize(X, Y)
    assert network_of(est).rows_of_a_piece < 5000
    t = trace(est, X, Y, layout=layout)
    assert t.m == 5000
    Checker(t).check()
    assert_equals_the_estimator(t, est, X, Y)


def test_one_sample_and_one_unit():
    est = BackpropRegressor(1, random_state=0).initialize([[2.0]], [1.0])
    for t in in_both_layouts(est, [[2.0]], [1.0]):
        Checker(t).check()
        assert "1 sample in" in repr(t)
        assert t.to_text()
        assert t.to_latex()
        assert t._repr_html_()


# -- the estimator, and copies ------------------------------------------------------------


def test_the_estimator_and_the_global_random_state_are_left_alone():
    est, X, y = small_classifier(dropout=0.5, max_iter=2, random_state=np.random.RandomState(0))
    with pytest.warns(match="Maximum iterations"):
        est.fit(X, y)
    X.setflags(write=False)
    before, state = pickle.dumps(vars(est)), pickle.dumps(np.random.get_state())  # noqa: NPY002
    for t in in_both_layouts(est, X, y, random_state=1, learning_rate=0.1):
        t.to_text()
        t._repr_html_()
        for name in t.names():
            if isinstance(t[name], np.ndarray):
                t[name][...] = 7
    assert pickle.dumps(vars(est)) == before
    assert pickle.dumps(np.random.get_state()) == state  # noqa: NPY002


@pytest.mark.parametrize("layout", ORIENTATIONS)
def test_arrays_are_copies(layout):
    est, X, y = small_classifier(dropout=0.3)
    first, second = (trace(est, X, y, layout=layout, random_state=0) for _ in range(2))
    for name in set(first.names()) - {"X"}:
        array = first[name]
        if not isinstance(array, np.ndarray):
            continue
        others = [second[other] for other in second.names()]
        theirs = [X, *est.coefs_, *est.intercepts_, *others]
        own = [first[other] for other in first.names() if other not in (name, "A0", "X")]
        for other in [*theirs, *own]:
            assert not np.shares_memory(array, other), name


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_trace_can_be_pickled_and_copied(copied):
    est, X, y = small_classifier(dropout=0.3)
    t = trace(est, X, y, [1, 2, 1, 2, 1, 2], "columns", learning_rate=0.1, random_state=0)
    twin = copied(t)
    assert twin.text == t.text
    assert twin._repr_html_() == t._repr_html_()
    twin.W[1][:] = 0
    assert t.W[1].any()


# -- one step -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layout", ORIENTATIONS)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_update_is_that_of_gradient_descent(layout, dtype, fit_intercept):
    est, X, y = small_classifier(
        solver="gd",
        learning_rate_init=0.3,
        alpha=0.2,
        l1_ratio=0.4,
        fit_intercept=fit_intercept,
        engine="numpy",  # bit for bit
    )
    X = X.astype(dtype)
    est.initialize(X, y)
    t = trace(est, X, y, layout=layout, learning_rate=0.3)
    est.partial_fit(X, y)
    in_rows = Checker(t)
    for l in (1, 2):
        np.testing.assert_array_equal(in_rows.turn(t.W_next[l]), est.coefs_[l - 1])
        if fit_intercept:
            np.testing.assert_array_equal(in_rows.flat(t.b_next[l]), est.intercepts_[l - 1])


def test_the_update_is_shown_if_a_learning_rate_is_given():
    est, X, y = small_classifier(learning_rate_init=0.25)
    quiet, shown = trace(est, X, y), trace(est, X, y, learning_rate=0.5)
    assert (quiet.learning_rate, shown.learning_rate) == (0.25, 0.5)
    assert "W1_next" in quiet.names()
    for t, is_shown in ((quiet, False), (shown, True)):
        assert ("W1_next" in t.text) == is_shown
        assert ("learning_rate = 0.5" in t.text) == is_shown
        assert ("next" in t.to_latex()) == is_shown
        assert ("next" in t._repr_html_()) == is_shown
        assert ("W_next" in set(t.to_frame().quantity)) == is_shown
    assert "W1_next" in quiet.to_text(["W1_next"])


@pytest.mark.parametrize("rate", ["0.1", -0.1, 0, np.nan, np.inf, True, [0.1], 1j])
def test_bad_learning_rates(rate):
    est, X, y = small_classifier()
    with pytest.raises(ValueError, match="learning_rate must be a positive number"):
        trace(est, X, y, learning_rate=rate)


# -- by name ------------------------------------------------------------------------------


def test_names():
    est, X, y = small_classifier(dropout=0.5)
    t = trace(est, X, y, random_state=0)
    assert t["dW2"] is t.dW[2]
    assert t["dZ1"] is t["delta1"] is t.delta[1]
    assert t["A0"] is t["X"] is t.X
    assert t["m"] == 6
    np.testing.assert_array_equal(t["b2_next"], t.b_next[2])
    for name in t:
        assert t[name] is not None
    assert list(t) == t.names()
    assert len(t) == len(t.names())
    assert all(name in t for name in ("dZ1", "dX", "X", "b2_next"))
    assert not any(name in t for name in ("W3", "nope", 0))


@pytest.mark.parametrize(
    "name", ["nope", "W0", "W3", "dA4", "mask1", "Z", "w1", "_next", "", 3, None]
)
def test_a_name_that_does_not_exist(name):
    est, X, y = small_classifier()
    t = trace(est, X, y)
    with pytest.raises(KeyError) as caught:
        t[name]
    message = str(caught.value)
    assert message.startswith(f"This network has no {name!r}. It has W1, W2, b1, ")
    assert "dA0" in message
    for method in (t.to_text, t.to_latex):
        with pytest.raises(KeyError, match="This network has no"):
            method([name])


# -- what cannot be traced ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("est", "error", "message"),
    [
        (BackpropClassifier(), NotFittedError, r"no weights yet. Call fit\(X, y\), or initialize"),
        (make_pipeline(StandardScaler(), small_classifier()[0]), TypeError, r"est=pipe\[-1\]"),
        *(
            (other, TypeError, "est must be")
            for other in (MLPClassifier(), BackpropClassifier, "a")
        ),
    ],
)
def test_what_is_no_fitted_network_cannot_be_traced(est, error, message):
    with pytest.raises(error, match=message):
        trace(est, [[1.0, 2.0, 3.0]], [0])


def test_data_and_layouts_that_do_not_fit_are_refused():
    est, X, y = small_classifier()
    with pytest.raises(ValueError, match=r"X has 2 features, but .* is expecting 3 features"):
        trace(est, X[:, :2], y)
    with pytest.raises(ValueError, match="7"):
        trace(est, X, y + 7)
    for layout in ("row", "Columns", None, ["rows"]):
        with pytest.raises(ValueError, match=r"layout must be 'rows' .* or 'columns'"):
            trace(est, X, y, layout=layout)


# -- components of one's own --------------------------------------------------------------


class Tagged(Quartic):
    """Its name is one that HTML must not take for a tag."""

    def __repr__(self):
        return "<script>alert('A & B')</script>"


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("layout", ORIENTATIONS)
def test_components_of_a_user_are_called_by_name(layout, dropout):
    X, Y = np.random.default_rng(0).normal(size=(2, 5, 3))
    est = BackpropRegressor(
        (4, 3), [Cubic(), Centred()], loss=Tagged(), dropout=dropout, random_state=0
    ).initialize(X, Y)
    t = trace(est, X, Y, layout=layout, random_state=0)
    assert_formulas_hold(t)
    assert "Cubic(Z1)" in t.text
    html = check_html(t)
    assert "&lt;script&gt;alert(" in html
    assert "A &amp; B" in html


# -- how it looks: text -------------------------------------------------------------------


def networks():
    """Traces of all kinds, small and large, in both layouts."""
    traces = []
    for params in (
        {},
        {"hidden_layer_sizes": (), "alpha": 0},
        {"hidden_layer_sizes": (5, 4, 3), "activation": ["leaky_relu", "softmax", "gelu"]},
        {"hidden_layer_sizes": (40, 30), "l1_ratio": 0.3, "dropout": 0.5},
        {"fit_intercept": False, "l1_ratio": 1.0, "class_weight": "balanced"},
        {"loss": 2 * SquaredError(), "output_activation": "hard_tanh"},
    ):
        est, X, y = small_classifier(**params)
        w = None if "dropout" in params else np.arange(6)
        traces += in_both_layouts(est, X, y, w, random_state=0, learning_rate=0.1)
    return traces


def assert_printed_in_full(printed, M):
    """Equal in 17 digits of the largest number."""
    printed = np.array(printed, float)
    assert printed.shape == M.shape
    np.testing.assert_allclose(printed, M, rtol=0, atol=1e-16 * np.abs(M).max())


def test_repr_shows_the_network_and_the_shapes():
    est, X, y = small_classifier()
    assert repr(trace(est, X, y, layout="columns")).splitlines() == [
        "Trace of 3 -> 4 tanh -> 3 softmax, 6 samples in columns, J = 1.264, loss LogLoss()",
        "layer  W       b       Z       A       dA      delta   dW      db",
        "0                              (3, 6)  (3, 6)",
        "1      (4, 3)  (4, 1)  (4, 6)  (4, 6)  (4, 6)  (4, 6)  (4, 3)  (4, 1)",
        "2      (3, 4)  (3, 1)  (3, 6)  (3, 6)  (3, 6)  (3, 6)  (3, 4)  (3, 1)",
    ]
    without = repr(trace(*small_classifier(fit_intercept=False, dropout=0.5), random_state=0))
    assert " ".join(without.splitlines()[1].split()) == "layer W Z mask A dA delta dW"


def test_text_is_in_the_order_of_the_computation():
    est, X, y = small_classifier(dropout=0.5)
    t = trace(est, X, y, np.ones(6), learning_rate=0.1, random_state=0)
    lines = t.text.splitlines()
    assert lines[0] == t.headline
    first_words = [line.split()[0] for line in lines if re.match("  [A-Za-z]", line)]
    assert " ".join(first_words) == (
        "A0 W1 b1 Z1 mask1 A1 W2 b2 Z2 A2 Y w penalty loss dA2 delta2 dW2 db2 dA1 delta1 dW1 db1 "
        "dA0 W1_next b1_next W2_next b2_next"
    )
    titles = [line for line in lines[1:] if line and line[0] != " "]
    assert [title.split()[0] for title in titles] == ["Forward", "Loss", "Backward", "One"]


@pytest.mark.parametrize("t", networks(), ids=lambda t: f"{t.n_layers}-{t.layout}")
def test_text_prints_every_number(t):
    for step in steps_of(t):
        _, _, *lines = t.to_text([step.name], precision=17, max_entries=None).splitlines()
        M = np.atleast_2d(step.value)
        printed = [line.split()[-M.shape[1] :] for line in lines[1 : len(M) + 1]]
        assert_printed_in_full(printed, M)


def test_large_arrays_are_abridged_and_small_ones_are_not():
    est, X, y = small_classifier(hidden_layer_sizes=(40,))
    t = trace(est, X, y)
    (_, _, _, *lines) = t.to_text(["W1", "b1"], max_entries=50).splitlines()
    W1, b1 = lines[:3], lines[3]
    assert all(line.split()[-4] == "..." and len(line.split()[-7:]) == 7 for line in W1)
    assert "..." not in b1
    frozen = t.to_text(["A1"], max_entries=0).splitlines()
    assert len(frozen) == 3 + 6  # six rows are not worth a gap
    assert "..." in frozen[-1]
    assert "..." not in t.to_text(max_entries=None)


def test_the_first_and_the_last_three_rows_and_columns_are_shown():
    M = np.arange(90.0).reshape(9, 10)
    rows = written(M, precision=4, max_entries=80)
    assert rows[0] == ["0", "1", "2", None, "7", "8", "9"]
    assert [row[0] for row in rows] == ["0", "10", "20", None, "60", "70", "80"]
    assert rows[3] == [None] * 7
    assert written(M, precision=4, max_entries=90)[8] == [f"{x:.0f}" for x in M[8]]


@pytest.mark.parametrize(
    ("numbers", "precision", "written"),
    [
        ([0, 1, -2], 4, "0 1 -2"),
        ([0.5, 1e5, 0], 4, "0 100000 0"),
        ([0.0, 0.12345, -1.0], 4, "0 0.123 -1.000"),
        ([123.456, -0.0004], 4, "123.5 0.0"),
        ([0.00123456, 0.5e-3], 3, "0.00123 0.00050"),
        ([1.5e-9, -2e-12], 2, "1.5e-09 -2.0e-12"),
        ([2.5e9], 2, "2.5e+09"),
        ([np.nan, np.inf, -np.inf, 0.25], 2, "nan inf -inf 0.25"),
        ([-0.0], 4, "0"),
    ],
)
def test_numbers_are_written_with_the_digits_of_the_largest(numbers, precision, written):
    M = np.array([numbers])
    assert " ".join(map(number_format(M, precision), M[0])) == written


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 0},
        {"precision": 2.5},
        {"max_entries": -1},
        {"max_entries": "all"},
        {"precision": True},
    ],
)
@pytest.mark.parametrize("method", ["to_text", "to_latex"])
def test_bad_print_options(method, options):
    t = trace(*small_classifier())
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be .*, got "):
        getattr(t, method)(**options)


# -- how it looks: data frame -------------------------------------------------------------


@pytest.mark.parametrize("t", networks(), ids=lambda t: f"{t.n_layers}-{t.layout}")
def test_frame_holds_every_number(t):
    pd = pytest.importorskip("pandas")
    frame = t.to_frame()
    assert list(frame.columns) == ["name", "quantity", "layer", "row", "column", "value"]
    assert list(dict.fromkeys(frame.name)) == [step.name for step in steps_of(t)]
    assert {"A0", "dW1", "loss", f"delta{t.n_layers}", "W1_next"} <= set(frame.name)
    for name, part in frame.groupby("name"):
        value = t[name]
        quantity, layer = part.quantity.iloc[0], part.layer.iloc[0]
        assert part[["quantity", "layer"]].drop_duplicates().shape == (1, 2)
        if np.ndim(value) == 0:
            assert part.value.tolist() == [value]
            assert part[["layer", "row", "column"]].isna().all(axis=None)
            continue
        if not pd.isna(layer):
            arrays = t.family_of_update(quantity) or getattr(t, quantity)
            np.testing.assert_array_equal(arrays[layer], value)
        M = np.full(np.atleast_2d(value).shape, np.nan)
        M[part.row.astype(int), part.column.astype(int)] = part.value
        np.testing.assert_array_equal(M, np.atleast_2d(value))


def test_frame_without_pandas(monkeypatch):
    t = trace(*small_classifier())
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"^Trace.to_frame needs pandas: pip install pandas$"):
        t.to_frame()


# -- how it looks: LaTeX ------------------------------------------------------------------


@pytest.mark.parametrize("t", networks(), ids=lambda t: f"{t.n_layers}-{t.layout}")
def test_latex_parses(t):
    converter = pytest.importorskip("latex2mathml.converter")
    for latex in (t.to_latex(), t.to_latex(max_entries=0), t.to_latex(precision=12)):
        assert latex.count(r"\begin{") == latex.count(r"\end{")
        mathml = converter.convert(latex)
        assert "\\" not in mathml, "a command was not understood"


@pytest.mark.parametrize("t", networks()[:6], ids=lambda t: f"{t.n_layers}-{t.layout}")
def test_latex_holds_every_number(t):
    for step in steps_of(t):
        latex = t.to_latex([step.name], precision=17, max_entries=None)
        value = latex.splitlines()[1].rpartition(" = " if step.formula else "&= ")[2]
        inside = re.sub(r"\\(begin|end)\{pmatrix\}", "", value)
        inside = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", inside)
        M = [[float(x) for x in row.split("&")] for row in inside.split(r"\\")]
        assert_printed_in_full(M, np.atleast_2d(step.value))


def test_latex_in_full():
    est, *_ = small_classifier(alpha=0, hidden_layer_sizes=())
    est.coefs_[0][:], est.intercepts_[0][:] = 0, [1, 0, -1]
    t = trace(est, [[1, 2, 3]], [0], layout="columns", learning_rate=0.5)
    assert t.to_latex(["Z1", "b1_next", "db1"]).splitlines() == [
        r"\begin{aligned}",
        r"Z^{[1]} &= W^{[1]} \, A^{[0]} + b^{[1]} = "
        r"\begin{pmatrix} 1 \\ 0 \\ -1 \end{pmatrix} \\",
        r"\frac{\partial J}{\partial b^{[1]}} &= \sum_{\mathrm{samples}} \delta^{[1]} = "
        r"\begin{pmatrix} -0.3348 \\ 0.2447 \\ 0.0900 \end{pmatrix} \\",
        r"b^{[1]}_{\mathrm{next}} &= b^{[1]} - \eta \, \frac{\partial J}{\partial b^{[1]}} = "
        r"\begin{pmatrix} 1.167 \\ -0.122 \\ -1.045 \end{pmatrix}",
        r"\end{aligned}",
    ]


def test_latex_is_abridged():
    est, X, y = small_classifier(hidden_layer_sizes=(40,))
    latex = trace(est, np.tile(X, (2, 1)), np.tile(y, 2)).to_latex(["Z1"])
    rows = latex.split(r"\begin{pmatrix} ")[1].split(r" \\ ")
    assert len(rows) == 7
    assert all(row.split(" & ")[3] == r"\cdots" for k, row in enumerate(rows) if k != 3)
    assert rows[3] == r"\vdots & \vdots & \vdots & \ddots & \vdots & \vdots & \vdots"


# -- how it looks: HTML -------------------------------------------------------------------


class Balanced(HTMLParser):
    """Checks that each tag is closed, and that nothing comes from outside."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert {name for name, _ in attrs} <= {"class", "style"}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check_html(t):
    html = t._repr_html_()
    parser = Balanced()
    parser.feed(html)
    parser.close()
    assert not parser.open
    assert parser.seen <= {
        "div", "style", "b", "i", "br", "span", "sub", "sup", "table", "tbody", "tr", "td",
        "details", "summary",
    }  # fmt: skip
    assert "url(" not in html
    assert "http" not in html
    css = re.search("<style>(.*)</style>", html, re.DOTALL)[1]
    selectors = re.findall(r"(?:^|\})\s*([^{}]+)\{", css)
    assert len(selectors) > 20
    for selector in ",".join(selectors).split(","):
        assert selector.strip().startswith(".sknn-trace")
    return html


@pytest.mark.parametrize("t", networks(), ids=lambda t: f"{t.n_layers}-{t.layout}")
def test_html(t):
    html = check_html(t)
    for f in t.activations:
        assert f.name in html
    for l in range(1, t.n_layers + 1):
        assert f"<b><i>W</i><sub>{l}</sub></b>" in html
        assert f"<b>d<i>W</i><sub>{l}</sub></b>" in html
        assert (f"<b><i>D</i><sub>{l}</sub></b>" in html) == (l in t.mask)
    assert f"= {t.loss:.4g}" in html


def test_html_of_a_large_network_is_short():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 80)), rng.integers(0, 10, 300)
    t = trace(BackpropClassifier((50, 40), random_state=0).initialize(X, y), X, y)
    html = check_html(t)
    assert len(html) < 60_000
    assert f"norm {np.linalg.norm(t.dW[2]):.3g}" in html
    assert html.count("<details>") == 25


def test_html_shades_by_sign_and_size():
    est = BackpropRegressor((), alpha=0).initialize([[0.0, 1, 2]], [0])
    est.coefs_[0][:] = [[-2], [0], [1]]
    html = trace(est, [[0.0, 1, 2]], [0])._repr_html_()
    W = html.split("<b><i>W</i><sub>1</sub></b>")[1].split("</table>")[0]
    cells = re.findall("<td.*?</td>", W)
    assert cells == ['<td class="n8">&minus;2</td>', "<td>0</td>", '<td class="p4">1</td>']


@pytest.mark.filterwarnings("ignore:overflow")
def test_numbers_that_are_not_finite_are_shown():
    est, X, y = small_classifier(activation="exp")
    est.coefs_[0][:] = 1e4
    for t in in_both_layouts(est, np.abs(X), y):
        assert "nan" in t.text
        assert "nan" in t.to_latex()
        check_html(t)


def test_layers_that_are_counted_as_in_a_list_are_told_where_they_begin():
    t = trace(
        BackpropClassifier(2, random_state=0).initialize([[0.0], [1]], [0, 1]), [[0.0], [1]], [0, 1]
    )
    for arrays, layers in ((t.dW, "1, 2"), (t.b, "1, 2"), (t.A, "0, 1, 2"), (t.W_next, "1, 2")):
        with pytest.raises(KeyError, match=f"no layer 3 here, only {layers}. Layers are numbered"):
            arrays[3]
        assert arrays.get(3) is None
    assert 0 not in t.dW
    assert pickle.loads(pickle.dumps(t.dW)).keys() == t.dW.keys()


@pytest.mark.parametrize(
    ("est", "advice"),
    [
        (BackpropClassifier, r"BackpropClassifier is the class: call it, BackpropClassifier\(\)"),
        (MLPClassifier(), r"Fit BackpropClassifier\(\*\*est.get_params\(\)\) on the same data"),
        (np.ones((2, 1)), "The estimator comes first, then X and y"),
        (None, "got NoneType.$"),
    ],
    ids=["class", "MLPClassifier", "data", "None"],
)
def test_what_is_passed_in_place_of_the_estimator_is_told_what_to_do(est, advice):
    with pytest.raises(TypeError, match=f"^est must be a BackpropClassifier.*{advice}"):
        trace(est, [[0.0], [1]], [0, 1])


def test_the_network_for_the_parameters_of_another_has_its_weights():
    X, y = np.arange(20.0).reshape(10, 2) / 20, np.arange(10) % 2
    theirs = MLPClassifier(3, max_iter=5, tol=0, random_state=0)
    ours = BackpropClassifier(**theirs.get_params())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(X, y), ours.fit(X, y)
    np.testing.assert_allclose(ours.coefs_[0], theirs.coefs_[0])
