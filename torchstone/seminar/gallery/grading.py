"""The same pages for graders: the notebooks of one topic, under the ids that their sheet has."""

from __future__ import annotations

from pathlib import Path

from torchstone.collecting.roster import read_roster
from torchstone.config import Course
from torchstone.messages import gallery as told
from torchstone.seminar.gallery.pages import Site
from torchstone.seminar.gallery.piece import Piece, piece, without_names
from torchstone.seminar.gallery.site import Built, headings, refuse_foreign, write_site
from torchstone.seminar.people import People, anonymous_ids
from torchstone.seminar.shared import LeftOut, shared_notebooks


def build_for_grading(course: Course, topic: str, to: Path, *, anonymous: bool = False) -> Built:
    """Write the notebooks of `topic` as a site into the folder `to`, private, by id; due or not.

    `anonymous` puts the neutral ids of `sheet(…, anonymous=True)` in place of the students', and takes out of the texts
    what the roster knows of their authors. Raises CourseError; `to` is then as it was.
    """
    to, topic = to.resolve(), People(course).topic(topic)
    refuse_foreign(to)
    roster = read_roster(course.roster)
    shared, left_out = shared_notebooks(course)
    shared = tuple(one for one in shared if one.topic == topic)
    ids = {one.student: one.student for one in shared}
    if anonymous:
        ids = dict(anonymous_ids(course, "notebook", topic, ids))
    pieces: list[Piece] = []
    gone = [one for one in left_out if one.topic == topic]
    for one in shared:
        student = roster.get(one.student)
        if student is None:
            gone.append(LeftOut(one.student, topic, f"its author is not in {course.roster.name}"))
            continue
        notebook = without_names(one.notebook, student) if anonymous else one.notebook
        name = ids[one.student]
        fallback = told.untitled(course.topic(topic).title.lower())
        pieces.append(piece(notebook, slug=name, author=name, topic=topic, fallback=fallback, whole=one.own))
    found = tuple(sorted(pieces, key=lambda p: p.slug))
    write_site(to, Site(course.title, told.for_graders(), headings(course)), found, private=True)
    return Built(to, found, tuple(gone))
