"""What is said of an answer beside its mistakes: what its network cannot show."""

from __future__ import annotations

OTHER_EPSILON = "Correct, with epsilon in the place that it has in another form of this rule."
FOR_ONE_SAMPLE = (
    ", for this one sample. It would not be for several: one sample cannot show a mean or a sum "
    "that is missing"
)
BY_CHANCE = "The numbers agree on this network, but not on others like it. "
# On a network that is too small, mistakes look alike.
ONE_SAMPLE = (
    "There is one sample here: it cannot show a mean or a sum over the samples that is wrong. "
    "Several samples tell more mistakes apart."
)
ONE_NUMBER = (
    "This is a single number here, and many mistakes give the same one. A network with several "
    "units in each layer tells more of them apart."
)
ABOUT_NOT_FINITE = (
    "Some entries are infinite or not a number. Look for a division by 0, and for the logarithm "
    "of 0 or of a negative number, and the root of one."
)
