"""bleu: n-gram precision with clipping, a brevity penalty, and the book's weights 1/2ⁿ."""

import pytest

from torchstone.judge import agree, exercise, points

pytestmark = exercise("bleu", worlds=["float32"])


def disturbed(draw, words, alphabet):
    """The same sentence with about every fourth word drawn anew: many n-grams survive."""
    others, chosen = draw.words(len(words), alphabet), draw.integers(len(words), low=0, high=4).tolist()
    return [other if number == 0 else word for word, other, number in zip(words, others, chosen, strict=True)]


def distinct(draw):
    """Seven words, all different, in any order."""
    return ["abcdefg"[i] for i in draw.distinct(7).argsort().tolist()]


@points(2)
@pytest.mark.parametrize("n, k", [(23, 2), (41, 3), (97, 4), (11, 1)])
def test_against_a_reference(student, draw, n, k):
    """Translations that share many n-grams with the reference, as long as it is"""
    ref = draw.words(n, "abcdef")
    agree(student.bleu(disturbed(draw, ref, "abcdef"), ref, k))
    agree(student.bleu(ref, ref, k))


@points(2)
@pytest.mark.parametrize("k", [1, 2, 3])
def test_clipping(student, draw, k):
    """An n-gram is matched as often as the reference has it, and no more"""
    ref = draw.words(19, "ab")
    agree(student.bleu(ref[:3] * 6, ref, k))
    agree(student.bleu([ref[0]] * 19, ref, k))
    agree(student.bleu([*ref[:2], *ref[:2], "z"], [*ref[:2], "y", "x", "w"], k))


@points(1)
@pytest.mark.parametrize("length", [5, 11, 16, 17, 18, 23, 34])
def test_length(student, draw, length):
    """A prediction shorter than the reference is penalised; a longer one pays by its precision alone"""
    ref = draw.words(17, "abcd")
    agree(student.bleu((ref + ref)[:length], ref, 2))


@points(1)
def test_weights(student, draw):
    """The order n weighs 1/2ⁿ: every k from 1 to 6 on one pair"""
    ref = draw.words(61, "abc")
    pred = disturbed(draw, ref, "abc")
    agree([student.bleu(pred, ref, k) for k in range(1, 7)])


@points(1)
def test_empty(student, draw):
    """An empty prediction, an empty reference or both: 0. So is a prediction that shares nothing"""
    words = distinct(draw)
    agree([student.bleu([], words, 2), student.bleu([], [], 1)])
    agree(student.bleu(words, [], 2))
    agree(student.bleu(["z"] * 5, words, 1))
    agree(student.bleu(words, words, 2))


@points(1)
@pytest.mark.parametrize("length", [1, 2, 3])
def test_short(student, draw, length):
    """A prediction of fewer than k words: the orders for which it has no n-gram are left out"""
    words = distinct(draw)
    agree(student.bleu(words[:length], words[:length], 4))
    agree(student.bleu(words[:length], words, 4))
    agree(student.bleu(words, words[:length], 1))
