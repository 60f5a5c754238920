"""Training: epochs of steps along the gradient, or a solver of scipy, and when to stop.

=================  ==================================================================
`training`         all that a fit needs to know, and the observers that follow it
`loop`             `train`: the loop over epochs
`epoch`            one pass over the data: forward, loss, backward, update for each batch
`backend`          the interface of the engines, and the NumPy engine
`problem`          the functions of a vector that scipy's solvers call
`validation`       the score and the loss on held-out samples
`history`          what is recorded, and the number of epochs without improvement
`stopping`         why training stopped, as an enum and as a sentence
`checkpoint`       copies of the weights to go back to
`divergence`       the error for a loss that is no longer finite
`progress`         what ``verbose`` prints
=================  ==================================================================

The update is a rule of `sknn_edu.optimizers`, the gradient comes from `sknn_edu.engine`.
"""
