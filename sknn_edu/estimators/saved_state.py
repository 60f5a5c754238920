"""What a saved estimator is: its attributes, and the version of this package that wrote them.

Versions that differ in the last number alone read each other's estimators without a word.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from ..exceptions import SavedVersionWarning, warn

KEY = "_sknn_edu_version"
FIRST_VERSION = "0.1"  # what was saved before versions were noted


def current_version() -> str:
    """The version of this package."""
    from .. import __version__

    return __version__


def with_version(attributes: dict[str, Any]) -> dict[str, Any]:
    """What is saved."""
    return {**attributes, KEY: current_version()}


def readable(cls: type, state: dict[str, Any], needed: set[str]) -> dict[str, Any]:
    """The attributes to load, from a state that this or another version has saved.

    Parameters that did not exist then get their defaults, which mean what was done before.

    Parameters
    ----------
    cls : type
        Class of the estimator.
    state : dict
        What was saved.
    needed : set of str
        Attributes without which a fitted estimator is of no use.

    Raises
    ------
    ValueError
        If a newer major version has saved it, or something needed is missing.
    """
    attributes = dict(state)
    saved_by = attributes.pop(KEY, FIRST_VERSION)
    if saved_by == current_version():
        return attributes
    what = f"This {cls.__name__} was saved by sknn_edu {saved_by}; this is {current_version()}."
    saved, current = _major_minor(saved_by), _major_minor(current_version())
    if saved is None or saved[0] > current[0]:
        raise ValueError(f"{what} Load it with version {saved_by}, or fit it anew.")
    for name, parameter in inspect.signature(cls).parameters.items():
        if parameter.default is not parameter.empty:
            attributes.setdefault(name, parameter.default)
    missing = needed - attributes.keys() if "coefs_" in attributes else set()
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
