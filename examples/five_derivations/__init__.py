"""Five derivations of backpropagation by hand, formula by formula, with the networks they are for.

Each was written on paper for a network of its own, with samples in columns. `DERIVATIONS` has their
formulas as data: how they stand on paper, and what they say in the language that
`sknn_edu.teaching.check_derivation` marks. The numbers are those of the scripts
`derivation_1_tanh_softmax.py` to `derivation_5_relu_layers.py`.

What a symbol means is the author's business, so each formula comes with one or several readings.
A formula for a single sample is marked on a single sample; where it is used for many, on many as
well. A local derivative, such as da/dz, is marked in the step of the chain rule it is a factor of.
"""

from .linear_and_its_twin import DERIVATION_3
from .readings import Compared, Derivation, Formula, Network, Reading
from .relu_everywhere import DERIVATION_5
from .sigmoid_linear import DERIVATION_2
from .softmax_jacobian import DERIVATION_4
from .tanh_softmax import DERIVATION_1

DERIVATIONS = (DERIVATION_1, DERIVATION_2, DERIVATION_3, DERIVATION_4, DERIVATION_5)

__all__ = ["DERIVATIONS", "Compared", "Derivation", "Formula", "Network", "Reading"]
