"""Notes, posts and read-me files of strangers: updates in documents, indices, unicode, plain text."""

# ruff: noqa: E501, RUF001 - lines and signs are as they are written

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
MOMENTUM = dict(TANH1, more={"solver": "sgd", "nesterovs_momentum": False})
NESTEROV = dict(TANH1, more={"solver": "sgd"})
ADAM = dict(TANH1, more={"solver": "adam"})


def case(source, network, conventions, text, notation=None, **expected):
    CASES.append(Case(source, network, conventions, text, expected, notation or {}))


case(
    "tutorial on one neuron a layer: b for a in two places",
    CHAIN,
    COLSUM,
    r"""
The $C_0$ means the cost for the first example
$C_0(...)=( a^{(L)}-y)^2$
$z^{(L)}=w^{(L)}a^{(L-1)}+b^{(L)}$
$a^{(L)}=\sigma(z^{(L)}) $
$\frac{ \partial C_0   }{ \partial w^{(L)}  } = \frac{ \partial C_0   }{ \partial a^{(L)}  } \frac{ \partial a^{(L)  } }{ \partial z^{(L)}  }   \frac{\partial z^{(L)}} { \partial w^{(L)} }  $
$\frac{ \partial C_0   }{ \partial a^{(L)}}=2( a^{(L)}-y)   $
$\frac{\partial z^{(L)}} { \partial w^{(L)} }=a^{(L-1)}$
$\frac{ \partial C_0   }{ \partial w^{(L)}  } = 2( a^{(L)}-y) \sigma' (z^{(L)})  a^{(L-1)}$
$\frac{ \partial C_0   }{ \partial b^{(L)}  } =  2( a^{(L)}-y) \sigma' (z^{(L)}) w^{(L)}$
""",
    Z2="right",
    A2="right",
    dA2="right",
    dW2="right|depends",
    db2="wrong",
)
case(
    "post on the four equations, with a proof",
    dict(SQ3),
    COLSUM,
    r"""
$$
\begin{equation}
\delta_{j}^{L} = \frac{\partial C}{\partial a_{j}^{L}} \cdot \sigma'(z_{j}^{L})
\end{equation}
$$
$ C = \frac{1}{2} \parallel y - a_{j}^{L} \parallel^{2}$ where $a_{j}^{L}=\sigma(z_{j}^{L})$
$$
\begin{equation}
\delta_{j}^{l} = \sum_{k} w_{kj}^{l+1} \delta_{k}^{l+1} \cdot \sigma'(z_{j}^{l})
\end{equation}
$$
$$\frac{ \partial C}{\partial b_{j}^{l}} = \delta_{j}^{l}$$
$\frac{\partial C}{\partial w_{jk}^{l}} = \frac{\partial C}{\partial z_{j}^{l}} \cdot \frac{\partial z_{j}^{l}}{\partial w_{jk}^{l}} = \delta_{j}^{l} \cdot a_{k}^{l-1}$
""",
    loss="right|depends",
    delta3="right",
    delta1="right",
    db1="depends",
    dW1="right",
)
case(
    "post on digits: the rate forgotten in the update",
    dict(SQ3),
    COLSUM,
    r"""
$$
w_{n+1} = w_{n} - \nabla C_{w}
\\
b_{n+1} = b_{n} - \nabla C_{b}
$$
$$\delta^L=\nabla_a C\odot \sigma'(z^L)$$
$$\delta^l = ((w^{l+1})^T\delta^{l+1})\odot\sigma'(z^l)$$
""",
    delta3="right",
    delta1="right",
)
case(
    "long post with macros: accents, \\otimes for entries, batches",
    dict(SQ3),
    {"layout": "columns", "mean_in": "dW"},
    r"""
\\(
\renewcommand{\vec}[1]{\boldsymbol{\mathbf{#1}}}
\def\matr#1{\boldsymbol{\mathbf{#1}}}
\def\Wmatr{\matr{W}}
\newcommand{\batch}{\mathord{N}}
\\)
$$
\begin{align}
\vec{\delta}^{(\ell)}
:= \frac{\partial \mathcal{L}}{\partial \vec z^{(\ell)}}
= \Big( (\Wmatr^{(\ell+1)})^\top \vec{\delta}^{(\ell+1)} \Big)
  \otimes \sigma'\!\left(\vec z^{(\ell)}\right),
\label{eq:chainrule8}
\end{align}
$$
$$
\begin{align}
\frac{\partial \mathcal{L}}{\partial \Wmatr^{(\ell)}}
&= \vec{\delta}^{(\ell)} \, \big(\vec a^{(\ell-1)}\big)^\top.
\label{eq:finalbackprop2}
\end{align}
$$
$$
\begin{align}
\matr Z^{(\ell)} &= \Wmatr^{(\ell)} \matr A^{(\ell-1)} + \vec b^{(\ell)} \vec 1^\top \\
\matr A^{(\ell)} &= \sigma\!\left( \matr Z^{(\ell)} \right),
\label{eq:input-matrix1}
\end{align}
$$
$$
\delta_i^{(\ell)} = \sigma'\!\left(z_i^{(\ell)}\right)
   \sum_{k=1}^{d_{\ell+1}} w^{(\ell+1)}_{k,i}\, \delta_k^{(\ell+1)}.
$$
""",
    delta1="right",
    dW1="right|depends|wrong missing_mean",
    Z1="right",
    A1="right",
)
case(
    "chapter in unicode, indices in brackets",
    dict(SQK),
    COLSUM,
    """
L = ½(ŷ − y)²
∂L/∂z₂ = (ŷ − y) · ŷ · (1 − ŷ)
∂L/∂a₁[j] = Σᵢ W₂[i][j] · ∂L/∂z₂[i]
∂L/∂W₂[i][j] = ∂L/∂z₂[i] · a₁[j]
∂L/∂W₁[j][k] = ∂L/∂z₁[j] · x[k]
W ← W − η · ∂L/∂W
""",
    loss="right|depends",
    delta2="right",
    dW2="right|not marked",
    dA1="right|not marked",
)
case(
    "reference in unicode: rows",
    dict(SQK),
    ROWSUM,
    """
δ₂ = (a₂ − y) ⊙ σ′(z₂)
δ₁ = (δ₂ W₂ᵀ) ⊙ σ′(z₁)
∂L/∂W₂ = a₁ᵀ δ₂
∂L/∂W₁ = xᵀ δ₁
""",
    delta2="right",
    delta1="right",
    dW2="right",
    dW1="right",
)
case(
    "two paths, drawn in plain text",
    dict(SOFT),
    ROWSUM,
    """
Loss
   ↓
dZ2 = A2 - Y
   ↙            ↘
dW2 = A1^T·dZ2    dZ1 = (dZ2·W2^T)⊙(Z1>0)
db2 = sum(dZ2)       ↓
                  dW1 = X^T·dZ1
""",
    delta2="right",
    dW2="right|not marked",
)
case(
    "vault of notes: simplified chain rule",
    dict(SOFT),
    NG,
    r"""
$dZ^l = dA^l * dG^l(Z^l)$
$dW^l = dZ^l \cdot A^{[l-1]T} * \frac{1}{m}$
$dB^l = \frac{1}{m} * \sum dZ^l$
$dA^{[l-1]} = W^{[l]T} \cdot dZ^l$
""",
    dW1="right",
    dA0="right",
)
case(
    "lesson: d/da l, ticks for transposes",
    dict(LOGIT1),
    NG,
    """
z[1] = W[1] x + b[1]
a[1] = sigmoid(z[1])
da[2] = -y/a[2] + (1-y)/(1-a[2])
dz[2] = a[2] - y
dW[2] = 1/m dz[2] a[1]'
dz[1] = W[2]' dz[2] * g'(z[1])
""",
    delta2="right|not marked",
    dA2="right|not marked",
)
case(
    "vault: momentum as two courses have it",
    MOMENTUM,
    CS,
    r"""
"Classic" momentum is
$v_t = \beta v_{t-1} - \alpha \, dW$
$W = W + v_t$
""",
    vW1_next="right",
    W1_next="right",
)
case(
    "thread: v with a plus is subtracted, both are the same",
    MOMENTUM,
    CS,
    r"""
$$
\begin{aligned}
v_{t+1} &= \mu v_t + \eta \nabla_\theta J(\theta) \\
\theta_{t+1} &= \theta_t - v_{t+1}
\end{aligned}
$$
""",
    vW1_next="right",
    W1_next="right",
)
case(
    "article: velocities of gradients, the rate in the step",
    NESTEROV,
    CS,
    r"""
$$v_t = \gamma v_{t-1} + \nabla_\theta J(\theta)$$
$$\theta_t = \theta_{t-1} - \eta (\nabla_\theta J(\theta) + \gamma v_t)$$
""",
    vW1_next="right",
    W1_next="right",
)
case(
    "article: a velocity that is added uphill",
    MOMENTUM,
    CS,
    r"""
$$v_t = \gamma v_{t-1} + \eta \nabla_\theta J(\theta)$$
$$\theta = \theta + v_t$$
""",
    vW1_next="wrong sign",
)
case(
    "course of one's own: plain momentum written out",
    MOMENTUM,
    NG,
    r"""
$$W^{[1]} := W^{[1]} + \beta v_{dW^{[1]}} - \alpha dW^{[1]}$$
$$b^{[1]} := b^{[1]} + \beta v_{db^{[1]}} - \alpha db^{[1]}$$
""",
    W1_next="right",
    b1_next="right",
)
case(
    "notes on Adam: a step in five lines, no parameter named",
    ADAM,
    CS,
    r"""
$m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t$
$v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2$
$\hat{m}_t = \frac{m_t}{1-\beta_1^t}$
$\hat{v}_t = \frac{v_t}{1-\beta_2^t}$
$\theta_{t+1} = \theta_t - \frac{\eta}{\sqrt{\hat{v}_t}+\epsilon} \hat{m}_t$
""",
    mW1_next="right",
    vW1_next="right",
    W1_next="right",
)
case(
    "the same with three slips",
    ADAM,
    CS,
    r"""
$m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t$
$v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t$
$\hat{m}_t = \frac{m_t}{1-\beta_1^t}$
$\hat{v}_t = \frac{v_t}{1-\beta_2^t}$
$W_{t+1} = W_t - \frac{\eta}{\sqrt{v_t}+\epsilon} \hat{m}_t$
""",
    mW1_next="right",
    vW1_next="wrong",
    W1_next="wrong",
)
case(
    "notes on RMSprop in a table of optimizers",
    dict(TANH1, more={"solver": "rmsprop"}),
    CS,
    r"""
| RMSProp | $$\begin{aligned} v_t &= \rho v_{t-1} + (1 - \rho) g_t^2 \\ W_{t+1} &= W_t - \frac{\eta}{\sqrt{v_t} + \epsilon} g_t \end{aligned}$$ |
""",
    vW1_next="right",
    W1_next="right",
)
case(
    "lecture in German: logistic regression",
    {"n": [], "act": "tanh", "kind": "bin"},
    NG,
    r"""
*   Die Kosten als durchschnittlicher Verlust:
    $$ J = -\frac{1}{m} \sum_{i=1}^m \left[ y^{(i)} \log(a^{(i)}) + (1-y^{(i)}) \log(1-a^{(i)}) \right] $$
*   Der Gradient für alle Datenpunkte:
    $$  \nabla J = \frac{\partial J}{\partial w} = \frac{1}{m}(A-Y) X^T \tag{8}$$
    $$ \frac{\partial J}{\partial b} = \frac{1}{m} \sum_{i=1}^m (a^{(i)} - y^{(i)}) $$
    $$ w := w - \alpha \, \frac{\partial J}{\partial w} $$
""",
    loss="right",
    dW1="right",
    db1="right",
    W1_next="right",
)
case(
    "issue on a summary of errors: no prime at the activation",
    dict(SQ),
    COLUP,
    r"""
$$\delta_k = e_k \varphi(v_k)$$
$$\delta^{(2)} = (d - y) \circ \varphi(v^{(2)})$$
""",
    {"d": "Y", "y": "A2", "v": "Z", "\\varphi": "logistic"},
    delta2="wrong",
)
case(
    "homework: Jacobians with diag, row by row",
    dict(SQK),
    COLSUM,
    r"""
\begin{align*}
\frac{\partial L}{\partial z_2} &= \mathrm{diag}(\sigma'(z_2)) (a_2 - y) \\
\frac{\partial L}{\partial a_1} &= W_2^\top \frac{\partial L}{\partial z_2} \\
\frac{\partial L}{\partial z_1} &= \mathrm{diag}(\sigma'(z_1)) W_2^\top \frac{\partial L}{\partial z_2} \\
\nabla_{W_1} L &= \frac{\partial L}{\partial z_1} x^\top
\end{align*}
""",
    delta2="right|depends",
    dA1="right",
    delta1="right|depends",
    dW1="right",
)
case(
    "homework: softmax with Kronecker deltas",
    dict(SQK, kind="multi", out="softmax"),
    COLSUM,
    r"""
$$\frac{\partial L}{\partial z_i} = \sum_j \frac{\partial L}{\partial a_j} a_j (\delta_{ij} - a_i)$$
$$\frac{\partial L}{\partial z^{(2)}_i} = a^{(2)}_i \left( \frac{\partial L}{\partial a^{(2)}_i} - \sum_j \frac{\partial L}{\partial a^{(2)}_j} a^{(2)}_j \right)$$
""",
    delta2="right|not marked",
)
