"""Pictures of networks and of their training, made as scikit-learn's displays are.

================  =========================================================
`_loss_curve`     loss by epoch, of one network or of several
`_network`        the network with its weights (`_network_layout`: what goes where)
`_gradient_flow`  the norm of each layer's gradient by epoch (`_watched_fit` records it)
`_shared`         what they have in common
================  =========================================================

matplotlib is imported when something is drawn, not before.
"""

from ._gradient_flow import GradientFlowDisplay
from ._loss_curve import LossCurveDisplay
from ._network import NetworkDisplay

__all__ = ["GradientFlowDisplay", "LossCurveDisplay", "NetworkDisplay"]
