"""What a fit makes before it trains: the network, its weights, and how targets are coded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..engine.architecture import Architecture
from ..engine.parameters import Parameters
from .target_coding import Targets


@dataclass
class Model:
    """All that is learned, apart from the course of training.

    Attributes
    ----------
    columns : dict
        ``n_features_in_`` and, if X has names, ``feature_names_in_``; empty if these stay.
    targets : Targets
    architecture : Architecture
    theta : Parameters
        The weights, which training moves.
    """

    columns: dict[str, Any]
    targets: Targets
    architecture: Architecture
    theta: Parameters

    def attributes(self) -> dict[str, Any]:
        """All this, under the names of the estimators' fitted attributes."""
        return {
            **self.columns,
            **self.targets.attributes(),
            "_targets": self.targets,
            "architecture_": self.architecture,
            "coefs_": self.theta.W,
            "intercepts_": self.theta.b,
            "n_layers_": len(self.architecture.sizes),
            "n_outputs_": self.architecture.sizes[-1],
            "out_activation_": self.architecture.output.name,
        }
