"""Training: epochs of steps along the gradient, or a solver of scipy, and when to stop.

=================  ==================================================================
`training`         all that a fit needs to know; observers, which are told of its course
`loop`             `train`: the loop over epochs
`epoch`            one pass over the data: forward, loss, backward, update for each batch
`backend`          who does the arithmetic
`problem`          a fit as scipy's solvers see it: functions of a vector
`validation`       the score and the loss on held-out samples
`history`          what is recorded, and for how long nothing has improved
`stopping`         why training stopped, as an enum and as a sentence
`checkpoint`       copies of the weights to go back to
`divergence`       the error for a loss that is no longer finite
`progress`         what ``verbose`` prints
=================  ==================================================================

The update is a rule of `sknn_edu.optimizers`, the gradient comes from `sknn_edu.engine`.
"""
