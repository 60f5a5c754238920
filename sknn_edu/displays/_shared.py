"""Functions for all displays: style keywords, checks, the network inside other estimators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ..estimators.inspection import OpenNetwork
from ..optional import optional_import

# Colour-blind readers can tell blue from orange, and purple from green.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#1B7837", "#762A83", "#888888"

# Where fitted meta-estimators keep what they have fitted.
_INNER = ("best_estimator_", "regressor_", "estimator_")


def import_pyplot(needed_by: str) -> Any:
    """matplotlib.pyplot, or an ImportError that says what to install."""
    return optional_import("matplotlib.pyplot", needed_by=needed_by, extra="plot")


def style(artist: type, defaults: dict[str, Any], given: dict[str, Any] | None) -> dict[str, Any]:
    """Keywords for an artist: the user's in place of the defaults, aliases (lw) understood."""
    from matplotlib.cbook import normalize_kwargs

    return {**defaults, **normalize_kwargs(given or {}, artist)}


def check_option(name: str, value: Any, options: Sequence[Any]) -> None:
    """Raise ValueError if the value is not one of the options."""
    if not any(value is option or value == option for option in options):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}; got {value!r}.")


def open_up(estimator: Any) -> tuple[Any, list[Pipeline]]:
    """The estimator inside pipelines and fitted searches, and the steps before it."""
    before: list[Pipeline] = []
    while True:
        if isinstance(estimator, Pipeline):
            if len(estimator) > 1:
                before.append(estimator[:-1])
            inner = estimator[-1]
        else:
            found = [name for name in _INNER if name in _attributes(estimator)]
            inner = vars(estimator)[found[0]] if found else None
        if inner is None:
            return estimator, before
        estimator = inner


def network_in(estimator: Any) -> tuple[OpenNetwork, list[Pipeline]]:
    """The fitted network inside pipelines and searches, and the fitted steps before it."""
    network, before = open_up(estimator)
    check_is_fitted(network)
    check_is_network(network)
    return network, before


def check_is_network(network: Any) -> None:
    """Raise TypeError if this is not an estimator of this package."""
    if not isinstance(network, OpenNetwork):
        raise TypeError(
            "estimator must be a BackpropClassifier or a BackpropRegressor, or a Pipeline or a "
            f"search that ends in one; got {type(network).__name__}."
        )


def unique_handles(ax: Any) -> tuple[list[Any], list[str]]:
    """Handles and labels for a legend, each label once."""
    by_label: dict[str, Any] = {}
    for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
        by_label.setdefault(label, handle)
    return list(by_label.values()), list(by_label)


def one_or_all(artists: Iterable[Any]) -> Any:
    """The artist itself if there is one only; None if there is none."""
    artists = list(artists)
    return artists[0] if len(artists) == 1 else artists or None


def _attributes(estimator: Any) -> dict[str, Any]:
    return getattr(estimator, "__dict__", {})
