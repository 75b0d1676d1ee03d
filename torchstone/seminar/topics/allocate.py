"""`torchstone topics allocate`: from a course's roster and rankings to its allocation, receipt and publications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from torchstone.collecting.files import write_private
from torchstone.collecting.roster import Roster, read_roster
from torchstone.config import Course, Topic
from torchstone.errors import AllocationError, CourseError
from torchstone.secret import draw_key, load_or_create
from torchstone.seminar.allocation import Allocation, load_allocation, path_of, save_allocation
from torchstone.seminar.topics import publish
from torchstone.seminar.topics.problem import (
    EACH,
    KINDS,
    Answer,
    Fixed,
    Kind,
    Objectives,
    Person,
    Places,
    Problem,
)
from torchstone.seminar.topics.rankings import read_fixed, read_rankings
from torchstone.seminar.topics.receipt import Receipt, code, coded
from torchstone.seminar.topics.relax import smallest_change
from torchstone.seminar.topics.solve import Progress, Solution, solve

_RECEIPTS: Final = "topics-receipt-{}.json"


@dataclass(frozen=True)
class Given:
    """One participant's topics with their ranks (None: no ranking)."""

    student: str
    name: str
    code: str  #: stands for the participant in the receipt
    presentation: str
    notebooks: tuple[str, str, str]
    ranks: tuple[int | None, ...]  #: of the presentation, then of the notebooks
    kept: bool  #: had these topics before


@dataclass(frozen=True)
class Outcome:
    """What an allocation gave, and what was written."""

    given: tuple[Given, ...]
    objectives: Objectives
    model: str  #: SHA-256 of the problem in the receipt
    files: tuple[Path, ...]
    left: tuple[str, ...]  #: had topics and are not in the roster any more


def allocate(
    course: Course,
    rankings: Path,
    *,
    fixed: Path | None = None,
    seed: str | None = None,
    add: bool = False,
    anew: bool = False,
    unranked: bool = False,
    progress: Progress = lambda stage: None,
) -> Outcome:
    """Give one presentation and three other notebooks to everyone in the roster, and write the record of it.

    `fixed` is a sheet of what the instructor decided before. `seed` draws ties; without one it is the problem's own
    hash, so that nobody can choose. `add` gives topics to those who have none and moves nobody; `anew` replaces an
    allocation that stands; `unranked` lets people without a row take what remains.
    Raises CourseError (sheets, an allocation that stands), AllocationError (nothing fits: what is in the way, and the
    smallest change). On an error nothing is written.
    """
    before = _standing(course, add=add, anew=anew)
    roster, topics = read_roster(course.roster), given_out(course)
    sheet = read_rankings(rankings, roster, topics)
    lacking = [s for s in sheet.missing if before is None or s not in before.presentations]
    if lacking and not unranked:
        raise CourseError(
            f"{rankings} has no row for {', '.join(lacking)}; "
            "ask them, or let them take what remains with --unranked-take-the-rest"
        )
    ranked = {p.id: p for p in sheet.people}
    people = tuple(ranked.get(s.id, Person(s.id, {})) for s in roster)
    wishes = read_fixed(fixed, roster, topics) if fixed else frozenset()
    problem = _problem(course, people, topics, wishes, before)
    key = draw_key(load_or_create(course.secret_path), "topics").key
    codes = {p.id: code(key, p.id) for p in people}
    public = coded(problem, codes)
    seed = public.digest if seed is None else seed
    solution = solve(public, seed, progress)
    if solution is None:
        raise _nothing_fits(problem)
    receipt = Receipt(course.id, seed, public, solution)
    kept: Set[str] = frozenset() if before is None else before.presentations.keys() & codes.keys()
    given = _given(roster, codes, solution, ranked, kept)
    files = _write(course, receipt, given, topics)
    left = () if before is None else tuple(s for s in before.students if s not in codes)
    return Outcome(given, solution.objectives, public.digest, files, left)


def given_out(course: Course) -> tuple[Topic, ...]:
    """The topics that are given out, in the course's order."""
    weeks = course.settings.seminar.weeks
    return tuple(t for t in course.topics if weeks is None or t.week in weeks)


def _standing(course: Course, *, add: bool, anew: bool) -> Allocation | None:
    there = path_of(course).exists()
    if add:
        return load_allocation(course)
    if there and not anew:
        raise CourseError(
            f"topics were given out already ({path_of(course)}); "
            "--add gives topics to newcomers and moves nobody, --anew gives out everything again"
        )
    return None


def _problem(
    course: Course,
    people: tuple[Person, ...],
    topics: tuple[Topic, ...],
    wishes: frozenset[Fixed],
    before: Allocation | None,
) -> Problem:
    names = tuple(t.assignment for t in topics)
    kept = _kept(before, {p.id for p in people}) if before else frozenset()
    if before and (moved := sorted(w for w in wishes - kept if w.person in before.presentations)):
        wish = moved[0]
        raise CourseError(
            f"{wish.person} has topics already, so {wish.topic} as {wish.kind} cannot be fixed with --add"
        )
    places = {kind: _places(course, topics, kind, len(people)) for kind in KINDS}
    if before:  # nobody is moved: a topic that has more than its places keeps them, and none must be filled
        for kind in KINDS:
            have = Counter(f.topic for f in kept if f.kind == kind)
            places[kind] = {t: Places(0, max(p.most, have[t])) for t, p in places[kind].items()}
    return Problem(names, people, places, wishes | kept)


def _kept(before: Allocation, people: set[str]) -> frozenset[Fixed]:
    presented = {Fixed(s, "presentation", t) for s, t in before.presentations.items() if s in people}
    written = {Fixed(s, "notebook", t) for s, given in before.notebooks.items() if s in people for t in given}
    return frozenset(presented | written)


def _places(course: Course, topics: tuple[Topic, ...], kind: Kind, people: int) -> dict[str, Places]:
    """The places of each topic: its own numbers, else what those leave, as evenly as may be."""
    own: dict[str, Places] = {}
    for topic in topics:
        settings = course.settings.seminar.places.get(topic.week)
        pair = settings and (settings.presentations if kind == "presentation" else settings.notebooks)
        if pair:
            own[topic.assignment] = Places(*pair)
    free = [t.assignment for t in topics if t.assignment not in own]
    seats = people * EACH[kind]
    low = max(0, seats - sum(p.most for p in own.values()))
    high = max(0, seats - sum(p.least for p in own.values()))
    rest = {t: Places(low // len(free), -(-high // len(free))) for t in free}
    return {t.assignment: (own | rest)[t.assignment] for t in topics}


def _nothing_fits(problem: Problem) -> AllocationError:
    changes = smallest_change(problem)
    size = sum(c.size for c in changes)
    count = f"{size} change" + ("s" if size != 1 else "")
    words = "; ".join(c.words for c in changes)
    return AllocationError(
        f"no allocation keeps all places, days away and fixed topics. The smallest way out is {count}: {words}. "
        "Change `seminar` in course_config.py, the sheet's column `away`, or what is fixed."
    )


def _given(
    roster: Roster, codes: Mapping[str, str], solution: Solution, ranked: Mapping[str, Person], kept: Set[str]
) -> tuple[Given, ...]:
    answer: Answer = solution.answer
    rows = []
    for student in roster:
        (presentation,) = answer.presentation[codes[student.id]]
        first, second, third = answer.notebook[codes[student.id]]
        ranks = ranked[student.id].ranks if student.id in ranked else {}
        numbers = tuple(ranks.get(t) for t in (presentation, first, second, third))
        rows.append(
            Given(
                student.id,
                student.name,
                codes[student.id],
                presentation,
                (first, second, third),
                numbers,
                student.id in kept,
            )
        )
    return tuple(rows)


def _write(course: Course, receipt: Receipt, given: tuple[Given, ...], topics: tuple[Topic, ...]) -> tuple[Path, ...]:
    """Everything is made before anything is written; the allocation itself comes last and makes it stand."""
    allocation = Allocation({g.student: g.presentation for g in given}, {g.student: g.notebooks for g in given})
    number = 1 + len(list(course.seminar.glob(_RECEIPTS.format("*"))))
    alt = publish.alt_text(given, len(topics))
    picture = publish.picture(given, len(topics), alt)
    contents = {
        _RECEIPTS.format(number): receipt.dumps().encode(),
        "topics-staff.csv": publish.staff_table(given).encode(),
        "topics.csv": publish.table(given, topics).encode(),
        "topics.ics": publish.calendar(course, given, topics, datetime.now(UTC)),
        "topics.png": picture,
        "topics.html": publish.page(course, given, topics, receipt, picture, alt).encode(),
    }
    for name, data in contents.items():
        write_private(course.seminar / name, data)
    save_allocation(course, allocation)
    return (path_of(course), *(course.seminar / name for name in contents))
