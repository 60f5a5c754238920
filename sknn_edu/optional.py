"""Libraries that are not required: imported where they are used, missed in one line."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def optional_import(module: str, *, needed_by: str, extra: str) -> Any:
    """Import a library that only one feature needs.

    Parameters
    ----------
    module : str
        Dotted name of the module.
    needed_by : str
        The feature that asks, as the user calls it.
    extra : str
        The extra of this package that installs the library.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If it, or something that it imports, is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f'{needed_by} needs {module.partition(".")[0]}: pip install "sknn-edu[{extra}]"'
        ) from error
