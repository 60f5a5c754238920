"""scikit-learn's callbacks for what is made of parts: a task for each part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Tasks:
    """The task of a fit, and below it one for each of its parts.

    Without callbacks nothing happens. To be used in methods that scikit-learn's `_fit_context`
    decorates: it tears the callbacks down.

    Parameters
    ----------
    estimator : object
        The estimator that is fitted.
    name : str
        What a part is called.
    n : int
        How many parts there are.
    """

    def __init__(self, estimator: Any, name: str, n: int) -> None:
        self._estimator, self._name = estimator, name
        self._context: Any = None
        if hasattr(estimator, "_skl_callbacks") or hasattr(estimator, "_parent_callback_ctx"):
            self._context = estimator._init_callback_context(
                max_subtasks=n, sequential_subtasks=False
            )

    def begin(self, X: Any, y: Any, sample_weight: Any) -> None:
        """Hook ``on_fit_task_begin`` of the fit."""
        self._data = _task_data(X, y, sample_weight)
        if self._context is not None:
            self._context.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def end(self, attributes: dict[str, Any] | None = None) -> None:
        """Hook ``on_fit_task_end`` of the fit, with the attributes of the fitted estimator."""
        if self._context is not None:
            self._context.call_on_fit_task_end(
                estimator=self._estimator, reconstruction_attributes=attributes, **self._data
            )

    @contextmanager
    def part(self, i: int, fitted: Any, X: Any, y: Any, sample_weight: Any) -> Iterator[None]:
        """While a part is fitted: its task, to which that of the part itself is joined."""
        if self._context is None:
            yield
            return
        context = self._context.subcontext(task_name=self._name, task_id=i)
        data = _task_data(X, y, sample_weight)
        with context.propagate_callback_context(fitted):
            context.call_on_fit_task_begin(estimator=self._estimator, **data)
            yield
            context.call_on_fit_task_end(estimator=self._estimator, **data)


def _task_data(X: Any, y: Any, sample_weight: Any) -> dict[str, Any]:
    metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
    return {"X": X, "y": y, "metadata": metadata}
