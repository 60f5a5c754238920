"""`random_state`, as scikit-learn reads it; a number does not first cost some entropy."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state


def random_state_of(seed: Any) -> np.random.RandomState:
    """What ``check_random_state(seed)`` gives, with the same numbers to come, and its errors.

    ``RandomState(7)`` works random bits of the system into the generator before it seeds it
    with 7. Zeros do as well, in a third of the time, which is that of some epochs of a small
    network.
    """
    if not isinstance(seed, Integral):
        return check_random_state(seed)
    random_state = np.random.RandomState(np.random.MT19937(_Zeros(0)))
    random_state.seed(int(seed))
    return random_state


class _Zeros(np.random.SeedSequence):
    """Stands in for entropy that is overwritten at once."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> np.ndarray:
        return np.zeros(n_words, dtype)
