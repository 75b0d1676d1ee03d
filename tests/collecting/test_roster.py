"""The class list: lenient about how it was saved, strict about what becomes a folder."""

from __future__ import annotations

import pytest

from torchstone.collecting import read_roster
from torchstone.errors import CourseError

HEADER = "id,last_name,first_name,email\n"


def refusal(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CourseError) as caught:
        read_roster(path)
    return str(caught.value)


def test_commas_unicode_and_sections(roster):
    ada = roster.get("ada")
    assert (ada.last_name, ada.name, ada.section) == ("Lovelace, Countess", "Ada Lovelace, Countess", "A")
    assert roster.get("mei").name == "梅 李"
    assert [s.id for s in roster] == ["ada", "jose", "mei", "sam1", "sam2"]
    assert roster.get("nobody") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_as_a_spreadsheet_saves_it(tmp_path, encoding):
    path = tmp_path / "roster.csv"
    path.write_bytes("ID, Email ,First_Name,Last_Name\r\nü1,,\r\n".encode(encoding)[:0])
    path.write_bytes("ID, Email ,First_Name,Last_Name\r\nu1,a@b,Ü,É\r\n,,,\r\n\r\n".encode(encoding))
    (student,) = read_roster(path)
    assert (student.id, student.email, student.name) == ("u1", "a@b", "Ü É")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "lists no student"),
        ("../x,L,F,e", "row 2: the id '../x' cannot name a folder"),
        (".hidden,L,F,e", "row 2"),
        ("a/b,L,F,e", "row 2"),
        ("a.,L,F,e", "row 2"),
        ("a+b,L,F,e", "row 2"),
        (",L,F,e", "row 2: the id ''"),
        ("x" * 65 + ",L,F,e", "row 2"),
        ("a,L,F,e\nb,L,F", "row 3: it has 3 fields"),
        ("a,O, L,F,e", "row 2: it has 5 fields"),
        ("a,L,F,e\nA,L,F,f", "row 3: the id 'A' is that of row 2"),
        ("a,L,F,e\nb,L,F,E", "row 3: the email 'E' is that of row 2"),
        ("a,L\x07,F,e", "row 2: it holds a sign"),
        ('a,"L,F,e', "row 2"),
    ],
)
def test_rows_that_cannot_be_used_are_named(tmp_path, rows, says):
    assert says in refusal(tmp_path / "roster.csv", HEADER + rows)


def test_all_faults_are_named_at_once_up_to_five(tmp_path):
    message = refusal(tmp_path / "roster.csv", HEADER + "\n".join("/,L,F," for _ in range(8)))
    assert message.count("cannot name a folder") == 5
    assert message.endswith("and 3 more")


def test_files_that_are_no_roster(tmp_path):
    path = tmp_path / "roster.csv"
    assert "lacks email" in refusal(path, "id,last_name,first_name\n")
    assert "lacks id" in refusal(path, "")
    assert "not UTF-8" in refusal(path, b"id,last_name,first_name,email\n\xff")
    with pytest.raises(CourseError, match="is missing"):
        read_roster(tmp_path / "none.csv")
