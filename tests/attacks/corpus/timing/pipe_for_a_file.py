"""A named pipe lies where the notebook should: whoever opens it waits for ever."""

import os

from arena.graded import course_with

from torchstone.gradebook import submission


def control(folder, patch):
    os.mkfifo(folder / "week01.ipynb")
    fd = os.open(folder / "week01.ipynb", os.O_RDONLY | os.O_NONBLOCK)
    os.close(fd)
    return not (folder / "week01.ipynb").is_file()  # a plain open() would wait for a writer


def ours(folder, patch):
    course = course_with(folder)
    place = course.submitted / "ann" / "week01"
    place.mkdir(parents=True)
    os.mkfifo(place / "week01.ipynb")
    read = submission.read(course, "ann", "week01")
    return read.blank is None
