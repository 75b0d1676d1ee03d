"""`pytest graders/week04 --submission FILE` and `--as "misconception"`: see README.md beside this file."""

from torchstone.judge.plugin import pytest_addoption, pytest_configure

__all__ = ["pytest_addoption", "pytest_configure"]
