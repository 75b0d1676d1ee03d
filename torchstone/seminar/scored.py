"""What a student reads of the scores that people gave: by item, with the comments, and without who gave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from jinja2 import Environment

from torchstone.collecting.files import write_private
from torchstone.config import Course
from torchstone.feedback import words
from torchstone.feedback.inline import inline
from torchstone.feedback.page import environment
from torchstone.feedback.texts import COMMENT, visible
from torchstone.messages import scored as told
from torchstone.seminar import ledger
from torchstone.seminar.ledger import KINDS, Entry, Kind, Score
from torchstone.seminar.people import People
from torchstone.seminar.rubric import Rubric, load_rubric
from torchstone.seminar.standing import Standing, latest, of_entries


@dataclass(frozen=True)
class ItemScore:
    """One line of a rubric as it went."""

    title: str
    explanation: str
    points: float  #: the graders' mean
    maximum: float


@dataclass(frozen=True)
class Work:
    """One exploration, presentation or week of participation of one student."""

    kind: Kind
    topic: str
    standing: Standing
    items: tuple[ItemScore, ...]  #: empty where only a sum was told, or the rubric's points have changed since
    comments: tuple[str, ...]  #: the graders' words, in an order that does not tell who


def works(rubrics: Mapping[Kind, Rubric], entries: Sequence[Entry], student: str) -> tuple[Work, ...]:
    """Everything of `student` that people have scored, by kind and topic."""
    found = []
    for kind in KINDS:
        standings = of_entries(entries, kind)
        for (who, topic), said in latest(entries, kind).items():
            if who == student:
                scores = [e.what for e in said.values() if isinstance(e.what, Score)]
                comments = tuple(sorted({s.comment for s in scores if s.comment}))
                items = _items(rubrics[kind], scores)
                found.append(Work(kind, topic, standings[who, topic], items, comments))
    return tuple(found)


def scored_page(course_title: str, name: str, topics: Mapping[str, str], done: Sequence[Work]) -> str:
    """One student's page. `topics` are headings by assignment: «Week 4 · Multilayer perceptrons»."""
    groups = [(kind, [_view(w, topics) for w in done if w.kind == kind]) for kind in KINDS]
    return (
        _environment()
        .get_template("scored.html.j2")
        .render(course=course_title, name=name, groups=[(kind, listed) for kind, listed in groups if listed], told=told)
    )


def write_scored_pages(course: Course, students: Iterable[str] = ()) -> tuple[Path, ...]:
    """Write `seminar/scored/<student>.html` (mode 0600) for `students`, or for everyone of whom something was scored.

    Raises CourseError: an unknown student, a rubric or a ledger that cannot be used.
    """
    from torchstone.collecting.roster import read_roster

    people, roster, entries = People(course), read_roster(course.roster), ledger.read(course)
    rubrics: dict[Kind, Rubric] = {kind: load_rubric(course, kind) for kind in KINDS}
    topics = {t.assignment: f"Week {t.week} · {t.title}" for t in course.topics}
    written = []
    for student in [people.student(s) for s in students] or people.students:
        done = works(rubrics, entries, student)
        found = roster.get(student)
        if done and found is not None:
            path = course.seminar / "scored" / f"{student}.html"
            write_private(path, scored_page(course.title, found.name or student, topics, done).encode())
            written.append(path)
    return tuple(written)


def _items(rubric: Rubric, scores: Sequence[Score]) -> tuple[ItemScore, ...]:
    told = [s.items for s in scores if s.items and s.rubric == rubric.fingerprint]
    if not told:
        return ()
    means = {item.id: fmean(items.get(item.id, 0.0) for items in told) for item in rubric.items}
    choices = rubric.choices
    shown = []
    for item in rubric.items:
        group = choices.get(item.group, ()) if item.exclusive else ()
        # Of choices those that were given; if none was, the one that gives most, with its 0.
        nothing = bool(group) and not any(means[other.id] for other in group)
        if not group or means[item.id] or (nothing and item.id == max(group, key=lambda i: i.points).id):
            shown.append(ItemScore(item.title, item.student_explanation, means[item.id], item.points))
    return tuple(shown)


def _view(work: Work, topics: Mapping[str, str]) -> dict[str, object]:
    return {
        "title": topics.get(work.topic, work.topic),
        "points": words.number(work.standing.points),
        "maximum": words.number(work.standing.maximum),
        "differs": work.standing.differs,
        "graders": len(work.standing.graders),
        "items": [
            (inline(i.title), inline(i.explanation), words.number(i.points), words.number(i.maximum))
            for i in work.items
        ],
        "comments": [visible(comment, COMMENT) for comment in work.comments],
    }


@cache
def _environment() -> Environment:
    return environment("torchstone.seminar")
