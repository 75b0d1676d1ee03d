"""The kit's parallel text: what its grammar promises, and that its splits are what they are called."""

import pytest
import torch

from torchstone.kit import text

FEMININE = {"maison", "voiture", "table", "fleur", "porte"}
MASCULINE = {"chat", "chien", "livre", "bateau", "manteau"}
COLOURS = {"green", "black", "white", "blue", "grey"}
NOUNS = {"cat", "house", "dog", "car", "book", "table", "boat", "flower", "coat", "door"}
CORPORA = {split: text.pairs(split, 300) for split in text.SPLITS}
every_split = pytest.mark.parametrize("split", text.SPLITS)


def phrases(sentence, conjunction):
    """The noun phrases of a sentence."""
    found = [[]]
    for word in sentence:
        if word == conjunction:
            found.append([])
        else:
            found[-1].append(word)
    return found


def combinations(pair):
    """Nouns and colours that stand together."""
    for words in phrases(pair.english, "and"):
        for colour in COLOURS & set(words):
            yield words[-1], colour


def test_the_grammar_speaks_french():
    phrases = {" ".join(p.english): " ".join(p.french) for split in ("train", "test") for p in text.pairs(split, 3000)}
    assert phrases["a small green house"] == "une petite maison verte"
    assert phrases["my big white dog"] == "mon grand chien blanc"
    assert phrases["the pretty car"] == "la jolie voiture"
    assert phrases["a grey book"] == "un livre gris"


@every_split
def test_every_phrase_agrees_in_gender_and_puts_the_colour_last(split):
    feminine_forms = {"la", "une", "ma", "petite", "grande", "jolie", "verte", "noire", "blanche", "bleue", "grise"}
    for pair in CORPORA[split]:
        english, french = phrases(pair.english, "and"), phrases(pair.french, "et")
        assert len(english) == len(french)
        for said, translated in zip(english, french, strict=True):
            assert len(said) == len(translated)
            (noun,) = (FEMININE | MASCULINE) & set(translated)
            others = set(translated) - {noun}
            assert (others <= feminine_forms) == (noun in FEMININE)
            assert bool(others & feminine_forms) == (noun in FEMININE)
            assert said[-1] in NOUNS
            assert (translated[-1] == noun) == (not COLOURS & set(said))


@every_split
def test_sentences_are_different_and_the_seed_decides(split):
    assert len(set(CORPORA[split])) == 300
    assert text.pairs(split, 50) == text.pairs(split, 50)
    assert text.pairs(split, 50) != text.pairs(split, 50, seed=1)


def test_training_and_test_have_no_sentence_in_common():
    train = {p for seed in range(3) for p in text.pairs("train", 1000, seed)}
    assert not train & set(text.pairs("test", 300))


def test_training_shows_every_word_and_every_form():
    train = text.pairs("train", 1000)
    assert {w for p in train for w in p.english} | {"<pad>", "<bos>", "<eos>"} == set(text.ENGLISH.words)
    assert {w for p in train for w in p.french} | {"<pad>", "<bos>", "<eos>"} == set(text.FRENCH.words)


def test_held_out_combinations_are_new_and_their_parts_are_not():
    train = {c for p in text.pairs("train", 1500) for c in combinations(p)}
    test = {c for p in CORPORA["test"] for c in combinations(p)}
    assert test <= train
    for pair in CORPORA["combinations"]:
        assert set(combinations(pair)) - train
    held_out = {c for p in CORPORA["combinations"] for c in combinations(p)} - train
    assert {noun for noun, _ in held_out} == NOUNS
    assert {colour for _, colour in held_out} == COLOURS
    assert len(held_out) == len(NOUNS)


def test_longer_is_longer():
    assert {len(phrases(p.english, "and")) for p in CORPORA["train"]} == {1, 2}
    assert {len(phrases(p.english, "and")) for p in CORPORA["longer"]} == {3}


def test_another_split_and_too_many_sentences_are_refused():
    with pytest.raises(ValueError, match="allowed are train, test, combinations, longer"):
        text.pairs("validation", 3)
    for n in (-1, text.MOST + 1):
        with pytest.raises(ValueError, match="allowed is 0 to 10,000"):
            text.pairs("train", n)
    assert text.pairs("train", 0) == []


def test_encode_pads_and_counts_the_end():
    numbers, lengths = text.ENGLISH.encode([["the", "cat"], ["a", "big", "dog"]])
    assert numbers.dtype == lengths.dtype == torch.int64
    assert numbers.shape == (2, 4)
    assert lengths.tolist() == [3, 4]
    assert numbers[0, 2:].tolist() == [text.EOS, text.PAD]
    assert text.ENGLISH.decode(numbers[0]) == ["the", "cat"]
    assert text.ENGLISH.encode([])[0].shape == (0, 0)
    with pytest.raises(KeyError):
        text.ENGLISH.encode([["chat"]])
