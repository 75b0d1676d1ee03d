"""The class in the gradebook, by the command line."""

import pytest
from click.testing import CliRunner

from torchstone.cli._main import torchstone
from torchstone.errors import CourseError
from torchstone.gradebook.book import open_book

CLASS = 'id,last_name,first_name,email,section\nann,"Ünal, Countess",梅,a@example.org,B\nbob,B,Bo,b@example.org,A\n'


def take_in(course, *source):
    return CliRunner().invoke(
        torchstone, ["roster", *map(str, source), "--course", str(course.root)], standalone_mode=False
    )


def test_the_class_is_entered_and_strangers_are_named(released, tmp_path):
    with open_book(released) as book:
        book.add_student("eve")
    path = tmp_path / "class.csv"
    path.write_text(CLASS, encoding="utf-8")
    done = take_in(released, path)
    assert "2 people in sections A, B" in done.output
    assert "eve is in the gradebook and not in the roster" in done.output
    with open_book(released) as book:
        assert book.find_student("ann").last_name == "Ünal, Countess"
        assert book.find_student("eve") is not None
    path.write_text(CLASS.splitlines()[0] + "\ncid,C,Ci,c@example.org,A\n", encoding="utf-8")
    assert "1 new, 2 not in it any more: ann, bob" in take_in(released, path).output


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("ann,A,An,x@example.org,", "row 4: the id 'ann' is that of row 2"),
        ("ANN,A,An,x@example.org,", "row 4: the id 'ANN' is that of row 2"),
        ("eve,E,Ev,b@example.org,", "row 4: the email 'b@example.org' is that of row 3"),
        ("../eve,E,Ev,e@example.org,", "row 4: the id '../eve' cannot name a folder"),
    ],
)
def test_a_row_that_cannot_be_used_changes_nothing(released, tmp_path, row, message):
    released.roster.write_text(CLASS, encoding="utf-8")
    path = tmp_path / "class.csv"
    path.write_text(f"{CLASS}{row}\n", encoding="utf-8")
    done = take_in(released, path)
    assert isinstance(done.exception, CourseError)
    assert message in str(done.exception)
    assert released.roster.read_text(encoding="utf-8") == CLASS
