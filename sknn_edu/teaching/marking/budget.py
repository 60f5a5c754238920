"""How long the marking may search for mistakes, in trials: a slow machine finds the same."""

from __future__ import annotations

from time import thread_time

# A trial takes about a tenth of a millisecond, on a large network longer: see `Chains.cost`.
TRIALS_PER_ANSWER, TRIALS_IN_ALL = 10_000.0, 400_000.0
# One that is typed may be computed for so long: many times what any takes that is meant seriously.
SECONDS_PER_FORMULA = 5.0


class Budget:
    """Trials for all answers of a call, and for each of them.

    Parameters
    ----------
    searches : bool, default=True
        Whether the mistake in a wrong formula is looked for.
    """

    def __init__(self, *, searches: bool = True) -> None:
        self.searches = searches
        self._left_in_all = TRIALS_IN_ALL
        self.begin_answer()

    def begin_answer(self) -> None:
        """Give the next answer its trials, as far as those of the call go."""
        self._left = min(TRIALS_PER_ANSWER, self._left_in_all)
        self._keep = 0.0
        self._end_of_formula = thread_time() + SECONDS_PER_FORMULA
        self.was_exceeded = False

    def begin_stage(self, share: float) -> None:
        """Begin another way to search, with a share of the trials of an answer at most."""
        self._keep = max(0.0, self._left - share * TRIALS_PER_ANSWER)

    def check_formula(self) -> None:
        """Raise TimeoutError if the formula of the answer takes too long."""
        if thread_time() > self._end_of_formula:
            raise TimeoutError

    def spend(self, trials: float) -> None:
        """Take so many trials."""
        self._left -= trials
        self._left_in_all -= trials

    @property
    def is_spent(self) -> bool:
        """Whether to stop here."""
        is_spent = self._left <= self._keep
        self.was_exceeded = self.was_exceeded or is_spent
        return is_spent

    @property
    def message(self) -> str:
        """What to say of a search that was stopped."""
        return (
            "The search for the mistake was stopped before all known mistakes were tried: it takes "
            f"{TRIALS_PER_ANSWER:g} trials at most for an answer and {TRIALS_IN_ALL:g} for all "
            "answers together. Check the shape of each factor, and compute one entry by hand."
        )
