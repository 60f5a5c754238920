"""Code with lists, lists of lists and neurons that are dicts."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []


def case(source, network, conventions, text, **expected):
    CASES.append(Case(source, network, conventions, code(text), expected))


case(
    "data science book: lists by comprehension",
    SQK_NOB,
    ROWSUM,
    """
    def backpropagate(network, input_vector, targets):
        hidden_outputs, outputs = feed_forward(network, input_vector)
        output_deltas = [o * (1 - o) * (o - t) for o, t in zip(outputs, targets)]
        W2_grad = [[d * h for d in output_deltas] for h in hidden_outputs]
        hidden_deltas = [h * (1 - h) * sum(d * w for d, w in zip(output_deltas, W2[j]))
                         for j, h in enumerate(hidden_outputs)]
        W1_grad = [[d * x for d in hidden_deltas] for x in input_vector]
        return W1_grad, W2_grad
    """,
    delta2=OK,
    delta1=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "neurons as dicts, errors appended",
    SQK,
    ROWSUM,
    """
    def backward_propagate_error(network, expected):
        for i in reversed(range(len(network))):
            layer = network[i]
            errors = list()
            if i != len(network) - 1:
                for j in range(len(layer)):
                    error = 0.0
                    for neuron in network[i + 1]:
                        error += neuron['weights'][j] * neuron['delta']
                    errors.append(error)
            else:
                for j in range(len(layer)):
                    neuron = layer[j]
                    errors.append(neuron['output'] - expected[j])
            for j in range(len(layer)):
                neuron = layer[j]
                neuron['delta'] = errors[j] * transfer_derivative(neuron['output'])
    def transfer_derivative(output):
        return output * (1.0 - output)
    """,
    delta2=OK,
    delta1=OK,
)
case(
    "zip loops over weights lists",
    SQK_NOB,
    COLSUM,
    """
    def backprop(x, y, W1, W2):
        h = [sigmoid(sum(w * xi for w, xi in zip(row, x))) for row in W1]
        o = [sigmoid(sum(w * hi for w, hi in zip(row, h))) for row in W2]
        delta_o = [(ok - yk) * ok * (1 - ok) for ok, yk in zip(o, y)]
        delta_h = []
        for j in range(len(h)):
            s = sum(delta_o[k] * W2[k][j] for k in range(len(o)))
            delta_h.append(s * h[j] * (1 - h[j]))
        dW2 = [[delta_o[k] * h[j] for j in range(len(h))] for k in range(len(o))]
        dW1 = [[delta_h[j] * x[i] for i in range(len(x))] for j in range(len(h))]
        return dW1, dW2
    def sigmoid(z):
        return 1 / (1 + math.exp(-z))
    """,
    delta2=OK,
    delta1=OK,
    dW2=OK,
    dW1=OK,
)
case(
    "list comprehension with sign",
    SQK_NOB,
    ROWSUM,
    """
    def backpropagate(inputs, targets):
        output_deltas = [o * (1 - o) * (t - o) for o, t in zip(outputs, targets)]
    """,
    delta2="sign",
)
case(
    "lists scalability, columns, W @ a + b, error list reversed",
    dict(SOFT),
    COLSUM,
    """
    weights = [W1, W2]
    biases = [b1, b2]
    num_layers = len(weights)
    activations = [X]
    pre_activations = []
    a = X
    for l in range(num_layers):
        z = weights[l] @ a + biases[l]
        pre_activations.append(z)
        a = relu(z) if l < num_layers - 1 else softmax(z)
        activations.append(a)
    grads_W = [None] * num_layers
    grads_b = [None] * num_layers
    delta = activations[-1] - Y
    for l in reversed(range(num_layers)):
        grads_W[l] = delta @ activations[l].T
        grads_b[l] = np.sum(delta, axis=1, keepdims=True)
        if l > 0:
            delta = (weights[l].T @ delta) * relu_derivative(pre_activations[l - 1])
    """,
    dW2=OK,
    db2=OK,
    dW1=OK,
    db1=OK,
)
case(
    "weights update, Python dict neurons",
    SQK_NOB,
    ROWSUM,
    """
    def backprop(network, target):
        last = network[-1]
        for k, neuron in enumerate(last):
            neuron['delta'] = (neuron['output'] - target[k]) * neuron['output'] * (1 - neuron['output'])
        for j, neuron in enumerate(network[0]):
            total = sum(n['weights'][j] * n['delta'] for n in network[1])
            neuron['delta'] = total * neuron['output'] * (1 - neuron['output'])
    """,
    delta2=OK,
    delta1=OK,
)
case(
    "neurons as dicts, slope left out",
    SQK_NOB,
    ROWSUM,
    """
    def backprop(network, expected):
        for j, neuron in enumerate(network[0]):
            total = sum(n['weights'][j] * n['delta'] for n in network[1])
            neuron['delta'] = total * neuron['output']
    """,
    delta1="activation_for_derivative",
)
