"""What ``verbose`` prints: how the loss falls, and why training stopped."""

from __future__ import annotations

from .training import Observer, Training


class Progress(Observer):
    """Prints the course of training.

    Parameters
    ----------
    verbose : bool or int
        1 prints the epochs 1 to 10, 20 to 100 in tens, 200 to 1000 in hundreds, and so on, the
        last one, and why it was the last; 2 prints every epoch.
    """

    def __init__(self, verbose: bool | int) -> None:
        self._every_epoch = verbose > 1
        self._last_printed = 0

    def end_epoch(self, training: Training) -> None:
        """Print the epoch, if it is one to print."""
        n = training.history.n_iter
        if self._every_epoch or _is_round(n):
            self._print(training)

    def learning_rate_lowered(self, training: Training, why: str, rate: float) -> None:
        """Print the new rate."""
        print(f"{why} Setting learning rate to {rate:g}")

    def end(self, training: Training) -> None:
        """Print the last epoch, unless it has been printed, and why it was the last."""
        if self._last_printed != training.history.n_iter:
            self._print(training)
        print(training.history.stop.sentence)

    def _print(self, training: Training) -> None:
        history = training.history
        line = f"Iteration {history.n_iter}, loss = {history.loss:.8f}"
        if training.validation is not None and history.validation_scores:
            line += f", validation score = {history.validation_scores[-1]:.6f}"
        print(line)
        self._last_printed = history.n_iter


def _is_round(n: int) -> bool:
    """Whether n has one digit that is not zero: 1 to 10, 20, 30, ..., 100, 200, ..."""
    return len(str(n).rstrip("0")) == 1
