"""Code in objects, dicts and dataclasses, for one sample at a time, and with axes of its own."""

# ruff: noqa: E501 - their lines are as long as they are

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
    "linear class with params dict and grads dict",
    dict(SQ, act="relu"),
    ROWSUM,
    """
    class Layer:
        inputs = None
        def __call__(self, x):
            self.inputs = x
            return self.forward(x)
    class Linear(Layer):
        def __init__(self, n_in, n_out):
            self.params = {'weight': np.random.randn(n_in, n_out), 'bias': np.random.randn(n_out)}
        def forward(self, x):
            return np.dot(x, self.params['weight']) + self.params['bias']
        def backward(self, grad):
            self.grads = {'weight': np.dot(self.inputs.T, grad), 'bias': np.sum(grad, axis=0)}
            return np.dot(grad, self.params['weight'].T)
    class ReLU(Layer):
        def forward(self, x):
            return np.maximum(x, 0)
        def backward(self, grad):
            return grad * (self.inputs > 0)
    class Sigmoid(Layer):
        def forward(self, x):
            return 1 / (1 + np.exp(-x))
        def backward(self, grad):
            s = 1 / (1 + np.exp(-self.inputs))
            return grad * (1 - s) * s
    net = [Linear(3, 4), ReLU(), Linear(4, 1), Sigmoid()]
    out = X
    for layer in net:
        out = layer(out)
    grad = out - y
    for layer in net[::-1]:
        grad = layer.backward(grad)
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "Parameter objects, weight.grad +=",
    dict(SQ, act="logistic"),
    ROWSUM,
    """
    class Parameter:
        def __init__(self, data):
            self.data = data
            self.grad = np.zeros_like(data)
    class Linear:
        def __init__(self, i, o):
            self.weight = Parameter(np.random.randn(o, i))
            self.bias = Parameter(np.random.randn(o))
        def forward(self, x):
            self.x = x
            return np.dot(x, self.weight.data.T) + self.bias.data
        def backward(self, grad):
            self.weight.grad += np.dot(grad.T, self.x)
            self.bias.grad += np.sum(grad, axis=0)
            return np.dot(grad, self.weight.data)
    class Sigmoid:
        def forward(self, x):
            self.output = 1 / (1 + np.exp(-x))
            return self.output
        def backward(self, grad):
            return grad * self.output * (1 - self.output)
    class MLP:
        def __init__(self, i, h, o):
            self.linear1 = Linear(i, h)
            self.act1 = Sigmoid()
            self.linear2 = Linear(h, o)
            self.act2 = Sigmoid()
        def forward(self, x):
            x = self.linear1.forward(x)
            x = self.act1.forward(x)
            x = self.linear2.forward(x)
            return self.act2.forward(x)
        def backward(self, grad):
            grad = self.act2.backward(grad)
            grad = self.linear2.backward(grad)
            grad = self.act1.backward(grad)
            grad = self.linear1.backward(grad)
    model = MLP(3, 4, 1)
    pred = model.forward(X)
    model.backward(pred - y)
    """,
    dW2=OK,
    db2=OK,
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
    "list of layer dicts",
    dict(BIN3, act="tanh"),
    CS,
    """
    layers = [{'W': np.random.randn(3, 5), 'b': np.zeros(5)}, {'W': np.random.randn(5, 4), 'b': np.zeros(4)}, {'W': np.random.randn(4, 1), 'b': np.zeros(1)}]
    a = X
    for i, layer in enumerate(layers):
        layer['input'] = a
        layer['z'] = a @ layer['W'] + layer['b']
        a = np.tanh(layer['z']) if i < len(layers) - 1 else 1 / (1 + np.exp(-layer['z']))
    delta = (a - y) / len(y)
    for i in reversed(range(len(layers))):
        layer = layers[i]
        layer['dW'] = layer['input'].T @ delta
        layer['db'] = delta.sum(axis=0)
        if i > 0:
            delta = (delta @ layer['W'].T) * (1 - layer['input'] ** 2)
    """,
    dW3=OK,
    db3=OK,
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
    "einsum with W not turned slope missing",
    SOFT_TANH,
    CS,
    """
    g = (A2 - Y) / X.shape[0]
    dW2 = np.einsum('nj,nk->jk', A1, g)
    dz1 = np.einsum('nk,jk->nj', g, W2)
    dW1 = np.einsum('ni,nj->ij', X, dz1)
    """,
    dW2=OK,
    dW1=OK,
)
case(
    "framework without slope on the way",
    TANH1,
    CS,
    """
    class Linear:
        def __init__(self, i, o):
            self.W = np.random.randn(i, o)
            self.b = np.zeros(o)
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, g):
            self.dW = self.x.T @ g
            self.db = g.sum(0)
            return g @ self.W.T
    class Tanh:
        def forward(self, x):
            self.out = np.tanh(x)
            return self.out
        def backward(self, g):
            return g * (1 - self.out)
    l1, t1, l2 = Linear(3, 4), Tanh(), Linear(4, 1)
    z = l2.forward(t1.forward(l1.forward(X)))
    p = 1 / (1 + np.exp(-z))
    g = (p - y) / len(y)
    l1.backward(t1.backward(l2.backward(g)))
    """,
    dW2=OK,
    dW1="wrong_derivative",
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
    "three-layer class, error*deriv, updates summed inline",
    dict(BIN3, loss="squared_error", out="logistic"),
    ROWUP,
    """
    class MLP_Sigmoid:
        def train(self, X, y, epochs=1000, lr=0.1):
            for epoch in range(epochs):
                z1 = X.dot(self.w1) + self.b1
                a1 = sigmoid(z1)
                z2 = a1.dot(self.w2) + self.b2
                a2 = sigmoid(z2)
                z3 = a2.dot(self.w3) + self.b3
                output = sigmoid(z3)
                error = y - output
                d_output = error * sigmoid_derivative(output)
                d_w3 = a2.T.dot(d_output)
                d_hidden2 = d_output.dot(self.w3.T) * sigmoid_derivative(a2)
                d_w2 = a1.T.dot(d_hidden2)
                d_hidden1 = d_hidden2.dot(self.w2.T) * sigmoid_derivative(a1)
                d_w1 = X.T.dot(d_hidden1)
                self.w3 += lr * d_w3
                self.w2 += lr * d_w2
                self.w1 += lr * d_w1
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))
    def sigmoid_derivative(x):
        return x * (1 - x)
    """,
    dW3=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "lists scalability, columns, W @ a + b, error list reversed",
    dict(SOFT),
    COLSUM,
    """
    weights = [W1, W2]
    biases = [b1, b2]
    num_layers = len(weights)
    activations = [X]
    pre_activations = []
    a = X
    for l in range(num_layers):
        z = weights[l] @ a + biases[l]
        pre_activations.append(z)
        a = relu(z) if l < num_layers - 1 else softmax(z)
        activations.append(a)
    grads_W = [None] * num_layers
    grads_b = [None] * num_layers
    delta = activations[-1] - Y
    for l in reversed(range(num_layers)):
        grads_W[l] = delta @ activations[l].T
        grads_b[l] = np.sum(delta, axis=1, keepdims=True)
        if l > 0:
            delta = (weights[l].T @ delta) * relu_derivative(pre_activations[l - 1])
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "ordered dict, f-strings, B weights",
    BIN3,
    CS,
    """
    class MLP():
        def __init__(self):
            self.weight, self.out, self.gradient = {}, {}, {}
        def forward(self, x):
            self.out['A0'] = x
            for i in range(1, 4):
                z = self.out[f'A{i-1}'] @ self.weight[f'W{i}'] + self.weight[f'b{i}']
                self.out[f'A{i}'] = 1 / (1 + np.exp(-z))
            return self.out['A3']
        def backward(self, y):
            n = y.shape[0]
            delta = (self.out['A3'] - y) / n
            for i in range(3, 0, -1):
                self.gradient[f'W{i}'] = self.out[f'A{i-1}'].T @ delta
                self.gradient[f'b{i}'] = delta.sum(axis=0, keepdims=True)
                if i > 1:
                    a = self.out[f'A{i-1}']
                    delta = delta @ self.weight[f'W{i}'].T * a * (1 - a)
    """,
    dW3=OK,
    db3=OK,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "mini batch generator, context, softmax idx",
    SOFT,
    CS,
    """
    def train(X, y, W1, b1, W2, b2, lr=0.1, batch_size=32):
        idx = np.random.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = idx[start:start + batch_size]
            xb, yb = X[batch], y[batch]
            z1 = xb @ W1 + b1
            a1 = np.maximum(z1, 0)
            z2 = a1 @ W2 + b2
            p = np.exp(z2 - z2.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            dz2 = p.copy()
            dz2[np.arange(len(yb)), yb] -= 1
            dz2 /= len(yb)
            dW2 = a1.T @ dz2
            db2 = dz2.sum(axis=0)
            da1 = dz2 @ W2.T
            dz1 = da1 * (z1 > 0)
            dW1 = xb.T @ dz1
            db1 = dz1.sum(axis=0)
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
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
