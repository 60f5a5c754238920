"""Code after courses, books and articles: layer objects, bias columns, their names of arrays."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "beginner article: class with two weight matrices, 2 (y - out), steps added",
    {
        "n": [4],
        "act": "logistic",
        "kind": "bin",
        "loss": "2 * squared_error",
        "out": "logistic",
        "bias": False,
    },
    ROWUP,
    """
    class NeuralNetwork:
        def __init__(self, x, y):
            self.input = x
            self.weights1 = np.random.rand(self.input.shape[1], 4)
            self.weights2 = np.random.rand(4, 1)
            self.y = y
            self.output = np.zeros(y.shape)
        def feedforward(self):
            self.layer1 = sigmoid(np.dot(self.input, self.weights1))
            self.output = sigmoid(np.dot(self.layer1, self.weights2))
        def backprop(self):
            d_weights2 = np.dot(self.layer1.T, (2*(self.y - self.output) * sigmoid_derivative(self.output)))
            d_weights1 = np.dot(self.input.T, (np.dot(2*(self.y - self.output) * sigmoid_derivative(self.output), self.weights2.T) * sigmoid_derivative(self.layer1)))
            self.weights1 += d_weights1
            self.weights2 += d_weights2
    def sigmoid_derivative(x):
        return x * (1.0 - x)
    """,
    dW2=OK,
    dW1=OK,
    W1_next="learning_rate_missing",
)
case(
    "grokking chapter 8: mask in the forward pass only (issue about the backward one)",
    {
        "n": [4],
        "act": "relu",
        "kind": "multi",
        "dropout": 0.5,
        "loss": "squared_error",
        "out": "identity",
        "bias": False,
    },
    ROWUP,
    """
    layer_1 = relu(np.dot(layer_0, weights_0_1))
    dropout_mask = np.random.randint(2, size=layer_1.shape)
    layer_1 *= dropout_mask * 2
    layer_2 = np.dot(layer_1, weights_1_2)
    layer_2_delta = (labels[batch_start:batch_end] - layer_2)
    layer_1_delta = layer_2_delta.dot(weights_1_2.T) * relu2deriv(layer_1)
    weights_1_2 += alpha * layer_1.T.dot(layer_2_delta)
    """,
    delta2=OK,
    delta1=OK,
)
case(
    "two layer net of the vision course: reg without its factor (issue), ReLU by its input",
    dict(SOFT, alpha=0.3),
    CS,
    """
    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape
        z1 = X.dot(W1) + b1
        h1 = np.maximum(0, z1)
        scores = h1.dot(W2) + b2
        grads = {}
        scores -= scores.max(axis=1, keepdims=True)
        probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        probs[np.arange(N), y] -= 1
        probs /= N
        grads['W2'] = h1.T.dot(probs) + 2 * reg / N * W2
        grads['b2'] = np.sum(probs, axis=0) + reg / N * b2
        dh1 = probs.dot(W2.T)
        dh1[h1 <= 0] = 0
        grads['W1'] = X.T.dot(dh1) + reg / N * W1
        grads['b1'] = np.sum(dh1, axis=0)
        return loss, grads
    """,
    dW2="penalty_factor",
    db2="bias_penalised",
    dW1=OK,
    db1=OK,
)
case(
    "ex4 in Python: thetas with bias columns, regularised too (issue)",
    dict(MULTI_SIG, alpha=0.3),
    {"layout": "columns", "mean_in": "dW"},
    """
    def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, features, classes, reg):
        theta1 = nn_params[0:(hidden_layer_size*(input_layer_size+1))].reshape(hidden_layer_size, (input_layer_size+1))
        theta2 = nn_params[(hidden_layer_size*(input_layer_size+1)):].reshape(num_labels, (hidden_layer_size+1))
        m = features.shape[0]
        y_matrix = pd.get_dummies(classes.ravel()).to_numpy()
        a1 = np.c_[np.ones((features.shape[0], 1)), features]
        z2 = theta1.dot(a1.T)
        a2 = np.c_[np.ones((features.shape[0], 1)), sigmoid(z2.T)]
        z3 = theta2.dot(a2.T)
        a3 = sigmoid(z3)
        d3 = a3.T - y_matrix
        d2 = theta2[:, 1:].T.dot(d3.T) * sigmoidGradient(z2)
        delta1 = d2.dot(a1)
        delta2 = d3.T.dot(a2)
        theta1_ = np.c_[np.ones((theta1.shape[0], 1)), theta1[:, 1:]]
        theta2_ = np.c_[np.ones((theta2.shape[0], 1)), theta2[:, 1:]]
        theta1_grad = delta1 / m + (theta1_ * reg) / m
        theta2_grad = delta2 / m + (theta2_ * reg) / m
    """,
    delta1=OK,
    dW2=OK,
    db2="penalty_without_weights|bias_penalised",
)
case(
    "ex4 as an nparray port (dibgerge notebooks): rows, bias columns by concatenate",
    dict(MULTI_SIG, alpha=0.3),
    {"layout": "columns", "mean_in": "dW"},
    """
    def nnCostFunction(nn_params, X, y, lambda_=0.0):
        m = y.size
        a1 = np.concatenate([np.ones((m, 1)), X], axis=1)
        a2 = sigmoid(a1.dot(Theta1.T))
        a2 = np.concatenate([np.ones((a2.shape[0], 1)), a2], axis=1)
        a3 = sigmoid(a2.dot(Theta2.T))
        y_matrix = y.reshape(-1)
        y_matrix = np.eye(num_labels)[y_matrix]
        delta_3 = a3 - y_matrix
        delta_2 = delta_3.dot(Theta2)[:, 1:] * sigmoidGradient(a1.dot(Theta1.T))
        Delta1 = delta_2.T.dot(a1)
        Delta2 = delta_3.T.dot(a2)
        Theta1_grad = (1 / m) * Delta1
        Theta1_grad[:, 1:] = Theta1_grad[:, 1:] + (lambda_ / m) * Theta1[:, 1:]
        Theta2_grad = (1 / m) * Delta2
        Theta2_grad[:, 1:] = Theta2_grad[:, 1:] + (lambda_ / m) * Theta2[:, 1:]
    """,
    dW2=OK,
    dW1=OK,
)
case(
    "iris, 4-8-3: sizes that do not fit, no transpose (question)",
    dict(SQK_NOB),
    CS,
    """
    z1 = X.dot(w1)
    a1 = sigmoid(z1)
    z2 = a1.dot(w2)
    y_hat = sigmoid(z2)
    delta3 = np.multiply((y_hat - y) / m, sigmoid(z2) * (1 - sigmoid(z2)))
    dJdW2 = a1.dot(delta3)
    delta2 = np.dot(delta3, w2.T) * sigmoid(z1) * (1 - sigmoid(z1))
    dJdW1 = np.dot(X, delta2)
    """,
    dW2="transposed",
    dW1="transposed",
    delta1=OK,
)
case(
    "digits after a video, samples as rows: everything but the softmax is right (question)",
    dict(SOFT),
    ROWSUM | {"mean_in": "dW"},
    """
    def ReLU(z):
        return np.maximum(z, 0)
    def dev_ReLU(z):
        return z > 0
    def one_hotencode(y):
        y_hat = np.zeros((np.size(y), 10))
        y_hat[np.arange(y.size), y] = 1
        return y_hat
    def Softmax(z):
        a2 = np.exp(z) / sum(np.exp(z))
        return a2
    def f_propagation(a0, w1, b1, w2, b2):
        z1 = a0.dot(w1) + b1
        a1 = ReLU(z1)
        z2 = a1.dot(w2) + b2
        a2 = Softmax(z2)
        return z1, a1, z2, a2
    def b_propagation(x, y, z1, w1, a1, z2, w2, a2):
        y_hat = one_hotencode(y)
        dadc = a2 - y_hat
        dw2 = 1/m * (a1.T.dot(dadc))
        db2 = 1/m * np.sum(dadc, axis=0)
        dw1 = 1/m * x.T.dot((w2.dot(dadc.T).T * dev_ReLU(z1)))
        db1 = 1/m * np.sum((w2.dot(dadc.T).T * dev_ReLU(z1)), axis=0)
        return dw2, db2, dw1, db1
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
    A2="wrong_axis",
)
case(
    "the video itself: bias summed over everything",
    dict(SOFT),
    NG,
    """
    def one_hot(Y):
        one_hot_Y = np.zeros((Y.size, Y.max() + 1))
        one_hot_Y[np.arange(Y.size), Y] = 1
        one_hot_Y = one_hot_Y.T
        return one_hot_Y
    def ReLU_deriv(Z):
        return Z > 0
    def backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
        one_hot_Y = one_hot(Y)
        dZ2 = A2 - one_hot_Y
        dW2 = 1 / m * dZ2.dot(A1.T)
        db2 = 1 / m * np.sum(dZ2)
        dZ1 = W2.T.dot(dZ2) * ReLU_deriv(Z1)
        dW1 = 1 / m * dZ1.dot(X.T)
        db1 = 1 / m * np.sum(dZ1)
        return dW1, db1, dW2, db2
    def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, alpha):
        W1 = W1 - alpha * dW1
        b1 = b1 - alpha * db1
        W2 = W2 - alpha * dW2
        db2 = b2 - alpha * db2
        return W1, b1, W2, b2
    """,
    delta2=OK,
    dW2=OK,
    db2="wrong_axis",
    delta1=OK,
    dW1=OK,
    db1="wrong_axis",
    W1_next=OK,
    b1_next=OK,
)
case(
    "np.mat everywhere: dW2 right, dW1 in the wrong order with a matrix product for f'",
    dict(SQ_NOB),
    ROWSUM,
    """
    class Net(object):
        def forward(self, X):
            self.z2 = numpy.mat(X) * numpy.mat(self.W1)
            self.a2 = self.sigmoid(self.z2)
            self.z3 = numpy.mat(self.a2) * numpy.mat(self.W2)
            a3 = self.sigmoid(self.z3)
            return a3
        def backprop(self, X, y):
            yhat = self.forward(X)
            delta = numpy.multiply(-(y - yhat), self.sigmoidPrime(self.z3))
            dW2 = np.mat(self.a2.T) * np.mat(delta)
            dW1 = np.mat(delta) * np.mat(self.W2.T) * self.sigmoidPrime(self.z2) * numpy.mat(X.T)
            return dW2, dW1
        def sigmoid(self, z):
            return 1 / (1 + numpy.exp(-z))
        def sigmoidPrime(self, z):
            return self.sigmoid(z) * (1 - self.sigmoid(z))
    """,
    dW2=OK,
    dW1="matrix_for_elementwise",
)
case(
    "nanodegree, one sample and one output: the error in place of the hidden output",
    dict(SQ_NOB),
    ROWUP,
    """
    hidden_layer_input = np.dot(x, weights_input_hidden)
    hidden_layer_output = sigmoid(hidden_layer_input)
    output_layer_in = np.dot(hidden_layer_output, weights_hidden_output)
    output = sigmoid(output_layer_in)
    error = target - output
    output_error_term = error * output * (1 - output)
    hidden_error = np.dot(output_error_term, weights_hidden_output.T)
    hidden_error_term = hidden_error * (1 - hidden_error)
    delta_w_h_o = learnrate * np.dot(hidden_layer_output.T, output_error_term)
    delta_w_i_h = learnrate * np.dot(x.T, hidden_error_term)
    weights_hidden_output += delta_w_h_o
    """,
    delta2=OK,
    delta1="wrong_name",
    W2_next=OK,
)
case(
    "nanodegree, right: vectors with x[:, None]",
    dict(SQ_NOB),
    ROWUP,
    """
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
    weights_input_hidden += learnrate * del_w_input_hidden
    weights_hidden_output += learnrate * del_w_hidden_output
    """,
    delta2=OK,
    delta1=OK,
    W1_next=OK,
    W2_next=OK,
)
case(
    "helpers that return three gradients, compiled by a just-in-time compiler",
    dict(TANH1),
    ROWSUM,
    """
    @nb.jit(nopython=True)
    def dense_backward(X, E, W):
        gW = X.T.dot(E)
        gb = E.sum(axis=0)
        gX = E.dot(W.T)
        return gW, gb, gX
    E = A2 - Y
    dW2, db2, dA1 = dense_backward(A1, E, W2)
    dZ1 = dA1 * (1 - A1 ** 2)
    dW1, db1, _ = dense_backward(X, dZ1, W1)
    """,
    dW2=OK,
    db2=OK,
    dA1=OK,
    delta1=OK,
    dW1=OK,
    db1=OK,
)
case(
    "networks from scratch book: layer objects, dvalues and dinputs",
    dict(SOFT),
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
    class Activation_Softmax_Loss_CategoricalCrossentropy:
        def forward(self, inputs, y_true):
            exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
            self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)
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
    loss_activation = Activation_Softmax_Loss_CategoricalCrossentropy()
    dense1.forward(X)
    activation1.forward(dense1.output)
    dense2.forward(activation1.output)
    loss = loss_activation.forward(dense2.output, y)
    loss_activation.backward(loss_activation.output, y)
    dense2.backward(loss_activation.dinputs)
    activation1.backward(dense2.dinputs)
    dense1.backward(activation1.dinputs)
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
