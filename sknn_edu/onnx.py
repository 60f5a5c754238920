"""Importing this module teaches skl2onnx to convert the estimators to ONNX.

Afterwards ``skl2onnx.to_onnx`` and ``convert_sklearn`` take them alone, in a pipeline, or
anywhere else where skl2onnx takes scikit-learn's. They compute in float64 if the model's
input is declared so, else in float32. The outputs are those that skl2onnx gives to all its
models, and classifiers have these options:

========================  ==============================================================
``zipmap``                True (the default): probabilities as a list of dicts; False: an
                          array; ``"columns"``: an output for each class
``nocl``                  class numbers instead of the labels
``output_class_labels``   the labels as one more output
``logits``                `logits` instead of probabilities
========================  ==============================================================

A classifier without `predict_proba`, such as one with a hinge loss, gives the
`decision_function` in the place of probabilities. For two classes that is
``[-score, score]``, one number for each class, as in skl2onnx's linear models.

There is no option ``raw_scores``: where it exists, skl2onnx calibrates raw scores, whereas
`CalibratedClassifierCV` calibrates the probabilities of these classifiers.

skl2onnx finds a converter by the exact class. Importing this module registers the estimators
and all their subclasses defined by then; after defining another, call `register`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .estimators.classifier import BackpropClassifier
from .estimators.regressor import BackpropRegressor
from .estimators.transformer import HiddenLayerTransformer
from .optional import optional_import
from .tabular import RobustSmoothClip, TabularClassifier, TabularRegressor

optional_import("skl2onnx", needed_by="sknn_edu.onnx", extra="onnx")

from skl2onnx import update_registered_converter  # noqa: E402

from .export import onnx_converters as converters  # noqa: E402
from .export import onnx_tables as tables  # noqa: E402

__all__ = ["register"]

CLASSIFIER_OPTIONS: dict[str, list[Any]] = {
    "zipmap": [True, False, "columns"],
    "nocl": [True, False],
    "output_class_labels": [False, True],
    "logits": [False, True],
}
CONVERTERS: dict[type, tuple[Any, ...]] = {
    BackpropClassifier: (converters.classifier_shapes, converters.convert_classifier),
    BackpropRegressor: (converters.regressor_shapes, converters.convert_regressor),
    HiddenLayerTransformer: (converters.transformer_shapes, converters.convert_transformer),
    RobustSmoothClip: (tables.clip_shapes, tables.convert_clip),
    TabularClassifier: (tables.classifier_shapes, tables.convert_classifier),
    TabularRegressor: (tables.regressor_shapes, tables.convert_regressor),
}
OPTIONS: dict[type, dict[str, list[Any]]] = {
    BackpropClassifier: CLASSIFIER_OPTIONS,
    TabularClassifier: {n: kinds for n, kinds in CLASSIFIER_OPTIONS.items() if n != "logits"},
}
_registered: set[type] = set()


def register() -> None:
    """Teach skl2onnx the estimators and every subclass of them that is defined by now.

    A class is registered once, so that a converter that a user registers later is not replaced.

    Examples
    --------
    >>> import sknn_edu.onnx  # doctest: +SKIP
    >>> class OurClassifier(BackpropClassifier):
    ...     pass
    >>> sknn_edu.onnx.register()  # doctest: +SKIP
    """
    for base, (shapes, convert) in CONVERTERS.items():
        options = OPTIONS.get(base)
        for cls in _with_subclasses(base):
            if cls not in _registered:
                _registered.add(cls)
                alias = f"SknnEdu{base.__name__}"
                update_registered_converter(cls, alias, shapes, convert, options=options)


def _with_subclasses(cls: Any) -> Iterator[type]:
    """The class, its subclasses, and theirs."""
    yield cls
    for subclass in cls.__subclasses__():
        yield from _with_subclasses(subclass)


register()
