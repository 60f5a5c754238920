"""Tools to teach backpropagation with. They watch the one engine that trains.

===========================  ==========================================================
`trace`                      every number of one forward and one backward pass
`check_gradient`             backpropagation against finite differences
`derive`                     the formulas of this very network, step by step
`check_derivation`           marks a student's formulas, and names the mistake
`diagnose`                   what is wrong with a network, or with its training
===========================  ==========================================================

An estimator is opened (`_open`), run and recorded (`_trace`). The formulas of its network
are data (`_formulas`, in the language of `expressions`): `derive` prints them, and the marking
(`_marking`, `_search`) rewrites them with the `mistakes` that it knows.
"""

from ..formulas import ExpressionError
from .derivation.derivation import Derivation
from .derivation.derive import derive
from .diagnosis import Diagnosis, diagnose
from .gradient_check.check import check_gradient
from .gradient_check.report import GradientCheck
from .marking.check import check_derivation
from .marking.marked import MarkedAnswer, Marking
from .tracing.trace import Trace, trace

__all__ = [
    "Derivation",
    "Diagnosis",
    "ExpressionError",
    "GradientCheck",
    "MarkedAnswer",
    "Marking",
    "Trace",
    "check_derivation",
    "check_gradient",
    "derive",
    "diagnose",
    "trace",
]
