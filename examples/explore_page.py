"""A page on which one watches a network learn.

`explore` trains a copy of the network and writes one HTML file that needs no network and no server.
A slider goes through the epochs; the region of each class moves; the forward and the backward pass
go one operation at a time, and a click on any number shows the sum of products that it is.
"""

import numpy as np

from sknn_edu import BackpropClassifier
from sknn_edu.teaching import explore


def make_page():
    """XOR: three hidden units bend the boundary until all four corners are right.

    All samples are in each pass, and the solver is plain gradient descent: so the step at the end
    of a pass leads to the weights of the next epoch.
    """
    X, y = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    rate = 1.0
    net = BackpropClassifier(
        3, "tanh", solver="gd", learning_rate_init=rate, tol=0, alpha=0, random_state=2
    )
    return explore(net, X, y, epochs=40, learning_rate=rate)


def main():
    page = make_page()
    print(f"{page.title}, {len(page.html.encode()) / 1000:.0f} kB")
    print(f"\nPage: {page.save('explore_page.html')}")


if __name__ == "__main__":
    main()

# sphinx_gallery_thumbnail_path = "images/explore.png"
