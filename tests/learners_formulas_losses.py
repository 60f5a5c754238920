"""Formulas with other losses and activations, einsum, sums over indices."""

# ruff: noqa: RUF001 - signs are as they are written

from learners_networks import *

CASES = []
EQUAL = {"n": [3], "act": "logistic", "kind": "reg3", "loss": "squared_error", "out": "logistic"}


def case(source, network, conventions, **answers):
    """Each answer is what was typed, and what is expected of it."""
    texts = {name: text for name, (text, _) in answers.items()}
    expected = {name: codes for name, (_, codes) in answers.items()}
    CASES.append(Case(source, network, conventions, texts, expected))


case(
    "question in Chinese and English: the plain error at the hidden layer, hidden_error unused",
    SQ_NOB,
    COLUP,
    delta1=("(Y - A2) * A1 * (1 - A1)", "weights_missing|wrong_layer"),
    dW2=("np.dot((Y - A2) * A2 * (1 - A2), A1.T)", OK),
)
case(
    "issue of a library for differentiation: the slope without what comes in",
    SOFT,
    CS,
    delta1=("(1 + np.sign(Z1)) / 2", "weights_missing|unknown"),
    dW1=("X.T @ ((delta2 @ W2.T) * (1 + np.sign(Z1)) / 2)", OK),
)
case(
    "the same for the sigmoid",
    LOGIT1,
    CS,
    delta1=("A1 * (1 - A1)", "weights_missing|unknown"),
    delta2=("(A2 - Y) / m", OK),
)
case(
    "Huber by where",
    {"n": [4], "act": "tanh", "kind": "reg1", "loss": "huber"},
    CS,
    dA2=("np.where(np.abs(A2 - Y) < 1, A2 - Y, np.sign(A2 - Y)) / m", OK),
)
case(
    "leaky relu: 0.01 z for its slope",
    {"n": [4], "act": "leaky_relu", "kind": "multi"},
    CS,
    delta1=(
        "(delta2 @ W2.T) * np.where(Z1 > 0, 1, 0.01 * Z1)",
        "activation_for_derivative|wrong_derivative",
    ),
    dW1=("X.T @ ((delta2 @ W2.T) * np.where(Z1 > 0, 1, 0.01))", OK),
)
case(
    "elu by its output, and by itself",
    {"n": [4], "act": "elu", "kind": "bin"},
    CS,
    delta1=(
        "(delta2 @ W2.T) * np.where(Z1 > 0, 1, np.exp(Z1) - 1)",
        "activation_for_derivative|wrong_derivative",
    ),
    dW1=("X.T @ ((delta2 @ W2.T) * np.where(Z1 > 0, 1, A1 + 1))", OK),
)
case(
    "softplus: the sign in the exponent (two bug reports)",
    {"n": [4], "act": "softplus", "kind": "bin"},
    CS,
    delta1=("(delta2 @ W2.T) * 1 / (1 + np.exp(Z1))", "wrong_derivative|sign"),
    dW1=("X.T @ ((delta2 @ W2.T) * sigmoid(Z1))", OK),
)
case(
    "mean absolute error",
    {"n": [4], "act": "tanh", "kind": "reg1", "loss": "absolute_error"},
    CS,
    dA2=("np.sign(Y - A2) / m", "sign"),
    delta2=("np.sign(A2 - Y) / len(Y)", OK),
    loss=("np.mean(abs(Y - A2))", OK),
)
case(
    "softmax made safe with one maximum for all",
    SOFT,
    CS,
    A2=("np.exp(Z2 - np.max(Z2)) / np.sum(np.exp(Z2 - np.max(Z2)), axis=1, keepdims=True)", OK),
    loss=(
        "-np.mean(np.sum(Y * (Z2 - np.log(np.sum(np.exp(Z2), axis=1, keepdims=True))), axis=1))",
        OK,
    ),
)
case(
    "question on indices: which index of W is summed over",
    EQUAL,
    COLSUM,
    delta1=(r"\sum_k W^{[2]}_{jk} \delta^{[2]}_k \, a^{[1]}_j (1 - a^{[1]}_j)", OK),
    dA1=(r"\sum_k W^{[2]}_{kj} \delta^{[2]}_k", OK),
    dW2=(r"\sum_n \delta^{[2]}_k a^{[1]}_j", OK),
)
case(
    "einsum with letters for the batch",
    SQK,
    CS,
    dW2=("np.einsum('bi,bj->ij', A1, delta2)", OK),
    dW1=("np.einsum('bi,bj->ji', X, delta1)", "transposed|other_layout"),
    dA1=("np.einsum('bj,ij->bi', delta2, W2)", OK),
    db2=("np.einsum('bj->j', delta2)", OK),
)
case(
    "einsum in a square network: the wrong index of W",
    EQUAL,
    CS,
    dA1=("np.einsum('bj,ji->bi', delta2, W2)", "weights_not_transposed"),
    dW2=("np.tensordot(A1.T, delta2, 1)", OK),
)
case(
    "question by hand: delta for the round d",
    LOGIT1,
    COLSUM,
    dW2=(r"(\hat{y} - y) (a_2 (1 - a_2)) a_1^T", "output_derivative_twice"),
    dW1=(r"\frac{\delta L}{\delta z_1} x^T", OK),
)
case(
    "assignment in rows: delta h^T, not h^T delta",
    SOFT_SIG,
    ROWSUM,
    dW2=(r"\frac{\partial J}{\partial z_2} h^T", "transposed|other_layout|shape"),
    dA1=(r"\frac{\partial J}{\partial z_2} W_2", "weights_not_transposed"),
    dW1=(r"x^T \left( (\hat{y} - y) W_2^T \circ h \circ (1 - h) \right)", OK),
)
case(
    "matrix differentials: Hadamard division",
    SOFT_SIG,
    CS,
    dA2=(r"-\frac{1}{N} Y \oslash A_2", OK),
    delta1=(r"\delta_2 W_2^T \odot A_1 \odot (\mathbf{1} - A_1)", OK),
)
case(
    "book in notebooks: penalty in LaTeX",
    dict(TANH1, alpha=0.3),
    {"layout": "columns", "mean_in": "nowhere"},
    dW2=(r"\frac{\partial L}{\partial z_2} h^\top + \lambda W_2", OK),
    dW1=(r"\frac{\partial L}{\partial z_1} x^\top + \lambda", "penalty_without_weights"),
)
case(
    "logistic regression: a sum over the samples in LaTeX",
    {"n": [], "act": "tanh", "kind": "bin"},
    CS,
    dW1=(r"\frac{1}{m} \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)}) x^{(i)}", OK),
    db1=(r"\frac{1}{m} \sum_{i=1}^m (y^{(i)} - \hat{y}^{(i)})", "sign"),
    loss=(r"-\frac{1}{m} \sum_i \left( y_i \log p_i + (1 - y_i) \log (1 - p_i) \right)", OK),
)
case(
    "unicode in a chat",
    SQK,
    COLSUM,
    delta1=("W₂ᵀ δ₂ ∘ σ'(z₂)", "wrong_layer"),
    dW1=("δ₁ · xᵀ", OK),
    delta2=("(ŷ − y) ⊙ σ(z₂)", "activation_for_derivative"),
    db1=("Σ δ₁", OK),
)
case(
    "Octave of an exercise: feed forward and back",
    MULTI_SIG,
    {"layout": "columns", "mean_in": "dW"},
    dW1=("(1/m) * delta1 * X'", OK),
    dW2=("(1/m) * delta2' * A1", "transposed|other_layout|shape"),
    delta1=("(W2' * delta2) .* sigmoidGradient(Z1)", OK),
)
