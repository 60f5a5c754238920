"""Who looks on while a network is trained: callbacks, and displays that record the course."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .loop import Training


class Watcher:
    """Sees each epoch (iteration, for the full-batch solvers) begin and end.

    A subclass overrides what it wants to see. It may read everything, ``training.theta``
    and ``training.history`` above all, and run ``training.objective`` on samples of its own
    choice between the epochs; it changes nothing but by asking to stop.
    """

    def begin_epoch(self, training: Training) -> None:
        """Look at the network before an epoch."""

    def end_epoch(self, training: Training) -> bool | None:
        """Look at the network after an epoch; True asks to stop here."""
        return None

    def end_fit(self, training: Training) -> None:
        """Look at the network at the end, unless training failed."""
