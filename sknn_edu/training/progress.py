"""What `verbose` prints: how the loss comes down, and why training stopped."""

from __future__ import annotations

from .history import History


class Progress:
    """Prints the course of training, if it is wanted.

    Parameters
    ----------
    verbose : bool or int
        0 prints nothing; 1 prints the epochs 1 to 10, 20 to 100 in tens, 200 to 1000 in
        hundreds, and so on, the last one, and why it was the last; 2 prints every epoch.
    """

    def __init__(self, verbose: bool | int) -> None:
        self._verbose = int(verbose)
        self._last_printed = 0

    def report(self, history: History) -> None:
        """Print the epoch that has just ended, if it is one to print."""
        n = history.n_iter
        if self._verbose > 1 or (self._verbose and _is_round(n)):
            self._print_epoch(history)

    def say(self, line: str) -> None:
        """Print a line about something that happened."""
        if self._verbose:
            print(line)

    def close(self, history: History) -> None:
        """Print the last epoch, if it is not there yet, and why it was the last."""
        if self._verbose and self._last_printed != history.n_iter:
            self._print_epoch(history)
        self.say(history.stop_reason)

    def _print_epoch(self, history: History) -> None:
        line = f"Iteration {history.n_iter}, loss = {history.loss:.8f}"
        if history.validation_scores:
            line += f", validation score = {history.validation_scores[-1]:.6f}"
        print(line)
        self._last_printed = history.n_iter


def _is_round(n: int) -> bool:
    """Whether n has one digit that is not zero: 1 to 10, 20, 30, ..., 100, 200, ..."""
    return len(str(n).rstrip("0")) == 1
