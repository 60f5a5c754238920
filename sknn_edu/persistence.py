"""Saving with skops: the classes of this package that a saved estimator may contain.

`skops.io.load` makes objects of no class that it is not told to trust:

    from skops.io import load
    from sknn_edu.persistence import TRUSTED_TYPES

    clf = load("clf.skops", trusted=TRUSTED_TYPES)

The list names classes of this package, nothing else. What scikit-learn, numpy and scipy put
into a file, skops knows. Check classes of your own (a loss, an activation) and add them to the
list yourself.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from .component import Component
from .engine.architecture import Architecture
from .engine.penalty import ElasticNet
from .estimators.classifier import BackpropClassifier
from .estimators.regressor import BackpropRegressor
from .estimators.targets import ClassTargets, NumberTargets
from .estimators.transformer import HiddenLayerTransformer

__all__ = ["TRUSTED_TYPES"]

PACKAGE = __name__.partition(".")[0]


def own_classes() -> set[type[Any]]:
    """The classes of this package whose objects a saved estimator may contain."""
    estimators = {BackpropClassifier, BackpropRegressor, HiddenLayerTransformer}
    made_by_fit = {Architecture, ElasticNet, ClassTargets, NumberTargets}
    return {*estimators, *made_by_fit, *_own_components(Component)}


def _own_components(base: type[Any]) -> Iterator[type[Any]]:
    """Every activation, loss, optimizer and initializer of this package."""
    for cls in base.__subclasses__():
        if cls.__module__.startswith(f"{PACKAGE}.") and not inspect.isabstract(cls):
            yield cls
        yield from _own_components(cls)


TRUSTED_TYPES: list[str] = sorted(f"{cls.__module__}.{cls.__qualname__}" for cls in own_classes())
"""Names of the classes of this package whose objects a saved estimator may contain.

They hold numbers, arrays, texts and each other; the only code of theirs that loading runs
checks the version.
"""
