"""`torchstone gallery`: the whole site into one folder, in one step."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from torchstone.collecting.roster import Roster, read_roster
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.messages import gallery as told
from torchstone.seminar.gallery.pages import Site, authors_page, index_page, notebook_page
from torchstone.seminar.gallery.piece import Piece, natural, piece, without_names
from torchstone.seminar.people import anonymous_ids
from torchstone.seminar.shared import Consent, LeftOut, Shared, consents, shared_notebooks

Audience = Literal["class", "public"]
Progress = Callable[[str, int, int], None]

#: Marks a folder as a gallery of ours, which may be written anew, and lists the files that we wrote.
MARKER: Final = ".torchstone-gallery"
#: What file managers leave behind.
_NOBODYS: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Built:
    """What the site holds, and what it does not and why."""

    to: Path
    pieces: tuple[Piece, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def index(self) -> Path:
        return self.to / "index.html"


def build(
    course: Course,
    to: Path,
    *,
    audience: Audience = "class",
    anonymous: bool = False,
    early: bool = False,
    now: datetime | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Built:
    """Write the site into the folder `to`, which is empty, missing, or a gallery of ours.

    `audience` "public" holds only notebooks whose authors agreed to go beyond the class. `anonymous` takes every
    author's name out, not only of those who asked for it. A notebook whose topic is not due yet is left out, unless
    `early`. Raises CourseError; `to` is then as it was.
    """
    to = to.resolve()
    refuse_foreign(to)
    shared, left_out = shared_notebooks(course)
    allowed, kept_back = _allowed(course, shared, audience, early=early, now=now or datetime.now(UTC))
    pieces = _pieces(course, allowed, progress, anonymous=anonymous)
    topics = headings(course)
    order = list(topics)
    pieces = tuple(sorted(pieces, key=lambda p: (order.index(p.topic), natural(p.title), natural(p.author), p.slug)))
    write_site(to, Site(course.title, told.audience(audience), topics), pieces, private=audience == "class")
    return Built(to, pieces, (*left_out, *kept_back))


def _allowed(
    course: Course, shared: Iterable[Shared], audience: Audience, *, early: bool, now: datetime
) -> tuple[list[Shared], list[LeftOut]]:
    roster, said = read_roster(course.roster), consents(course)
    topics = {t.assignment for t in course.topics}
    allowed: list[Shared] = []
    kept_back: list[LeftOut] = []
    for one in shared:
        reason = ""
        if roster.get(one.student) is None:
            reason = f"its author is not in {course.roster.name}"
        elif one.topic not in topics:
            reason = "the course has no such topic"
        elif not early and course.due(one.topic) > now:
            reason = f"its topic is due on {course.due(one.topic):%Y-%m-%d %H:%M}"
        elif audience == "public" and not said.get(one.student, Consent()).beyond:
            reason = "its author has not agreed to share it beyond the class"
        if reason:
            kept_back.append(LeftOut(one.student, one.topic, reason))
        else:
            allowed.append(one)
    return allowed, kept_back


def _pieces(course: Course, shared: list[Shared], progress: Progress, *, anonymous: bool) -> tuple[Piece, ...]:
    roster, said = read_roster(course.roster), consents(course)
    found = []
    for done, one in enumerate(shared):
        progress("rendering", done, len(shared))
        hide = anonymous or said.get(one.student, Consent()).anonymous
        found.append(_piece(course, one, roster, hide=hide))
    return tuple(found)


def _piece(course: Course, one: Shared, roster: Roster, *, hide: bool) -> Piece:
    student = roster.get(one.student)
    assert student is not None  # `_allowed` has seen to it
    notebook, author, name = one.notebook, student.name or student.id, student.id
    if hide:
        notebook, author = without_names(notebook, student), told.anonymous()
        name = anonymous_ids(course, "gallery", one.topic, [student.id])[student.id]
    title = told.untitled(course.topic(one.topic).title.lower())
    return piece(notebook, slug=f"{one.topic}-{name}", author=author, topic=one.topic, fallback=title, whole=one.own)


def headings(course: Course) -> dict[str, str]:
    """What each topic is called, by assignment, in the course's order."""
    return {t.assignment: f"Week {t.week} · {t.title}" for t in course.topics}


def refuse_foreign(to: Path) -> None:
    """Raises CourseError for a folder that is not empty, missing, or a site of ours as we wrote it."""
    if to.is_symlink() or (to.exists() and not to.is_dir()):
        raise CourseError(f"{to} is not a folder")
    if not to.exists() or not any(to.iterdir()):
        return
    try:
        ours = set((to / MARKER).read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        raise CourseError(f"{to} is not empty and not a gallery of ours; name an empty folder") from None
    for path in sorted(to.rglob("*")):
        if not path.is_dir() and path.name not in _NOBODYS and path.relative_to(to).as_posix() not in ours:
            raise CourseError(f"{path} was added to the gallery, which is written anew as a whole; move it away first")


def write_site(to: Path, site: Site, pieces: tuple[Piece, ...], *, private: bool) -> None:
    """Beside the place first, then renamed: a reader finds the old site or the new one."""
    folder, file = (0o700, 0o600) if private else (0o755, 0o644)
    building: Path | None = None
    before: Path | None = None
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".torchstone-gallery-", dir=to.parent))
        (building / "notebooks").mkdir()
        texts = {"index.html": index_page(site, pieces), "authors.html": authors_page(site, pieces)}
        for number, one in enumerate(pieces):
            texts[f"notebooks/{one.slug}.html"] = notebook_page(site, pieces, number)
            texts[f"notebooks/{one.slug}.ipynb"] = one.download
        texts[MARKER] = "".join(f"{name}\n" for name in (MARKER, *texts))
        for name, text in texts.items():
            path = building / name
            path.write_text(text, encoding="utf-8", newline="\n")
            path.chmod(file)
        for path in (building / "notebooks", building):
            path.chmod(folder)
        if to.exists():
            before = Path(tempfile.mkdtemp(prefix=".torchstone-gallery-", dir=to.parent))
            to.rename(before / "old")
        building.rename(to)
    except OSError as e:
        if before is not None and not to.exists():
            (before / "old").rename(to)
        raise CourseError(f"{to} cannot be written: {e.strerror}. Check the disk and its permissions.") from None
    finally:
        for folder_left in (building, before):
            if folder_left is not None:
                shutil.rmtree(folder_left, ignore_errors=True)
