"""The numbers are of another type than the inputs."""

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank
from torchstone.compare.hypotheses._told import told_by
from torchstone.model import Stage

HYPOTHESIS = Hypothesis(
    "another dtype",
    "Which type does a tensor get that you make yourself, and does it follow the type of the input?",
    told_by(Stage.DTYPE),
    Rank.SEEN,
)
