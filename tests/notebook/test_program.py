"""From an instructor's notebook to programs."""

from __future__ import annotations

from torchstone.notebook import solution_program, stub_program


def test_the_solution_is_setup_answers_and_free_code(release, submission, made):
    submission["cells"].insert(3, made.code("constant = 3", cell_id="free"))
    cells = solution_program(submission, "week04").cells
    assert [(c.name, c.number) for c in cells] == [
        ("cell-1", 1),
        ("cell-2", 2),
        ("alpha", 3),
        ("beta", 6),
        ("gamma", 8),
    ]
    assert cells[2].source == "def alpha(x):\n    return x  # answered"


def test_the_stub_is_the_release_as_it_stands(release, made):
    sources = {c.name: c.source for c in stub_program(release, "week04").cells}
    assert {name: sources[name] for name in made.stubs} == made.stubs


def test_setup_is_told_by_its_tag_or_its_lock(made):
    nb = made.notebook(
        made.code("a = 1", tags=["setup"]),
        made.code("b = 1", "locked-code", locked=True),
        made.code("c = 1", "shown", tags=["demonstration"], locked=True),
        made.code("d = 1", "by-hand", grade=True, solution=True, points=3),
        made.code("   \n"),
    )
    assert [c.source for c in solution_program(nb, "w").cells] == ["a = 1", "b = 1"]


def test_equal_programs_have_equal_digests(release, submission):
    assert solution_program(release, "w").digest == solution_program(release, "w").digest
    assert solution_program(release, "w").digest != solution_program(submission, "w").digest
