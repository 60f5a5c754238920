"""The compiled core: the arithmetic of `sknn_edu.engine`, faster.

The NumPy engine is the reference, and whatever the core does not have runs there. The core takes
over whole epochs, gradients and predictions; state stays where it is, in the network's flat vectors
and in the attributes of the optimizers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..engine.batches import Batches
    from ..engine.network import Network
    from ..optimizers import FirstOrder, Optimizer
    from ..training.loop import Checkpoint, Training
    from .core import Core


def is_available() -> bool:
    """Whether the core was compiled when the package was installed."""
    from . import library

    return library.load() is not None


def core_for(training: Training, optimizer: Optimizer) -> Core | None:
    """The core for a training, or None where the NumPy engine has to do it.

    Raises
    ------
    ValueError
        If ``training.engine`` is "native" and the core does not have something.
    """
    if training.engine == "numpy":
        return None
    from .core import Core
    from .support import reason_against_training

    reason = reason_against_training(training, optimizer)
    if reason is None:
        return Core(training.objective.network, training.objective)
    if training.engine == "native":
        raise ValueError(
            f"engine='native' does not have {reason}. Use engine='auto', which runs it on NumPy."
        )
    return None


def compiled_epochs(
    training: Training, optimizer: FirstOrder, batches: Batches, checkpoint: Checkpoint
) -> Callable[[], float] | None:
    """A function that runs epochs in the core, or None where the NumPy engine has to do it.

    It runs as many as nobody has to look at, and notes them in the history, and then one more,
    whose mean J over the batches it returns.
    """
    core = core_for(training, optimizer)
    if core is None:
        return None
    from ..training.loop import run_epoch
    from .epochs import CompiledEpochs

    if not core.does_in_one_call(batches.batch_size):
        core.get_threads(batches.batch_size)
        return partial(run_epoch, training, optimizer, batches, core)
    return CompiledEpochs(core, training, optimizer, batches, checkpoint).run


def can_run(network: Network, X: Any) -> bool:
    """Whether the core can run X through the network."""
    from .support import reason_against_network

    return isinstance(X, np.ndarray) and reason_against_network(network) is None


def outputs(network: Network, X: np.ndarray) -> np.ndarray:
    """A of the output layer for all rows of X, which has the network's dtype."""
    from .core import Core

    return Core(network).outputs(X)
