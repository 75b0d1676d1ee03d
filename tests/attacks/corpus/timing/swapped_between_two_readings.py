"""The file is another one when it is graded than when it was hashed."""

import hashlib
import json

from arena.graded import course_with, wrong

from torchstone.gradebook import submission


def control(folder, patch):
    path = folder / "week01.ipynb"
    path.write_text(wrong())
    seen = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(wrong().replace("NotImplementedError", "ValueError"))
    return hashlib.sha256(path.read_bytes()).hexdigest() != seen


def ours(folder, patch):
    course = course_with(folder)
    path = course.submitted / "ann" / "week01" / "week01.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(wrong())
    original = submission.notebook.read_submission

    def swap(data, release, assignment):
        path.write_text(wrong().replace("NotImplementedError", "ValueError"))
        return original(data, release, assignment)

    patch(submission.notebook, "read_submission", swap)
    read = submission.read(course, "ann", "week01")
    graded = json.dumps([c.source for c in read.reading.program.cells])
    return read.attempt != hashlib.sha256(wrong().encode()).hexdigest() or "ValueError" in graded
