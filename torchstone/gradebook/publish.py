"""The students' bundle: an allow-listed folder, searched for secrets before it takes its place."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone.config import Course
from torchstone.errors import CourseError, GateError
from torchstone.gradebook import leaks
from torchstone.gradebook.bundle_texts import constraints, readme
from torchstone.gradebook.release import source_notebook
from torchstone.gradebook.wheel import build_wheel
from torchstone.notebook import read

#: Lists the files that we wrote, with their hashes; a folder without it is somebody else's.
MARKER: Final = ".torchstone-bundle.json"
#: What a release may consist of.
_ALLOWED: Final = frozenset({".ipynb", ".csv", ".json", ".md", ".txt", ".npy", ".npz", ".png", ".svg", ".jpg"})
#: Top-level names that a wheel must not hold.
_PRIVATE: Final = ("graders/", "source/", "submitted/", "autograded/", "feedback/", "collected/", ".torchstone/")


@dataclass(frozen=True)
class PublishReport:
    """What went out."""

    to: Path
    files: tuple[str, ...]  #: relative to the bundle
    scanned: int  #: texts that were searched, the wheel's members among them
    secrets: int  #: lines they were searched for


def publish(
    course: Course, assignment: str, to: Path, wheel_builder: Callable[[Path], Path] = build_wheel
) -> PublishReport:
    """Write the bundle of `assignment` to the folder `to`: notebook, data, README, constraints and the wheel.

    `wheel_builder` writes a wheel into the folder it is given. A folder that is not empty and that we did not write, or
    that was changed since, is refused. Raises CourseError or GateError; `to` is then as it was.
    """
    released = course.release / assignment
    if not (released / f"{assignment}.ipynb").is_file():
        raise CourseError(f"{released} holds no release; run `torchstone release {assignment}` first")
    _refuse_foreign(to)
    to.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".torchstone-bundle-", dir=to.parent))
    try:
        for path in _allowed(released):
            target = building / path.relative_to(released)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        wheel = wheel_builder(building)
        (building / "constraints.txt").write_text(constraints(course.root), encoding="utf-8")
        (building / "README.md").write_text(readme(course, assignment, wheel.name), encoding="utf-8")
        scanned, secrets = _scan(course, assignment, building)
        files = _files(building)
        hashes = {name: _hash(building / name) for name in files}
        (building / MARKER).write_text(json.dumps({"assignment": assignment, "files": hashes}, indent=1) + "\n")
        building.chmod(0o755)
        if to.exists():
            shutil.rmtree(to)
        building.rename(to)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return PublishReport(to, tuple(files), scanned, secrets)


def _refuse_foreign(to: Path) -> None:
    if to.is_symlink() or (to.exists() and not to.is_dir()):
        raise CourseError(f"{to} is not a folder")
    if not to.exists() or not any(to.iterdir()):
        return
    try:
        ours: dict[str, str] = json.loads((to / MARKER).read_text())["files"]
    except (OSError, ValueError, KeyError):
        raise CourseError(f"{to} is not empty and not a bundle of ours; name an empty folder") from None
    for name in _files(to):
        if name != MARKER and ours.get(name) != _hash(to / name):
            raise CourseError(f"{to / name} was added or changed since the bundle was written; move it away first")


def _allowed(released: Path) -> list[Path]:
    """The release's files. Raises GateError for anything that is not a plain file of an allowed kind."""
    paths = sorted(released.rglob("*"))
    for path in paths:
        plain = path.is_dir() or (path.is_file() and path.suffix in _ALLOWED and not path.name.startswith("."))
        if path.is_symlink() or not plain:
            raise GateError(f"{path} may not go into a bundle; allowed are plain files {', '.join(sorted(_ALLOWED))}")
    return [p for p in paths if p.is_file()]


def _scan(course: Course, assignment: str, building: Path) -> tuple[int, int]:
    """The numbers of texts and of secret lines. Raises GateError if one is found in the other."""
    source = read(source_notebook(course, assignment).read_bytes())
    secrets = dict.fromkeys(leaks.solution_lines(source), "the solution")
    secrets |= leaks.grader_lines(course.graders, source)
    texts: dict[str, str] = {}
    for name in _files(building):
        path = building / name
        if path.suffix == ".whl":
            _refuse_private(path)
        texts.update(leaks.readable(path, name))
    for leak in leaks.search(texts, secrets):
        raise GateError(f"{assignment}: the bundle would give away a secret: {leak}")
    return len(texts), len(secrets)


def _refuse_private(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            if member.startswith(_PRIVATE) or any(f"/{private}" in member for private in _PRIVATE[:2]):
                raise GateError(f"the wheel holds {member}, which is not for students")


def _files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() or p.is_symlink())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
