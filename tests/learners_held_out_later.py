"""Answers of strangers that were marked once, after all that was mended before."""

# ruff: noqa: E501, RUF001 - lines and signs are as they are written

from learners_networks import *

CASES: list[Case] = []  # formulas
DOCUMENTS: list[Case] = []
ONE = {"n": [], "act": "logistic", "kind": "bin", "loss": "squared_error", "out": "logistic"}
CHAIN = {
    "n": [1],
    "act": "logistic",
    "kind": "reg1",
    "loss": "squared_error",
    "out": "logistic",
    "inputs": 1,
}


def case(source, network, conventions, **answers):
    """Each answer is what was typed, and what is expected of it."""
    texts = {name: text for name, (text, _) in answers.items()}
    expected = {name: codes for name, (_, codes) in answers.items()}
    CASES.append(Case(source, network, conventions, texts, expected))


def document(source, network, conventions, text, notation=None, **expected):
    DOCUMENTS.append(Case(source, network, conventions, text, expected, notation or {}))


document(
    "notes in French: layers as superscripts in unicode",
    SQ3,
    COLSUM,
    """
*   z⁽ᵏ⁾ = W⁽ᵏ⁾ a⁽ᵏ⁻¹⁾ + b⁽ᵏ⁾
*   a⁽ᵏ⁾ = σ(z⁽ᵏ⁾)
1.  L'erreur de la dernière couche : δ⁽³⁾ = (a⁽³⁾ - y) ⊙ σ'(z⁽³⁾)
2.  Rétropropager : δ⁽²⁾ = ((W⁽³⁾)ᵀ δ⁽³⁾) ⊙ σ'(z⁽²⁾)
3.  ∂L/∂W⁽²⁾ = δ⁽²⁾ (a⁽¹⁾)ᵀ
4.  ∂L/∂b⁽²⁾ = δ⁽²⁾
5.  W⁽²⁾ := W⁽²⁾ - η ∂L/∂W⁽²⁾
""",
    delta3="right",
    delta2="right",
    dW2="right",
    db2="depends",
    W2_next="right",
)
document(
    "read-me in Spanish: one neuron",
    ONE,
    ROWSUM,
    r"""
$$
z = w x + b
$$
$$
a = \sigma(z)
$$
$$
w \leftarrow w - \eta \frac{\partial L}{\partial w}
$$
- $ \frac{\partial L}{\partial a} $ en MSE: $ L(a, y) = \frac{1}{2}(a - y)^2 $, entonces $ \frac{\partial L}{\partial a} = a - y $.
$$
\frac{\partial L}{\partial w} = (a - y) \cdot \sigma'(z) \cdot x
$$
$$
\frac{\partial L}{\partial b} = (a - y) \cdot \sigma'(z)
$$
""",
    Z1="right",
    A1="right",
    W1_next="right",
    dA1="right",
    dW1="right",
    db1="depends",
)
document(
    "concepts in French: plain text without signs",
    ONE,
    ROWSUM,
    """
* **Formule pour un neurone sigmoïde avec loss L :**

dL/dw_i = (a - y) * sigma'(z) * x_i
dL/db   = (a - y) * sigma'(z)
""",
    dW1="right",
    db1="depends",
)
document(
    "translation of the course in Chinese: cases and braces below",
    TANH1,
    NG,
    r"""
$$
\begin{cases}
dZ^{[2]} = A^{[2]} - Y, Y = [y^{[1]}, y^{[2]}, \cdots,y^{[m]}]
\\
dW^{[2]} = \frac{1}{m}dZ^{[2]}A^{[1]T}
\\
db^{[2]} = \frac{1}{m}np.sum(dZ^{[2]},axis=1,keepdims=True)
\\
dZ^{[1]} = \underbrace{W^{[2]T}dZ^{[2]}}_{(n^{[1]}, m)} \ast \underbrace{g^{[1]\prime}(Z^{[1]})}_{(n^{[1]}, m)}
\end{cases}
$$
""",
    delta2="right",
    dW2="right",
    db2="right",
    delta1="right",
)
document(
    "notes of a nanodegree in Chinese: errors of units",
    SQK,
    COLUP,
    r"""
```math
\delta_k = (y - \hat{y}_k)f^\prime(h_k)
```
```math
\delta_j = \sum\delta_kw_{jk}f^\prime(h_j)
```
""",
    {"\\delta_k": "delta2", "\\delta_j": "delta1", "h_k": "Z2", "h_j": "Z1", "w": "W2"},
    delta2="right",
    delta1="right",
)
document(
    "workshop exercise: eqnarray, one neuron a layer",
    CHAIN,
    COLSUM,
    r"""
$\begin{eqnarray}
z_1 &=&  w_1 x + b_1\\
a_1 &=& \sigma(z_1) = \frac{1}{1+e^{-z_1}}\\
z_2 &=&  w_2 a_{1} + b_2\\
L(w,b|x) &=& \frac{1}{2}\left(y-\hat{y}\right)^2 = \frac{1}{2}\left(y-a_2\right)^2
\end{eqnarray}$
$\frac{\partial L}{\partial w_1} = -(y-a_2) \cdot a_2(1-a_2) \cdot w_2 \cdot a_1(1-a_1) \cdot x$
""",
    Z1="right",
    A1="right",
    Z2="right",
    dW1="right",
)
document(
    "errata of a book: lambda without W",
    dict(MULTI_SIG, alpha=0.3),
    ROWSUM,
    r"""
$$\frac{\partial J}{\partial W^{(out)}} = (A^{(h)})^T \delta^{(out)} + \lambda$$
$$\frac{\partial J}{\partial W^{(h)}} = (A^{(in)})^T \delta^{(h)} + \lambda W^{(h)}$$
""",
    dW2="wrong penalty_without_weights",
    dW1="right",
)
document(
    "recap by a student: everything with \\cdot",
    SQ,
    COLSUM,
    r"""
-  $Z2 = W2 \cdot A1 + b2$
$$
dZ2 = (A2 - Y) \cdot \sigma'(Z2)
$$
$$
dZ1 = W2^T \cdot dZ2 \cdot A1 \cdot (1 - A1)
$$
$$
dW1 = dZ1 \cdot A0^T
$$
$$
db1 = \sum dZ1
$$
""",
    Z2="right",
    delta2="right",
    delta1="right",
    dW1="right",
    db1="right",
)
document(
    "optimizers in a table, old and new",
    dict(TANH1, more={"solver": "sgd", "nesterovs_momentum": False}),
    CS,
    r"""
$$v_{new} = \gamma v_{old} + \eta \nabla L(w_{old})$$
$$w_{new} = w_{old} - v_{new}$$
""",
    vW1_next="right",
    W1_next="right",
)
document(
    "Adam in unicode",
    dict(TANH1, more={"solver": "adam"}),
    CS,
    """
m ← β₁ m + (1 − β₁) g
v ← β₂ v + (1 − β₂) g²
θ ← θ − η m̂ / (√v̂ + ε)
""",
    mW1_next="right",
    vW1_next="right",
    W1_next="right",
)
case(
    "Octave in Spanish: the slopes swapped",
    SQK,
    COLSUM,
    delta1=("(W2' * delta2) .* (A2 .* (1 - A2))", "wrong_layer|shape"),
    delta2=("(A2 - Y) .* (A2 .* (1 - A2))", OK),
    dW2=("delta2 * A1'", OK),
)
case(
    "letter to an author: outer product the wrong way round",
    dict(SQK, m=1),
    CS,
    dW2=("np.outer(delta2, A1)", "transposed|other_layout"),
    dW1=("np.outer(X, delta1)", OK),
)
case(
    "book errata: the bias of the layer below",
    SQ3,
    CS,
    Z3=("A2 @ W3 + b1", "wrong_layer|shape"),
    Z2=(r"A^{(1)} W^{(2)} + b^{(1)}", "wrong_layer|shape"),
)
case(
    "functions in C: the loss's derivative by the weight",
    {"n": [], "act": "tanh", "kind": "bin"},
    ROWSUM,
    dW1=("X.T @ (A1 - Y)", OK),
    dA1=("A1 - Y", "canonical_shortcut"),
    loss=(
        "-(Y*np.log(A1)) + (1-Y)*np.log(1-A1)",
        "loss_term_sign|wrong_axis|shape",
    ),
)
case(
    "question on a check: derivative of the output, not of the loss",
    {"n": [], "act": "tanh", "kind": "reg1", "loss": "squared_error"},
    CS,
    dW1=("X.T @ np.ones_like(A1) / m", "loss_term_missing|unknown|output_derivative_missing"),
    db1=("np.sum(A1 - Y) / m", OK),
)
case(
    "small network in Matlab: bias by ones",
    TANH1,
    CS,
    db1=("np.ones(m) @ delta1", OK),
    db2=("np.dot(np.ones((1, m)), A2 - Y) / m", OK),
    delta1=("(1 - A1**2) * (delta2 * W2.T)", OK),
)
case(
    "old script: tanh' of the tanh, weights not turned",
    TANH_EQUAL := {"n": [3], "act": "tanh", "kind": "reg3", "loss": "squared_error"},
    CS,
    delta1=("np.dot(delta2, W2) * (1 - np.tanh(A1)**2)", "weights_not_transposed derivative_at_A"),
    dW1=("X.T.dot(delta1) * learning_rate", "factor|wrong_name|unknown"),
    W1_next=("W1 - learning_rate * dW1.T", "transposed"),
)
