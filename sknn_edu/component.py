"""What a user may pass by name or as an object: one base for all four families."""

from __future__ import annotations

import copy
import inspect
import math
from collections import defaultdict
from numbers import Real
from typing import Any, ClassVar, Self

from .suggestions import closest


class Component:
    """Base of activations, losses, optimizers and initializers.

    A *family* is an abstract class declared with ``family=True``. A concrete class
    that sets ``name`` (and perhaps ``aliases``) can from then on be asked for by that
    name; writing the class is all there is to registering it. ``also_called`` are names that
    it has elsewhere: they do not name it here, but errors know what was meant.

    The settings of a component are the arguments of its constructor, kept in
    attributes of the same names. scikit-learn finds them by `get_params` and
    `set_params`, so that a search may run over ``loss__delta`` or ``solver__beta_2``.
    """

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    also_called: ClassVar[tuple[str, ...]] = ()
    setting_names: ClassVar[tuple[str, ...]] = ()
    _by_name: ClassVar[dict[str, type[Any]]]

    def __init_subclass__(cls, family: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.setting_names = tuple(inspect.signature(cls).parameters)
        if family:
            cls._by_name = {}
        elif "name" not in vars(cls):
            cls.name = cls.__name__
        else:
            cls._register()

    @classmethod
    def _register(cls) -> None:
        """Make the class known under its names, unless one of them is taken."""
        names = (cls.name, *cls.aliases)
        for name in names:
            taken = cls._by_name.get(name)
            if taken is not None and _address(taken) != _address(cls):  # else it is defined anew
                raise ValueError(
                    f"The name {name!r} of {_address(cls)} already belongs to {_address(taken)}; "
                    "choose another."
                )
        cls._by_name.update(dict.fromkeys(names, cls))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """All names in this family, aliases included."""
        return tuple(cls._by_name)

    @classmethod
    def get(cls, spec: Any) -> Self:
        """The component that ``spec`` names, or ``spec`` itself if it is one already."""
        return spec if isinstance(spec, cls) else cls.find(spec)()

    @classmethod
    def find(cls, name: Any) -> type[Self]:
        """The class of this family with that name."""
        try:
            return cls._by_name[name]
        except (KeyError, TypeError):
            raise ValueError(
                f"{name!r} is not the name of {_article(cls.__name__.lower())}."
                f"{cls.what_was_meant(name)} Use one of "
                f"{', '.join(map(repr, cls.names()))}, or an object of class {cls.__name__}."
            ) from None

    @classmethod
    def _other_names(cls) -> tuple[str, ...]:
        """Names that are not registered, but understood in errors."""
        return (cls.__name__, *cls.also_called)

    @classmethod
    def what_was_meant(cls, name: Any) -> str:
        """A sentence for what is no name of this family, if it looks like one; else ""."""
        if isinstance(name, type) and issubclass(name, cls):
            return f" It is a class: write {name.__name__}(), with parentheses."
        if not isinstance(name, str):
            return ""
        known = {
            written: here
            for here, component in cls._by_name.items()
            for written in (here, *(component._other_names() if here == component.name else ()))
        }
        meant = closest(name, known)
        return f" Did you mean {meant!r}?" if meant else ""

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments and their present values."""
        return {name: getattr(self, name) for name in self.setting_names}

    @classmethod
    def of_settings(cls, settings: dict[str, Any]) -> Self:
        """The component that has these settings."""
        return cls(**settings)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings, and with ``deep`` those of components among them, as ``loss__delta``."""
        settings = self.settings()
        inside = settings.items() if deep else ()
        return settings | {
            f"{name}__{inner}": value
            for name, part in inside
            if isinstance(part, Component)
            for inner, value in part.get_params().items()
        }

    def set_params(self, **params: Any) -> Self:
        """Change settings by the names of `get_params`; whatever state there was is gone.

        Raises
        ------
        ValueError
            If a name is unknown, or the constructor refuses a value; nothing has changed then.
        """
        self.__dict__ = vars(self._changed(params))
        return self

    def _changed(self, params: dict[str, Any]) -> Self:
        """A new component with these parameters changed."""
        settings = self.settings()
        inner: dict[str, dict[str, Any]] = defaultdict(dict)
        settings.update((name, params[name]) for name in params if name in settings)
        for name in params.keys() - settings.keys():
            own, _, rest = name.partition("__")
            if not (rest and isinstance(settings.get(own), Component)):
                valid = ", ".join(map(repr, self.get_params())) or "none, for it has none"
                raise ValueError(f"{self!r} has no parameter {name!r}. Valid are {valid}.")
            inner[own][rest] = params[name]
        for own, changes in inner.items():
            settings[own] = settings[own]._changed(changes)
        return self.of_settings(settings)

    def __sklearn_clone__(self) -> Self:
        """A copy; `sklearn.base.clone` would insist on a constructor that converts nothing."""
        return copy.deepcopy(self)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings().items())
        return f"{type(self).__name__}({settings})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.settings() == other.settings()

    def __hash__(self) -> int:
        return hash(type(self))


def as_float(name: str, value: Any) -> float:
    """A real number as a float; an int has no upper bound, and a float has.

    Raises
    ------
    ValueError
        If the number is too large for a float.
    """
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{name} must be less than 1.8e308, got {value!r:.20}...") from None


def check_not_negative(name: str, value: Any, *, below: float = math.inf) -> None:
    """Raise ValueError unless a setting is a finite number, at least 0 and below the bound."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not (is_number and 0 <= value < below):
        bound = "" if math.isinf(below) else f" and < {below:g}"
        raise ValueError(f"{name} must be a finite number >= 0{bound}, got {value!r}.")


def _address(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
