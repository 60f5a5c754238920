"""The equations of five derivations by hand, in the notation of each, with a description of the network.

`docs/audit.md` marks the same derivations formula by formula.
"""

# ruff: noqa: E501 - equations are as long as they are

FIRST = r"""
$$z^1 = W^1 a^0 + b^1$$
$$a^1 = \tanh(z^1)$$
$$z^2 = W^2 a^1 + b^2$$
$$a_j^2 = \text{softmax}(z_j^2) = \frac{e^{z_j^2}}{e^{z_1^2} + e^{z_2^2}}$$
$$\bar{J} := \frac{1}{2m} \sum_{j=1}^m \sum_{i=1}^{i=2} (a_{ij}^{[2]} - y_{ij})^2 - \frac{1}{m} \sum_{j=1}^m \sum_{i=1}^{i=2} y_{ij} \log(a_{ij}^{[2]})$$
$$J_j := \frac{1}{2} \sum_{i=1}^{i=2} (a_{ij}^{[2]} - y_{ij})^2 - \sum_{i=1}^{i=2} y_{ij} \log(a_{ij}^{[2]})$$
$$\bar{J} = \frac{1}{m} J$$
$$\frac{dJ_j}{dz_{ij}^{[2]}} = (a_{ij}^{[2]} - y_{ij}) - \sum_{i=1}^{i=2} \frac{y_{ij}}{a_{ij}^{[2]}} \frac{da_{ij}}{dz_{ij}^{[2]}} \frac{dJ_j}{dz_{ij}^{[2]}} = (a_{ij}^{[2]} - y_{ij}) \frac{da_{ij}}{dz_{ij}^{[2]}} - (a_{ij}^{[2]} - y_{ij}) \frac{dJ_j}{dz_{ij}^{[2]}} = (a_{ij}^{[2]} - y_{ij})(\text{softmax}'(z_{ij}^{[2]}) + 1)$$
$$\frac{dJ}{dZ^{[2]}} = (A^{[2]} - Y)(\text{softmax}'(Z^{[2]}) + 1)$$
$$\frac{dz_i^{[2]}}{dw_{i2 \times 1}^{[2]}} = (ai_{2 \times 1}^{[1]})^T \frac{d\bar{J}}{dW^{[2]}} = \frac{1}{m} \frac{dJ}{dZ^{[2]}} (A^{[2]})^T$$
$$\frac{dZ^{[2]}}{db_j^{[2]}} = 1 \frac{d\bar{J}}{db^{[2]}} = \frac{1}{m} \frac{dJ}{dZ^{[2]}}$$
$$\begin{aligned} \frac{d\bar{J}}{dW^{[1]}} &= \frac{1}{m} \frac{dJ}{dZ^{[2]}} \frac{dZ^{[2]}}{dA^{[1]}} \frac{dA^{[1]}}{dZ^{[1]}} \frac{dZ^{[1]}}{dW^{[1]}} \frac{dZ^{[2]} 2 \times m}{dA^{[1]} 2 \times m} = W_{2 \times 2}^{[2]} \frac{dA^{[1]} 2 \times m}{dZ^{[1]} 2 \times m} = \text{sech}^2(Z^{[1]})_{2 \times m} \frac{dZ^{[1]} 2 \times m}{dW^{[1]} 2 \times m} = (A^{[0]})_{2 \times m}^T \\ \frac{d\bar{J}}{dW^{[1]}} &= \frac{1}{m} (W^{[2]})^T \frac{d\bar{J}}{dZ^{[2]}} \odot \text{sech}^2(Z^{[1]}) (A^{[0]})^T \\ \frac{d\bar{J}}{db^{[1]}} &= \frac{1}{m} (W^{[2]})^T \frac{d\bar{J}}{dZ^{[2]}} \odot \text{sech}^2(Z^{[1]}) \end{aligned}$$
$$W^{[2]} := W^{[2]} - \alpha \frac{d\bar{J}}{dW^{[2]}} b^{[2]} := b^{[2]} - \alpha \frac{d\bar{J}}{db^{[2]}} W^{[1]} := W^{[1]} - \alpha \frac{d\bar{J}}{dW^{[1]}} b^{[1]} := b^{[1]} - \alpha \frac{d\bar{J}}{db^{[1]}}$$
"""

SECOND = r"""
$$z_1 = w_1 x + b_1$$
$$a_1 = \text{Sigmoid}(z_1)$$
$$z_2 = w_2 a_1 + b_2$$
$$a_2 = \text{Linear}(z_2)$$
$$\hat{y} = a_2$$
$$\text{Loss function (MSE)} = \frac{1}{n} \sum_{i=1}^n (y - \hat{y})^2$$
$$w_i^o = w_i - \alpha \cdot \frac{\partial L}{\partial w_i}$$
$$b_i^o = b_i - \alpha \cdot \frac{\partial L}{\partial b_i}$$
$$\frac{\partial L}{\partial w_2} = \frac{\partial}{\partial w_2} \left[ \frac{1}{n} \sum_{i=1}^n (y - \hat{y})^2 \right]$$
$$= \frac{\partial}{\partial w_2} (y - \hat{y})^2 = 2(y - \hat{y}) \cdot \frac{\partial}{\partial w_2} (y - \hat{y})$$
$$= -2(y - \hat{y}) \cdot \frac{\partial \hat{y}}{\partial w_2}$$
$$\hat{y} = a_2 = g(z_2)$$
$$g(z_2) = w_2 a_1 + b_2$$
$$\frac{\partial \hat{y}}{\partial w_2} = \frac{\partial (a_2)}{\partial w_2} = \frac{\partial (g(z_2))}{\partial w_2} = \frac{\partial (w_2 a_1 + b_2)}{\partial w_2}$$
$$= a_1$$
$$\therefore \frac{\partial L}{\partial w_2} = -2(y - \hat{y}) \cdot a_1 = 2(a_2 - y) \cdot a_1$$
$$\frac{\partial}{\partial w_2} (w_2 a_1 + b_2) = a_1$$
$$\frac{\partial L}{\partial b_2} = \frac{\partial}{\partial b_2} (y - \hat{y}) = -2(y - \hat{y}) \cdot \frac{\partial y}{\partial \hat{y}}$$
$$\hat{y} = a_2 = g(z_2)$$
$$g(z_2) = w_2 a_1 + b_2$$
$$\frac{\partial(\hat{y})}{\partial b_2} = \frac{\partial(a_2)}{\partial b_2} = \frac{\partial(g(z_2))}{\partial b_2} = \frac{\partial(w_2 a_1 + b_2)}{\partial b_2}$$
$$= 1$$
$$\therefore \frac{\partial L}{\partial b_2} = -2(y - \hat{y}) \cdot 1 = 2(a_2 - y)$$
$$\hat{y} = a_2 = g(z_2)$$
$$\Rightarrow \frac{\partial L}{\partial w_1} = \frac{\partial L}{\partial a_2} \cdot \frac{\partial a_2}{\partial z_2} \cdot \frac{\partial z_2}{\partial a_1} \cdot \frac{\partial a_1}{\partial z_1} \cdot \frac{\partial z_1}{\partial w_1}$$
$$= 2(a_2 - y) \cdot 1 \cdot \frac{\partial}{\partial a_1} (w_2 a_1 + b_2) \cdot (1 - a_1) a_1 \cdot w_2 \cdot x_1$$
$$\Rightarrow \frac{\partial L}{\partial b_1} = \frac{\partial L}{\partial a_2} \cdot \frac{\partial a_2}{\partial z_2} \cdot \frac{\partial z_2}{\partial a_1} \cdot \frac{\partial a_1}{\partial z_1} \cdot \frac{\partial z_1}{\partial b_1}$$
$$\boxed{\frac{\partial L}{\partial b_1} = 2(a_2 - y) a_1 (1 - a_1) \cdot w_2}$$
"""

THIRD = r"""
$$z_1 = w_1^T \cdot x + b_1, \quad a_1 = \sigma(z_1)$$
$$z_2 = w_2^T \cdot x + b_2, \quad a_2 = \sigma(z_2)$$
$$Z = \begin{bmatrix} -w_1^T \\ -w_2^T \\ -w_3^T \\ \vdots \\ -w_n^T \end{bmatrix} \begin{bmatrix} x_1 \\ x_2 \\ \vdots \end{bmatrix} + \begin{bmatrix} b_1 \\ b_2 \\ b_3 \\ \vdots \\ b_n \end{bmatrix}$$
$$A = \sigma(Z) \rightarrow A_{n \times 1}$$
$$Z = \begin{bmatrix} -w_1^T \\ \vdots \end{bmatrix} \begin{bmatrix} A_1 \\ A_2 \\ \vdots \\ A_n \end{bmatrix} + \begin{bmatrix} b_1 \\ \vdots \end{bmatrix}$$
$$\hat{y} = Z \rightarrow \hat{y}$$
$$\hat{y} = z^{[2]} \rightarrow \hat{y}_{|x|}$$
$$\sigma(z) = \frac{1}{1 + e^{-z}} \Rightarrow \frac{d\sigma(z)}{dz} = \sigma(z)(1 - \sigma(z))$$
$$L = \frac{1}{2m} (A^{[2]} - Y)^T (A^{[2]} - Y)$$
$$\hat{y} = A^{[2]} \Rightarrow \frac{\partial L}{\partial z^{[2]}} = \frac{\partial L}{\partial A^{[2]}} \frac{\partial A^{[2]}}{\partial z^{[2]}} = \frac{\partial L}{\partial A^{[2]}} = A^{[2]} - Y$$
$$\frac{\partial L}{\partial w^{[2]}} = \frac{1}{m} (A^{[2]} - Y) A^{[1]T}$$
$$\frac{\partial L}{\partial b^{[2]}} = \frac{1}{m} \text{np.sum}(A^{[2]} - Y, \text{axis}=1, \text{keepdims=True})$$
$$\frac{\partial L}{\partial z^{[1]}} = w^{[2]T} (A^{[2]} - Y) * \sigma(z^{[1]}) (1 - \sigma(z^{[1]}))$$
$$\frac{\partial L}{\partial w^{[1]}} = \frac{1}{m} w^{[2]T} (A^{[2]} - Y) \sigma(z^{[1]}) (1 - \sigma(z^{[1]})) X^T$$
$$\frac{\partial L}{\partial b^{[1]}} = \frac{1}{m} \text{np.sum}\left(\frac{\partial L}{\partial z^{[1]}}, \text{axis}=1, \text{keepdims=True}\right)$$
"""

LOG_LOSS = r"""
$$L = -y \log \hat{y} - (1-y) \log(1-\hat{y})$$
$$\frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}} = \frac{-y + y\hat{y} + \hat{y} - y\hat{y}}{\hat{y}(1-\hat{y})} = \frac{\hat{y} - y}{\hat{y}(1-\hat{y})}$$
$$\hat{y} = \sigma(z) \Rightarrow \frac{\partial L}{\partial z} = \frac{\partial L}{\partial \hat{y}} \frac{\partial \hat{y}}{\partial z} = \left( \frac{\hat{y} - y}{\hat{y}(1-\hat{y})} \right) [\hat{y}(1-\hat{y})] = \hat{y} - y$$
"""

FOURTH = r"""
$$\bullet \hat{a}^3 = \frac{e^{z^3}}{\sum_j e^{z_j^3}}$$
$$\bullet z^3 = W^3 a^2$$
$$\bullet a^2 = \sigma(z^2)$$
$$\bullet z^2 = W^2 a^1$$
$$\bullet a^1 = \sigma(z^1)$$
$$\bullet z^1 = W^1 x.$$
$$\sigma(z) = \frac{1}{1+e^{-z}}$$
$$L = \|y - \hat{y}\|^2 = (y_1 - \hat{y}_1)^2 + (y_2 - \hat{y}_2)^2$$
$$\frac{\partial L}{\partial w^3} = \frac{\partial L}{\partial a^3} \cdot \frac{\partial a^3}{\partial z^3} \cdot \frac{\partial z^3}{\partial w^3}$$
$$\frac{\partial L}{\partial a^3} = \frac{\partial L}{\partial \hat{y}} = 2(y - \hat{y}) \cdot (-1) = \underline{\underline{-2(y - \hat{y})}}$$
$$a^3 = \hat{y} = \frac{e^{z^3}}{\sum_j e^{z_j^3}}$$
$$\frac{\partial a^3}{\partial z^3_j} = \frac{\partial}{\partial z^3_j} \left(\frac{e^{z^3_i}}{e^{z^3_i} + \sum_{k \neq j} e^{z^3_k}} \right) = \frac{(e^{z^3_i} + \sum_{k \neq j} e^{z^3_k}) \cdot 0 - e^{z^3_i} (e^{z^3_j})}{(e^{z^3_i} + \sum_{k \neq j} e^{z^3_k})^2}$$
$$= \frac{-e^{z^3_i}}{(\sum e^{z^3_k})} \times \frac{e^{z^3_j}}{(\sum e^{z^3_k})}$$
$$= \cancel{-a_i a_j} - \underline{a_i a_j} \quad [\text{if } i \neq j]$$
$$\frac{\partial a^3}{\partial z^3_i} = \frac{\partial}{\partial z^3_i} \left(\frac{e^{z^3_i}}{e^{z^3_i} + \sum_{k \neq i} e^{z^3_k}} \right) = \frac{(e^{z^3_i} + \sum_{k \neq i} e^{z^3_k}) \frac{\partial}{\partial z^3_i} (e^{z^3_i}) - e^{z^3_i} \frac{\partial}{\partial z^3_i} (e^{z^3_i} + \sum_{k \neq i} e^{z^3_k})}{(e^{z^3_i} + \sum_{k \neq i} e^{z^3_k})^2}$$
$$= \frac{(e^{z^3_i} + \sum_{k \neq i} e^{z^3_k}) (e^{z^3_i}) - e^{z^3_i} \cdot e^{z^3_i}}{(e^{z^3_i} + \sum_{k \neq i} e^{z^3_k})^2}$$
$$= \frac{\cancel{e^{z^3_i} \cdot e^{z^3_i}} + e^{z^3_i} \sum_{k \neq i} e^{z^3_k} - \cancel{e^{z^3_i} \cdot e^{z^3_i}}}{(e^{z^3_i} + \sum_{k \neq i} e^{z^3_k})^2}$$
$$= \frac{e^{z^3_i}}{(\sum e^{z^3_k})} \times \frac{\sum_{k \neq i} e^{z^3_k}}{(\sum e^{z^3_k})} = \frac{e^{z^3_i}}{(\sum e^{z^3_k})} \times \left[1 - \frac{e^{z^3_i}}{\sum e^{z^3_k}} \right]$$
$$= a_i (1 - a_i)$$
$$\frac{\partial a^3}{\partial z^3} = \begin{cases} -a_i^3 a_j^3 & i \neq j \\ a_i (1 - a_i) & i = j \end{cases}$$
$$\frac{\partial z^3}{\partial w^3} = a^2$$
$$\frac{\partial L}{\partial w^3} = \begin{cases} -2(y-\hat{y}) \times (-a_i^3 a_j^3) \times a^2 & i \neq j \\ -2(y-\hat{y}) \times (a_i (1-a_i)) \times a^2 & i=j \end{cases}$$
$$\frac{\partial L}{\partial w^2} = \frac{\partial L}{\partial a^3} \frac{\partial a^3}{\partial z^3} \frac{\partial z^3}{\partial a^2} \frac{\partial a^2}{\partial z^2} \frac{\partial z^2}{\partial w^2}$$
$$\frac{\partial z^3}{\partial a^2} = w^3$$
$$\frac{\partial a^2}{\partial z^2} = a^2 (1-a^2)$$
$$\frac{\partial z^2}{\partial w^2} = a^1$$
$$\frac{\partial L}{\partial w^2} = \begin{cases} -2(y-\hat{y}) \times (-a_i^3 a_j^3) \times w^3 \times (a^2 (1-a^2)) \times a^1 & i \neq j \\ -2(y-\hat{y}) \times (a_i (1-a_i)) \times w^3 \times (a^2 (1-a^2)) \times a^1 & i=j \end{cases}$$
$$\frac{\partial L}{\partial w_1} = \frac{\partial L}{\partial a^3} \cdot \frac{\partial a^3}{\partial z^3} \cdot \frac{\partial z^3}{\partial a^2} \cdot \frac{\partial a^2}{\partial z^2} \cdot \frac{\partial z^2}{\partial a^1} \cdot \frac{\partial a^1}{\partial z_1} \cdot \frac{\partial z_1}{\partial w_1}$$
$$\frac{\partial z^2}{\partial a^1} = w^2$$
$$\frac{\partial a^1}{\partial z_1} = a^1(1-a^1)$$
$$\frac{\partial z_1}{\partial w_1} = x$$
$$\frac{\partial L}{\partial w_1} = \begin{cases} -2(y-\hat{y})(a_i^3 a_j^3) w^3 (a^2(1-a^2)) w^2 a^1(1-a^1) x & i \neq j \\ -2(y-\hat{y})(a_i(1-a_i)) w^3 (a^2(1-a^2)) w^2 a^1(1-a^1) x & i = j \end{cases}$$
"""

FIFTH = r"""
$$\begin{aligned} A^{[0]} &= X \\ Z^{[1]} &= W^{[1]}A^{[0]} + \mathbf{b}^{[1]} \\ A^{[1]} &= g^{[1]}(Z^{[1]}) \\ Z^{[2]} &= W^{[2]}A^{[1]} + \mathbf{b}^{[2]} \\ A^{[2]} &= g^{[2]}(Z^{[2]}) \\ Z^{[3]} &= W^{[3]}A^{[2]} + \mathbf{b}^{[3]} \\ A^{[3]} &= g^{[3]}(Z^{[3]}) \end{aligned}$$
$$\mathcal{J}(\hat{y}, Y) = -\frac{1}{m} Y \log(\hat{y})$$
$$\frac{\partial \mathcal{J}}{\partial A^{[3]}} = Y - A^{[3]}$$
$$W^{[l]} = W^{[l]} - \alpha dW^{[l]}$$
$$\mathbf{b}^{[l]} = \mathbf{b}^{[l]} - \alpha d\mathbf{b}^{[l]}$$
$$\begin{aligned}\frac{\partial \mathcal{J}}{\partial W^{[3]}} &= \frac{\partial \mathcal{J}}{\partial A^{[3]}} \frac{\partial A^{[3]}}{\partial Z^{[3]}} \frac{\partial Z^{[3]}}{\partial W^{[3]}} \\ \frac{\partial \mathcal{J}}{\partial \mathbf{b}^{[3]}} &= \frac{\partial \mathcal{J}}{\partial A^{[3]}} \frac{\partial A^{[3]}}{\partial Z^{[3]}} \frac{\partial Z^{[3]}}{\partial \mathbf{b}^{[3]}}\end{aligned}$$
$$\begin{aligned}\frac{\partial A^{[3]}}{\partial Z^{[3]}} &= \frac{\partial}{\partial Z^{[3]}} g^{[3]}(Z^{[3]}) \\ &= g^{[3]'}(Z^{[3]})\end{aligned}$$
$$\begin{aligned}\frac{\partial Z^{[3]}}{\partial W^{[3]}} &= \frac{\partial}{\partial W^{[3]}} (W^{[3]} A^{[2]} + \mathbf{b}^{[3]}) \\ &= A^{[2]}\end{aligned}$$
$$\frac{\partial \mathcal{J}}{\partial W^{[3]}} = \frac{1}{m} (A^{[3]} - Y) g^{[3]'}(Z^{[3]}) A^{[2]T}$$
$$\frac{\partial \mathcal{J}}{\partial \mathbf{b}^{[3]}} = \frac{1}{m} \sum (A^{[3]} - Y) g^{[3]'}(Z^{[3]})$$
$$\delta^{[3]} = \frac{\partial \mathcal{J}}{\partial Z^{[3]}} = (A^{[3]} - Y) g^{[3]'}(Z^{[3]})$$
$$\frac{\partial \mathcal{J}}{\partial W^{[2]}} = \frac{\partial \mathcal{J}}{\partial A^{[3]}} \frac{\partial A^{[3]}}{\partial Z^{[3]}} \frac{\partial Z^{[3]}}{\partial A^{[2]}} \frac{\partial A^{[2]}}{\partial Z^{[2]}} \frac{\partial Z^{[2]}}{\partial W^{[2]}}$$
$$\frac{\partial \mathcal{J}}{\partial W^{[2]}} = W^{[3]T} \delta^{[3]} g^{[2]'}(Z^{[2]}) A^{[1]T}$$
$$\frac{\partial \mathcal{J}}{\partial \mathbf{b}^{[2]}} = \frac{\partial \mathcal{J}}{\partial A^{[3]}} \frac{\partial A^{[3]}}{\partial Z^{[3]}} \frac{\partial Z^{[3]}}{\partial A^{[2]}} \frac{\partial A^{[2]}}{\partial Z^{[2]}} \frac{\partial Z^{[2]}}{\partial \mathbf{b}^{[2]}}$$
$$\frac{\partial \mathcal{J}}{\partial \mathbf{b}^{[2]}} = W^{[3]T} \delta^{[3]} g^{[2]'}(Z^{[2]})$$
$$\delta^{[2]} = \frac{\partial \mathcal{J}}{\partial Z^{[2]}} = W^{[3]T} \delta^{[3]} g^{[2]'}(Z^{[2]})$$
$$\frac{\partial \mathcal{J}}{\partial W^{[1]}} = \frac{\partial \mathcal{J}}{\partial A^{[3]}} \frac{\partial A^{[3]}}{\partial Z^{[3]}} \frac{\partial Z^{[3]}}{\partial A^{[2]}} \frac{\partial A^{[2]}}{\partial Z^{[2]}} \frac{\partial Z^{[2]}}{\partial A^{[1]}} \frac{\partial A^{[1]}}{\partial Z^{[1]}} \frac{\partial Z^{[1]}}{\partial W^{[1]}}$$
$$\frac{\partial \mathcal{J}}{\partial W^{[1]}} = W^{[2]T} \delta^{[2]} g^{[1]'}(Z^{[1]}) A^{[0]T}$$
$$\frac{\partial \mathcal{J}}{\partial \mathbf{b}^{[1]}} = \frac{\partial \mathcal{J}}{\partial A^{[3]}} \frac{\partial A^{[3]}}{\partial Z^{[3]}} \frac{\partial Z^{[3]}}{\partial A^{[2]}} \frac{\partial A^{[2]}}{\partial Z^{[2]}} \frac{\partial Z^{[2]}}{\partial A^{[1]}} \frac{\partial A^{[1]}}{\partial Z^{[1]}} \frac{\partial Z^{[1]}}{\partial \mathbf{b}^{[1]}}$$
$$\frac{\partial \mathcal{J}}{\partial \mathbf{b}^{[1]}} = W^{[2]T} \delta^{[2]} g^{[1]'}(Z^{[1]})$$
$$\begin{aligned} W^{[l]} &\leftarrow W^{[l]} - \alpha \frac{\partial \mathcal{J}}{\partial W^{[l]}} \\ \mathbf{b}^{[l]} &\leftarrow \mathbf{b}^{[l]} - \alpha \frac{\partial \mathcal{J}}{\partial \mathbf{b}^{[l]}} \end{aligned}$$
$$g^{[l]}(Z^{[l]}) = \max(0, Z^{[l]})$$
$$g^{[l]'}(Z^{[l]}) = \begin{cases} 1 & Z^{[l]} > 0 \\ 0 & Z^{[l]} \leq 0 \end{cases}$$
$$\begin{aligned}\frac{\partial \mathcal{J}}{\partial W^{[l]}} &= \delta^{[l]} \mathbf{A}^{[l-1]T} \\ \frac{\partial \mathcal{J}}{\partial b^{[l]}} &= \delta^{[l]}\end{aligned}$$
$$\delta^{[l]} = (W^{[l+1]T} \delta^{[l+1]}) g^{[l]'}(Z^{[l]})$$
$$\delta^{[L]} = \frac{1}{m} \frac{\partial \mathcal{J}}{\partial \mathbf{A}^{[L]}} g^{[L]'}(Z^{[L]})$$
$$\delta^{[3]} = \frac{\partial \mathcal{J}}{\partial Z^{[3]}} = (A^{[3]} - Y) g^{[3]'}(Z^{[3]})$$
$$g^{[3]'}(Z^{[3]}) = \begin{cases} 1 & Z^{[3]} > 0 \\ 0 & Z^{[3]} \leq 0 \end{cases}$$
$$\begin{aligned} \frac{\partial \mathcal{L}}{\partial W^{[l]}} &= \delta^{[l]} \mathbf{A}^{[l-1]T} \\ \frac{\partial \mathcal{L}}{\partial b^{[l]}} &= \sum_{i=1}^m \delta^{[l](i)} \\ \delta^{[l]} &= (W^{[l+1]T} \odot \delta^{[l+1]}) g^{[l]'}(Z^{[l]}) \\ \delta^{[L]} &= \frac{1}{m} \frac{\partial \mathcal{L}}{\partial \mathbf{A}^{[L]}} g^{[L]'}(Z^{[L]}) \end{aligned}$$
"""

FIRST_TASK = r"""
layout = "columns"
[network]
type = "classifier"
hidden_layer_sizes = [2]
activation = "tanh"
output_activation = "softmax"
loss = "squared_error + log_loss"
alpha = 0.0
random_state = 1
[data]
X = [[1.29, 1.45], [0.07, -0.76], [-1.09, 0.03], [-1.02, -1.44], [0.2, 0.13]]
y = [0, 1, 0, 1, 1]
[notation]
superscripts = "layers"
mean_in = "dW"
"""

SECOND_TASK = r"""
layout = "columns"
[network]
type = "regressor"
hidden_layer_sizes = [4]
activation = "logistic"
loss = "2 * squared_error"
alpha = 0.0
random_state = 1
[data]
X = [[2.34, -0.66, 0.39], [0.15, 0.84, -1.4], [-0.41, -0.75, -1.07], [-0.84, -0.51, -0.29], [-0.91, 0.42, -0.55]]
y = [0.3, 1.2, -0.5, 0.8, 0.1]
[notation]
"\\alpha" = "learning_rate"
"""

THIRD_TASK = r"""
layout = "columns"
[network]
type = "regressor"
hidden_layer_sizes = [4]
activation = "logistic"
loss = "squared_error"
alpha = 0.0
random_state = 1
[data]
X = [[0.09, 1.25], [-0.93, 0.99], [-0.26, -0.26], [1.9, 0.16], [-0.04, 0.73]]
y = [0.3, 1.2, -0.5, 0.8, 0.1]
[notation]
superscripts = "powers"
mean_in = "dW"
"""

FOURTH_TASK = r"""
layout = "columns"
[network]
type = "classifier"
hidden_layer_sizes = [4, 5]
activation = "logistic"
output_activation = "softmax"
loss = "2 * squared_error"
fit_intercept = false
alpha = 0.0
random_state = 1
[data]
X = [[0.04, 0.46, -0.46], [0.35, 0.93, 0.41], [1.56, -0.89, 0.07], [-0.71, -0.78, -0.18], [0.22, 0.42, 0.51], [2.23, 0.86, -1.59]]
y = [0, 1, 0, 0, 1, 1]
[notation]
superscripts = "layers"
a = "A3"
"""

FIFTH_TASK = r"""
layout = "columns"
[network]
type = "classifier"
hidden_layer_sizes = [4, 3]
activation = "relu"
output_activation = "relu"
loss = "log_loss"
alpha = 0.0
random_state = 6
[data]
X = [[-1.18, -1.15, 0.67], [-2.29, -0.14, -2.26], [1.1, 0.2, 1.36], [-0.5, 0.4, -0.29], [-0.74, 0.15, -1.26], [-0.35, 0.7, 0.06]]
y = [0, 1, 1, 0, 1, 0]
[notation]
"\\alpha" = "learning_rate"
odot = "by shape"
"""

LOG_LOSS_TASK = r"""
layout = "columns"
[network]
type = "classifier"
hidden_layer_sizes = [4]
activation = "logistic"
output_activation = "logistic"
loss = "log_loss"
alpha = 0.0
random_state = 1
[data]
X = [[0.3, -1.2], [0.8, 0.5], [-0.4, 0.9], [1.1, 0.2], [-0.7, -0.3]]
y = [1, 0, 1, 1, 0]
[notation]
z = "Z2"
"""
