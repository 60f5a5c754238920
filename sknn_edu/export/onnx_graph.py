"""An ONNX graph as one writes formulas: nodes whose inputs and outputs are names of values.

Only operators that ONNX has had since opset 11 are used, in the form that each opset wants.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import TensorProto
from skl2onnx.common.data_types import guess_proto_type

from ..engine.network import Network
from .formula import Operations, evaluated, exported_formula

FIRST_OPSET = 11
NUMPY_DTYPES = {TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64}

# The opset from which on the axes of a reduction are an input; before, they are an attribute.
AXES_ARE_INPUT = {"ReduceSum": 13, "ReduceMean": 18, "ReduceMax": 18}


class Graph:
    """What is added to the graph of a model; values are called by their names.

    Parameters
    ----------
    scope, operator, container : object
        What skl2onnx hands to a converter.

    Attributes
    ----------
    dtype : type
        Of all real numbers: float64 if an input is, else float32.
    operations : mapping of str to callable
        What formulas are made of.
    """

    def __init__(self, scope: Any, operator: Any, container: Any) -> None:
        if container.target_opset < FIRST_OPSET:
            old = f"target_opset={container.target_opset} is too old"
            raise ValueError(f"{old}: networks need {FIRST_OPSET} or newer.")
        self._scope, self._container = scope, container
        self._input = operator.inputs[0]
        given = [guess_proto_type(variable.type) for variable in operator.inputs]
        self._real = TensorProto.DOUBLE if TensorProto.DOUBLE in given else TensorProto.FLOAT
        self._input_is_real = given[0] == self._real
        self.dtype: Any = NUMPY_DTYPES[self._real]
        self.operations = _operations(self)

    def input(self) -> str:
        """X, as real numbers."""
        X = self._input.full_name
        return X if self._input_is_real else self.real(X)

    def node(self, kind: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        """Add a node with one output; returns the output's name."""
        out = out or self._scope.get_unique_variable_name(kind.lower())
        name = self._scope.get_unique_operator_name(kind)
        self._container.add_node(kind, list(inputs), [out], name=name, **attributes)
        return out

    def numbers(self, array: Any) -> str:
        """An array of real numbers, or one number."""
        array = np.asarray(array, self.dtype)
        return self.constant(self._real, array.shape, array.ravel())

    def integers(self, array: Any) -> str:
        """An array of integers."""
        array = np.asarray(array, np.int64)
        return self.constant(TensorProto.INT64, array.shape, array.ravel())

    def strings(self, array: Any) -> str:
        """An array of strings."""
        coded = [str(entry).encode("utf-8") for entry in array]
        return self.constant(TensorProto.STRING, (len(coded),), coded)

    def constant(self, kind: int, shape: tuple[int, ...], content: Any) -> str:
        """An array of some type."""
        name = self._scope.get_unique_variable_name("constant")
        self._container.add_initializer(name, kind, list(shape), content)
        return name

    def real(self, value: str) -> str:
        """The value as real numbers."""
        return self.node("Cast", value, to=self._real)

    def integer(self, value: str, out: str | None = None) -> str:
        """The value as integers; true is 1."""
        return self.node("Cast", value, out=out, to=TensorProto.INT64)

    def reduced(self, kind: str, value: str, axis: int | None, keepdims: bool) -> str:
        """ReduceSum, ReduceMean or ReduceMax."""
        if axis is None:
            return self.node(kind, value, keepdims=int(keepdims))
        if self._container.target_opset < AXES_ARE_INPUT[kind]:
            return self.node(kind, value, axes=[axis], keepdims=int(keepdims))
        return self.node(kind, value, self.integers([axis]), keepdims=int(keepdims))

    def layers(self, network: Network, X: str | None = None) -> tuple[str, str]:
        """All layers, from X (the input) on; returns Z and A of the last one."""
        theta, architecture = network.theta, network.architecture
        Z, A = "", self.input() if X is None else X
        for W, b, f in zip(theta.W, theta.b, architecture.activations, strict=True):
            Z = self.node("MatMul", A, self.numbers(W))
            if architecture.has_biases:
                Z = self.node("Add", Z, self.numbers(b))
            A = evaluated(exported_formula(f), Z, self.operations)
        return Z, A


def _operations(graph: Graph) -> Operations:
    """What formulas are made of, as nodes of the graph."""
    node, numbers, real = graph.node, graph.numbers, graph.real

    def of(kind: str, **attributes: Any) -> Callable[..., str]:
        return lambda *values: node(kind, *values, **attributes)

    def reduction(kind: str) -> Callable[..., str]:
        return lambda value, axis, keepdims: graph.reduced(kind, value, axis, keepdims)

    def logistic(P: str) -> str:
        if graph.dtype is np.float32:
            return node("Sigmoid", P)
        # Older onnxruntimes fuse P * Sigmoid(P) to an operator that they have for float32 only.
        return node("Div", numbers(1), node("Add", numbers(1), node("Exp", node("Neg", P))))

    def softplus(P: str) -> str:  # max(P, 0) + log(1 + exp(-|P|)); Softplus is for float32 only
        tail = node("Exp", node("Neg", node("Abs", P)))
        log = node("Log", node("Add", tail, numbers(1)))
        return node("Add", node("Max", P, numbers(0)), log)

    def normal_distribution(P: str) -> str:  # (1 + erf(P / sqrt 2)) / 2; Erf is for float32 only
        scaled = node("Cast", node("Div", P, numbers(np.sqrt(2))), to=TensorProto.FLOAT)
        erf = real(node("Erf", scaled))
        return node("Mul", node("Add", erf, numbers(1)), numbers(0.5))

    return {
        "number": numbers,
        "negative": of("Neg"),
        "+": of("Add"),
        "-": of("Sub"),
        "*": of("Mul"),
        "/": of("Div"),
        "**": of("Pow"),
        ">": lambda P, Q: real(node("Greater", P, Q)),
        "<": lambda P, Q: real(node("Less", P, Q)),
        "<=": lambda P, Q: real(node("Not", node("Greater", P, Q))),
        "exp": of("Exp"),
        "log": of("Log"),
        "sqrt": of("Sqrt"),
        "abs": of("Abs"),
        "sign": of("Sign"),
        "maximum": of("Max"),
        "minimum": of("Min"),
        "tanh": of("Tanh"),
        "logistic": logistic,
        "softplus": softplus,
        "Phi": normal_distribution,
        "softmax": of("Softmax", axis=1),
        "sum": reduction("ReduceSum"),
        "mean": reduction("ReduceMean"),
    }
