import shutil
from pathlib import Path

import pytest

from torchstone import config

ROOT = Path(__file__).parents[2]


@pytest.fixture
def course(tmp_path):
    """A course directory of its own, with the real configuration and rubrics."""
    (tmp_path / "course_config.py").write_text((ROOT / "course_config.py").read_text())
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics")
    rows = [f"s{n:02d},Last{n:02d},First{n:02d},s{n:02d}@example.org" for n in range(1, 13)]
    (tmp_path / "roster.csv").write_text("\n".join(["id,last_name,first_name,email", *rows, ""]))
    return config.load(tmp_path)
