"""What an allocation is told by: a table, a calendar, a picture of the ranks, and a page with all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from icalendar import Calendar, Event

from torchstone.config import Course, Topic
from torchstone.kit.plots import COLOURS, MARKERS
from torchstone.seminar import pages
from torchstone.seminar.table import table_text

if TYPE_CHECKING:
    from torchstone.seminar.topics.allocate import Given
    from torchstone.seminar.topics.receipt import Receipt

#: Up to this many people, the picture has a row for each.
_BY_PERSON: Final = 60
#: No statistic over fewer people: it would speak of persons.
SMALLEST_CLASS: Final = 5
_KINDS: Final = ("presentation", "notebooks")
_NOTEBOOK: Final = ("notebook", "notebook_rank")


def table(given: Sequence[Given], topics: Sequence[Topic]) -> str:
    """Who has which topics, as CSV; ranks are nobody else's business and are left out."""
    by_name = {t.assignment: t for t in topics}
    columns = ["id", "name", "presentation", "date", "title", "notebook_1", "notebook_2", "notebook_3"]
    rows = []
    for g in given:
        topic = by_name[g.presentation]
        rows.append([g.student, g.name, g.presentation, topic.date.isoformat(), topic.title, *g.notebooks])
    return table_text(columns, rows)


def staff_table(given: Sequence[Given]) -> str:
    """For staff: each participant's code in the receipt, to be told to nobody else, and the ranks of what was given."""
    columns = ["id", "name", "code", "presentation", "rank", *(f"{n}_{k}" for k in (1, 2, 3) for n in _NOTEBOOK)]
    rows = []
    for g in given:
        first, *others = ("" if r is None else str(r) for r in g.ranks)
        notebooks = [text for pair in zip(g.notebooks, others, strict=True) for text in pair]
        rows.append([g.student, g.name, g.code, g.presentation, first, *notebooks])
    return table_text(columns, rows)


def calendar(course: Course, given: Sequence[Given], topics: Sequence[Topic], now: datetime) -> bytes:
    """An iCalendar file (RFC 5545): each session with those who present, each deadline with those who write.

    A session is a whole day, since the configuration knows no hours; a deadline is an instant in UTC, so that no
    calendar has to know the course's time zone.
    """
    made = Calendar()
    made.add("prodid", "-//torchstone//topics//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", course.title)
    for topic in topics:
        name = topic.assignment
        presenting = [g.name or g.student for g in given if g.presentation == name]
        writing = [g.name or g.student for g in given if name in g.notebooks]
        session = Event()
        session.add("uid", f"{name}-session@{course.id}")
        session.add("dtstamp", now)
        session.add("dtstart", topic.date)
        session.add("dtend", topic.date + timedelta(days=1))
        session.add("summary", f"{name}: {topic.title}")
        session.add("description", f"Presented by {', '.join(presenting) or 'nobody'}. Reading: {topic.reading}.")
        deadline = Event()
        deadline.add("uid", f"{name}-notebooks@{course.id}")
        deadline.add("dtstamp", now)
        deadline.add("dtstart", course.due(name).astimezone(UTC))
        deadline.add("summary", f"{name}: notebooks due")
        deadline.add("description", f"Exploration by {', '.join(writing) or 'nobody'}.")
        made.add_component(session)
        made.add_component(deadline)
    data: bytes = made.to_ical()
    return data


def alt_text(given: Sequence[Given], topics: int) -> str:
    """What the picture of the ranks shows, in words."""
    said = []
    for kind, ranks in zip(_KINDS, _ranks(given), strict=True):
        if len(ranks) < SMALLEST_CLASS:
            return f"Too few people ranked the topics for a picture (fewer than {SMALLEST_CLASS})."
        favourite = sum(r == 1 for r in ranks) if kind == "presentation" else sum(r <= 3 for r in ranks)
        first = "their first choice" if kind == "presentation" else "among someone's first three choices"
        share = f"{favourite} of {len(ranks)}"
        said.append(f"{kind}: {share} are {first}, the worst rank is {max(ranks)} of {topics}")
    return f"How the topics that people were given had been ranked. {'; '.join(said)}."


def picture(given: Sequence[Given], topics: int, alt: str) -> bytes:
    """Which rank of their list people were given: a row each for a seminar, counts for a lecture. PNG."""
    # By code: in the roster's order a row would tell whose it is.
    ranked = sorted((g for g in given if g.ranks[0] is not None), key=lambda g: g.code)
    fig, ax = pages.figure(7.2, 1.6 + 0.17 * len(ranked) if len(ranked) <= _BY_PERSON else 3.6)
    if len(ranked) < SMALLEST_CLASS:
        ax.set_axis_off()
        ax.text(0.5, 0.5, alt, ha="center", va="center", wrap=True)
        return pages.png(fig, "Ranks of the topics given", alt)
    if len(ranked) <= _BY_PERSON:
        for row, g in enumerate(ranked):
            ax.plot([r for r in g.ranks if r], [row] * 4, color="lightgray", linewidth=1, zorder=1)
        for number, kind in enumerate(_KINDS):
            points = [(r, row) for row, g in enumerate(ranked) for r in _of_kind(g, kind)]
            cue = {"color": COLOURS[number], "marker": MARKERS[number]}
            ax.scatter([x for x, _ in points], [y for _, y in points], s=26, label=kind, zorder=2, **cue)
        ax.set_yticks(range(len(ranked)), [g.code for g in ranked], fontsize=7, family="monospace")
        ax.invert_yaxis()
        ax.set_ylabel("participant (code of the receipt)")
    else:
        for number, (kind, ranks) in enumerate(zip(_KINDS, _ranks(given), strict=True)):
            counts = Counter(ranks)
            at = [r + 0.4 * (number - 0.5) for r in range(1, topics + 1)]
            cue = {"color": COLOURS[number], "hatch": ("", "//")[number], "edgecolor": "white"}
            ax.bar(at, [counts[r] for r in range(1, topics + 1)], 0.38, label=kind, **cue)
        ax.set_ylabel("topics given")
    ax.set_xticks(range(1, topics + 1))
    ax.set_xlim(0.4, topics + 0.6)
    ax.set_xlabel("rank in the participant's own list (1: favourite)")
    ax.legend(loc="lower right", frameon=False)
    return pages.png(fig, "Ranks of the topics given", alt)


def page(
    course: Course, given: Sequence[Given], topics: Sequence[Topic], receipt: Receipt, picture: bytes, alt: str
) -> str:
    """The page for the class: who presents when, who writes about what, how well the lists could be met, and what the
    receipt is known by.
    """
    rows = [
        {
            "topic": t,
            "presenting": [g.name or g.student for g in given if g.presentation == t.assignment],
            "writing": [g.name or g.student for g in given if t.assignment in g.notebooks],
        }
        for t in topics
    ]
    template = pages.environment().get_template("topics.html.j2")
    return template.render(course=course.title, people=len(given), rows=rows, receipt=receipt, picture=picture, alt=alt)


def _of_kind(given: Given, kind: str) -> tuple[int, ...]:
    ranks = given.ranks[:1] if kind == "presentation" else given.ranks[1:]
    return tuple(r for r in ranks if r is not None)


def _ranks(given: Sequence[Given]) -> Iterator[list[int]]:
    for kind in _KINDS:
        yield [r for g in given for r in _of_kind(g, kind)]
