"""Saving with skops: the types that a saved estimator may contain and that skops does not know.

`skops.io.load` makes objects of no type that it is not told to trust:

    from skops.io import load
    from sknn_edu.persistence import TRUSTED_TYPES

    clf = load("clf.skops", trusted=TRUSTED_TYPES)

The list names classes of this package, the one function that an encoder of tables applies, and
`numpy.dtype`, which scikit-learn's imputer keeps. What else scikit-learn, numpy and scipy put into
a file, skops knows. Check classes of your own (a loss, an activation) and add them to the list
yourself.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from .component import Component
from .engine.architecture import Architecture
from .engine.penalty import ElasticNet
from .estimators.classifier import BackpropClassifier
from .estimators.regressor import BackpropRegressor
from .estimators.targets import ClassTargets, NumberTargets
from .estimators.transformer import HiddenLayerTransformer
from .tabular import TabularClassifier, TabularRegressor
from .tabular.averaged_classifier import AveragedClassifier
from .tabular.averaged_regressor import AveragedRegressor
from .tabular.encoder import WeightedRobustSmoothClip, plus_minus_one
from .tabular.readers import CategoryReader, DateReader, NumberReader
from .tabular.robust_smooth_clip import RobustSmoothClip
from .tabular.target_scaler import TargetScaler

__all__ = ["TRUSTED_TYPES"]

PACKAGE = __name__.partition(".")[0]


def own_classes() -> set[type[Any]]:
    """The classes of this package whose objects a saved estimator may contain."""
    estimators = {BackpropClassifier, BackpropRegressor, HiddenLayerTransformer}
    made_by_fit = {Architecture, ElasticNet, ClassTargets, NumberTargets}
    for_tables = {TabularClassifier, TabularRegressor, AveragedClassifier, AveragedRegressor}
    of_columns = {NumberReader, DateReader, CategoryReader, RobustSmoothClip, TargetScaler}
    of_columns.add(WeightedRobustSmoothClip)
    return {*estimators, *made_by_fit, *for_tables, *of_columns, *_own_components(Component)}


def _own_components(base: type[Any]) -> Iterator[type[Any]]:
    """Every activation, loss, optimizer and initializer of this package."""
    for cls in base.__subclasses__():
        if cls.__module__.startswith(f"{PACKAGE}.") and not inspect.isabstract(cls):
            yield cls
        yield from _own_components(cls)


def _path(of: Any) -> str:
    """Where it is imported from, as skops writes it."""
    return f"{of.__module__}.{of.__qualname__}"


TRUSTED_TYPES: list[str] = sorted(map(_path, {*own_classes(), plus_minus_one, np.dtype}))
"""Names of the types that a saved estimator may contain and that skops does not know.

They hold numbers, arrays, texts and each other; the only code of theirs that loading runs
checks the version.
"""
