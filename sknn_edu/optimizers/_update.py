"""An update as formulas: what a rule says of itself, beside its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np


class Like(StrEnum):
    """What an array that a rule keeps is measured in: how it follows the scale of the gradient.

    Examples
    --------
    >>> from sknn_edu.optimizers import Like
    >>> [str(like) for like in Like]
    ['gradient', 'square', 'step']
    """

    GRADIENT = "gradient"
    SQUARE = "square"  # of the gradient
    STEP = "step"  # a way of theta


@dataclass(frozen=True)
class Kept:
    """What a rule keeps beside theta, from one step to the next: a velocity, a moment.

    Parameters
    ----------
    formula : str
        What it becomes in a step.
    array : ndarray of shape (n_parameters,)
        What it is now, as the formula has it.
    like : Like

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import Kept, Like
    >>> Kept("s + g**2", np.zeros(3), Like.SQUARE).like
    <Like.SQUARE: 'square'>
    """

    formula: str
    array: np.ndarray
    like: Like


@dataclass(frozen=True)
class Update:
    """The next step of a rule, as formulas for any parameter.

    The names in formulas are ``theta``; ``g``, its gradient; ``m`` for something that is kept
    under that name, and ``m_next`` for what it becomes; the numbers. The sign of g must stand in
    a sum, ``theta - learning_rate * g``: where gradients are written with the opposite sign,
    it is turned round.

    Parameters
    ----------
    theta : str
        What theta becomes.
    numbers : dict of str to float
        Settings and counters by name; ``learning_rate`` is one of them.
    kept : dict of str to Kept
        By a name of one letter.
    named : dict of str to str
        Formulas of other numbers that are made of these.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import SGD
    >>> rule = SGD(learning_rate_init=0.1, nesterovs_momentum=False)
    >>> rule.begin(np.zeros(2))
    >>> update = rule.in_formulas()
    >>> update.theta, update.kept["v"].formula
    ('theta + v_next', 'momentum * v - learning_rate * g')
    >>> update.numbers
    {'learning_rate': 0.1, 'momentum': 0.9}
    """

    theta: str
    numbers: Mapping[str, float]
    kept: Mapping[str, Kept] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
