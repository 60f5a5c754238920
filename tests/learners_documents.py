"""Notes, read-me files and homework in which people derive backpropagation.

Expected is for each quantity the verdict; of a wrong equation the codes stand behind it.
"""

# ruff: noqa: E501, RUF001 - lines and signs are as they are written

from learners_networks import *

CASES = []


def case(source, network, conventions, text, notation=None, **expected):
    CASES.append(Case(source, network, conventions, text, expected, notation or {}))


case(
    "notes for an assignment: cross-entropy in rows",
    dict(SOFT_SIG),
    CS,
    r"""
$$z_{1} = xW_{1} + b_{1}$$
$$h_{1} = sigmoid(z_{1})$$
$$\hat{y} = softmax(z_{2})$$
$$CE(y, \hat{y}) = -\frac{1}{N} \sum_{i} y_i log\hat{y_i}$$
we can get the gradients.
$$\frac{\partial CE(y, \hat{y})}{\partial z_{2}} = \frac{1}{N} (\hat{y} - y)$$
$$\frac{\partial CE}{\partial W_2} = h_1^\top \frac{\partial CE}{\partial z_2}$$
""",
    delta2="right",
    dW2="right",
    loss="right",
    Z1="right",
)
case(
    "tutorial: one hidden neuron by hand, plain text",
    {"n": [], "act": "logistic", "kind": "bin", "loss": "squared_error", "out": "logistic"},
    ROWSUM,
    r"""
Loss = `0.5 * (y - y_pred)^2`

### Derivative
dL/dy_pred = y_pred - y

dL/dz = (y_pred - y) * y_pred * (1 - y_pred)

dL/dw = dL/dz * x
dL/db = dL/dz
""",
    dA1="right",
    delta1="right",
    db1="depends",
)
case(
    "notes of a maker of networks: final and hidden layers, ReLU'",
    {"n": [5, 4], "act": "relu", "kind": "bin"},
    COLSUM,
    r"""
$$
\frac{\partial \mathcal{L}}{\partial a^L} \cdot \frac{\partial a^L}{\partial z^L} = \hat{y} - y
$$
$$
z^L = W^L a^{L-1} + b^L
$$
$$
\frac{\partial \mathcal{L}}{\partial W^L} = (\hat{y} - y) \cdot (a^{L-1})^T
$$
$$
\frac{\partial \mathcal{L}}{\partial a^{L-1}} = (\hat{y} - y) \cdot W^L
$$
$$
\frac{\partial \mathcal{L}}{\partial W^{L-1}} = \left( W^L \right)^T (\hat{y} - y) \odot \text{ReLU}'(z^{L-1}) \cdot (a^{L-2})^T
$$
""",
    dW3="right",
    dW2="right",
    Z3="right",
    dA2="wrong weights_not_transposed",
)
case(
    "maths.md: the four equations, in unicode",
    dict(SQ3),
    COLSUM,
    r"""
For the quadratic cost
$$
C=\frac{1}{2}∑_j(y_j−a^L_j)^2
$$
$$
\frac{∂C}{∂a^L_j}=(a^L_j−y_j)
$$
$$
\delta^L = \nabla_a C \odot \sigma'(z^L)
$$
$$
\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)
$$
$$
\frac{\partial C}{\partial b^l_j} =  \delta^l_j
$$
$$
\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j
$$
""",
    loss="right|depends",
    dA3="right",
    delta3="right",
    delta1="right",
    db1="depends",
    dW1="right",
)
case(
    "notebook of a blog: z_2 where z_1 is due (pull request)",
    {"n": [4], "act": "tanh", "kind": "multi"},
    ROWSUM,
    r"""
$$
\begin{aligned}
& \delta_3 = \hat{y} - y \\
& \delta_2 = (1 - \tanh^2z_2) \circ \delta_3W_2^T \\
& \frac{\partial{L}}{\partial{W_2}} = a_1^T \delta_3  \\
& \frac{\partial{L}}{\partial{b_2}} = \delta_3\\
& \frac{\partial{L}}{\partial{W_1}} = x^T \delta_2\\
& \frac{\partial{L}}{\partial{b_1}} = \delta_2 \\
\end{aligned}
$$
""",
    {"\\delta_3": "delta2", "\\delta_2": "delta1"},
    delta2="right",
    delta1="wrong",
    dW2="right",
    db2="depends",
    dW1="right",
)
case(
    "video series: derivatives without the Hadamard sign",
    dict(SQ_NOB),
    ROWSUM,
    r"""
$$
\frac{\partial J}{\partial W^{(2)}} = (a^{(2)})^T \delta^{(3)}
$$
$$
\delta^{(3)} = -(y-\hat{y}) f^\prime(z^{(3)})
$$
$$
\frac{\partial J}{\partial W^{(1)}} = X^{T} \delta^{(3)} (W^{(2)})^{T} f^\prime(z^{(2)})
$$
$$
\delta^{(2)} = \delta^{(3)} (W^{(2)})^{T} f^\prime(z^{(2)})
$$
""",
    {"input_layer": 1},
    delta2="right",
    dW2="right",
    delta1="right|depends",
    dW1="right|depends",
)
case(
    "article on a 2-2-1 network: y is the output, t the target",
    dict(SQ),
    COLSUM,
    r"""
Forward: $$ z^{(2)} = W^{(2)} a^{(1)} + b^{(2)} $$ $$ y = \sigma\big(z^{(2)}\big) $$
Loss: $$ L = \dfrac{1}{2}\big(y - t\big)^2 $$
$$ \delta^{(2)} = (y - t)\, y (1 - y) $$
$$ \frac{\partial L}{\partial W^{(2)}} = \delta^{(2)} (a^{(1)})^\top $$
$$ \delta^{(1)} = \big((W^{(2)})^\top \delta^{(2)}\big) \odot a^{(1)} \odot (1 - a^{(1)}) $$
$$ \frac{\partial L}{\partial W^{(1)}} = \delta^{(1)} x^\top, \quad \frac{\partial L}{\partial b^{(1)}} = \delta^{(1)} $$
""",
    {"y": "A2", "t": "Y"},
    delta2="right",
    dW2="right",
    delta1="right",
    dW1="right",
    db1="depends",
)
case(
    "read-me of a digits project in plain text",
    dict(SOFT_TANH),
    NG,
    r"""
STEP 4 : Back propagation:

dZ2 = (A2 - Y)
dW2 = (1/m)*dZ2*A1.T
db2 = (1/m) *sum(dZ2,1)

dZ1 = W2.T * dZ2 * f1'(Z1)
dW1 = (1/m)* dZ1*X.T
db1 = (1/m)*sum(dZ1,1)
""",
    delta2="right",
    dW2="right|depends",
    db2="right|depends",
)
case(
    "read-me in mathematical letters",
    dict(SOFT),
    NG,
    """
**Backward propagation**

* \U0001d451\U0001d44d[2]=\U0001d434[2]−\U0001d44c
* \U0001d451\U0001d44a[2]=1/\U0001d45a \U0001d451\U0001d44d[2]\U0001d434[1]\U0001d447
""",
    delta2="right",
)
case(
    "translation of a book: cross-entropy by the weight, brackets (issue)",
    {"n": [], "act": "logistic", "kind": "bin"},
    COLSUM,
    r"""
$$
C = -\frac{1}{n} \sum_x [y \ln a + (1-y) \ln(1-a)]
$$
$$
\frac{\partial C}{\partial w} = -\frac{1}{n}\sum \left(\frac{y}{\sigma(z)} - \frac{(1-y)}{1-\sigma(z)}\right) \sigma'(z) x
$$
$$
\frac{\partial C}{\partial b} = \frac{1}{n}\sum_x (\sigma(z) - y)
$$
""",
    loss="right|depends",
    dW1="right|depends",
    db1="right|depends",
)
case(
    "course notes: delta without the slope (issue on an equation)",
    {"n": [4], "act": "tanh", "kind": "reg1", "loss": "squared_error"},
    COLSUM,
    r"""
$$\bar{y} = \hat y - y$$
$$\delta_2 = \hat y - y$$
$$\delta_1 = W_2^\top \delta_2$$
$$\nabla_{W_1} L = \delta_1 x^\top$$
""",
    delta2="right",
    delta1="wrong activation_derivative_missing",
    dW1="right",
)
case(
    "homework in LaTeX: softmax with ReLU, two layers",
    dict(SOFT),
    COLSUM,
    r"""
\documentclass{article}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\begin{document}
\begin{align}
\pd{L}{z^{(2)}} &= p - y \\
\pd{L}{W^{(2)}} &= (p - y) (a^{(1)})^\top \\
\pd{L}{a^{(1)}} &= (W^{(2)})^\top (p - y) \\
\pd{L}{z^{(1)}} &= \pd{L}{a^{(1)}} \odot \mathbf{1}\{z^{(1)} > 0\} \\
\pd{L}{W^{(1)}} &= \pd{L}{z^{(1)}} x^\top
\end{align}
\end{document}
""",
    {"p": "A2"},
    delta2="right",
    dW2="right",
    dA1="right",
    delta1="right",
    dW1="right",
)
case(
    "Haykin's delta rule with local gradients",
    dict(SQ),
    COLUP,
    r"""
$$e = d - y$$
$$\delta^{(2)} = e \, \varphi'(v^{(2)})$$
$$\delta^{(1)} = \varphi'(v^{(1)}) (W^{(2)})^T \delta^{(2)}$$
""",
    {"d": "Y", "y": "A2", "v": "Z"},
    delta2="right",
    delta1="right|depends",
)
case(
    "Bishop's notation: errors of units",
    {"n": [4], "act": "tanh", "kind": "reg3", "loss": "squared_error"},
    COLSUM,
    r"""
$$\delta_k = y_k - t_k$$
$$\delta_j = (1 - z_j^2) \sum_{k=1}^{K} w_{kj} \delta_k$$
$$\frac{\partial E_n}{\partial w_{kj}} = \delta_k z_j$$
""",
    {
        "y": "A2",
        "t": "Y",
        "z": "A1",
        "\\delta_k": "delta2",
        "\\delta_j": "delta1",
        "w": "W2",
        "superscripts": "powers",
    },
    delta2="right",
    delta1="right",
)
