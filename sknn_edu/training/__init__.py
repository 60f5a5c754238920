"""Training: the loop over epochs and batches, and what is watched on the way."""
