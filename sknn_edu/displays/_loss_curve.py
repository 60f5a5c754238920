"""`LossCurveDisplay`: the loss of each epoch, of one network or of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from . import _loss_records as runs
from ._loss_lines import LossLines, axes_on_the_right
from ._shared import check_option, import_pyplot, one_or_all

VALIDATION = ("loss", "score", "both", None)


class LossCurveDisplay:
    """Loss curves: the loss of each epoch of training.

    It is recommended to use `from_estimator` (or `from_estimators`, for several networks
    in one picture) to create a display. All parameters are stored as attributes.

    Parameters
    ----------
    loss_curve : array-like of shape (n_epochs,), or list of those
        Training loss J of each epoch; a list holds one curve for each network.
    validation_loss_curve : array-like of shape (n_epochs,), or list of those, default=None
        Loss on validation data. In a list, None stands for a network without.
    validation_scores : array-like of shape (n_epochs,), or list of those, default=None
        Scores on validation data.
    best_iter : int or list of int, default=None
        Epoch to be marked, counted from 1.
    name : str or list of str, default=None
        Names for the legend. A network that has a name has one colour for all its lines.
    score_name : str, default="score"
        Name of the validation score.
    iteration_name : str, default="epoch"
        Label of the x-axis.

    Attributes
    ----------
    line_ : matplotlib Line2D, or list of those
        The training loss.
    validation_line_ : matplotlib Line2D, list of those, or None
        The validation loss.
    score_line_ : matplotlib Line2D, list of those, or None
        The validation scores.
    best_ : matplotlib Line2D, list of those, or None
        The marker at the best epoch.
    ax_ : matplotlib Axes
        Axes with the losses.
    score_ax_ : matplotlib Axes or None
        Axes with the scores: `ax_` again, with a scale of its own on the right.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    GradientFlowDisplay : How large the gradients were on the way.
    sklearn.model_selection.LearningCurveDisplay : Scores by the number of samples.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sknn_edu import BackpropClassifier, LossCurveDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = BackpropClassifier(8, early_stopping=True, random_state=0).fit(X, y)
    >>> display = LossCurveDisplay.from_estimator(clf)
    >>> len(display.line_.get_ydata()) == clf.n_iter_
    True
    """

    def __init__(
        self,
        *,
        loss_curve: Any,
        validation_loss_curve: Any = None,
        validation_scores: Any = None,
        best_iter: Any = None,
        name: Any = None,
        score_name: str = "score",
        iteration_name: str = "epoch",
    ) -> None:
        self.loss_curve = loss_curve
        self.validation_loss_curve = validation_loss_curve
        self.validation_scores = validation_scores
        self.best_iter = best_iter
        self.name = name
        self.score_name = score_name
        self.iteration_name = iteration_name

    def plot(
        self,
        ax: Any = None,
        *,
        name: Any = None,
        validation: str | None = "loss",
        mark_best: bool = True,
        log_scale: bool = False,
        curve_kwargs: Any = None,
        validation_kw: dict[str, Any] | None = None,
        score_kw: dict[str, Any] | None = None,
        best_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure.
        name : str or list of str, default=None
            Names for the legend, in place of those of the display.
        validation : {"loss", "score", "both"} or None, default="loss"
            What to draw of the validation: its loss, its scores (on a scale of their own,
            on the right), both, or nothing.
        mark_best : bool, default=True
            Mark the best epoch: on the validation curve if the validation score decided,
            else on the training loss.
        log_scale : bool, default=False
            Whether the scale of the loss is logarithmic.
        curve_kwargs : dict or list of dict, default=None
            Keywords for the ``plot`` of the training loss; a list has a dict for each network.
        validation_kw, score_kw, best_kw : dict, default=None
            Keywords for the ``plot`` of the validation loss, of the scores, of the marker.

        Returns
        -------
        display : LossCurveDisplay

        Raises
        ------
        ValueError
            If the curves do not fit together, or an argument has an unknown value.
        """
        plt = import_pyplot("LossCurveDisplay.plot")
        check_option("validation", validation, VALIDATION)
        records = runs.checked_records(self, self.name if name is None else name)
        by_curve = runs.one_for_each(curve_kwargs, len(records))
        have_scores = any(record.scores is not None for record in records)
        with_scores = validation in ("score", "both") and have_scores
        if validation == "score" and not with_scores:
            raise ValueError("validation='score', but there are no validation scores.")
        if log_scale and not any((record.loss > 0).any() for record in records):
            raise ValueError("log_scale=True needs losses above 0.")
        if ax is None:
            _, ax = plt.subplots()
        self.ax_, self.figure_ = ax, ax.figure
        self.score_ax_ = axes_on_the_right(ax) if with_scores else None

        lines = LossLines(ax, self.score_ax_, self.score_name, self.iteration_name)
        for record, of_curve in zip(records, by_curve, strict=True):
            lines.draw_loss(record, of_curve)
            if validation in ("loss", "both") and record.validation_loss is not None:
                lines.draw_validation_loss(record, validation_kw)
            if with_scores and record.scores is not None:
                lines.draw_scores(record, score_kw)
            if mark_best and record.best_iter:
                lines.mark_best(record, best_kw)
        self.line_, self.validation_line_, self.score_line_, self.best_ = map(
            one_or_all, (lines.losses, lines.validation_losses, lines.scores, lines.best)
        )
        lines.explain_styles()
        lines.label_axes(log_scale)
        return self

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, name: str | None = None, ax: Any = None, **plot_kw: Any
    ) -> Self:
        """Draw the loss curve of a fitted network.

        Parameters
        ----------
        estimator : estimator instance
            A fitted network, or a Pipeline or fitted search that ends in one; anything that
            has a ``loss_curve_`` will do, scikit-learn's MLPs included.
        name : str, default=None
            Name for the legend, useful with several networks on the same ``ax``.
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure.
        **plot_kw
            The other parameters of `plot`.

        Returns
        -------
        display : LossCurveDisplay

        Raises
        ------
        NotFittedError
            If the estimator has not been trained.
        TypeError
            If it has no ``loss_curve_``.
        """
        import_pyplot("LossCurveDisplay.from_estimator")
        network = runs.trained(estimator)
        record = runs.record_of(network, name)
        display = cls(
            loss_curve=record.loss,
            validation_loss_curve=record.validation_loss,
            validation_scores=record.scores,
            best_iter=record.best_iter,
            name=name,
            score_name=runs.score_name(network),
            iteration_name=runs.iteration_name(network),
        )
        return display.plot(ax, **plot_kw)

    @classmethod
    def from_estimators(cls, estimators: Any, *, ax: Any = None, **plot_kw: Any) -> Self:
        """Draw the loss curves of several fitted networks.

        Parameters
        ----------
        estimators : dict or iterable of estimator instances
            What `from_estimator` takes. The keys of a dict are the names in the legend;
            without, networks are named by the parameters in which they differ.
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure.
        **plot_kw
            The other parameters of `plot`.

        Returns
        -------
        display : LossCurveDisplay

        Raises
        ------
        NotFittedError
            If one of the estimators has not been trained.
        TypeError
            If one of them has no ``loss_curve_``.
        """
        import_pyplot("LossCurveDisplay.from_estimators")
        named = isinstance(estimators, Mapping)
        networks = [runs.trained(est) for est in (estimators.values() if named else estimators)]
        if not networks:
            raise ValueError("estimators is empty: pass at least one fitted network.")
        names = list(map(str, estimators)) if named else runs.names_by_difference(networks)
        records = [runs.record_of(*pair) for pair in zip(networks, names, strict=True)]
        display = cls(
            loss_curve=[record.loss for record in records],
            validation_loss_curve=[record.validation_loss for record in records],
            validation_scores=[record.scores for record in records],
            best_iter=[record.best_iter for record in records],
            name=names,
            score_name=runs.common(map(runs.score_name, networks), "score"),
            iteration_name=runs.common(map(runs.iteration_name, networks), "epoch or iteration"),
        )
        return display.plot(ax, **plot_kw)
