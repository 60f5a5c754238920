"""Layers and neurons as objects, lists of layers, helpers on lists, names in other languages."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []
W12 = {"dW2": OK, "dW1": OK}
ALL = W12 | {"db2": OK, "db1": OK}
ALL3 = ALL | {"dW3": OK, "db3": OK}
TANH_SQ = {"n": [4], "act": "tanh", "kind": "reg1", "loss": "2 * squared_error", "out": "tanh"}


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "dense and activation layers with functions passed, one sample (rows)",
    TANH_SQ,
    ROWSUM,
    """
import numpy as np
class Layer:
    def __init__(self):
        self.input = None
        self.output = None
    def forward_propagation(self, data):
        raise NotImplementedError
    def backward_propagation(self, err, rate):
        raise NotImplementedError
class FullyConnected(Layer):
    def __init__(self, n_in, n_out):
        self.weights = np.random.rand(n_in, n_out) - 0.5
        self.bias = np.random.rand(1, n_out) - 0.5
    def forward_propagation(self, data):
        self.input = data
        self.output = np.dot(self.input, self.weights) + self.bias
        return self.output
    def backward_propagation(self, err, rate):
        input_error = np.dot(err, self.weights.T)
        weights_error = np.dot(self.input.T, err)
        self.weights -= rate * weights_error
        self.bias -= rate * err
        return input_error
class ActivationLayer(Layer):
    def __init__(self, activation, activation_prime):
        self.activation = activation
        self.activation_prime = activation_prime
    def forward_propagation(self, data):
        self.input = data
        self.output = self.activation(self.input)
        return self.output
    def backward_propagation(self, err, rate):
        return self.activation_prime(self.input) * err
def tanh(x):
    return np.tanh(x)
def tanh_prime(x):
    return 1 - np.tanh(x) ** 2
def mse(y_true, y_pred):
    return np.mean(np.power(y_true - y_pred, 2))
def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size
class Network:
    def __init__(self):
        self.layers = []
        self.loss = None
        self.loss_prime = None
    def add(self, layer):
        self.layers.append(layer)
    def use(self, loss, loss_prime):
        self.loss = loss
        self.loss_prime = loss_prime
    def fit(self, x_train, y_train, epochs, rate):
        for epoch in range(epochs):
            total = 0
            for j in range(len(x_train)):
                output = x_train[j]
                for layer in self.layers:
                    output = layer.forward_propagation(output)
                total += self.loss(y_train[j], output)
                error = self.loss_prime(y_train[j], output)
                for layer in reversed(self.layers):
                    error = layer.backward_propagation(error, rate)
net = Network()
net.add(FullyConnected(3, 4))
net.add(ActivationLayer(tanh, tanh_prime))
net.add(FullyConnected(4, 1))
net.add(ActivationLayer(tanh, tanh_prime))
net.use(mse, mse_prime)
net.fit(x_train, y_train, 1000, 0.1)
""",
    **ALL,
)

case(
    "dense layers in columns, Tanh inherits from Activation, list of layers",
    TANH_SQ,
    COLSUM,
    """
class Layer:
    def __init__(self):
        self.input = None
        self.output = None
class Dense(Layer):
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)
    def forward(self, input):
        self.input = input
        return np.dot(self.weights, self.input) + self.bias
    def backward(self, output_gradient, learning_rate):
        weights_gradient = np.dot(output_gradient, self.input.T)
        input_gradient = np.dot(self.weights.T, output_gradient)
        self.weights -= learning_rate * weights_gradient
        self.bias -= learning_rate * output_gradient
        return input_gradient
class Activation(Layer):
    def __init__(self, activation, activation_prime):
        self.activation = activation
        self.activation_prime = activation_prime
    def forward(self, input):
        self.input = input
        return self.activation(self.input)
    def backward(self, output_gradient, learning_rate):
        return np.multiply(output_gradient, self.activation_prime(self.input))
class Tanh(Activation):
    def __init__(self):
        tanh = lambda x: np.tanh(x)
        tanh_prime = lambda x: 1 - np.tanh(x) ** 2
        super().__init__(tanh, tanh_prime)
def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / np.size(y_true)
network = [Dense(3, 4), Tanh(), Dense(4, 1), Tanh()]
for e in range(10000):
    for x, y in zip(X, Y):
        output = x
        for layer in network:
            output = layer.forward(output)
        grad = mse_prime(y, output)
        for layer in reversed(network):
            grad = layer.backward(grad, 0.1)
""",
    **ALL,
)

case(
    "neuron objects in two layers, partial derivatives by methods",
    SQK_NOB,
    COLSUM,
    """
import math
class NeuralNet:
    RATE = 0.5
    def train(self, inputs, targets):
        self.feed_forward(inputs)
        errors_out = [0] * len(self.output_layer.neurons)
        for o in range(len(self.output_layer.neurons)):
            errors_out[o] = self.output_layer.neurons[o].error_by_net_input(targets[o])
        errors_hid = [0] * len(self.hidden_layer.neurons)
        for h in range(len(self.hidden_layer.neurons)):
            by_output = 0
            for o in range(len(self.output_layer.neurons)):
                by_output += errors_out[o] * self.output_layer.neurons[o].weights[h]
            errors_hid[h] = by_output * self.hidden_layer.neurons[h].net_input_slope()
        for o in range(len(self.output_layer.neurons)):
            for w_ho in range(len(self.output_layer.neurons[o].weights)):
                by_weight = errors_out[o] * self.output_layer.neurons[o].net_input_by_weight(w_ho)
                self.output_layer.neurons[o].weights[w_ho] -= self.RATE * by_weight
        for h in range(len(self.hidden_layer.neurons)):
            for w_ih in range(len(self.hidden_layer.neurons[h].weights)):
                by_weight = errors_hid[h] * self.hidden_layer.neurons[h].net_input_by_weight(w_ih)
                self.hidden_layer.neurons[h].weights[w_ih] -= self.RATE * by_weight
class NeuronLayer:
    def __init__(self, n, bias):
        self.bias = bias
        self.neurons = []
        for i in range(n):
            self.neurons.append(Neuron(self.bias))
    def feed_forward(self, inputs):
        outputs = []
        for neuron in self.neurons:
            outputs.append(neuron.calculate_output(inputs))
        return outputs
class Neuron:
    def __init__(self, bias):
        self.bias = bias
        self.weights = []
    def calculate_output(self, inputs):
        self.inputs = inputs
        self.output = self.squash(self.total_net_input())
        return self.output
    def total_net_input(self):
        total = 0
        for i in range(len(self.inputs)):
            total += self.inputs[i] * self.weights[i]
        return total + self.bias
    def squash(self, z):
        return 1 / (1 + math.exp(-z))
    def error_by_net_input(self, target):
        return self.error_by_output(target) * self.net_input_slope()
    def error_by_output(self, target):
        return -(target - self.output)
    def net_input_slope(self):
        return self.output * (1 - self.output)
    def net_input_by_weight(self, index):
        return self.inputs[index]
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "bpnn lists, wo wi ao ah ai, rates as N",
    dict(SQK_NOB, act="tanh", out="tanh"),
    ROWUP,
    """
def dtanh(y):
    return 1.0 - y ** 2
class NN:
    def __init__(self, ni, nh, no):
        self.ni = ni
        self.nh = nh
        self.no = no
        self.ai = [1.0] * self.ni
        self.ah = [1.0] * self.nh
        self.ao = [1.0] * self.no
    def back_propagate(self, targets, N):
        output_deltas = [0.0] * self.no
        for k in range(self.no):
            error = targets[k] - self.ao[k]
            output_deltas[k] = dtanh(self.ao[k]) * error
        hidden_deltas = [0.0] * self.nh
        for j in range(self.nh):
            error = 0.0
            for k in range(self.no):
                error = error + output_deltas[k] * self.wo[j][k]
            hidden_deltas[j] = dtanh(self.ah[j]) * error
        for j in range(self.nh):
            for k in range(self.no):
                change = output_deltas[k] * self.ah[j]
                self.wo[j][k] = self.wo[j][k] + N * change
        for i in range(self.ni):
            for j in range(self.nh):
                change = hidden_deltas[j] * self.ai[i]
                self.wi[i][j] = self.wi[i][j] + N * change
""",
    delta2=OK,
    delta1=OK,
)

case(
    "layer objects with error, delta and last_activation, one sample",
    SQK_NOB,
    ROWUP,
    """
class Layer:
    def __init__(self, n_input, n_neurons, activation=None, weights=None, bias=None):
        self.weights = weights if weights is not None else np.random.rand(n_input, n_neurons)
        self.activation = activation
        self.bias = bias if bias is not None else np.random.rand(n_neurons)
        self.last_activation = None
        self.error = None
        self.delta = None
    def activate(self, x):
        r = np.dot(x, self.weights)
        self.last_activation = self._apply_activation(r)
        return self.last_activation
    def _apply_activation(self, r):
        if self.activation is None:
            return r
        if self.activation == 'tanh':
            return np.tanh(r)
        if self.activation == 'sigmoid':
            return 1 / (1 + np.exp(-r))
        return r
    def apply_activation_derivative(self, r):
        if self.activation is None:
            return r
        if self.activation == 'tanh':
            return 1 - r ** 2
        if self.activation == 'sigmoid':
            return r * (1 - r)
        return r
class NeuralNetwork:
    def __init__(self):
        self._layers = []
    def add_layer(self, layer):
        self._layers.append(layer)
    def feed_forward(self, X):
        for layer in self._layers:
            X = layer.activate(X)
        return X
    def backpropagation(self, X, y, learning_rate):
        output = self.feed_forward(X)
        for i in reversed(range(len(self._layers))):
            layer = self._layers[i]
            if layer == self._layers[-1]:
                layer.error = y - output
                layer.delta = layer.error * layer.apply_activation_derivative(output)
            else:
                next_layer = self._layers[i + 1]
                layer.error = np.dot(next_layer.weights, next_layer.delta)
                layer.delta = layer.error * layer.apply_activation_derivative(layer.last_activation)
        for i in range(len(self._layers)):
            layer = self._layers[i]
            input_to_use = np.atleast_2d(X if i == 0 else self._layers[i - 1].last_activation)
            layer.weights += layer.delta * input_to_use.T * learning_rate
nn = NeuralNetwork()
nn.add_layer(Layer(3, 4, 'sigmoid'))
nn.add_layer(Layer(4, 3, 'sigmoid'))
""",
    delta2=OK,
    delta1=OK,
)

case(
    "deltas inserted in front, gradients by zip",
    dict(SQ3),
    ROWSUM,
    """
def backprop(self, X, y):
    activations, zs = self.forward(X)
    deltas = [(activations[-1] - y) * self.dsigmoid(zs[-1])]
    for i in range(len(self.weights) - 1, 0, -1):
        delta = deltas[0] @ self.weights[i].T * self.dsigmoid(zs[i - 1])
        deltas.insert(0, delta)
    grads_w = [a.T @ d for a, d in zip(activations[:-1], deltas)]
    grads_b = [d.sum(axis=0) for d in deltas]
    return grads_w, grads_b
def dsigmoid(self, z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)
def forward(self, X):
    activations, zs = [X], []
    for W, b in zip(self.weights, self.biases):
        z = activations[-1] @ W + b
        zs.append(z)
        activations.append(1 / (1 + np.exp(-z)))
    return activations, zs
""",
    dW3=OK,
    db3=OK,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)

case(
    "pure lists, deltas inserted, triple loop of updates",
    dict(SQK, act="relu"),
    COLSUM,
    """
class MLP:
    def backward(self, activations, pre_activations, y_true):
        out = activations[-1]
        deltas = [[(out[k] - y_true[k]) * out[k] * (1 - out[k]) for k in range(len(out))]]
        for i in reversed(range(len(self.weights) - 1)):
            W_next = self.weights[i + 1]
            d_next = deltas[0]
            z_curr = pre_activations[i]
            d_curr = []
            for j in range(len(z_curr)):
                upstream = sum(d_next[k] * W_next[k][j] for k in range(len(d_next)))
                d_curr.append(upstream * relu_derivative(z_curr[j]))
            deltas.insert(0, d_curr)
        for i in range(len(self.weights)):
            prev = activations[i]
            for j in range(len(self.weights[i])):
                for k in range(len(self.weights[i][j])):
                    self.weights[i][j][k] -= self.lr * deltas[i][j] * prev[k]
                self.biases[i][j] -= self.lr * deltas[i][j]
def relu_derivative(z):
    return 1.0 if z > 0 else 0.0
""",
    delta2=OK,
    delta1=OK,
)

case(
    "pairs of lambdas for activation and cost, out of pairs (Spanish video)",
    dict(SQK, n=[4]),
    ROWSUM,
    """
class capa_neuronal():
    def __init__(self, n_conn, n_neur, act_f):
        self.act_f = act_f
        self.b = np.random.rand(1, n_neur) * 2 - 1
        self.W = np.random.rand(n_conn, n_neur) * 2 - 1
sigm = (lambda x: 1 / (1 + np.e ** (-x)),
        lambda x: x * (1 - x))
coste_l2 = (lambda Yp, Yr: np.mean((Yp - Yr) ** 2),
            lambda Yp, Yr: (Yp - Yr))
def crear_red(topologia, act_f):
    red = []
    for l, capa in enumerate(topologia[:-1]):
        red.append(capa_neuronal(topologia[l], topologia[l + 1], act_f))
    return red
def entrenar(red_neuronal, X, Y, coste_l2, lr=0.5, entrena=True):
    salida = [(None, X)]
    for l, capa in enumerate(red_neuronal):
        z = salida[-1][1] @ red_neuronal[l].W + red_neuronal[l].b
        a = red_neuronal[l].act_f[0](z)
        salida.append((z, a))
    if entrena:
        deltas = []
        for l in reversed(range(0, len(red_neuronal))):
            z = salida[l + 1][0]
            a = salida[l + 1][1]
            if l == len(red_neuronal) - 1:
                deltas.insert(0, coste_l2[1](a, Y) * red_neuronal[l].act_f[1](a))
            else:
                deltas.insert(0, deltas[0] @ _W.T * red_neuronal[l].act_f[1](a))
            _W = red_neuronal[l].W
            red_neuronal[l].b = red_neuronal[l].b - np.sum(deltas[0], axis=0, keepdims=True) * lr
            red_neuronal[l].W = red_neuronal[l].W - salida[l][1].T @ deltas[0] * lr
    return salida[-1][1]
topologia = [3, 4, 3]
red = crear_red(topologia, sigm)
entrenar(red, X, Y, coste_l2, lr=0.05)
""",
    delta2=OK,
    delta1=OK,
)

case(
    "Spanish names, update by adding",
    SQK,
    ROWUP,
    """
class RedNeuronal:
    def sigmoide_derivada(self, x):
        return x * (1 - x)
    def adelante(self, entradas):
        self.suma_oculta = np.dot(entradas, self.pesos_entrada_oculta) + self.sesgo_oculta
        self.salida_oculta = 1 / (1 + np.exp(-self.suma_oculta))
        self.suma_salida = np.dot(self.salida_oculta, self.pesos_oculta_salida) + self.sesgo_salida
        self.salida_red = 1 / (1 + np.exp(-self.suma_salida))
        return self.salida_red
    def retropropagar(self, entradas, objetivo, tasa):
        error = objetivo - self.salida_red
        delta_salida = error * self.sigmoide_derivada(self.salida_red)
        error_oculta = delta_salida.dot(self.pesos_oculta_salida.T)
        delta_oculta = error_oculta * self.sigmoide_derivada(self.salida_oculta)
        self.pesos_oculta_salida += tasa * self.salida_oculta.T.dot(delta_salida)
        self.sesgo_salida += tasa * np.sum(delta_salida, axis=0, keepdims=True)
        self.pesos_entrada_oculta += tasa * entradas.T.dot(delta_oculta)
        self.sesgo_oculta += tasa * np.sum(delta_oculta, axis=0, keepdims=True)
""",
    delta2=OK,
    delta1=OK,
)

case(
    "German names with gradients",
    LOGIT1,
    CS,
    """
def rueckwaerts(X, y, gewichte1, bias1, gewichte2, bias2):
    netz1 = X @ gewichte1 + bias1
    ausgabe1 = 1 / (1 + np.exp(-netz1))
    netz2 = ausgabe1 @ gewichte2 + bias2
    ausgabe2 = 1 / (1 + np.exp(-netz2))
    anzahl = len(X)
    fehler2 = (ausgabe2 - y) / anzahl
    gradient_gewichte2 = ausgabe1.T @ fehler2
    gradient_bias2 = fehler2.sum(axis=0)
    fehler1 = fehler2 @ gewichte2.T * ausgabe1 * (1 - ausgabe1)
    gradient_gewichte1 = X.T @ fehler1
    gradient_bias1 = fehler1.sum(axis=0)
    return gradient_gewichte1, gradient_bias1, gradient_gewichte2, gradient_bias2
""",
    **ALL,
)

case(
    "bias appended last, np.append and np.delete",
    SQK,
    COLSUM,
    """
class Net:
    def feed_forward(self, x):
        hidden_outputs = sigmoid(self.layers[0] @ np.append(x, 1))
        outputs = sigmoid(self.layers[1] @ np.append(hidden_outputs, 1))
        return hidden_outputs, outputs
    def backpropagate(self, x, target):
        c = 1. / (self.iteration + 10)
        hidden_outputs, outputs = self.feed_forward(x)
        output_deltas = outputs * (1 - outputs) * (outputs - target)
        hidden_deltas = hidden_outputs * (1 - hidden_outputs) * np.dot(np.delete(self.layers[-1], 300, 1).T, output_deltas)
        self.layers[-1] -= c * np.outer(output_deltas, np.append(hidden_outputs, 1))
        self.layers[0] -= c * np.outer(hidden_deltas, np.append(x, 1))
""",
    delta2=OK,
    delta1=OK,
)

case(
    "Dense and ReLU that take input again, labels, network list (course notebook)",
    SOFT,
    CS,
    """
class Layer:
    def forward(self, input):
        return input
    def backward(self, input, grad_output):
        d = np.eye(input.shape[1])
        return np.dot(grad_output, d)
class ReLU(Layer):
    def forward(self, input):
        return np.maximum(0, input)
    def backward(self, input, grad_output):
        relu_grad = input > 0
        return grad_output * relu_grad
class Dense(Layer):
    def __init__(self, input_units, output_units, learning_rate=0.1):
        self.learning_rate = learning_rate
        self.weights = np.random.randn(input_units, output_units) * 0.01
        self.biases = np.zeros(output_units)
    def forward(self, input):
        return np.dot(input, self.weights) + self.biases
    def backward(self, input, grad_output):
        grad_input = np.dot(grad_output, self.weights.T)
        grad_weights = np.dot(input.T, grad_output)
        grad_biases = grad_output.sum(axis=0)
        self.weights = self.weights - self.learning_rate * grad_weights
        self.biases = self.biases - self.learning_rate * grad_biases
        return grad_input
def grad_softmax_crossentropy(logits, answers):
    ones = np.zeros_like(logits)
    ones[np.arange(len(logits)), answers] = 1
    softmax = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return (-ones + softmax) / logits.shape[0]
network = []
network.append(Dense(X_train.shape[1], 4))
network.append(ReLU())
network.append(Dense(4, 3))
def forward(network, X):
    activations = []
    input = X
    for l in network:
        activations.append(l.forward(input))
        input = activations[-1]
    return activations
def train(network, X, y):
    layer_activations = forward(network, X)
    layer_inputs = [X] + layer_activations
    logits = layer_activations[-1]
    loss_grad = grad_softmax_crossentropy(logits, y)
    for index in range(len(network))[::-1]:
        layer = network[index]
        loss_grad = layer.backward(layer_inputs[index], loss_grad)
""",
    **ALL,
)

case(
    "dvalues and dinputs, softmax with loss in one class, integer labels",
    SOFT,
    CS,
    """
class Layer_Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases
    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)
class Activation_ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)
    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0
class Softmax_Loss:
    def forward(self, inputs, y_true):
        e = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = e / np.sum(e, axis=1, keepdims=True)
    def backward(self, dvalues, y_true):
        samples = len(dvalues)
        if len(y_true.shape) == 2:
            y_true = np.argmax(y_true, axis=1)
        self.dinputs = dvalues.copy()
        self.dinputs[range(samples), y_true] -= 1
        self.dinputs = self.dinputs / samples
dense1 = Layer_Dense(3, 4)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(4, 3)
loss_activation = Softmax_Loss()
dense1.forward(X)
activation1.forward(dense1.output)
dense2.forward(activation1.output)
loss_activation.forward(dense2.output, y)
loss_activation.backward(loss_activation.output, y)
dense2.backward(loss_activation.dinputs)
activation1.backward(dense2.dinputs)
dense1.backward(activation1.dinputs)
""",
    **ALL,
)

case(
    "nested caches (linear, activation), helpers, grads by name",
    RELU3,
    NG,
    """
def relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ
def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    return dA * s * (1 - s)
def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db
def linear_activation_backward(dA, cache, activation):
    linear_cache, activation_cache = cache
    if activation == "relu":
        dZ = relu_backward(dA, activation_cache)
    elif activation == "sigmoid":
        dZ = sigmoid_backward(dA, activation_cache)
    return linear_backward(dZ, linear_cache)
def model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    Y = Y.reshape(AL.shape)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    current_cache = caches[L - 1]
    grads["dA" + str(L - 1)], grads["dW" + str(L)], grads["db" + str(L)] = linear_activation_backward(dAL, current_cache, "sigmoid")
    for l in reversed(range(L - 1)):
        current_cache = caches[l]
        dA_prev_temp, dW_temp, db_temp = linear_activation_backward(grads["dA" + str(l + 1)], current_cache, "relu")
        grads["dA" + str(l)] = dA_prev_temp
        grads["dW" + str(l + 1)] = dW_temp
        grads["db" + str(l + 1)] = db_temp
    return grads
""",
    dW3=OK,
    db3=OK,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)

case(
    "gradients appended as pairs, reversed, layer.backward gives three",
    SOFT,
    CS,
    """
class DenseLayer:
    def __init__(self, n_in, n_out, activation):
        self.weights = np.random.randn(n_in, n_out) * np.sqrt(2 / n_in)
        self.biases = np.zeros((1, n_out))
        self.activation = activation
    def forward(self, x):
        self.inputs = x
        self.z = x @ self.weights + self.biases
        if self.activation == 'relu':
            self.a = np.maximum(0, self.z)
        elif self.activation == 'softmax':
            e = np.exp(self.z - self.z.max(axis=1, keepdims=True))
            self.a = e / e.sum(axis=1, keepdims=True)
        return self.a
    def backward(self, grad):
        if self.activation == 'relu':
            dz = grad * (self.z > 0)
        elif self.activation == 'softmax':
            dz = grad
        dW = self.inputs.T @ dz
        db = np.sum(dz, axis=0, keepdims=True)
        dx = dz @ self.weights.T
        return dx, dW, db
class Model:
    def __init__(self):
        self.layers = [DenseLayer(3, 4, 'relu'), DenseLayer(4, 3, 'softmax')]
    def forward(self, X):
        out = X
        for layer in self.layers:
            out = layer.forward(out)
        return out
    def backward(self, X, y_true, y_pred):
        m = X.shape[0]
        gradient = (y_pred - y_true) / m
        gradients = []
        for i in reversed(range(len(self.layers))):
            dx, dW, db = self.layers[i].backward(gradient)
            gradients.append((dW, db))
            gradient = dx
        gradients.reverse()
        return gradients
    def step(self, X, y):
        y_pred = self.forward(X)
        gradients = self.backward(X, y, y_pred)
        for i, (dW, db) in enumerate(gradients):
            self.layers[i].weights -= self.lr * dW
            self.layers[i].biases -= self.lr * db
""",
    **ALL,
)

case(
    "W and b are dicts with val and grad, loss object",
    dict(LOGIT1, act="relu"),
    CS,
    """
class Linear:
    def __init__(self, n_in, n_out):
        self.W = {'val': np.random.randn(n_in, n_out), 'grad': 0}
        self.b = {'val': np.zeros((1, n_out)), 'grad': 0}
        self.cache = None
    def forward(self, x):
        self.cache = x
        return x @ self.W['val'] + self.b['val']
    def backward(self, dY):
        x = self.cache
        self.W['grad'] = x.T @ dY
        self.b['grad'] = np.sum(dY, axis=0, keepdims=True)
        return dY @ self.W['val'].T
class ReLU:
    def forward(self, x):
        self.cache = x
        return np.maximum(0, x)
    def backward(self, dY):
        return dY * (self.cache > 0)
class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out
    def backward(self, dY):
        return dY * self.out * (1 - self.out)
class BCE:
    def __init__(self, pred, target):
        self.pred, self.target = pred, target
    def backward(self):
        return (-self.target / self.pred + (1 - self.target) / (1 - self.pred)) / len(self.target)
class Model:
    def __init__(self):
        self.layers = []
    def add(self, layer):
        self.layers.append(layer)
    def forward(self, x):
        for i, _ in enumerate(self.layers):
            x = self.layers[i].forward(x)
        return x
    def backward(self, loss):
        delta = loss.backward()
        for i, _ in reversed(list(enumerate(self.layers))):
            delta = self.layers[i].backward(delta)
model = Model()
model.add(Linear(3, 4))
model.add(ReLU())
model.add(Linear(4, 1))
model.add(Sigmoid())
pred = model.forward(X)
loss = BCE(pred, y)
model.backward(loss)
""",
    **ALL,
)

case(
    "rows of dW set at once in loops",
    SQK,
    COLSUM,
    """
def backprop(x, y, W1, b1, W2, b2):
    z1 = W1 @ x + b1
    a1 = sigmoid(z1)
    z2 = W2 @ a1 + b2
    a2 = sigmoid(z2)
    dW2 = np.zeros(W2.shape)
    dW1 = np.zeros(W1.shape)
    d2 = (a2 - y) * a2 * (1 - a2)
    for k in range(W2.shape[0]):
        dW2[k, :] = d2[k] * a1
    d1 = np.zeros(len(a1))
    for j in range(len(a1)):
        d1[j] = np.dot(W2[:, j], d2) * a1[j] * (1 - a1[j])
    for j in range(W1.shape[0]):
        dW1[j, :] = d1[j] * x
    return dW1, d1, dW2, d2
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "matmul, transpose, hadamard helpers over lists of lists",
    SQK_NOB,
    ROWSUM,
    """
def transpose(M):
    return [[M[i][j] for i in range(len(M))] for j in range(len(M[0]))]
def matmul(A, B):
    result = [[0 for _ in range(len(B[0]))] for _ in range(len(A))]
    for i in range(len(A)):
        for j in range(len(B[0])):
            for k in range(len(B)):
                result[i][j] += A[i][k] * B[k][j]
    return result
def subtract(A, B):
    return [[A[i][j] - B[i][j] for j in range(len(A[0]))] for i in range(len(A))]
def hadamard(A, B):
    return [[a * b for a, b in zip(ra, rb)] for ra, rb in zip(A, B)]
def apply(f, M):
    return [[f(v) for v in row] for row in M]
def slope(a):
    return a * (1 - a)
def backward(X, Y, W1, W2, A1, A2):
    delta2 = hadamard(subtract(A2, Y), apply(slope, A2))
    dW2 = matmul(transpose(A1), delta2)
    delta1 = hadamard(matmul(delta2, transpose(W2)), apply(slope, A1))
    dW1 = matmul(transpose(X), delta1)
    return dW1, dW2
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "affine and relu layers with caches of tuples, reg",
    SOFT,
    CS,
    """
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
def relu_forward(x):
    return np.maximum(0, x), x
def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)
def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (fc_cache, relu_cache)
def affine_relu_backward(dout, cache):
    fc_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    return affine_backward(da, fc_cache)
def softmax_loss(x, y):
    N = x.shape[0]
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
class TwoLayerNet:
    def loss(self, X, y=None):
        hidden, cache1 = affine_relu_forward(X, self.params['W1'], self.params['b1'])
        scores, cache2 = affine_forward(hidden, self.params['W2'], self.params['b2'])
        if y is None:
            return scores
        loss, grads = 0, {}
        loss, dscores = softmax_loss(scores, y)
        dhidden, grads['W2'], grads['b2'] = affine_backward(dscores, cache2)
        _, grads['W1'], grads['b1'] = affine_relu_backward(dhidden, cache1)
        return loss, grads
""",
    **ALL,
)

case(
    "sensitivities of a textbook, one sample, s2 = -2e",
    dict(SQK, loss="2 * squared_error", out="identity"),
    COLSUM,
    """
import numpy as np
a0 = p
n1 = np.dot(w1, a0) + b1
a1 = 1 / (1 + np.exp(-n1))
n2 = np.dot(w2, a1) + b2
a2 = n2
e = t - a2
s2 = -2 * e
s1 = (1 - a1) * a1 * np.dot(w2.T, s2)
w2_nuevo = w2 - alfa * np.dot(s2, a1.T)
b2_nuevo = b2 - alfa * s2
w1_nuevo = w1 - alfa * np.dot(s1, a0.T)
b1_nuevo = b1 - alfa * s1
""",
    delta2=OK,
    delta1=OK,
)

case(
    "gradient ascent by functions of T, Y, Z",
    SOFT_SIG,
    ROWUP,
    """
def forward(X, W1, b1, W2, b2):
    Z = 1 / (1 + np.exp(-X.dot(W1) - b1))
    A = Z.dot(W2) + b2
    expA = np.exp(A)
    Y = expA / expA.sum(axis=1, keepdims=True)
    return Y, Z
def derivative_w2(Z, T, Y):
    return Z.T.dot(T - Y)
def derivative_b2(T, Y):
    return (T - Y).sum(axis=0)
def derivative_w1(X, Z, T, Y, W2):
    dZ = (T - Y).dot(W2.T) * Z * (1 - Z)
    return X.T.dot(dZ)
def derivative_b1(T, Y, W2, Z):
    return ((T - Y).dot(W2.T) * Z * (1 - Z)).sum(axis=0)
""",
    **ALL,
)

case(
    "mnist in columns, db without axis (known bug of a video)",
    SOFT,
    NG,
    """
def one_hot(Y):
    one_hot_Y = np.zeros((Y.size, Y.max() + 1))
    one_hot_Y[np.arange(Y.size), Y] = 1
    return one_hot_Y.T
def deriv_ReLU(Z):
    return Z > 0
def backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
    one_hot_Y = one_hot(Y)
    dZ2 = A2 - one_hot_Y
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2)
    dZ1 = W2.T.dot(dZ2) * deriv_ReLU(Z1)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1)
    return dW1, db1, dW2, db2
""",
    dW2=OK,
    dW1=OK,
    db2="wrong_axis",
    db1="wrong_axis",
)

case(
    "classes with activation objects, f and df",
    dict(LOGIT1, act="tanh"),
    CS,
    """
class Tanh:
    def __call__(self, z):
        return np.tanh(z)
    def gradient(self, z):
        return 1 - np.tanh(z) ** 2
class Sigmoid:
    def __call__(self, z):
        return 1 / (1 + np.exp(-z))
    def gradient(self, z):
        s = self(z)
        return s * (1 - s)
class CrossEntropy:
    def gradient(self, y, p):
        return -(y / p) + (1 - y) / (1 - p)
class Dense:
    def __init__(self, n_in, n_units, activation):
        self.W = np.random.randn(n_in, n_units)
        self.b = np.zeros((1, n_units))
        self.act = activation
    def forward(self, X):
        self.X = X
        self.Z = X @ self.W + self.b
        return self.act(self.Z)
    def backward(self, accum_grad):
        dZ = accum_grad * self.act.gradient(self.Z)
        self.dW = self.X.T @ dZ / len(self.X)
        self.db = dZ.mean(axis=0, keepdims=True)
        return dZ @ self.W.T
layers = [Dense(3, 4, Tanh()), Dense(4, 1, Sigmoid())]
loss = CrossEntropy()
out = X
for layer in layers:
    out = layer.forward(out)
grad = loss.gradient(y, out)
for layer in layers[::-1]:
    grad = layer.backward(grad)
""",
    **ALL,
)

case(
    "layer takes function and derivative, next layer's backward by hand",
    dict(SQ, act="tanh"),
    COLSUM,
    """
def tanh(z): return np.tanh(z)
def tanh_prime(z): return 1 - np.tanh(z) ** 2
def sigmoid(z): return 1 / (1 + np.exp(-z))
def sigmoid_prime(z): return sigmoid(z) * (1 - sigmoid(z))
class Layer:
    def __init__(self, n, n_prev, f, f_prime):
        self.W = np.random.randn(n, n_prev)
        self.b = np.zeros((n, 1))
        self.f, self.f_prime = f, f_prime
    def forward(self, a_prev):
        self.a_prev = a_prev
        self.z = self.W @ a_prev + self.b
        self.a = self.f(self.z)
        return self.a
    def backward(self, da):
        dz = da * self.f_prime(self.z)
        self.dW = dz @ self.a_prev.T
        self.db = np.sum(dz, axis=1, keepdims=True)
        return self.W.T @ dz
hidden = Layer(4, 3, tanh, tanh_prime)
output = Layer(1, 4, sigmoid, sigmoid_prime)
y_hat = output.forward(hidden.forward(X))
hidden.backward(output.backward(y_hat - Y))
""",
    **ALL,
)

case(
    "tasks of four deltas, transposes as in an issue (del4 without slope)",
    dict(SQ3, bias=False),
    ROWUP,
    """
def dsig(x):
    return x * (1 - x)
def train(self, training_inputs, training_outputs, its):
    for it in range(its):
        a2 = self.sigmoid(dot(training_inputs, self.weights1))
        a3 = self.sigmoid(dot(a2, self.weights2))
        output = self.sigmoid(dot(a3, self.weights3))
        err4 = training_outputs - output
        del4 = err4 * dsig(output)
        del3 = dot(self.weights3, del4.T) * (dsig(a3).T)
        del2 = dot(self.weights2, del3) * (dsig(a2).T)
        adjustment3 = dot(a3.T, del4)
        adjustment2 = dot(a2.T, del3.T)
        adjustment1 = dot(training_inputs.T, del2.T)
        self.weights1 += adjustment1
        self.weights2 += adjustment2
        self.weights3 += adjustment3
def sigmoid(self, x):
    return 1 / (1 + exp(-x))
""",
    dW3=OK,
    dW2=OK,
    dW1=OK,
)

case(
    "the same with the slope left out at the output",
    dict(SQ3, bias=False),
    ROWUP,
    """
def dsig(x):
    return x * (1 - x)
def train(self, training_inputs, training_outputs, its):
    for it in range(its):
        a2 = self.sigmoid(dot(training_inputs, self.weights1))
        a3 = self.sigmoid(dot(a2, self.weights2))
        output = self.sigmoid(dot(a3, self.weights3))
        del4 = training_outputs - output
        del3 = dot(self.weights3, del4.T) * (dsig(a3).T)
        del2 = dot(self.weights2, del3) * (dsig(a2).T)
        adjustment3 = dot(a3.T, del4)
        adjustment2 = dot(a2.T, del3.T)
        adjustment1 = dot(training_inputs.T, del2.T)
def sigmoid(self, x):
    return 1 / (1 + exp(-x))
""",
    delta3="output_derivative_missing",
)

case(
    "params dict A0..A3, change_w by np.outer, softmax slope elementwise",
    dict(SQK, act="logistic"),
    COLSUM,
    """
class DeepNet:
    def sigmoid(self, x, derivative=False):
        if derivative:
            return np.exp(-x) / ((np.exp(-x) + 1) ** 2)
        return 1 / (1 + np.exp(-x))
    def forward_pass(self, x_train):
        params = self.params
        params['A0'] = x_train
        params['Z1'] = np.dot(params['W1'], params['A0'])
        params['A1'] = self.sigmoid(params['Z1'])
        params['Z2'] = np.dot(params['W2'], params['A1'])
        params['A2'] = self.sigmoid(params['Z2'])
        return params['A2']
    def backward_pass(self, y_train, output):
        params = self.params
        change_w = {}
        error = (output - y_train) * self.sigmoid(params['Z2'], derivative=True)
        change_w['W2'] = np.outer(error, params['A1'])
        error = np.dot(params['W2'].T, error) * self.sigmoid(params['Z1'], derivative=True)
        change_w['W1'] = np.outer(error, params['A0'])
        return change_w
""",
    **W12,
)

case(
    "updates before the hidden error, slope missing at the output (pull request)",
    SQK,
    COLSUM,
    """
for img, l in zip(images, labels):
    h_pre = b_i_h + w_i_h @ img
    h = 1 / (1 + np.exp(-h_pre))
    o_pre = b_h_o + w_h_o @ h
    o = 1 / (1 + np.exp(-o_pre))
    delta_o = o - l
    w_h_o += -learn_rate * delta_o @ np.transpose(h)
    b_h_o += -learn_rate * delta_o
    delta_h = np.transpose(w_h_o) @ delta_o * (h * (1 - h))
    w_i_h += -learn_rate * delta_h @ np.transpose(img)
    b_i_h += -learn_rate * delta_h
""",
    delta2="output_derivative_missing",
    delta1="weights_updated_first",
)

case(
    "neurons as objects in lists of lists",
    SQK_NOB,
    ROWUP,
    """
class Neuron:
    def __init__(self, n):
        self.weights = [random() for _ in range(n)]
        self.output = 0
        self.delta = 0
    def transfer_derivative(self, output):
        return output * (1 - output)
class ANN:
    def backprop_output_layer(self, expected):
        layer = self.layers[-1]
        for j in range(len(layer)):
            neuron = layer[j]
            error = expected[j] - neuron.output
            neuron.delta = error * neuron.transfer_derivative(neuron.output)
    def backprop_hidden_layers(self):
        for i in reversed(range(len(self.layers) - 1)):
            layer = self.layers[i]
            for j in range(len(layer)):
                error = 0.0
                neuron = layer[j]
                for next_neuron in self.layers[i + 1]:
                    error += next_neuron.weights[j] * next_neuron.delta
                neuron.delta = error * neuron.transfer_derivative(neuron.output)
""",
    delta2=OK,
    delta1=OK,
)

case(
    "sums over samples with nabla lists built by zip",
    SQ3,
    COLSUM,
    """
def update_mini_batch(self, mini_batch, eta):
    nabla_b = [np.zeros(b.shape) for b in self.biases]
    nabla_w = [np.zeros(w.shape) for w in self.weights]
    for x, y in mini_batch:
        delta_nabla_b, delta_nabla_w = self.backprop(x, y)
        nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
        nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
    self.weights = [w - (eta / len(mini_batch)) * nw for w, nw in zip(self.weights, nabla_w)]
    self.biases = [b - (eta / len(mini_batch)) * nb for b, nb in zip(self.biases, nabla_b)]
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
def cost_derivative(self, output_activations, y):
    return output_activations - y
def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))
def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))
""",
    dW3=OK,
    dW2=OK,
    dW1=OK,
)

case(
    "params and grads dicts by f-strings, activations in a dict of functions",
    dict(RELU3),
    NG,
    """
class Net:
    def __init__(self, dims):
        self.L = len(dims) - 1
        self.params = {}
        for l in range(1, self.L + 1):
            self.params[f'W{l}'] = np.random.randn(dims[l], dims[l - 1]) * 0.01
            self.params[f'b{l}'] = np.zeros((dims[l], 1))
    def forward(self, X):
        self.cache = {'A0': X}
        A = X
        for l in range(1, self.L + 1):
            Z = self.params[f'W{l}'] @ A + self.params[f'b{l}']
            A = self.sigmoid(Z) if l == self.L else self.relu(Z)
            self.cache[f'Z{l}'], self.cache[f'A{l}'] = Z, A
        return A
    def backward(self, Y):
        m = Y.shape[1]
        self.grads = {}
        dZ = self.cache[f'A{self.L}'] - Y
        for l in range(self.L, 0, -1):
            self.grads[f'dW{l}'] = dZ @ self.cache[f'A{l-1}'].T / m
            self.grads[f'db{l}'] = dZ.sum(axis=1, keepdims=True) / m
            if l > 1:
                dZ = (self.params[f'W{l}'].T @ dZ) * (self.cache[f'Z{l-1}'] > 0)
    def relu(self, Z): return np.maximum(0, Z)
    def sigmoid(self, Z): return 1 / (1 + np.exp(-Z))
""",
    dW3=OK,
    db3=OK,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)

case(
    "MATLAB homework: loop over samples with theta and bias columns",
    MULTI_SIG,
    {"layout": "rows", "mean_in": "dW"},
    """
def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    Theta1 = nn_params[:hidden_layer_size * (input_layer_size + 1)].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[hidden_layer_size * (input_layer_size + 1):].reshape(num_labels, hidden_layer_size + 1)
    m = X.shape[0]
    Y = np.eye(num_labels)[y]
    Delta1 = np.zeros(Theta1.shape)
    Delta2 = np.zeros(Theta2.shape)
    for t in range(m):
        a1 = np.hstack([1, X[t, :]])
        z2 = Theta1 @ a1
        a2 = np.hstack([1, sigmoid(z2)])
        z3 = Theta2 @ a2
        a3 = sigmoid(z3)
        d3 = a3 - Y[t, :]
        d2 = (Theta2.T @ d3)[1:] * sigmoidGradient(z2)
        Delta2 = Delta2 + np.outer(d3, a2)
        Delta1 = Delta1 + np.outer(d2, a1)
    Theta1_grad = Delta1 / m
    Theta2_grad = Delta2 / m
    return np.concatenate([Theta1_grad.ravel(), Theta2_grad.ravel()])
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def sigmoidGradient(z):
    g = sigmoid(z)
    return g * (1 - g)
""",
    **W12,
)

case(
    "relu on the gradient, Keras-like class (bug)",
    dict(LOGIT1, act="relu"),
    CS,
    """
class Relu:
    def forward(self, Z):
        self.Z = Z
        return np.maximum(0, Z)
    def backward(self, dA):
        return np.maximum(0, dA)
class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)
    def forward(self, A):
        self.A = A
        return A @ self.W + self.b
    def backward(self, dZ):
        self.dW = self.A.T @ dZ
        self.db = dZ.sum(axis=0)
        return dZ @ self.W.T
class Model:
    def __init__(self):
        self.layers = [Dense(3, 4), Relu(), Dense(4, 1)]
    def step(self, X, y):
        A = X
        for layer in self.layers:
            A = layer.forward(A)
        p = 1 / (1 + np.exp(-A))
        grad = (p - y) / len(y)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
""",
    dW2=OK,
    db2=OK,
    delta1="relu_on_gradient",
)

case(
    "Mazur-like neurons with the hidden slope forgotten (bug)",
    SQK_NOB,
    COLSUM,
    """
class Network:
    def train(self, inputs, targets):
        self.feed_forward(inputs)
        d_out = [0] * len(self.output_layer.neurons)
        for o in range(len(self.output_layer.neurons)):
            neuron = self.output_layer.neurons[o]
            d_out[o] = -(targets[o] - neuron.output) * neuron.output * (1 - neuron.output)
        d_hid = [0] * len(self.hidden_layer.neurons)
        for h in range(len(self.hidden_layer.neurons)):
            total = 0
            for o in range(len(self.output_layer.neurons)):
                total += d_out[o] * self.output_layer.neurons[o].weights[h]
            d_hid[h] = total
""",
    delta2=OK,
)
