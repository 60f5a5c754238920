"""How long the marking may search for mistakes."""

from __future__ import annotations

from time import thread_time

# An answer that no mistake explains takes a second or two.
SECONDS_PER_ANSWER, SECONDS_IN_ALL = 3.0, 60.0
# Each formula may be computed for so long, whatever the answers before it took.
SECONDS_PER_FORMULA = 1.0


class Budget:
    """Seconds of computing for all answers of a call, and for each of them.

    It is the CPU time of the thread, so that other work on the machine does not change a mark.
    """

    def __init__(self) -> None:
        self._end_of_all = thread_time() + SECONDS_IN_ALL
        self.begin_answer()

    def begin_answer(self) -> None:
        """Give the next answer its seconds, as far as those of the call go."""
        now = thread_time()
        self._end = min(now + SECONDS_PER_ANSWER, self._end_of_all)
        self._end_of_formula = max(self._end, now + SECONDS_PER_FORMULA)
        self.was_exceeded = False

    def check_formula(self) -> None:
        """Raise TimeoutError if the formula of the answer takes too long."""
        if thread_time() > self._end_of_formula:
            raise TimeoutError

    @property
    def is_spent(self) -> bool:
        """Whether to stop here."""
        self.was_exceeded = self.was_exceeded or thread_time() > self._end
        return self.was_exceeded

    @property
    def message(self) -> str:
        """What to say of a search that was stopped."""
        return (
            "The search for the mistake was stopped before all known mistakes were tried: it may "
            f"take {SECONDS_PER_ANSWER:g} seconds for an answer and {SECONDS_IN_ALL:g} for all "
            "answers together. Use a smaller network, or fewer samples."
        )
