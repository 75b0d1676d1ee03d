"""`torchstone participation`: attendance and participation, week by week."""

from torchstone.cli import _marks

command = _marks.weekly(
    "participation",
    "-i present -i contributes",
    "Attendance and participation, week by week, by rubrics/participation.yaml. Leave out whom you excuse.",
)
