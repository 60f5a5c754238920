"""Marks answers, and names the mistake."""
