"""Networks drawn with their trained weights.

`NetworkDisplay` draws a network as on paper: circles for units, lines for weights, orange where
they are positive and blue where they are negative. Left, a network for iris flowers, with units
coloured by their biases. Middle, the forward pass of the same network for one flower: each unit
shows its output A. Right, a network for handwritten digits; of its large layers only the first and
the last units are drawn.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier, NetworkDisplay


def iris_network():
    """A pipeline of a scaler and a small network, one flower, and the names of the features."""
    iris = load_iris()
    names = [name.removesuffix(" (cm)") for name in iris.feature_names]
    net = BackpropClassifier(4, "tanh", solver="lbfgs", alpha=0.5, random_state=0)
    pipe = make_pipeline(StandardScaler(), net).fit(iris.data, iris.target_names[iris.target])
    return pipe, iris.data[[100]], names


def digits_network():
    """A network of the usual size."""
    X, y = load_digits(return_X_y=True)
    return BackpropClassifier(100, max_iter=30, tol=0, random_state=0).fit(X / 16, y)


def main():
    iris, flower, names = iris_network()
    digits = digits_network()
    print(f"The flower is classified as {iris.predict(flower)[0]}.")

    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(14.8, 4.6), layout="constrained")
    fig.suptitle("Networks and their weights", fontsize=14)
    NetworkDisplay.from_estimator(iris, ax=left, feature_names=names)
    left.set_title("Weights and biases")
    display = NetworkDisplay.from_estimator(iris, flower, ax=middle, feature_names=names)
    middle.set_title("Outputs for one flower")
    NetworkDisplay.from_estimator(digits, ax=right)
    right.set_title("64 inputs, 100 hidden units")
    print(f"Lines in the middle: {len(display.edges_.get_segments())}")
    fig.savefig("draw_networks.png", dpi=130)
    print("\nPicture: draw_networks.png")


if __name__ == "__main__":
    main()
