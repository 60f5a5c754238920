"""`GradientFlowDisplay`: how large the gradient of each layer was, epoch by epoch."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import clone

from ._layer_norms import fit_and_record
from ._loss_records import iteration_name
from ._shared import check_is_network, check_option, import_pyplot, open_up, style

QUANTITIES = {
    "gradient": ("dW", "Norm of $dJ/dW$"),
    "delta": ("delta", r"Norm of $\delta$"),
    "update": ("W", r"Change of $W$ in an epoch: $\|\Delta W\| \, / \, \|W\|$"),
}
KINDS = ("line", "heatmap")
MOST_IN_LEGEND = 4
MOST_NAMES_ON_COLORBAR = 20


class GradientFlowDisplay:
    """Norms of the gradients by layer and epoch.

    It is recommended to use `from_estimator` to create a display: it trains a copy of the
    network and records the norms. All parameters are stored as attributes.

    Gradients that vanish show as lines that lie apart by orders of magnitude, the first
    layers lowest. A norm of exactly 0 has no place on the logarithmic scale and is left out.

    Parameters
    ----------
    norms : array-like of shape (n_epochs, n_layers)
        A norm for each epoch and layer, first layer first.
    epochs : array-like of shape (n_epochs,), default=None
        Numbers of the epochs; by default 0, 1, ..., where 0 is the start.
    quantity : {"gradient", "delta", "update"}, default="gradient"
        The array whose norms they are; see `from_estimator`.
    iteration_name : str, default="epoch"
        Label of the x-axis.

    Attributes
    ----------
    lines_ : list of matplotlib Line2D, or None
        A line for each layer, for ``kind="line"``.
    image_ : matplotlib QuadMesh, or None
        The layers as rows, for ``kind="heatmap"``.
    colorbar_ : matplotlib Colorbar, or None
        For the heat map, or for the layers where a legend would be too long.
    estimator_ : BackpropClassifier or BackpropRegressor
        The clone that was trained; set by `from_estimator`.
    ax_ : matplotlib Axes
        Axes with the norms.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    LossCurveDisplay : The losses of a network that has been trained.
    sknn_edu.teaching.diagnose : Says in words what is wrong with a network.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sknn_edu import BackpropClassifier, GradientFlowDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = BackpropClassifier(
    ...     10, "logistic", n_hidden_layers=6, max_iter=8, tol=0, random_state=0
    ... )
    >>> display = GradientFlowDisplay.from_estimator(clf, X, y)
    >>> display.norms.shape  # the start and 8 epochs, 7 layers
    (9, 7)
    """

    def __init__(
        self,
        *,
        norms: Any,
        epochs: Any = None,
        quantity: str = "gradient",
        iteration_name: str = "epoch",
    ) -> None:
        self.norms = norms
        self.epochs = epochs
        self.quantity = quantity
        self.iteration_name = iteration_name

    def plot(
        self,
        ax: Any = None,
        *,
        kind: str = "line",
        cmap: Any = "viridis",
        colorbar: bool = True,
        line_kw: dict[str, Any] | None = None,
        image_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the norms on a logarithmic scale.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure.
        kind : {"line", "heatmap"}, default="line"
            A line for each layer over the epochs, or layers as rows of a heat map.
        cmap : str or matplotlib Colormap, default="viridis"
            Colours: of the layers in their order, or of the norms in the heat map.
        colorbar : bool, default=True
            Whether there is a colour bar: of the norms in the heat map, of the layers beside
            the lines if there are more than four (else they have a legend).
        line_kw : dict, default=None
            Keywords for the ``plot`` of the lines.
        image_kw : dict, default=None
            Keywords for the ``pcolormesh`` of the heat map, such as ``norm``.

        Returns
        -------
        display : GradientFlowDisplay

        Raises
        ------
        ValueError
            If norms and epochs do not fit together, or an argument has an unknown value.
        """
        plt = import_pyplot("GradientFlowDisplay.plot")
        check_option("kind", kind, KINDS)
        check_option("quantity", self.quantity, list(QUANTITIES))
        epochs, norms = self._checked()
        if ax is None:
            _, ax = plt.subplots()
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_: list[Any] | None = None
        self.image_ = self.colorbar_ = None
        symbol, label = QUANTITIES[self.quantity]
        names = [f"{symbol}[{l}]" for l in range(1, norms.shape[1] + 1)]
        if kind == "line":
            # The ends of a map are too dark or too light for one background or another.
            colors = plt.get_cmap(cmap)(np.linspace(0.08, 0.9, len(names)))
            self.lines_ = self._draw_lines(epochs, norms, names, colors, line_kw)
            ax.set(yscale="log", ylabel=label)
            if len(names) <= MOST_IN_LEGEND:
                ax.legend()
            elif colorbar:
                self.colorbar_ = self._colorbar_of_layers(names, colors)
        else:
            look = {"cmap": cmap, **(image_kw or {})}
            self.image_ = self._draw_heatmap(epochs, norms, names, look)
            if colorbar:
                self.colorbar_ = ax.figure.colorbar(self.image_, ax=ax, label=label)
        ax.set_xlabel(self.iteration_name.capitalize())
        ax.xaxis.get_major_locator().set_params(integer=True)
        return self

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        quantity: str = "gradient",
        ax: Any = None,
        **plot_kw: Any,
    ) -> Self:
        """Train a clone of the network on X and y, and draw the norms of each epoch.

        The clone is trained as ``fit`` does it: batches, early stopping and solver are those of
        the estimator. What is drawn is measured on the whole of X and y, without dropout, at the
        start and after each epoch (each iteration, for the full-batch solvers). Callbacks
        of the estimator are not called.

        Parameters
        ----------
        estimator : BackpropClassifier, BackpropRegressor, Pipeline or search
            The network, fitted or not, or what ends in one. The steps of a pipeline are
            fitted anew, too; of a fitted search the best estimator is taken.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, for the network.
        quantity : {"gradient", "delta", "update"}, default="gradient"
            What to take the Euclidean norm of: dJ/dW of the layer; its delta = dJ/dZ, over
            all samples; or the change of W in the epoch, relative to the norm of W.
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure.
        **plot_kw
            The other parameters of `plot`.

        Returns
        -------
        display : GradientFlowDisplay

        Raises
        ------
        TypeError
            If the estimator is not a network of this package.
        ValueError
            If ``fit`` refuses the data. A fit that diverges warns, with a
            DivergenceWarning, and is drawn as far as it went.
        """
        import_pyplot("GradientFlowDisplay.from_estimator")
        check_option("quantity", quantity, list(QUANTITIES))
        check_option("kind", plot_kw.get("kind", "line"), KINDS)
        network, before = open_up(estimator)
        check_is_network(network)
        for steps in before:
            X = clone(steps).fit_transform(X, y)
        network, norms = fit_and_record(network, X, y, sample_weight, quantity)
        first = 1 if quantity == "update" else 0
        epochs = np.arange(first, first + len(norms))
        names = {"quantity": quantity, "iteration_name": iteration_name(network)}
        display = cls(norms=norms, epochs=epochs, **names)
        display.estimator_ = network
        return display.plot(ax, **plot_kw)

    estimator_: Any

    def _checked(self) -> tuple[np.ndarray, np.ndarray]:
        """Epochs and norms; what a logarithmic scale cannot show is masked."""
        norms = np.asarray(self.norms, dtype=float)
        if norms.ndim != 2 or 0 in norms.shape:
            raise ValueError(
                f"norms must have the shape (n_epochs, n_layers), neither 0; got {norms.shape}."
            )
        epochs = np.arange(len(norms)) if self.epochs is None else np.asarray(self.epochs)
        if epochs.shape != (len(norms),):
            wanted = f"an entry for each of the {len(norms)} rows of norms"
            raise ValueError(f"epochs must have {wanted}; got the shape {epochs.shape}.")
        return epochs, np.ma.masked_where(~(np.isfinite(norms) & (norms > 0)), norms)

    def _draw_lines(
        self, epochs: np.ndarray, norms: np.ndarray, names: list[str], colors: Any, given: Any
    ) -> list[Any]:
        """A line for each layer."""
        from matplotlib.lines import Line2D

        lines = []
        for of_layer, name, color in zip(norms.T, names, colors, strict=True):
            look = style(Line2D, {"color": color, "label": name}, given)
            lines += self.ax_.plot(epochs, of_layer, **look)
        return lines

    def _colorbar_of_layers(self, names: list[str], colors: Any) -> Any:
        """Which colour is which layer: a legend of that length would hide the lines."""
        import matplotlib as mpl

        n = len(names)
        norm = mpl.colors.BoundaryNorm(np.arange(n + 1) + 0.5, n)
        mappable = mpl.cm.ScalarMappable(norm, mpl.colors.ListedColormap(colors))
        colorbar = self.figure_.colorbar(mappable, ax=self.ax_)
        every = -(-n // MOST_NAMES_ON_COLORBAR)
        colorbar.set_ticks(np.arange(1, n + 1)[::every], labels=names[::every])
        colorbar.ax.minorticks_off()
        colorbar.ax.tick_params(length=0)
        return colorbar

    def _draw_heatmap(
        self, epochs: np.ndarray, norms: np.ndarray, names: list[str], look: dict[str, Any]
    ) -> Any:
        """A row for each layer, the first one at the bottom."""
        from matplotlib.colors import LogNorm

        layers = np.arange(1, len(names) + 1)
        scale = LogNorm() if np.ma.count(norms) else LogNorm(0.1, 1)  # nothing to go by
        look = {"norm": scale, "shading": "nearest", **look}
        self.ax_.set_yticks(layers, names)
        self.ax_.grid(False)
        return self.ax_.pcolormesh(epochs, layers, norms.T, **look)
