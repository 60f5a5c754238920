"""Schedules: how the learning rate changes from step to step. A new one is one class.

A schedule is a function of the time t, which runs from 0 in the first step of a fit towards 1
after its last: in step k (counted from 0) of n, t = k / n. The learning rate of that step is
``learning_rate_init * factor(t)``, for every first-order solver.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from numbers import Integral

from .component import Component, check_not_negative

__all__ = ["CosLog", "Cosine", "Linear", "OneCycle", "Schedule"]


class Schedule(Component, ABC, family=True):
    """The learning rate as a function of time. A new one needs `factor`.

    Parameters
    ----------
    n_steps : int, default=None
        The steps (batches) after which t is 1, and stays there. None: those of the fit, which
        are ``max_iter`` times the number of batches. `partial_fit` has no end that it could run
        to, so a schedule is given one there.

    Examples
    --------
    >>> from sknn_edu import BackpropClassifier
    >>> from sknn_edu.schedules import Schedule
    >>> class Halving(Schedule):
    ...     "1, then 1/2 from a third of the time on, and 1/4 in the last third."
    ...
    ...     def factor(self, t):
    ...         return 0.5 ** min(int(3 * t), 2)
    >>> clf = BackpropClassifier(learning_rate=Halving())
    """

    n_steps: int | None = None

    def __init__(self, n_steps: int | None = None) -> None:
        is_int = isinstance(n_steps, Integral) and not isinstance(n_steps, bool)
        if n_steps is not None and not (is_int and n_steps > 0):
            raise ValueError(f"n_steps must be a positive int or None, got {n_steps!r}.")
        self.n_steps = n_steps

    @abstractmethod
    def factor(self, t: float) -> float:
        """What to multiply ``learning_rate_init`` by at the time t, which is in [0, 1]."""

    def factor_of_step(self, step: int, n_steps: int) -> float:
        """The factor of a step (counted from 0) of a fit that takes so many.

        Raises
        ------
        ValueError
            If it is negative, infinite or NaN.
        """
        t = min(1.0, step / (self.n_steps or n_steps))
        factor = self.factor(t)
        if not 0 <= factor < math.inf:
            raise ValueError(
                f"The factor of {self!r} at t={t:g} must be a finite number >= 0, got {factor!r}."
            )
        return float(factor)


class _WarmedUp(Schedule):
    """A rise in the time ``warmup``, then a fall to ``final``; the first is linear from 0."""

    def __init__(self, warmup: float = 0.0, final: float = 0.0, n_steps: int | None = None) -> None:
        super().__init__(n_steps)
        check_not_negative("warmup", warmup, below=1)
        check_not_negative("final", final)
        self.warmup = warmup
        self.final = final

    def factor(self, t):
        """`rise` in the warm-up, then `fall`, each with a time u of its own from 0 to 1."""
        if t < self.warmup:
            return self.rise(t / self.warmup)
        return self.fall((t - self.warmup) / (1 - self.warmup))

    def rise(self, u: float) -> float:
        """The factor in the warm-up."""
        return u

    @abstractmethod
    def fall(self, u: float) -> float:
        """The factor after the warm-up."""


def _descent(t: float) -> float:
    """Half a wave of the cosine, from 1 at t = 0 to 0 at t = 1."""
    return (1 + math.cos(math.pi * t)) / 2


class Cosine(_WarmedUp):
    """From 1 to ``final`` along half a cosine, after a linear warm-up from 0.

    ::

        factor(t) = t / warmup                                          (t < warmup)
        factor(t) = final + (1 - final) (1 + cos(pi u)) / 2,  u = (t - warmup) / (1 - warmup)

    Parameters
    ----------
    warmup : float, default=0.0
        Part of the time in which the rate grows, in [0, 1).
    final : float, default=0.0
        Factor at the end.
    n_steps : int, default=None
        As in `Schedule`.

    References
    ----------
    Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR.

    Examples
    --------
    >>> from sknn_edu.schedules import Cosine
    >>> [round(Cosine().factor(t), 3) for t in (0, 0.25, 0.5, 0.75, 1)]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """

    name = "cosine"
    also_called = ("cosine_annealing", "cosine_decay")

    def fall(self, u):
        """The second line above."""
        return self.final + (1 - self.final) * _descent(u)


class Linear(_WarmedUp):
    """From 1 to ``final`` along a line, after a linear warm-up from 0.

    ::

        factor(t) = t / warmup                                          (t < warmup)
        factor(t) = 1 - (1 - final) (t - warmup) / (1 - warmup)

    Parameters
    ----------
    warmup, final, n_steps
        As in `Cosine`.

    References
    ----------
    Defazio, Cutkosky, Mehta and Mishchenko (2023), Optimal linear decay learning rate schedules
    and further refinements.

    Examples
    --------
    >>> from sknn_edu.schedules import Linear
    >>> [Linear(warmup=0.5).factor(t) for t in (0, 0.25, 0.5, 0.75, 1)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    name = "linear"
    also_called = ("linear_decay",)

    def fall(self, u):
        """The second line above."""
        return 1 - (1 - self.final) * u


class CosLog(Schedule):
    """Waves of the cosine from 0 to 1 and back, each of them twice as long as the last.

    ::

        factor(t) = (1 - cos(2 pi log2(1 + (2^cycles - 1) t))) / 2

    Long waves explore, and each end at 0 is a moment at which the weights have settled: a good
    partner of ``early_stopping="best"``, which keeps the best of them.

    Parameters
    ----------
    cycles : int, default=4
        Number of waves.
    n_steps : int, default=None
        As in `Schedule`.

    References
    ----------
    Holzmueller, Grinsztajn and Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, NeurIPS.

    Examples
    --------
    >>> from sknn_edu.schedules import CosLog
    >>> schedule = CosLog(cycles=2)  # ends at t = 1/3 and 1
    >>> [round(schedule.factor(t), 3) for t in (0, 1 / 3, 2 / 3, 1)]
    [0.0, 0.0, 0.93, 0.0]
    """

    name = "coslog"

    def __init__(self, cycles: int = 4, n_steps: int | None = None) -> None:
        super().__init__(n_steps)
        is_int = isinstance(cycles, Integral) and not isinstance(cycles, bool)
        if not (is_int and 1 <= cycles <= 50):
            raise ValueError(f"cycles must be an int from 1 to 50, got {cycles!r}.")
        self.cycles = cycles

    def factor(self, t):
        """The formula above."""
        return (1 - math.cos(2 * math.pi * math.log2(1 + (2**self.cycles - 1) * t))) / 2


class OneCycle(_WarmedUp):
    """Up from ``start`` to 1 in the time ``warmup``, then down to ``final``, along cosines.

    ``learning_rate_init`` is the highest rate. Momentum stays as it is (it would fall and rise
    again in the paper).

    Parameters
    ----------
    warmup : float, default=0.3
        Part of the time in which the rate grows, in [0, 1).
    start : float, default=0.04
        Factor at the beginning.
    final : float, default=4e-6
        Factor at the end.
    n_steps : int, default=None
        As in `Schedule`.

    References
    ----------
    Smith and Topin (2019), Super-convergence: very fast training of neural networks using large
    learning rates.

    Examples
    --------
    >>> from sknn_edu.schedules import OneCycle
    >>> [round(OneCycle().factor(t), 3) for t in (0, 0.15, 0.3, 0.65, 1)]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    """

    name = "one_cycle"
    also_called = ("super_convergence",)

    def __init__(
        self,
        warmup: float = 0.3,
        start: float = 0.04,
        final: float = 4e-6,
        n_steps: int | None = None,
    ) -> None:
        super().__init__(warmup, final, n_steps)
        check_not_negative("start", start)
        self.start = start

    def rise(self, u):
        """Half a wave from ``start`` to 1."""
        return 1 - (1 - self.start) * _descent(u)

    def fall(self, u):
        """Half a wave from 1 to ``final``."""
        return self.final + (1 - self.final) * _descent(u)
