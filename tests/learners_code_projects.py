"""Code of projects, homework and courses, as it stands there."""

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
    "values, errors and deltas in lists of an object, synapses",
    dict(SQ3, bias=False),
    ROWUP,
    """
def logistic(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))
class NetworkLayers:
    def __init__(self, total_layers, function=logistic):
        self.total_layers = total_layers
        self.values = [None] * total_layers
        self.errors = [None] * total_layers
        self.deltas = [None] * total_layers
        self.activation_function = function
    def feed_forward(self, synapses):
        for i in range(1, self.total_layers):
            self.values[i] = self.activation_function(np.dot(self.values[i - 1], synapses[i - 1]))
    def output_error(self, output_data):
        self.errors[-1] = output_data - self.values[-1]
    def find_deltas(self, synapses):
        for i in range(self.total_layers - 1, 0, -1):
            self.deltas[i] = self.errors[i] * self.activation_function(self.values[i], deriv=True)
            self.errors[i - 1] = self.deltas[i].dot(synapses[i - 1].T)
    def back_propagate(self, synapses, learning_rate):
        for i in range(self.total_layers - 1):
            synapses[i] += self.values[i].T.dot(self.deltas[i + 1]) * learning_rate
""",
    dW3=OK,
    dW2=OK,
    dW1=OK,
)

case(
    "torch without autograd, W2 changed before the hidden gradient",
    SOFT,
    ROWSUM,
    """
def backpropagation(images, hidden_activation, output, labels, W1, W2, b1, b2, learning_rate=0.00001):
    labels_one_hot = one_hot_encode(labels)
    dL_dz2 = output - labels_one_hot
    dL_dW2 = torch.matmul(hidden_activation.T, dL_dz2)
    dL_db2 = torch.sum(dL_dz2, axis=0)
    W2 = W2 - learning_rate * dL_dW2
    b2 = b2 - learning_rate * dL_db2
    dL_da1 = torch.matmul(dL_dz2, W2.T)
    dL_dz1 = dL_da1 * (hidden_activation > 0)
    dL_dW1 = torch.matmul(images.T, dL_dz1)
    dL_db1 = torch.sum(dL_dz1, axis=0)
    W1 = W1 - learning_rate * dL_dW1
    b1 = b1 - learning_rate * dL_db1
    return W1, W2, b1, b2
""",
    dA1="weights_updated_first",
    **ALL,
)

case(
    "partial derivatives by name, one column",
    dict(SQK, act="relu", loss="2 * squared_error", out="identity"),
    COLSUM,
    """
class Solution:
    def forward_and_backward(self, x, W1, b1, W2, b2, y_true):
        x = np.array(x).reshape(-1, 1)
        b1 = np.array(b1).reshape(-1, 1)
        b2 = np.array(b2).reshape(-1, 1)
        y_true = np.array(y_true).reshape(-1, 1)
        z1 = W1 @ x + b1
        a1 = np.maximum(0, z1)
        z2 = W2 @ a1 + b2
        dL_dz2 = 2 * (z2 - y_true)
        dz2_dw2 = a1
        dz2_da1 = W2
        da1_dz1 = (z1 > 0).astype(float)
        dz1_dw1 = x
        dL_dw2 = dL_dz2 @ dz2_dw2.T
        dL_dz1 = (dz2_da1.T @ dL_dz2) * da1_dz1
        dL_dw1 = dL_dz1 @ dz1_dw1.T
        return {'dW1': np.round(dL_dw1, 4).tolist(), 'dW2': np.round(dL_dw2, 4).tolist()}
""",
    **W12,
)

case(
    "one sample, one output, W2 a vector",
    dict(LOGIT1, act="relu"),
    COLSUM,
    """
for epoch in range(1000):
    z1 = np.dot(W1, x) + b1
    a1 = np.maximum(z1, 0)
    z2 = np.dot(W2, a1) + b2
    y_pred = 1 / (1 + np.exp(-z2))
    dl_dz2 = y_pred - y_true
    dl_dW2 = dl_dz2 * a1
    dl_db2 = dl_dz2
    dl_da1 = dl_dz2 * W2
    dl_dz1 = dl_da1 * (z1 > 0)
    dl_dW1 = np.outer(dl_dz1, x)
    dl_db1 = dl_dz1
    W1 = W1 - learning_rate * dl_dW1
    b1 = b1 - learning_rate * dl_db1
    W2 = W2 - learning_rate * dl_dW2
    b2 = b2 - learning_rate * dl_db2
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "list of parameter dicts, one function for a layer",
    SOFT_TANH,
    {"layout": "rows", "mean_in": "dW"},
    """
class NN:
    def __init__(self, layer_dims, lr):
        self.layer_dims = layer_dims
        self.lr = lr
        self.parameters = []
        for n_in, n_out in zip(layer_dims[:-1], layer_dims[1:]):
            self.parameters.append({'w': np.random.randn(n_in, n_out), 'b': np.zeros((1, n_out))})
    def forward(self, x):
        self.forward_cache = [{'a': x}]
        a = x
        for i, p in enumerate(self.parameters):
            o = a @ p['w'] + p['b']
            a = self.softmax(o) if i == len(self.parameters) - 1 else np.tanh(o)
            self.forward_cache.append({'o': o, 'a': a})
        return a
    def layer_backward(self, gradient, layer_number):
        a = self.forward_cache[layer_number]['a']
        a_prev = self.forward_cache[layer_number - 1]['a']
        w = self.parameters[layer_number - 1]['w']
        if layer_number == len(self.parameters):
            gradient_o = gradient
        else:
            gradient_o = gradient * (1 - a ** 2)
        gradient_w = np.dot(a_prev.T, gradient_o) / a_prev.shape[0]
        gradient_b = np.sum(gradient_o, axis=0, keepdims=True) / a_prev.shape[0]
        gradient_a_prev = gradient_o @ w.T
        return gradient_a_prev, gradient_w, gradient_b
    def backward(self, y_hat, y):
        gradient = y_hat - y
        for i in range(len(self.parameters), 0, -1):
            gradient, gradient_w, gradient_b = self.layer_backward(gradient, i)
            self.parameters[i - 1]['w'] -= self.lr * gradient_w
            self.parameters[i - 1]['b'] -= self.lr * gradient_b
    def softmax(self, o):
        e = np.exp(o)
        return e / np.sum(e, axis=1, keepdims=True)
""",
    **ALL,
)

case(
    "error terms by record, x[:, None]",
    SQ_NOB,
    ROWUP,
    """
for e in range(epochs):
    del_w_input_hidden = np.zeros(weights_input_hidden.shape)
    del_w_hidden_output = np.zeros(weights_hidden_output.shape)
    for x, y in zip(features.values, targets):
        hidden_input = np.dot(x, weights_input_hidden)
        hidden_output = sigmoid(hidden_input)
        output = sigmoid(np.dot(hidden_output, weights_hidden_output))
        error = y - output
        output_error_term = error * output * (1 - output)
        hidden_error = np.dot(output_error_term, weights_hidden_output)
        hidden_error_term = hidden_error * hidden_output * (1 - hidden_output)
        del_w_hidden_output += output_error_term * hidden_output
        del_w_input_hidden += hidden_error_term * x[:, None]
    weights_input_hidden += learnrate * del_w_input_hidden / n_records
    weights_hidden_output += learnrate * del_w_hidden_output / n_records
""",
    **W12,
)

case(
    "bike sharing project: class with delta weights passed on",
    dict(SQ_NOB, kind="reg1", out="identity"),
    ROWUP,
    """
class NeuralNetwork(object):
    def __init__(self, input_nodes, hidden_nodes, output_nodes, learning_rate):
        self.weights_input_to_hidden = np.random.normal(0.0, input_nodes ** -0.5, (input_nodes, hidden_nodes))
        self.weights_hidden_to_output = np.random.normal(0.0, hidden_nodes ** -0.5, (hidden_nodes, output_nodes))
        self.lr = learning_rate
        self.activation_function = lambda x: 1 / (1 + np.exp(-x))
    def train(self, features, targets):
        n_records = features.shape[0]
        delta_weights_i_h = np.zeros(self.weights_input_to_hidden.shape)
        delta_weights_h_o = np.zeros(self.weights_hidden_to_output.shape)
        for X, y in zip(features, targets):
            final_outputs, hidden_outputs = self.forward_pass_train(X)
            delta_weights_i_h, delta_weights_h_o = self.backpropagation(final_outputs, hidden_outputs, X, y, delta_weights_i_h, delta_weights_h_o)
        self.update_weights(delta_weights_i_h, delta_weights_h_o, n_records)
    def forward_pass_train(self, X):
        hidden_inputs = np.dot(X, self.weights_input_to_hidden)
        hidden_outputs = self.activation_function(hidden_inputs)
        final_inputs = np.dot(hidden_outputs, self.weights_hidden_to_output)
        final_outputs = final_inputs
        return final_outputs, hidden_outputs
    def backpropagation(self, final_outputs, hidden_outputs, X, y, delta_weights_i_h, delta_weights_h_o):
        error = y - final_outputs
        output_error_term = error
        hidden_error = np.dot(self.weights_hidden_to_output, output_error_term)
        hidden_error_term = hidden_error * hidden_outputs * (1 - hidden_outputs)
        delta_weights_i_h += hidden_error_term * X[:, None]
        delta_weights_h_o += output_error_term * hidden_outputs[:, None]
        return delta_weights_i_h, delta_weights_h_o
    def update_weights(self, delta_weights_i_h, delta_weights_h_o, n_records):
        self.weights_hidden_to_output += self.lr * delta_weights_h_o / n_records
        self.weights_input_to_hidden += self.lr * delta_weights_i_h / n_records
""",
    **W12,
)

case(
    "partial derivatives as lambdas, grads dict, targets filled in",
    SOFT,
    CS,
    """
def loss(self, X, y=None, reg=0.0):
    w1, b1 = self.params['W1'], self.params['b1']
    w2, b2 = self.params['W2'], self.params['b2']
    N, D = X.shape
    z1 = X.dot(w1) + b1
    a1 = np.maximum(z1, 0)
    z2 = a1.dot(w2) + b2
    a2 = np.exp(z2) / np.sum(np.exp(z2), axis=1, keepdims=True)
    grads = {}
    d_z2_d_a1 = lambda w2, a1, b2: w2
    d_a1_d_z1 = np.vectorize(lambda z1: 1 if z1 >= 0 else 0)
    d_z1_d_w1 = lambda w1, x, b1: x
    d_z2_d_w2 = lambda w2, a1, b2: a1
    targets = np.zeros((N, self.output_size))
    targets[np.arange(N), y] = 1
    grad_z2 = a2 - targets
    grad_z2 /= N
    grads['W2'] = np.matmul(d_z2_d_w2(w2, a1, b2).T, grad_z2)
    grads['b2'] = np.sum(grad_z2, axis=0, keepdims=True)
    grad_a1 = np.matmul(d_z2_d_a1(w2, a1, b2), grad_z2.T)
    grad_z1 = d_a1_d_z1(z1) * grad_a1.T
    grads['W1'] = np.matmul(d_z1_d_w1(w1, X, b1).T, grad_z1)
    grads['b1'] = np.sum(grad_z1, axis=0, keepdims=True)
    return grads
""",
    **ALL,
)

case(
    "ones beside each layer, weights by rows of units, three layers",
    dict(BIN3),
    {"layout": "rows", "mean_in": "dW"},
    """
def forward_pass(X, W1, W2, W3):
    Xb = np.hstack([np.ones((X.shape[0], 1)), X])
    z1 = sigmoid(Xb @ W1.T)
    z1b = np.hstack([np.ones((X.shape[0], 1)), z1])
    z2 = sigmoid(z1b @ W2.T)
    z2b = np.hstack([np.ones((X.shape[0], 1)), z2])
    y_hat = sigmoid(z2b @ W3.T)
    return Xb, z1, z1b, z2, z2b, y_hat
def backward_pass(Xb, z1, z1b, z2, z2b, y_hat, y, W1, W2, W3):
    dL_ds3 = y_hat - y.reshape(-1, 1)
    dL_dW3 = (dL_ds3.T @ z2b) / Xb.shape[0]
    dL_dz2 = dL_ds3 @ W3[:, 1:]
    dL_ds2 = dL_dz2 * z2 * (1 - z2)
    dL_dW2 = (dL_ds2.T @ z1b) / Xb.shape[0]
    dL_dz1 = dL_ds2 @ W2[:, 1:]
    dL_ds1 = dL_dz1 * z1 * (1 - z1)
    dL_dW1 = (dL_ds1.T @ Xb) / Xb.shape[0]
    return dL_dW1, dL_dW2, dL_dW3
""",
    dW3=OK,
    dW2=OK,
    dW1=OK,
)

case(
    "errors in layer objects, from the last but one",
    SOFT_SIG,
    ROWSUM,
    """
class Layer:
    def __init__(self, n_in, neurons_count):
        self.neurons_count = neurons_count
        self.weights = np.random.randn(n_in, neurons_count)
        self.biases = np.zeros(neurons_count)
        self.activation = None
        self.error = None
class Net:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
        self.layers = [Layer(3, 4), Layer(4, 3)]
    def feed_forward(self, data):
        for layer in self.layers[:-1]:
            layer.activation = 1 / (1 + np.exp(-(data @ layer.weights + layer.biases)))
            data = layer.activation
        last = self.layers[-1]
        e = np.exp(data @ last.weights + last.biases)
        last.activation = e / e.sum(axis=1, keepdims=True)
        return last.activation
    def backpropagation(self, train_set, t):
        self.layers[-1].error = self.feed_forward(train_set) - t
        for index, layer in reversed(list(enumerate(self.layers[:-1]))):
            next_layer = self.layers[index + 1]
            layer.error = np.multiply(layer.activation * (1 - layer.activation), np.dot(next_layer.error, next_layer.weights.T))
            next_layer.cost_gradient_w = np.dot(layer.activation.T, next_layer.error)
            next_layer.cost_gradient_b = next_layer.error.sum(axis=0)
        first_layer = self.layers[0]
        first_layer.cost_gradient_w = np.dot(train_set.T, first_layer.error)
        first_layer.cost_gradient_b = first_layer.error.sum(axis=0)
""",
    **ALL,
)

case(
    "lists made beforehand, the wrong index in the update (bug)",
    SQ,
    ROWSUM,
    """
class MLP:
    def __init__(self, layers):
        self.weights = [np.random.randn(layers[i], layers[i + 1]) for i in range(len(layers) - 1)]
        self.bias = [np.zeros(layers[i + 1]) for i in range(len(layers) - 1)]
        self.deltas = [None] * len(self.weights)
    def forwardPass(self, x):
        self.layer_inputs = [x]
        for i in range(len(self.weights)):
            net = np.dot(self.layer_inputs[-1], self.weights[i]) + self.bias[i]
            self.layer_inputs.append(1 / (1 + np.exp(-net)))
        return self.layer_inputs[-1]
    def backwardPass(self, y):
        error = self.layer_inputs[-1] - y
        self.deltas[-1] = error * self.derivative(self.layer_inputs[-1])
        for i in range(len(self.deltas) - 2, -1, -1):
            error = np.dot(self.deltas[i + 1], self.weights[i + 1].T)
            self.deltas[i] = error * self.derivative(self.layer_inputs[i + 1])
    def update(self):
        for i in range(len(self.weights)):
            gradient_w = np.dot(self.layer_inputs[i + 1].T, self.deltas[i])
            self.weights[i] = self.weights[i] - self.learning_rate * gradient_w
            self.bias[i] = self.bias[i] - self.learning_rate * self.deltas[i].sum(axis=0)
    def derivative(self, a):
        return a * (1 - a)
""",
    delta2=OK,
    delta1=OK,
    dW2="wrong_layer|shape",
    dW1="wrong_layer|shape",
    db2=OK,
    db1=OK,
)

case(
    "list of parameters and list of gradients",
    LOGIT1,
    CS,
    """
def train(X, y, params, lr=0.5):
    w1, b1, w2, b2 = params
    h = 1 / (1 + np.exp(-(X @ w1 + b1)))
    p = 1 / (1 + np.exp(-(h @ w2 + b2)))
    d2 = (p - y) / len(y)
    d1 = d2 @ w2.T * h * (1 - h)
    grads = [X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)]
    for param, grad in zip(params, grads):
        param -= lr * grad
""",
    **ALL,
)

case(
    "everything in one expression",
    dict(SQ_NOB, loss="2 * squared_error"),
    ROWUP,
    """
class NeuralNetwork:
    def __init__(self, x, y):
        self.input = x
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.weights2 = np.random.rand(4, 1)
        self.y = y
        self.output = np.zeros(self.y.shape)
    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))
    def backprop(self):
        d_weights2 = np.dot(self.layer1.T, (2 * (self.y - self.output) * sigmoid_derivative(self.output)))
        d_weights1 = np.dot(self.input.T, (np.dot(2 * (self.y - self.output) * sigmoid_derivative(self.output), self.weights2.T) * sigmoid_derivative(self.layer1)))
        self.weights1 += d_weights1
        self.weights2 += d_weights2
def sigmoid_derivative(a):
    return a * (1.0 - a)
""",
    **W12,
)

case(
    "homework: w1 on the way back (bug)",
    dict(SQ_NOB, loss="2 * squared_error"),
    ROWSUM,
    """
class Homework:
    def forward_prop2(self):
        self.z1 = np.dot(self.X, self.w1)
        self.a1 = self.sigmoid(self.z1)
        self.z2 = np.dot(self.a1, self.w2)
        self.a2 = self.sigmoid(self.z2)
        self.ypredict = self.a2
    def back_prop2(self):
        err = 2.0 * (self.a2 - self.Y)
        grad_z2 = self.def_sigmoid(self.a2) * err
        grad_a1 = np.dot(grad_z2, self.w1)
        grad_z1 = self.def_sigmoid(self.a1) * grad_a1
        grad_w2 = np.dot(self.a1.T, grad_z2)
        grad_w1 = np.dot(self.X.T, grad_z1)
    def sigmoid(self, Z):
        return 1.0 / (1 + np.exp(-Z))
    def def_sigmoid(self, Z):
        return Z * (1.0 - Z)
""",
    delta2=OK,
    dA1="wrong_layer|wrong_name|weights_not_transposed|shape",
    dW2=OK,
    dW1=OK,
)

case(
    "linked layers, each knows the next",
    dict(SQK),
    ROWSUM,
    """
class Layer:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)
        self.prev = None
        self.next = None
    def forward(self, x):
        self.x = x
        self.out = 1 / (1 + np.exp(-(x @ self.W + self.b)))
        return self.out if self.next is None else self.next.forward(self.out)
    def backward(self, grad):
        delta = grad * self.out * (1 - self.out)
        self.dW = self.x.T @ delta
        self.db = delta.sum(axis=0)
        if self.prev is not None:
            self.prev.backward(delta @ self.W.T)
first, second = Layer(3, 4), Layer(4, 3)
first.next, second.prev = second, first
out = first.forward(X)
second.backward(out - Y)
""",
    **ALL,
)

case(
    "Portuguese names",
    SQ,
    ROWUP,
    """
for epoca in range(epocas):
    soma_oculta = np.dot(entradas, pesos_entrada_oculta) + vies_oculta
    camada_oculta = 1 / (1 + np.exp(-soma_oculta))
    soma_saida = np.dot(camada_oculta, pesos_oculta_saida) + vies_saida
    camada_saida = 1 / (1 + np.exp(-soma_saida))
    erro_saida = saidas - camada_saida
    delta_saida = erro_saida * camada_saida * (1 - camada_saida)
    erro_oculta = delta_saida.dot(pesos_oculta_saida.T)
    delta_oculta = erro_oculta * camada_oculta * (1 - camada_oculta)
    pesos_oculta_saida += camada_oculta.T.dot(delta_saida) * taxa_aprendizado
    vies_saida += np.sum(delta_saida, axis=0, keepdims=True) * taxa_aprendizado
    pesos_entrada_oculta += entradas.T.dot(delta_oculta) * taxa_aprendizado
    vies_oculta += np.sum(delta_oculta, axis=0, keepdims=True) * taxa_aprendizado
""",
    delta2=OK,
    delta1=OK,
    **ALL,
)

case(
    "architecture as list of dicts, memory and params_values",
    RELU3,
    NG,
    """
nn_architecture = [
    {"input_dim": 3, "output_dim": 5, "activation": "relu"},
    {"input_dim": 5, "output_dim": 4, "activation": "relu"},
    {"input_dim": 4, "output_dim": 1, "activation": "sigmoid"},
]
def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))
def relu(Z):
    return np.maximum(0, Z)
def sigmoid_backward(dA, Z):
    sig = sigmoid(Z)
    return dA * sig * (1 - sig)
def relu_backward(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ
def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    if activation == "relu":
        backward_activation_func = relu_backward
    elif activation == "sigmoid":
        backward_activation_func = sigmoid_backward
    else:
        raise Exception('Non-supported activation function')
    dZ_curr = backward_activation_func(dA_curr, Z_curr)
    dW_curr = np.dot(dZ_curr, A_prev.T) / m
    db_curr = np.sum(dZ_curr, axis=1, keepdims=True) / m
    dA_prev = np.dot(W_curr.T, dZ_curr)
    return dA_prev, dW_curr, db_curr
def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    m = Y.shape[1]
    Y = Y.reshape(Y_hat.shape)
    dA_prev = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
    for layer_idx_prev, layer in reversed(list(enumerate(nn_architecture))):
        layer_idx_curr = layer_idx_prev + 1
        activ_function_curr = layer["activation"]
        dA_curr = dA_prev
        A_prev = memory["A" + str(layer_idx_prev)]
        Z_curr = memory["Z" + str(layer_idx_curr)]
        W_curr = params_values["W" + str(layer_idx_curr)]
        b_curr = params_values["b" + str(layer_idx_curr)]
        dA_prev, dW_curr, db_curr = single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activ_function_curr)
        grads_values["dW" + str(layer_idx_curr)] = dW_curr
        grads_values["db" + str(layer_idx_curr)] = db_curr
    return grads_values
""",
    **ALL3,
)
case(
    "deltas appended then reversed, l2 and momentum left out",
    dict(TANH_REG, n=[5, 4]),
    {"layout": "rows", "mean_in": "dW"},
    """
class MLP:
    def __init__(self, sizes):
        self.weights = [np.random.randn(i, o) * 0.1 for i, o in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.zeros(o) for o in sizes[1:]]
    def forward(self, X):
        activations = [X]
        for i in range(len(self.weights)):
            net = np.dot(activations[-1], self.weights[i]) + self.biases[i]
            activations.append(np.tanh(net) if i < len(self.weights) - 1 else net)
        return activations
    def backprop(self, X, y, activations):
        m = X.shape[0]
        deltas = [activations[-1] - y]
        for i in range(len(self.weights) - 1, 0, -1):
            deltas.append(np.dot(deltas[-1], self.weights[i].T) * (1.0 - activations[i] ** 2))
        deltas.reverse()
        for i in range(len(self.weights)):
            gradient_w = np.dot(activations[i].T, deltas[i]) / m
            gradient_b = np.sum(deltas[i], axis=0) / m
            self.weights[i] -= self.lr * gradient_w
            self.biases[i] -= self.lr * gradient_b
""",
    **ALL3,
)

case(
    "self.z without number, self.o_error, classic of the score on a test",
    SQ_NOB,
    ROWUP,
    """
class Neural_Network(object):
    def forward(self, X):
        self.z = np.dot(X, self.W1)
        self.z2 = self.sigmoid(self.z)
        self.z3 = np.dot(self.z2, self.W2)
        o = self.sigmoid(self.z3)
        return o
    def sigmoid(self, s):
        return 1 / (1 + np.exp(-s))
    def sigmoidPrime(self, s):
        return s * (1 - s)
    def backward(self, X, y, o):
        self.o_error = y - o
        self.o_delta = self.o_error * self.sigmoidPrime(o)
        self.z2_error = self.o_delta.dot(self.W2.T)
        self.z2_delta = self.z2_error * self.sigmoidPrime(self.z2)
        self.W1 += X.T.dot(self.z2_delta)
        self.W2 += self.z2.T.dot(self.o_delta)
""",
    delta2=OK,
    delta1=OK,
    **W12,
)

case(
    "wh, bh, wout, bout, slopes in variables of their own",
    SQ,
    ROWUP,
    """
for i in range(epoch):
    hinp1 = np.dot(X, wh)
    hinp = hinp1 + bh
    hlayer_act = sigmoid(hinp)
    outinp1 = np.dot(hlayer_act, wout)
    outinp = outinp1 + bout
    output = sigmoid(outinp)
    EO = y - output
    outgrad = derivatives_sigmoid(output)
    d_output = EO * outgrad
    EH = d_output.dot(wout.T)
    hiddengrad = derivatives_sigmoid(hlayer_act)
    d_hiddenlayer = EH * hiddengrad
    wout += hlayer_act.T.dot(d_output) * lr
    bout += np.sum(d_output, axis=0, keepdims=True) * lr
    wh += X.T.dot(d_hiddenlayer) * lr
    bh += np.sum(d_hiddenlayer, axis=0, keepdims=True) * lr
def derivatives_sigmoid(x):
    return x * (1 - x)
""",
    delta2=OK,
    delta1=OK,
    **ALL,
)

case(
    "Dense layer on lists, weights by neuron, gradients summed",
    TANH_REG,
    COLSUM,
    """
class Dense:
    def __init__(self, n_in, n_out):
        self.weights = [[random.uniform(-1, 1) for _ in range(n_in)] for _ in range(n_out)]
        self.bias = [0.0 for _ in range(n_out)]
    def forward(self, x):
        self.input = x
        return [sum(w * xi for w, xi in zip(row, x)) + b for row, b in zip(self.weights, self.bias)]
    def backward(self, grad):
        self.grad_weights = [[g * xi for xi in self.input] for g in grad]
        self.grad_bias = [g for g in grad]
        return [sum(self.weights[j][i] * grad[j] for j in range(len(grad))) for i in range(len(self.input))]
class Tanh:
    def forward(self, x):
        self.out = [math.tanh(v) for v in x]
        return self.out
    def backward(self, grad):
        return [g * (1 - o * o) for g, o in zip(grad, self.out)]
layers = [Dense(3, 4), Tanh(), Dense(4, 1)]
for x, y in zip(X, Y):
    out = x
    for layer in layers:
        out = layer.forward(out)
    grad = [o - t for o, t in zip(out, y)]
    for layer in reversed(layers):
        grad = layer.backward(grad)
""",
    **W12,
)

case(
    "functional: params as list of tuples, backward returns list of tuples",
    SOFT,
    CS,
    """
def forward(params, X):
    acts = [X]
    for i, (W, b) in enumerate(params):
        z = acts[-1] @ W + b
        if i < len(params) - 1:
            acts.append(np.maximum(z, 0))
        else:
            e = np.exp(z - z.max(1, keepdims=True))
            acts.append(e / e.sum(1, keepdims=True))
    return acts
def backward(params, acts, Y):
    grads = []
    delta = (acts[-1] - Y) / len(Y)
    for i in reversed(range(len(params))):
        W, b = params[i]
        grads.append((acts[i].T @ delta, delta.sum(0)))
        if i > 0:
            delta = (delta @ W.T) * (acts[i] > 0)
    return grads[::-1]
params = [(np.random.randn(3, 4), np.zeros(4)), (np.random.randn(4, 3), np.zeros(3))]
acts = forward(params, X)
grads = backward(params, acts, Y)
params = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads)]
""",
    **ALL,
)

case(
    "layer classes with optimizer objects, BCE class, dA named error",
    dict(LOGIT1, act="relu"),
    CS,
    """
class SGD:
    def __init__(self, lr):
        self.lr = lr
    def update(self, w, grad):
        return w - self.lr * grad
class Dense:
    def __init__(self, n_in, n_out, opt):
        self.w = np.random.randn(n_in, n_out) * 0.1
        self.b = np.zeros((1, n_out))
        self.opt = opt
    def forward_pass(self, X):
        self.layer_input = X
        return X.dot(self.w) + self.b
    def backward_pass(self, accum_grad):
        W = self.w
        grad_w = self.layer_input.T.dot(accum_grad)
        grad_b = np.sum(accum_grad, axis=0, keepdims=True)
        self.w = self.opt.update(self.w, grad_w)
        self.b = self.opt.update(self.b, grad_b)
        return accum_grad.dot(W.T)
class Activation:
    def __init__(self, name):
        self.func = {'relu': ReLU, 'sigmoid': Sigmoid}[name]()
    def forward_pass(self, X):
        self.layer_input = X
        return self.func(X)
    def backward_pass(self, accum_grad):
        return accum_grad * self.func.gradient(self.layer_input)
class ReLU:
    def __call__(self, x):
        return np.where(x >= 0, x, 0)
    def gradient(self, x):
        return np.where(x >= 0, 1, 0)
class Sigmoid:
    def __call__(self, x):
        return 1 / (1 + np.exp(-x))
    def gradient(self, x):
        return self.__call__(x) * (1 - self.__call__(x))
class NeuralNetwork:
    def __init__(self):
        self.layers = []
    def add(self, layer):
        self.layers.append(layer)
    def train_on_batch(self, X, y):
        out = X
        for layer in self.layers:
            out = layer.forward_pass(out)
        p = np.clip(out, 1e-15, 1 - 1e-15)
        loss_grad = (-(y / p) + (1 - y) / (1 - p)) / len(y)
        for layer in reversed(self.layers):
            loss_grad = layer.backward_pass(loss_grad)
net = NeuralNetwork()
net.add(Dense(3, 4, SGD(0.1)))
net.add(Activation('relu'))
net.add(Dense(4, 1, SGD(0.1)))
net.add(Activation('sigmoid'))
net.train_on_batch(X, y)
""",
    **ALL,
)

case(
    "unit loops in columns, wrong: slope of the output for the hidden one (bug)",
    SQK,
    ROWSUM,
    """
def backward(x, y, h, o, W2):
    d_o = np.zeros(len(o))
    for k in range(len(o)):
        d_o[k] = (o[k] - y[k]) * o[k] * (1 - o[k])
    d_h = np.zeros(len(h))
    for j in range(len(h)):
        for k in range(len(o)):
            d_h[j] += d_o[k] * W2[j][k] * o[k] * (1 - o[k])
    dW1 = np.zeros((len(x), len(h)))
    for i in range(len(x)):
        for j in range(len(h)):
            dW1[i][j] = x[i] * d_h[j]
""",
    delta2=OK,
)

case(
    "French names",
    dict(LOGIT1),
    NG,
    """
def retropropagation(X, y, activations, parametres):
    m = y.shape[1]
    dZ2 = activations['A2'] - y
    gradients = {}
    gradients['dW2'] = 1 / m * dZ2.dot(activations['A1'].T)
    gradients['db2'] = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(parametres['W2'].T, dZ2) * activations['A1'] * (1 - activations['A1'])
    gradients['dW1'] = 1 / m * dZ1.dot(X.T)
    gradients['db1'] = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return gradients
""",
    **ALL,
)

case(
    "deep: parametres W+str(c), dZ reused in the loop (video, French)",
    RELU3,
    NG,
    """
def back_propagation(y, parametres, activations):
    m = y.shape[1]
    C = len(parametres) // 2
    dZ = activations['A' + str(C)] - y
    gradients = {}
    for c in reversed(range(1, C + 1)):
        gradients['dW' + str(c)] = 1 / m * np.dot(dZ, activations['A' + str(c - 1)].T)
        gradients['db' + str(c)] = 1 / m * np.sum(dZ, axis=1, keepdims=True)
        if c > 1:
            dZ = np.dot(parametres['W' + str(c)].T, dZ) * (activations['A' + str(c - 1)] > 0)
    return gradients
""",
    **ALL3,
)

case(
    "mean of the deltas for b in place of the sum (wrong by course)",
    SQ,
    ROWSUM,
    """
class Net:
    def train(self, X, y):
        a1 = self.act(X @ self.w[0] + self.b[0])
        a2 = self.act(a1 @ self.w[1] + self.b[1])
        d2 = (a2 - y) * a2 * (1 - a2)
        d1 = d2 @ self.w[1].T * a1 * (1 - a1)
        self.w[1] -= self.lr * a1.T @ d2
        self.b[1] -= self.lr * d2.mean(axis=0)
        self.w[0] -= self.lr * X.T @ d1
        self.b[0] -= self.lr * d1.mean(axis=0)
    def act(self, z):
        return 1 / (1 + np.exp(-z))
""",
    dW2=OK,
    dW1=OK,
    db2="bias_mean",
    db1="bias_mean",
)

case(
    "batch by tensordot-free matrix, transposed data and named tuple cache",
    LOGIT1,
    NG,
    """
Cache = namedtuple('Cache', ['A_prev', 'W', 'Z'])
def layer_forward(A_prev, W, b):
    Z = W @ A_prev + b
    return 1 / (1 + np.exp(-Z)), Cache(A_prev, W, Z)
def layer_backward(dA, cache):
    s = 1 / (1 + np.exp(-cache.Z))
    dZ = dA * s * (1 - s)
    m = cache.A_prev.shape[1]
    return cache.W.T @ dZ, dZ @ cache.A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m
A1, cache1 = layer_forward(X, W1, b1)
A2, cache2 = layer_forward(A1, W2, b2)
dA2 = -(Y / A2) + (1 - Y) / (1 - A2)
dA1, dW2, db2 = layer_backward(dA2, cache2)
dA0, dW1, db1 = layer_backward(dA1, cache1)
""",
    **ALL,
)

case(
    "Hebrew-like homework: gradient by three nested loops over the batch",
    SQK_NOB,
    ROWSUM,
    """
def gradients(X, Y, W1, W2):
    n = X.shape[0]
    dW1 = np.zeros_like(W1)
    dW2 = np.zeros_like(W2)
    for s in range(n):
        h = 1 / (1 + np.exp(-X[s] @ W1))
        o = 1 / (1 + np.exp(-h @ W2))
        d_o = (o - Y[s]) * o * (1 - o)
        d_h = (W2 @ d_o) * h * (1 - h)
        for j in range(W2.shape[0]):
            dW2[j] += h[j] * d_o
        for i in range(W1.shape[0]):
            dW1[i] += X[s, i] * d_h
    return dW1, dW2
""",
    **W12,
)
