"""What the tests of reliability run in processes of their own.

``python subprocess_scripts.py kill loss SIGKILL`` runs a grid search in which a worker dies,
``python subprocess_scripts.py digest`` prints the bits of some fits.
"""

import hashlib
import os
import signal
import sys
from concurrent.futures.process import BrokenProcessPool

import numpy as np
from sklearn.model_selection import GridSearchCV
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.losses import Loss

rng = np.random.RandomState(0)
X = rng.normal(size=(60, 3))
y = np.tanh(X @ [1.0, -2.0, 0.5]) + 0.1 * rng.normal(size=60)
names = np.array(["left", "none", "right"])[np.digitize(y, [-0.4, 0.4])]
labels = np.c_[y > 0, y > 0.4, X[:, 0] > 0].astype(int)
short = {"hidden_layer_sizes": 4, "max_iter": 4, "tol": 0, "random_state": 0}

# -- a worker dies -----------------------------------------------------------------------


def die(how):
    if how == "exit":
        os._exit(3)
    os.kill(os.getpid(), getattr(signal, how))


class DeadlyLoss(Loss):
    """Half the squared error; ends the process in the third epoch, unless it is the parent's."""

    def __init__(self, how, parent):
        self.how, self.parent = how, parent
        self.calls = 0

    def value(self, A, Y):
        self.calls += 1
        if self.calls == 3 and os.getpid() != self.parent:
            die(self.how)
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.subtract(A, Y, out=out)


class DeadlyScorer:
    """Ends the process, unless it is the parent's."""

    def __init__(self, how, parent):
        self.how, self.parent = how, parent

    def __call__(self, est, X, y):
        if os.getpid() != self.parent:
            die(self.how)
        return est.score(X, y)


def search(**grid):
    est = BackpropRegressor(**short)
    return GridSearchCV(est, {"alpha": [0.0, 0.1], **grid}, cv=2, n_jobs=2).fit(X, y)


def kill(where, how):
    """Lose a worker, say what is raised, and search again in the same process."""
    deadly = {
        "loss": {"loss": ["squared_error", DeadlyLoss(how, os.getpid())]},
        "scorer": {"scoring": [None, DeadlyScorer(how, os.getpid())], "early_stopping": [True]},
    }[where]
    try:
        search(**deadly)
    except BrokenProcessPool as error:
        print("raised", type(error).__name__)
    again = search()
    with threadpool_limits(1):
        alone = BackpropRegressor(**{**short, **again.best_params_}).fit(X, y)
        again.best_estimator_.fit(X, y)
    same = all(map(np.array_equal, again.best_estimator_.coefs_, alone.coefs_))
    print("afterwards", "usable" if same and np.isfinite(again.best_score_) else "broken")


# -- the bits of some fits ---------------------------------------------------------------------

weights = {"left": 1.0, "none": 2.0, "right": 0.5}
FITS = {
    "names": lambda: BackpropClassifier(**short, class_weight=weights).fit(X, names),
    "names, one scorer": lambda: BackpropClassifier(
        **short, early_stopping=True, scoring="f1_macro"
    ).fit(X, names),
    "labels": lambda: BackpropClassifier(**short, dropout=0.2).fit(X, labels),
    "chunks": lambda: (
        BackpropClassifier(**short)
        .partial_fit(X[:30], names[:30], classes=["right", "left", "none"])
        .partial_fit(X[30:], names[30:])
    ),
    "lbfgs": lambda: BackpropRegressor(**short, solver="lbfgs").fit(X, y),
    "newton-cg": lambda: BackpropRegressor(**short, solver="newton-cg").fit(X, y),
    "lm": lambda: BackpropRegressor(**short, solver="lm").fit(X, y),
    "first weights": lambda: BackpropRegressor(
        **short, solver="nadam", weight_init="orthogonal"
    ).fit(X, y),
}


def digest(est):
    """A hash of all bits that were learned."""
    arrays = [*est.coefs_, *est.intercepts_, np.array(est.loss_curve_)]
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()


def digests(order=FITS):
    with threadpool_limits(1):
        return {name: digest(FITS[name]()) for name in order}


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "kill":
        kill(*arguments)
    else:
        np.random.seed(int.from_bytes(os.urandom(4), "little"))  # noqa: NPY002
        for name, bits in digests(arguments or FITS).items():
            print(name, bits, sep=": ")
