"""Formulas, in NumPy's spelling and in LaTeX, as people type them in questions and bug reports."""

# ruff: noqa: E501 - their lines are as long as they are

from learners_networks import *

CASES = []


def case(source, network, conventions, **answers):
    """Each answer is what was typed, and what is expected of it."""
    texts = {name: text for name, (text, _) in answers.items()}
    expected = {name: codes for name, (_, codes) in answers.items()}
    CASES.append(Case(source, network, conventions, texts, expected))


case(
    "question on digits: change = delta * outputs, products by matmul",
    dict(SQK_NOB, out="softmax"),
    COLSUM,
    delta2=("np.multiply(A2 - Y, A2)", "activation_for_derivative"),
    dW2=("np.matmul(np.multiply(A2 - Y, A2), np.transpose(A1))", "activation_for_derivative"),
)
case(
    "question in German on xor: dot where * belongs",
    dict(SQ_NOB),
    ROWSUM,
    delta1=("np.dot(A1, (1 - A1)) * np.dot(delta2, W2.T)", "matrix_for_elementwise"),
    delta2=("(A2 - Y)*(A2*(1-A2))", OK),
)
case(
    "library of classes in another language, softmax slope 1 - out",
    dict(SOFT_SIG, loss="squared_error"),
    ROWSUM,
    delta2=("(A2 - Y) * (1 - A2)", "wrong_derivative"),
)
case(
    "pull request to a compiler: * for the matrix product",
    dict(TANH1),
    CS,
    dW2=("np.transpose(A1) * delta2", "elementwise_for_matrix"),
)
case(
    "issue in Chinese: bias of a layer in columns",
    dict(SOFT),
    COLSUM,
    db1=("dZ1.sum(axis=1).reshape(-1, 1)", OK),
    db2=("np.sum(dZ2, 1).reshape(3, 1)", OK),
)
case("typo in a video: w2 - a w2", dict(SQ), CS, W2_next=("W2 - learning_rate * W2", "wrong_name"))
case(
    "lab notebook: missing parentheses",
    dict(TANH1),
    CS,
    dW1=(
        "X.T @ delta2 @ W2.T * (1 - A1**2)",
        "activation_derivative_missing|shape|matrix_for_elementwise",
    ),
)
case(
    "question on tanh in a course: arctanh of the hidden output",
    dict(TANH1),
    CS,
    delta1=("delta2.dot(W2.T) * (1 - np.arctanh(A1) * np.arctanh(A1))", "wrong_derivative|Z_for_A"),
)
case(
    "the same with Z",
    dict(TANH1),
    CS,
    delta1=("delta2.dot(W2.T) * (1 - Z1 * Z1)", "wrong_derivative|Z_for_A"),
)
case(
    "interview book: sigmoid slope x (1 - x) at the input",
    dict(LOGIT1),
    CS,
    delta1=("(delta2 @ W2.T) * Z1 * (1 - Z1)", "wrong_derivative|Z_for_A"),
)
case(
    "keras book, exercise: softmax and cross-entropy in one array",
    dict(SOFT),
    CS,
    delta2=("(np.exp(Z2) / np.exp(Z2).sum(axis=-1, keepdims=True) - Y) / len(X)", OK),
    loss=("-np.mean(np.sum(Y * np.log(np.clip(A2, 1e-15, 1 - 1e-15)), axis=-1))", OK),
    db2=("delta2.sum(0)", OK),
    dW2=("(delta2.T @ A1).T", OK),
)
case(
    "loss as people print it",
    dict(LOGIT1),
    CS,
    loss=("np.squeeze(-(np.dot(Y.T, np.log(A2)) + np.dot((1 - Y).T, np.log(1 - A2))) / m)", OK),
)
case("loss by logaddexp", dict(LOGIT1), CS, loss=("np.mean(np.logaddexp(0, Z2) - Y * Z2)", OK))
case(
    "loss with where",
    dict(LOGIT1),
    CS,
    loss=("np.average(np.where(Y == 1, -np.log(A2), -np.log(1 - A2)))", OK),
)
case(
    "BCE with a plus (issue on the sign)",
    dict(LOGIT1),
    CS,
    loss=("-(1/m) * np.sum(Y * np.log(A2) - (1 - Y) * np.log(1 - A2))", "loss_term_sign"),
    dA2=("(-(Y / A2) - (1 - Y) / (1 - A2)) / m", "loss_term_sign"),
)
case(
    "BCE without its second term",
    dict(LOGIT1),
    CS,
    loss=("-np.mean(Y * np.log(A2))", "loss_term_missing"),
    dA2=("-(Y / A2) / m", "loss_term_missing"),
)
case(
    "binomial loss of a boosting library: 2y",
    dict(LOGIT1),
    CS,
    delta2=("(2 * A2 - Y) / m", "factor"),
    dA2=("(A2 - Y) / m", "canonical_shortcut"),
)
case(
    "Jacobian of softmax by rows",
    dict(SQK, kind="multi", out="softmax"),
    CS,
    delta2=("A2 * (dA2 - (dA2 * A2).sum(axis=1, keepdims=True))", OK),
)
case(
    "Jacobian with einsum",
    dict(SQK, kind="multi", out="softmax"),
    CS,
    delta2=("A2 * (dA2 - np.einsum('ij,ij->i', dA2, A2)[:, None])", OK),
)
case(
    "elementwise Jacobian with cross-entropy",
    dict(SOFT),
    CS,
    delta2=("dA2 * A2 * (1 - A2)", "softmax_elementwise"),
)
case(
    "2-2-1 article: squared error, one output",
    dict(SQ),
    CS,
    delta2=("(A2 - Y) * A2 * (1 - A2) / m", OK),
    dW1=("np.outer(X, delta1)", "shape"),
    db2=("delta2.mean(0)", "bias_mean|double_mean"),
)
case(
    "seven ways to a mean",
    dict(SQ),
    CS,
    delta2=("(A2 - Y) * sigmoid_prime(Z2) / Y.shape[0]", OK),
    dA2=("(A2 - Y) / Y.size", OK),
    dW2=("np.tensordot(A1, delta2, axes=(0, 0))", OK),
    db1=("np.ones((1, m)) @ delta1", OK),
    db2=("delta2.T @ np.ones(m)", OK),
)
case(
    "mean over the samples of outer products",
    dict(SQ),
    ROWSUM | {"mean_in": "dW"},
    dW1=("np.einsum('ni,nj->ij', X, delta1) / m", OK),
)
case(
    "relu in many spellings",
    dict(SOFT),
    CS,
    delta1=("(delta2 @ W2.T) * np.where(Z1 > 0, 1, 0)", OK),
    dW1=("X.T @ ((Z1 > 0).astype(int) * (delta2 @ W2.T))", OK),
    db1=("((delta2 @ W2.T) * np.heaviside(Z1, 0)).sum(0)", OK),
)
case(
    "relu by its output, as a mask with int",
    dict(SOFT),
    CS,
    delta1=("np.multiply(delta2.dot(W2.T), np.int64(A1 > 0))", OK),
    db1=("(delta2.dot(W2.T) * (A1 > 0) * 1).sum(axis=0)", OK),
)
case("relu by sign", dict(SOFT), CS, delta1=("(delta2 @ W2.T) * np.sign(A1)", OK))
case(
    "relu: the slope is z itself",
    dict(SOFT),
    CS,
    delta1=("(delta2 @ W2.T) * np.maximum(0, Z1)", "activation_for_derivative"),
)
case(
    "relu: >= on the gradient",
    dict(SOFT),
    CS,
    delta1=("np.where((delta2 @ W2.T) > 0, (delta2 @ W2.T), 0)", "relu_on_gradient"),
)
case(
    "tanh in many spellings",
    dict(TANH1),
    CS,
    delta1=("(delta2 @ W2.T) / np.cosh(Z1)**2", OK),
    dW1=("X.T @ ((1 - np.tanh(Z1)**2) * (delta2 @ W2.T))", OK),
    db1=("np.sum((delta2 @ W2.T) * (1 + A1) * (1 - A1), axis=0, keepdims=True)", OK),
)
case(
    "tanh with a plus",
    dict(TANH1),
    CS,
    delta1=("(1.0 + np.square(A1)) * (delta2 @ W2.T)", "wrong_derivative"),
)
case(
    "sigmoid in many spellings",
    dict(LOGIT1),
    CS,
    delta1=("(delta2 @ W2.T) * (A1 - A1**2)", OK),
    dW1=("X.T @ ((delta2 @ W2.T) * np.exp(-Z1) / (1 + np.exp(-Z1))**2)", OK),
    db1=("((delta2 @ W2.T) * expit(Z1) * expit(-Z1)).sum(0)", OK),
)
case(
    "cosh for the sigmoid's slope",
    dict(LOGIT1),
    CS,
    delta1=("(delta2 @ W2.T) * np.cosh(Z1/2)**(-2) / 4", OK),
)
case(
    "weights of the wrong layer and no transpose",
    dict(BIN3),
    CS,
    delta1=("(delta2 @ W1.T) * A1 * (1 - A1)", "wrong_layer"),
    delta2=("(delta3 @ W3) * A2 * (1 - A2)", "weights_not_transposed"),
)
case(
    "columns network answered in rows",
    dict(LOGIT1),
    NG,
    dW2=("np.dot(A1.T, dZ2) / m", "other_layout"),
    db2=("np.sum(dZ2, axis=0) / m", "wrong_axis|other_layout"),
)
case(
    "axis mix-up on digits (article)",
    dict(SOFT),
    CS,
    db2=("np.sum(dZ2, axis=1)", "wrong_axis|other_layout"),
    dW2=("dZ2.T.dot(A1)", "transposed|other_layout"),
)
case(
    "regularisation, course of 2011",
    dict(MULTI_SIG, alpha=0.3),
    NG,
    dW2=("np.dot(dZ2, A1.T) / m + (lambd / m) * W2", OK),
    dW1=("np.dot(dZ1, X.T) / m + lambd / m", "penalty_without_weights"),
    db2=("np.sum(dZ2, axis=1, keepdims=True) / m + lambd / m * b2", "bias_penalised"),
)
case(
    "regularisation left out, and undivided",
    dict(SOFT, alpha=0.3),
    CS,
    dW2=("A1.T @ delta2", "penalty_missing"),
    dW1=("X.T @ delta1 + reg_lambda * W1", "penalty_factor"),
)
case(
    "weight decay in the step",
    dict(SOFT, alpha=0.3),
    CS,
    W2_next=("(1 - learning_rate * alpha / m) * W2 - learning_rate * A1.T @ delta2", OK),
    W1_next=("W1 + learning_rate * dW1", "sign"),
)
case("numerical answer rounded", dict(SQ), CS, dW2=("delta2.T @ A1", "transposed|other_layout"))
case(
    "multiclass hinge, +-1 targets",
    dict(SOFT, loss="hinge", out="identity"),
    CS,
    delta2=("-(2 * Y - 1) * (1 - (2 * Y - 1) * A2 > 0) / m", OK),
    loss=("np.maximum(0, 1 - (2 * Y - 1) * Z2).sum() / m", OK),
)
case(
    "hinge with the margin on the wrong side",
    dict(SOFT, loss="hinge", out="identity"),
    CS,
    delta2=("-(2 * Y - 1) * ((2 * Y - 1) * A2 > 1) / m", "wrong_derivative"),
)
case(
    "torch spellings",
    dict(SOFT),
    CS,
    dW2=("A1.t().mm(delta2)", OK),
    db2=("delta2.sum(dim=0)", OK),
    dA1=("torch.matmul(delta2, W2.t())", OK),
    delta2=("(torch.softmax(Z2, dim=1) - Y) / m", OK),
    delta1=("torch.mul(dA1, (Z1 > 0).float())", OK),
)
case(
    "jax and tensorflow spellings",
    dict(TANH1),
    CS,
    dW2=("tf.matmul(A1, delta2, transpose_a=True)", OK),
    db2=("tf.reduce_sum(delta2, axis=0)", OK),
    delta1=("tf.matmul(delta2, W2, transpose_b=True) * (1 - tf.square(A1))", OK),
)
case(
    "-1 for the last axis, newaxis",
    dict(SOFT),
    CS,
    delta2=(
        "(np.exp(Z2 - Z2.max(-1)[:, np.newaxis]) / np.exp(Z2 - Z2.max(-1)[:, np.newaxis]).sum(-1)[:, np.newaxis] - Y) / m",
        OK,
    ),
)
case(
    "swapaxes, dot with out of place transposes",
    dict(SOFT),
    CS,
    dW2=("np.swapaxes(A1, 0, 1) @ delta2", OK),
    dA1=("np.dot(W2, delta2.T).T", OK),
    dW1=("np.dot(delta1.T, X).T", OK),
    dA0=("delta1 @ W1.transpose()", OK),
)
case(
    "LaTeX of the course",
    dict(LOGIT1),
    NG,
    dZ2=(r"A^{[2]} - Y", OK),
    dW2=(r"\frac{1}{m} dZ^{[2]} A^{[1]T}", OK),
    db1=(r"\frac{1}{m} \texttt{np.sum}(dZ^{[1]}, axis=1, keepdims=True)", OK),
    dW1=(r"\frac{1}{m} dZ^{[1]} X^T", OK),
)
case(
    "LaTeX of the deep learning book",
    dict(SQ3),
    COLSUM,
    delta2=(r"((w^{3})^T \delta^{3}) \odot \sigma'(z^2)", OK),
)
