"""Code for one sample at a time, with vectors, three axes, and dataclasses."""

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "3-D broadcasting mean",
    TANH1,
    CS,
    """
    def grads(X, y, W1, b1, W2, b2):
        Z1 = X @ W1 + b1
        A1 = np.tanh(Z1)
        p = 1 / (1 + np.exp(-(A1 @ W2 + b2)))
        d2 = p - y
        dW2 = (A1[:, :, None] * d2[:, None, :]).mean(0)
        db2 = d2.mean(0)
        d1 = (d2 @ W2.T) * (1 - A1 ** 2)
        dW1 = np.mean(X[:, :, np.newaxis] * d1[:, np.newaxis, :], axis=0)
        db1 = d1.mean(axis=0)
        return dW1, db1, dW2, db2
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "adaline class: errors is a vector",
    {"n": [], "act": "relu", "kind": "reg1", "loss": "2 * squared_error"},
    CS,
    """
    class AdalineGD:
        def fit(self, X, y):
            for i in range(self.n_iter):
                net_input = self.net_input(X)
                output = self.activation(net_input)
                errors = (y - output)
                grad_w = -2.0 * errors.dot(X) / X.shape[0]
                grad_b = -2.0 * errors.mean()
                self.w_ += -self.eta * grad_w
                self.b_ += -self.eta * grad_b
        def net_input(self, X):
            return np.dot(X, self.w_) + self.b_
        def activation(self, X):
            return X
    """,
    dW1=OK,
    db1=OK,
)
case(
    "one sample: lists of weights, outer products",
    SQ3,
    ROWSUM,
    """
    def backprop(x, y, weights, biases):
        activations, zs = [x], []
        a = x
        for w, b in zip(weights, biases):
            z = a @ w + b
            zs.append(z)
            a = 1.0 / (1.0 + np.exp(-z))
            activations.append(a)
        nabla_w = [None] * len(weights)
        nabla_b = [None] * len(biases)
        delta = (activations[-1] - y) * activations[-1] * (1 - activations[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.outer(activations[-2], delta)
        for l in range(2, len(weights) + 1):
            sp = activations[-l] * (1 - activations[-l])
            delta = (weights[-l + 1] @ delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.outer(activations[-l - 1], delta)
        return nabla_b, nabla_w
    """,
    dW3=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "single sample 1-D np.outer columns",
    SQ,
    COLSUM,
    """
    def train_step(x, t):
        global W1, b1, W2, b2
        h = sigmoid(W1 @ x + b1)
        o = sigmoid(W2 @ h + b2)
        delta_o = (o - t) * o * (1 - o)
        delta_h = (W2.T @ delta_o) * h * (1 - h)
        grad_W2 = np.outer(delta_o, h)
        grad_W1 = np.outer(delta_h, x)
        W2 -= lr * grad_W2
        b2 -= lr * delta_o
        W1 -= lr * grad_W1
        b1 -= lr * delta_h
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))
    """,
    delta2=OK,
    delta1=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "dataclass and walrus",
    SOFT,
    CS,
    """
    from dataclasses import dataclass
    @dataclass
    class Params:
        W1: np.ndarray
        b1: np.ndarray
        W2: np.ndarray
        b2: np.ndarray
    @dataclass
    class Grads:
        W1: np.ndarray
        b1: np.ndarray
        W2: np.ndarray
        b2: np.ndarray
    def backward(p: Params, X: np.ndarray, Y: np.ndarray) -> Grads:
        a1 = np.maximum(z1 := X @ p.W1 + p.b1, 0)
        z2 = a1 @ p.W2 + p.b2
        ez = np.exp(z2 - z2.max(1, keepdims=True))
        y_hat = ez / ez.sum(1, keepdims=True)
        dz2 = (y_hat - Y) / len(X)
        dz1 = (dz2 @ p.W2.T) * (z1 > 0)
        return Grads(W1=X.T @ dz1, b1=dz1.sum(0), W2=a1.T @ dz2, b2=dz2.sum(0))
    """,
    delta2=OK,
    delta1=OK,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "micro framework with loss class and model.backward",
    TANH1,
    CS,
    """
    class Module:
        def parameters(self):
            return []
    class Linear(Module):
        def __init__(self, i, o):
            self.W = np.random.randn(i, o) / np.sqrt(i)
            self.b = np.zeros((1, o))
        def forward(self, x):
            self.cache = x
            return x @ self.W + self.b
        def backward(self, dout):
            x = self.cache
            self.dW = x.T @ dout
            self.db = dout.sum(axis=0, keepdims=True)
            return dout @ self.W.T
    class Tanh(Module):
        def forward(self, x):
            self.cache = np.tanh(x)
            return self.cache
        def backward(self, dout):
            return dout * (1 - self.cache ** 2)
    class BCEWithLogits:
        def forward(self, z, y):
            self.p = 1 / (1 + np.exp(-z))
            self.y = y
            return -np.mean(y * np.log(self.p) + (1 - y) * np.log(1 - self.p))
        def backward(self):
            return (self.p - self.y) / self.y.shape[0]
    class Sequential(Module):
        def __init__(self, *layers):
            self.layers = layers
        def forward(self, x):
            for l in self.layers:
                x = l.forward(x)
            return x
        def backward(self, dout):
            for l in reversed(self.layers):
                dout = l.backward(dout)
            return dout
    model = Sequential(Linear(3, 4), Tanh(), Linear(4, 1))
    criterion = BCEWithLogits()
    loss = criterion.forward(model.forward(X), y)
    model.backward(criterion.backward())
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "batch with per sample np.outer loop and mean",
    SQK,
    CS,
    """
    gW1, gW2 = np.zeros_like(W1), np.zeros_like(W2)
    gb1, gb2 = np.zeros_like(b1), np.zeros_like(b2)
    for x, t in zip(X, Y):
        h = 1 / (1 + np.exp(-(x @ W1 + b1)))
        o = 1 / (1 + np.exp(-(h @ W2 + b2)))
        do = (o - t) * o * (1 - o)
        dh = (W2 @ do) * h * (1 - h)
        gW2 += np.outer(h, do)
        gb2 += do
        gW1 += np.outer(x, dh)
        gb1 += dh
    gW1 /= len(X); gW2 /= len(X); gb1 /= len(X); gb2 /= len(X)
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "gradient descent train method, hidden error wording",
    SQK,
    ROWUP,
    """
    def train(self, features, targets):
        for X, y in zip(features, targets):
            hidden_inputs = np.dot(X, self.W1) + self.b1
            hidden_outputs = self.activation(hidden_inputs)
            final_outputs = self.activation(np.dot(hidden_outputs, self.W2) + self.b2)
            error = y - final_outputs
            output_error_term = error * final_outputs * (1 - final_outputs)
            hidden_error = np.dot(self.W2, output_error_term)
            hidden_error_term = hidden_error * hidden_outputs * (1 - hidden_outputs)
            delta_weights_i_h += hidden_error_term * X[:, None]
            delta_weights_h_o += output_error_term * hidden_outputs[:, None]
    """,
    dW2=OK,
    dW1=OK,
)
case(
    "3-D broadcasting without the mean",
    TANH1,
    CS,
    """
    d2 = A2 - Y
    dW2 = (A1[:, :, None] * d2[:, None, :]).sum(0)
    """,
    dW2=OK,
)
case(
    "single sample outer turned",
    SQK,
    COLSUM,
    """
    def step(x, t):
        h = sigmoid(W1 @ x + b1)
        o = sigmoid(W2 @ h + b2)
        delta2 = (o - t) * o * (1 - o)
        grad_W2 = np.outer(h, delta2)
        delta1 = W2.T @ delta2 * h * (1 - o)
    """,
    dW2="transposed",
)
case(
    "linear algebra with np.newaxis outer sum",
    SQK,
    CS,
    """
    d2 = (A2 - Y) * A2 * (1 - A2) / Y.shape[0]
    dW2 = np.sum(A1[:, :, np.newaxis] * d2[:, np.newaxis, :], axis=0)
    db2 = np.sum(d2, axis=0)
    d1 = np.sum(d2[:, np.newaxis, :] * W2[np.newaxis, :, :], axis=2) * A1 * (1 - A1)
    dW1 = np.einsum('bi,bj->ij', X, d1)
    db1 = np.einsum('bj->j', d1)
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
