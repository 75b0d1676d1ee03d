"""Every text that a student can read is rendered here, and follows the rules of wording (DESIGN: Style)."""

from __future__ import annotations

import re

import pytest

from torchstone.compare.hypotheses import FAMILIES, HYPOTHESES
from torchstone.messages import Kind, catalogue

TEXTS = [
    (f"{id_}/{i}", message.kind, text)
    for id_, message in sorted(catalogue().items())
    for i, text in enumerate(message.rendered())
]
TEXTS += [(f"hypotheses/{h.name}", Kind.QUESTION, h.hint) for h in HYPOTHESES]
TEXTS += [(f"hypotheses/{hint.name}", Kind.QUESTION, hint.text) for hint in FAMILIES.values()]
TEXTS += [(f"hypotheses/{h.name}/name", Kind.LABEL, h.name) for h in HYPOTHESES]

#: Words that tell a reader that they should have known.
_CONDESCENDING = re.compile(r"\b(just|simply|obvious|obviously|easy|easily|trivial|trivially|merely|of course)\b", re.I)
#: Words of the machine, and what an unfinished template leaves.
_MACHINE = re.compile(r"NoneType|<class|torch\.Size|torch\.(float|int|bool)|0x[0-9a-f]+|Traceback|[{}]|\bnot None\b")
_LONGEST = {Kind.FRAGMENT: 240, Kind.SENTENCE: 420, Kind.ADVICE: 420, Kind.QUESTION: 160, Kind.LABEL: 80}
#: What advice begins with: a verb that says what to do.
_TO_DO = re.compile(
    r"(Add|Ask|Draw|Explain|Give|Keep|Label|Let|Look|Make|Mend|Move|Name|Open|Put|Read|Register|Repeat|Return|Run|Save|Say|Seed"
    r"|Show|Split|Start|Stay|Take|Tell|Then|Write)\b"
)


@pytest.mark.parametrize(("kind", "text"), [t[1:] for t in TEXTS], ids=[t[0] for t in TEXTS])
def test_wording(kind: Kind, text: str) -> None:
    assert text == " ".join(text.split()), "one line, without double spaces"
    assert not _CONDESCENDING.search(text)
    assert not _MACHINE.search(text)
    assert 2 <= len(text) <= _LONGEST[kind]
    if kind in (Kind.SENTENCE, Kind.ADVICE, Kind.QUESTION):
        assert text[0].isupper() or not text[0].isalpha() or text[0] in "‘`", "a sentence begins with a capital"
        assert text.endswith((".", "?", ".)", ".”")), "a sentence ends"
    if kind is Kind.FRAGMENT:
        assert not text.endswith("."), "whoever shows a fragment ends the sentence"
        assert not re.match(r"(The|A|An|It|Your|This|There|No|Not) ", text), (
            "a fragment goes on from what stands before"
        )
    if kind is Kind.QUESTION:
        assert "?" in text, "a hint asks"
    if kind is Kind.ADVICE:
        assert _TO_DO.match(text), "advice begins with what to do"


def test_every_area_is_rendered() -> None:
    areas = {id_.partition(".")[0] for id_ in catalogue()}
    assert {"comparison", "diagnosis"} <= areas
    for id_, message in catalogue().items():
        assert id_ == f"{message.render.__module__.rpartition('.')[2]}.{message.render.__name__}"


def test_a_message_with_arguments_has_samples() -> None:
    for message in catalogue().values():
        assert bool(message.samples) == bool(
            message.render.__code__.co_argcount or message.render.__code__.co_kwonlyargcount
        )
