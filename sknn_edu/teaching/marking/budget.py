"""How long the marking may look for mistakes."""

from __future__ import annotations

from time import thread_time

# Small networks need a second or two for an answer that nothing explains.
SECONDS_PER_ANSWER, SECONDS_IN_ALL = 20.0, 60.0


class Budget:
    """Seconds of computing for the answers of one call, and for each of them.

    It is the time of the thread, not of the clock, so that other work on the machine does not
    change a mark.
    """

    def __init__(
        self, per_answer: float = SECONDS_PER_ANSWER, in_all: float = SECONDS_IN_ALL
    ) -> None:
        self.per_answer = per_answer
        self._end_of_all = thread_time() + in_all
        self.begin_answer()

    def begin_answer(self) -> None:
        """The next answer has its own seconds, as far as those of the call go."""
        self._end = min(thread_time() + self.per_answer, self._end_of_all)
        self.was_exceeded = False

    @property
    def is_spent(self) -> bool:
        """Whether to stop here."""
        self.was_exceeded = self.was_exceeded or thread_time() > self._end
        return self.was_exceeded

    @property
    def message(self) -> str:
        """A sentence for the result if the search was stopped, else ""."""
        if not self.was_exceeded:
            return ""
        return (
            "The search for the mistake was stopped before all known mistakes were tried: it may "
            f"take {SECONDS_PER_ANSWER:g} seconds for an answer and {SECONDS_IN_ALL:g} for all "
            "answers together. Mark a smaller network, or fewer samples."
        )
