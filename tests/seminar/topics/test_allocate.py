"""Topics of a course: given out, published, added to, verified; nothing half-written."""

import csv
import io
import json
import stat
from collections import Counter

import icalendar
import pytest
from click.testing import CliRunner
from PIL import Image

from torchstone import config
from torchstone.cli._main import torchstone
from torchstone.config import Course
from torchstone.errors import AllocationError, CourseError
from torchstone.seminar.allocation import load_allocation
from torchstone.seminar.topics.allocate import allocate
from torchstone.seminar.topics.receipt import read_receipt, verify


def files(course):
    return {p.relative_to(course.root): p.read_bytes() for p in course.root.rglob("*") if p.is_file()}


def test_everyone_gets_a_presentation_and_three_others_and_it_is_written(course, sheet):
    outcome = allocate(course, sheet())
    allocation = load_allocation(course)
    assert allocation.students == tuple(f"s{n:02d}" for n in range(1, 13))
    for student, topics in allocation.notebooks.items():
        assert len({*topics, allocation.presentations[student]}) == 4
        assert list(topics) == sorted(topics)
    assert max(Counter(allocation.presentations.values()).values()) == 1
    assert set(Counter(t for three in allocation.notebooks.values() for t in three).values()) <= {2, 3}
    for path in outcome.files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_table_and_the_calendar_say_the_same(course, sheet):
    allocate(course, sheet())
    allocation = load_allocation(course)
    rows = list(csv.DictReader(io.StringIO((course.seminar / "topics.csv").read_text())))
    assert {r["id"]: r["presentation"] for r in rows} == allocation.presentations
    assert {r["id"]: (r["notebook_1"], r["notebook_2"], r["notebook_3"]) for r in rows} == allocation.notebooks
    data = (course.seminar / "topics.ics").read_bytes()
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    events = {str(e["uid"]): e for e in icalendar.Calendar.from_ical(data).walk("VEVENT")}
    assert len(events) == 28
    names = {r["id"]: r["name"] for r in rows}
    for student, topic in allocation.presentations.items():
        event = events[f"{topic}-session@{course.id}"]
        assert event["dtstart"].dt == course.topic(topic).date
        assert names[student] in event["description"]
        assert events[f"{topic}-notebooks@{course.id}"]["dtstart"].dt == course.due(topic)


def test_the_picture_has_its_words(course, sheet):
    allocate(course, sheet())
    with Image.open(course.seminar / "topics.png") as picture:
        alt = picture.info["Description"]
    assert "of 12 are their first choice" in alt
    page = (course.seminar / "topics.html").read_text()
    assert f'alt="{alt}"' in page.replace("&#39;", "'")
    assert "<script" not in page
    assert "img-src data:" in page


def test_staff_have_the_codes_and_ranks(course, sheet):
    outcome = allocate(course, sheet())
    rows = list(csv.DictReader(io.StringIO((course.seminar / "topics-staff.csv").read_text())))
    assert [(r["id"], r["code"]) for r in rows] == [(g.student, g.code) for g in outcome.given]
    assert [(int(r["rank"]), int(r["notebook_rank_3"])) for r in rows] == [
        (g.ranks[0], g.ranks[3]) for g in outcome.given
    ]
    assert outcome.model in (course.seminar / "topics.html").read_text()


def test_the_order_of_the_pictures_rows_tells_nobodys_name(course, sheet, monkeypatch):
    from matplotlib.axes import Axes

    labels = []
    monkeypatch.setattr(Axes, "set_yticks", lambda self, ticks, names=(), **more: labels.extend(names))
    codes = [g.code for g in allocate(course, sheet()).given]
    assert labels == sorted(codes) != codes


def test_no_rank_of_anybody_is_in_what_the_class_reads(course, sheet):
    outcome = allocate(course, sheet())
    for g in outcome.given:
        assert g.code not in (course.seminar / "topics.csv").read_text()
        assert g.code not in (course.seminar / "topics.html").read_text()
        assert g.student not in (course.seminar / "topics-receipt-1.json").read_text()


def test_the_receipt_holds_and_every_change_of_it_shows(course, sheet, tmp_path):
    allocate(course, sheet())
    path = course.seminar / "topics-receipt-1.json"
    assert "everyone gets the same topics" in verify(read_receipt(path))[-1]
    content = json.loads(path.read_text())
    first, second = list(content["answer"])[:2]

    def changed(change):
        other = json.loads(path.read_text())
        change(other)
        (tmp_path / "receipt.json").write_text(json.dumps(other))
        return read_receipt(tmp_path / "receipt.json")

    def swap(c):
        c["answer"][first], c["answer"][second] = c["answer"][second], c["answer"][first]

    def better(c):
        c["stages"]["total"] -= 1

    def model(c):
        c["model"]["people"][0]["ranks"].reverse()

    with pytest.raises(AllocationError):
        verify(changed(swap))
    with pytest.raises(AllocationError, match="the receipt says"):
        verify(changed(better))
    with pytest.raises(CourseError, match="not the one that was hashed"):
        changed(model)
    with pytest.raises(CourseError, match="no receipt"):
        changed(lambda c: c.pop("stages"))


def test_an_allocation_that_is_not_the_best_is_found_out(course, sheet, tmp_path):
    """Two people swap to their disadvantage, and the receipt is made to agree with itself."""
    from torchstone.seminar.topics.problem import Answer, objectives
    from torchstone.seminar.topics.receipt import Receipt
    from torchstone.seminar.topics.solve import Solution

    allocate(course, sheet())
    good = read_receipt(course.seminar / "topics-receipt-1.json")
    given = good.solution.answer
    people = sorted(given.presentation)
    for one in people:
        for other in people:
            turned = {**given.presentation, one: given.presentation[other], other: given.presentation[one]}
            answer = Answer(turned, given.notebook)
            forged = Receipt(
                "x", good.seed, good.problem, Solution(answer, objectives(good.problem, answer, good.seed))
            )
            if one != other:
                with pytest.raises(AllocationError, match=r"solved again the best has|breaks a rule"):
                    verify(forged)
                return


def test_the_same_sheet_gives_the_same_and_what_stands_is_not_replaced(course, sheet):
    first = allocate(course, sheet())
    before = files(course)
    with pytest.raises(CourseError, match="given out already"):
        allocate(course, sheet())
    assert files(course) == before
    assert allocate(course, sheet(), anew=True).given == first.given
    assert allocate(course, sheet(lambda rows: rows[1:].reverse()), anew=True).given == first.given


def test_newcomers_are_added_and_nobody_is_moved(course, sheet):
    roster = course.roster.read_text()
    course.roster.write_text("\n".join(roster.splitlines()[:10]) + "\n")
    allocate(course, sheet(people=9))
    before = load_allocation(course)
    course.roster.write_text(roster)
    outcome = allocate(course, sheet(lambda rows: rows.__delitem__(slice(1, 10))), add=True)
    after = load_allocation(course)
    assert {s: after.presentations[s] for s in before.students} == before.presentations
    assert {s: after.notebooks[s] for s in before.students} == before.notebooks
    assert [g.student for g in outcome.given if not g.kept] == ["s10", "s11", "s12"]
    assert max(Counter(after.presentations.values()).values()) == 1
    for number in (1, 2):
        verify(read_receipt(course.seminar / f"topics-receipt-{number}.json"))


def test_who_left_gives_the_topics_back(course, sheet):
    allocate(course, sheet())
    course.roster.write_text("\n".join(course.roster.read_text().splitlines()[:12]) + "\n")
    assert allocate(course, sheet(people=11), add=True).left == ("s12",)
    assert "s12" not in load_allocation(course).students


def test_who_ranked_nothing_is_named_or_takes_what_remains(course, sheet):
    with pytest.raises(CourseError, match="no row for s11, s12"):
        allocate(course, sheet(people=10))
    outcome = allocate(course, sheet(people=10), unranked=True)
    assert outcome.given[-1].ranks == (None, None, None, None)


def test_fixed_topics_and_days_away_are_kept(course, sheet, tmp_path):
    fixed = tmp_path / "fixed.csv"
    fixed.write_text("id,kind,topic\ns01,presentation,week14\ns02,notebook,week01\n")
    weeks = " ".join(f"week{n:02d}" for n in range(1, 14) if n != 3)
    allocate(course, sheet(lambda rows: rows[5].__setitem__(2, weeks)), fixed=fixed)
    allocation = load_allocation(course)
    assert allocation.presentations["s01"] == "week14"
    assert "week01" in allocation.notebooks["s02"]
    assert allocation.presentations["s05"] == "week03"  # week14 is s01's


def test_where_nothing_fits_the_person_in_the_way_is_named_and_nothing_is_written(course, sheet):
    weeks = " ".join(t.assignment for t in course.topics)
    path = sheet(lambda rows: rows[5].__setitem__(2, weeks))
    allocate_before = files(course)
    with pytest.raises(
        AllocationError, match=r"The smallest way out is 1 change: s05 presents week\d\d and is not away"
    ):
        allocate(course, path)
    assert {p: b for p, b in files(course).items() if ".torchstone" not in str(p)} == allocate_before


def test_places_of_a_week_come_from_the_configuration(course, sheet):
    settings = course.settings.model_dump()
    settings["seminar"] = {"weeks": tuple(range(2, 15)), "places": {13: {"presentations": (2, 3), "notebooks": (0, 0)}}}
    course = Course(course.root, config.parse(settings))

    def without_week_1(rows):
        for row in rows:
            del row[3]
        for row in rows[1:]:
            order = sorted(range(3, 16), key=lambda c: int(row[c]))
            for rank, column in enumerate(order, 1):
                row[column] = str(rank)

    allocate(course, sheet(without_week_1))
    allocation = load_allocation(course)
    presented = Counter(allocation.presentations.values())
    assert 2 <= presented["week13"] <= 3
    assert "week01" not in presented
    assert "week13" not in {t for three in allocation.notebooks.values() for t in three}


def test_the_command_line(course, sheet, tmp_path):
    run = CliRunner()
    there = ["--course", str(course.root)]
    written = run.invoke(torchstone, ["topics", "template", *there, "--to", str(tmp_path / "new.csv")])
    assert written.exit_code == 0
    assert (tmp_path / "new.csv").read_bytes().startswith(b"\xef\xbb\xbfid,name,away,week01 ")
    with pytest.raises(CourseError, match="there already"):
        run.invoke(
            torchstone,
            ["topics", "template", *there, "--to", str(tmp_path / "new.csv")],
            standalone_mode=False,
            catch_exceptions=False,
        )
    done = run.invoke(torchstone, ["topics", "allocate", str(sheet()), *there])
    assert done.exit_code == 0
    assert "none of them can be smaller" in done.output
    done = run.invoke(torchstone, ["topics", "allocate", str(sheet()), *there, "--anew", "--json"])
    assert len(json.loads(done.output)["given"]) == 12
    checked = run.invoke(torchstone, ["topics", "verify", str(course.seminar / "topics-receipt-1.json")])
    assert checked.exit_code == 0
    assert checked.output.count("✓") == 4
