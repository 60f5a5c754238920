"""`TemperatureScaling`: probabilities that are calibrated on the rows that were held out."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize_scalar

from ..activations import Activation
from ..engine.outputs import outputs
from ..losses import LogLoss
from ..training.training import Observer, Training

PRIOR = 10.0  # rows: as surely as so many rows could say it, the temperature is taken to be near 1
BOUND = math.log(100)


class TemperatureScaling(Observer):
    """When training is over, divides Z of the output layer by one number, the temperature T.

    T minimises the log loss on the rows that were held out,

        sum_i w_i loss(f(z_i / T), y_i) + PRIOR (log T)^2 / 2,

    whose second term keeps it near 1 where rows are few. W and b of the output layer are divided
    by T, so what is predicted stays the same, and how surely changes. Without validation data, or
    behind an output that is neither softmax nor logistic, T is 1.

    Attributes
    ----------
    temperature_ : float
        T.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, ICML.
    """

    temperature_: float = 1.0

    def end(self, training: Training) -> None:
        """Find T, and scale the output layer."""
        network, validation = training.objective.network, training.validation
        output = network.architecture.output
        if validation is None or not LogLoss().bind(output, False).is_partner(output):
            return
        samples = validation.samples
        Z = outputs(network, samples.X, "Z").astype(np.float64)
        self.temperature_ = best_temperature(output, Z, samples.Y.astype(np.float64), samples.w)
        network.theta.W[-1][...] /= self.temperature_
        network.theta.b[-1][...] /= self.temperature_


def best_temperature(
    output: Activation, Z: np.ndarray, Y: np.ndarray, w: np.ndarray | None
) -> float:
    """T for logits Z and targets Y, both of shape (n, n_outputs), and weights of shape (n,).

    The log loss is convex in 1 / T: there is one minimum, which a search in one dimension finds.
    """
    loss = LogLoss().bind(output, False)
    # Weights count as so many rows, whatever their unit.
    weights = np.ones(len(Z)) if w is None else w * (np.count_nonzero(w) / w.sum())

    def penalised(log_T: float) -> float:
        scaled = Z * math.exp(-log_T)
        A = output.forward(scaled, out=np.empty_like(scaled))
        return float(weights @ loss.output_value(output, scaled, A, Y)) + PRIOR * log_T**2 / 2

    found = minimize_scalar(penalised, bounds=(-BOUND, BOUND), method="bounded")
    return math.exp(found.x)
