"""How skl2onnx is to convert what is for tables: `RobustSmoothClip` and the two estimators.

An estimator for tables is one operator with an input for each column, or one for all of them:
numbers as floats or integers, categories as text, integers or booleans. `sknn_edu.onnx`
registers these functions.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from skl2onnx.common import data_types as types
from skl2onnx.common.utils_classifier import get_label_classes
from sklearn.utils.validation import check_is_fitted

from ..estimators.inspection import network_of, targets_of
from ..tabular.robust_smooth_clip import RobustSmoothClip
from . import onnx_converters as of_networks
from .onnx_encoder import encoded, smooth_clip
from .onnx_graph import Graph


def clip_shapes(operator: Any) -> None:
    """Numbers, of the shape of the input."""
    n = of_networks.check_ends(operator, 1)
    of_networks.set_real_output(operator, [n, operator.raw_operator.n_features_in_])


def convert_clip(scope: Any, operator: Any, container: Any) -> None:
    """What `RobustSmoothClip.transform` gives."""
    graph = Graph(scope, operator, container)
    transformer: RobustSmoothClip = operator.raw_operator
    Z = smooth_clip(graph, transformer, graph.input())
    graph.node("Identity", Z, out=operator.outputs[0].full_name)


def regressor_shapes(operator: Any) -> None:
    """Predictions, shape (n, n_outputs), also for a single output."""
    check_is_fitted(operator.raw_operator)
    n_outputs = operator.raw_operator.members_[0].n_outputs_
    shape = [operator.inputs[0].get_first_dimension(), n_outputs]
    operator.outputs[0].set_type(_real_type(operator)(shape))


def classifier_shapes(operator: Any) -> None:
    """Labels, shape (n,) or (n, n_labels), and probabilities, shape (n, n_classes)."""
    check_is_fitted(operator.raw_operator)
    n, classifier = operator.inputs[0].get_first_dimension(), operator.raw_operator
    labels = get_label_classes(operator.scope_inst, classifier)
    shape = [n, len(labels)] if _targets(classifier).is_multilabel else [n]
    numbers = of_networks.are_numbers(labels)
    kind = types.Int64TensorType if numbers else types.StringTensorType
    operator.outputs[0].set_type(kind(shape))
    operator.outputs[1].set_type(_real_type(operator)([n, len(labels)]))


def _real_type(operator: Any) -> Any:
    """Real numbers are double where an input is, else float."""
    double = any(isinstance(given.type, types.DoubleTensorType) for given in operator.inputs)
    return types.DoubleTensorType if double else types.FloatTensorType


def _targets(classifier: Any) -> Any:
    return targets_of(classifier.members_[0])


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """What `predict` gives."""
    graph, regressor = Graph(scope, operator, container), operator.raw_operator
    X = encoded(graph, operator)
    scaler = regressor.pipeline_["networks"].target_scaler_
    y = _mean(graph, [graph.layers(network_of(est), X)[1] for est in regressor.members_])
    y = graph.node("Mul", y, _row(graph, scaler.scale_))
    y = graph.node("Add", y, _row(graph, scaler.mean_))
    if scaler.clip:
        y = graph.node("Min", y, _row(graph, scaler.high_))
        y = graph.node("Max", y, _row(graph, scaler.low_))
    graph.node("Identity", y, out=operator.outputs[0].full_name)


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """What `predict` gives, and `predict_proba`, or scores in its place."""
    graph, classifier = Graph(scope, operator, container), operator.raw_operator
    X, targets = encoded(graph, operator), _targets(classifier)
    probable = hasattr(classifier, "predict_proba")
    scores = []
    for est in classifier.members_:
        network = network_of(est)
        _, A = graph.layers(network, X)
        scores.append(
            of_networks.probabilities(graph, targets, network, A)
            if probable
            else of_networks.decision(graph, targets, A)
        )
    mean, label = _mean(graph, scores), operator.outputs[0].full_name
    if targets.is_multilabel:
        threshold = graph.numbers(0.5 if probable else 0.0)
        graph.integer(graph.node("Greater", mean, threshold), out=label)
    else:
        labels = get_label_classes(scope, classifier)
        known = graph.integers(labels) if of_networks.are_numbers(labels) else graph.strings(labels)
        by_class = mean if probable else of_networks.by_class(graph, targets, mean)
        graph.node("Gather", known, graph.node("ArgMax", by_class, axis=1, keepdims=0), out=label)
        mean = by_class
    graph.node("Identity", mean, out=operator.outputs[1].full_name)


def _row(graph: Graph, numbers: Any) -> str:
    return graph.numbers(numbers.reshape(1, -1))


def _mean(graph: Graph, values: list[str]) -> str:
    """The mean of arrays."""
    total = reduce(lambda a, b: graph.node("Add", a, b), values)
    return graph.node("Div", total, graph.numbers(len(values)))
