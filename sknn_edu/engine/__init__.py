"""The network and its training, in the order of one training step.

==============  =====================================================================
`parameters`    theta: all weights and biases in one flat vector
`batches`       the mini-batches of an epoch
`layer`         one layer: Z, A forward; delta, dW, db, dA backward
`network`       the layers in a chain
`penalty`       the elastic net on the weights
`objective`     J, stated once, and its gradient
`curvature`     second order: Hessian-vector products and the Jacobian of residuals
`training`      the loop over epochs and batches
`validation`    what early stopping looks at
`history`       what is remembered of it, and when it is time to stop
`divergence`    what went wrong, and in which layer
==============  =====================================================================

The update in between is in `sknn_edu.optimizers`. Nothing here knows of
scikit-learn's estimators, and nothing else in the package computes a gradient.
"""
