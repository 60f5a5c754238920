"""skorch: PyTorch with scikit-learn's interface, by its DataLoader, without its callbacks."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import numpy as np
import skorch
import torch
from torch import nn

from .torch_eager import LOSSES, TorchEager, epsilon_of_update

LAYERS = {"relu": nn.ReLU, "tanh": nn.Tanh}


class Perceptron(nn.Sequential):
    """Linear layers with an activation between them; ``parameters_0`` is (W, b) to start from."""

    def __init__(self, n_in, hidden, n_out, activation, dtype, parameters_0=None):
        sizes = [n_in, *hidden, n_out]
        linear = [nn.Linear(*pair, dtype=getattr(torch, dtype)) for pair in pairwise(sizes)]
        super().__init__(linear[0])
        for layer in linear[1:]:
            self.append(LAYERS[activation]())
            self.append(layer)
        if parameters_0 is not None:
            for layer, W, b in zip(linear, *parameters_0):
                layer.weight = nn.Parameter(torch.tensor(W.T))
                layer.bias = nn.Parameter(torch.tensor(b))


class Loss(nn.Module):
    """The loss of an output activation."""

    def __init__(self, output):
        super().__init__()
        self.output = output

    def forward(self, Z, Y):
        return LOSSES[self.output](Z, Y)


class Adam(torch.optim.Adam):
    """Adam with epsilon where scikit-learn and we have it; its other settings are our defaults."""

    def __init__(self, params, **settings):
        super().__init__(params, **settings)
        self.t, self.epsilon = 0, self.defaults["eps"]

    def step(self, closure=None):
        self.t += 1
        for group in self.param_groups:
            group["eps"] = epsilon_of_update(self.t, self.epsilon, group["betas"][1])
        return super().step(closure)


class GivenOrder:
    """A sampler: the epochs' orders of a problem, one after the other."""

    def __init__(self, problem):
        self.problem = problem
        self.orders = iter(())

    def restart(self):
        self.orders = self.problem.epoch_orders()
        return self

    def __iter__(self):
        return iter(next(self.orders).tolist())

    def __len__(self):
        return self.problem.n


class Skorch(TorchEager):
    """A NeuralNet.

    The penalty of an epoch's last, smaller batch is that of the others: the loss is not ours to
    the last digit.
    """

    name = "skorch"
    version = f"skorch {skorch.__version__}"
    tolerance: ClassVar = {"float64": 1e-4, "float32": 1e-2}
    rounds = 1
    hidden_sizes_parameter = "module__hidden"

    def net(self, problem, kind, **params):
        """The net of a problem, with weights of its own unless they are given."""
        sizes = problem.sizes
        defaults = {
            "module__n_in": sizes[0],
            "module__hidden": tuple(sizes[1:-1]),
            "module__n_out": sizes[-1],
            "module__activation": problem.setting("activation"),
            "module__dtype": str(problem.dtype),
            "optimizer__fused": True,
            "optimizer__param_groups": [
                ("*weight", {"weight_decay": problem.setting("alpha") / problem.batch_size})
            ],
            "lr": problem.setting("learning_rate_init"),
            "max_epochs": problem.epochs,
            "batch_size": problem.batch_size,
            "train_split": None,
            "callbacks": "disable",
            "verbose": 0,
        }
        if problem.setting("solver") == "sgd":
            momentum = problem.setting("momentum")
            defaults |= {"optimizer": torch.optim.SGD, "optimizer__momentum": momentum}
            defaults |= {
                "optimizer__nesterov": momentum > 0 and problem.setting("nesterovs_momentum")
            }
        else:
            defaults |= {"optimizer": Adam}
        return kind(Perceptron, **defaults | params)

    def estimator(self, problem):
        """A classifier for a grid: it draws its weights, and shuffles by itself."""
        return self.net(
            problem,
            skorch.NeuralNetClassifier,
            criterion=nn.CrossEntropyLoss,
            module__n_out=len(np.unique(problem.y)),
            iterator_train__shuffle=True,
        )

    def prepare(self, problem):
        order = GivenOrder(problem)
        net = self.net(
            problem,
            skorch.NeuralNet,
            criterion=Loss,
            criterion__output=problem.output,
            module__parameters_0=problem.parameters,
            iterator_train__sampler=order,
        )
        y = problem.y.astype(np.int64) if problem.output == "softmax" else column(problem)

        def fit():
            order.restart()
            net.fit(problem.X, y)
            linear = [layer for layer in net.module_ if isinstance(layer, nn.Linear)]
            W = [layer.weight.detach().numpy().T for layer in linear]
            return W, [layer.bias.detach().numpy() for layer in linear]

        return fit


def column(problem):
    """y as a column of numbers."""
    return problem.y.astype(problem.dtype)[:, np.newaxis]


def peers(max_threads):
    return [Skorch()]
