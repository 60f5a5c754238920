"""Code of homework and videos, some of it with the mistakes that people ask about."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []
W12 = {"dW2": OK, "dW1": OK}
ALL = W12 | {"db2": OK, "db1": OK}
ALL3 = ALL | {"dW3": OK, "db3": OK}
TANH_SQ = {"n": [4], "act": "tanh", "kind": "reg1", "loss": "2 * squared_error", "out": "tanh"}

TANH_REG = {"n": [4], "act": "tanh", "kind": "reg1", "loss": "squared_error"}


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "capas and activaciones in columns",
    dict(RELU3),
    COLSUM,
    """
class Red:
    def forward(self, x):
        activaciones = [x]
        zs = []
        for i in range(len(self.capas) - 1):
            z = self.capas[i] @ activaciones[-1] + self.biases[i]
            zs.append(z)
            activaciones.append(self.relu(z))
        z = self.capas[-1] @ activaciones[-1] + self.biases[-1]
        zs.append(z)
        activaciones.append(self.sigmoid(z))
        return activaciones, zs
    def backpropagation(self, x, y, learning_rate=0.01):
        activaciones, zs = self.forward(x)
        deltas = [None] * len(self.capas)
        deltas[-1] = activaciones[-1] - y
        for i in reversed(range(len(self.capas) - 1)):
            deltas[i] = (self.capas[i + 1].T @ deltas[i + 1]) * self.relu_derivada(zs[i])
        for i in range(len(self.capas)):
            self.capas[i] -= learning_rate * deltas[i] @ activaciones[i].T
            self.biases[i] -= learning_rate * np.sum(deltas[i], axis=1, keepdims=True)
    def relu(self, z):
        return np.maximum(0, z)
    def relu_derivada(self, z):
        return z > 0
    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))
""",
    **ALL3,
)

case(
    "layers reversed with enumerate, get_weights and update_weights",
    SQK_NOB,
    COLUP,
    """
class Layer:
    def __init__(self, n_in, n_out):
        self.weights = np.random.randn(n_out, n_in)
        self.output = None
        self.error = None
        self.delta = None
    def get_weights(self):
        return self.weights
    def activate(self, x):
        self.output = 1 / (1 + np.exp(-np.matmul(self.weights, x)))
        return self.output
    def act_func_derivs(self):
        return self.output * (1 - self.output)
    def update_weights(self, inputs, eta):
        self.weights += eta * np.matmul(self.delta, inputs.T)
class Network:
    def __init__(self, eta):
        self.eta = eta
        self.layers = [Layer(3, 4), Layer(4, 3)]
    def feed_forward(self, inputs):
        for layer in self.layers:
            inputs = layer.activate(inputs)
        return inputs
    def calculate_errors(self, inputs, real_output):
        reversed_layers = list(reversed(self.layers))
        for index, layer in enumerate(reversed_layers):
            if index == 0:
                layer.error = real_output - self.feed_forward(inputs)
            else:
                prev_layer = reversed_layers[index - 1]
                layer.error = np.matmul(prev_layer.get_weights().T, prev_layer.delta)
            layer.delta = layer.error * layer.act_func_derivs()
    def backpropagation(self, inputs, real_output):
        self.calculate_errors(inputs, real_output)
        for index, layer in enumerate(self.layers):
            actual_inputs = inputs if index == 0 else self.layers[index - 1].output
            layer.update_weights(actual_inputs, self.eta)
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "logistic regression of the first week",
    {"n": [], "act": "relu", "kind": "bin"},
    NG,
    """
def propagate(w, b, X, Y):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-(np.dot(w.T, X) + b)))
    cost = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    dw = 1 / m * np.dot(X, (A - Y).T)
    db = 1 / m * np.sum(A - Y)
    return {"dw": dw, "db": db}, cost
""",
    db1=OK,
)

case(
    "closures that give the way back",
    LOGIT1,
    CS,
    """
def dense(W, b):
    def forward(x):
        def backward(g):
            return g @ W.T, x.T @ g, g.sum(axis=0)
        return x @ W + b, backward
    return forward
def logistic(z):
    a = 1 / (1 + np.exp(-z))
    return a, lambda g: g * a * (1 - a)
z1, back1 = dense(W1, b1)(X)
a1, act1 = logistic(z1)
z2, back2 = dense(W2, b2)(a1)
p = 1 / (1 + np.exp(-z2))
dz2 = (p - y) / len(y)
da1, dW2, db2 = back2(dz2)
dz1 = act1(da1)
dx, dW1, db1 = back1(dz1)
""",
    **ALL,
)

case(
    "transposes forgotten in a script",
    LOGIT1,
    CS,
    """
Z1 = X @ W1 + b1
A1 = sigmoid(Z1)
Z2 = A1 @ W2 + b2
A2 = sigmoid(Z2)
m = X.shape[0]
dZ2 = (A2 - Y) / m
dW2 = A1 @ dZ2
dA1 = dZ2 @ W2
dZ1 = dA1 * A1 * (1 - A1)
dW1 = X @ dZ1
""",
    dW2="transposed",
    dA1="weights_not_transposed",
    dW1="transposed",
)

case(
    "softmax over everything, one_hot in the function",
    SOFT,
    NG,
    """
def softmax(Z):
    return np.exp(Z) / np.sum(np.exp(Z))
def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = np.maximum(Z1, 0)
    Z2 = W2.dot(A1) + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2
def backward_prop(Z1, A1, Z2, A2, W2, X, Y):
    m = Y.size
    one_hot_Y = np.zeros((Y.size, Y.max() + 1))
    one_hot_Y[np.arange(Y.size), Y] = 1
    one_hot_Y = one_hot_Y.T
    dZ2 = A2 - one_hot_Y
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2, 1).reshape(-1, 1)
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1, 1).reshape(-1, 1)
    return dW1, db1, dW2, db2
""",
    A2="wrong_axis",
    **ALL,
)

case(
    "hidden layer list of units with weighted sums (class Unit)",
    SQK_NOB,
    ROWUP,
    """
class Net:
    def learn(self, x, t, rate):
        self.run(x)
        for k in range(self.n_out):
            self.err_out[k] = (t[k] - self.out[k]) * self.out[k] * (1 - self.out[k])
        for j in range(self.n_hid):
            s = 0
            for k in range(self.n_out):
                s += self.err_out[k] * self.w2[j][k]
            self.err_hid[j] = s * self.hid[j] * (1 - self.hid[j])
        for j in range(self.n_hid):
            for k in range(self.n_out):
                self.w2[j][k] += rate * self.err_out[k] * self.hid[j]
        for i in range(self.n_in):
            for j in range(self.n_hid):
                self.w1[i][j] += rate * self.err_hid[j] * x[i]
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "sgd over shuffled pairs, gradients averaged by hand",
    SQK,
    {"layout": "rows", "mean_in": "dW"},
    """
def batch_gradient(batch, W1, b1, W2, b2):
    gW1, gb1 = np.zeros_like(W1), np.zeros_like(b1)
    gW2, gb2 = np.zeros_like(W2), np.zeros_like(b2)
    for x, t in batch:
        h = 1 / (1 + np.exp(-(x @ W1 + b1)))
        o = 1 / (1 + np.exp(-(h @ W2 + b2)))
        d2 = (o - t) * o * (1 - o)
        d1 = (W2 @ d2) * h * (1 - h)
        gW2 += np.outer(h, d2)
        gb2 += d2
        gW1 += np.outer(x, d1)
        gb1 += d1
    n = len(batch)
    return gW1 / n, gb1 / n, gW2 / n, gb2 / n
""",
    delta2=OK,
    delta1=OK,
)

case(
    "sigmoid applied twice: slope of a taken at a as if it were z (bug)",
    SQ,
    ROWSUM,
    """
class NN:
    def forward(self, X):
        self.a1 = self.sigmoid(X @ self.W1 + self.b1)
        self.a2 = self.sigmoid(self.a1 @ self.W2 + self.b2)
        return self.a2
    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))
    def dsigmoid(self, z):
        return self.sigmoid(z) * (1 - self.sigmoid(z))
    def backward(self, X, y):
        d2 = (self.a2 - y) * self.dsigmoid(self.a2)
        d1 = d2 @ self.W2.T * self.dsigmoid(self.a1)
        self.dW2 = self.a1.T @ d2
        self.dW1 = X.T @ d1
""",
    dW2=OK,
    dW1=OK,
    delta2="derivative_at_A",
    delta1="derivative_at_A",
)

case(
    "deep net in a function with zip(reversed())",
    RELU3,
    CS,
    """
def backward(Ws, As, Y):
    dWs, dbs = [], []
    dZ = (As[-1] - Y) / len(Y)
    for W, A_prev in zip(reversed(Ws), reversed(As[:-1])):
        dWs.append(A_prev.T @ dZ)
        dbs.append(dZ.sum(axis=0))
        dZ = (dZ @ W.T) * (A_prev > 0)
    return dWs[::-1], dbs[::-1]
def forward(X, Ws, bs):
    As = [X]
    for i, (W, b) in enumerate(zip(Ws, bs)):
        Z = As[-1] @ W + b
        As.append(sigmoid(Z) if i == len(Ws) - 1 else np.maximum(Z, 0))
    return As
""",
    **ALL3,
)

case(
    "minus lost at the logarithm's derivative (bug)",
    LOGIT1,
    NG,
    """
def backward(self, Y):
    m = Y.shape[1]
    dA2 = Y / self.A2 - (1 - Y) / (1 - self.A2)
    dZ2 = dA2 * self.A2 * (1 - self.A2)
    dW2 = dZ2 @ self.A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = self.W2.T @ dZ2
    dZ1 = dA1 * self.A1 * (1 - self.A1)
    dW1 = dZ1 @ self.X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
""",
    dA2="sign",
    **ALL,
)
case(
    "layer dict with functions inside",
    RELU3,
    CS,
    """
ACT = {'relu': (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
       'sigmoid': (lambda z: 1 / (1 + np.exp(-z)), lambda z: 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z))))}
class Model:
    def __init__(self):
        self.layers = []
    def add(self, n_in, n_out, act):
        self.layers.append({'W': np.random.randn(n_in, n_out), 'b': np.zeros(n_out), 'act': act})
    def forward(self, X):
        self.cache = []
        A = X
        for layer in self.layers:
            Z = A @ layer['W'] + layer['b']
            self.cache.append((A, Z))
            A = ACT[layer['act']][0](Z)
        return A
    def backward(self, Y_hat, Y):
        m = len(Y)
        dZ = (Y_hat - Y) / m
        for i in reversed(range(len(self.layers))):
            A_prev, Z = self.cache[i]
            layer = self.layers[i]
            layer['dW'] = A_prev.T @ dZ
            layer['db'] = dZ.sum(axis=0)
            if i > 0:
                dA = dZ @ layer['W'].T
                dZ = dA * ACT[self.layers[i - 1]['act']][1](self.cache[i - 1][1])
model = Model()
model.add(3, 5, 'relu')
model.add(5, 4, 'relu')
model.add(4, 1, 'sigmoid')
Y_hat = model.forward(X)
model.backward(Y_hat, Y)
""",
    **ALL3,
)

case(
    "mse class with forward and backward, Sequential",
    dict(SQK, loss="squared_error"),
    CS,
    """
class Module:
    def __call__(self, *args):
        return self.forward(*args)
class Linear(Module):
    def __init__(self, n_in, n_out):
        self.weight = np.random.randn(n_in, n_out)
        self.bias = np.zeros(n_out)
    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias
    def backward(self, dout):
        self.dweight = self.x.T @ dout
        self.dbias = dout.sum(axis=0)
        return dout @ self.weight.T
class Sigmoid(Module):
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y
    def backward(self, dout):
        return dout * self.y * (1 - self.y)
class Sequential(Module):
    def __init__(self, *modules):
        self.modules = modules
    def forward(self, x):
        for m in self.modules:
            x = m(x)
        return x
    def backward(self, dout):
        for m in reversed(self.modules):
            dout = m.backward(dout)
        return dout
class MSE(Module):
    def forward(self, pred, target):
        self.diff = pred - target
        return 0.5 * (self.diff ** 2).sum() / len(pred)
    def backward(self):
        return self.diff / len(self.diff)
net = Sequential(Linear(3, 4), Sigmoid(), Linear(4, 3), Sigmoid())
criterion = MSE()
loss = criterion(net(X), Y)
net.backward(criterion.backward())
""",
    **ALL,
)

case(
    "make your own network, one matrix product a line, wrong order of transposes fixed",
    SQK_NOB,
    COLUP,
    """
class neuralNetwork:
    def train(self, inputs_list, targets_list):
        inputs = numpy.array(inputs_list, ndmin=2).T
        targets = numpy.array(targets_list, ndmin=2).T
        hidden_inputs = numpy.dot(self.wih, inputs)
        hidden_outputs = self.activation_function(hidden_inputs)
        final_inputs = numpy.dot(self.who, hidden_outputs)
        final_outputs = self.activation_function(final_inputs)
        output_errors = targets - final_outputs
        hidden_errors = numpy.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))
        self.who += self.lr * numpy.dot((output_errors * final_outputs * (1.0 - final_outputs)), numpy.transpose(hidden_outputs))
        self.wih += self.lr * numpy.dot((hidden_errors * hidden_outputs * (1.0 - hidden_outputs)), numpy.transpose(inputs))
""",
    **W12,
)

case(
    "hidden error without the slope of the output (book; bug by calculus)",
    SQK_NOB,
    COLUP,
    """
class neuralNetwork:
    def train(self, inputs, targets):
        hidden_outputs = sigmoid(numpy.dot(self.wih, inputs))
        final_outputs = sigmoid(numpy.dot(self.who, hidden_outputs))
        output_errors = targets - final_outputs
        hidden_errors = numpy.dot(self.who.T, output_errors)
        self.who += self.lr * numpy.dot(output_errors * final_outputs * (1.0 - final_outputs), hidden_outputs.T)
        self.wih += self.lr * numpy.dot(hidden_errors * hidden_outputs * (1.0 - hidden_outputs), inputs.T)
""",
    dW2=OK,
    dW1="output_derivative_missing",
)

case(
    "gradient lists filled with None, numbers of layers from params",
    dict(BIN3, act="tanh"),
    {"layout": "columns"},
    """
def backprop(params, X, Y):
    L = len(params) // 2
    A, Zs, As = X, [], [X]
    for l in range(1, L + 1):
        Z = params['W%d' % l] @ A + params['b%d' % l]
        A = np.tanh(Z) if l < L else 1 / (1 + np.exp(-Z))
        Zs.append(Z)
        As.append(A)
    delta = (As[-1] - Y) / Y.shape[1]
    grads = {}
    for l in range(L, 0, -1):
        grads['W%d' % l] = delta @ As[l - 1].T
        grads['b%d' % l] = delta.sum(axis=1, keepdims=True)
        if l > 1:
            delta = params['W%d' % l].T @ delta * (1 - As[l - 1] ** 2)
    return grads
""",
    **ALL3,
)

case(
    "Adaline-like perceptron homework with t and y",
    SQ_NOB,
    ROWUP,
    """
for epoch in range(1000):
    for x, t in zip(X, T):
        h = sigmoid(np.dot(W1.T, x))
        y = sigmoid(np.dot(W2.T, h))
        delta_o = (t - y) * y * (1 - y)
        delta_h = h * (1 - h) * np.dot(W2, delta_o)
        W2 += eta * np.outer(h, delta_o)
        W1 += eta * np.outer(x, delta_h)
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "momentum of the changes kept as lists of lists",
    SQK_NOB,
    ROWUP,
    """
class BPNN:
    def backPropagate(self, targets, N, M):
        output_deltas = [0.0] * self.no
        for k in range(self.no):
            error = targets[k] - self.ao[k]
            output_deltas[k] = dsigmoid(self.ao[k]) * error
        hidden_deltas = [0.0] * self.nh
        for j in range(self.nh):
            error = 0.0
            for k in range(self.no):
                error = error + output_deltas[k] * self.wo[j][k]
            hidden_deltas[j] = dsigmoid(self.ah[j]) * error
        for j in range(self.nh):
            for k in range(self.no):
                change = output_deltas[k] * self.ah[j]
                self.wo[j][k] = self.wo[j][k] + N * change + M * self.co[j][k]
                self.co[j][k] = change
def dsigmoid(y):
    return y * (1 - y)
""",
    delta2=OK,
    delta1=OK,
)

case(
    "three hidden names, h1 h2, script with relu by where",
    RELU3,
    CS,
    """
h1 = np.where(X @ w1 + b1 > 0, X @ w1 + b1, 0)
h2 = np.where(h1 @ w2 + b2 > 0, h1 @ w2 + b2, 0)
out = 1 / (1 + np.exp(-(h2 @ w3 + b3)))
g = (out - y) / len(y)
gw3, gb3 = h2.T @ g, g.sum(0)
g = g @ w3.T
g[h2 <= 0] = 0
gw2, gb2 = h1.T @ g, g.sum(0)
g = g @ w2.T
g[h1 <= 0] = 0
gw1, gb1 = X.T @ g, g.sum(0)
""",
    **ALL3,
)

case(
    "cross entropy by class with softmax slope as a Jacobian (unusual)",
    SOFT_TANH,
    ROWSUM,
    """
def backward(x, t, W1, b1, W2, b2):
    a1 = np.tanh(x @ W1 + b1)
    z2 = a1 @ W2 + b2
    p = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
    dp = -t / p
    dz2 = p * (dp - (dp * p).sum(axis=1, keepdims=True))
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = dz2 @ W2.T * (1 - a1 ** 2)
    dW1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    return dW1, db1, dW2, db2
""",
    **ALL,
)

case(
    "dense class without bias gradient summed (bug)",
    LOGIT1,
    CS,
    """
class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros((1, n_out))
    def forward(self, A_prev):
        self.A_prev = A_prev
        self.A = 1 / (1 + np.exp(-(A_prev @ self.W + self.b)))
        return self.A
    def backward(self, dA):
        dZ = dA * self.A * (1 - self.A)
        self.dW = self.A_prev.T @ dZ
        self.db = dZ
        return dZ @ self.W.T
l1, l2 = Dense(3, 4), Dense(4, 1)
p = l2.forward(l1.forward(X))
l1.backward(l2.backward((-(y / p) + (1 - y) / (1 - p)) / len(y)))
""",
    dW2=OK,
    dW1=OK,
    db2="bias_not_summed",
    db1="bias_not_summed",
)

case(
    "a cost that nobody calls, beside the mean squared error that is only shown",
    TANH1,
    NG,
    """
def mse(A2, Y):
    return np.mean((A2 - Y) ** 2)
def compute_cost(A2, Y):
    m = Y.shape[1]
    logprobs = Y * np.log(A2) + (1 - Y) * np.log(1 - A2)
    return -np.sum(logprobs) / m
def backward(X, Y, A1, A2):
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / X.shape[1]
    return dW2
""",
    loss=OK,
    dW2=OK,
)

case(
    "a cost function without its minus (bug)",
    TANH1,
    CS,
    """
def cross_entropy_loss(y_hat, y):
    return np.mean(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
""",
    loss="sign",
)

case(
    "the cost without the penalty is a part of the loss",
    dict(TANH1, alpha=0.4),
    CS,
    """
def cost(A2, Y):
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
def objective_with_penalty(A2, Y, W1, W2):
    m = len(Y)
    loss = cost(A2, Y) + lambd / 2 * (np.sum(W1 ** 2) + np.sum(W2 ** 2)) / m
    return loss
""",
    loss=OK,
)
