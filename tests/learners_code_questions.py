"""Code that people show in forums when they ask what is wrong."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "course forum: logistic regression grown into a class, A of the same layer in dW",
    dict(BIN3),
    NG,
    """
    import numpy as np
    class Net:
        def gradients(self, X, Y):
            dws = []
            dbs = []
            h, activations, zs = self.forward(X)
            da = -(np.divide(Y, h) - np.divide(1 - Y, 1 - h))
            for d in np.arange(0, len(self.weights))[::-1]:
                a = activations[d + 1]
                w = self.weights[d]
                dz = da * a * (1 - a)
                m = X.shape[1]
                dw = 1. / m * dz.dot(activations[d + 1].T)
                db = 1. / m * np.sum(dz, axis=1, keepdims=True)
                da = w.T.dot(dz)
                dws.insert(0, dw)
                dbs.insert(0, db)
            return dws, dbs
    """,
    db3=OK,
    db2=OK,
    delta3=OK,
    delta2=OK,
)
case(
    "question, np.matrix and bias columns in the thetas, loop over samples (2011 course in Python)",
    dict(MULTI_SIG),
    NG,
    """
    all_delta_1, all_delta_2 = 0, 0
    for t in range(0, 5000):
        hidden_layer = np.matrix(np.concatenate((np.ones((1, 1)), sigmoid(theta_1, x[:, t]))))
        output_layer = sigmoid(theta_2, hidden_layer)
        delta_3 = output_layer - y[:, t]
        delta_2 = np.multiply(theta_2.T * delta_3, np.multiply(hidden_layer, 1 - hidden_layer))
        all_delta_2 += delta_3 * hidden_layer.T
        all_delta_1 += delta_2[1:] * x[:, t].T
    delta_gradient_2 = all_delta_2 / m
    delta_gradient_1 = all_delta_1 / m
    """,
    delta2=OK,
    delta1=OK,
)
case(
    "forum, three sigmoid layers as objects, bias gradient is delta itself",
    dict(BIN3),
    COLSUM,
    """
    class NeuralNetwork:
        def derivative_sigmoid(self, x):
            return x * (1 - x)
        def get_cost_derivative(self, Y_hat, Y):
            return -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
        def train(self, inputs, labels, epochs):
            for epoch in range(1, epochs + 1):
                z1 = np.dot(self.layer1.weights, inputs) + self.layer1.bias
                a1 = self.sigmoid(z1)
                z2 = np.dot(self.layer2.weights, a1) + self.layer2.bias
                a2 = self.sigmoid(z2)
                z3 = np.dot(self.layer3.weights, a2) + self.layer3.bias
                a3 = self.sigmoid(z3)
                layer3_delta = self.derivative_sigmoid(a3) * self.get_cost_derivative(a3, labels)
                Dw_layer3 = np.dot(layer3_delta, a2.T)
                Db_layer3 = layer3_delta
                layer2_delta = np.dot(self.layer3.weights.T, layer3_delta) * self.derivative_sigmoid(a2)
                Dw_layer2 = np.dot(layer2_delta, a1.T)
                Db_layer2 = layer2_delta
    """,
    delta3=OK,
    dW3=OK,
    db3="bias_not_summed",
    delta2=OK,
    dW2=OK,
    db2="bias_not_summed",
)
case(
    "assignment of a language course (q2_neural): rows, one line each",
    dict(SOFT_SIG),
    CS,
    """
    def forward_backward_prop(data, labels, params, dimensions):
        N = data.shape[0]
        h = sigmoid(np.dot(data, W1) + b1)
        y_hat = softmax(np.dot(h, W2) + b2)
        d3 = (y_hat - labels) / N
        gradW2 = np.dot(h.T, d3)
        gradb2 = np.sum(d3, 0, keepdims=True)
        dh = np.dot(d3, W2.T)
        d2 = sigmoid_grad(h) * dh
        gradW1 = np.dot(data.T, d2)
        gradb1 = np.sum(d2, 0)
    def sigmoid_grad(s):
        return s * (1 - s)
    """,
    dW2=OK,
    db2=OK,
    delta1=OK,
    dW1=OK,
    db1=OK,
)
case(
    "book on finance: one neuron, u is the step",
    {
        "n": [],
        "act": "logistic",
        "kind": "bin",
        "loss": "squared_error",
        "out": "logistic",
        "bias": False,
    },
    ROWSUM,
    """
    def sigmoid(x, deriv=False):
        if deriv:
            return sigmoid(x) * (1 - sigmoid(x))
        return 1 / (1 + np.exp(-x))
    for s in range(1, steps + 1):
        z = np.dot(l0, w)
        l2 = sigmoid(z)
        e = l2 - y
        d = e * sigmoid(z, True)
        u = a * np.dot(l0.T, d)
        w -= u
    """,
    W1_next=OK,
)
case(
    "deep learning book in code, whole batch as a matrix (exercise of chapter 2)",
    dict(SQ3),
    COLSUM,
    """
    class Network(object):
        def backprop(self, X, Y):
            nabla_b = [np.zeros(b.shape) for b in self.biases]
            nabla_w = [np.zeros(w.shape) for w in self.weights]
            activation = X
            activations = [X]
            zs = []
            for b, w in zip(self.biases, self.weights):
                z = np.dot(w, activation) + b
                zs.append(z)
                activation = sigmoid(z)
                activations.append(activation)
            delta = self.cost_derivative(activations[-1], Y) * sigmoid_prime(zs[-1])
            nabla_b[-1] = delta.sum(1)[:, np.newaxis]
            nabla_w[-1] = np.dot(delta, activations[-2].transpose())
            for l in range(2, self.num_layers):
                z = zs[-l]
                sp = sigmoid_prime(z)
                delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
                nabla_b[-l] = delta.sum(1).reshape([len(delta), 1])
                nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
            return nabla_b, nabla_w
        def cost_derivative(self, output_activations, y):
            return output_activations - y
    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))
    def sigmoid_prime(z):
        return sigmoid(z) * (1 - sigmoid(z))
    """,
    delta3=OK,
    db3=OK,
    dW3=OK,
    delta2=OK,
    db2=OK,
    dW2=OK,
    db1=OK,
    dW1=OK,
)
case(
    "the same book, samples one by one in update_mini_batch; the hidden delta without its derivative",
    dict(SQ3),
    COLSUM,
    """
    class Network:
        def update_mini_batch(self, mini_batch, eta):
            nabla_b = [np.zeros(b.shape) for b in self.biases]
            nabla_w = [np.zeros(w.shape) for w in self.weights]
            for x, y in mini_batch:
                delta_nabla_b, delta_nabla_w = self.backprop(x, y)
                nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
                nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
            self.weights = [w - (eta / len(mini_batch)) * nw for w, nw in zip(self.weights, nabla_w)]
        def backprop(self, x, y):
            nabla_b = [np.zeros(b.shape) for b in self.biases]
            nabla_w = [np.zeros(w.shape) for w in self.weights]
            activations, zs = self.forward(x)
            delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
            nabla_b[-1] = delta
            nabla_w[-1] = delta @ activations[-2].T
            for l in range(2, len(self.sizes)):
                delta = self.weights[-l + 1].T @ delta
                nabla_b[-l] = delta
                nabla_w[-l] = delta @ activations[-l - 1].T
            return (nabla_b, nabla_w)
    """,
    delta3=OK,
    dW3=OK,
    delta2="activation_derivative_missing",
)
case(
    "data science from scratch, older edition: output weights are stepped before the hidden deltas",
    dict(SQ_NOB),
    ROWUP,
    """
    output_deltas = output * (1 - output) * (targets - output)
    output_weights += learning_rate * hidden.T.dot(output_deltas)
    hidden_deltas = hidden * (1 - hidden) * np.dot(output_deltas, output_weights.T)
    hidden_weights += learning_rate * inputs.T.dot(hidden_deltas)
    """,
    delta2=OK,
    W2_next=OK,
    delta1="weights_updated_first",
    W1_next=OK,
)
case(
    "video tutorial, digits: output slope missing and weights stepped first (pull request)",
    dict(SQK),
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
    "grokking book, chapter 6: layers named layer_0..2, weights_0_1, weights_1_2",
    {"n": [4], "act": "relu", "kind": "reg1", "loss": "squared_error", "bias": False},
    ROWUP,
    """
    def relu(x):
        return (x > 0) * x
    def relu2deriv(output):
        return output > 0
    for iteration in range(60):
        for i in range(len(streetlights)):
            layer_0 = streetlights[i:i+1]
            layer_1 = relu(np.dot(layer_0, weights_0_1))
            layer_2 = np.dot(layer_1, weights_1_2)
            layer_2_error += np.sum((layer_2 - walk_vs_stop[i:i+1]) ** 2)
            layer_2_delta = (walk_vs_stop[i:i+1] - layer_2)
            layer_1_delta = layer_2_delta.dot(weights_1_2.T) * relu2deriv(layer_1)
            weights_1_2 += alpha * layer_1.T.dot(layer_2_delta)
            weights_0_1 += alpha * layer_0.T.dot(layer_1_delta)
    """,
    delta2=OK,
    delta1=OK,
    W2_next=OK,
    W1_next=OK,
)
case(
    "issue: three sigmoid layers, the last error is not multiplied by its slope",
    dict(SQ3, bias=False),
    ROWUP,
    """
    class NeuralNetwork:
        def __sigmoid_derivative(self, x):
            return x * (1 - x)
        def train(self, training_set_inputs, training_set_outputs, n):
            a2 = self.__sigmoid(dot(training_set_inputs, self.synaptic_weights1))
            a3 = self.__sigmoid(dot(a2, self.synaptic_weights2))
            output = self.__sigmoid(dot(a3, self.synaptic_weights3))
            del4 = training_set_outputs - output
            del3 = dot(self.synaptic_weights3, del4.T) * (self.__sigmoid_derivative(a3).T)
            del2 = dot(self.synaptic_weights2, del3) * (self.__sigmoid_derivative(a2).T)
            adjustment3 = dot(a3.T, del4)
            adjustment2 = dot(a2.T, del3.T)
            adjustment1 = dot(training_set_inputs.T, del2.T)
            self.synaptic_weights1 += adjustment1
            self.synaptic_weights2 += adjustment2
            self.synaptic_weights3 += adjustment3
    """,
    delta3="output_derivative_missing",
    W3_next="learning_rate_missing",
)
case(
    "book on machine learning, chapter 12, as a reader wanted it: slope of the output besides a - y",
    dict(SOFT_SIG, out="softmax"),
    ROWSUM,
    """
    def fit(self, X_train, y_train):
        z_h, a_h, z_out, a_out = self._forward(X_train[batch_idx])
        sigmoid_derivative_out = a_out * (1. - a_out)
        sigma_out = np.multiply(-(y_train_enc[batch_idx] - a_out), sigmoid_derivative_out)
        sigmoid_derivative_h = a_h * (1. - a_h)
        sigma_h = np.dot(sigma_out, self.w_out.T) * sigmoid_derivative_h
        grad_w_h = np.dot(X_train[batch_idx].T, sigma_h)
        grad_b_h = np.sum(sigma_h, axis=0)
        grad_w_out = np.dot(a_h.T, sigma_out)
        grad_b_out = np.sum(sigma_out, axis=0)
    """,
    delta2="output_derivative_twice",
    delta1=OK,
    dW1=OK,
    db1=OK,
    dW2=OK,
    db2=OK,
)
case(
    "the same chapter as printed",
    dict(SOFT_SIG, out="logistic"),
    ROWSUM,
    """
    sigma_out = a_out - y_train_enc[batch_idx]
    sigmoid_derivative_h = a_h * (1. - a_h)
    sigma_h = (np.dot(sigma_out, self.w_out.T) * sigmoid_derivative_h)
    grad_w_h = np.dot(X_train[batch_idx].T, sigma_h)
    grad_b_h = np.sum(sigma_h, axis=0)
    grad_w_out = np.dot(a_h.T, sigma_out)
    grad_b_out = np.sum(sigma_out, axis=0)
    delta_w_h = grad_w_h
    self.w_h -= self.eta * delta_w_h
    """,
    delta2=OK,
    delta1=OK,
    dW1=OK,
    db1=OK,
    dW2=OK,
    db2=OK,
)
case(
    "assignment 1 of the vision course, softmax classifier sample by sample",
    {"n": [], "act": "relu", "kind": "multi", "bias": False},
    CS,
    """
    def softmax_loss_naive(W, X, y, reg):
        dW = np.zeros_like(W)
        N = X.shape[0]
        for i in range(N):
            scores = X[i].dot(W)
            scores -= np.max(scores)
            p = np.exp(scores) / np.sum(np.exp(scores))
            p[y[i]] -= 1
            dW += np.outer(X[i], p)
        dW /= N
        return dW
    """,
    dW1=OK,
)
case(
    "notes in a notebook: h1 ... h4 are the steps, d_b1 is a mean (issue)",
    dict(REG),
    {"layout": "columns"},
    """
    def manual_grad(params, data_input, data_output):
        W1, b1, W2 = params
        h1 = W1 @ data_input
        h2 = h1 + b1[:, None]
        h3 = h2 * (h2 > 0)
        h4 = W2 @ h3 + b2
        d_h4 = 2 * (h4 - data_output) / data_output.shape[1]
        d_h3 = W2.T @ d_h4
        d_h2 = d_h3 * (h2 > 0)
        d_h1 = d_h2
        d_W2 = d_h4 @ h3.T
        d_b1 = jnp.mean(d_h2, axis=1)
        d_W1 = d_h1 @ data_input.T
        return [d_W1, d_b1, d_W2]
    """,
    dW2=OK,
    dW1=OK,
    db1="bias_mean",
)
