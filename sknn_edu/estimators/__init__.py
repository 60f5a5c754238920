"""The estimators: from data and parameters to a training run, and back.

================  =================================================================
`classifier`      `BackpropClassifier`
`regressor`       `BackpropRegressor`
`transformer`     `HiddenLayerTransformer`
`base`            what both do: fit, partial_fit, initialize
`parameters`      from the constructor's parameters to an architecture
`steps`           from these to the optimizer, its rates, the batches, the patience
`data`            X, y and sample weights, checked and coded
`target_coding`   the interface: how y is coded as Y, and outputs decoded
`targets`         classes and labels, and numbers
`class_weight`    the weight of each class
`weights`         the first weights, and weights that the user has replaced
`held_out`        validation data, and the rows that early stopping holds out
`request`         what a call is given, and the record it begins with
`model`           what a fit makes before it trains, and publishes at the end
`callbacks`       scikit-learn's callbacks, as an observer of training
`inspection`      predictions, gradients, and what other packages may read
`saved_state`     versions of saved estimators
`shared_docs`     docstrings that both estimators share
`shortcuts`       faster versions of scikit-learn's helpers for plain input
`available_if`    methods that exist under a condition
================  =================================================================
"""
