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

from ._derivation import Derivation
from ._derive import derive
from ._gradient_check import check_gradient
from ._gradient_check_report import GradientCheck
from ._marked import MarkedAnswer, Marking
from ._marking import check_derivation
from ._trace import Trace, trace
from .diagnosis import Diagnosis, diagnose
from .expressions import ExpressionError

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
