"""The values that the mistakes of the lists give on a redrawn network, to be looked up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .search import Search
from .together import THROUGHOUT
from .variations import Candidate

# Unit vectors whose product differs from 1 by less are the same direction.
SAME_DIRECTION = 1e-13
MESSAGES = {
    "sign": "Besides, the sign is wrong.",
    "missing_mean": "Besides, the mean over the samples is missing.",
}


class Known:
    """Single mistakes of the lists, by the direction of what they give.

    Parameters
    ----------
    searches : list of Search
        On each of the networks.
    target : str
    """

    def __init__(self, searches: list[Search], target: str) -> None:
        self.searches, self.target = searches, target
        shape = np.shape(searches[0].variations.chains.values[target])
        self.candidates = [
            candidate
            for candidate in searches[0].variations.singles
            if np.shape(candidate.value) == shape and np.size(candidate.value) > 3
        ]
        values = [_unit(_whole(candidate)) for candidate in self.candidates]
        self.directions = np.array(values).reshape(len(values), int(np.prod(shape)))

    def matching(self, value: np.ndarray) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Codes and messages of the mistakes that a value shows, up to sign and mean."""
        if not self.candidates or value.size != self.directions.shape[1]:
            return
        if not np.isfinite(value).all() or not value.any():
            return
        product = self.directions @ _unit(value)
        for i in np.flatnonzero(np.abs(product) > 1 - SAME_DIRECTION):
            candidate = self.candidates[i]
            constant = np.linalg.norm(value) / np.linalg.norm(_whole(candidate))
            constant *= np.sign(product[i])
            extra = self._named(float(constant), self.searches[0])
            if extra is not None and not set(extra) & set(candidate.codes):
                messages = (*candidate.messages, *(MESSAGES[code] for code in extra))
                yield (*candidate.codes, *extra), messages

    def confirmed(self, codes: tuple[str, ...], i: int, value: np.ndarray) -> bool:
        """Whether a value on another network shows the same."""
        direction = _unit(value)
        return any(
            candidate.codes[0] == codes[0]
            and np.shape(candidate.value) == value.shape
            and abs(float(np.vdot(_unit(_whole(candidate)), direction))) > 1 - SAME_DIRECTION
            for candidate in self.searches[i].variations.singles
        )

    @staticmethod
    def _named(constant: float, search: Search) -> tuple[str, ...] | None:
        """Sign and mean, if they are all that is off."""
        if abs(constant - 1) < 1e-6:
            return ()
        for mistake in search.constants:
            if set(mistake.codes) <= THROUGHOUT and abs(constant / mistake.constant - 1) < 1e-6:
                return mistake.codes
        return None


def _whole(candidate: Candidate) -> np.ndarray:
    """The value with the penalty's part."""
    value = np.asarray(candidate.value, np.float64)
    if candidate.extra is not None:
        value = value + candidate.right_share * candidate.extra
    return value.ravel()


def _unit(value: np.ndarray) -> np.ndarray:
    norm = float(np.linalg.norm(value))
    return value.ravel() / norm if norm else value.ravel()
