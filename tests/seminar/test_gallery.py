"""The gallery as a folder: what is in it, what is not and why, and how a browser meets it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from torchstone.errors import CourseError, UnreadableNotebook
from torchstone.notebook import read
from torchstone.seminar.allocation import Allocation, save_allocation
from torchstone.seminar.gallery import build, build_for_grading
from torchstone.seminar.shared import Consent, LeftOut, consents, set_consent, share, shared_notebooks
from torchstone.seminar.sheet import sheet

from .browser import browser
from .notebooks import code, friendly, hostile, notebook, text

AFTER = datetime(2022, 2, 1, tzinfo=UTC)


@pytest.fixture
def shared(course):
    """Three authors, four notebooks; s02 wants no name, s03 goes beyond the class."""
    for student, topic in (("s01", "week04"), ("s02", "week04"), ("s03", "week04"), ("s03", "week11")):
        name = f"First{student[1:]} Last{student[1:]}"
        share(course, student, topic, friendly(f"Valleys by {student}", f"Written by {name} ({student}@example.org)."))
    set_consent(course, "s02", Consent(anonymous=True), "i1")
    set_consent(course, "s03", Consent(beyond=True), "i1")
    return course


def everything(folder):
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_class_sees_all_with_their_topics_and_authors(shared, tmp_path):
    built = build(shared, tmp_path / "site", now=AFTER)
    assert [(p.topic, p.author) for p in built.pieces] == [
        ("week04", "Anonymous"),
        ("week04", "First01 Last01"),
        ("week04", "First03 Last03"),
        ("week11", "First03 Last03"),
    ]
    index = built.index.read_text()
    assert "Week 4 · Multilayer perceptrons" in index
    assert "Week 11 · Optimization algorithms" in index
    assert "Week 5" not in index
    assert (tmp_path / "site").stat().st_mode & 0o777 == 0o700
    assert built.index.stat().st_mode & 0o777 == 0o600


def test_an_author_who_wants_no_name_is_named_nowhere(shared, tmp_path):
    build(shared, tmp_path / "site", now=AFTER)
    files = everything(tmp_path / "site")
    for name, content in files.items():
        for trace in ("First02", "Last02", "s02@example.org", "week04-s02", "s02"):
            assert trace not in name
            assert trace not in content, name


def test_names_go_as_whole_words_and_words_stay(course, tmp_path):
    course.roster.write_text("id,last_name,first_name,email\nw1,Li,Will,\nw2,Last02,First02,\n")
    share(course, "w1", "week04", friendly("Will it, will it?", "Will Li and Li Will will lie about Lithium, WILL LI."))
    set_consent(course, "w1", Consent(anonymous=True), "i1")
    (one,) = build(course, tmp_path / "site", now=AFTER).pieces
    text = str(one.blocks[0])
    assert "anonymous and anonymous will lie about Lithium, anonymous." in text
    assert one.title == "anonymous it, will it?"


def test_who_left_the_class_is_left_out_and_stops_nobody(shared, tmp_path):
    rows = shared.roster.read_text().splitlines()
    shared.roster.write_text("\n".join(row for row in rows if not row.startswith("s01")) + "\n")
    built = build(shared, tmp_path / "site", now=AFTER)
    assert LeftOut("s01", "week04", "its author is not in roster.csv") in built.left_out
    assert len(built.pieces) == 3


def test_all_can_be_without_names(shared, tmp_path):
    built = build(shared, tmp_path / "site", anonymous=True, now=AFTER)
    assert {p.author for p in built.pieces} == {"Anonymous"}
    content = "".join(everything(tmp_path / "site").values())
    assert not any(trace in content for n in (1, 2, 3) for trace in (f"Last{n:02d}", f"s{n:02d}@"))


def test_beyond_the_class_go_only_those_who_agreed(shared, tmp_path):
    built = build(shared, tmp_path / "site", audience="public", now=AFTER)
    assert {p.author for p in built.pieces} == {"First03 Last03"}
    assert {(o.student, o.reason) for o in built.left_out} == {
        (s, "its author has not agreed to share it beyond the class") for s in ("s01", "s02")
    }
    assert all("Last01" not in content for content in everything(tmp_path / "site").values())
    assert built.index.stat().st_mode & 0o777 == 0o644


def test_a_topic_that_is_not_due_yet_is_kept_back(shared, tmp_path):
    now = datetime(2021, 11, 1, tzinfo=UTC)
    built = build(shared, tmp_path / "site", now=now)
    assert {p.topic for p in built.pieces} == {"week04"}
    assert [(o.topic, o.reason) for o in built.left_out] == [("week11", "its topic is due on 2021-12-06 23:59")]
    assert len(build(shared, tmp_path / "site", now=now, early=True).pieces) == 4


def test_a_folder_of_somebody_elses_is_left_alone(shared, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")
    with pytest.raises(CourseError, match="not empty and not a gallery of ours"):
        build(shared, folder, now=AFTER)
    assert (folder / "thesis.tex").read_text() == "years of work"


def test_graders_read_under_the_ids_of_their_sheet(shared, tmp_path):
    built = build_for_grading(shared, "4", tmp_path / "read", anonymous=True)
    rows = csv.DictReader(io.StringIO(sheet(shared, "notebook", "week04", "ta1", anonymous=True)))
    assert {p.slug for p in built.pieces} < {row["student"] for row in rows}
    content = "".join(everything(tmp_path / "read").values())
    assert not any(trace in content for n in (1, 2, 3) for trace in (f"Last{n:02d}", f"s{n:02d}@"))
    assert not any(f"s{n:02d}" in name for name in everything(tmp_path / "read") for n in (1, 2, 3))
    named = build_for_grading(shared, "week04", tmp_path / "named")
    assert {p.author for p in named.pieces} == {"s01", "s02", "s03"}


def test_what_was_put_into_a_gallery_is_not_lost(shared, tmp_path):
    built = build(shared, tmp_path / "site", now=AFTER)
    added = built.to / "notebooks" / "notes.txt"
    added.write_text("read these first")
    with pytest.raises(CourseError, match=r"notes\.txt was added"):
        build(shared, tmp_path / "site", now=AFTER)
    assert added.read_text() == "read these first"


def test_a_gallery_is_written_anew_and_whole(shared, tmp_path):
    build(shared, tmp_path / "site", now=AFTER)
    first = everything(tmp_path / "site")
    (shared.seminar / "notebooks" / "week11" / "s03.ipynb").unlink()
    build(shared, tmp_path / "site", now=AFTER)
    second = everything(tmp_path / "site")
    assert set(first) - set(second) == {"notebooks/week11-s03.html", "notebooks/week11-s03.ipynb"}
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".torchstone-gallery")] == []


def test_what_is_no_notebook_is_not_kept(course):
    with pytest.raises(UnreadableNotebook):
        share(course, "s01", "week04", b"<html>")
    with pytest.raises(CourseError, match="not in roster"):
        share(course, "s99", "week04", friendly())
    with pytest.raises(CourseError, match="no assignment 'week99'"):
        share(course, "s01", "week99", friendly())
    with pytest.raises(CourseError, match="holds answers to graded exercises \\(double, double_check\\)"):
        share(course, "s01", "week04", week("def double(x): return 2 * x", "I expected more."))
    assert shared_notebooks(course) == ((), ())


def test_consent_is_kept_with_who_noted_it_and_a_damaged_record_is_refused(course):
    set_consent(course, "s01", Consent(beyond=True), "i1")
    set_consent(course, "s01", Consent(anonymous=True), "i1")
    assert consents(course) == {"s01": Consent(False, True)}
    path = course.seminar / "consent.json"
    path.write_text('{"version": 1, "students": {"s01": {"beyond": "yes", "anonymous": false}}}')
    with pytest.raises(CourseError, match="damaged"):
        consents(course)
    with pytest.raises(CourseError, match="damaged"):
        set_consent(course, "s02", Consent(), "i1")


def marked(kind, source, grade_id, **mark):
    base = {"grade_id": grade_id, "schema_version": 3, "grade": False, "solution": False, "locked": False, **mark}
    cell = text(source) if kind == "markdown" else code(source)
    return {**cell, "metadata": {"nbgrader": base}}


def week(answer, exploration, experiment=""):
    return notebook(
        text("# Week"),
        marked("code", answer, "double", solution=True),
        marked("code", "assert double(1) == 2", "double_check", grade=True, locked=True, points=1),
        text("## Exploration\n\nChoose one."),
        code(experiment),
        marked("markdown", exploration, "exploration", grade=True, solution=True, points=10),
        text("## Sources"),
    )


def test_explorations_come_out_of_submissions_without_the_answers(course):
    release = course.release / "week04"
    release.mkdir(parents=True)
    (release / "week04.ipynb").write_bytes(week("raise NotImplementedError", "Write here."))
    save_allocation(
        course,
        Allocation(
            dict.fromkeys(("s01", "s02", "s03"), "week05"),
            {
                "s01": ("week04", "week06", "week07"),
                "s02": ("week04", "week06", "week07"),
                "s03": ("week06", "week07", "week08"),
            },
        ),
    )
    for student, exploration in (("s01", "I expected more."), ("s02", "Write here."), ("s03", "Not my topic.")):
        folder = course.submitted / student / "week04"
        folder.mkdir(parents=True)
        (folder / "week04.ipynb").write_bytes(week("def double(x): return 'secret answer'", exploration, "run()"))
    shared, left_out = shared_notebooks(course)
    (one,) = shared
    assert (one.student, one.topic, one.own) == ("s01", "week04", False)
    sources = [cell["source"] for cell in one.notebook["cells"]]
    assert sources == ["run()", "I expected more."]  # the task and the sources are the course's
    assert LeftOut("s02", "week04", "its exploration was left as it was handed out") in left_out
    assert LeftOut("s01", "week06", "nothing was handed in") in left_out
    assert not any(o.topic == "week04" and o.student == "s03" for o in left_out)
    share(course, "s01", "week04", friendly("My own"))
    assert shared_notebooks(course)[0][0].own


@pytest.mark.slow
def test_a_reader_finds_opens_and_comes_back_in_a_real_browser(shared, tmp_path):
    share(shared, "s04", "week09", hostile())
    built = build(shared, tmp_path / "site", now=AFTER)
    work = tmp_path / "browser"
    work.mkdir()
    with browser(work) as tab:
        tab.open(built.index.as_uri())
        assert tab.ask("document.documentElement.lang") == "en"
        assert tab.ask("document.querySelectorAll('h1').length") == 1
        assert tab.ask("!!document.querySelector('main') && !!document.querySelector('nav[aria-label]')")
        tab.type("#query", "VALLEYS first03 momentum")
        assert tab.ask("document.getElementById('found').textContent") == "2 of 5 notebooks"
        assert tab.ask("document.querySelectorAll('.group:not([hidden])').length") == 2
        tab.type("#query", "nobody wrote this")
        assert tab.ask("!document.getElementById('nothing').hidden")
        tab.type("#query", "week11")
        tab.click("[data-slug]:not([hidden]) h3 a")
        assert tab.ask("document.querySelector('h1').textContent") == "Valleys by s03"
        assert tab.ask("document.querySelector('img').naturalWidth > 100")
        assert tab.ask("document.querySelector('img').alt").startswith("Loss against step, falling")
        assert tab.ask("document.querySelectorAll('math').length") == 3
        picture = work / "page.png"
        tab.picture(picture)
        assert picture.read_bytes().startswith(b"\x89PNG")
        link = tab.ask("document.querySelector('a[download]').href")
        assert read((built.to / "notebooks" / link.rsplit("/", 1)[1]).read_bytes())["cells"]
        tab.click("nav a")
        tab.click(".tabs a[href='authors.html']")
        assert tab.ask("document.querySelector('h2').textContent") == "Anonymous"
        tab.open((built.to / "notebooks" / "week09-s04.html").as_uri())
        hover = "new MouseEvent('mouseover', {bubbles: true})"
        tab.ask(f"document.querySelectorAll('main *').forEach(e => {{ e.dispatchEvent({hover}); }})")
        assert tab.ask("typeof window.pwned") == "undefined"
        active = "script, iframe, object, embed, form, svg, base, link, meta[http-equiv=refresh]"
        assert tab.ask(f"document.querySelectorAll('{active}').length") == 0
        outside = [r for r in tab.requests if not r.startswith(("file:", "data:image/"))]
        assert outside == []


def test_the_index_lists_everything_without_a_script(shared, tmp_path):
    index = build(shared, tmp_path / "site", now=AFTER).index.read_text()
    assert 'id="search" hidden' in index  # our script shows it, where scripts run
    assert index.count("<li data-slug=") == 4
    start = index.index('id="texts">') + len('id="texts">')
    assert set(json.loads(index[start : index.index("</script>", start)])) == {
        slug.split('"')[0] for slug in index.split('data-slug="')[1:]
    }
