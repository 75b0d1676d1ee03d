"""A course of one scaffolded week, which holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchstone import config
from torchstone.contracts.scaffold import scaffold

WEEK = "week15"
CONFIG = """
from datetime import date
course = {
    "id": "scratch", "title": "A scratch course", "timezone": "UTC",
    "topics": [{"week": 15, "date": date(2021, 12, 27), "title": "An affine layer", "reading": "3"}],
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
    "jail": {"preload": ("torchstone.kit.check",)},
}
"""


@pytest.fixture
def course(tmp_path: Path) -> config.Course:
    (tmp_path / "course_config.py").write_text(CONFIG)
    made = config.load(tmp_path)
    scaffold(made, WEEK)
    return made
