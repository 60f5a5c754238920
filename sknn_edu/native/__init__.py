"""The compiled core: the arithmetic of `sknn_edu.engine`, faster.

The NumPy engine is the reference, and whatever the core does not have runs there. The core takes
over whole epochs, gradients and predictions; state stays where it is, in the network's flat vectors
and in the attributes of the optimizers.

=============  =====================================================================
`build`        compiles the library from the sources in ``src``
`library`      finds and loads it, and states its interface
`support`      what the core cannot do, by name
`core`         a network handed to the library: gradients and predictions
`epochs`       training, as many epochs in a call as possible
`backend`      all of this behind the interface of `sknn_edu.training.backend`
`limits`       how many threads a call may use
=============  =====================================================================
"""
