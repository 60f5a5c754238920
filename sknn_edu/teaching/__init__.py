"""Tools to teach backpropagation with. They read what the engine that trains computes.

===========================  ==========================================================
`trace`                      every number of one forward and one backward pass
`check_gradient`             backpropagation against finite differences
`derive`                     the formulas of this very network, step by step
`check_derivation`           marks a student's formulas, and names the mistake
`diagnose`                   what is wrong with a network, or with its training
`explore`                    a page on which one watches a network learn
`worksheet`                  a page that asks for the numbers of a small network
`nice_numbers`               weights and data for an exercise by hand
===========================  ==========================================================

In the order of the data flow:

====================  ===================================================================
``opened``            an estimator opened: its architecture, its objective, its samples
``tracing``           the pass is run, and every array is copied and named
``network_formulas``  the formulas of the network, as data (see ``sknn_edu.formulas``)
``derivation``        prints them, with a sentence beside each
``marking``           rewrites them wrongly until they give a student's wrong answer
``grading``           marks the answers in files, for a class
``gradient_check``    compares the gradient with finite differences
``diagnosis``         looks for what is wrong with a network, or with its training
``nice_numbers``      draws exercises that can be computed by hand
``pages``             pages of HTML that show what the others compute
====================  ===================================================================
"""

from ..formulas import ExpressionError
from .derivation.derivation import Derivation
from .derivation.derive import derive
from .diagnosis import Diagnosis, diagnose
from .gradient_check.check import check_gradient
from .gradient_check.report import GradientCheck
from .marking.check import check_derivation
from .marking.marked import MarkedAnswer, Marking
from .nice_numbers import nice_numbers
from .pages.explore import explore
from .pages.page import Page
from .pages.worksheet import worksheet
from .tracing.display import Trace
from .tracing.trace import trace

__all__ = [
    "Derivation",
    "Diagnosis",
    "ExpressionError",
    "GradientCheck",
    "MarkedAnswer",
    "Marking",
    "Page",
    "Trace",
    "check_derivation",
    "check_gradient",
    "derive",
    "diagnose",
    "explore",
    "nice_numbers",
    "trace",
    "worksheet",
]
