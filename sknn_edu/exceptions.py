"""The library's own warnings and errors, so that each can be caught or silenced alone."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning

__all__ = ["ConvergenceWarning", "DivergenceError", "DivergenceWarning", "RiskyOutputWarning"]


class RiskyOutputWarning(UserWarning):
    """The loss works with the output activation but is known to train badly with it."""


class DivergenceError(ValueError):
    """Training ran into infinity or NaN; the last finite weights were kept."""


class DivergenceWarning(ConvergenceWarning):
    """Training diverged under early stopping; the best weights were restored."""


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the line outside this package and scikit-learn that led here."""
    inside = (str(Path(__file__).parent), str(Path(sys.modules["sklearn"].__path__[0])))
    frame, stacklevel = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(inside):
        frame, stacklevel = frame.f_back, stacklevel + 1
    warnings.warn(message, category, stacklevel=stacklevel)
