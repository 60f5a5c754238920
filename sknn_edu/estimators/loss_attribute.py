"""``est.loss`` is both: the parameter of that name, and the method that returns J.

The parameter is what ``get_params`` gives and ``set_params`` takes. Read as an
attribute it still looks like itself, and can be called as well:
``est.loss == "log_loss"`` and ``est.loss(X, y)``.
"""

from __future__ import annotations

from typing import Any


class LossAttribute:
    """Descriptor that stores the parameter and hands it out callable."""

    def __get__(self, estimator: Any, owner: type | None = None) -> Any:
        if estimator is None:
            return self
        try:
            parameter = vars(estimator)["loss"]
        except KeyError:
            raise AttributeError("loss") from None
        wrapper = _CallableName if isinstance(parameter, str) else _CallableObject
        return wrapper(parameter)._of(estimator)

    def __set__(self, estimator: Any, parameter: Any) -> None:
        vars(estimator)["loss"] = parameter

    def __call__(self, estimator: Any, X: Any, y: Any, sample_weight: Any = None) -> float:
        """``BackpropClassifier.loss(est, X, y)``."""
        return estimator._objective_value(X, y, sample_weight)


class _CallableName(str):
    """The name of a loss."""

    def _of(self, estimator: Any) -> _CallableName:
        self._estimator = estimator
        return self

    def __call__(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        return self._estimator._objective_value(X, y, sample_weight)

    def __reduce__(self) -> Any:
        return str, (str(self),)


class _CallableObject:
    """A loss object (or whatever else was passed), seen through a glass."""

    def __init__(self, parameter: Any) -> None:
        self._parameter = parameter

    def _of(self, estimator: Any) -> _CallableObject:
        self._estimator = estimator
        return self

    def __call__(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        return self._estimator._objective_value(X, y, sample_weight)

    def __getattr__(self, name: str) -> Any:
        if name in ("_parameter", "_estimator"):
            raise AttributeError(name)
        return getattr(self._parameter, name)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self._parameter)

    def __repr__(self) -> str:
        return repr(self._parameter)

    def __eq__(self, other: object) -> bool:
        return self._parameter == getattr(other, "_parameter", other)

    def __hash__(self) -> int:
        return hash(self._parameter)

    def __add__(self, other: Any) -> Any:
        return self._parameter + other

    def __mul__(self, factor: Any) -> Any:
        return self._parameter * factor

    __rmul__ = __mul__

    def __reduce__(self) -> Any:
        return _same, (self._parameter,)


def _same(parameter: Any) -> Any:
    return parameter
