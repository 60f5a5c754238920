"""A worksheet that marks itself: one page for a class, and a page for each student.

The page asks for the numbers of one forward and one backward pass of a network with two relu
units. Weights and data are small whole numbers and halves, drawn so that all of it can be computed
by hand, and that no unit is dead. The page names the mistake behind a wrong answer, gives a hint
before the numbers, and can be printed with or without solutions.
"""

from sknn_edu import BackpropRegressor
from sknn_edu.teaching import check_derivation, nice_numbers, trace, worksheet

# The network of the lesson: two inputs, two relu units, one output, half the squared error.
network = BackpropRegressor(2, "relu", alpha=0, learning_rate_init=0.5)
est, X, y = nice_numbers(network, n_samples=2, n_features=2, random_state=0)
print(trace(est, X, y).to_text(["X", "W1", "b1", "W2", "b2"]))

# Samples in columns, as on our blackboard, and one update at the end.
ask = ["Z1", "A1", "Z2", "loss", "delta2", "dW2", "db2", "delta1", "dW1", "db1", "W2_next"]
page = worksheet(est, X, y, ask, layout="columns", title="Backpropagation by hand")
print(f"\nPage: {page.save('worksheet_page.html').resolve()}")

# What the page says of a wrong answer is what `check_derivation` says of the same numbers.
t = trace(est, X, y, layout="columns")
print(f"\n{check_derivation(est, X, y, {'dW2': -t.dW[2], 'delta1': t.dA[1]}, layout='columns')}")

# Everybody gets their own numbers: the number on the list of the class draws them.
for student in (1, 2, 3):
    exercise = nice_numbers(network, random_state=student)
    largest = max(abs(array).max() for array in trace(*exercise).Z.values())
    print(
        f"Student {student}: {worksheet(*exercise, title=f'Exercise {student}')}, |Z| <= {largest}"
    )

# The last line shows the page in a notebook.
page  # noqa: B018
