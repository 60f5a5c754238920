"""Code with loops over single units."""

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "unit loops, class, deltas lists",
    SQK_NOB,
    ROWSUM,
    """
    class NeuralNetwork:
        def backpropagate(self, inputs, targets):
            hidden, outputs = self.feedforward(inputs)
            output_deltas = [0.0] * self.n_output
            for k in range(self.n_output):
                error = outputs[k] - targets[k]
                output_deltas[k] = error * outputs[k] * (1 - outputs[k])
            hidden_deltas = [0.0] * self.n_hidden
            for j in range(self.n_hidden):
                error = 0.0
                for k in range(self.n_output):
                    error += output_deltas[k] * self.W2[j][k]
                hidden_deltas[j] = hidden[j] * (1 - hidden[j]) * error
            for j in range(self.n_hidden):
                for k in range(self.n_output):
                    dW2[j][k] = output_deltas[k] * hidden[j]
            for i in range(self.n_input):
                for j in range(self.n_hidden):
                    dW1[i][j] = hidden_deltas[j] * inputs[i]
    """,
    delta2=OK,
    delta1=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "unit loops over samples too, numpy zeros",
    SQ,
    ROWSUM,
    """
    def backward(X, y, W1, b1, W2, b2):
        m, n_in = X.shape
        n_hidden, n_out = W2.shape
        dW1 = np.zeros_like(W1)
        db1 = np.zeros_like(b1)
        dW2 = np.zeros_like(W2)
        db2 = np.zeros_like(b2)
        for s in range(m):
            d2 = np.zeros(n_out)
            for k in range(n_out):
                d2[k] = (A2[s, k] - y[s, k]) * A2[s, k] * (1 - A2[s, k])
                db2[k] += d2[k]
                for j in range(n_hidden):
                    dW2[j, k] += d2[k] * A1[s, j]
            for j in range(n_hidden):
                total = 0
                for k in range(n_out):
                    total += W2[j, k] * d2[k]
                d1 = total * A1[s, j] * (1 - A1[s, j])
                db1[j] += d1
                for i in range(n_in):
                    dW1[i, j] += d1 * X[s, i]
        return dW1, db1, dW2, db2
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "updates in unit loops, descent, bpnn.py style",
    SQK_NOB,
    ROWUP,
    """
    class NN:
        def backPropagate(self, targets, N):
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
                    self.wo[j][k] = self.wo[j][k] + N * change
            for i in range(self.ni):
                for j in range(self.nh):
                    change = hidden_deltas[j] * self.ai[i]
                    self.wi[i][j] = self.wi[i][j] + N * change
    def dsigmoid(y):
        return y * (1.0 - y)
    """,
    delta2=OK,
    delta1=OK,
)
case(
    "unit loops in one layer, mse gradient descent",
    {"n": [], "act": "relu", "kind": "reg1", "loss": "squared_error"},
    ROWSUM,
    """
    def gradient(X, y, w, b):
        m, n = X.shape
        dj_dw = np.zeros((n,))
        dj_db = 0.
        for i in range(m):
            err = (np.dot(X[i], w) + b) - y[i]
            for j in range(n):
                dj_dw[j] = dj_dw[j] + err * X[i, j]
            dj_db = dj_db + err
        return dj_dw, dj_db
    """,
    dW1=OK,
    db1=OK,
)
case(
    "same with mean",
    {"n": [], "act": "relu", "kind": "bin"},
    CS,
    """
    def compute_gradient_logistic(X, y, w, b):
        m, n = X.shape
        dj_dw = np.zeros((n,))
        dj_db = 0.
        for i in range(m):
            f_wb_i = sigmoid(np.dot(X[i], w) + b)
            err_i = f_wb_i - y[i]
            for j in range(n):
                dj_dw[j] = dj_dw[j] + err_i * X[i, j]
            dj_db = dj_db + err_i
        dj_dw = dj_dw / m
        dj_db = dj_db / m
        return dj_db, dj_dw
    """,
    dW1=OK,
    db1=OK,
)
case(
    "unit loop vector rows dW[j] += d * a",
    SQK_NOB,
    COLSUM,
    """
    for n in range(N):
        for k in range(n_out):
            delta2[k] = (a2[k] - y[k]) * a2[k] * (1 - a2[k])
        for k in range(n_out):
            for j in range(n_hidden):
                dW2[k][j] += delta2[k] * a1[j]
        for j in range(n_hidden):
            s = 0
            for k in range(n_out):
                s += W2[k][j] * delta2[k]
            delta1[j] = s * a1[j] * (1 - a1[j])
        for j in range(n_hidden):
            for i in range(n_in):
                dW1[j][i] += delta1[j] * x[i]
    """,
    delta2=OK,
    delta1=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "unit loops, W index with wrong hidden slope",
    SQK_NOB,
    ROWSUM,
    """
    def backprop(inputs, targets):
        for k in range(n_output):
            delta2[k] = (A2[k] - targets[k]) * A2[k] * (1 - A2[k])
        for j in range(n_hidden):
            error = 0.0
            for k in range(n_output):
                error += delta2[k] * W2[j][k]
            delta1[j] = error * A1[j]
        for j in range(n_hidden):
            for k in range(n_output):
                dW2[j][k] = delta2[k] * A1[j]
    """,
    delta2=OK,
    delta1="activation_for_derivative",
    dW2=OK,
)
case(
    "sum of outputs over wrong (no slope) unit loops",
    SQK_NOB,
    ROWSUM,
    """
    for k in range(n_output):
        delta2[k] = A2[k] - Y[k]
    for j in range(n_hidden):
        for k in range(n_output):
            dW2[j][k] += delta2[k] * A1[j]
    """,
    delta2="output_derivative_missing",
)
case(
    "logistic regression missing mean",
    {"n": [], "act": "relu", "kind": "bin"},
    CS,
    """
    def gradient(X, y, w, b):
        m, n = X.shape
        dj_dw = np.zeros((n,))
        for i in range(m):
            err = sigmoid(np.dot(X[i], w) + b) - y[i]
            for j in range(n):
                dj_dw[j] += err * X[i, j]
        return dj_dw
    """,
    dW1="missing_mean",
)
case(
    "plain Python MLP with named hidden weights lists, one output",
    SQ,
    ROWSUM,
    """
    class MLP:
        def train_one(self, inputs, target):
            hidden_outputs = []
            for j in range(self.n_hidden):
                total = self.hidden_biases[j]
                for i in range(self.n_inputs):
                    total += self.hidden_weights[i][j] * inputs[i]
                hidden_outputs.append(sigmoid(total))
            out = self.output_bias
            for j in range(self.n_hidden):
                out += self.output_weights[j] * hidden_outputs[j]
            output = sigmoid(out)
            output_delta = (output - target) * sigmoid_derivative(output)
            hidden_deltas = []
            for j in range(self.n_hidden):
                error = output_delta * self.output_weights[j]
                hidden_deltas.append(error * sigmoid_derivative(hidden_outputs[j]))
            for j in range(self.n_hidden):
                dW2[j] = output_delta * hidden_outputs[j]
                for i in range(self.n_inputs):
                    dW1[i][j] = hidden_deltas[j] * inputs[i]
    def sigmoid(x):
        return 1 / (1 + math.exp(-x))
    def sigmoid_derivative(output):
        return output * (1 - output)
    """,
    delta2=OK,
    delta1=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "unit loops: dW from the wrong delta",
    SQK_NOB,
    ROWSUM,
    """
    def f(x, y):
        for k in range(n_out):
            delta2[k] = (a2[k] - y[k]) * a2[k] * (1 - a2[k])
        for j in range(n_hidden):
            for k in range(n_out):
                dW2[j][k] += delta2[k] * x[j]
    """,
    delta2=OK,
    dW2="wrong_layer",
)
