"""`torchstone feedback`: the pages of one assignment, for everyone who was graded and for the staff."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchstone.errors import CourseError
from torchstone.feedback.made import MadePages, source_of
from torchstone.feedback.page import ClassLine, class_line
from torchstone.feedback.render import Job, render
from torchstone.feedback.write import beside_is, exchange_secret, staff_href, write_class_page

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.model import StudentReport

#: Told as work goes on: what is being done, how many are done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Written:
    """What lies there now."""

    pages: Mapping[str, Path]  #: each student's page, by student id
    index: Path  #: the class's page, for staff
    staff: tuple[Path, ...]  #: the staff pages that it links to
    made: int  #: how many of these had to be made; the others stood as they are

    @property
    def all(self) -> tuple[Path, ...]:
        return (*self.pages.values(), self.index, *self.staff)


def write_feedback(
    course: Course,
    assignment: str,
    students: Iterable[str] = (),
    *,
    jobs: int = 1,
    progress: Progress = lambda what, done, total: None,
) -> Written:
    """Write a page for each student with a submission in the gradebook (or only for `students`), and the staff pages.

    Students' pages go to `feedback/<student>/<assignment>/<assignment>.html`, the staff's to
    `feedback/<assignment>.html` and the folder beside it; those always cover the whole class. A page is made only if
    what it is made from, or what lies there, has changed. Many pages are made by `jobs` processes. Nothing is graded.

    Raises CourseError (an unknown assignment or student, nobody graded, a folder that cannot be written),
    GradebookError, StoreError, SecretError.
    """
    from torchstone.batch import GradingService
    from torchstone.gradebook.book import open_book  # only now: it loads nbgrader
    from torchstone.gradebook.report import Reports

    with GradingService(course) as service, open_book(course) as book:
        reports = Reports(course, assignment, service.store, book)
        everyone = reports.everyone()
        submitted = [student for student, handed_in in everyone.items() if handed_in]
        if not submitted:
            raise CourseError(f"nobody has been graded in {assignment} yet; run `torchstone grade {assignment}`")
        chosen = tuple(students) or tuple(submitted)
        if unknown := [student for student in chosen if not everyone.get(student)]:
            raise CourseError(f"{', '.join(unknown)} has no graded {assignment}; there are {', '.join(submitted)}")
        run = _Run(course, assignment, frozenset(chosen))
        made = 0
        try:
            for done in render(run.jobs(reports.of(everyone), len(everyone), progress), jobs):
                made += run.note(done.student, done.page, done.staff)
        finally:  # also of a run that is stopped: what it made is not made again
            run.made.write()
    write_class_page(run.lines, run.index)
    pages = {student: run.page(student) for student in chosen}
    staff = tuple(run.index.parent / line.href for line in run.lines)
    return Written(pages, run.index, staff, made)


class _Run:
    """The pages of one run. In memory of a student: a line of the class's page."""

    def __init__(self, course: Course, assignment: str, chosen: Collection[str]) -> None:
        self._course, self._assignment, self._chosen = course, assignment, chosen
        self.index = course.feedback / f"{assignment}.html"
        self.made = MadePages.load(course.state / "pages" / f"{assignment}.json")
        self.lines: list[ClassLine] = []
        self._sources: dict[str, tuple[str, str]] = {}  # of the pages that are being made

    def page(self, student: str) -> Path:
        return self._course.feedback / student / self._assignment / f"{self._assignment}.html"

    def jobs(self, reports: Iterable[StudentReport], total: int, progress: Progress) -> Iterator[Job]:
        """Whoever has a page that must be made."""
        for number, report in enumerate(reports, 1):
            self.lines.append(class_line(report, staff_href(report, self.index)))
            job = self._job(report)
            if job.directory or job.index:
                yield job
            progress("writing pages", number, total)

    def _job(self, report: StudentReport) -> Job:
        student, href = report.student, self.lines[-1].href
        secret = exchange_secret(self._course.submitted / student / self._assignment)
        sources = self._sources[student] = source_of(report, "student", secret), source_of(report, "staff")
        page, staff = self.page(student), self.index.parent / href
        kept = student not in self._chosen or (
            beside_is(page.parent, secret) and self.made.stands(f"{student}/page", sources[0], page)
        )
        known = self.made.stands(f"{student}/staff", sources[1], staff)
        return Job(report, None if kept else page.parent, secret, None if known else self.index)

    def note(self, student: str, page: str, staff: str) -> int:
        """Keep the record of what was made; gives how many pages that were."""
        for kind, source, digest in zip(("page", "staff"), self._sources[student], (page, staff), strict=True):
            if digest:
                self.made.note(f"{student}/{kind}", source, digest)
        return len([digest for digest in (page, staff) if digest])
