"""PyTorch in eager mode, a training loop written for speed.

No modules, no DataLoader: ``addmm`` on tensors, batches by index, the optimizer's fused
kernel, and the penalty as its weight decay. No loss is read from a tensor, no curve is kept.
"""

from __future__ import annotations

import math
from contextlib import contextmanager

import numpy as np
import torch
from torch.nn import functional

from . import FirstOrderPeer

HIDDEN = {"relu": torch.relu, "tanh": torch.tanh}


def half_squared_error(Z, Y):
    """Mean of half the squared error, as in scikit-learn."""
    return 0.5 * functional.mse_loss(Z, Y)


LOSSES = {
    "softmax": functional.cross_entropy,
    "logistic": functional.binary_cross_entropy_with_logits,
    "identity": half_squared_error,
}


def targets(problem):
    """Class codes for softmax, else a column of numbers."""
    if problem.output == "softmax":
        return torch.from_numpy(problem.y.astype(np.int64))
    return torch.from_numpy(problem.y.astype(problem.dtype)[:, np.newaxis])


def epsilon_of_update(t, epsilon, beta_2):
    """The epsilon to give to torch's Adam in update t (from 1), so that it does as ours does.

    The paper's efficient form adds epsilon to sqrt(v), torch adds it to
    sqrt(v / (1 - beta_2^t)). This matters where gradients vanish.
    """
    return epsilon / math.sqrt(1 - beta_2**t)


def optimizer(problem, W, b):
    """Its two groups are the weights, which decay, and the biases."""
    groups = [{"params": W, "weight_decay": 0.0}, {"params": b, "weight_decay": 0.0}]
    rate = problem.setting("learning_rate_init")
    if problem.setting("solver") == "adam":
        betas = (problem.setting("beta_1"), problem.setting("beta_2"))
        return torch.optim.Adam(groups, lr=rate, betas=betas, fused=True)
    momentum = problem.setting("momentum")
    nesterov = momentum > 0 and problem.setting("nesterovs_momentum")
    return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=nesterov, fused=True)


class TorchEager(FirstOrderPeer):
    """A training loop on tensors."""

    name = "torch"
    version = f"torch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()})"

    @contextmanager
    def threads(self, n):
        before = torch.get_num_threads()
        torch.set_num_threads(n)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    def prepare(self, problem):
        X, Y = torch.from_numpy(problem.X), targets(problem)
        W_0, b_0 = ([torch.tensor(p) for p in group] for group in problem.parameters)
        hidden, loss = HIDDEN[problem.setting("activation")], LOSSES[problem.output]
        alpha, epsilon, beta_2 = map(problem.setting, ("alpha", "epsilon", "beta_2"))
        epsilons = [epsilon_of_update(t + 1, epsilon, beta_2) for t in range(problem.updates)]

        def batches():
            for order in problem.epoch_orders():
                if problem.one_batch:
                    yield X, Y
                    continue
                for rows in torch.from_numpy(order).split(problem.batch_size):
                    yield X[rows], Y[rows]

        def fit():
            W = [p.clone().requires_grad_() for p in W_0]
            b = [p.clone().requires_grad_() for p in b_0]
            opt = optimizer(problem, W, b)
            weights, biases = opt.param_groups
            for (A, Y_batch), eps in zip(batches(), epsilons, strict=True):
                weights["weight_decay"] = alpha / len(A)
                weights["eps"] = biases["eps"] = eps  # SGD ignores it
                for W_l, b_l in zip(W[:-1], b[:-1]):
                    A = hidden(torch.addmm(b_l, A, W_l))
                J = loss(torch.addmm(b[-1], A, W[-1]), Y_batch)
                opt.zero_grad()
                J.backward()
                opt.step()
            return [p.detach().numpy() for p in W], [p.detach().numpy() for p in b]

        return fit


def peers(max_threads):
    return [TorchEager()]
