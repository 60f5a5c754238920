"""Five derivations, marked by `python -m audit`: formulas as data, their marking, tables, numbers.

The formulas are in `derivation_1.py` to `derivation_5.py`, their networks in the examples of these
numbers. The meaning of a symbol is the author's choice, so each formula has one or several
readings. A formula for a single sample is marked on a single sample; where it is
used for many, on many as well. A local derivative, such as da/dz, is marked in the step of the
chain rule that it is a factor of.
"""
