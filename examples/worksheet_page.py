"""A worksheet that marks itself: one page for a class, and a page for each student.

The page asks for the numbers of one forward and one backward pass of a network with two relu
units. Weights and data are small whole numbers and halves, drawn so that all of it can be computed
by hand, and that no unit is dead. The page names the mistake behind a wrong answer, gives a hint
before the numbers, and can be printed with or without solutions.
"""

from sknn_edu import BackpropRegressor
from sknn_edu.teaching import check_derivation, nice_numbers, trace, worksheet

# The network of the lesson: two inputs, two relu units, one output, half the squared error.
NETWORK = BackpropRegressor(2, "relu", alpha=0, solver="gd", learning_rate_init=0.5)
ASK = ["Z1", "A1", "Z2", "loss", "delta2", "dW2", "db2", "delta1", "dW1", "db1", "W2_next"]


def make_page():
    """Samples in columns, as on a blackboard, and one update at the end."""
    exercise = nice_numbers(NETWORK, n_samples=2, n_features=2, random_state=4)
    return worksheet(*exercise, ASK, layout="columns", title="Backpropagation by hand")


def main():
    est, X, y = nice_numbers(NETWORK, random_state=4)
    t = trace(est, X, y, layout="columns")
    print(t.to_text(["X", "Y", "W1", "b1", "W2", "b2"]))

    print("\nWhat the page says of a wrong answer is what `check_derivation` says of its numbers:")
    wrong = {"dW2": -t.dW[2], "delta1": t.dA[1]}
    print(check_derivation(est, X, y, wrong, layout="columns"))

    print("\nEverybody gets their own numbers: the number on the list of the class draws them.")
    for student in (1, 2, 3):
        exercise = nice_numbers(NETWORK, random_state=student)
        page = worksheet(*exercise, title=f"Exercise {student}")
        print(f"    {page.title}: J = {trace(*exercise).loss:g}")

    print(f"\nPage: {make_page().save('worksheet_page.html')}")


if __name__ == "__main__":
    main()

# sphinx_gallery_thumbnail_path = "images/worksheet.png"
