"""A function writes into what it was given."""

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank
from torchstone.compare.hypotheses._told import told_by
from torchstone.model import Stage

HYPOTHESIS = Hypothesis(
    "an input is changed",
    "Which operation writes into its operand (`+=`, `x[mask] = …`, a method that ends in `_`), and who else needs it?",
    told_by(Stage.INPUTS),
    Rank.SEEN,
)
