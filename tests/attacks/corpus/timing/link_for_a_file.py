"""A link to another student's notebook lies where the own one should."""

from arena.graded import answered_text, course_with

from torchstone.gradebook import submission


def control(folder, patch):
    (folder / "bob.ipynb").write_text(answered_text())
    (folder / "week01.ipynb").symlink_to(folder / "bob.ipynb")
    return "words.count" in (folder / "week01.ipynb").read_text()


def ours(folder, patch):
    course = course_with(folder)
    for student in ("ann", "bob"):
        (course.submitted / student / "week01").mkdir(parents=True)
    bob = course.submitted / "bob" / "week01" / "week01.ipynb"
    bob.write_text(answered_text())
    (course.submitted / "ann" / "week01" / "week01.ipynb").symlink_to(bob)
    read = submission.read(course, "ann", "week01")
    return any("words.count" in c.source for c in read.reading.program.cells)
