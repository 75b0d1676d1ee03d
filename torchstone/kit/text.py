"""A small parallel text that travels with the kit: English and French phrases made by a grammar, no download.

`pairs` draws sentence pairs of a split, `ENGLISH` and `FRENCH` turn words into numbers and back. The grammar is our own
and small enough to be learnt in seconds; what makes it a task is French: a colour follows its noun, and determiner and
adjectives agree with the noun's gender («a small green house», «une petite maison verte»).

The splits differ in what is new about them. `train` and `test` are drawn alike and have no sentence in common.
`combinations` holds nouns in colours that training never showed together, though it showed each of them with others.
`longer` strings three noun phrases together, where training has one or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

__all__ = ["BOS", "ENGLISH", "EOS", "FRENCH", "MOST", "PAD", "SPLITS", "Pair", "Split", "Words", "pairs"]

Split = Literal["train", "test", "combinations", "longer"]
SPLITS: Final[tuple[Split, ...]] = ("train", "test", "combinations", "longer")

MOST: Final = 10_000  #: sentences at a time; every split has several times as many

PAD: Final = 0  #: fills a row behind the end of its sentence
BOS: Final = 1  #: the begin of a sentence
EOS: Final = 2  #: its end
_MARKS: Final = ("<pad>", "<bos>", "<eos>")

#: English, French masculine, French feminine.
_DETERMINERS: Final = (("the", "le", "la"), ("a", "un", "une"), ("my", "mon", "ma"))
_SIZES: Final = (("small", "petit", "petite"), ("big", "grand", "grande"), ("pretty", "joli", "jolie"))
_COLOURS: Final = (
    ("green", "vert", "verte"),
    ("black", "noir", "noire"),
    ("white", "blanc", "blanche"),
    ("blue", "bleu", "bleue"),
    ("grey", "gris", "grise"),
)
#: English, French, feminine? All begin with a consonant: no elision, no liaison in spelling.
_NOUNS: Final = (
    ("cat", "chat", False),
    ("house", "maison", True),
    ("dog", "chien", False),
    ("car", "voiture", True),
    ("book", "livre", False),
    ("table", "table", True),
    ("boat", "bateau", False),
    ("flower", "fleur", True),
    ("coat", "manteau", False),
    ("door", "porte", True),
)


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation, as words."""

    english: tuple[str, ...]
    french: tuple[str, ...]


@dataclass(frozen=True)
class _NounPhrase:
    """Indices into the lexicon; None where there is no adjective."""

    determiner: int
    size: int | None
    colour: int | None
    noun: int

    @property
    def held_out(self) -> bool:
        """A noun in a colour that training does not show together: one colour in five for every noun."""
        return self.colour is not None and (self.noun + self.colour) % len(_COLOURS) == 0

    def pair(self) -> Pair:
        noun, french_noun, feminine = _NOUNS[self.noun]
        form = 2 if feminine else 1
        determiner = _DETERMINERS[self.determiner]
        size = [_SIZES[self.size]] if self.size is not None else []
        colour = [_COLOURS[self.colour]] if self.colour is not None else []
        english = (determiner[0], *(a[0] for a in size), *(a[0] for a in colour), noun)
        french = (determiner[form], *(a[form] for a in size), french_noun, *(a[form] for a in colour))
        return Pair(english, french)


class Words:
    """The words of one language and their numbers: <pad> is 0, <bos> 1, <eos> 2, then the words in alphabetic order."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: Final = (*_MARKS, *sorted(set(words)))
        self._numbers: Final = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, sentences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        """Numbers [n, T] int64, each row closed by <eos> and padded with <pad>, and the lengths [n] with <eos>.

        T is the greatest length. Raises KeyError for a word that the language does not have.
        """
        rows = [[*(self._numbers[word] for word in sentence), EOS] for sentence in sentences]
        lengths = torch.tensor([len(row) for row in rows], dtype=torch.int64)
        numbers = torch.full((len(rows), max(map(len, rows), default=0)), PAD)
        for number, row in enumerate(rows):
            numbers[number, : len(row)] = torch.tensor(row)
        return numbers, lengths

    def decode(self, numbers: Tensor | Sequence[int]) -> list[str]:
        """The words up to the first <eos>, without <bos> and <pad>."""
        said = []
        for number in map(int, numbers):
            if number == EOS:
                break
            if number not in (PAD, BOS):
                said.append(self.words[number])
        return said


def _spoken(language: int) -> Iterator[str]:
    """Every word of a language; 0 is English, 1 French."""
    adjectives = (*_DETERMINERS, *_SIZES, *_COLOURS)
    if language == 0:
        yield from ("and", *(a[0] for a in adjectives), *(n[0] for n in _NOUNS))
    else:
        yield from ("et", *(form for a in adjectives for form in a[1:]), *(n[1] for n in _NOUNS))


ENGLISH: Final = Words(_spoken(0))
FRENCH: Final = Words(_spoken(1))


def pairs(split: Split, n: int, seed: int = 0) -> list[Pair]:
    """`n` different sentence pairs of a split, in random order; the same seed gives the same pairs.

    Raises ValueError for another split, or for more than `MOST` sentences.
    """
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; allowed are {', '.join(SPLITS)}")
    if not 0 <= n <= MOST:
        raise ValueError(f"n is {n}; allowed is 0 to {MOST:,}")
    generator = torch.Generator().manual_seed(seed)
    found: dict[Pair, None] = {}
    while len(found) < n:
        phrases = _drawn(3 if split == "longer" else 1 + _below(2, generator), generator)
        if _belongs(phrases, split):
            found[_joined(phrases)] = None
    return list(found)


def _belongs(phrases: Sequence[_NounPhrase], split: Split) -> bool:
    new_combination = any(p.held_out for p in phrases)
    if split == "combinations":
        return new_combination
    if new_combination:
        return False
    return split == "longer" or (_checksum(phrases) % 5 == 0) == (split == "test")


def _checksum(phrases: Sequence[_NounPhrase]) -> int:
    """Decides between train and test: the same on every machine, and unrelated to any single word."""
    value = 7
    for p in phrases:
        for part in (p.determiner, p.noun, -1 if p.size is None else p.size, -1 if p.colour is None else p.colour):
            value = (value * 31 + part + 2) % 1_000_003
    return (value * 7919 % 1_000_003) // 97


def _joined(phrases: Sequence[_NounPhrase]) -> Pair:
    english: tuple[str, ...] = ()
    french: tuple[str, ...] = ()
    for number, phrase in enumerate(phrases):
        pair = phrase.pair()
        english += ("and",) * (number > 0) + pair.english
        french += ("et",) * (number > 0) + pair.french
    return Pair(english, french)


def _drawn(n: int, generator: torch.Generator) -> list[_NounPhrase]:
    """Noun phrases; three in four have a colour, half of them a size."""
    return [
        _NounPhrase(
            determiner=_below(len(_DETERMINERS), generator),
            size=_below(len(_SIZES), generator) if _below(2, generator) else None,
            colour=_below(len(_COLOURS), generator) if _below(4, generator) else None,
            noun=_below(len(_NOUNS), generator),
        )
        for _ in range(n)
    ]


def _below(limit: int, generator: torch.Generator) -> int:
    return int(torch.randint(limit, (), generator=generator))
