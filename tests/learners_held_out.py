"""Formulas and documents of strangers that were marked once before anything was mended for them."""

# ruff: noqa: E501, RUF001 - lines and signs are as they are written

from learners_networks import *

CASES: list[Case] = []  # formulas
DOCUMENTS: list[Case] = []
CHAIN = {
    "n": [1],
    "act": "logistic",
    "kind": "reg1",
    "loss": "2 * squared_error",
    "out": "logistic",
    "inputs": 1,
}
LOGREG = {"n": [], "act": "tanh", "kind": "bin"}
LINE = {"n": [], "act": "tanh", "kind": "reg1", "loss": "2 * squared_error", "bias": False}
DEEP = {"n": [5, 4], "act": "relu", "kind": "multi"}
MEAN_LAST = {"layout": "rows", "mean_in": "dW"}


def case(source, network, conventions, **answers):
    """Each answer is what was typed, and what is expected of it."""
    texts = {name: text for name, (text, _) in answers.items()}
    expected = {name: codes for name, (_, codes) in answers.items()}
    CASES.append(Case(source, network, conventions, texts, expected))


def document(source, network, conventions, text, notation=None, **expected):
    DOCUMENTS.append(Case(source, network, conventions, text, expected, notation or {}))


document(
    "hand-written blog: layers in brackets within LaTeX",
    DEEP,
    NG,
    r"""
$$
   Z[l] = W[l]A[l-1] + b[l]
$$
$$
   dZ[L] = A[L] - Y
$$
$$
   dW[L] = \frac{1}{m} dZ[L] A[L-1]^T
$$
$$
   db[L] = \frac{1}{m} \sum_{i=1}^{m} dZ[L]
$$
$$
   dZ[2] = W[3]^T dZ[3] \cdot g'_{\text{ReLU}}(Z[2]), \quad dW[2] = \frac{1}{m} dZ[2] A[1]^T
$$
$$
   W[l] := W[l] - \alpha dW[l]
$$
""",
    Z1="right",
    delta3="right",
    dW3="right",
    db3="right",
    delta2="right",
    dW2="right",
    W1_next="right",
)
document(
    "notebook: boxed results, B samples",
    SOFT,
    CS,
    r"""
$$
z_1 = XW_1 + b_1,\quad a_1 = \mathrm{ReLU}(z_1)
$$
$$
\boxed{
\frac{\partial \mathcal{L}}{\partial z_2}
=
\frac{1}{B}(\hat{Y} - Y)
}
$$
$$
\boxed{
\frac{\partial \mathcal{L}}{\partial W_2}
=
a_1^T \frac{\partial \mathcal{L}}{\partial z_2}
}
$$
$$
\boxed{
\frac{\partial \mathcal{L}}{\partial b_2}
=
\sum_{i=1}^B \frac{\partial \mathcal{L}}{\partial z_2^{(i)}}
}
$$
$$
\boxed{
\frac{\partial \mathcal{L}}{\partial z_1}
=
\frac{\partial \mathcal{L}}{\partial a_1}
\odot \mathbb{1}(z_1 > 0)
}
$$
""",
    Z1="right",
    delta2="right",
    dW2="right",
    db2="right",
    delta1="right",
)
document(
    "notebook: three layers in bold, the input's gradient",
    DEEP,
    COLSUM,
    r"""
*   $J(\hat{\mathbf{y}}, \mathbf{y}) = - \sum_{i=1}^{n_3} y_i \log(\hat{y}_i)$
*   $\delta^3 = \hat{\mathbf{y}} - \mathbf{y}$
*   $\nabla_{\mathbf{W}^3} J = \delta^3 (\mathbf{a}^2)^T$
*   $\delta^2 = ((\mathbf{W}^3)^T \delta^3) \odot \text{ReLU}'(\mathbf{z}^2)$
*   $\frac{\partial J}{\partial \mathbf{x}} = (\mathbf{W}^1)^T \delta^1$
""",
    delta3="right",
    dW3="right",
    delta2="right",
    dA0="right",
)
document(
    "derivation for L layers: signs of typesetting within LaTeX",
    LOGIT1,
    {"layout": "columns", "mean_in": "delta"},
    r"""
**Linear Transformation:** $Z^{[l]}=W^{[l]}A^{[l−1]}+b^{[l]}$
$$J = -\frac{1}{m} \sum_{i=1}^{m}~[ Y^{(i)} \log(A^{[L] (i)}) + (1-Y^{(i)}) \log(1-A^{[L] (i)})]$$
$$\frac{\partial J}{\partial A^{[L]}} = -\frac{1}{m} \left[ \frac{Y}{A^{[L]}} - \frac{1-Y}{1-A^{[L]}} \right]$$
$$\frac{\partial J}{\partial Z^{[L]}} = \frac{\partial J}{\partial A^{[L]}} \odot g^{[L]'}(Z^{[L]})$$
""",
    Z1="right",
    loss="right",
    dA2="right",
    delta2="right",
)
document(
    "paper of a programmer: a mark of differentiation with an index below",
    CHAIN,
    CS,
    r"""
\def\pd[#1]{\partial_{#1}}
\def\avgsum[#1,#2]{\frac{1}{#2}\sum_{#1=1}^{#2}}
\begin{align}
  C^{(2)} &= \avgsum[i, n] (a_i^{(2)} - y_i)^2 \\
  \pd[w^{(2)}] C^{(2)}
            &= \avgsum[i, n] 2(a_i^{(2)} - y_i)a_i^{(2)}(1 - a_i^{(2)})a_i^{(1)} \\
  \pd[b^{(2)}] C^{(2)} &= \avgsum[i, n] 2(a_i^{(2)} - y_i)a_i^{(2)}(1 - a_i^{(2)})
\end{align}
""",
    loss="right",
    dW2="right",
    db2="right",
)
document(
    "walk-through with numbers: bold delta",
    LOGIT1,
    COLSUM,
    r"""
Output error: \(\delta^{(2)} = \hat{y} - y\)
Backprop into the hidden layer: \(\boldsymbol{\delta}^{(1)} = (\mathbf{W}^{(2)\top}\delta^{(2)}) \odot a_1(1-a_1)\)
The outer product \(\frac{\partial\mathcal{L}}{\partial\mathbf{W}^{(2)}} = \boldsymbol{\delta}^{(2)}\,\mathbf{a}^{(1)\top}\)
""",
    delta2="right",
    delta1="right",
    dW2="right",
)
document(
    "exercise in Russian: the weight's indices from and to",
    SQ3,
    COLSUM,
    r"""
$$\delta _i^L = (a_i^L - y_i) \cdot \sigma '(z_i^L)$$
$$\delta _j^l = \sigma '(z_j^l)\sum\limits_i {w_{ji}^{l + 1}\delta _i^{l + 1}}$$
$$\frac{{\partial C}}{{\partial w_{ji}^l}} = \delta _i^l \cdot a_j^{l - 1}$$
""",
    delta3="right",
    delta1="right",
    dW1="right",
)
document(
    "study group on a book: layers called h and out",
    MULTI_SIG,
    ROWSUM,
    r"""
$$\delta^{(out)} = a^{(out)} - y$$
$$\delta^{(h)} = \delta^{(out)} (W^{(out)})^T \odot (a^{(h)} \odot (1 - a^{(h)}))$$
$$\frac{\partial J(W)}{\partial W_{i,j}^{(out)}} = (A^{(h)})^{T} \delta^{(out)}$$
$$\frac{\partial J}{\partial W^{(h)}} = (A^{(in)})^T \delta^{(h)}$$
""",
    delta2="right",
    delta1="right",
    dW2="right",
    dW1="right",
)
document(
    "assignment in Chinese: everything at once",
    SOFT,
    CS,
    r"""
$$
\frac{\partial L}{\partial W_1}
= X^T \Big[ \big( \tfrac{1}{N} (\hat{Y} - Y) W_2^T \big) \odot \mathbf{1}(z_1 > 0) \Big]
$$
$$\frac{\partial L}{\partial b_1} = \mathbf{1}^T \Big[ \big(\hat{Y} - Y\big) W_2^T \odot \mathbf{1}(z_1 > 0) \Big]$$
""",
    dW1="right",
    db1="depends missing_mean|wrong missing_mean",
)
document(
    "drafts of a student: slips in two places",
    SQK,
    COLSUM,
    r"""
\begin{align*}
E &= \tfrac12 \lVert o - t \rVert^2 \\
\delta^{(2)} &= (t - o) \odot o \odot (1 - o) \\
\delta^{(1)} &= (W^{(2)})^\top \delta^{(2)} \odot h \odot (1 + h) \\
\Delta W^{(2)} &= -\eta\, \delta^{(2)} h^\top
\end{align*}
""",
    loss="right|depends",
    delta2="wrong sign",
    delta1="wrong wrong_derivative",
)
case(
    "question: accuracy of one in ten, the axes",
    SOFT,
    CS,
    dW2=("A1.dot(delta2.T)", "transposed|shape|other_layout"),
    db2=("np.sum(delta2, axis=1)", "wrong_axis"),
    dW1=("X.dot(delta1.T)", "transposed|shape|other_layout"),
)
case(
    "question on a video's network: softmax over the columns",
    SOFT,
    MEAN_LAST,
    A2=("np.exp(Z2) / sum(np.exp(Z2))", "wrong_axis"),
    dW1=("1/m * X.T.dot((W2.dot(dZ2.T).T * (Z1 > 0)))", OK),
    db1=("1/m * np.sum((W2.dot(dZ2.T).T * (Z1 > 0)), axis=0)", OK),
)
case(
    "pull request to an assignment: s for its correction",
    dict(TANH1, more={"solver": "adam"}),
    CS,
    W1_next=(
        "W1 - learning_rate * v_corrected / (np.sqrt(s) + epsilon)",
        "factor|wrong_name|unknown",
    ),
    W2_next=("W2 - learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)", OK),
)
case(
    "small library: the slope of the outputs, means for biases",
    TANH1,
    MEAN_LAST,
    delta1=("d_tanh(A1) * np.dot(delta2, W2.T)", "derivative_at_A"),
    db1=("np.mean(delta1, 0)", OK),
    dW1=("np.dot(X.T, delta1) / len(X)", OK),
)
case(
    "interview question: logistic regression, no numbers of layers",
    LOGREG,
    CS,
    dW1=("(1/m) * X.T @ (sigmoid(X @ W + b) - y)", OK),
    db1=("(1/m) * np.sum(sigmoid(X @ W + b) - y)", OK),
    loss=("-(1/m) * np.sum(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))", OK),
)
case(
    "book with a theta: linear regression",
    LINE,
    CS,
    dW1=(r"\frac{2}{m} X^T (X\theta - y)", OK),
    W1_next=(r"\theta - \eta \frac{2}{m} X^T (y - X\theta)", "sign"),
    loss=(r"\frac{1}{m} \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)})^2", OK),
)
case(
    "toy in a notebook: names of its own",
    {"n": [4], "act": "relu", "kind": "reg1", "loss": "squared_error"},
    ROWSUM,
    delta2=("y_hat - y_true", OK),
    dW2=("h.T @ (y_hat - y)", OK),
    delta1=("(y_hat - y) @ W2.T * relu_derivative(z1)", OK),
)
case(
    "unicode in a review: the error goes through W once more",
    SQK,
    ROWSUM,
    delta1=("(δ₂ W₂) ⊙ σ′(z₁)", "weights_not_transposed"),
    dW1=("xᵀ δ₂", "wrong_layer"),
    W1_next=("W₁ + η xᵀ δ₁", "sign"),
)
case(
    "forum in Portuguese: the output squared",
    SQ,
    ROWUP,
    delta2=("(Y - A2) * (A2 - A2 * A2)", OK),
    delta1=("A1 * (1 - A1) * delta2.dot(W2)", "weights_not_transposed|shape"),
    b2_next=("b2 + 0.1 * np.mean(delta2, axis=0)", "bias_mean|double_mean"),
)
