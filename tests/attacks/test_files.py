"""Attacks that are a file: archives, notebooks, frames, pages, and files that change while they are looked at.

Each file of the corpus has a `control` (how such files are usually read, or ours with that defence switched off), which
it must succeed against, and `ours`, which it must not.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from arena.attack import CORPUS

FAMILIES = ("archives", "notebooks", "frames", "pages", "timing")
FILES = [path for family in FAMILIES for path in sorted((CORPUS / family).glob("*.py"))]


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"attack_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_an_attack_succeeds_against_its_control_alone(
    path: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    name, attack = f"{path.parent.name}/{path.stem}", loaded(path)
    for side in ("control", "ours"):
        (tmp_path / side).mkdir()
    with pytest.MonkeyPatch.context() as patch:
        assert attack.control(tmp_path / "control", patch.setattr), "it does not succeed against its control"
    record_property("control", name)
    with pytest.MonkeyPatch.context() as patch:
        succeeded = attack.ours(tmp_path / "ours", patch.setattr)
    record_property("attack", name)
    record_property("succeeded", bool(succeeded))
    assert not succeeded, attack.__doc__


def test_the_table_of_what_is_covered_names_every_attack_and_no_other() -> None:
    """A name without a folder has that of the name before it."""
    folder, named = "", set()
    table = (Path(__file__).parent / "README.md").read_text().partition("## What is covered")[2]
    for name in re.findall(r"`((?:[a-z]+/)?[a-z_0-9]+)`", table.partition("|---|---|---|")[2]):
        folder, _, stem = name.rpartition("/") if "/" in name else (folder, "", name)
        named.add(f"{folder}/{stem}")
    there = {f"{path.parent.name}/{path.stem}" for path in CORPUS.glob("*/*.py")}
    assert named == there
