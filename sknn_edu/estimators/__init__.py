"""The estimators: from data and parameters to a training run, and back."""
