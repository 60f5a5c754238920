"""Code in objects and dicts, one for each layer."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


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
