"""Documents in letters and languages of their own: rows, indices, layers h and o, by hand."""

# ruff: noqa: E501 - lines and signs are as they are written

from learners_networks import *

CASES = []
CHAIN = {
    "n": [1],
    "act": "logistic",
    "kind": "reg1",
    "loss": "squared_error",
    "out": "logistic",
    "inputs": 1,
}


def case(source, network, conventions, text, notation=None, **expected):
    CASES.append(Case(source, network, conventions, text, expected, notation or {}))


case(
    "differentials in rows, layers h and o",
    SOFT_SIG,
    CS,
    r"""
\begin{align}
Z_h &= X W_h + \mathbf{1}_N \cdot B_h \\
A_h &= \frac{1}{1 + \exp{(-Z_h)}} \\
Z_o &= A_h W_o + \mathbf{1}_N \cdot B_o
\end{align}
$$\Rightarrow \frac{\partial \ell}{\partial A_o} = -\frac{1}{N} Y \oslash A_o $$
$$\frac{\partial \ell}{\partial Z_o} = \frac{1}{N} (A_o - Y)$$
$$\frac{\partial \ell}{\partial W_o} = A_h^T \frac{\partial \ell}{\partial Z_o}$$
$$\frac{\partial \ell}{\partial Z_h} = \frac{\partial \ell}{\partial Z_o} W_o^T \odot A_h \odot (1 - A_h)$$
$$\frac{\partial \ell}{\partial B_h} = \mathbf{1}_N^T \frac{\partial \ell}{\partial Z_h}$$
""",
    {
        "W_h": "W1",
        "W_o": "W2",
        "A_h": "A1",
        "A_o": "A2",
        "Z_h": "Z1",
        "Z_o": "Z2",
        "B_h": "b1",
        "B_o": "b2",
    },
    Z1="right",
    dA2="right",
    delta2="right",
    dW2="right",
    delta1="right",
    db1="right",
)
case(
    "question: cross-entropy by hand against the key, delta for the round d",
    LOGIT1,
    COLSUM,
    r"""
$$
\begin{aligned}
\frac{\delta L}{\delta W_2} &= \frac{\delta L}{\delta \hat{y}} \cdot \frac{\delta \hat{y}}{\delta W_2} \\
&= \left(\hat{y}-y\right)\left(\hat{y} \left(1-\hat{y}\right)\right) A_1^T\\
\end{aligned}
$$
$$\frac{\delta L}{\delta A_1} = W_2^T (\hat{y}-y)$$
""",
    dW2="wrong output_derivative_twice",
    dA1="right",
)
case(
    "question: gradients of a basic network in rows",
    SOFT_SIG,
    ROWSUM,
    r"""
\begin{align*}
&J = CE(y,\hat{y})=-\sum_i y_i log(\hat{y}_i)\\
&\hat{y} = softmax(z_2)\\
&z_2 = hW_2+b_2\\
&h = sigmoid(z_1)\\
&z_1 = xW_1+b_1
\end{align*}
$$\frac{\partial J}{\partial z_2}=\hat{y}-y=\delta_1$$
\begin{align*} &\frac{\partial J}{\partial h}=\delta_1 \frac{\partial z_2}{\partial h}=\delta_1 W_2^T\\
&\frac{\partial J}{\partial W_2}=\frac{\partial J}{\partial z_2} \frac{\partial z_2}{\partial W_2}=\delta_1 h^T\end{align*}
""",
    {"\\delta_1": "delta2"},
    loss="right|depends",
    A2="right",
    Z2="right",
    A1="right",
    delta2="right",
    dA1="right",
    dW2="wrong",
)
case(
    "docs of a small library: theta_j and the network's gradient",
    CHAIN,
    COLSUM,
    r"""
Repeat{

$$\theta_j := \theta_j - \alpha \frac{\partial}{\partial \theta_j} J(\theta)$$

}
$$C = \frac{1}{2}(a^{(L)} - y)^2$$
$$\frac{\partial C}{\partial w^{(L)}} = a^{(L-1)} \sigma'(z^{(L)}) (a^{(L)} - y)$$
$$\frac{\partial C}{\partial b^{(L)}} = \sigma'(z^{(L)}) (a^{(L)} - y)$$
$$\frac{\partial C}{\partial a^{(L-1)}} = w^{(L)} \sigma'(z^{(L)}) 2 (a^{(L)} - y)$$
""",
    W1_next="right",
    dW2="right|depends",
    db2="right|depends",
    dA1="wrong factor",
)
case(
    "lecture in Russian: one neuron a layer, functions of two layers",
    dict(CHAIN, act="tanh"),
    COLSUM,
    r"""
$$
\frac{\partial L}{\partial w_2} = (\hat{y} - y) \cdot \sigma_o'(z_2) \cdot h
$$
$$
\frac{\partial L}{\partial w_1} = (\hat{y} - y) \cdot \sigma_o'(z_2) \cdot w_2 \cdot \sigma_h'(z_1) \cdot x
$$
$$
\frac{\partial L}{\partial b_2} = (\hat{y} - y) \cdot \sigma_o'(z_2)
$$
""",
    {"\\sigma_o": "logistic", "\\sigma_h": "tanh"},
    dW2="right|depends",
    dW1="right|depends",
)
case(
    "textbook in Russian: sums over the outputs, u for z, d for the target",
    SQK,
    COLSUM,
    r"""
$$\frac{\partial E}{\partial w_{ij}^{(2)}} = (y_i - d_i) f'(u_i^{(2)}) v_j$$
$$\frac{\partial E}{\partial w_{ij}^{(1)}} = \sum_{k=1}^{K} (y_k - d_k) f'(u_k^{(2)}) w_{ki}^{(2)} f'(u_i^{(1)}) x_j$$
""",
    {"u": "Z", "d": "Y", "y": "A2", "v": "A1"},
    dW2="right",
    dW1="right",
)
case(
    "course of 2011: the input is layer 1",
    dict(MULTI_SIG, alpha=0.3),
    {"layout": "columns", "mean_in": "dW"},
    r"""
$$\delta^{(3)} = a^{(3)} - y$$
$$\delta^{(2)} = (\Theta^{(2)})^T \delta^{(3)} .* a^{(2)} .* (1 - a^{(2)})$$
$$\frac{\partial J}{\partial \Theta^{(1)}} = \frac{1}{m} \delta^{(2)} (a^{(1)})^T + \frac{\lambda}{m} \Theta^{(1)}$$
$$\frac{\partial J}{\partial \Theta^{(2)}} = \frac{1}{m} \delta^{(3)} (a^{(2)})^T + \lambda \Theta^{(2)}$$
""",
    {"input_layer": 1},
    delta2="right",
    delta1="right",
    dW1="right",
    dW2="wrong penalty_factor",
)
case(
    "book in notebooks: o and h, a product of three",
    dict(TANH1, alpha=0.3),
    {"layout": "columns", "mean_in": "nowhere"},
    r"""
$$\frac{\partial J}{\partial \mathbf{W}^{(2)}}= \frac{\partial L}{\partial \mathbf{o}} \mathbf{h}^\top + \lambda \mathbf{W}^{(2)}.$$
$$\frac{\partial J}{\partial \mathbf{h}} = {\mathbf{W}^{(2)}}^\top \frac{\partial J}{\partial \mathbf{o}}.$$
$$\frac{\partial J}{\partial \mathbf{z}}= \frac{\partial J}{\partial \mathbf{h}} \odot \phi'\left(\mathbf{z}\right).$$
""",
    {"o": "Z2", "z": "Z1", "h": "A1"},
    dW2="right",
    dA1="right",
    delta1="right",
)
case(
    "blog on batches: B, L and the loss in letters",
    {"n": [], "act": "tanh", "kind": "reg3", "loss": "squared_error"},
    ROWSUM,
    r"""
\[ L^{1} = XW^{1} + B^{1} \]
\[ \frac{\partial Loss}{\partial L^{1}} = (L^{1} - Y) \]
\[ \frac{\partial Loss}{\partial W^{1}} = X^{T} (L^{1} - Y) \]
""",
    {"L": "Z", "B": "b"},
    dW1="right",
)
case(
    "assignment of a language course: bold, index notation, Kronecker's delta",
    SOFT_SIG,
    ROWSUM,
    r"""
$$
\begin{align}
CE(\bf{y,\hat{y}}) &= -\sum_i y_i \log(\hat{y}_i)
\end{align}
$$
$$\frac{\partial CE}{\partial z_2} = \hat{y} - y$$
$$\frac{\partial CE}{\partial h} = (\hat{y} - y) W_2^T$$
$$\frac{\partial CE}{\partial z_1} = \frac{\partial CE}{\partial h} \circ \sigma'(z_1)$$
""",
    delta2="right",
    dA1="right",
    delta1="right",
)
