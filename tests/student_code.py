"""Backward passes in Python, in the styles in which courses, books and forums write them.

Each was written for these tests after real ones: how arrays are called and layers counted, what is
kept where, and which helpers there are is theirs; the code is not.

`CODES` has for each style the code, the layout, how it is run (on arrays that are called as in
`sknn_edu`), and for each quantity what the code has computed for it then.
"""

from typing import NamedTuple


class Code(NamedTuple):
    """Code, how to run it, and where the results are then."""

    text: str
    layout: str
    run: str
    results: dict[str, str]
    activations: tuple[str, ...] = ("tanh", "logistic")


HELPERS = '''
import numpy as np

def sigmoid(z):
    """1 / (1 + e^-z)"""
    s = 1 / (1 + np.exp(-z))
    return s
'''

CODES = {
    "course with caches": Code(
        HELPERS
        + """
def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W1 = parameters["W1"]
    W2 = parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = 1 / m * np.dot(dZ2, A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.multiply(np.dot(W2.T, dZ2), 1 - np.power(A1, 2))
    dW1 = 1 / m * np.dot(dZ1, X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
""",
        "columns",
        'g = backward_propagation({"W1": W1, "W2": W2}, {"A1": A1, "A2": A2}, X, Y)',
        {name: f"g['{name}']" for name in ("dW1", "db1", "dW2", "db2")},
    ),
    "course with three layers and one tuple": Code(
        """
import numpy as np

def backprop_n(X, Y, cache):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1. / m * np.dot(dZ3, A2.T)
    db3 = 1. / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1. / m * np.dot(dZ2, A1.T)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1. / m * np.dot(dZ1, X.T)
    gradients = {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2,
                 "dA1": dA1, "dZ1": dZ1, "dW1": dW1}
    return gradients
""",
        "columns",
        "g = backprop_n(X, Y, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3))",
        {n: f"g['{n.replace('delta', 'dZ')}']" for n in ("delta3", "dW3", "db3", "dA2", "delta2")}
        | {n: f"g['{n.replace('delta', 'dZ')}']" for n in ("dW2", "dA1", "delta1", "dW1")},
        ("relu", "relu", "logistic"),
    ),
    "course with any number of layers": Code(
        HELPERS
        + """
def relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    assert dZ.shape == Z.shape
    return dZ

def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    return dZ

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = 1 / m * np.dot(dZ, A_prev.T)
    db = 1 / m * np.sum(dZ, axis=1, keepdims=True)
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db

def linear_activation_backward(dA, cache, activation):
    linear_cache, activation_cache = cache
    if activation == "relu":
        dZ = relu_backward(dA, activation_cache)
    elif activation == "sigmoid":
        dZ = sigmoid_backward(dA, activation_cache)
    return linear_backward(dZ, linear_cache)

def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    m = AL.shape[1]
    Y = Y.reshape(AL.shape)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    current_cache = caches[L - 1]
    grads["dA" + str(L - 1)], grads["dW" + str(L)], grads["db" + str(L)] = (
        linear_activation_backward(dAL, current_cache, "sigmoid")
    )
    for l in reversed(range(L - 1)):
        current_cache = caches[l]
        dA_prev_temp, dW_temp, db_temp = linear_activation_backward(
            grads["dA" + str(l + 1)], current_cache, "relu"
        )
        grads["dA" + str(l)] = dA_prev_temp
        grads["dW" + str(l + 1)] = dW_temp
        grads["db" + str(l + 1)] = db_temp
    return grads
""",
        "columns",
        "g = L_model_backward(A3, Y, [((X, W1, b1), Z1), ((A1, W2, b2), Z2), ((A2, W3, b3), Z3)])",
        {n: f"g['{n}']" for n in ("dA2", "dW3", "db3", "dA1", "dW2", "db2", "dW1", "db1", "dA0")},
        ("relu", "relu", "logistic"),
    ),
    "eleven lines": Code(
        """
import numpy as np

def nonlin(x, deriv=False):
    if deriv == True:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

for step in range(60000):
    l0 = X
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = l2 - y
    if step % 10000 == 0:
        print(np.mean(np.abs(l2_error)))
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 -= l1.T.dot(l2_delta)
    syn0 -= l0.T.dot(l1_delta)
""",
        "rows",
        "",
        {"delta2": "l2_delta", "delta1": "l1_delta", "W2_next": "syn1", "W1_next": "syn0"},
        ("logistic", "logistic"),
    ),
    "class with weights1 and layer1": Code(
        """
class NeuralNetwork:
    def __init__(self, x, y):
        self.input = x
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.weights2 = np.random.rand(4, 1)
        self.y = y

    def sigmoid(self, z):
        return 1.0 / (1 + np.exp(-z))

    def sigmoid_derivative(self, z):
        return z * (1.0 - z)

    def feedforward(self):
        self.layer1 = self.sigmoid(np.dot(self.input, self.weights1))
        self.output = self.sigmoid(np.dot(self.layer1, self.weights2))

    def backprop(self):
        d_weights2 = np.dot(
            self.layer1.T, 2 * (self.output - self.y) * self.sigmoid_derivative(self.output)
        )
        d_weights1 = np.dot(
            self.input.T,
            np.dot(
                2 * (self.output - self.y) * self.sigmoid_derivative(self.output), self.weights2.T
            )
            * self.sigmoid_derivative(self.layer1),
        )
        self.weights1 -= d_weights1
        self.weights2 -= d_weights2
""",
        "rows",
        "n = NeuralNetwork(X, Y); n.layer1, n.output = A1, A2\n"
        "n.weights1, n.weights2 = W1.copy(), W2.copy(); n.backprop()",
        {"W1_next": "n.weights1", "W2_next": "n.weights2"},
        ("logistic", "logistic"),
    ),
    "layers counted from the input": Code(
        """
class Neural_Network(object):
    def forward(self, X):
        self.z2 = np.dot(X, self.W1)
        self.a2 = self.sigmoid(self.z2)
        self.z3 = np.dot(self.a2, self.W2)
        yHat = self.sigmoid(self.z3)
        return yHat

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoidPrime(self, z):
        return np.exp(-z) / ((1 + np.exp(-z)) ** 2)

    def costFunctionPrime(self, X, y):
        self.yHat = self.forward(X)
        delta3 = np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3))
        dJdW2 = np.dot(self.a2.T, delta3)
        delta2 = np.dot(delta3, self.W2.T) * self.sigmoidPrime(self.z2)
        dJdW1 = np.dot(X.T, delta2)
        return dJdW1, dJdW2
""",
        "rows",
        "n = Neural_Network(); n.W1, n.W2 = W1, W2; g = n.costFunctionPrime(X, y)",
        {"dW1": "g[0]", "dW2": "g[1]", "Z1": "n.z2", "A1": "n.a2", "Z2": "n.z3"},
        ("logistic", "logistic"),
    ),
    "softmax with labels as indices": Code(
        """
import numpy as np

def build_model(X, y, model, num_examples, reg_lambda, epsilon):
    W1, b1, W2, b2 = model["W1"], model["b1"], model["W2"], model["b2"]
    for i in range(0, 20000):
        z1 = X.dot(W1) + b1
        a1 = np.tanh(z1)
        z2 = a1.dot(W2) + b2
        exp_scores = np.exp(z2)
        probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        delta3 = probs
        delta3[range(num_examples), y] -= 1
        dW2 = (a1.T).dot(delta3)
        db2 = np.sum(delta3, axis=0, keepdims=True)
        delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
        dW1 = np.dot(X.T, delta2)
        db1 = np.sum(delta2, axis=0)
        dW2 += reg_lambda * W2
        dW1 += reg_lambda * W1
        return dW1, db1, dW2, db2
""",
        "rows",
        "g = build_model(X, labels, {'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2}, m, alpha, 0.1)",
        {"dW1": "g[0]", "db1": "g[1]", "dW2": "g[2]", "db2": "g[3]"},
        ("tanh", "softmax"),
    ),
    "scores, dscores and grads by parameter": Code(
        """
class TwoLayerNet(object):
    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, D = X.shape
        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2
        exp_scores = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        grads = {}
        dscores = probs.copy()
        dscores[np.arange(N), y] -= 1
        dscores /= N
        grads["W2"] = np.dot(hidden.T, dscores)
        grads["b2"] = np.sum(dscores, axis=0)
        dhidden = np.dot(dscores, W2.T)
        dhidden[hidden <= 0] = 0
        grads["W1"] = np.dot(X.T, dhidden)
        grads["b1"] = np.sum(dhidden, axis=0)
        return grads
""",
        "rows",
        "n = TwoLayerNet(); n.params = {'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2}\n"
        "g = n.loss(X, labels)",
        {"dW1": "g['W1']", "db1": "g['b1']", "dW2": "g['W2']", "db2": "g['b2']"},
        ("relu", "softmax"),
    ),
    "tensors without autograd": Code(
        """
h = x.dot(w1)
h_relu = np.maximum(h, 0)
y_pred = h_relu.dot(w2)
loss = np.square(y_pred - y).sum()
grad_y_pred = 2.0 * (y_pred - y)
grad_w2 = h_relu.T.dot(grad_y_pred)
grad_h_relu = grad_y_pred.dot(w2.T)
grad_h = grad_h_relu.copy()
grad_h[h < 0] = 0
grad_w1 = x.T.dot(grad_h)
w1 -= learning_rate * grad_w1
w2 -= learning_rate * grad_w2
""",
        "rows",
        "",
        {"dW1": "grad_w1", "dW2": "grad_w2", "W1_next": "w1", "W2_next": "w2", "loss": "loss"},
        ("relu", "identity"),
    ),
    "digits in a notebook": Code(
        HELPERS
        + """
def ReLU_deriv(Z):
    return Z > 0

def backward_prop(Z1, A1, Z2, A2, W1, W2, X, one_hot_Y):
    dZ2 = A2 - one_hot_Y
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2)
    dZ1 = W2.T.dot(dZ2) * ReLU_deriv(Z1)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1)
    return dW1, db1, dW2, db2
""",
        "columns",
        "g = backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y)",
        {"dW1": "g[0]", "db1": "g[1]", "dW2": "g[2]", "db2": "g[3]"},
        ("relu", "softmax"),
    ),
    "book with nabla": Code(
        """
def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

class Network(object):
    def cost_derivative(self, output_activations, y):
        return output_activations - y

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = self.cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            z = zs[-l]
            sp = sigmoid_prime(z)
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return (nabla_b, nabla_w)
""",
        "columns",
        "n = Network(); n.biases, n.weights, n.num_layers = [b1, b2, b3], [W1, W2, W3], 4\n"
        "g = n.backprop(X, Y)",
        {"dW3": "g[1][2]", "dW2": "g[1][1]", "dW1": "g[1][0]"},
        ("logistic", "logistic", "logistic"),
    ),
    "book with wih and who": Code(
        """
import scipy.special

class neuralNetwork:
    def __init__(self):
        self.activation_function = lambda x: scipy.special.expit(x)

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2)
        targets = np.array(targets_list, ndmin=2)
        hidden_inputs = np.dot(self.wih, inputs)
        hidden_outputs = self.activation_function(hidden_inputs)
        final_inputs = np.dot(self.who, hidden_outputs)
        final_outputs = self.activation_function(final_inputs)
        output_errors = targets - final_outputs
        hidden_errors = np.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))
        self.who += self.lr * np.dot(
            output_errors * final_outputs * (1.0 - final_outputs), np.transpose(hidden_outputs)
        )
        self.wih += self.lr * np.dot(
            hidden_errors * hidden_outputs * (1.0 - hidden_outputs), np.transpose(inputs)
        )
""",
        "columns",
        "n = neuralNetwork(); n.wih, n.who, n.lr = W1.copy(), W2.copy(), learning_rate\n"
        "n.train(X, Y)",
        {"W1_next": "n.wih", "W2_next": "n.who"},
        ("logistic", "logistic"),
    ),
    "book in which a comes before z": Code(
        HELPERS
        + """
def sigmoid_grad(x):
    return (1.0 - sigmoid(x)) * sigmoid(x)

class TwoLayerNet:
    def gradient(self, x, t):
        W1, W2 = self.params["W1"], self.params["W2"]
        b1, b2 = self.params["b1"], self.params["b2"]
        grads = {}
        batch_num = x.shape[0]
        a1 = np.dot(x, W1) + b1
        z1 = sigmoid(a1)
        a2 = np.dot(z1, W2) + b2
        y = softmax(a2)
        dy = (y - t) / batch_num
        grads["W2"] = np.dot(z1.T, dy)
        grads["b2"] = np.sum(dy, axis=0)
        da1 = np.dot(dy, W2.T)
        dz1 = sigmoid_grad(a1) * da1
        grads["W1"] = np.dot(x.T, dz1)
        grads["b1"] = np.sum(dz1, axis=0)
        return grads

def softmax(x):
    x = x - np.max(x, axis=1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)
""",
        "rows",
        "n = TwoLayerNet(); n.params = {'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2}\n"
        "g = n.gradient(X, Y)",
        {"dW1": "g['W1']", "db1": "g['b1']", "dW2": "g['W2']", "db2": "g['b2']"},
        ("logistic", "softmax"),
    ),
    "methods that keep their arrays": Code(
        """
class MLP:
    def backward(self, X, y, output):
        batch_size = X.shape[0]
        dz2 = (output - y) / batch_size
        self.dW2 = self.a1.T @ dz2
        self.db2 = dz2.sum(axis=0)
        dz1 = (dz2 @ self.W2.T) * self.relu_grad(self.z1)
        self.dW1 = X.T @ dz1
        self.db1 = dz1.sum(axis=0)

    def step(self, lr):
        self.W1 = self.W1 - lr * self.dW1
        self.b1 = self.b1 - lr * self.db1
        self.W2 -= lr * self.dW2

    def relu_grad(self, z):
        return (z > 0).astype(float)
""",
        "rows",
        "n = MLP(); n.W1, n.W2, n.b1, n.a1, n.z1 = W1.copy(), W2.copy(), b1, A1, Z1\n"
        "n.backward(X, Y, A2); n.step(learning_rate)",
        {
            **{name: f"n.{name}" for name in ("dW2", "db2", "dW1", "db1")},
            **{"W1_next": "n.W1", "W2_next": "n.W2", "b1_next": "n.b1"},
        },
        ("relu", "softmax"),
    ),
    "words for every layer": Code(
        """
def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def derivatives_sigmoid(x):
    return x * (1 - x)

hidden_layer_input = np.dot(X, wh) + bh
hiddenlayer_activations = sigmoid(hidden_layer_input)
output_layer_input = np.dot(hiddenlayer_activations, wout) + bout
output = sigmoid(output_layer_input)
E = output - y
slope_output_layer = derivatives_sigmoid(output)
slope_hidden_layer = derivatives_sigmoid(hiddenlayer_activations)
d_output = E * slope_output_layer
Error_at_hidden_layer = d_output.dot(wout.T)
d_hiddenlayer = Error_at_hidden_layer * slope_hidden_layer
wout -= hiddenlayer_activations.T.dot(d_output) * lr
bout -= np.sum(d_output, axis=0) * lr
wh -= X.T.dot(d_hiddenlayer) * lr
bh -= np.sum(d_hiddenlayer, axis=0) * lr
""",
        "rows",
        "",
        {
            **{
                "Z1": "hidden_layer_input",
                "A1": "hiddenlayer_activations",
                "Z2": "output_layer_input",
            },
            **{"A2": "output", "delta2": "d_output", "delta1": "d_hiddenlayer"},
            **{"W2_next": "wout", "b2_next": "bout", "W1_next": "wh", "b1_next": "bh"},
        },
        ("logistic", "logistic"),
    ),
}
