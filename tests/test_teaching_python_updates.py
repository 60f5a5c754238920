"""Updates in Python files: what the solver keeps, weights after it, settings as literals."""

import pytest

from sknn_edu.teaching.grading import check_file

GD = 'solver = "gd"\nlearning_rate_init = 0.1'
SGD = 'solver = "sgd"\nnesterovs_momentum = false\nmomentum = 0.8\nlearning_rate_init = 0.1'
ADAM = 'solver = "adam"\nlearning_rate_init = 0.001'
TASK = """
[network]
type = "classifier"
hidden_layer_sizes = [3]
activation = "tanh"
alpha = 0
random_state = 0
{solver}
[data]
X = [[1.0, 2.0], [0.0, 1.0], [1.0, 0.0], [0.5, -1.0], [0.3, 0.4]]
y = [0, 1, 1, 0, 1]
[answers]
"""
ADAM_CLASS = """
class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t = 0
        self.mW1 = 0
        self.vW1 = 0

    def step(self, W1, dW1):
        self.t += 1
        self.mW1 = self.beta1 * self.mW1 + (1 - self.beta1) * dW1
        self.vW1 = self.beta2 * self.vW1 + (1 - self.beta2) * dW1**2
        m_hat = self.mW1 / (1 - self.beta1**self.t)
        v_hat = self.vW1 / (1 - self.beta2**self.t)
        W1 -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
        return W1
"""
DICTS = """
def update(parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon):
    v_corrected, s_corrected = {}, {}
    for l in range(1, 3):
        v["dW" + str(l)] = beta1 * v["dW" + str(l)] + (1 - beta1) * grads["dW" + str(l)]
        v_corrected["dW" + str(l)] = v["dW" + str(l)] / (1 - beta1**t)
        s["dW" + str(l)] = beta2 * s["dW" + str(l)] + (1 - beta2) * grads["dW" + str(l)] ** 2
        s_corrected["dW" + str(l)] = s["dW" + str(l)] / (1 - beta2**t)
        parameters["W" + str(l)] -= learning_rate * v_corrected["dW" + str(l)] / (
            np.sqrt(s_corrected["dW" + str(l)]) + epsilon
        )
"""
MOMENTUM = ["vW1_next", "W1_next"]
MOMENTS = ["mW1_next", "vW1_next", "W1_next"]
RIGHT = {
    "plain": (GD, ["W1_next"], "W1_next = W1 - learning_rate * dW1"),
    "plain, new": (GD, ["W1_next"], "W1_new = W1 - 0.1 * dW1\nW1 = W1_new"),
    "alpha": (GD, ["W1_next"], "alpha = 0.1\nW1 = W1 - alpha * dW1"),
    "our names": (SGD, MOMENTUM, "vW1_next = momentum*vW1 - lr*dW1\nW1_next = W1 + vW1_next"),
    "rebound": (SGD, MOMENTUM, "vW1 = momentum*vW1 - lr*dW1\nW1 = W1 + vW1"),
    "literals": (SGD, MOMENTUM, "vW1 = 0.8*vW1 - 0.1*dW1\nW1 = W1 + vW1"),
    "velocity": (SGD, MOMENTUM, "velocity_W1 = 0.8*velocity_W1 - 0.1*dW1\nW1 += velocity_W1"),
    "Ng": (SGD, MOMENTUM, "VdW1 = beta*VdW1 - lr*dW1\nW1 = W1 + VdW1"),
    "mu": (
        SGD,
        MOMENTUM,
        "def step(W1, v1, dW1, lr=0.1, mu=0.8):\n    v1 = mu*v1 - lr*dW1\n    W1 += v1\n",
    ),
    "from zeros": (
        SGD,
        MOMENTUM,
        "v1 = np.zeros_like(W1)\nfor i in range(9):\n    v1 = 0.8*v1 - 0.1*dW1\n    W1 += v1\n",
    ),
    "of the whole pass": (SGD, ["vW1_next"], "vW1 = 0.8*vW1 - 0.1*(X.T @ delta1)"),
    "Adam": (
        ADAM,
        MOMENTS,
        "mW1 = beta1*mW1 + (1-beta1)*dW1\nvW1 = beta2*vW1 + (1-beta2)*dW1**2\n"
        "W1 = W1 - lr * (mW1/(1-beta1**t)) / (np.sqrt(vW1/(1-beta2**t)) + eps)",
    ),
    "class Adam": (ADAM, MOMENTS, ADAM_CLASS),
    "an object of it": (ADAM, MOMENTS, f"{ADAM_CLASS}\nopt = Adam()\nW1 = opt.step(W1, dW1)\n"),
    "Ng's dicts": (ADAM, MOMENTS, DICTS),
}
WRONG = {
    "uphill": (SGD, {"vW1_next": "sign", "W1_next": ""}, "vW1 = 0.8*vW1 + 0.1*dW1\nW1 += vW1"),
    "subtracted": (SGD, {"vW1_next": "", "W1_next": "sign"}, "vW1 = 0.8*vW1 - 0.1*dW1\nW1 -= vW1"),
    "ascent": (GD, {"W1_next": "sign"}, "W1 = W1 + lr*dW1"),
    "not asked for": (SGD, {"W1_next": "sign"}, "vW1 = momentum*vW1 + lr*dW1\nW1 = W1 + vW1"),
}


@pytest.fixture
def marked(tmp_path):
    def mark(solver, asked, code):
        (tmp_path / "task.toml").write_text(
            TASK.format(solver=solver) + "\n".join(f"{name} = 0" for name in asked)
        )
        (tmp_path / "code.py").write_text(code)
        return check_file(tmp_path / "code.py", task=tmp_path / "task.toml")

    return mark


@pytest.mark.parametrize(("solver", "asked", "code"), RIGHT.values(), ids=RIGHT)
def test_an_update_is_read_in_the_names_that_it_usually_has(solver, asked, code, marked):
    marking = marked(solver, asked, code)
    assert marking.correct, marking.text


@pytest.mark.parametrize(("solver", "asked", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_update_is_wrong_where_the_mistake_is(solver, asked, code, marked):
    marking = marked(solver, asked, code)
    assert {name: "".join(answer.mistakes) for name, answer in marking.items()} == asked


def test_a_model_called_m_is_not_what_the_solver_keeps(marked):
    code = 'def f(m, X, Y):\n    Z1 = X @ m["W1"] + m["b1"]\n    m["W1"] -= lr * dW1\n'
    assert marked(GD, ["Z1", "W1_next"], code).correct
    assert marked(ADAM, ["Z1"], code).correct


def test_a_literal_that_is_not_the_setting_is_wrong(marked):
    marking = marked(SGD, MOMENTUM, "vW1 = 0.5*vW1 - 0.1*dW1\nW1 = W1 + vW1")
    assert (marking["vW1_next"].correct, marking["W1_next"].correct) == (False, True)
    assert "read as vW1_next = 0.5 * vW1 - 0.1 * dW1" in marking["vW1_next"].message
