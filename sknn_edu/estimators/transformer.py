"""`HiddenLayerTransformer`: outputs of a hidden layer as features for other estimators."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin, TransformerMixin, _fit_context, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import check_is_fitted

from .inspection import OpenNetwork, hidden_layer_of, hidden_sizes_of


class HiddenLayerTransformer(MetaEstimatorMixin, TransformerMixin, BaseEstimator):
    """Train a network and transform X to the outputs A of one of its hidden layers.

    Layers are numbered as on paper: A[0] is the input, A[1] the first hidden layer.
    The transformed X is ``estimator_.hidden_activations(X)[layer_ - 1]``; the layers behind
    it are not computed.

    Parameters
    ----------
    estimator : BackpropClassifier, BackpropRegressor or FrozenEstimator
        The network. A clone of it is trained; wrap a network that is trained already in a
        `sklearn.frozen.FrozenEstimator`, and it is used as it is.
    layer : int, default=-1
        Which hidden layer: 1 is the first, 2 the second, and so on; -1 is the last, -2 the
        one before it. There is no 0, which would be X itself.

    Attributes
    ----------
    estimator_ : BackpropClassifier, BackpropRegressor or FrozenEstimator
        The trained network.
    layer_ : int
        Number of the hidden layer, counted from 1, however ``layer`` was given.
    n_features_in_ : int
        Number of features seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features seen during `fit`, if all of them are strings.

    See Also
    --------
    BackpropClassifier.hidden_activations : All hidden layers at once.

    Notes
    -----
    For an autoencoder, train a regressor on its own input:
    ``HiddenLayerTransformer(BackpropRegressor(8)).fit(X, X)``.

    Examples
    --------
    A network makes features, a support vector machine decides with them:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from sknn_edu import BackpropClassifier, HiddenLayerTransformer
    >>> X, y = load_iris(return_X_y=True)
    >>> net = BackpropClassifier((8, 3), "tanh", solver="lbfgs", alpha=1, random_state=0)
    >>> features = make_pipeline(StandardScaler(), HiddenLayerTransformer(net))
    >>> features.fit_transform(X, y).shape
    (150, 3)
    >>> features.get_feature_names_out()
    array(['layer2_unit0', 'layer2_unit1', 'layer2_unit2'], dtype=object)
    >>> round(make_pipeline(features, SVC()).fit(X, y).score(X, y), 2)
    0.97
    """

    _parameter_constraints: dict = {  # noqa: RUF012
        "estimator": [HasMethods("fit")],
        "layer": [Integral],
    }

    def __init__(self, estimator: Any, *, layer: int = -1) -> None:
        self.estimator = estimator
        self.layer = layer

    # The parameters of the network are validated in its own fit.
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> Self:
        """Train a clone of the network (not if it is frozen), and find the layer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets. A frozen network needs none.
        **fit_params : dict
            Passed to ``fit`` of the network: ``sample_weight``, ``X_val``, ... With metadata
            routing enabled, what the network requests.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If ``estimator`` is no network.
        ValueError
            If the network has no such layer; this is said before it is trained.
        """
        layer = self._layer_number()
        if get_config()["enable_metadata_routing"]:
            fit_params = process_routing(self, "fit", **fit_params).estimator.fit
        self.estimator_ = clone(self.estimator).fit(X, y, **fit_params)
        self.layer_ = layer
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Outputs of the hidden layer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        A : ndarray of shape (n_samples, n_units)
            float32 if the network is, else float64.
        """
        check_is_fitted(self)
        return hidden_layer_of(_unfrozen(self.estimator_), X, self.layer_)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the units: ``layer2_unit0`` is the first unit of the second hidden layer.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Not used; here because scikit-learn's transformers have it.

        Returns
        -------
        names : ndarray of shape (n_units,), of str
        """
        check_is_fitted(self)
        n_units = self.estimator_.coefs_[self.layer_ - 1].shape[1]
        return np.array([f"layer{self.layer_}_unit{j}" for j in range(n_units)], dtype=object)

    @property
    def n_features_in_(self) -> int:
        """Number of features seen during `fit`."""
        check_is_fitted(self)
        return self.estimator_.n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of features seen during `fit`."""
        check_is_fitted(self)
        return self.estimator_.feature_names_in_

    def get_metadata_routing(self) -> MetadataRouter:
        """Which metadata goes where: what is given to `fit` goes to ``fit`` of the network.

        Returns
        -------
        routing : MetadataRouter
        """
        to_fit = MethodMapping().add(caller="fit", callee="fit")
        to_fit.add(caller="fit_transform", callee="fit")
        name = type(self).__name__
        return MetadataRouter(owner=name).add(estimator=self.estimator, method_mapping=to_fit)

    def _layer_number(self) -> int:
        """``layer``, counted from 1."""
        n_hidden = _count_hidden_layers(self.estimator)
        if n_hidden == 0:
            raise ValueError("The network has no hidden layer: hidden_layer_sizes is empty.")
        if self.layer == 0:
            raise ValueError("layer=0 is X itself. The first hidden layer is layer=1.")
        if not -n_hidden <= self.layer <= n_hidden:
            raise ValueError(
                f"layer={self.layer}, but the network has {n_hidden} hidden layer(s): write 1 to "
                f"{n_hidden}, or -1 to -{n_hidden} to count from the last one."
            )
        return self.layer if self.layer > 0 else n_hidden + 1 + self.layer

    def __sklearn_tags__(self):
        """Tags of X and y from the network, the others of a transformer."""
        tags = super().__sklearn_tags__()
        of_network = get_tags(self.estimator)
        tags.input_tags.sparse = of_network.input_tags.sparse
        tags.target_tags = of_network.target_tags
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _count_hidden_layers(estimator: Any) -> int:
    """Hidden layers that a network has (if it is frozen), or will have."""
    network = _unfrozen(estimator)
    if not isinstance(network, OpenNetwork):
        raise TypeError(
            "estimator must be a BackpropClassifier, a BackpropRegressor or a FrozenEstimator of "
            f"one, got {estimator!r}. Other steps go before the transformer, in a pipeline."
        )
    if network is not estimator:
        check_is_fitted(estimator)
        return network.n_layers_ - 2
    return len(hidden_sizes_of(network))


def _unfrozen(estimator: Any) -> Any:
    """The network, without the `FrozenEstimator` around it."""
    return estimator.estimator if isinstance(estimator, FrozenEstimator) else estimator
