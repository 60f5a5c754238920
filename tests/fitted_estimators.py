"""A wide family of small fitted estimators: each component, target and way of training once."""

import warnings
from contextlib import contextmanager
from functools import cache

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import ELU, Activation, LeakyReLU
from sknn_edu.exceptions import RiskyOutputWarning
from sknn_edu.initializers import HeNormal, Initializer
from sknn_edu.losses import Huber, LogLoss, Loss, Quantile, SquaredError
from sknn_edu.optimizers import SGD, Adam, AdamW, Optimizer
from sknn_edu.parametrizations import Parametrization
from sknn_edu.schedules import Schedule

random = np.random.default_rng(0)
X = random.normal(size=(40, 3))
NUMBERS = X @ [1.0, -2.0, 0.5] + 0.1 * random.normal(size=40)
TARGETS = {
    "number": NUMBERS,
    "numbers": np.c_[NUMBERS, np.abs(X[:, 0])],
    "two": (NUMBERS > 0).astype(int),
    "three": np.digitize(NUMBERS, [-1, 1]),
    "words": np.array(["no", "perhaps", "yes"])[np.digitize(NUMBERS, [-1, 1])],
    "objects": np.array(["no", "yes"], dtype=object)[(NUMBERS > 0).astype(int)],
    "floats": np.digitize(NUMBERS, [-1, 1]) + 1.0,
    "bools": NUMBERS > 0,
    "one": np.full(40, 7),
    "labels": np.c_[X > 0, NUMBERS > 0].astype(int),
}

# what it is called: the target, the parameters
CONFIGURATIONS = {
    **{f"target {name}": (name, {}) for name in TARGETS},
    **{f"hidden {name}": ("three", {"activation": name}) for name in Activation.names()},
    **{f"output {name}": ("number", {"output_activation": name}) for name in Activation.names()},
    **{f"loss {name}": ("two", {"loss": name}) for name in Loss.names()},
    **{f"weights {name}": ("number", {"weight_init": name}) for name in Initializer.names()},
    **{f"solver {name}": ("number", {"solver": name}) for name in Optimizer.names()},
    **{
        f"solver {name} as an object": ("number", {"solver": Optimizer.find(name)()})
        for name in Optimizer.names()
    },
    **{
        f"weights {name} as an object": ("number", {"weight_init": Initializer.find(name)()})
        for name in Initializer.names()
    },
    **{
        f"schedule {name} as an object": (
            "number",
            {"learning_rate": Schedule.find(name)(n_steps=9)},
        )
        for name in Schedule.names()
    },
    **{
        f"parametrization {name} as an object": (
            "number",
            {"parametrization": Parametrization.find(name)()},
        )
        for name in Parametrization.names()
    },
    "components with settings": (
        "number",
        {
            "hidden_layer_sizes": (4, 3),
            "activation": [LeakyReLU(0.3), ELU(2.0)],
            "loss": 2 * SquaredError() + 0.5 * (Huber(2.0) + Quantile(0.3)),
            "solver": AdamW(0.01),
            "weight_init": HeNormal(),
        },
    ),
    "sum of losses for classes": ("three", {"loss": SquaredError() + 2 * LogLoss()}),
    "sum of losses for labels": ("labels", {"loss": SquaredError() + 2 * LogLoss()}),
    "smoothed labels": ("three", {"loss": LogLoss(label_smoothing=0.1)}),
    "schedule": ("number", {"solver": SGD(0.1, schedule="invscaling")}),
    "adaptive": ("number", {"solver": "sgd", "learning_rate": "adaptive"}),
    "no hidden layer": ("two", {"hidden_layer_sizes": ()}),
    "no biases": ("two", {"fit_intercept": False}),
    "dropout": ("number", {"dropout": 0.3}),
    "elastic net": ("number", {"alpha": 0.1, "l1_ratio": 0.5}),
    "clipped": ("number", {"clip_norm": 0.1}),
    "class weights": ("three", {"class_weight": "balanced"}),
    "given class weights": ("two", {"class_weight": {0: 1.0, 1: 3.0}}),
    "early stopping": ("three", {"early_stopping": True}),
    "early stopping by loss": ("number", {"early_stopping": True, "scoring": "loss"}),
    "early stopping by scorer": ("two", {"early_stopping": True, "scoring": "roc_auc"}),
    "random state": ("number", {"random_state": np.random.RandomState(3)}),
    "hinge for three": ("three", {"loss": "hinge"}),
    "hinge for labels": ("labels", {"loss": "squared_hinge"}),
    "given weights": (
        "number",
        {"weight_init": ([np.ones((3, 4)), np.ones((4, 1))], [np.zeros(4), np.zeros(1)])},
    ),
}
WAYS = {
    "fit": lambda est, X, y: est.fit(X, y),
    "fit with validation data": lambda est, X, y: est.fit(X, y, X_val=X[:20], y_val=y[:20]),
    "partial_fit": lambda est, X, y: est.initialize(X, y).partial_fit(X, y).partial_fit(X, y),
    "initialize": lambda est, X, y: est.initialize(X, y),
    "warm start": lambda est, X, y: est.set_params(warm_start=True).fit(X, y).fit(X, y),
    "float32": lambda est, X, y: est.fit(X.astype(np.float32), y),
}
BY_WAY = {
    f"{way}, {target}": (way, target)
    for way in WAYS
    for target in ("number", "numbers", "two", "three", "words", "labels")
}
NAMES = [*CONFIGURATIONS, *BY_WAY]


def unfitted(target, **params):
    """A small estimator for that target."""
    cls = BackpropRegressor if target in ("number", "numbers") else BackpropClassifier
    return cls(**{"hidden_layer_sizes": 4, "max_iter": 3, "random_state": 0, **params})


@contextmanager
def three_epochs_are_enough():
    """No warnings about small networks that are not trained well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RiskyOutputWarning)
        yield


def fit(name):
    """The estimator of that name, trained."""
    way, target = BY_WAY.get(name, ("fit", None))
    params = {"solver": Adam(0.01)}
    if target is None:
        target, params = CONFIGURATIONS[name]
    with three_epochs_are_enough():
        return WAYS[way](unfitted(target, **params), X.copy(), TARGETS[target].copy())


fitted = cache(fit)


def target_of(name):
    """What the estimator of that name was trained on."""
    return TARGETS[BY_WAY[name][1] if name in BY_WAY else CONFIGURATIONS[name][0]]


def go_on(est, y):
    """One more epoch, with what partial_fit cannot do switched off; False if it cannot at all."""
    est.early_stopping = False
    if vars(est).get("class_weight") == "balanced":
        est.class_weight = None
    with three_epochs_are_enough():
        return hasattr(est, "partial_fit") and bool(est.partial_fit(X, y))


def answers(est):
    """All that it says about X."""
    methods = ("predict", "predict_proba", "decision_function", "logits")
    return [getattr(est, method)(X) for method in methods if hasattr(est, method)]
