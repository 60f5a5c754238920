"""Pictures of networks and of their training, with the interface of scikit-learn's displays.

================  ==========================================================================
`_loss_curve`     loss by epoch, of one network or of several: `_loss_records` are the numbers,
                  `_loss_lines` draws them
`_network`        the network with its weights: `_network_contents` are arrays and names,
                  `_network_layout` positions, `_network_drawing` draws them
`_gradient_flow`  the norm of each layer's gradient by epoch: `_layer_norms` records it
`_shared`         functions for all of them
================  ==========================================================================

matplotlib is imported when something is drawn, not before.
"""

from ._gradient_flow import GradientFlowDisplay
from ._loss_curve import LossCurveDisplay
from ._network import NetworkDisplay

__all__ = ["GradientFlowDisplay", "LossCurveDisplay", "NetworkDisplay"]
