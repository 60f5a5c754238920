"""Several trainings of one network, averaged: what the classifier and the regressor share."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from ..estimators.base import fit_and_observe
from ..estimators.callbacks import CallbackSupportMixin
from ..training.training import Observer, Training
from .tasks import Tasks

MEMBER_CONSTRAINTS: dict[str, list[Any]] = {
    "n_members": [Interval(Integral, 1, None, closed="left")],
    "n_jobs": [Integral, None],
    "random_state": ["random_state"],
}
AVERAGING_CONSTRAINTS: dict[str, list[Any]] = {
    "estimator": [HasMethods(["fit", "predict"])],
    **MEMBER_CONSTRAINTS,
    "dtype": [StrOptions({"float32", "float64"})],
}


class Averaged(CallbackSupportMixin, MetaEstimatorMixin, BaseEstimator):
    """Base of the two: train the members."""

    def _train(self, X: Any, y: Any, sample_weight: Any) -> list[Any]:
        """The trained members."""
        tasks = Tasks(self, "member", self.n_members)
        tasks.begin(X, y, sample_weight)
        random_state = check_random_state(self.random_state)
        seeds = random_state.randint(np.iinfo(np.int32).max, size=self.n_members)
        members = [clone(self.estimator).set_params(random_state=int(seed)) for seed in seeds]
        together = _Together()

        def train(i: int) -> None:
            observers = [*self._observers(), together]
            with tasks.part(i, members[i], X, y, sample_weight):
                fit_and_observe(members[i], X, y, sample_weight, observers)

        # Threads: the compiled core lets others run.
        workers = Parallel(n_jobs=self.n_jobs, require="sharedmem")
        try:
            workers(delayed(train)(i) for i in range(self.n_members))
        except BaseException:
            together.given_up = True
            raise
        tasks.end()
        return members

    def _observers(self) -> list[Observer]:
        """What follows the training of a member."""
        return []

    def _first_network(self) -> Any:
        """The first member; before any fit, what is to be trained."""
        members = vars(self).get("members_")
        return self.estimator if members is None else members[0]

    def _mean(self, method: str, X: Any) -> np.ndarray:
        """The mean over the members of what a method gives."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=self.dtype, reset=False)
        total = getattr(self.members_[0], method)(X).astype(np.float64)
        for member in self.members_[1:]:
            total += getattr(member, method)(X)
        return total / len(self.members_)


class _Together(Observer):
    """Ends the training of all members when that of one has failed, or at Ctrl-C."""

    given_up = False

    def end_epoch(self, training: Training) -> bool:
        return self.given_up


def lacks(method: str) -> Any:
    """A condition of `unless`: that the networks have this method; if not, they say why."""

    def why(averaged: Any) -> str | None:
        try:
            getattr(averaged._first_network(), method)
        except AttributeError as error:
            return str(error)
        return None

    return why
