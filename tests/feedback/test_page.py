"""What a page is, read with an HTML parser as a browser or a screen reader would."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from torchstone.feedback import class_page, staff_page, student_page
from torchstone.model import CheckResult, ExerciseScore, StudentReport

PAGES = pytest.mark.parametrize("render", [student_page, staff_page, lambda report: class_page([report])])


@PAGES
class TestStructure:
    def test_has_a_language_one_heading_and_landmarks(self, report, read, render):
        page = read(render(report))
        assert page.all("html")[0].attributes["lang"] == "en"
        for tag in ("title", "h1", "main"):
            assert len(page.all(tag)) == 1, tag
        assert any(e.parent.tag == "body" for e in page.all("header"))
        assert page.all("title")[0].text

    def test_headings_go_down_one_level_at_a_time(self, report, read, render):
        levels = [int(e.tag[1]) for e in read(render(report)).all("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_links_and_labels_lead_somewhere(self, report, read, render):
        elements = read(render(report)).all()
        ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
        assert len(ids) == len(set(ids))
        within = [e.attributes["href"][1:] for e in elements if e.attributes.get("href", "x").startswith("#")]
        labels = [e.attributes["aria-labelledby"] for e in elements if "aria-labelledby" in e.attributes]
        assert set(within + labels) <= set(ids)
        first = next(e for e in elements if e.tag == "a")
        assert first.attributes["href"] == "#main", "the first link skips to the content"

    def test_tables_have_headers_with_a_scope(self, report, read, render):
        tables = read(render(report)).all("table")
        assert tables
        for table in tables:
            assert all(th.attributes.get("scope") in ("col", "row") for th in table.all("th"))
            for row in table.all("tr"):
                assert row.all("th"), "every row has a header"

    def test_nothing_is_loaded_and_nothing_runs(self, report, read, render):
        page = render(report)
        for element in read(page).all():
            assert element.tag not in ("script", "link", "img", "iframe", "object", "embed", "form", "base")
            assert not {"src", "srcset", "style", "background"} & element.attributes.keys()
            assert not [name for name in element.attributes if name.startswith("on")]
            scheme = (element.attributes.get("href") or "").partition(":")[0].lower()
            assert scheme not in ("javascript", "data")
        style = read(page).all("style")[0].text
        assert "url(" not in style
        assert "@import" not in style
        policy = next(e for e in read(page).all("meta") if e.attributes.get("http-equiv"))
        assert policy.attributes["content"].startswith("default-src 'none'")

    def test_a_status_is_words_beside_its_symbol(self, report, read, render):
        marks = [e for e in read(render(report)).all("span") if "mark" in (e.attributes.get("class") or "").split()]
        assert marks
        for mark in marks:
            words = mark.attributes.get("aria-label") or mark.text
            assert re.search(r"[A-Za-z]{3}", words)


class TestContrast:
    """WCAG 2.2, 1.4.3: text at least 4.5 to 1 against what lies behind it, on screen, in the dark and on paper."""

    texts = ("ink", "quiet", "link", "good", "part", "bad", "ours")

    def test_text_on_every_background(self, good):
        palettes = re.findall(r":root \{([^}]*)\}", student_page(good))
        assert len(palettes) == 3
        for palette in palettes:
            colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", palette))
            for text in self.texts:
                for background in ("paper", "card", "code"):
                    assert _contrast(colours[text], colours[background]) >= 4.5, (text, background, palette)
            assert _contrast(colours["focus"], colours["paper"]) >= 3

    def test_the_formula_knows_black_on_white(self):
        assert _contrast("#000000", "#ffffff") == pytest.approx(21)


class TestContent:
    def test_opens_with_the_total_and_what_to_do_next(self, mixed, read):
        text = read(student_page(mixed)).all("main")[0].text
        places = [
            "12.2 of 52 points so far",
            "What to do next",
            "Mend cell 19 first",
            "Your points",
            "The gradient of every parameter",
            "Cells that stopped",
            "What we mended before grading",
        ]
        found = [text.index(place) for place in places]
        assert found == sorted(found)

    def test_a_failed_check_says_what_where_and_by_how_much(self, mixed, read):
        item = _check(read(student_page(mixed)), "The gradient of every parameter")
        for part in (
            "✗Not yet",
            "0 of 8",
            "The shape differs",
            '"b1" of what came back has shape [7, 3]; [3] is expected.',
            "cell 11, line 18",
            'return {"W1": X.T @ dh, "b1": dh, "W2": gW2, "b2": gb2}',
            "n = 7, d = 5, h = 3, k = 2",
        ):
            assert part in item.text

    def test_a_hint_waits_until_it_is_asked_for(self, mixed, read):
        page = read(student_page(mixed))
        hints = page.all("details")
        assert [hint.all("summary")[0].text for hint in hints] == ["A hint", "A hint"]
        assert not any("open" in hint.attributes for hint in hints)
        words = "its gradient sums over the rows"
        assert words in hints[1].text
        assert page.text.count(words) == 1, "the hint stands nowhere else"

    def test_numbers_add_up(self, mixed, read):
        table = read(student_page(mixed)).all("table")[0]
        scores = [row.all("td")[-1].text.split(" of ") for row in table.all("tbody")[0].all("tr")]
        sums, late, total = (row.all("td")[-1].text for row in table.all("tfoot")[0].all("tr"))
        assert sum(float(score) for score, _ in scores if score != "–") == float(sums) == 14
        assert float(sums) + float(late.replace("−", "-")) == pytest.approx(float(total.split(" of ")[0]))
        assert sum(float(maximum) for _, maximum in scores) == float(total.split(" of ")[1])

    def test_a_change_in_the_gradebook_is_named_so_that_they_still_do(self, good, read):
        table = read(student_page(replace(good, total=11.5))).all("table")[0]
        rows = {row.all("th")[0].text: row.all("td")[-1].text for row in table.all("tfoot")[0].all("tr")}
        assert rows["Sum of the exercises"] == "10"
        assert rows["Other changes in the gradebook"] == "+1.5"
        assert rows["Total"] == "11.5 of 10"

    def test_a_late_penalty_has_its_reason(self, mixed, good, read):
        assert mixed.late.reason in read(student_page(mixed)).text
        assert "Late penalty" not in read(student_page(good)).text

    def test_a_submission_in_time_mentions_no_penalty(self, mixed, good, read):
        in_time = replace(good, late=replace(mixed.late, days=0, penalty=0.0, reason="It was received in time."))
        assert "penalty" not in read(student_page(in_time)).all("main")[0].text

    def test_what_is_open_on_our_side_is_not_the_students_fault(self, mixed, read):
        item = _check(read(student_page(mixed)), "Rejects gradients")
        assert "It says nothing about your code, and it is not a zero" in item.text
        assert "open of 6" in item.text

    def test_a_missing_device_is_not_the_students_fault(self, good, read):
        checks = tuple(replace(c, status="incomplete", earned=0.0) for c in good.result.exercises[0].checks)
        exercise = replace(good.result.exercises[0], checks=checks)
        result = replace(good.result, exercises=(exercise,), missing_devices=("sim",))
        text = read(student_page(replace(good, result=result, exercises=good.exercises[:1]))).text
        assert "there is nothing for you to do" in text
        assert "so far" in text

    def test_graders_words_and_changes_are_shown(self, mixed, read):
        section = next(
            e for e in read(student_page(mixed)).all("section") if e.text.startswith("Forward and backward by hand")
        )
        assert "Two points for it." in section.all("blockquote")[0].text
        assert "the checks alone gave 4" in section.text

    def test_math_is_drawn_without_a_network(self, mixed, read):
        page = read(student_page(mixed))
        assert len(page.all("math")) >= 5
        assert page.all("mfrac")
        assert "$" not in page.text

    def test_without_a_result_it_says_so(self, good, read):
        nothing = replace(good, result=None, exercises=(), total=0.0, received=None)
        assert "there was nothing of yours to grade" in read(student_page(nothing)).text


class TestSecrets:
    def test_no_staff_fact_reaches_a_students_page(self, mixed, canary):
        assert canary not in student_page(mixed)
        assert "probes" not in student_page(mixed)
        assert "namespaces" not in student_page(mixed)

    def test_the_canary_is_in_all_that_staff_read(self, mixed, canary, read):
        text = read(staff_page(mixed)).text
        for fact in (
            "fingerprint-",
            "key-",
            "program-",
            "hello ",
            "course fault in my_gradcheck ",
            "fails ",
            "KeyError ",
        ):
            assert fact + canary in text

    def test_staff_read_what_a_verdict_rests_on(self, mixed, read):
        page = read(staff_page(mixed))
        assert "cannot be forged" in _check(page, "The gradient of every parameter").text
        assert "self-reported" in next(item.text for item in page.all("li") if "came back on the CPU" in item.text)
        assert "bias gradient not summed" in page.text
        assert "namespaces" in page.text

    def test_a_result_without_a_jail_says_so_to_staff(self, good, read):
        trusted = replace(good, result=replace(good.result, trusted=True, tier="none"))
        assert "graded without a jail" in read(staff_page(trusted)).text


class TestHostileTexts:
    def test_they_stay_text(self, hostile, read):
        page = read(student_page(hostile))
        assert "<script>alert(1)</script>" in page.all("h1")[0].text
        assert "{{ 7*7 }}" in page.text
        assert "\\u202eevil\\u2066" in page.text
        assert "\\x1b[31mred\\x07" in page.text
        assert not [e for e in page.all("a") if "javascript" in (e.attributes.get("href") or "")]

    def test_they_end(self, hostile, read):
        page = read(student_page(hostile))
        assert "characters more" in page.text
        assert len(page.all("pre")[0].text) < 400
        assert "notes are not shown" in page.text
        assert len(student_page(hostile)) < 250_000

    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(text=st.text(st.characters(exclude_characters="`"), min_size=1, max_size=400))
    def test_no_text_of_a_student_changes_the_page(self, mixed, read, text):
        def page(words: str) -> list[str]:
            exercise = mixed.result.exercises[1]
            check = exercise.checks[1]
            where = replace(check.verdict.where, code=words)
            verdict = replace(check.verdict, message=words, where=where, probe="")
            checks = (exercise.checks[0], replace(check, verdict=verdict), exercise.checks[2])
            result = replace(
                mixed.result,
                exercises=(replace(exercise, checks=checks),),
                broken_cells=(replace(mixed.result.broken_cells[0], message=words, code=words),),
            )
            repairs = (replace(mixed.repairs[0], message=words),)
            return [e.tag for e in read(student_page(replace(mixed, result=result, repairs=repairs))).all()]

        assert page(f"a{text}") == page("a")


class TestClassPage:
    def test_lists_students_by_name_with_totals_flags_and_links(self, good, mixed, read):
        rows = read(class_page([mixed, good])).all("tbody")[0].all("tr")
        assert [row.all("a")[0].text for row in rows] == ["Amina Jansen", "Bjørn Kowalski"]
        assert rows[0].all("a")[0].attributes["href"] == "student-aj42.html"
        assert "12.2 of 52" in rows[1].text
        assert "course fault in my_gradcheck" in rows[1].text

    @pytest.mark.parametrize(("students", "shown"), [(4, False), (5, True)])
    def test_no_statistics_over_fewer_than_five(self, good, read, students, shown):
        reports = [replace(good, student=f"s{n}", total=float(n)) for n in range(students)]
        absent = replace(good, student="absent", result=None, exercises=(), total=0.0)
        page = read(class_page([*reports, absent]))
        assert ("Mean 2, median 2" in page.text) == shown
        assert bool(page.all("tfoot")) == shown

    def test_an_exercise_that_few_have_has_no_mean(self, good, mixed, read):
        reports = [*(replace(good, student=f"s{n}") for n in range(5)), mixed]
        cells = [cell.text for cell in read(class_page(reports)).all("tfoot")[0].all("td")]
        assert "–" in cells, "k_fold has one score"

    def test_an_odd_student_id_makes_one_file_name(self, good, read):
        page = read(class_page([replace(good, student="../../etc/x?#<y>")]))
        href = page.all("tbody")[0].all("a")[0].attributes["href"]
        assert "/" not in href
        assert href.startswith("student-")

    def test_an_empty_class_is_a_page_too(self, read):
        assert read(class_page([])).all("h1")[0].text == "No students"


def test_every_status_has_words(good: StudentReport, read) -> None:
    for status in ("passed", "failed", "skipped", "course_fault", "incomplete"):
        check = CheckResult("activations", "test_x", "A title", 1, 0, status)
        exercise = replace(good.result.exercises[0], checks=(check,))
        report = replace(
            good,
            result=replace(good.result, exercises=(exercise,)),
            exercises=(ExerciseScore("activations", "Activations", 0.0, None, 1.0),),
        )
        assert _check(read(student_page(report)), "A title").text.count("of 1") == 1


def _check(page, title: str):
    return next(e for e in page.all("li") if e.text.startswith(title))


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two sRGB colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
