"""The library's own warnings and errors, so that each can be caught or silenced alone."""

from __future__ import annotations

from sklearn.exceptions import ConvergenceWarning

__all__ = ["ConvergenceWarning", "DivergenceError", "DivergenceWarning", "RiskyOutputWarning"]


class RiskyOutputWarning(UserWarning):
    """The loss works with the output activation but is known to train badly with it."""


class DivergenceError(ValueError):
    """Training ran into infinity or NaN; the last finite weights were kept."""


class DivergenceWarning(ConvergenceWarning):
    """Training diverged under early stopping; the best weights were restored."""
