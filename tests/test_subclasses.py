"""Subclasses whose ``__init__`` has parameters of its own, and fewer of ours."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from small_networks import X, c, y

from sknn_edu import BackpropClassifier, BackpropRegressor

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations")


class Fewer(BackpropClassifier):
    """Some of the parameters."""

    def __init__(self, alpha=1e-4, max_iter=5):
        super().__init__(4, alpha=alpha, max_iter=max_iter, random_state=0)


class Renamed(BackpropRegressor):
    """One parameter, under a name of its own; the loss is set for good."""

    def __init__(self, width=4):
        super().__init__(width, loss="huber", max_iter=5, random_state=0)
        self.width = width


class Without(BackpropRegressor):
    """No parameter at all."""

    def __init__(self):
        super().__init__(4, max_iter=5, random_state=0)


CASES = [
    (Fewer(), c, {"alpha": [1e-4, 0.1]}),
    (Renamed(), y, {"width": [3, 5]}),
    (Without(), y, {}),
]
cases = pytest.mark.parametrize(("est", "target", "grid"), CASES, ids=lambda e: type(e).__name__)


@cases
def test_parameters_are_those_of_its_own_constructor(est, target, grid):
    assert set(est.get_params()) >= set(grid)
    assert "loss" not in est.get_params()
    assert repr(clone(est)) == f"{type(est).__name__}()"


@cases
def test_it_is_cloned_searched_and_validated(est, target, grid):
    fitted = clone(est).fit(X, target)
    assert np.isfinite(cross_val_score(est, X, target, cv=3)).all()
    assert GridSearchCV(est, grid, cv=3).fit(X, target).best_params_.keys() == grid.keys()
    assert type(fitted).__name__ in fitted._repr_html_()
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))


@cases
def test_it_trains_with_what_its_constructor_has_set(est, target, grid):
    base = BackpropClassifier if target is c else BackpropRegressor
    loss = {"loss": "huber"} if isinstance(est, Renamed) else {}
    plain = base(4, max_iter=5, random_state=0, **loss).fit(X, target)
    np.testing.assert_array_equal(clone(est).fit(X, target).predict(X), plain.predict(X))
    classes = {"classes": [0, 1]} if target is c else {}
    clone(est).partial_fit(X, target, **classes).partial_fit(X, target)


def test_what_the_subclass_lacks_cannot_be_set():
    with pytest.raises(ValueError, match="Invalid parameter 'loss'"):
        Fewer().set_params(loss="hinge")
