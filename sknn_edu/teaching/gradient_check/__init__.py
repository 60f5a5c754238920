"""Backpropagation against finite differences."""
