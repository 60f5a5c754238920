"""What a saved estimator is: its attributes, and the version of this package that wrote them.

Versions that differ only in the last number read each other's estimators without a warning.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from ..exceptions import SavedVersionWarning, warn
from ..training.history import CURVES
from ..version import __version__

KEY = "_sknn_edu_version"
NEEDED = {"coefs_", "intercepts_", "architecture_", "_targets"}  # of a fitted estimator
FIRST_VERSION = "0.1"  # what was saved before versions were noted


def with_version(attributes: dict[str, Any]) -> dict[str, Any]:
    """What is saved, and what a shallow copy gets: curves of its own, which partial_fit extends."""
    names = [f"{curve}_" for curve in CURVES if attributes.get(f"{curve}_") is not None]
    curves = {name: list(attributes[name]) for name in names}
    return {**attributes, **curves, KEY: __version__}


def readable(cls: type, state: dict[str, Any]) -> dict[str, Any]:
    """The attributes to load, from a state that this or another version has saved.

    Parameters that did not exist then get their defaults, which mean what was done before.

    Parameters
    ----------
    cls : type
        Class of the estimator.
    state : dict
        What was saved.

    Raises
    ------
    ValueError
        If a newer major version has saved it, or something needed is missing.
    """
    attributes = dict(state)
    saved_by = attributes.pop(KEY, FIRST_VERSION)
    if saved_by == __version__:
        return attributes
    what = f"This {cls.__name__} was saved by sknn_edu {saved_by}; this is {__version__}."
    saved, current = _major_minor(saved_by), _major_minor(__version__)
    if saved is None or saved[0] > current[0]:
        raise ValueError(f"{what} Load it with version {saved_by}, or fit it anew.")
    for name, parameter in inspect.signature(cls).parameters.items():
        if parameter.default is not parameter.empty:
            attributes.setdefault(name, parameter.default)
    missing = NEEDED - attributes.keys() if "coefs_" in attributes else set()
    if missing:
        raise ValueError(
            f"{what} It lacks {', '.join(sorted(missing))}, which this version needs. Load it "
            f"with version {saved_by}, or fit it anew."
        )
    if saved != current:
        warn(
            f"{what} Its predictions and further training may differ from what they were. "
            "Compare a few, or fit it anew.",
            SavedVersionWarning,
        )
    return attributes


def _major_minor(version: Any) -> Any:
    """The first two numbers of a version, None if it is none."""
    match = re.match(r"(\d+)\.(\d+)", str(version))
    return match and (int(match[1]), int(match[2]))
