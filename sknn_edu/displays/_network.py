"""`NetworkDisplay`: the network, drawn with its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from ..estimators.inspection import architecture_of
from . import _network_contents as contents
from ._network_drawing import Drawing
from ._shared import check_option, import_pyplot, network_in


class NetworkDisplay:
    """A drawing of a network: units as circles, weights as lines.

    It is recommended to use `from_estimator` to create a display. All parameters are
    stored as attributes.

    Orange is positive, blue negative; the larger a weight, the thicker and the less
    transparent is its line. Units have the colour of their bias or, if the outputs of the
    layers are given, that of their output A (green positive, purple negative), relative to
    the largest ``|A|`` of the layer.

    Parameters
    ----------
    coefs : sequence of array-like of shape (n_in, n_out)
        Weights of each layer.
    intercepts : sequence of array-like of shape (n_out,), default=None
        Biases of each layer; None for a network without.
    activations : sequence of str, default=None
        Name of the activation of each layer, for the headers.
    layer_outputs : sequence of array-like of shape (n_units,), default=None
        A[0], A[1], ... for one sample; A[0] is the sample itself.
    feature_names : sequence of str, default=None
        Names of the inputs; by default x_1, x_2, ...
    output_names : sequence of str, default=None
        Names of the outputs; by default y_1, y_2, ... with a hat.

    Attributes
    ----------
    edges_ : matplotlib LineCollection
        The weights between the units that are drawn; its array holds the weights.
    nodes_ : matplotlib EllipseCollection
        The units; its array holds the biases, or the outputs relative to the largest of the
        layer, masked where there are none.
    text_ : list of matplotlib Text
        All texts: headers, names, numbers.
    units_ : list of ndarray
        Numbers of the units drawn in each layer, counted from 0.
    positions_ : list of ndarray of shape (n_drawn, 2)
        Where they are, in the coordinates of `ax_`.
    radius_ : float
        Of a unit, in the same coordinates.
    colorbars_ : list of matplotlib Colorbar
        They lie inside `ax_`.
    ax_ : matplotlib Axes
        Axes with the network.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    sknn_edu.teaching.trace : Every number of a pass.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sknn_edu import BackpropClassifier, NetworkDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> clf = BackpropClassifier(5, max_iter=50, tol=0, random_state=0).fit(X, y)
    >>> display = NetworkDisplay.from_estimator(clf, x=X.iloc[0])
    >>> len(display.edges_.get_segments())  # 4 * 5 + 5 * 3 weights
    35
    """

    def __init__(
        self,
        *,
        coefs: Sequence[Any],
        intercepts: Sequence[Any] | None = None,
        activations: Sequence[str] | None = None,
        layer_outputs: Sequence[Any] | None = None,
        feature_names: Sequence[str] | None = None,
        output_names: Sequence[str] | None = None,
    ) -> None:
        self.coefs = coefs
        self.intercepts = intercepts
        self.activations = activations
        self.layer_outputs = layer_outputs
        self.feature_names = feature_names
        self.output_names = output_names

    def plot(
        self,
        ax: Any = None,
        *,
        max_units: int = 10,
        include_values: bool | str = "auto",
        include_weights: bool = False,
        values_format: str = ".2f",
        colorbar: bool = True,
        edge_kw: dict[str, Any] | None = None,
        node_kw: dict[str, Any] | None = None,
        text_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the network.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure of a size that suits the
            network.
        max_units : int, default=10
            A layer with more units is abridged: its first and last ones are drawn, dots
            between them. At least 3.
        include_values : bool or "auto", default="auto"
            Write the numbers into the units: outputs if they are known, else biases.
            "auto" does so for outputs, where there is room.
        include_weights : bool, default=False
            Write the weights on the lines; readable in networks of a few units.
        values_format : str, default=".2f"
            Format of these numbers.
        colorbar : bool, default=True
            Whether to draw colour bars below the network.
        edge_kw : dict, default=None
            Keywords for the ``LineCollection`` of the weights, such as ``cmap``, ``norm``,
            ``alpha``.
        node_kw : dict, default=None
            Keywords for the ``EllipseCollection`` of the units.
        text_kw : dict, default=None
            Keywords for all texts.

        Returns
        -------
        display : NetworkDisplay

        Raises
        ------
        ValueError
            If the arrays do not fit together, or an argument has an unknown value.
        """
        plt = import_pyplot("NetworkDisplay.plot")
        check_option("include_values", include_values, ("auto", True, False))
        if max_units < 3:
            raise ValueError(f"max_units must be at least 3 to abridge a layer; got {max_units!r}.")
        drawing = Drawing(contents.NetworkContents.checked(self), max_units, values_format)
        if ax is None:
            size = drawing.best_figure_size()
            margins = {"left": 0.02, "right": 0.98, "bottom": 0.02, "top": 0.92}
            _, ax = plt.subplots(figsize=size, gridspec_kw=margins)
        self.ax_, self.figure_ = ax, ax.figure

        drawing.begin(ax, text_kw, room_below=colorbar)
        self.edges_ = drawing.draw_edges(edge_kw)
        self.nodes_ = drawing.draw_nodes(node_kw)
        drawing.write_headers()
        drawing.write_names()
        drawing.write_into_units(include_values)
        if include_weights:
            drawing.write_weights()
        self.colorbars_ = drawing.draw_colorbars(edge_kw) if colorbar else []
        self.text_ = drawing.text
        self.units_, self.positions_ = drawing.layout.units, drawing.layout.positions
        self.radius_ = drawing.layout.radius
        return self

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        x: Any = None,
        *,
        feature_names: Sequence[str] | None = None,
        output_names: Sequence[str] | None = None,
        ax: Any = None,
        **plot_kw: Any,
    ) -> Self:
        """Draw a fitted (or initialised) network.

        Parameters
        ----------
        estimator : BackpropClassifier, BackpropRegressor, Pipeline or fitted search
            The network, or what ends in one.
        x : array-like of shape (n_features,) or (1, n_features), default=None
            A sample: units get the colours of their outputs for it. It goes through the
            steps of a pipeline first; A[0] is what reaches the network.
        feature_names : sequence of str, default=None
            By default the names of the columns in ``fit``, else x_1, x_2, ...
        output_names : sequence of str, default=None
            By default the classes of a classifier.
        ax : matplotlib Axes, default=None
            Axes to draw on; by default those of a new figure of a size that suits the
            network.
        **plot_kw
            The other parameters of `plot`.

        Returns
        -------
        display : NetworkDisplay

        Raises
        ------
        NotFittedError
            If the estimator has no weights yet.
        TypeError
            If it is not a network of this package.
        """
        import_pyplot("NetworkDisplay.from_estimator")
        network, before = network_in(estimator)
        architecture = architecture_of(network)
        display = cls(
            coefs=network.coefs_,
            intercepts=network.intercepts_ if architecture.has_biases else None,
            activations=[f.name for f in architecture.activations],
            layer_outputs=None if x is None else contents.outputs_of_layers(network, before, x),
            feature_names=(
                contents.names_of_features(network, before)
                if feature_names is None
                else feature_names
            ),
            output_names=contents.names_of_outputs(network)
            if output_names is None
            else output_names,
        )
        return display.plot(ax, **plot_kw)
