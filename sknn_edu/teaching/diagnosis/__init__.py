"""The health of a network: what is wrong with it, by which evidence, and what helps.

================  ====================================================================
`case`            what is looked at: one pass over the data, the course of training
`check`           what a check is, and what a finding is
`data`            inputs and targets that are not scaled, targets out of reach, one-hot y
`weights`         weights that are zero, units that are copies
`output`          overflow, output and loss that do not match, constant output
`curve`           a learning rate too large or too small, training cut off
`units`           dead and saturated units
`gradients`       gradients that vanish or explode
`generalisation`  overfitting, too much dropout
`stop`            why training stopped
`diagnosis`       all of it, in a report
================  ====================================================================

A new check is one class in one of these files.
"""

# Causes come before what follows from them: this is the order of the report.
# isort: off
from .data import *
from .weights import *
from .output import *
from .curve import *
from .units import *
from .gradients import *
from .generalisation import *
from .stop import *

# isort: on
from .check import Check, Finding
from .diagnosis import Diagnosis, diagnose

__all__ = ["Check", "Diagnosis", "Finding", "diagnose"]
