"""JAX: one compiled call for an epoch, a scan over its batches.

Each problem is compiled in its first fit, for its shapes; the others are steady state.
"""

from __future__ import annotations

import os

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp

from . import FirstOrderPeer

HIDDEN = {"relu": jax.nn.relu, "tanh": jnp.tanh}


def log_loss(Z, y):
    """Mean of -log softmax(Z) at the true classes."""
    return -jnp.take_along_axis(jax.nn.log_softmax(Z), y[:, None], axis=1).mean()


def binary_log_loss(Z, y):
    """Mean of log(1 + exp(-Z)) or log(1 + exp(Z))."""
    return (jnp.logaddexp(0, Z[:, 0]) - y * Z[:, 0]).mean()


def half_squared_error(Z, y):
    """Mean of half the squared error."""
    return 0.5 * jnp.square(Z[:, 0] - y).mean()


LOSSES = {"softmax": log_loss, "logistic": binary_log_loss, "identity": half_squared_error}


def adam(problem):
    """Adam in the paper's efficient form, on a tree of arrays: (start, step)."""
    rate, epsilon = problem.setting("learning_rate_init"), problem.setting("epsilon")
    beta_1, beta_2 = problem.setting("beta_1"), problem.setting("beta_2")

    def start(theta):
        zeros = jax.tree.map(jnp.zeros_like, theta)
        return jnp.zeros((), jnp.float64), zeros, jax.tree.map(jnp.copy, zeros)

    def step(theta, grad, state):
        t, m, v = state
        t = t + 1
        m = jax.tree.map(lambda m, g: beta_1 * m + (1 - beta_1) * g, m, grad)
        v = jax.tree.map(lambda v, g: beta_2 * v + (1 - beta_2) * g * g, v, grad)
        rate_t = (rate * jnp.sqrt(1 - beta_2**t) / (1 - beta_1**t)).astype(problem.dtype)
        theta = jax.tree.map(lambda p, m, v: p - rate_t * m / (jnp.sqrt(v) + epsilon), theta, m, v)
        return theta, (t, m, v)

    return start, step


def gradient_descent(problem):
    """theta := theta - rate * grad."""
    rate = problem.setting("learning_rate_init")

    def step(theta, grad, state):
        return jax.tree.map(lambda p, g: p - rate * g, theta, grad), state

    return lambda theta: (), step


class JaxScan(FirstOrderPeer):
    """jit and lax.scan."""

    name = "jax"
    version = f"jax {jax.__version__}"
    fixed_threads = True

    def refusal(self, problem):
        momentum = problem.setting("solver") == "sgd" and problem.setting("momentum") > 0
        return "momentum is not written for it" if momentum else super().refusal(problem)

    def prepare(self, problem):
        integer = problem.output == "softmax"
        X, y = jnp.asarray(problem.X), jnp.asarray(problem.y, None if integer else problem.dtype)
        start, step = (adam if problem.setting("solver") == "adam" else gradient_descent)(problem)
        one_epoch = jax.jit(epoch_of(problem, step), donate_argnums=(0, 1))

        def fit():
            theta = jax.tree.map(jnp.array, problem.parameters)
            state = start(theta)
            for order in problem.epoch_orders():
                rows = None if problem.one_batch else order
                theta, state = one_epoch(theta, state, X, y, rows)
            W, b = jax.block_until_ready(theta)
            return [np.asarray(W_l) for W_l in W], [np.asarray(b_l) for b_l in b]

        return fit


def epoch_of(problem, step):
    """A function that trains for one epoch: a scan, and then the smaller batch if there is one."""
    hidden, loss = HIDDEN[problem.setting("activation")], LOSSES[problem.output]
    alpha, batch_size = problem.setting("alpha"), problem.batch_size
    n_scanned = problem.n - problem.n % batch_size

    def J(theta, X, y):
        W, b = theta
        A = X
        for W_l, b_l in zip(W[:-1], b[:-1]):
            A = hidden(A @ W_l + b_l)
        penalty = sum(jnp.vdot(W_l, W_l) for W_l in W)
        return loss(A @ W[-1] + b[-1], y) + alpha / 2 * penalty / len(X)

    def update(theta, state, X, y):
        return step(theta, jax.grad(J)(theta, X, y), state)

    def one_epoch(theta, state, X, y, order):
        if problem.one_batch:
            return update(theta, state, X, y)

        def on_batch(carry, rows):
            theta, state = carry
            return update(theta, state, X[rows], y[rows]), None

        scanned = order[:n_scanned].reshape(-1, batch_size)
        (theta, state), _ = lax.scan(on_batch, (theta, state), scanned)
        if rest := order[n_scanned:].size:
            rows = order[-rest:]
            theta, state = update(theta, state, X[rows], y[rows])
        return theta, state

    return one_epoch


def peers(max_threads):
    """float64 has to be allowed, and threads forbidden, before the first array is made."""
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    if max_threads == 1:
        flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}"
    return [JaxScan()]
