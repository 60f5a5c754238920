"""The formulas of a network, step by step."""
