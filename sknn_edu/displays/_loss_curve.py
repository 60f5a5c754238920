"""`LossCurveDisplay`: the loss of each epoch, of one network or of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ._loss_pen import Pen, axes_on_the_right
from ._loss_runs import (
    common,
    iteration_name,
    names_by_difference,
    one_for_each,
    run_of,
    runs_of_display,
    score_name,
    trained,
)
from ._shared import check_option, import_pyplot, one_or_all

VALIDATION = ("loss", "score", "both", None)


class LossCurveDisplay:
    """Loss curves: how training went, epoch by epoch.

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
        What the validation scores are.
    iteration_name : str, default="epoch"
        What is counted on the x-axis.

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
            If the curves do not fit together, or an argument is none of its options.
        """
        plt = import_pyplot("LossCurveDisplay.plot")
        check_option("validation", validation, VALIDATION)
        runs = runs_of_display(self, self.name if name is None else name)
        by_curve = one_for_each(curve_kwargs, len(runs))
        with_scores = validation in ("score", "both") and any(r.scores is not None for r in runs)
        if validation == "score" and not with_scores:
            raise ValueError("validation='score', but there are no validation scores.")
        if log_scale and not any((run.loss > 0).any() for run in runs):
            raise ValueError("log_scale=True needs losses above 0.")
        if ax is None:
            _, ax = plt.subplots()
        self.ax_, self.figure_ = ax, ax.figure
        self.score_ax_ = axes_on_the_right(ax) if with_scores else None

        pen = Pen(ax, self.score_ax_, self.score_name, self.iteration_name)
        for run, of_curve in zip(runs, by_curve, strict=True):
            pen.draw_loss(run, of_curve)
            if validation in ("loss", "both") and run.validation_loss is not None:
                pen.draw_validation_loss(run, validation_kw)
            if with_scores and run.scores is not None:
                pen.draw_scores(run, score_kw)
            if mark_best and run.best_iter:
                pen.mark_best(run, best_kw)
        self.line_, self.validation_line_, self.score_line_, self.best_ = map(
            one_or_all, (pen.losses, pen.validation_losses, pen.scores, pen.best)
        )
        pen.explain_styles()
        pen.label_axes(log_scale)
        return self

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        name: str | None = None,
        ax: Any = None,
        validation: str | None = "loss",
        mark_best: bool = True,
        log_scale: bool = False,
        curve_kwargs: Any = None,
        validation_kw: dict[str, Any] | None = None,
        score_kw: dict[str, Any] | None = None,
        best_kw: dict[str, Any] | None = None,
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
        validation, mark_best, log_scale, curve_kwargs, validation_kw, score_kw, best_kw
            See `plot`.

        Returns
        -------
        display : LossCurveDisplay

        Raises
        ------
        NotFittedError
            If the estimator has not been trained.
        TypeError
            If it keeps no losses.
        """
        import_pyplot("LossCurveDisplay.from_estimator")
        network = trained(estimator)
        run = run_of(network, name)
        display = cls(
            loss_curve=run.loss,
            validation_loss_curve=run.validation_loss,
            validation_scores=run.scores,
            best_iter=run.best_iter,
            name=name,
            score_name=score_name(network),
            iteration_name=iteration_name(network),
        )
        return display.plot(
            ax,
            validation=validation,
            mark_best=mark_best,
            log_scale=log_scale,
            curve_kwargs=curve_kwargs,
            validation_kw=validation_kw,
            score_kw=score_kw,
            best_kw=best_kw,
        )

    @classmethod
    def from_estimators(
        cls,
        estimators: Any,
        *,
        ax: Any = None,
        validation: str | None = "loss",
        mark_best: bool = True,
        log_scale: bool = False,
        curve_kwargs: Any = None,
        validation_kw: dict[str, Any] | None = None,
        score_kw: dict[str, Any] | None = None,
        best_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the loss curves of several fitted networks.

        Parameters
        ----------
        estimators : dict or iterable of estimator instances
            What `from_estimator` takes. The keys of a dict are the names in the legend;
            without, networks are named by the parameters in which they differ.
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure.
        validation, mark_best, log_scale, curve_kwargs, validation_kw, score_kw, best_kw
            See `plot`.

        Returns
        -------
        display : LossCurveDisplay

        Raises
        ------
        NotFittedError
            If one of the estimators has not been trained.
        TypeError
            If one of them keeps no losses.
        """
        import_pyplot("LossCurveDisplay.from_estimators")
        named = isinstance(estimators, Mapping)
        networks = [trained(est) for est in (estimators.values() if named else estimators)]
        if not networks:
            raise ValueError("estimators is empty: pass at least one fitted network.")
        names = list(map(str, estimators)) if named else names_by_difference(networks)
        runs = [run_of(*pair) for pair in zip(networks, names, strict=True)]
        display = cls(
            loss_curve=[run.loss for run in runs],
            validation_loss_curve=[run.validation_loss for run in runs],
            validation_scores=[run.scores for run in runs],
            best_iter=[run.best_iter for run in runs],
            name=names,
            score_name=common(map(score_name, networks), otherwise="score"),
            iteration_name=common(map(iteration_name, networks), otherwise="epoch or iteration"),
        )
        return display.plot(
            ax,
            validation=validation,
            mark_best=mark_best,
            log_scale=log_scale,
            curve_kwargs=curve_kwargs,
            validation_kw=validation_kw,
            score_kw=score_kw,
            best_kw=best_kw,
        )
