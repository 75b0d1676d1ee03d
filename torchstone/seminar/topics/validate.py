"""Whether an allocation keeps every rule, told without a solver and without knowing how it was found."""

from __future__ import annotations

from collections import Counter

from torchstone.seminar.topics.problem import EACH, KINDS, Answer, Fixed, Problem


def faults(problem: Problem, answer: Answer) -> tuple[str, ...]:
    """Every rule that `answer` breaks, in words; none if it is a right answer to `problem` (not: the best one)."""
    found: list[str] = []
    people = {p.id: p for p in problem.people}
    known = set(problem.topics)
    for kind in KINDS:
        given = answer.topics(kind)
        found += [f"{who} has no {kind}" for who in sorted(people.keys() - given.keys())]
        found += [f"{who} has a {kind} and is nobody" for who in sorted(given.keys() - people.keys())]
        taken: Counter[str] = Counter()
        for who in sorted(people.keys() & given.keys()):
            topics = given[who]
            if len(topics) != EACH[kind] or len(set(topics)) != len(topics):
                found.append(f"{who} has {len(set(topics))} {kind} topics instead of {EACH[kind]}")
            found += [f"{who} has {topic!r}, which is no topic" for topic in topics if topic not in known]
            taken.update(topics)
        for topic in problem.topics:
            places = problem.places[kind][topic]
            if not places.least <= taken[topic] <= places.most:
                found.append(f"{taken[topic]} have {topic} as {kind}; it takes {places.least} to {places.most}")
    for who in sorted(people.keys() & answer.presentation.keys() & answer.notebook.keys()):
        twice = set(answer.presentation[who]) & set(answer.notebook[who])
        found += [f"{who} has {topic} as presentation and as notebook" for topic in sorted(twice)]
        for topic in answer.presentation[who]:
            if topic in people[who].away and Fixed(who, "presentation", topic) not in problem.fixed:
                found.append(f"{who} presents {topic} and is away that day")
    for wish in sorted(problem.fixed):
        if wish.topic not in answer.topics(wish.kind).get(wish.person, ()):
            found.append(f"{wish.person} does not have {wish.topic} as {wish.kind}, which was fixed")
    return tuple(found)
