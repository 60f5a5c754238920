"""More code, collected after the reader was mended for the other files: what it had not seen."""

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "short xor script: output weights first, then the raw error goes back",
    dict(SQ_NOB),
    ROWUP,
    """
    def sigmoid(x): return 1/(1+np.exp(-x))
    def dsigmoid(x): return x*(1-x)
    for _ in range(5000):
        h = sigmoid(X.dot(w1))
        o = sigmoid(h.dot(w2))
        e = y - o
        w2 += h.T.dot(e * dsigmoid(o)) * 0.1
        w1 += X.T.dot((e.dot(w2.T) * dsigmoid(h))) * 0.1
    """,
    W2_next=OK,
)
case(
    "xor once more from memory, synapses counted from 0",
    dict(SQ_NOB),
    ROWUP,
    """
    synapse_0 = 2 * np.random.random((2, 10)) - 1
    synapse_1 = 2 * np.random.random((10, 1)) - 1
    for _ in range(10000):
        layer_1 = 1 / (1 + np.exp(-np.dot(X, synapse_0)))
        layer_2 = 1 / (1 + np.exp(-np.dot(layer_1, synapse_1)))
        layer_2_delta = (y - layer_2) * (layer_2 * (1 - layer_2))
        layer_1_delta = np.dot(layer_2_delta, synapse_1.T) * (layer_1 * (1 - layer_1))
        synapse_0 += np.dot(X.T, layer_1_delta)
        synapse_1 += np.dot(layer_1.T, layer_2_delta)
    """,
    delta2=OK,
    delta1=OK,
    W1_next="learning_rate_missing",
    W2_next="learning_rate_missing",
)
case(
    "xor without slopes",
    dict(SQ_NOB),
    ROWUP,
    """
    for _ in range(5000):
        h = sigmoid(np.dot(X, W1))
        o = sigmoid(np.dot(h, W2))
        W2 += lr * np.dot(h.T, (y - o))
        W1 += lr * np.dot(X.T, np.dot((y - o), W2.T))
    """,
    W2_next="output_derivative_missing",
)
case(
    "W0 W1 h0 h1, y is a row",
    dict(SQ_NOB),
    ROWUP,
    """
    def sigmoid_d(x):
        return x * (1 - x)
    y = np.array([[0, 1, 1, 0]])
    for epoch in pbar:
        h0 = sigmoid(np.dot(X, W0))
        h1 = sigmoid(np.dot(h0, W1))
        h1_err = y.T - h1
        h1_delta = h1_err * sigmoid_d(h1)
        h0_err = np.dot(h1_delta, W1.T)
        h0_delta = h0_err * sigmoid_d(h0)
        W1 += np.dot(h0.T, h1_delta) * lr
        W0 += np.dot(X.T, h0_delta) * lr
    """,
    delta2=OK,
    delta1=OK,
    W2_next=OK,
    W1_next=OK,
)
case(
    "book on deep learning from scratch: Affine, Relu, SoftmaxWithLoss in an ordered dict",
    dict(SOFT),
    CS,
    """
    class Relu:
        def __init__(self):
            self.mask = None
        def forward(self, x):
            self.mask = (x <= 0)
            out = x.copy()
            out[self.mask] = 0
            return out
        def backward(self, dout):
            dout[self.mask] = 0
            dx = dout
            return dx
    class Affine:
        def __init__(self, W, b):
            self.W = W
            self.b = b
            self.x = None
            self.dW = None
            self.db = None
        def forward(self, x):
            self.x = x
            out = np.dot(x, self.W) + self.b
            return out
        def backward(self, dout):
            dx = np.dot(dout, self.W.T)
            self.dW = np.dot(self.x.T, dout)
            self.db = np.sum(dout, axis=0)
            return dx
    class SoftmaxWithLoss:
        def __init__(self):
            self.loss = None
            self.y = None
            self.t = None
        def forward(self, x, t):
            self.t = t
            self.y = softmax(x)
            self.loss = cross_entropy_error(self.y, self.t)
            return self.loss
        def backward(self, dout=1):
            batch_size = self.t.shape[0]
            dx = (self.y - self.t) / batch_size
            return dx
    class TwoLayerNet:
        def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
            self.params = {}
            self.params['W1'] = weight_init_std * np.random.randn(input_size, hidden_size)
            self.params['b1'] = np.zeros(hidden_size)
            self.params['W2'] = weight_init_std * np.random.randn(hidden_size, output_size)
            self.params['b2'] = np.zeros(output_size)
            self.layers = OrderedDict()
            self.layers['Affine1'] = Affine(self.params['W1'], self.params['b1'])
            self.layers['Relu1'] = Relu()
            self.layers['Affine2'] = Affine(self.params['W2'], self.params['b2'])
            self.lastLayer = SoftmaxWithLoss()
        def predict(self, x):
            for layer in self.layers.values():
                x = layer.forward(x)
            return x
        def loss(self, x, t):
            y = self.predict(x)
            return self.lastLayer.forward(y, t)
        def gradient(self, x, t):
            self.loss(x, t)
            dout = 1
            dout = self.lastLayer.backward(dout)
            layers = list(self.layers.values())
            layers.reverse()
            for layer in layers:
                dout = layer.backward(dout)
            grads = {}
            grads['W1'] = self.layers['Affine1'].dW
            grads['b1'] = self.layers['Affine1'].db
            grads['W2'] = self.layers['Affine2'].dW
            grads['b2'] = self.layers['Affine2'].db
            return grads
    """,
    dW1=OK,
    db1=OK,
    dW2=OK,
    db2=OK,
)
case(
    "forward and backward functions with caches",
    dict(SOFT),
    CS,
    """
    def relu_fwd(x):
        out = np.maximum(x, 0)
        cache = (x,)
        return out, cache
    def relu_bak(dout, cache):
        x, = cache
        dx = dout * (x > 0)
        return dx
    def mlp_fwd(x, W, b):
        out = x.dot(W) + b
        cache = (x, W, b)
        return out, cache
    def mlp_bak(dout, cache):
        x, W, b = cache
        dx = dout.dot(W.T)
        dW = x.T.dot(dout)
        db = dout.sum(axis=0)
        return dx, dW, db
    def loss(X, y):
        a1, c1 = mlp_fwd(X, W1, b1)
        r1, c2 = relu_fwd(a1)
        scores, c3 = mlp_fwd(r1, W2, b2)
        dscores = softmax(scores)
        dscores[np.arange(len(y)), y] -= 1
        dscores /= len(y)
        dr1, dW2, db2 = mlp_bak(dscores, c3)
        da1 = relu_bak(dr1, c2)
        dx, dW1, db1 = mlp_bak(da1, c1)
    """,
    dW1=OK,
    db1=OK,
    dW2=OK,
    db2=OK,
)
case(
    "physics course: dC_dz, lists of layers, batched",
    dict(BIN3, kind="reg3", loss="2/3 * squared_error", out="logistic"),
    CS,
    """
    def mse_der(predict, target):
        return 2 / len(predict[0]) * (predict - target) / len(predict)
    def sigmoid_der(z):
        return sigmoid(z) * (1 - sigmoid(z))
    def backpropagation(input, layers, activation_funcs, target, activation_ders, cost_der=mse_der):
        layer_inputs, zs, predict = feed_forward_saver(input, layers, activation_funcs)
        layer_grads = [() for layer in layers]
        for i in reversed(range(len(layers))):
            layer_input, z = layer_inputs[i], zs[i]
            if i == len(layers) - 1:
                dC_da = cost_der(predict, target)
            else:
                (W, b) = layers[i + 1]
                dC_da = dC_dz @ W.T
            dC_dz = dC_da * sigmoid_der(z)
            dC_dW = layer_input.T @ dC_dz
            dC_db = np.sum(dC_dz, axis=0)
            layer_grads[i] = (dC_dW, dC_db)
        return layer_grads
    """,
    dW3=OK,
    dW2=OK,
    db1=OK,
)
case(
    "dL_dW2 names in a function, one hidden tanh layer, columns",
    {"n": [4], "act": "tanh", "kind": "reg1", "loss": "squared_error"},
    COLSUM,
    """
    def backward(x, y, params):
        W1, b1, W2, b2 = params
        z1 = W1 @ x + b1
        h = np.tanh(z1)
        y_hat = W2 @ h + b2
        dL_dyhat = y_hat - y
        dL_dW2 = dL_dyhat @ h.T
        dL_db2 = dL_dyhat.sum(axis=1, keepdims=True)
        dL_dh = W2.T @ dL_dyhat
        dL_dz1 = dL_dh * (1 - z1 ** 2)
        dL_dW1 = dL_dz1 @ x.T
        dL_db1 = dL_dz1
        return dL_dW1, dL_db1, dL_dW2, dL_db2
    """,
    dW2=OK,
    db2=OK,
    dA1=OK,
    delta1="wrong_derivative|Z_for_A",
    dW1=OK,
    db1="bias_not_summed",
)
case(
    "video series: base class Layer, Dense in columns, Activation with a pair of functions",
    dict(TANH1, kind="reg1", loss="2 * squared_error", out="tanh"),
    {"layout": "columns"},
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
            def tanh(x):
                return np.tanh(x)
            def tanh_prime(x):
                return 1 - np.tanh(x) ** 2
            super().__init__(tanh, tanh_prime)
    def mse(y_true, y_pred):
        return np.mean(np.power(y_true - y_pred, 2))
    def mse_prime(y_true, y_pred):
        return 2 * (y_pred - y_true) / np.size(y_true)
    network = [Dense(3, 4), Tanh(), Dense(4, 1), Tanh()]
    for e in range(epochs):
        for x, y in zip(X, Y):
            output = x
            for layer in network:
                output = layer.forward(output)
            grad = mse_prime(y, output)
            for layer in reversed(network):
                grad = layer.backward(grad, learning_rate)
    """,
    W2_next=OK,
    W1_next=OK,
)
case(
    "live coding: layers with params and grads, loss.grad",
    {"n": [4], "act": "tanh", "kind": "reg3", "loss": "2 * squared_error"},
    ROWSUM,
    """
    class Linear:
        def __init__(self, input_size, output_size):
            self.params = {}
            self.grads = {}
            self.params["w"] = np.random.randn(input_size, output_size)
            self.params["b"] = np.random.randn(output_size)
        def forward(self, inputs):
            self.inputs = inputs
            return inputs @ self.params["w"] + self.params["b"]
        def backward(self, grad):
            self.grads["b"] = np.sum(grad, axis=0)
            self.grads["w"] = self.inputs.T @ grad
            return grad @ self.params["w"].T
    class Tanh:
        def forward(self, inputs):
            self.inputs = inputs
            return np.tanh(inputs)
        def backward(self, grad):
            y = np.tanh(self.inputs)
            return (1 - y ** 2) * grad
    class NeuralNet:
        def __init__(self, layers):
            self.layers = layers
        def forward(self, inputs):
            for layer in self.layers:
                inputs = layer.forward(inputs)
            return inputs
        def backward(self, grad):
            for layer in reversed(self.layers):
                grad = layer.backward(grad)
            return grad
    net = NeuralNet([Linear(3, 4), Tanh(), Linear(4, 3)])
    predicted = net.forward(X)
    grad = 2 * (predicted - Y)
    net.backward(grad)
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "question: three layers, columns, dict of caches, one slip in a loop",
    dict(RELU3),
    NG,
    """
    def backward(self, X, Y):
        m = X.shape[1]
        L = len(self.layer_dims) - 1
        grads = {}
        A = self.cache['A' + str(L)]
        dZ = A - Y
        for l in reversed(range(1, L + 1)):
            A_prev = self.cache['A' + str(l - 1)]
            grads['dW' + str(l)] = np.dot(dZ, A_prev.T) / m
            grads['db' + str(l)] = np.sum(dZ, axis=1, keepdims=True) / m
            if l > 1:
                dA_prev = np.dot(self.parameters['W' + str(l)], dZ)
                dZ = dA_prev * (self.cache['Z' + str(l - 1)] > 0)
        return grads
    """,
    dW3=OK,
    db3=OK,
    dW2=OK,
    delta2="weights_not_transposed",
)
case(
    "homework: vectorised, names in full words",
    dict(MULTI_SIG),
    ROWSUM | {"mean_in": "dW"},
    """
    hidden_pre = X @ weights_hidden + bias_hidden
    hidden_activation = sigmoid(hidden_pre)
    output_pre = hidden_activation @ weights_output + bias_output
    output_activation = sigmoid(output_pre)
    output_delta = output_activation - targets
    gradient_weights_output = hidden_activation.T @ output_delta / n_samples
    gradient_bias_output = output_delta.mean(axis=0)
    hidden_delta = (output_delta @ weights_output.T) * hidden_activation * (1 - hidden_activation)
    gradient_weights_hidden = X.T @ hidden_delta / n_samples
    gradient_bias_hidden = hidden_delta.sum() / n_samples
    """,
    dW2=OK,
    db2=OK,
    delta1=OK,
    dW1=OK,
    db1="wrong_axis",
)
