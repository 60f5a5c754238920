"""Methods that an object has under a condition, and that say why when it does not hold.

Like scikit-learn's `available_if`, except that the reason is part of the error itself.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any


class _ConditionalMethod:
    """Descriptor of a method for which ``objection(obj)`` must be None."""

    def __init__(self, function: Callable, objection: Callable[[Any], str | None]) -> None:
        self.function = function
        self.objection = objection
        self.__doc__ = function.__doc__

    def __get__(self, obj: Any, owner: type) -> Any:
        if obj is None:
            return self.function
        try:
            reason = self.objection(obj)
        except ValueError as error:  # parameters that do not make sense: hasattr() says False
            reason = str(error)
        if reason is not None:
            raise AttributeError(
                f"This {owner.__name__!r} has no attribute {self.function.__name__!r}: {reason}"
            )
        return MethodType(self.function, obj)


def unless(objection: Callable[[Any], str | None]) -> Callable[[Callable], Any]:
    """Decorate a method that is there unless ``objection(obj)`` gives a reason against it."""
    return lambda function: _ConditionalMethod(function, objection)
