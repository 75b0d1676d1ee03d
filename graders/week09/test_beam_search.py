"""beam_search: the k most promising sentences under a model that is given as a function.

The order of sentences must not hang on rounding, so the log-probabilities are whole multiples of 1/128 (sums of them
are exact in every dtype), and a language is drawn anew until all that a search compares is at least `APART` apart.
They are not normalised: nothing in a search needs that.
"""

import itertools
import math

import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("beam_search", accelerator=1)

BOS, EOS = 0, 1
APART = 1e-3  # least difference of two scores that are compared
UNIT = 128
IMPOSSIBLE = -(10**9)


def language(draw, words, rounds, k, alpha, low=-512, high=0, change=None, telling=lambda *search: True):
    """Log-probabilities [round, last token, next token] without near ties for this search, and `telling` of it.

    Numbers are drawn in units of 1/128; `change` may write into them. IMPOSSIBLE becomes −∞.
    """
    one = draw(1)
    while True:
        table = draw.integers(rounds, words, words, low=low, high=high)
        if change is not None:
            change(table)
        this = table.tolist(), k, alpha
        if least_gap(*this) >= APART and telling(*this):
            return (table / UNIT).to(one.dtype).masked_fill(table == IMPOSSIBLE, -float("inf"))


def beams(table, k, keep_places=False):
    """Round by round, all extensions, best first, and those of them that are kept.

    With `keep_places`, sentences that have ended take up places.
    """
    alive, places = [((BOS,), 0)], k
    for rows in table:
        grown = [
            ((*path, token), total + log_p)
            for path, total in alive
            for token, log_p in enumerate(rows[path[-1]])
            if log_p != IMPOSSIBLE
        ]
        grown.sort(key=lambda h: h[1], reverse=True)
        best = grown[:places]
        yield grown, best
        alive = [h for h in best if h[0][-1] != EOS]
        places -= (len(best) - len(alive)) * keep_places


def results(table, k, alpha, **rule):
    """Scores and sentences of a search, best first: also those after the k best."""
    rounds = enumerate(beams(table, k, **rule), 1)
    return sorted(
        (
            (total / UNIT / length**alpha, path)
            for length, (_, best) in rounds
            for path, total in best
            if path[-1] == EOS or length == len(table)
        ),
        reverse=True,
    )


def least_gap(table, k, alpha):
    """The least difference that decides anything in a search: within a round, and among the results."""
    gaps = [(a - b) / UNIT for grown, _ in beams(table, k) for (_, a), (_, b) in itertools.pairwise(grown[: k + 1])]
    kept = [score for score, _ in results(table, k, alpha)]
    return min([*gaps, *(a - b for a, b in itertools.pairwise(kept[: k + 1]))], default=math.inf)


def places_matter(table, k, alpha):
    """Whether it is told from the results that sentences which have ended give up their places."""
    return results(table, k, alpha)[:k] != results(table, k, alpha, keep_places=True)[:k]


def single(number):
    """A wanted score as float32 holds it: whoever computes in float32 is compared as such."""
    return torch.tensor(number, dtype=torch.float32).item()


@scenario
def decoded(code, table, k, alpha, bos, eos):
    """The search in a language that knows the round and the last token, as plain lists and numbers."""

    def step(tokens):
        return table[len(tokens) - 1, tokens[-1]]

    found = code.beam_search(step, k=k, alpha=alpha, max_len=len(table), bos=bos, eos=eos)
    return [([int(t) for t in tokens], float(score)) for tokens, score in found]


@scenario
def questions(code, table, k, alpha, bos, eos):
    """What `step` was asked about: every hypothesis once or not at all, in any order."""
    asked = []

    def step(tokens):
        asked.append([int(t) for t in tokens])
        return table[len(tokens) - 1, tokens[-1]]

    found = code.beam_search(step, k, alpha, len(table), bos, eos)
    return {"asked about": sorted(asked), "how many sentences": len(found)}


def search(student, table, k, alpha):
    return decoded(student, table, k=k, alpha=alpha, bos=BOS, eos=EOS)


@points(3)
@pytest.mark.parametrize("words, rounds, k, alpha", [(7, 5, 2, 0.0), (7, 5, 3, 0.75), (5, 6, 5, 1.0), (11, 3, 4, 0.5)])
def test_sentences_and_scores(student, draw, words, rounds, k, alpha):
    """The k best sentences, best first, with their scores"""

    def ending(table):
        table[1, :, EOS] //= 16  # so that some end in the second round

    table = language(draw, words, rounds, k, alpha, change=ending, telling=places_matter)
    agree(search(student, table, k, alpha))


@points(1)
@pytest.mark.parametrize("words, rounds, last", [(7, 5, 3), (5, 4, None)])
def test_greedy(student, draw, words, rounds, last):
    """A beam of one is greedy search"""

    def ending(table):
        table[:, :, EOS] = -1000  # so that it ends in round `last`, or never
        if last is not None:
            table[last - 1, :, EOS] = 0

    table = language(draw, words, rounds, 1, 0.0, change=ending)
    path, total = [BOS], 0.0
    for log_p in table[:last]:
        token = int(log_p[path[-1]].argmax())
        total += log_p[path[-1]][token].item()
        path.append(token)
    agree(search(student, table, 1, 0.0), [(path, single(total))])


@points(1)
@pytest.mark.parametrize("words, rounds, alpha", [(3, 4, 0.75), (4, 3, 1.0), (4, 4, 0.0)])
def test_exhaustive(student, draw, words, rounds, alpha):
    """A beam wide enough holds every sentence, and finds the best of all"""
    k = 2 * words**rounds

    def later(table):
        table[0, :, EOS] = -1000  # so that the best is longer than one word: only then does its score tell of alpha

    table = language(draw, words, rounds, 8, alpha, change=later)
    sentences = []
    for length in range(1, rounds + 1):
        for tokens in itertools.product(range(words), repeat=length):
            if EOS not in tokens[:-1] and (tokens[-1] == EOS or length == rounds):
                path = [BOS, *tokens]
                total = sum(table[t, path[t], path[t + 1]].item() for t in range(length))
                sentences.append((path, total / length**alpha))
    found = search(student, table, k, alpha)
    agree({"how many sentences": len(found)}, {"how many sentences": len(sentences)})
    best = max(score for _, score in sentences)
    agree({"score of the best": found[0][1]}, {"score of the best": single(best)})
    agree(sorted(path for path, _ in found), sorted(path for path, _ in sentences))


@points(1)
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_immediate_end(student, draw, alpha):
    """A sentence that ends in the first round is finished: it is kept, and never extended"""

    def certain(table):
        table[:, :, EOS] = IMPOSSIBLE
        table[0, BOS, EOS] = 0

    table = language(draw, 5, 4, 2, alpha, change=certain)
    agree(search(student, table, 2, alpha))
    agree(questions(student, table, k=2, alpha=alpha, bos=BOS, eos=EOS))


@points(1)
def test_length_penalty(student, draw):
    """With alpha = 0 the short sentence wins, with alpha = 1 the long one"""
    table = language(draw, 4, 3, 8, 0.0) - 30
    table[0, BOS, EOS], table[0, BOS, 2], table[1, 2, 3], table[2, 3, EOS] = -1.5, -0.75, -0.5, -0.625
    for alpha in (0.0, 1.0, 2.0):
        agree(search(student, table, 2, alpha)[0])


@points(1)
def test_impossible_tokens(student, draw):
    """A token of log-probability −∞ extends nothing, even if the beam does not fill up"""

    def impossible(table):
        table[:, :, 3:] = IMPOSSIBLE
        table[1, 2] = IMPOSSIBLE
        table[0, :, EOS] = -1000  # what ends first is the worst

    table = language(draw, 5, 3, 40, 0.5, change=impossible)
    agree(search(student, table, 40, 0.5))


@points(1)
def test_improbable_sentence(student, draw):
    """A sentence whose probability is below every positive number still has its score, and is still the best"""

    def endless(table):
        table[:, :, EOS] = IMPOSSIBLE

    agree(search(student, language(draw, 5, 5, 1, 0.75, low=-90_000, high=-51_200, change=endless), 1, 0.75))
