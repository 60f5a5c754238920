"""Vanishing gradients in a deep network, and how to avoid them.

Ten layers, trained twice on handwritten digits. The derivative of a logistic unit is at most 1/4,
so each layer reduces the gradient: that of the first layer is less than a millionth of that of the
last one, and the first layer learns nothing. With relu units and He's initial weights, all layers
have gradients of similar size. `GradientFlowDisplay` trains a copy of the network and records
them.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

from sknn_edu import BackpropClassifier, GradientFlowDisplay

N_LAYERS, WIDTH = 10, 24


def network(activation, weight_init):
    """Equal hidden layers; ``alpha=0``, so that the penalty adds nothing."""
    return BackpropClassifier(
        WIDTH,
        activation,
        n_hidden_layers=N_LAYERS - 1,
        weight_init=weight_init,
        alpha=0,
        learning_rate_init=0.003,
        max_iter=15,
        tol=0,
        random_state=0,
    )


def main():
    X, y = load_digits(return_X_y=True)
    X = X / 16
    fig, axes = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("The gradient of each layer: ten layers, handwritten digits", fontsize=14)
    axes[1].sharey(axes[0])
    for ax, activation, weight_init in (
        (axes[0], "logistic", "auto"),
        (axes[1], "relu", "he_uniform"),
    ):
        display = GradientFlowDisplay.from_estimator(network(activation, weight_init), X, y, ax=ax)
        ax.set_title(f"{activation} units")
        first, last = display.norms[0][[0, -1]]
        print(
            f"{activation}: before training, dW[1] is {first / last:.2g} times as long as", end=" "
        )
        print(f"dW[{N_LAYERS}]; accuracy {display.estimator_.score(X, y):.2f}")
    fig.savefig("gradient_flow.png", dpi=130)
    print("\nPicture: gradient_flow.png")


if __name__ == "__main__":
    main()
