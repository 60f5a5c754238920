"""Formulas of forum threads, issues and notes: updates, Octave's signs, indices, single samples."""

# ruff: noqa: E501 - lines and signs are as they are written

from learners_networks import *

CASES = []
CHAIN = {
    "n": [1],
    "act": "logistic",
    "kind": "reg1",
    "loss": "2 * squared_error",
    "out": "logistic",
    "inputs": 1,
}
ONE = {"n": [], "act": "logistic", "kind": "bin", "loss": "squared_error", "out": "logistic"}
LINE = {"n": [], "act": "tanh", "kind": "reg1", "loss": "squared_error"}
LOGREG = {"n": [], "act": "tanh", "kind": "bin"}
EQUAL = {"n": [3], "act": "logistic", "kind": "reg3", "loss": "squared_error", "out": "logistic"}
TANH_REG = {"n": [4], "act": "tanh", "kind": "reg3", "loss": "squared_error"}


def by(solver, network=TANH1, **settings):
    """A network that is trained by a solver."""
    return dict(network, more={"solver": solver, **settings})


MOMENTUM = by("sgd", nesterovs_momentum=False)


def case(source, network, conventions, **answers):
    """Each answer is what was typed, and what is expected of it."""
    texts = {name: text for name, (text, _) in answers.items()}
    expected = {name: codes for name, (_, codes) in answers.items()}
    CASES.append(Case(source, network, conventions, texts, expected))


case(
    "question: the plain error is sent back through two layers (version 2 of a line)",
    SQ3,
    COLSUM,
    delta2=("np.dot(W3.T, A3 - Y) * A2 * (1 - A2)", "output_derivative_missing|canonical_shortcut"),
    delta3=("(A3 - Y) * A3 * (1 - A3)", OK),
)
case(
    "the same: version 1, everything in one line",
    SQ3,
    COLSUM,
    delta2=("np.dot(W3.T, (A3 - Y) * A3 * (1 - A3)) * A2 * (1 - A2)", OK),
    dW1=(
        "np.dot(np.dot(W2.T, np.dot(W3.T, (A3 - Y) * A3 * (1 - A3)) * A2 * (1 - A2)) * A1 * (1 - A1), X.T)",
        OK,
    ),
)
case(
    "question on a demo that always answers the same: w in place of the input",
    CHAIN,
    ROWSUM,
    dW2=("np.sum(2 * (A2 - Y) * A2 * (1 - A2) * W2)", "wrong_name"),
    dA1=("2 * (A2 - Y) * W2", "output_derivative_missing|canonical_shortcut"),
    dW1=("np.sum(delta1 * W1)", "wrong_name"),
)
case(
    "mathematics Q&A: the weights of the layer itself on the way back",
    dict(EQUAL, bias=False),
    COLSUM,
    delta1=(r"(W_1^T \delta_2) \circ f'(W_1 x)", "wrong_layer"),
    delta2=(r"(\hat{y} - y) \circ f'(W_2 a_1)", OK),
)
case(
    "question on dimensions: W_3^T before the error, in rows",
    {"n": [5, 4], "act": "logistic", "kind": "multi"},
    ROWSUM,
    delta2=(
        r"H_2 (1 - H_2) W_3^T (\hat{y} - y)",
        "transposed|other_layout|shape|matrix_for_elementwise",
    ),
    dW3=(r"H_2^T (\hat{y} - y)", OK),
)
case(
    "course of 2018 in Chinese: the gradient lacks X transposed",
    LOGREG,
    {"layout": "rows"},
    dW1=("X @ (A1 - Y) / m", "transposed|shape"),
    db1=("np.mean(A1 - Y)", OK),
)
case(
    "question: why not (theta^T X - y) X",
    LINE,
    CS,
    dW1=("(W1.T @ X.T + b1 - Y.T) @ X / m", "transposed|other_layout"),
)
case(
    "question on a perceptron: dot everywhere",
    dict(ONE, loss="2 * squared_error", bias=False),
    ROWUP,
    dW1=("2 * np.dot(X, np.dot(A1 - Y, np.dot(A1, 1 - A1)))", "matrix_for_elementwise|shape"),
)
case(
    "code page: twice the error, added",
    dict(SQ_NOB, loss="2 * squared_error"),
    ROWUP,
    dW2=("np.dot(np.transpose(A1), (2 * (Y - A2) * sigmoid_dx(Z2)))", OK),
    dW1=(
        "np.dot(np.transpose(X), (np.dot(2 * (Y - A2) * A2 * (1 - A2), np.transpose(W2)) * A1 * (1 - A1)))",
        OK,
    ),
    W1_next=("W1 + np.dot(np.transpose(X), delta1)", "learning_rate_missing"),
)
case(
    "question on an XOR script: sigma' in the first layer's gradient alone",
    SQ_NOB,
    ROWSUM,
    dW2=("A1.T @ (A2 - Y)", "output_derivative_missing|canonical_shortcut"),
    dW1=("X.T @ ((A2 - Y) * A2 * (1 - A2) @ W2.T * A1 * (1 - A1))", OK),
)
case(
    "issue of handouts: x^T where w^T belongs",
    LOGIT1,
    CS,
    dA1=("delta2 @ A1.T", "wrong_name|shape"),
    dA0=("np.dot(delta1, X.T)", "wrong_name|shape"),
)
case(
    "issue of a lecture: the derivative of the activation gets lost on the way down",
    {"n": [5, 4], "act": "tanh", "kind": "reg1", "loss": "squared_error"},
    COLSUM,
    dA1=("W2.T @ dA2", "activation_derivative_missing|output_derivative_missing|wrong_name"),
    dW1=(r"\delta_1 x^T", OK),
)
case(
    "issue of notes on trees: W for its transpose",
    SQ3,
    COLSUM,
    delta2=(r"W^{(3)} \delta^{(3)} \odot \sigma'(z^{(2)})", "weights_not_transposed"),
    delta1=(r"\sigma'(z^{(1)}) \circ W^{(2)T} \delta^{(2)}", OK),
)
case(
    "pull request to a nanodegree: sigma' at the features",
    ONE,
    ROWUP,
    delta1=("(Y - A1) * sigmoid_prime(X)", "wrong_name|Z_for_A|wrong_layer"),
    dA1=("Y - A1", OK),
)
case(
    "issue on a recurrent demo: the slope is given z",
    SQ,
    ROWUP,
    delta2=(r"(y - \hat{y}) \odot z_2 \odot (1 - z_2)", "Z_for_A|wrong_derivative"),
)
case(
    "pull request to a video's code: no slope of the output, and weights updated first",
    SQ,
    ROWSUM,
    delta1=(
        "((A2 - Y) @ W2_next.T) * A1 * (1 - A1)",
        "weights_updated_first output_derivative_missing",
    ),
)
case(
    "issue on a lab: sigma' on top of the cross-entropy's shortcut",
    LOGIT1,
    CS,
    delta2=("(A2 - Y) / m * sigmoid_prime(Z2)", "output_derivative_twice"),
    dW2=("np.matmul(np.transpose(A1), (A2 - Y) * d_sigmoid(Z2)) / m", "output_derivative_twice"),
)
case(
    "issue in Chinese: the output of the layer above in its slope",
    SQK,
    COLSUM,
    delta1=("A2 * (1 - A2) * np.dot(W2.T, delta2)", "wrong_layer|shape"),
)
case(
    "issue on a course of 2011: Octave's signs",
    dict(MULTI_SIG),
    COLSUM,
    delta1=("(W2' * delta2) .* A1 .* (1 - A1)", OK),
    dW1=("delta1 * X'", OK),
    dW2=("delta2 * A1'", OK),
)
case(
    "issue on layers of a library: (e - 1)/(e + 1) for the slope of tanh, decay subtracted",
    {"n": [4], "act": "tanh", "kind": "bin", "alpha": 0.3},
    {"layout": "rows", "mean_in": "dW"},
    delta1=(
        "(delta2 @ W2.T) * (np.exp(2 * Z1) - 1) / (np.exp(2 * Z1) + 1)",
        "activation_for_derivative",
    ),
    dW1=("np.dot(X.T, delta1) / m - alpha / m * W1", "penalty_factor|sign"),
)
case(
    "pull request: the first weights twice in the penalty",
    {"n": [5, 4], "act": "relu", "kind": "multi", "alpha": 0.3},
    CS,
    loss=(
        "-np.sum(Y * np.log(A3)) / m + 0.5 * alpha / m * (np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W1 * W1))",
        "wrong_layer|penalty_missing|penalty_factor",
    ),
)
case(
    "issue of a course: decay without its 2",
    {"n": [4], "act": "relu", "kind": "multi", "alpha": 0.3},
    CS,
    W1_next=(r"(1 - \frac{2 \eta \lambda}{m}) W_1 - \eta X^T \delta_1", "penalty_factor"),
    W2_next=(r"(1 - \eta \frac{\lambda}{m}) W_2 - \eta A_1^T \delta_2", OK),
)
case(
    "question on backprop by hand: the error of squares as 2(t - o) o",
    SQ,
    ROWSUM,
    dA2=("2 * (Y - A2) * A2", "sign|activation_for_derivative|unknown|factor|wrong_name"),
)
# -- updates: momentum
case(
    "summary of a course: Vdw",
    MOMENTUM,
    CS,
    vW1_next=("beta * VdW1 + (1 - beta) * dW1", "sign|learning_rate_missing|factor|wrong_name"),
    W1_next=(
        "W1 - alpha * VdW1",
        "wrong_name|sign|factor|learning_rate_missing|learning_rate_squared|unknown",
    ),
)
case(
    "book on keras: velocity minus, then the step",
    by("sgd"),
    CS,
    vW1_next=("momentum * vW1 - learning_rate * dW1", OK),
    W1_next=("W1 + momentum * vW1_next - learning_rate * dW1", OK),
)
case(
    "issue on the same book: velocity plus",
    by("sgd"),
    CS,
    vW2_next=("vW2 * momentum + learning_rate * dW2", "sign"),
)
case(
    "issue of a library in Julia: momentum times the rate",
    MOMENTUM,
    CS,
    vW1_next=(
        "learning_rate * (momentum * vW1 - dW1)",
        "learning_rate_squared|factor|unknown|wrong_name",
    ),
    vb1_next=("momentum * vb1 - learning_rate * db1", OK),
)
case(
    "issue on a dropout demo: the old velocity moves the weights",
    MOMENTUM,
    CS,
    W1_next=("W1 + vW1", "wrong_name|unknown"),
    W2_next=("W2 + momentum * vW2 - lr * dW2", OK),
)
case(
    "issue of a stepper: the velocity with a plus is added",
    MOMENTUM,
    CS,
    W2_next=("W2 + momentum * vW2 + learning_rate * dW2", "sign"),
    W1_next=("W1 - (learning_rate * dW1 - momentum * vW1)", OK),
)
case(
    "notes on optimizers, LaTeX arrows",
    MOMENTUM,
    CS,
    vW1_next=(r"v \leftarrow \beta v - \eta \frac{\partial L}{\partial W}", OK),
    W1_next=(r"W \leftarrow W + v", OK),
    vW2_next=(r"\rho v_t - \eta \nabla_{W_2} J", OK),
)
case(
    "thread on Nesterov: the two steps",
    by("sgd"),
    CS,
    W1_next=(r"W_1 + \mu v_{t+1} - \eta g_t", OK),
    W2_next=(r"W_2 - \mu v_t + (1 + \mu) v_{t+1}", OK),
)
# -- updates: Adam
case(
    "slides: beta^2 for beta_2^t",
    by("adam"),
    CS,
    W1_next=(
        "W1 - learning_rate * (mW1_next / (1 - beta_1**t)) / (np.sqrt(vW1_next / (1 - beta_2**2)) + epsilon)",
        "wrong_name|factor|unknown",
    ),
    mW1_next=("beta_1 * mW1 + (1 - beta_1) * dW1", OK),
)
case(
    "tutorial: the hat is missing on v",
    by("adam"),
    CS,
    W1_next=(r"W_1 - \eta \frac{\hat{m}_t}{\sqrt{v_t} + \epsilon}", "factor|unknown|wrong_name"),
    W2_next=(r"W_2 - \frac{\eta}{\sqrt{\hat{v}_t} + \epsilon} \hat{m}_t", OK),
)
case(
    "issue of teaching code: the gradient is not squared",
    by("adam"),
    CS,
    vW1_next=("beta_2 * vW1 + (1 - beta_2) * dW1", "wrong_derivative|unknown|wrong_name|factor"),
    vW2_next=("beta2 * v + (1 - beta2) * np.square(grad)", OK),
)
case(
    "pull request in JavaScript: the correction multiplies",
    by("adam"),
    CS,
    W1_next=(
        "W1 - lr * (mW1_next * (1 - beta_1**t)) / (np.sqrt(vW1_next * (1 - beta_2**t)) + eps)",
        "factor|unknown|wrong_name",
    ),
    W2_next=(
        "W2 - lr * (mW2_next / (1 - beta_1**t)) / (np.sqrt(vW2_next / (1 - beta_2**t)) + eps)",
        OK,
    ),
)
case(
    "homework on language models: the rate with both corrections",
    by("adam"),
    CS,
    W1_next=(
        r"W_1 - \eta \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \frac{m_t}{\sqrt{v_t} + \epsilon}",
        OK,
    ),
    vW1_next=(r"\beta_2 v_{t-1} + (1 - \beta_2) g_t \odot g_t", OK),
    mW2_next=(r"\beta_1 m_{t-1} + (1 - \beta_1) \nabla_W L", OK),
)
# -- updates: RMSprop, AdaGrad
case(
    "interview questions: the running average is a sum",
    by("rmsprop"),
    CS,
    vW1_next=("rho * vW1 + dW1**2", "factor|unknown|wrong_name"),
    W1_next=("W1 - learning_rate * dW1 / (np.sqrt(vW1_next) + epsilon)", OK),
)
case(
    "lesson notes: the square for the root",
    by("rmsprop"),
    CS,
    W1_next=(
        "W1 - learning_rate * dW1 / (vW1_next**2 + epsilon)",
        "unknown|wrong_name|wrong_derivative",
    ),
    W2_next=(r"W_2 - \frac{\eta}{\sqrt{E[g^2]_t + \epsilon}} g_t", OK),
)
case(
    "notes: AdaGrad without W",
    by("adagrad"),
    CS,
    W1_next=(r"\eta \frac{1}{\sqrt{s_t} + \epsilon} \nabla W_t", "step_without_weights"),
    sW1_next=("sW1 + dW1 * dW1", OK),
)
