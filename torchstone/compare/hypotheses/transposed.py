"""Two axes change places, of a square matrix too."""

from itertools import combinations

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part, strong
from torchstone.compare.hypotheses._observation import Observation, Part


def _fit(part: Part, _: Observation) -> Fit:
    want = part.want
    pairs = combinations(range(want.dim()), 2)
    return strong(any(part.is_like(want.transpose(a, b)) for a, b in pairs))


HYPOTHESIS = Hypothesis(
    "transposed",
    "Rows and columns have changed places: write the shape under each factor. In which order do they give the result?",
    every_part(_fit),
)
