"""What all four families have in common: settings for scikit-learn's tools, and examples to run."""

import inspect
import pickle

import numpy as np
import pytest
from gradient_helpers import members
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, ParameterGrid

from sknn_edu import (
    BackpropClassifier,
    BackpropRegressor,
    activations,
    initializers,
    losses,
    optimizers,
)
from sknn_edu.activations import ELU, Activation, LeakyReLU
from sknn_edu.initializers import Initializer, Orthogonal
from sknn_edu.losses import Huber, LogLoss, Loss, Quantile, SquaredError
from sknn_edu.optimizers import SGD, Adam, Optimizer

ROOMS = (activations, losses, optimizers, initializers)
FAMILIES = (Activation, Loss, Optimizer, Initializer)

x = np.linspace(-1, 1, 24)
X, y = x.reshape(-1, 1), np.sin(3 * x)


class Around(Loss):
    """A user's own loss, which is made of another and converts what it is given."""

    def __init__(self, loss, shift=0.0):
        self.loss = loss
        self.shift = float(shift)

    def value(self, A, Y):
        return self.loss.value(A - self.shift, Y)

    def gradient(self, A, Y, out):
        return self.loss.gradient(A - self.shift, Y, out)


EVERY = [
    *(member for family in FAMILIES for member in members(family)),
    *(LogLoss(label_smoothing=0.2), SquaredError() + 2 * LogLoss(label_smoothing=0.3)),
    *(2 * Huber(3.0), SquaredError() + LogLoss(), 3 * (Quantile(0.2) + 2 * Quantile(0.8))),
    *(Around(Huber(), shift=2), 2 * Around(Huber(0.5)), Around(SquaredError() + Huber())),
]
every_component = pytest.mark.parametrize("component", EVERY, ids=repr)


# -- settings -----------------------------------------------------------------------------


@every_component
def test_clones_and_pickles_are_equal_and_independent(component):
    before = repr(component)
    for copied in (clone(component), pickle.loads(pickle.dumps(component))):
        assert copied == component
        assert copied is not component
        for name, value in copied.get_params().items():
            if isinstance(value, float):
                copied.set_params(**{name: value / 2})
        assert repr(component) == before


@every_component
def test_every_parameter_can_be_set_to_what_it_is(component):
    params = component.get_params()
    assert component.get_params(deep=False).items() <= params.items()
    assert clone(component).set_params(**params) == component
    for name in params:
        assert clone(component).set_params(**{name: params[name]}) == component


@every_component
def test_an_unknown_parameter_is_refused_and_the_valid_ones_are_listed(component):
    for name in ("gamma", "gamma__delta", "__"):
        with pytest.raises(ValueError, match=f"no parameter '{name}'. Valid are") as error:
            component.set_params(**{name: 1})
        assert all(repr(known) in str(error.value) for known in component.get_params())


@pytest.mark.parametrize(
    ("component", "params"),
    [
        (Huber(), {"delta": -1}),
        (LogLoss(0.1), {"label_smoothing": 1}),
        (SquaredError() + LogLoss(), {"loss_2__label_smoothing": -0.1}),
        (ELU(), {"alpha": 0}),
        (SGD(), {"momentum": 0.5, "schedule": "sometimes"}),
        (2 * Huber(), {"loss__delta": 3.0, "factor": -1}),
        (Quantile(0.1) + Huber(), {"loss_1__q": 0.5, "loss_2__delta": np.inf}),
        (Quantile(0.1) + Huber(), {"loss_2": "no_such_loss"}),
    ],
    ids=repr,
)
def test_what_the_constructor_refuses_is_refused_and_nothing_changes(component, params):
    before = repr(component)
    with pytest.raises(ValueError, match=r"got|is not the name"):
        component.set_params(**params)
    assert repr(component) == before


def test_what_depends_on_a_setting_follows_it():
    f = LeakyReLU(0.0)
    assert f.range[0] == 0
    assert f.set_params(negative_slope=0.5).range[0] == -np.inf
    rule = Adam(0.1).set_params(learning_rate_init=0.3)
    assert rule.learning_rate == 0.3


def test_setting_a_parameter_leaves_no_state_behind():
    theta, rule = np.ones(2), Adam()
    rule.begin(theta)
    rule.step(theta, np.ones(2))
    assert vars(rule.set_params(beta_1=0.5)) == vars(Adam(beta_1=0.5))


def test_a_part_that_is_shared_stays_as_it_is():
    huber = Huber()
    loss = huber + 2 * SquaredError()
    assert repr(loss.set_params(loss_1__delta=5.0, factor_2=3)) == (
        "Huber(delta=5.0) + 3 * SquaredError()"
    )
    assert huber == Huber()


def test_parts_of_sums_are_numbered_and_that_of_a_multiple_is_not():
    assert (2 * Huber()).get_params() == {"factor": 2, "loss": Huber(), "loss__delta": 1}
    names = "factor_1 loss_1 factor_2 loss_2 loss_2__q"
    assert set((SquaredError() + Quantile()).get_params()) == set(names.split())


def test_a_part_may_be_replaced_and_set_in_one_call():
    loss = (2 * SquaredError()).set_params(loss=Quantile(), loss__q=0.3)
    assert loss == 2 * Quantile(0.3)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("params", "grid"),
    [
        ({"loss": Huber()}, {"loss__delta": [0.1, 2.0]}),
        ({"loss": 2 * Huber()}, {"loss__loss__delta": [0.1, 2.0], "loss__factor": [1, 5.0]}),
        ({"loss": Huber() + SquaredError()}, {"loss__factor_1": [0.1, 2.0]}),
        ({"solver": Adam()}, {"solver__beta_2": [0.9, 0.99], "solver__learning_rate_init": [0.01]}),
        ({"activation": ELU()}, {"activation__alpha": [0.5, 2.0]}),
        ({"weight_init": Orthogonal()}, {"weight_init__gain": [0.5, 2.0]}),
    ],
    ids=repr,
)
def test_a_search_over_settings_trains_what_objects_with_these_settings_train(params, grid):
    est = BackpropRegressor(3, max_iter=5, random_state=0, **params)
    before = repr(est.get_params())
    search = GridSearchCV(est, grid, cv=2, error_score="raise").fit(X, y)
    assert repr(est.get_params()) == before
    fits = []
    for chosen in ParameterGrid(grid):
        by_name = clone(est).set_params(**chosen)
        ((part, component),) = params.items()
        own = {name.removeprefix(f"{part}__"): value for name, value in chosen.items()}
        by_object = clone(est).set_params(**{part: clone(component).set_params(**own)})
        fits.append(by_name.fit(X, y).coefs_[0])
        np.testing.assert_array_equal(fits[-1], by_object.fit(X, y).coefs_[0])
        assert by_name.get_params()[min(chosen)] == chosen[min(chosen)]
    assert len({W.tobytes() for W in fits}) == len(fits)
    assert search.best_params_ in list(ParameterGrid(grid))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_label_smoothing_can_be_searched():
    clf = BackpropClassifier(3, loss=LogLoss(), max_iter=5, random_state=0)
    grid = {"loss__label_smoothing": [0.0, 0.1, 0.5]}
    search = GridSearchCV(clf, grid, cv=2, error_score="raise", scoring="neg_log_loss")
    search.fit(X, y > 0)
    assert len(set(search.cv_results_["mean_test_score"])) == 3
    assert search.best_estimator_.loss == LogLoss(search.best_params_["loss__label_smoothing"])


def test_estimators_clone_with_components_inside():
    clf = BackpropClassifier((3,), ELU(0.5), solver=SGD(0.1), loss=2 * LogLoss())
    copied = clone(clf)
    assert copied.get_params(deep=False) == clf.get_params(deep=False)
    copied.set_params(solver__momentum=0.0, activation__alpha=2.0, loss__factor=3.0)
    assert clf.solver == SGD(0.1)
    assert clf.activation == ELU(0.5)
    assert clf.loss == 2 * LogLoss()


# -- examples -----------------------------------------------------------------------------

PUBLIC = [getattr(room, name) for room in ROOMS for name in room.__all__]
FINAL = [cls for cls in PUBLIC if not inspect.isabstract(cls)]


def test_every_class_of_the_families_is_public():
    assert {type(member) for family in FAMILIES for member in members(family)} <= set(FINAL)


@pytest.mark.parametrize("cls", FINAL, ids=lambda cls: cls.__name__)
def test_every_public_class_has_an_example_to_run(cls):
    _, _, example = inspect.getdoc(cls).partition("Examples\n--------\n")
    assert ">>> " in example
