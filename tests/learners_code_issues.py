"""Code from bug reports and pull requests of teaching code."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "language course, word vectors: relu on the gradient, and b1 from dW1 (issue)",
    dict(SOFT),
    NG,
    """
    def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):
        l1 = np.dot(W2.T, (yhat - y))
        l1 = np.maximum(0, l1)
        grad_W1 = (1 / batch_size) * np.dot(l1, x.T)
        grad_W2 = (1 / batch_size) * np.dot(yhat - y, h.T)
        grad_b1 = np.sum((1 / batch_size) * np.dot(l1, x.T), axis=1, keepdims=True)
        grad_b2 = np.sum((1 / batch_size) * np.dot(yhat - y, h.T), axis=1, keepdims=True)
        return grad_W1, grad_W2, grad_b1, grad_b2
    """,
    dW2=OK,
    delta1="relu_on_gradient",
    db2="wrong_name",
)
case(
    "the same course, biases by a product with ones (comment in the issue)",
    dict(SOFT),
    NG,
    """
    def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):
        ones_array = np.ones(batch_size)
        l1 = np.dot(W2.T, yhat - y)
        l1[z1 < 0] = 0
        grad_W1 = np.dot(l1, x.T) / batch_size
        grad_W2 = np.dot(yhat - y, h.T) / batch_size
        grad_b1 = (1 / batch_size) * np.dot(l1, ones_array.T).reshape(-1, 1)
        grad_b2 = np.dot(yhat - y, np.ones((batch_size, 1))) / batch_size
        return grad_W1, grad_W2, grad_b1, grad_b2
    """,
    dW2=OK,
    dW1=OK,
    db1=OK,
    db2=OK,
)
case(
    "lecture in torch, softmax regression: the bias summed over everything (issue)",
    {"n": [], "act": "relu", "kind": "multi"},
    ROWSUM,
    """
    class SoftmaxRegression1:
        def backward(self, x, y, probas):
            grad_loss_wrt_w = -torch.mm(x.t(), y - probas)
            grad_loss_wrt_b = -torch.sum(y - probas)
            return grad_loss_wrt_w, grad_loss_wrt_b
    """,
    dW1=OK,
    db1="wrong_axis",
)
case(
    "make your own network: hidden errors from the raw output errors",
    dict(SQK_NOB),
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
            hidden_errors = numpy.dot(self.who.T, output_errors)
            self.who += self.lr * numpy.dot((output_errors * final_outputs * (1.0 - final_outputs)), numpy.transpose(hidden_outputs))
            self.wih += self.lr * numpy.dot((hidden_errors * hidden_outputs * (1.0 - hidden_outputs)), numpy.transpose(inputs))
    """,
    W2_next=OK,
    W1_next="output_derivative_missing",
)
case(
    "lazy course scripts: Z is the hidden output, pY the prediction, T the targets",
    {"n": [4], "act": "tanh", "kind": "multi", "out": "softmax"},
    ROWSUM,
    """
    class ANN:
        def forward(self, X):
            Z = np.tanh(X.dot(self.W1) + self.b1)
            return softmax(Z.dot(self.W2) + self.b2), Z
        def fit(self, X, T):
            for i in range(epochs):
                pY, Z = self.forward(X)
                pY_T = pY - T
                self.W2 -= learning_rate * (Z.T.dot(pY_T) + reg * self.W2)
                self.b2 -= learning_rate * (pY_T.sum(axis=0) + reg * self.b2)
                dZ = pY_T.dot(self.W2.T) * (1 - Z * Z)
                self.W1 -= learning_rate * (X.T.dot(dZ) + reg * self.W1)
                self.b1 -= learning_rate * (dZ.sum(axis=0) + reg * self.b1)
    """,
    delta1="weights_updated_first",
)
case(
    "the same course, derivatives as functions: Z hidden, T targets, Y outputs, steps added",
    {"n": [4], "act": "logistic", "kind": "multi"},
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
    def derivative_w1(X, Z, T, Y, W2):
        dZ = (T - Y).dot(W2.T) * Z * (1 - Z)
        return X.T.dot(dZ)
    def derivative_b2(T, Y):
        return (T - Y).sum(axis=0)
    def derivative_b1(T, Y, W2, Z):
        return ((T - Y).dot(W2.T) * Z * (1 - Z)).sum(axis=0)
    """,
    dW2=OK,
    dW1=OK,
    db2=OK,
    db1=OK,
)
case(
    "own framework: derivative of tanh at the incoming gradient (issue)",
    dict(TANH1),
    ROWSUM,
    """
    def tanh_backward(next_dz):
        return 1 - np.square(np.tanh(next_dz))
    dZ2 = A2 - Y
    dA1 = np.dot(dZ2, W2.T)
    dZ1 = tanh_backward(dA1)
    dW1 = np.dot(X.T, dZ1)
    """,
    delta2=OK,
    dA1=OK,
    dW1=OK,
)
case(
    "lstm code reader: tanh' with a plus (issue), as a class with f and backward",
    dict(TANH1),
    ROWSUM,
    """
    class Tanh:
        def forward(self, X):
            return np.tanh(X)
        def backward(self, X, top_diff):
            output = self.forward(X)
            return (1.0 + np.square(output)) * top_diff
    tanh = Tanh()
    dZ2 = A2 - Y
    dZ1 = tanh.backward(Z1, dZ2.dot(W2.T))
    """,
    delta1="wrong_derivative",
)
case(
    "handson book: linear regression batch by hand, no division (issue)",
    {"n": [], "act": "relu", "kind": "reg1", "loss": "2 * squared_error", "bias": False},
    CS,
    """
    for epoch in range(n_epochs):
        for i in range(n_iterations):
            xi = X_b[random_index:random_index + minibatch_size]
            yi = y[random_index:random_index + minibatch_size]
            gradients = 2 * X.T.dot(X.dot(theta) - y)
            theta = theta - eta * gradients
    """,
    W1_next="missing_mean",
)
case(
    "blog: deep network of numpy with an architecture list",
    dict(RELU3),
    NG,
    """
    def relu_backward(dA, Z):
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
        return dZ
    def sigmoid_backward(dA, Z):
        sig = sigmoid(Z)
        return dA * sig * (1 - sig)
    def backward_one(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
        m = A_prev.shape[1]
        if activation == "relu":
            slope = relu_backward
        elif activation == "sigmoid":
            slope = sigmoid_backward
        dZ_curr = slope(dA_curr, Z_curr)
        dW_curr = np.dot(dZ_curr, A_prev.T) / m
        db_curr = np.sum(dZ_curr, axis=1, keepdims=True) / m
        dA_prev = np.dot(W_curr.T, dZ_curr)
        return dA_prev, dW_curr, db_curr
    nn_architecture = [
        {"input_dim": 3, "output_dim": 5, "activation": "relu"},
        {"input_dim": 5, "output_dim": 4, "activation": "relu"},
        {"input_dim": 4, "output_dim": 1, "activation": "sigmoid"},
    ]
    def backward_through_all(Y_hat, Y, memory, params_values, nn_architecture):
        grads_values = {}
        Y = Y.reshape(Y_hat.shape)
        dA_prev = - (np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
        for layer_idx_prev, layer in reversed(list(enumerate(nn_architecture))):
            layer_idx_curr = layer_idx_prev + 1
            activation_curr = layer["activation"]
            dA_curr = dA_prev
            A_prev = memory["A" + str(layer_idx_prev)]
            Z_curr = memory["Z" + str(layer_idx_curr)]
            W_curr = params_values["W" + str(layer_idx_curr)]
            b_curr = params_values["b" + str(layer_idx_curr)]
            dA_prev, dW_curr, db_curr = backward_one(
                dA_curr, W_curr, b_curr, Z_curr, A_prev, activation_curr)
            grads_values["dW" + str(layer_idx_curr)] = dW_curr
            grads_values["db" + str(layer_idx_curr)] = db_curr
        return grads_values
    """,
    dW3=OK,
    db3=OK,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "library of algorithms from scratch: logistic regression, step without 1/n (pull request)",
    {"n": [], "act": "relu", "kind": "bin", "bias": False},
    CS,
    """
    class LogisticRegression:
        def fit(self, X, y, n_iterations=4000):
            for i in range(n_iterations):
                y_pred = self.sigmoid(X.dot(self.param))
                self.param -= self.learning_rate * -(y - y_pred).dot(X)
    """,
    W1_next="shape|missing_mean|other_layout",
)
case(
    "practice problem: one neuron with MSE, 1/n where 2/n is due (issue)",
    {"n": [], "act": "relu", "kind": "bin", "loss": "2 * squared_error", "out": "logistic"},
    CS,
    """
    def train_neuron(features, labels, initial_weights, initial_bias, learning_rate, epochs):
        z = np.dot(features, weights) + bias
        predictions = sigmoid(z)
        errors = predictions - labels
        weight_gradients = (1 / len(labels)) * np.dot(features.T, errors * predictions * (1 - predictions))
        bias_gradient = (1 / len(labels)) * np.sum(errors * predictions * (1 - predictions))
        weights -= learning_rate * weight_gradients
        bias -= learning_rate * bias_gradient
    """,
    dW1="factor",
    db1="factor",
)
case(
    "tiny library: the slope of the output besides the delta of cross-entropy (issue)",
    dict(BIN3),
    COLSUM,
    """
    class CrossEntropyCost:
        @staticmethod
        def delta(a, y):
            return a - y
    class MLP:
        def backprop(self, x, y):
            activations, zs = self.feedforward(x)
            delta = (self.cost).delta(activations[-1], y) * sigmoid_prime(zs[-1])
            nabla_b[-1] = delta.sum(axis=1, keepdims=True)
            nabla_w[-1] = delta @ activations[-2].T
    """,
    delta3="output_derivative_twice",
    dW3=OK,
    db3=OK,
)
case(
    "xor with tensorflow basics by hand: a sigmoid output and half a square",
    dict(SQ),
    ROWSUM,
    """
    def sigma(x):
        return tf.div(1., 1. + tf.exp(-x))
    def sigma_prime(x):
        return sigma(x) * (1. - sigma(x))
    l1 = tf.add(tf.matmul(X, w1), b1)
    a1 = sigma(l1)
    l2 = tf.add(tf.matmul(a1, w2), b2)
    y_pred = sigma(l2)
    diff = (y_pred - Y)
    d_l2 = diff * sigma_prime(l2)
    d_b2 = d_l2
    d_w2 = tf.matmul(tf.transpose(a1), d_l2)
    d_a1 = tf.matmul(d_l2, tf.transpose(w2))
    d_l1 = d_a1 * sigma_prime(l1)
    d_b1 = d_l1
    d_w1 = tf.matmul(tf.transpose(X), d_l1)
    """,
    dW2=OK,
    dW1=OK,
    db2="bias_not_summed",
    db1="bias_not_summed",
)
case(
    "mlp from scratch: softmax output with a sigmoid slope (issue)",
    dict(SOFT_SIG),
    ROWSUM,
    """
    for i in range(len(weights) - 1, -1, -1):
        pass
    delta_t = (output - batch_y) * sigmoid_prime(Z2)
    dW2 = hidden_layers[-1].T @ delta_t
    """,
    dW2="output_derivative_twice",
)
