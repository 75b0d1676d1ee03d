"""The result lies on another device than the inputs."""

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank
from torchstone.compare.hypotheses._told import told_by
from torchstone.model import Stage

HYPOTHESIS = Hypothesis(
    "another device",
    "Where does a tensor lie that you make yourself, and does it follow the device of the input?",
    told_by(Stage.DEVICE),
    Rank.SEEN,
)
