"""The best allocation: against all allocations of small classes, and against another solver."""

from dataclasses import replace
from itertools import combinations, product

import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.errors import AllocationError
from torchstone.seminar.topics.problem import KINDS, Answer, Fixed, Person, Places, Problem, objectives
from torchstone.seminar.topics.relax import relaxed, smallest_change
from torchstone.seminar.topics.solve import solve
from torchstone.seminar.topics.validate import faults


def names(count):
    return tuple(f"week{n:02d}" for n in range(1, count + 1))


def all_answers(problem):
    """Every allocation that keeps the rules, found by trying all."""
    own = [(p, trio) for p in problem.topics for trio in combinations([t for t in problem.topics if t != p], 3)]
    for choice in product(own, repeat=len(problem.people)):
        people = [p.id for p in problem.people]
        answer = Answer(
            {who: (p,) for who, (p, _) in zip(people, choice, strict=True)},
            {who: trio for who, (_, trio) in zip(people, choice, strict=True)},
        )
        if not faults(problem, answer):
            yield answer


@st.composite
def small_problems(draw):
    weeks = names(5)
    people = []
    for n in range(3):
        order = draw(st.permutations(weeks))
        away = draw(st.frozensets(st.sampled_from(weeks), max_size=2))
        people.append(Person(f"p{n}", {t: r for r, t in enumerate(order, 1)} if draw(st.booleans()) else {}, away))
    places = {
        "presentation": {t: Places(0, draw(st.integers(0, 2))) for t in weeks},
        "notebook": {t: Places(draw(st.integers(0, 1)), 3) for t in weeks},
    }
    fixed = frozenset(
        {Fixed("p0", draw(st.sampled_from(KINDS)), draw(st.sampled_from(weeks)))} if draw(st.booleans()) else ()
    )
    return Problem(weeks, tuple(people), places, fixed)


@settings(max_examples=8, deadline=None)
@given(problem=small_problems(), seed=st.text(max_size=3))
def test_no_allocation_of_a_small_class_is_better(problem, seed):
    solution = solve(problem, seed)
    best = min(
        (
            (o.worst_presentation, o.worst_notebook, o.total, o.ties)
            for o in (objectives(problem, answer, seed) for answer in all_answers(problem))
        ),
        default=None,
    )
    if solution is None:
        assert best is None
        assert smallest_change(problem)
    else:
        o = solution.objectives
        assert (o.worst_presentation, o.worst_notebook, o.total, o.ties) == best
        assert faults(problem, solution.answer) == ()


def cbc(problem):
    """Worst presentation rank, worst notebook rank, total by CBC, with min-max variables instead of halving."""
    model = pulp.LpProblem("topics", pulp.LpMinimize)
    x = {
        (k, p.id, t): pulp.LpVariable(f"{k}_{p.id}_{t}", cat="Binary")
        for k in KINDS
        for p in problem.people
        for t in problem.topics
    }
    worst = {k: pulp.LpVariable(f"worst_{k}", lowBound=0) for k in KINDS}
    for p in problem.people:
        model += pulp.lpSum(x["presentation", p.id, t] for t in problem.topics) == 1
        model += pulp.lpSum(x["notebook", p.id, t] for t in problem.topics) == 3
        for t in problem.topics:
            model += pulp.lpSum(x[k, p.id, t] for k in KINDS) <= 1
            for k in KINDS:
                model += worst[k] >= p.ranks[t] * x[k, p.id, t]
        for t in p.away:
            model += x["presentation", p.id, t] == 0
    for k in KINDS:
        for t in problem.topics:
            seats = pulp.lpSum(x[k, p.id, t] for p in problem.people)
            model += seats >= problem.places[k][t].least
            model += seats <= problem.places[k][t].most
    total = pulp.lpSum(p.ranks[t] * x[k, p.id, t] for k in KINDS for p in problem.people for t in problem.topics)
    reached = []
    for stage in (worst["presentation"], worst["notebook"], total):
        model.setObjective(stage)
        assert pulp.LpStatus[model.solve(pulp.PULP_CBC_CMD(msg=False, threads=1))] == "Optimal"
        reached.append(round(pulp.value(stage)))
        model += stage <= reached[-1] + 0.25
    return tuple(reached)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PuLP announces its version 4
@pytest.mark.parametrize(("people", "topics", "away"), [(9, 5, 1), (14, 14, 2), (20, 7, 0)])
def test_another_solver_finds_the_same_optimum(people, topics, away, drawn):
    problem = drawn(people, topics, seed=people, away=away)
    o = solve(problem, "seed").objectives
    assert (o.worst_presentation, o.worst_notebook, o.total) == cbc(problem)


def test_the_order_of_people_has_no_say_and_the_seed_has(drawn):
    problem = drawn(12, 6)
    turned = replace(problem, people=problem.people[::-1])
    first = solve(problem, "heads")
    assert solve(turned, "heads") == first
    assert turned.digest == problem.digest
    others = [solve(problem, seed) for seed in ("tails", "edge", "again")]
    assert all(o.objectives.total == first.objectives.total for o in others)
    assert any(o.answer != first.answer for o in others)


def test_equal_wishes_are_drawn_and_not_given_by_name():
    """Of two people who want the same, the seed decides who gets it; over many seeds, both do."""
    weeks = names(4)
    people = tuple(Person(who, {t: r for r, t in enumerate(weeks, 1)}) for who in ("ann", "bob"))
    places = {"presentation": {t: Places(0, 1) for t in weeks}, "notebook": {t: Places(0, 2) for t in weeks}}
    problem = Problem(weeks, people, places)
    winners = [solve(problem, str(n)).answer.presentation["ann"] == ("week01",) for n in range(24)]
    assert 4 <= sum(winners) <= 20


@pytest.mark.slow
def test_a_lecture_of_500_costs_less_than_four_times_as_much_for_each_person_as_one_of_100(drawn):
    """The effort grows about as the class does. (Ratios of the solver's own work: CPU time of one run.)"""
    import time

    def effort(people):
        start = time.process_time()
        assert solve(drawn(people, 14, away=1), "seed") is not None
        return (time.process_time() - start) / people

    solve(drawn(10, 14), "warm")
    assert effort(500) < 4 * effort(100)


def test_what_is_in_the_way_is_named(drawn):
    problem = drawn(6, 6)
    crowd = replace(problem, people=tuple(replace(p, away=frozenset(names(6)) - {"week02"}) for p in problem.people))
    assert solve(crowd, "s") is None
    changes = smallest_change(crowd)
    assert sum(c.size for c in changes) == 5
    assert solve(relaxed(crowd, changes), "s") is not None


@settings(max_examples=10, deadline=None)
@given(
    away=st.lists(st.frozensets(st.sampled_from(names(5)), max_size=5), min_size=4, max_size=4),
    most=st.lists(st.integers(0, 2), min_size=10, max_size=10),
    wishes=st.frozensets(
        st.builds(Fixed, st.sampled_from(["p0", "p1"]), st.just("presentation"), st.sampled_from(names(5)))
    ),
)
def test_the_changes_help_and_none_of_them_is_needless(away, most, wishes):
    weeks = names(5)
    people = tuple(Person(f"p{n}", {t: r for r, t in enumerate(weeks, 1)}, days) for n, days in enumerate(away))
    limits = iter(most)
    places = {k: {t: Places(0, next(limits) * (1 if k == "presentation" else 2)) for t in weeks} for k in KINDS}
    one_each = {w.person: w for w in sorted(wishes)}
    problem = Problem(weeks, people, places, frozenset(one_each.values()))
    changes = smallest_change(problem)
    assert (changes == ()) == (solve(problem, "s") is not None)
    assert solve(relaxed(problem, changes), "s") is not None
    for at, change in enumerate(changes):
        smaller = [replace(change, by=change.by + (1 if change.by < 0 else -1))] if abs(change.by) > 1 else []
        assert solve(relaxed(problem, [*changes[:at], *smaller, *changes[at + 1 :]]), "s") is None


@pytest.mark.parametrize("wish", [Fixed("p000", "presentation", "week01"), Fixed("p001", "notebook", "week01")])
def test_a_fixed_topic_that_stands_in_the_way_is_named(wish, drawn):
    problem = drawn(6, 6)
    none = {k: {**problem.places[k], "week01": Places(0, 0)} for k in KINDS}
    wider = {k: {t: (p if t == "week01" else Places(0, 6)) for t, p in none[k].items()} for k in KINDS}
    problem = replace(problem, places=wider, fixed=frozenset({wish}))
    assert solve(problem, "s") is None
    (change,) = smallest_change(problem)
    assert change.words == f"week01 is given to 1 as {wish.kind}, its most is 0"


def test_too_few_topics_are_a_fault_of_their_own(drawn):
    with pytest.raises(AllocationError, match="needs 4 topics and there are 3"):
        smallest_change(drawn(3, 3))


def test_the_validator_sees_every_broken_rule(drawn):
    problem = replace(drawn(4, 5, away=1), fixed=frozenset({Fixed("p003", "notebook", "week05")}))
    solution = solve(problem, "s")
    good = solution.answer

    def broken(kind, who, *topics):
        given = {**good.topics(kind), who: topics}
        other = Answer(given, good.notebook) if kind == "presentation" else Answer(good.presentation, given)
        return " ".join(faults(problem, other))

    assert faults(problem, good) == ()
    assert "instead of 3" in broken("notebook", "p000", "week01")
    assert "no topic" in broken("presentation", "p000", "week99")
    (away,) = problem.people[1].away
    assert "is away" in broken("presentation", "p001", away)
    assert "as presentation and as notebook" in broken("presentation", "p002", good.notebook["p002"][0])
    assert "which was fixed" in broken("notebook", "p003", "week01", "week02", "week03")
    lost = Answer({k: v for k, v in good.presentation.items() if k != "p000"}, good.notebook)
    assert "p000 has no presentation" in faults(problem, lost)
    everyone = Answer(dict.fromkeys(good.presentation, ("week01",)), good.notebook)
    assert any("4 have week01 as presentation" in f for f in faults(problem, everyone))
