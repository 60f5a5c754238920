"""Right code in unusual forms, and long ones: objects, loops over samples, changes in place."""

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "framework in sixty lines: a list of layer objects, backward in a reversed loop, no mean",
    dict(TANH1, kind="bin", loss="squared_error", out="tanh"),
    CS,
    """
    class Dense:
        def __init__(self, n_in, n_out):
            self.W = np.random.randn(n_in, n_out)
            self.b = np.zeros(n_out)
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, grad):
            self.dW = self.x.T @ grad
            self.db = grad.sum(axis=0)
            return grad @ self.W.T
    class Tanh:
        def forward(self, x):
            self.y = np.tanh(x)
            return self.y
        def backward(self, grad):
            return grad * (1 - self.y ** 2)
    layers = [Dense(3, 4), Tanh(), Dense(4, 1), Tanh()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = out - y
    for layer in reversed(layers):
        grad = layer.backward(grad)
    """,
    dW2="missing_mean",
    db1="missing_mean",
)
case(
    "networks in python, exercise: a copy of the output in place of the gradient",
    dict(REG, loss="squared_error"),
    CS,
    """
    layer_outputs = np.dot(inputs_batch, weights) + biases
    relu_outputs = np.maximum(0, layer_outputs)
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    dZ2 = (A2 - Y) / len(X)
    drelu = A1.copy()
    drelu[Z1 <= 0] = 0
    dZ1 = drelu
    dW1 = np.dot(X.T, dZ1)
    """,
    delta1="wrong_name|activation_for_derivative",
    dW1=OK,
)
case(
    "lecture on manual backward passes, short form",
    dict(SOFT_TANH),
    CS,
    """
    hpreact = X @ W1 + b1
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    dlogits = F.softmax(logits, 1)
    dlogits[range(n), Yb] -= 1
    dlogits /= n
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    dhpreact = (1.0 - h**2) * dh
    dW1 = X.T @ dhpreact
    db1 = dhpreact.sum(0)
    """,
    delta2=OK,
    dA1=OK,
    dW2=OK,
    db2=OK,
    delta1=OK,
    dW1=OK,
    db1=OK,
)
case(
    "the same lecture, long form through counts",
    dict(SOFT_TANH),
    CS,
    """
    hpreact = X @ W1 + b1
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    logit_maxes = logits.max(1, keepdim=True).values
    norm_logits = logits - logit_maxes
    counts = norm_logits.exp()
    counts_sum = counts.sum(1, keepdims=True)
    counts_sum_inv = counts_sum ** -1
    probs = counts * counts_sum_inv
    logprobs = probs.log()
    loss = -logprobs[range(n), Yb].mean()
    dlogprobs = torch.zeros_like(logprobs)
    dlogprobs[range(n), Yb] = -1.0 / n
    dprobs = (1.0 / probs) * dlogprobs
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts = counts_sum_inv * dprobs
    dcounts_sum = (-counts_sum ** -2) * dcounts_sum_inv
    dcounts += torch.ones_like(counts) * dcounts_sum
    dnorm_logits = counts * dcounts
    dlogits = dnorm_logits.clone()
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    dhpreact = (1.0 - h**2) * dh
    dW1 = X.T @ dhpreact
    db1 = dhpreact.sum(0)
    """,
    delta2=OK,
    dW2=OK,
    db2=OK,
    delta1=OK,
    dW1=OK,
    db1=OK,
)
case(
    "blog, small columns network with total_input",
    {"n": [4], "act": "logistic", "kind": "bin", "bias": False},
    NG,
    """
    def back_prop(m, w1, w2, z1, a1, z2, a2, y):
        dz2 = a2 - y
        dw2 = np.dot(dz2, a1.T) / m
        dz1 = np.dot(w2.T, dz2) * a1 * (1 - a1)
        dw1 = np.dot(dz1, total_input.T) / m
        dw1 = np.reshape(dw1, w1.shape)
        dw2 = np.reshape(dw2, w2.shape)
        return dz2, dw2, dz1, dw1
    """,
    delta2=OK,
    dW2=OK,
    delta1=OK,
    dW1=OK,
)
case(
    "book in Korean on backpropagation: WOb, BOb are the backward quantities",
    {"n": [4], "act": "relu", "kind": "reg3", "loss": "2/3 * squared_error", "out": "relu"},
    ROWSUM,
    """
    H = I @ WH + BH
    H = (H > 0) * H
    O = H @ WO + BO
    O = (O > 0) * O
    Ob = 2 * (O - T) / O.shape[1]
    Ob = Ob * (O > 0) * 1
    Hb = Ob @ WO.T
    Hb = Hb * (H > 0) * 1
    WHb = I.T @ Hb
    BHb = Hb
    WOb = H.T @ Ob
    BOb = Ob
    lr = 0.01
    WO = WO - lr * WOb
    BO = BO - lr * BOb
    WH = WH - lr * WHb
    BH = BH - lr * BHb
    """,
    W2_next=OK,
    W1_next=OK,
)
case(
    "maths for machine learning course: J through three layers, derivative by cosh",
    dict(SQ3, loss="2 * squared_error"),
    NG,
    """
    sigma = lambda z: 1 / (1 + np.exp(-z))
    d_sigma = lambda z: np.cosh(z / 2) ** (-2) / 4
    def J_W3(x, y):
        a0, z1, a1, z2, a2, z3, a3 = network_function(x)
        J = 2 * (a3 - y)
        J = J * d_sigma(z3)
        J = J @ a2.T / x.size
        return J
    def J_b3(x, y):
        a0, z1, a1, z2, a2, z3, a3 = network_function(x)
        J = 2 * (a3 - y)
        J = J * d_sigma(z3)
        J = np.sum(J, axis=1, keepdims=True) / x.shape[1]
        return J
    def J_W2(x, y):
        a0, z1, a1, z2, a2, z3, a3 = network_function(x)
        J = 2 * (a3 - y)
        J = J * d_sigma(z3)
        J = (J.T @ W3).T
        J = J * d_sigma(z2)
        J = J @ a1.T / x.shape[1]
        return J
    """,
    dW2=OK,
    db3=OK,
)
case(
    "functions for each layer of columns, weight += -rate * ...",
    dict(SQK),
    COLSUM,
    """
    def back_propogate(weight, bias, rate, delta, neuron):
        weight += -rate * delta @ np.transpose(neuron)
        bias += -rate * delta
        return weight, bias
    def layer_error(weight, previous_error, current):
        return np.transpose(weight) @ previous_error * (current * (1 - current))
    delta2 = (A2 - Y) * A2 * (1 - A2)
    delta1 = layer_error(W2, delta2, A1)
    W2, b2 = back_propogate(W2, b2, learning_rate, delta2, A1)
    W1, b1 = back_propogate(W1, b1, learning_rate, delta1, X)
    """,
    delta2=OK,
    delta1=OK,
    W2_next=OK,
    W1_next=OK,
    b1_next="bias_not_summed|wrong_name",
)
case(
    "question about bias units: f' at the activation, theta as a list",
    dict(SQ_NOB),
    COLSUM,
    """
    def sigmoid_prime(z):
        return sigmoid(z) * (1 - sigmoid(z))
    def back_propagate():
        delta[1] = (activation[2] - y) * sigmoid_prime(z[1])
        for l in range(0, -1, -1):
            delta[l] = np.dot(theta[l + 1].T, delta[l + 1]) * sigmoid_prime(activation[l + 1])
    """,
    delta2=OK,
    delta1="derivative_at_A",
)
case(
    "article of an analytics blog, sigmoid network with slopes by name",
    dict(SQ),
    ROWUP,
    """
    for i in range(epoch):
        hidden_layer_input1 = np.dot(X, wh)
        hidden_layer_input = hidden_layer_input1 + bh
        hiddenlayer_activations = sigmoid(hidden_layer_input)
        output_layer_input1 = np.dot(hiddenlayer_activations, wout)
        output_layer_input = output_layer_input1 + bout
        output = sigmoid(output_layer_input)
        E = y - output
        slope_output_layer = derivatives_sigmoid(output)
        slope_hidden_layer = derivatives_sigmoid(hiddenlayer_activations)
        d_output = E * slope_output_layer
        Error_at_hidden_layer = d_output.dot(wout.T)
        d_hiddenlayer = Error_at_hidden_layer * slope_hidden_layer
        wout += hiddenlayer_activations.T.dot(d_output) * lr
        bout += np.sum(d_output, axis=0, keepdims=True) * lr
        wh += X.T.dot(d_hiddenlayer) * lr
        bh += np.sum(d_hiddenlayer, axis=0, keepdims=True) * lr
    def derivatives_sigmoid(x):
        return x * (1 - x)
    """,
    delta2=OK,
    delta1=OK,
    W2_next=OK,
    b2_next=OK,
    W1_next=OK,
    b1_next=OK,
)
case(
    "network in R on hot dogs, as Python: dw_out and dh",
    {"n": [4], "act": "logistic", "kind": "bin"},
    ROWSUM,
    """
    def backpropagate(x, y, y_hat, w, w_out, h, learn_rate):
        dw_out = h.T @ (y_hat - y)
        dh = (y_hat - y) @ w_out.T
        dw = x.T @ (h * (1 - h) * dh)
        return dw, dw_out
    """,
    dW2=OK,
    dW1=OK,
)
case(
    "tutorial on a digits network: sample by sample with np.outer, mean at the end",
    dict(SOFT_SIG),
    NG,
    """
    def batch_gradient(X, Y):
        dW1 = np.zeros(W1.shape); dW2 = np.zeros(W2.shape)
        db1 = np.zeros(b1.shape); db2 = np.zeros(b2.shape)
        n = X.shape[1]
        for i in range(n):
            x = X[:, i]
            a1 = sigmoid(W1 @ x + b1[:, 0])
            p = softmax(W2 @ a1 + b2[:, 0])
            d2 = p - Y[:, i]
            d1 = (W2.T @ d2) * a1 * (1 - a1)
            dW2 += np.outer(d2, a1)
            db2[:, 0] += d2
            dW1 += np.outer(d1, x)
            db1[:, 0] += d1
        return dW1 / n, db1 / n, dW2 / n, db2 / n
    """,
    delta2=OK,
    delta1=OK,
)
case(
    "in place, with out= and @=, by a student of numerics",
    dict(TANH1),
    CS,
    """
    delta2 = A2.copy()
    delta2 -= Y
    delta2 *= 1.0 / len(X)
    np.matmul(A1.T, delta2, out=dW2)
    delta1 = delta2
    delta1 @= W2.T
    delta1 *= np.subtract(1, np.square(A1))
    dW1 = np.einsum("ij,ik->jk", X, delta1)
    db1 = np.add.reduce(delta1, axis=0)
    db2 = np.ones(len(X)) @ delta2
    """,
    delta2=OK,
    dW2=OK,
    delta1=OK,
    dW1=OK,
    db1=OK,
    db2=OK,
)
