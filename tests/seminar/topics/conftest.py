"""A class with rankings, drawn or written down."""

from __future__ import annotations

import csv
import random

import pytest

from torchstone.seminar.topics.problem import KINDS, Person, Problem, even


def names(count):
    return tuple(f"week{n:02d}" for n in range(1, count + 1))


def _drawn(people, topics, seed=0, away=0):
    """A problem whose people like the first topics more, as people do."""
    source = random.Random(seed)
    weeks = names(topics)
    members = []
    for n in range(people):
        order = sorted(weeks, key=lambda t: source.random() * (2 + weeks.index(t)))
        ranks = {t: rank for rank, t in enumerate(order, 1)}
        members.append(Person(f"p{n:03d}", ranks, frozenset(source.sample(weeks, away))))
    return Problem(weeks, tuple(members), {k: even(people, weeks, k) for k in KINDS})


@pytest.fixture
def drawn():
    """`drawn(people, topics, seed, away)`: a problem of that size."""
    return _drawn


@pytest.fixture
def sheet(course, tmp_path):
    """Writes a ranking sheet for the class of twelve; `change(rows)` may alter it (row 0 is the header)."""

    def write(change=lambda rows: None, people=12, name="rankings.csv"):
        source = random.Random(1)
        topics = [t.assignment for t in course.topics]
        rows = [["id", "name", "away", *(f"{t.assignment} {t.title}" for t in course.topics)]]
        for n in range(1, people + 1):
            ranks = list(range(1, len(topics) + 1))
            source.shuffle(ranks)
            rows.append([f"s{n:02d}", f"First{n:02d}", "", *map(str, ranks)])
        change(rows)
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return path

    return write
