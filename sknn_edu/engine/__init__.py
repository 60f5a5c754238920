"""The network and its gradients, in the order of one training step.

==============  =====================================================================
`batches`       the mini-batches of an epoch
`parameters`    theta: all weights and biases in one flat vector
`architecture`  layers, activations, loss and penalty: all except the weights
`layer`         one layer: Z, A forward; delta, dW, db, dA backward
`dropout`       which units take part in an update
`network`       the layers in a chain
`penalty`       the elastic net on the weights
`objective`     J, stated once, and its gradient
`curvature`     second order: Hessian-vector products and the Jacobian of residuals
`outputs`       forward only, in bounded memory
==============  =====================================================================

The update follows in `sknn_edu.optimizers`, the loop around it in `sknn_edu.training`. Nothing
else in the package computes a gradient, except the compiled core: the same arithmetic, faster.
"""
