"""What crosses a cluster arrives as it was, and anything else is refused; addresses that leave the machine need TLS."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.batch import Brief, Outcome
from torchstone.cluster import engine_at, parcel
from torchstone.cluster.alike import differences
from torchstone.errors import ClusterError, JailError
from torchstone.model import Cell, DrawKey, ExerciseResult, GradingPolicy, JailPolicy, Program, Result

cells = st.builds(Cell, st.text(), st.integers(1, 1000), st.text())
programs = st.builds(Program, st.text(), st.lists(cells).map(tuple))
PROGRAM = Program("week01", (Cell("a", 1, "x = 1"),))
RESULT = Result("week01", PROGRAM.digest, "key", (ExerciseResult("a", 2.0, 1.0, ()),), "landlock")


@given(st.lists(programs))
def test_programs_arrive(sent):
    assert parcel.unpack_programs(parcel.pack_programs(sent)) == tuple(sent)


def test_outcomes_arrive_in_the_order_of_the_batch():
    other = Program("week01", ())
    fault = Outcome(other, None, JailError("the judge process ended"))
    data = parcel.pack_outcomes([fault, Outcome(PROGRAM, RESULT)], 2.5)
    (first, second), seconds = parcel.unpack_outcomes(data, [PROGRAM, other])
    assert (first.result, second.result, seconds) == (RESULT, None, 2.5)
    assert isinstance(second.fault, JailError)
    assert str(second.fault) == "the judge process ended"


def answer(**changes):
    told = json.loads(parcel.pack_outcomes([Outcome(PROGRAM, RESULT)], 1.0))
    told["outcomes"][0] |= changes
    return json.dumps(told).encode()


FOREIGN = parcel.pack_outcomes([Outcome(Program("week01", ()), RESULT)], 1.0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04K\x01.",
        b"null",
        b"[]",
        b'{"failed": "RuntimeError: x"}',
        json.dumps({"outcomes": [], "seconds": 1}).encode(),
        FOREIGN,
        answer(result=None),
        answer(result="{}"),
        answer(result=parcel.dump_result(Result("week02", PROGRAM.digest, "key", (), "landlock"))),
        answer(result=parcel.dump_result(Result("week01", "another", "key", (), "landlock"))),
    ],
)
def test_an_answer_that_is_none_is_refused(data):
    with pytest.raises(ClusterError):
        parcel.unpack_outcomes(data, [PROGRAM])


@given(st.binary(max_size=200))
def test_bytes_that_are_no_brief_are_refused(data):
    with pytest.raises(ClusterError):
        parcel.unpack_brief(data)


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    folder = tmp_path / "graders" / "week01"
    (folder / "alternatives").mkdir(parents=True)
    (folder / "test_a.py").write_text("import torch\n")
    (folder / "alternatives" / "a.py").write_bytes("ü\r\n".encode())
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"left out")
    policy = GradingPolicy(JailPolicy(), DrawKey(b"k", "f", "2"), constraints="c", release="r")
    return Brief("week01", tmp_path / "graders", policy, PROGRAM, tmp_path / "wanted.sqlite")


def test_a_brief_arrives_with_its_graders(brief, tmp_path):
    arrived = parcel.unpack_brief(parcel.pack_brief(brief)).unpack(tmp_path / "there")
    assert (arrived.assignment, arrived.policy, arrived.solution) == (brief.assignment, brief.policy, brief.solution)
    files = {p.relative_to(arrived.folder).as_posix(): p.read_bytes() for p in arrived.folder.rglob("*") if p.is_file()}
    assert files == {"test_a.py": b"import torch\n", "alternatives/a.py": "ü\r\n".encode()}


def test_graders_that_were_changed_or_leave_their_folder_are_refused(brief, tmp_path):
    sent = json.loads(parcel.pack_brief(brief))
    changed = {**sent, "files": {**sent["files"], "test_a.py": ""}}
    outside = {**sent, "files": {**sent["files"], "../../x.py": ""}}
    for message, words in ((changed, "not those that were sent"), (outside, "outside their folder")):
        with pytest.raises(ClusterError, match=words):
            parcel.unpack_brief(json.dumps(message).encode()).unpack(tmp_path / "there")
    assert not (tmp_path / "x.py").exists()


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "tcp://grading.example.org:8786", "127.0.0.1:8786", "x"])
def test_an_address_that_leaves_the_machine_needs_tls(address):
    with pytest.raises(ClusterError, match=r"tls://HOST:PORT"):
        engine_at(address, print)


def test_addresses_that_are_taken():
    for address in ("tls://grading.example.org:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:8786", "tcp://localhost:1"):
        assert callable(engine_at(address, print))


def test_what_differs_is_said():
    ours, theirs = {"numpy": "1", "torch": "2"}, {"numpy": "1", "torch": "3", "scipy": "4"}
    assert differences(ours, ours) == ""
    assert differences(theirs, ours) == "torch 2 (wanted: 3), scipy none (wanted: 4)"
