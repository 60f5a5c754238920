"""The peers of the benchmarks train our network: from the same weights to the same loss."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from peers import load
from workloads import WORKLOADS


@pytest.fixture(scope="module")
def ours_and_torch():
    peers, left_out = load(["sknn_edu", "torch"], 1)
    assert left_out == []
    return peers[0], peers[-1]


@pytest.mark.parametrize("name", [name for name in WORKLOADS if name != "B"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_torch_reaches_our_weights(name, dtype, ours_and_torch):
    """Rounding is all that may differ: the sums of a batch run in another order."""
    problem = WORKLOADS[name].toy().problem(dtype)
    fitted = []
    for peer in ours_and_torch:
        assert peer.refusal(problem) is None
        with peer.threads(1):
            fitted.append(peer.prepare(problem)())
    ours, theirs = fitted
    exact = dtype == "float64"
    assert problem.loss(*theirs) == pytest.approx(problem.loss(*ours), rel=1e-12 if exact else 1e-6)
    for expected, W in zip(ours[0] + ours[1], theirs[0] + theirs[1], strict=True):
        assert W.dtype == dtype
        np.testing.assert_allclose(W, expected, rtol=0, atol=1e-9 if exact else 1e-4)
    assert problem.loss(*ours) != problem.loss(*problem.parameters)


def test_momentum_is_the_same(ours_and_torch):
    toy = WORKLOADS["S"].toy()
    momentum = {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": True, "alpha": 0.1}
    problem = replace(toy, params=toy.params | momentum).problem("float64")
    losses = [problem.loss(*peer.prepare(problem)()) for peer in ours_and_torch]
    assert losses[1] == pytest.approx(losses[0], rel=1e-9)


def test_torch_refuses_lbfgs_and_keeps_the_number_of_threads(ours_and_torch):
    peer = ours_and_torch[1]
    assert "L-BFGS" in peer.refusal(WORKLOADS["B"].toy().problem("float64"))
    before = torch.get_num_threads()
    with peer.threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
