"""The notebooks that participants share: which there are, and how far each author lets theirs go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from torchstone.collecting.files import write_private
from torchstone.config import Course
from torchstone.errors import CourseError, UnreadableNotebook
from torchstone.gradebook import submission
from torchstone.notebook import answers_in, exploration_of, read
from torchstone.seminar.allocation import Allocation, load_allocation, path_of
from torchstone.seminar.people import People

_VERSION: Final = 1


@dataclass(frozen=True)
class Shared:
    """One shared notebook, as the strict reader gives it: no active outputs, pictures and plain text only."""

    student: str
    topic: str  #: the assignment's name
    notebook: dict[str, Any]
    own: bool  #: a notebook of its own; otherwise the exploration out of the week's submission


@dataclass(frozen=True)
class Consent:
    """How far an author lets a notebook go. Inside the class, under their name, unless they said otherwise."""

    beyond: bool = False  #: it may be shown outside the class
    anonymous: bool = False  #: without the author's name


@dataclass(frozen=True)
class LeftOut:
    """A notebook that ought to be shared and is not, and why."""

    student: str
    topic: str
    reason: str


def share(course: Course, student: str, topic: str, data: bytes) -> Path:
    """Keep `data` as the notebook that `student` shares on `topic`; it stands in for what an earlier call kept.

    It need not be one of the topics that the student was given. Raises CourseError (also for a week's notebook, which
    holds answers), UnreadableNotebook; then nothing is kept.
    """
    people = People(course)
    student, topic = people.student(student), people.topic(topic)
    if answers := answers_in(read(data)):
        raise CourseError(
            f"the notebook holds answers to graded exercises ({', '.join(answers[:4])}{', …' if answers[4:] else ''}), "
            "which the gallery never shows. Hand it in as the week's submission: its exploration is shared from there. "
            "Or share a notebook that holds the exploration alone"
        )
    path = _own_folder(course) / topic / f"{student}.ipynb"
    write_private(path, data)
    return path


def shared_notebooks(course: Course) -> tuple[tuple[Shared, ...], tuple[LeftOut, ...]]:
    """All notebooks that are shared, by topic and student, and those that ought to be and are not.

    They are the notebooks that `share` kept and, for topics that a student was given (`allocation`), the explorations
    in the weeks' submissions. Raises CourseError.
    """
    found: dict[tuple[str, str], Shared] = {}
    left_out: list[LeftOut] = []
    for path in sorted(_own_folder(course).glob("*/*.ipynb")):
        topic, student = path.parent.name, path.stem
        try:
            found[topic, student] = Shared(student, topic, read(path.read_bytes()), own=True)
        except (UnreadableNotebook, OSError) as e:
            left_out.append(LeftOut(student, topic, f"{path} cannot be read: {e}"))
    for student, topic in _given(course):
        if (topic, student) in found:
            continue
        shared = _out_of_submission(course, student, topic)
        if isinstance(shared, Shared):
            found[topic, student] = shared
        else:
            left_out.append(shared)
    return tuple(found[key] for key in sorted(found)), tuple(left_out)


def consents(course: Course) -> Mapping[str, Consent]:
    """What each author said, by student. Raises CourseError for a damaged record."""
    path = _consent_file(course)
    try:
        content = json.loads(path.read_bytes())
        if content["version"] != _VERSION:
            raise CourseError(f"{path} is not of version {_VERSION}; it was written by another Torchstone")
        said = {str(s): Consent(c["beyond"], c["anonymous"]) for s, c in content["students"].items()}
        if not all(type(c.beyond) is bool and type(c.anonymous) is bool for c in said.values()):
            raise ValueError("a consent is neither true nor false")
        return said
    except FileNotFoundError:
        return {}
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise CourseError(f"{path} is damaged ({e}); restore it from a backup. Nothing was changed.") from None


def set_consent(course: Course, student: str, consent: Consent, by: str) -> None:
    """Note what an author said, with who noted it and when. Raises CourseError."""
    student = People(course).student(student)
    consents(course)  # a damaged record is not written over
    path = _consent_file(course)
    students = json.loads(path.read_bytes())["students"] if path.exists() else {}
    students[student] = {**asdict(consent), "by": by, "when": datetime.now(UTC).isoformat(timespec="seconds")}
    text = json.dumps({"version": _VERSION, "students": dict(sorted(students.items()))}, indent=1, ensure_ascii=False)
    write_private(path, f"{text}\n".encode())


def _given(course: Course) -> Iterator[tuple[str, str]]:
    """Whose notebook on which topic belongs into the gallery; none before topics were given out."""
    if path_of(course).exists():
        allocation: Allocation = load_allocation(course)
        for student in allocation.students:
            for topic in allocation.notebooks[student]:
                yield student, topic


def _out_of_submission(course: Course, student: str, topic: str) -> Shared | LeftOut:
    if not submission.notebook_path(course, student, topic).exists():
        return LeftOut(student, topic, "nothing was handed in")
    release = submission.released(course, topic)
    submitted = submission.read(course, student, topic)
    if submitted.blank is not None:
        return LeftOut(student, topic, submitted.blank.message)
    part = exploration_of(submitted.reading.notebook, release)
    if part is None:
        return LeftOut(student, topic, "its exploration was left as it was handed out")
    return Shared(student, topic, part, own=False)


def _own_folder(course: Course) -> Path:
    return course.seminar / "notebooks"


def _consent_file(course: Course) -> Path:
    return course.seminar / "consent.json"
