"""`torchstone presentation`: the scores of presentations."""

from torchstone.cli import _marks

command = _marks.weekly(
    "presentation",
    "-i aim=2 -i correct=2.5 -i interactive -i slides -i time",
    "The scores of presentations, by rubrics/presentation.yaml; several graders give a mean.",
)
