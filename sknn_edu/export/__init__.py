"""A fitted network for other libraries, made of its formulas."""
