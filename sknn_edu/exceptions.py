"""The library's own warnings and errors, so that each can be caught or silenced alone.

Every warning has a class of its own, and every class belongs to the one that scikit-learn
uses for such news: what silences that one silences these too.
"""

from __future__ import annotations

import sys
import warnings
from functools import cache
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning

__all__ = [
    "BatchSizeWarning",
    "ConvergenceWarning",
    "DivergenceError",
    "DivergenceWarning",
    "MaxIterWarning",
    "RiskyOutputWarning",
    "SavedVersionWarning",
    "SetTooLateWarning",
    "SolverStoppedWarning",
    "UnusedScheduleWarning",
]


class RiskyOutputWarning(UserWarning):
    """The loss can be computed behind the output activation, but does not train well there.

    Not given for combinations that are slow only, such as the squared error behind a logistic
    output: `sknn_edu.teaching.diagnose` mentions those.
    """


class BatchSizeWarning(UserWarning):
    """``batch_size`` is larger than the number of training samples; all of them are one batch."""


class UnusedScheduleWarning(UserWarning):
    """``learning_rate`` names a schedule, which only ``solver="sgd"`` follows."""


class SetTooLateWarning(UserWarning):
    """A callback set a parameter that the solver had taken over before it began."""


class MaxIterWarning(ConvergenceWarning):
    """``max_iter`` epochs were run and the loss was still coming down.

    Not given where a fixed number of epochs was asked for: with ``tol=0`` or
    ``n_iter_no_change=np.inf``.
    """


class SolverStoppedWarning(ConvergenceWarning):
    """A full-batch solver stopped before it converged, for the reason in the message."""


class SavedVersionWarning(UserWarning):
    """An estimator was saved by another minor version and may not mean the same in this one."""


class DivergenceError(ValueError):
    """Training ran into infinity or NaN; the last finite weights were kept."""


class DivergenceWarning(ConvergenceWarning):
    """Training diverged under early stopping; the best weights were restored."""


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the line outside this package and scikit-learn that led here."""
    inside = _packages()
    frame, stacklevel = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(inside):
        frame, stacklevel = frame.f_back, stacklevel + 1
    warnings.warn(message, category, stacklevel=stacklevel)


@cache
def _packages() -> tuple[str, str]:
    """The directories of this package and of scikit-learn."""
    return str(Path(__file__).parent), str(Path(sys.modules["sklearn"].__path__[0]))
