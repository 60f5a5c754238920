"""Every number of one forward and one backward pass."""
