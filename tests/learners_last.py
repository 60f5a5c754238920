"""Answers of strangers that were marked once, at the end."""

# ruff: noqa: E501 - lines and signs are as they are written

from learners_networks import *

CASES: list[Case] = []  # formulas
DOCUMENTS: list[Case] = []
CHAIN = {
    "n": [1],
    "act": "logistic",
    "kind": "reg1",
    "loss": "squared_error",
    "out": "logistic",
    "inputs": 1,
}
LOGREG = {"n": [], "act": "tanh", "kind": "bin"}


def case(source, network, conventions, **answers):
    """Each answer is what was typed, and what is expected of it."""
    texts = {name: text for name, (text, _) in answers.items()}
    expected = {name: codes for name, (_, codes) in answers.items()}
    CASES.append(Case(source, network, conventions, texts, expected))


def document(source, network, conventions, text, notation=None, **expected):
    DOCUMENTS.append(Case(source, network, conventions, text, expected, notation or {}))


document(
    "deep networks in Chinese: brackets within dollars",
    SOFT,
    NG,
    r"""
   - 线性部分: $\( Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]} \)$ (大小为 $\( n^{[l]} \times m \)$)
   - 权重梯度: $\( dW^{[l]} = \frac{1}{m} dZ^{[l]} (A^{[l-1]})^T \)$ (大小为 $\( n^{[l]} \times n^{[l-1]} \)$)
   - 偏置梯度: $\( db^{[l]} = \frac{1}{m} np.sum(dZ^{[l]}, axis = 1, keepdims = True) \)$
   - 上一层: $\( dA^{[l-1]} = (W^{[l]})^T dZ^{[l]} \)$
""",
    Z1="right",
    dW1="right",
    db1="right",
    dA0="right",
)
document(
    "principle in Chinese: units of index 0, {1 \\over 2}",
    CHAIN,
    COLSUM,
    r"""
$$a_0^{(L)} = \sigma(z_0^{(L)})$$
$$L_0 = {1 \over 2} (a_0^{(L)} - y_0)^2$$
$$\frac{\partial L_0}{\partial w_{00}^{(L)}} = a_0^{(L-1)} \sigma'(z_0^{(L)}) (a_0^{(L)} - y_0)$$
""",
    A2="right",
    dW2="right",
)
document(
    "derivation with a target t, y for the prediction",
    LOGREG,
    COLSUM,
    r"""
$$
\ell_{c e}(y, t)=-t \log y-(1-t) \log (1-y),\\
$$
$$
\frac{\partial \ell}{\partial y} = -\frac{t}{y} + \frac{1-t}{1-y}
$$
$$
\frac{\partial \ell}{\partial z} = y - t
$$
""",
    {"y": "A1", "t": "Y"},
    loss="right|depends",
    dA1="right",
    delta1="right",
)
document(
    "problem set: quotation marks of code within dollars",
    SQ,
    COLSUM,
    r"""
*   $`\delta_2 = (a_2 - y) \, a_2 (1 - a_2)`$
*   $`\frac{\partial L}{\partial W_2} = \delta_2 a_1^T`$
*   $`\delta_1 = W_2^T \delta_2 \odot a_2 \odot (1 - a_1)`$
""",
    delta2="right",
    dW2="right",
    delta1="wrong",
)
document(
    "solutions in bold unicode",
    LOGREG,
    COLSUM,
    """
∂L/∂ŷ = **-(y/ŷ) + (1-y)/(1-ŷ)**
∂L/∂z = **ŷ - y**
∂L/∂W = (ŷ - y)xᵀ
""",
    dA1="right",
    delta1="right",
    dW1="right",
)
document(
    "step by step: E_{total} and out_{o1}",
    SQ,
    ROWSUM,
    r"""
\[ E_{total} = \sum \frac{1}{2}(target - output)^{2} \]
\[ \frac{\partial E_{total}}{\partial z_2} = -(y - a_2) \cdot a_2 (1 - a_2) \]
\[ \frac{\partial E_{total}}{\partial W_2} = a_1^T \frac{\partial E_{total}}{\partial z_2} \]
\[ W_2^{+} = W_2 - \eta \cdot \frac{\partial E_{total}}{\partial W_2} \]
""",
    delta2="right",
    dW2="right",
    W2_next="right",
)
document(
    "lecture: gradients written with nabla, means at the end",
    SOFT_SIG,
    MEAN := {"layout": "columns", "mean_in": "dW"},
    r"""
\begin{align}
\nabla_{a^{(2)}} L &= -y \oslash a^{(2)} \\
\nabla_{z^{(2)}} L &= a^{(2)} - y \\
\nabla_{W^{(2)}} J &= \frac{1}{n} \sum_i \nabla_{z^{(2)}} L \, (a^{(1)})^\top \\
\nabla_{z^{(1)}} L &= (W^{(2)})^\top \nabla_{z^{(2)}} L \odot \sigma'(z^{(1)})
\end{align}
""",
    dA2="right",
    delta2="right",
    dW2="right",
    delta1="right",
)
document(
    "tutorial on RMSprop: the letter E and its square",
    dict(TANH1, more={"solver": "rmsprop"}),
    CS,
    r"""
$$E[g^2]_t = \rho E[g^2]_{t-1} + (1 - \rho) g^2_t$$
$$\theta_{t+1} = \theta_{t} - \dfrac{\eta}{\sqrt{E[g^2]_t} + \epsilon} g_{t}$$
""",
    vW1_next="right",
    W1_next="right",
)
document(
    "assignment report: two slips",
    SOFT,
    CS,
    r"""
We have $\frac{\partial L}{\partial Z_2} = \frac{1}{N}(P - Y)$ and therefore
$\frac{\partial L}{\partial W_2} = H^T \frac{\partial L}{\partial Z_2}$,
$\frac{\partial L}{\partial H} = \frac{\partial L}{\partial Z_2} W_2$,
$\frac{\partial L}{\partial Z_1} = \frac{\partial L}{\partial H} \odot \mathbb{I}[H < 0]$.
""",
    {"P": "A2", "H": "A1"},
    delta2="right",
    dW2="right",
    dA1="wrong weights_not_transposed",
    delta1="wrong wrong_derivative",
)
case(
    "answer to a question: E, dZ and dH in few lines",
    SQ_NOB,
    ROWUP,
    delta2=("(Y - A2) * A2 * (1 - A2)", OK),
    delta1=("delta2.dot(W2.T) * A1 * (1 - A1)", OK),
    W2_next=("W2 + A1.T.dot(delta2)", "learning_rate_missing"),
    W1_next=("W1 + 0.1 * X.T.dot(delta1)", OK),
)
case(
    "blog by hand: one sample, slips in three places",
    dict(SQK, m=1),
    ROWSUM,
    dW2=("np.outer(A1, A2 - Y)", "output_derivative_missing|canonical_shortcut"),
    delta1=("np.dot(W2, delta2.T).T * A1 * (1 - A1)", OK),
    dW1=("np.outer(X, delta1) * W1", "wrong_name|unknown|factor"),
)
case(
    "LaTeX of an answer: gradient of the mean",
    LOGREG,
    CS,
    dW1=(r"\frac{1}{m} \sum_{i=1}^{m} x_i (\sigma(z_i) - y_i)", OK),
    db1=(r"\frac{1}{m} \mathbf{1}^T (\sigma(Xw + b) - y)", OK),
    W1_next=(r"w - \frac{\eta}{m} X^T (\sigma(Xw + b) - y)", OK),
)
case(
    "network of a guide: the mean in two places",
    SOFT,
    CS,
    delta2=("(A2 - Y) / Y.shape[0]", OK),
    dW2=("(1 / m) * A1.T @ delta2", "double_mean"),
    dW1=("(1 / m) * X.T @ delta1", "double_mean"),
    db1=("(1 / m) * np.sum(delta1, axis=0)", "double_mean|bias_mean"),
)
case(
    "question on tanh: sech written with cosh, and without its square",
    TANH1,
    CS,
    delta1=("(delta2 @ W2.T) / np.cosh(Z1)", "wrong_derivative"),
    dW1=("X.T @ ((delta2 @ W2.T) / np.cosh(Z1)**2)", OK),
)
case(
    "momentum with a friction (three forms)",
    dict(TANH1, more={"solver": "sgd", "nesterovs_momentum": False}),
    CS,
    vW1_next=("0.9 * v - lr * grad", OK),
    vW2_next=(
        "momentum * vW2 + (1 - momentum) * dW2",
        "sign|learning_rate_missing|factor|wrong_name",
    ),
    W1_next=("W1 + 0.9 * vW1 - lr * dW1", OK),
    W2_next=("W2 - momentum * vW2 - lr * dW2", "sign"),
)
