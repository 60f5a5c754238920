"""What cannot work is refused before training: the error says why, and nothing has changed."""

import inspect
import re
import warnings

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, ReLU, Softmax
from sknn_edu.estimators import parameters
from sknn_edu.exceptions import RiskyOutputWarning
from sknn_edu.initializers import GlorotUniform, Initializer
from sknn_edu.losses import Huber, LogLoss, Loss, SquaredError
from sknn_edu.optimizers import Adam, Optimizer
from sknn_edu.teaching import diagnose

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

rng = np.random.RandomState(0)
X = rng.normal(size=(40, 3))
y = X @ [1.0, -2.0, 0.5] + 0.1 * rng.normal(size=40)  # for regression
Y = np.c_[y, -y]
c = (y > 0).astype(int)  # two classes
c3 = np.digitize(y, [-1, 1])  # three classes
labels = np.c_[c, c3 > 0, c3 > 1].astype(int)  # an indicator matrix
nan, inf = np.nan, np.inf


SMALL = {"hidden_layer_sizes": 4, "max_iter": 2, "random_state": 0}


def regressor(**params):
    return BackpropRegressor(**{**SMALL, **params})


def classifier(**params):
    return BackpropClassifier(**{**SMALL, **params})


def fitted(make, **params):
    est = make(**params)
    return est.fit(X, c if make is classifier else y)


def fingerprint(est):
    """A hash of everything the estimator holds, attribute by attribute."""
    return {name: joblib.hash(value) for name, value in vars(est).items()}


# -- parameters -----------------------------------------------------------------------

not_a_number = ["1", None, nan]
not_a_bool = [None, "yes", 2]

BAD_VALUES = {
    "hidden_layer_sizes": [
        *(0, -1, 2.5, "10", None, True, np.True_, nan),
        *((5, 0), (5, -1), (5, 2.5), (5, "a"), (True,), (None,), [[3, 4]], np.array([2.0])),
    ],
    "activation": [
        *("nonsense", "ReLU", "auto", None, 3, ReLU, SquaredError()),
        *((), ("relu", "tanh"), ("nonsense",), (None,), (SquaredError(),), (ReLU,), ([],)),
    ],
    "solver": ["nonsense", "SGD", None, 1, Adam, SquaredError(), ("adam",)],
    "alpha": [-1e-9, inf, 1j, *not_a_number],
    "batch_size": [0, -5, 2.5, "all", inf, None],
    "learning_rate": ["nonsense", 0.1, None],
    "learning_rate_init": [0, -1.0, inf, *not_a_number],
    "power_t": [-0.5, inf, *not_a_number],
    "max_iter": [0, -1, 1.5, inf, *not_a_number],
    "shuffle": not_a_bool,
    "random_state": [-1, 1.5, "seed", np.random.default_rng(0)],
    "tol": [-1e-9, inf, *not_a_number],
    "verbose": [-1, "yes", None],
    "warm_start": not_a_bool,
    "momentum": [-0.1, 1.1, *not_a_number],
    "nesterovs_momentum": not_a_bool,
    "early_stopping": not_a_bool,
    "validation_fraction": [-0.1, 1.0, 1.5, *not_a_number],
    "beta_1": [-0.1, 1.0, *not_a_number],
    "beta_2": [-0.1, 1.0, *not_a_number],
    "epsilon": [0, -1e-8, inf, *not_a_number],
    "n_iter_no_change": [0, -1, 1.5, -inf, *not_a_number],
    "max_fun": [0, -1, 1.5, inf, *not_a_number],
    "loss": ["nonsense", "mse", None, 3, SquaredError, ReLU(), ("squared_error",)],
    "output_activation": ["nonsense", None, 3, Softmax, SquaredError(), ("identity",)],
    "fit_intercept": not_a_bool,
    "weight_init": ["nonsense", None, 3, GlorotUniform, ReLU()],  # arrays have tests below
    "n_hidden_layers": [-1, 1.5, "2", nan, inf, True],
    "dropout": [
        *(-0.1, 1.0, 1.5, 1, *not_a_number),
        *((), (0.1, 0.2), (1.0,), (-0.1,), (nan,), ("0.1",), (None,)),
    ],
    "l1_ratio": [-0.1, 1.1, *not_a_number],
    "clip_norm": [0, -1.0, inf, nan, "1"],
    "scoring": [3, "nonsense", ["r2"]],
    "parametrization": ["nonsense", None, 1],
    "engine": ["torch", None, 1],
    "class_weight": ["nonsense", 3, [1, 2], {0: -1, 1: 1}, {0: nan, 1: 1}, {0: "a", 1: 1}],
}

bad_parameters = pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        # An address in memory would be another one in each process.
        pytest.param(
            make, name, value, id=re.sub(" at 0x.*", "", f"{make.__name__}-{name}-{value!r:.40}")
        )
        for name, values in BAD_VALUES.items()
        for i, value in enumerate(values)
        for make in [classifier if i % 2 or name == "class_weight" else regressor]
    ],
)


@pytest.mark.parametrize("make", [classifier, regressor])
def test_no_parameter_goes_without_bad_values(make):
    assert set(make().get_params()) <= set(BAD_VALUES)


@bad_parameters
def test_a_bad_parameter_is_named_with_its_value_and_what_is_allowed(make, name, value):
    with pytest.raises((ValueError, TypeError)) as caught:
        fitted(make, **{name: value})
    message = str(caught.value)
    assert name in message
    item = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    assert any(text in message for text in (repr(value), str(value), repr(item)))
    assert re.search(r"must|[Uu]se |[Pp]ass ", message.replace(repr(value), ""))


@pytest.mark.parametrize(("name", "values"), BAD_VALUES.items(), ids=list(BAD_VALUES))
def test_a_bad_parameter_does_no_harm_to_a_fitted_estimator(name, values):
    est = fitted(classifier).set_params(**{name: values[0]})
    before = fingerprint(est)
    with pytest.raises((ValueError, TypeError)):
        est.fit(X + 1, c)
    assert fingerprint(est) == before


@pytest.mark.parametrize("method", ["fit", "partial_fit", "initialize"])
@pytest.mark.parametrize("make", [classifier, regressor])
def test_every_way_to_start_training_checks_the_parameters(make, method):
    with pytest.raises(ValueError, match="alpha"):
        getattr(make(alpha=-1), method)(X, c if make is classifier else y)


@pytest.mark.parametrize("method", ["fit", "partial_fit", "initialize"])
def test_the_constructor_checks_nothing_and_training_changes_no_parameter(method):
    est = regressor(alpha=np.float32(0.5), hidden_layer_sizes=[4])
    before = est.get_params()
    getattr(est, method)(X, y)
    assert all(est.get_params()[name] is value for name, value in before.items())


@pytest.mark.parametrize("sizes", [(4,), [4, 4], (), np.array([4])])
def test_n_hidden_layers_repeats_an_int_only(sizes):
    with pytest.raises(ValueError, match=r"n_hidden_layers=2.*hidden_layer_sizes.*as an int"):
        fitted(regressor, hidden_layer_sizes=sizes, n_hidden_layers=2)


W, b = [np.ones((3, 4)), np.ones((4, 1))], [np.zeros(4), np.zeros(1)]


def with_one(arrays, l, value):
    return [value if k == l else array for k, array in enumerate(arrays)]


@pytest.mark.parametrize(
    ("weights", "where"),
    [
        pytest.param((), "", id="nothing"),
        pytest.param((W,), "", id="no intercepts"),
        pytest.param((W, b, b), "", id="three items"),
        pytest.param((1, 2), "", id="numbers"),
        pytest.param((W, None), "", id="None"),
        pytest.param({"coefs": W, "intercepts": b}, "", id="dict"),
        pytest.param(([], []), "2", id="no layers"),
        pytest.param((W[:1], b), "coefs.*2.*1", id="too few coefs"),
        pytest.param((W, b[:1]), "intercepts.*2.*1", id="too few intercepts"),
        pytest.param(([*W, W[1]], b), "coefs.*2.*3", id="too many coefs"),
        pytest.param((with_one(W, 0, W[0].T), b), r"coefs\[0\].*3, 4.*4, 3", id="transposed"),
        pytest.param((with_one(W, 1, np.ones(4)), b), r"coefs\[1\].*4, 1", id="flat"),
        pytest.param((W, with_one(b, 0, np.zeros((1, 4)))), r"intercepts\[0\].*4,", id="row"),
        pytest.param((W, with_one(b, 1, 0.0)), r"intercepts\[1\].*1,", id="scalar"),
        pytest.param((with_one(W, 0, nan * W[0]), b), r"coefs\[0\].*finite", id="NaN"),
        pytest.param((W, with_one(b, 1, [inf])), r"intercepts\[1\].*finite", id="inf"),
        pytest.param((with_one(W, 1, 1j * W[1]), b), r"coefs\[1\].*real", id="complex"),
        pytest.param((with_one(W, 1, [["a"]] * 4), b), r"coefs\[1\].*numbers", id="text"),
        pytest.param((with_one(W, 1, [[1], [], [1], [1]]), b), r"coefs\[1\]", id="ragged"),
    ],
)
def test_explicit_weights_that_do_not_fit_are_refused_by_layer(weights, where):
    with pytest.raises(ValueError, match=f"(?s)weight_init.*{where}"):
        fitted(regressor, weight_init=weights)


def test_explicit_biases_are_refused_in_a_network_without_biases():
    with pytest.raises(ValueError, match="fit_intercept=False"):
        fitted(regressor, fit_intercept=False, weight_init=(W, with_one(b, 0, np.ones(4))))


# -- data -----------------------------------------------------------------------------


def put(array, value, at=0):
    array = np.array(array, dtype=float)
    array[at] = value
    return array


def bad_fit(make, message, *args, id, params=None, method="fit", **kwargs):
    """A call that has to fail with this message."""
    return pytest.param(make, params or {}, method, args, kwargs, message, id=id)


def for_both(message, X, *, id, **kwargs):
    return [
        bad_fit(classifier, message, X, c, id=f"classifier: {id}", **kwargs),
        bad_fit(regressor, message, X, y, id=f"regressor: {id}", **kwargs),
    ]


def weighted(message, weights, id):
    return for_both(message, X, sample_weight=weights, id=id)


input_cases = [
    *for_both("NaN", put(X, nan), id="NaN in X"),
    *for_both("infinity", put(X, inf), id="infinity in X"),
    *for_both("NaN", sparse.csr_matrix(put(X, nan)), id="NaN in sparse X"),
    *for_both("2D array", X[:, 0], id="1-d X"),
    *for_both("dim 3", X[:, :, np.newaxis], id="3-d X"),
    *for_both("[Cc]omplex", X * 1j, id="complex X"),
    *for_both("0 sample", X[:0], id="no rows"),
    *for_both("0 feature", X[:, :0], id="no columns"),
    *for_both("inconsistent numbers of samples", X[:30], id="more targets than rows"),
    *for_both("Column 0 of X holds a, which is no number", np.full(X.shape, "a"), id="text in X"),
]

target_cases = [
    bad_fit(regressor, "NaN", X, put(y, nan), id="NaN in y"),
    bad_fit(regressor, "infinity", X, put(Y, inf), id="infinity in y"),
    bad_fit(regressor, "[Cc]omplex", X, y * 1j, id="complex y"),
    bad_fit(regressor, "could not convert", X, np.full(40, "a"), id="text in y"),
    bad_fit(regressor, "dim 3|3D|dimension", X, Y[:, :, np.newaxis], id="3-d y"),
    bad_fit(regressor, "None", X, None, id="y is None"),
    bad_fit(classifier, "None", X, None, id="classes are None"),
    bad_fit(classifier, "NaN", X, put(c, nan), id="NaN among the classes"),
    bad_fit(classifier, "[Uu]nknown label type.*continuous", X, y, id="continuous classes"),
    bad_fit(classifier, "continuous", X, Y, id="continuous labels"),
    bad_fit(classifier, "(?i)multioutput", X, np.c_[c3, c3], id="two multiclass targets"),
]

no_weight = "add up to 0|at least one non-zero"
weight_cases = [
    *weighted(no_weight, np.zeros(40), "all weights zero"),
    *weighted("[Nn]egative", put(np.ones(40), -1), "a negative weight"),
    *weighted("NaN", put(np.ones(40), nan), "a NaN weight"),
    *weighted("infinity", put(np.ones(40), inf), "an infinite weight"),
    *weighted(r"sample_weight.*shape", np.ones(39), "too few weights"),
    *weighted("1D", np.ones((40, 2)), "2-d weights"),
    *(
        bad_fit(classifier, message, X, target, *more, params={"class_weight": weights}, **other)
        for message, target, more, weights, other in [
            ("add up to 0.*class weights", c, (), {0: 0, 1: 0}, {"id": "all zero"}),
            ("add up to 0", c, (c,), {0: 1, 1: 0}, {"id": "cancel sample weights"}),
            (
                "class_weight.*several labels.*sample_weight",
                labels,
                (),
                "balanced",
                {"id": "labels"},
            ),
            ("class_weight", c, (), {"a": 1, "b": 2}, {"id": "classes that do not occur"}),
            (
                *("class_weight='balanced'.*partial_fit.*dict", c, (None, [0, 1]), "balanced"),
                {"id": "balanced in partial_fit", "method": "partial_fit"},
            ),
        ]
    ),
]


def validation(message, id, make=regressor, params=None, **given):
    target = c if make is classifier else y
    return bad_fit(make, message, X, target, id=id, params=params, **given)


validation_cases = [
    validation("X_val.*y_val", "X_val alone", X_val=X),
    validation("y_val.*X_val", "y_val alone", y_val=y),
    validation("sample_weight_val.*X_val", "only weights", sample_weight_val=np.ones(40)),
    validation("features", "X_val of other width", X_val=X[:, :2], y_val=y),
    validation("NaN", "NaN in X_val", X_val=put(X, nan), y_val=y),
    validation("NaN", "NaN in y_val", X_val=X, y_val=put(y, nan)),
    validation("inconsistent", "lengths of validation data", X_val=X, y_val=y[:9]),
    *(
        validation(message, id, X_val=X, y_val=y, sample_weight_val=weights)
        for message, id, weights in [
            ("sample_weight.*shape", "length of weights", np.ones(9)),
            (no_weight, "validation weights all zero", np.zeros(40)),
        ]
    ),
    validation("2 target.*1 output", "other number of targets", X_val=X, y_val=Y),
    validation("classes not in", "new class in y_val", classifier, X_val=X, y_val=c3),
    validation("Unknown label type", "numbers in y_val", classifier, X_val=X, y_val=y),
    validation("one class", "labels in y_val", classifier, X_val=X, y_val=labels[:, :2]),
    *(
        bad_fit(regressor, message, X, target, params={"loss": loss}, X_val=X, y_val=y, id=message)
        for message, target, loss in [
            ("negative.*poisson", np.abs(y), "poisson"),
            ("log_loss.*between 0 and 1", c, "log_loss"),
        ]
    ),
]


def no_number(est, X, y):
    return nan


def early(message, id, make=regressor, n=40, w=None, method="fit", params=None, **given):
    target = c if make is classifier else y
    params = {"early_stopping": True, **(params or {})}
    args = (X[:n], target[:n], *([] if w is None else [w]))
    return bad_fit(make, message, *args, id=id, params=params, method=method, **given)


no_part = r"(?i)weights?.*(0|zero)"
early_stopping_cases = [
    *(
        early("validation_fraction", f"holds out {part}", params={"validation_fraction": part})
        for part in (0.0, 0.999)
    ),
    early("validation_fraction", "too few samples", n=5),
    early(no_part, "one part of the split without weight", w=np.eye(40)[0]),
    early(no_part, "one part of the stratified split without weight", classifier, w=np.eye(40)[0]),
    early("validation set is too small", "R2 of one sample", X_val=X[:1], y_val=y[:1]),
    early("(?i)scor.*nan", "a scorer that gives no number", params={"scoring": no_number}),
    early("partial_fit.*early_stopping", "in partial_fit", method="partial_fit"),
]

combination_cases = [
    bad_fit(regressor, f"{name}.*{value}.*{solver}", X, y, params=params, id=f"{solver}: {name}")
    for solver in ("lbfgs", "newton-cg", "lm")
    for name, value in [("clip_norm", 1.5), ("dropout", 0.25)]
    for params in [{"solver": solver, name: value}]
]
combination_cases += [
    bad_fit(
        make, f"lm.*{message}", X, target, params={"solver": "lm", **params}, id=f"lm: {message}"
    )
    for make, message, target, params in [
        (regressor, "squared_error.*Huber", y, {"loss": "huber"}),
        (regressor, "squared_error.*delta=2", y, {"loss": Huber(2.0)}),
        (regressor, "squared_error.*Poisson", np.abs(y), {"loss": "poisson"}),
        (regressor, "squared_error.*Abs", y, {"loss": SquaredError() + Loss.get("absolute_error")}),
        (classifier, r"squared_error.*('log_loss'|\bLogLoss)", c, {}),
        (regressor, "l1_ratio", y, {"l1_ratio": 0.5}),
    ]
]

bad_calls = pytest.mark.parametrize(
    ("make", "params", "method", "args", "kwargs", "message"),
    [
        *(*input_cases, *target_cases, *weight_cases, *validation_cases),
        *(*early_stopping_cases, *combination_cases),
    ],
)


@bad_calls
def test_bad_data_are_refused_with_the_reason_and_do_no_harm(
    make, params, method, args, kwargs, message
):
    for est in (make(**params), fitted(make).set_params(**params)):
        before = fingerprint(est)
        with pytest.raises((ValueError, TypeError)) as caught:
            getattr(est, method)(*args, **kwargs)
        assert fingerprint(est) == before
        if not hasattr(est, "coefs_"):  # a fitted one may find another reason first
            assert re.search(f"(?s){message}", str(caught.value))


# -- what does not fit to what came before --------------------------------------------


def again(make, first, message, args, *, method="partial_fit", params=None, id):
    return pytest.param(make, params or {}, first, method, args, message, id=id)


@pytest.mark.parametrize(
    ("make", "params", "first", "method", "args", "message"),
    [
        again(classifier, c, "classes not in", (X, c3), id="more classes"),
        again(classifier, c, "classes not in", (X, np.array(["a", "b"])[c]), id="other labels"),
        again(classifier, c, "classes.*not the same", (X, c, None, [0, 2]), id="other classes"),
        again(classifier, labels, "classes", (X, labels[:, :2]), id="fewer labels"),
        again(classifier, labels[:, :2], "classes", (X, labels), id="more labels"),
        again(classifier, labels[:, :2], "several labels", (X, c), id="classes for labels"),
        again(classifier, c, "one class", (X, labels[:, :2]), id="labels for classes"),
        again(regressor, y, r"2 target.*1 output", (X, Y), id="more targets"),
        again(regressor, Y, r"1 target.*2 output", (X, y), id="fewer targets"),
        again(regressor, y, "2 features.*3 features", (X[:, :2], y), id="fewer columns"),
        *(
            again(make, first, message, args, method="fit", params={"warm_start": True}, id=id)
            for make, first, message, args, id in [
                (classifier, c, "warm_start.*same classes", (X, c3), "warm: more classes"),
                (classifier, c3, "warm_start.*same classes", (X, c), "warm: fewer classes"),
                (regressor, y, r"2 target.*1 output", (X, Y), "warm: more targets"),
                (regressor, y, "2 features.*3 features", (X[:, :2], y), "warm: fewer columns"),
            ]
        ),
    ],
)
def test_what_does_not_fit_to_the_network_is_refused_and_does_no_harm(
    make, params, first, method, args, message
):
    est = make(**params).fit(X, first)
    before = fingerprint(est)
    with pytest.raises(ValueError, match=f"(?s){message}"):
        getattr(est, method)(*args)
    assert fingerprint(est) == before


def test_the_first_chunk_needs_to_know_all_classes():
    with pytest.raises(ValueError, match=r"classes must be passed on the first call.*\.$"):
        classifier().partial_fit(X, c)
    with pytest.raises(ValueError, match=r"classes must .* The third argument is sample_weight"):
        classifier().partial_fit(X, c, np.unique(c))


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("partial_fit", {"solver": "nonsense"}, "solver.*'nonsense'"),
        ("predict_proba", {"loss": "nonsense"}, "loss.*'nonsense'"),
        ("predict_proba", {"output_activation": 3}, "output_activation.*3"),
    ],
)
def test_hasattr_does_not_fail_on_bad_parameters(method, params, message):
    est = classifier(**params)
    assert not hasattr(est, method)
    with pytest.raises(AttributeError, match=f"{method}.*{message}"):
        getattr(est, method)


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "lm"])
def test_solvers_that_cannot_go_on_have_no_partial_fit_and_say_why(solver):
    est = regressor(solver=solver)
    assert not hasattr(est, "partial_fit")
    with pytest.raises(AttributeError, match=f"partial_fit.*'adam'.*{solver}"):
        est.partial_fit  # noqa: B018


# -- losses and outputs ---------------------------------------------------------------

REFUSED = [
    (loss, output)
    for output in sorted(Activation.names())
    for low, _ in [Activation.get(output).range]
    for loss in (["log_loss", "poisson"] if low < 0 else ["hinge", "squared_hinge"])
]


@pytest.mark.parametrize("wrap", [Loss.get, lambda name: 2 * Loss.get(name)], ids=["x1", "x2"])
@pytest.mark.parametrize(("loss", "output"), REFUSED)
def test_a_loss_is_refused_behind_an_output_that_it_cannot_work_with(loss, output, wrap):
    names = f"{type(Loss.get(loss)).__name__}.*{Activation.get(output).name!r}"
    reason, instead = "negative", "use '"
    with pytest.raises(ValueError, match=f"{names}.*{reason}.*{instead}"):
        regressor(loss=wrap(loss), output_activation=output).fit(X, c)


def test_a_sum_of_losses_is_refused_where_one_of_them_is():
    with pytest.raises(ValueError, match="logarithm"):
        regressor(loss=SquaredError() + LogLoss(), output_activation="tanh").fit(X, c)


RISKY = [
    (classifier, "log_loss", "relu"),
    (classifier, "log_loss", "exp"),
    (classifier, "log_loss", "softplus"),
    (regressor, "absolute_error", "hard_sigmoid"),
    (regressor, "poisson", "relu"),
    (regressor, 3 * SquaredError(), "hard_sigmoid"),
]
# They warned until they turned out to be the networks that courses begin with.
SLOW = [
    (classifier, "squared_error", "logistic"),
    (classifier, "squared_error", "softmax"),
    (regressor, "squared_error", "logistic"),
    (regressor, "absolute_error", "softmax"),
    (regressor, 3 * SquaredError(), "logistic"),
]


@pytest.mark.parametrize("method", ["fit", "partial_fit", "initialize"])
@pytest.mark.parametrize(("make", "loss", "output"), SLOW)
def test_a_combination_that_is_only_slow_does_not_warn_but_diagnose_mentions_it(
    make, loss, output, method
):
    est = make(loss=loss, output_activation=output)
    more = {"classes": [0, 1]} if make is classifier and method != "fit" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RiskyOutputWarning)
        getattr(est, method)(X, c, **more)
    found = diagnose(est, X, c)["output_mismatch"]
    assert "learns very slowly" in found.message


def test_a_combination_with_a_partner_in_its_sum_is_not_slow():
    est = classifier(loss=SquaredError() + LogLoss(), output_activation="softmax")
    assert "output_mismatch" not in diagnose(est.initialize(X, c), X, c).codes


@pytest.mark.parametrize("method", ["fit", "partial_fit", "initialize"])
@pytest.mark.parametrize(("make", "loss", "output"), RISKY)
def test_a_risky_combination_warns_once(make, loss, output, method):
    est = make(loss=loss, output_activation=output)
    more = {"classes": [0, 1]} if make is classifier else {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(est, method)(X, c, **({} if method == "fit" else more))
    (message,) = [str(w.message) for w in caught if w.category is RiskyOutputWarning]
    assert repr(Loss.get(loss)) in message
    assert f"output_activation={output!r}" in message
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # only training warns
        est.predict(X)
        est.objective(X, c)


@pytest.mark.parametrize(
    ("make", "loss"),
    [(classifier, "log_loss"), (classifier, "hinge"), (classifier, "squared_error")]
    + [(regressor, name) for name in ("squared_error", "huber", "log_loss", "poisson")],
)
def test_the_default_output_of_a_loss_is_not_risky(make, loss):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RiskyOutputWarning)
        make(loss=loss).fit(X, c)


# -- a fitted network -----------------------------------------------------------------

WITH_X = ["predict", "hidden_activations"]
WITH_X_AND_Y = ["score", "objective", "objective_and_gradient", "input_gradient"]


def call(est, method, X, y):
    return getattr(est, method)(*((X,) if method in WITH_X else (X, y)))


@pytest.mark.parametrize("method", WITH_X + WITH_X_AND_Y)
@pytest.mark.parametrize("make", [classifier, regressor])
def test_nothing_can_be_asked_before_fit(make, method):
    with pytest.raises(NotFittedError):
        call(make(), method, X, c)
    if make is classifier:
        for method, loss in [("predict_log_proba", "log_loss"), ("decision_function", "hinge")]:
            with pytest.raises(NotFittedError):
                getattr(classifier(loss=loss), method)(X)


@pytest.mark.parametrize("method", WITH_X + WITH_X_AND_Y)
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (X[:, :2], "features"),
        (X[:, 0], "2D array"),
        (put(X, nan), "NaN"),
        (X * 1j, "[Cc]omplex"),
        (X[:0], "0 sample"),
    ],
    ids=["width", "1-d", "NaN", "complex", "empty"],
)
def test_a_fitted_network_refuses_bad_input(method, bad, message):
    with pytest.raises(ValueError, match=message):
        call(fitted(classifier), method, bad, c[: len(bad)])


@pytest.mark.parametrize("method", WITH_X_AND_Y[1:])
@pytest.mark.parametrize(
    ("make", "params", "first", "bad", "message"),
    [
        pytest.param(classifier, {}, c, c3, "classes not in", id="new class"),
        pytest.param(classifier, {}, c, y, "Unknown label type", id="numbers"),
        pytest.param(classifier, {}, labels[:, :2], c, "label", id="classes for labels"),
        pytest.param(classifier, {}, labels, labels[:, :2], "label", id="fewer labels"),
        pytest.param(regressor, {}, y, Y, "2 target.*1 output", id="more targets"),
        pytest.param(regressor, {}, y, y[:9], "inconsistent", id="length"),
        pytest.param(
            *(regressor, {"loss": "poisson"}, np.abs(y), y, "negative"), id="negative for poisson"
        ),
        pytest.param(
            *(regressor, {"loss": "log_loss"}, c, 3 * c, "between 0 and 1"), id="above 1 for log"
        ),
    ],
)
def test_the_objective_refuses_targets_that_the_network_has_no_output_for(
    make, params, first, bad, message, method
):
    est = make(**params).fit(X, first)
    with pytest.raises(ValueError, match=f"(?s){message}"):
        getattr(est, method)(X, bad)


@pytest.mark.parametrize("method", WITH_X_AND_Y[1:-1])
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(40), no_weight),
        (put(np.ones(40), -1), "[Nn]egative"),
        (np.ones(39), "sample_weight.*shape"),
    ],
    ids=["zero", "negative", "length"],
)
def test_the_objective_refuses_weight_cases(method, weights, message):
    with pytest.raises(ValueError, match=message):
        getattr(fitted(regressor), method)(X, y, weights)


FINITE_OR_NOT = [*WITH_X_AND_Y[1:], "partial_fit"]


@pytest.mark.parametrize(
    ("coefs", "intercepts", "message", "methods"),
    [
        pytest.param({0: np.ones((4, 3))}, {}, r"coefs_\[0\].*3, 4.*4, 3", ..., id="W.T"),
        pytest.param({1: np.ones(4)}, {}, r"coefs_\[1\].*4, 1", ..., id="flat W"),
        pytest.param({1: np.full((4, 1), "a")}, {}, r"coefs_\[1\].*numbers", ..., id="text W"),
        pytest.param({}, {0: np.ones(5)}, r"intercepts_\[0\].*4,.*5,", ..., id="long b"),
        pytest.param(
            *({1: np.ones((4, 2))}, {1: np.ones(2)}, r"coefs_\[1\].*4, 1", ...), id="more outputs"
        ),
        pytest.param(
            *({1: np.full((4, 1), nan)}, {}, r"coefs_\[1\].*finite", FINITE_OR_NOT), id="NaN W"
        ),
        pytest.param({}, {1: [inf]}, r"intercepts_\[1\].*finite", FINITE_OR_NOT, id="inf b"),
    ],
)
def test_replaced_weights_that_do_not_fit_are_refused_by_layer(coefs, intercepts, message, methods):
    for method in WITH_X + WITH_X_AND_Y if methods is ... else methods:
        est = fitted(regressor)
        for arrays, new in ((est.coefs_, coefs), (est.intercepts_, intercepts)):
            for l, value in new.items():
                arrays[l] = value
        with pytest.raises(ValueError, match=f"(?s){message}"):
            call(est, method, X, y)


def test_a_layer_that_is_missing_is_refused():
    est = fitted(regressor)
    est.coefs_, est.intercepts_ = est.coefs_[:1], est.intercepts_[:1]
    with pytest.raises(ValueError, match=r"(?s)coefs_.*2.*1"):
        est.predict(X)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_replaced_weights_that_do_not_fit_stop_a_warm_start(method):
    est = fitted(regressor, warm_start=True)
    est.coefs_[0] = np.ones((3, 7))
    before = fingerprint(est)
    with pytest.raises(ValueError, match=r"coefs_\[0\].*3, 4.*3, 7"):
        getattr(est, method)(X, y)
    assert fingerprint(est) == before


@pytest.mark.parametrize("method", WITH_X + WITH_X_AND_Y + ["partial_fit"])
def test_a_network_without_biases_refuses_biases(method):
    est = fitted(regressor, fit_intercept=False)
    est.intercepts_[0][1] = 0.5
    with pytest.raises(ValueError, match=r"fit_intercept=False.*intercepts_"):
        call(est, method, X, y)


# -- input is left alone --------------------------------------------------------------


@pytest.mark.parametrize("solver", ["adam", "gd", "lbfgs", "newton-cg", "lm"])
@pytest.mark.parametrize("kind", [np.array, sparse.csr_matrix, sparse.csc_array])
def test_training_does_not_write_to_its_input(solver, kind):
    data = {"X": kind(X), "y": y.copy(), "sample_weight": np.ones(40)}
    before = joblib.hash(data)
    for array in data.values():
        (array.data if sparse.issparse(array) else array).setflags(write=False)
    est = regressor(solver=solver).fit(**data)
    est.predict(data["X"])
    est.objective_and_gradient(**data)
    assert joblib.hash(data) == before


# -- numbers that are too large --------------------------------------------------------

REAL = ["alpha", "clip_norm", "learning_rate_init", "power_t", "tol", "n_iter_no_change", "epsilon"]
HUGE = 10**400


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("make", [classifier, regressor])
@pytest.mark.parametrize("name", REAL)
def test_a_number_too_large_for_a_float_is_refused_by_name(name, make, solver):
    with pytest.raises(ValueError, match=rf"{name} must be less than 1\.8e308, got 10000"):
        fitted(make, solver=solver, **{name: HUGE})


def test_all_real_parameters_are_among_those_or_bounded():
    bounded = {"momentum", "validation_fraction", "beta_1", "beta_2", "l1_ratio", "dropout"}
    assert parameters.REAL == {*REAL, *bounded}
    for name in bounded:
        with pytest.raises(ValueError, match=name):
            fitted(regressor, **{name: HUGE})


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("family", [Activation, Initializer, Loss, Optimizer])
def test_settings_too_large_for_a_float_are_refused_by_name(family, engine):
    parameter = {Activation: "activation", Initializer: "weight_init", Loss: "loss"}

    def trained_with(cls, name):
        component = cls(**{name: HUGE})
        fitted(regressor, engine=engine, **{parameter.get(family, "solver"): component})

    for cls in map(family.find, family.names()):
        for name, setting in inspect.signature(cls).parameters.items():
            if isinstance(setting.default, float):
                with pytest.raises(ValueError, match=name):
                    trained_with(cls, name)


def test_other_numbers_too_large_for_a_float_are_refused():
    with pytest.raises(ValueError, match="dropout must be"):
        fitted(regressor, dropout=[HUGE])
    with pytest.raises(ValueError, match="class_weight"):
        fitted(classifier, class_weight={0: HUGE, 1: 1})
    with pytest.raises(ValueError, match="positive finite number"):
        fitted(regressor, loss=HUGE * SquaredError())
    with pytest.raises(ValueError, match="y has a whole number that is too large"):
        regressor().fit(X, [HUGE] * 40)


@pytest.mark.parametrize("power_t", [300.0, 1e308, 2**63, 10**30])
@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_a_large_power_of_invscaling_takes_the_learning_rate_to_zero(power_t, engine):
    est = regressor(solver="sgd", learning_rate="invscaling", momentum=0.0, engine=engine)
    first = clone(est).set_params(max_iter=1).fit(X, y)
    est.set_params(power_t=power_t, max_iter=4, tol=0).fit(X, y)
    np.testing.assert_array_equal(est.coefs_[0], first.coefs_[0])


# -- targets of odd types ---------------------------------------------------------------


@pytest.mark.parametrize(
    "labels_of",
    [
        lambda: c3.astype(object),
        lambda: (c3 + 0.0).astype(object),
        lambda: c.astype(bool).astype(object),
        lambda: c3.astype(object).reshape(-1, 1)[:, 0],
        lambda: labels.astype(object),
        lambda: np.array([np.int8(v) for v in c3], dtype=object),
    ],
)
def test_objects_that_are_numbers_are_labels(labels_of):
    target = labels_of()
    plain = np.array(target.tolist())
    est, same = classifier().fit(X, target), classifier().fit(X, plain)
    np.testing.assert_array_equal(est.predict(X), same.predict(X))
    np.testing.assert_array_equal(est.classes_, same.classes_)
    assert est.score(X, target) == same.score(X, plain)
    classifier().fit(X, target, X_val=X, y_val=target).partial_fit(X, target)


DAYS = np.datetime64("2020-01-01") + np.arange(40)
times = pytest.mark.parametrize(
    "dates",
    [DAYS, DAYS - DAYS[0], DAYS.astype(object), list(DAYS), np.c_[DAYS, DAYS].astype(object)],
    ids=["datetime64", "timedelta64", "date", "list", "two columns"],
)


@times
@pytest.mark.parametrize("method", ["fit", "partial_fit", "initialize"])
def test_a_regressor_refuses_times_and_says_what_to_do(dates, method):
    with pytest.raises(TypeError, match=r"y must hold numbers, but .*: convert times to numbers"):
        getattr(regressor(), method)(X, dates)


def test_numbers_made_of_times_are_learned():
    target = (DAYS - DAYS.min()) / np.timedelta64(30, "D")
    np.testing.assert_array_equal(
        regressor().fit(X, target.astype(object)).predict(X), regressor().fit(X, target).predict(X)
    )


@pytest.mark.parametrize(
    ("validation", "error"),
    [
        ((X[:, :2], y), ValueError),
        ((X, y[:3]), ValueError),
        ((X, DAYS), TypeError),
        ((X, ["a"] * 40), ValueError),
        ((X * nan, y), ValueError),
        ((X, y * nan), ValueError),
        ((X, Y), ValueError),
        ((X[:0], y[:0]), ValueError),
        ((X, y, -np.ones(40)), ValueError),
        ((X, y, [1]), ValueError),
        ((X, y, np.zeros(40)), ValueError),
    ],
)
def test_errors_about_validation_data_name_them(validation, error):
    names = ["X_val", "y_val", "sample_weight_val"]
    with pytest.raises(error, match=r"^X_val, y_val or sample_weight_val: "):
        regressor().fit(X, y, **dict(zip(names, validation, strict=False)))


@pytest.mark.parametrize("y_val", [c + 1, labels, y, ["a"] * 40])
def test_errors_about_the_classes_of_validation_data_name_them(y_val):
    with pytest.raises(ValueError, match=r"^X_val, y_val or sample_weight_val: "):
        classifier().fit(X, c, X_val=X, y_val=y_val)


def test_days_are_labels_but_a_missing_day_is_none():
    days = DAYS[:10][np.arange(40) % 3]
    clf = classifier().fit(X[:40], days)
    assert set(clf.predict(X[:40])) <= set(days)
    days[3] = "NaT"
    with pytest.raises(ValueError, match="NaT"):
        classifier().fit(X[:40], days)
