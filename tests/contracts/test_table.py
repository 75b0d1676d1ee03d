"""docs/weeks.md says what the weeks are."""

from pathlib import Path

from torchstone import config
from torchstone.contracts import table

ROOT = Path(__file__).parents[2]


def test_the_page_is_current_for_all_weeks():
    there = (ROOT / table.PAGE).read_text()
    made = table.page(table.count(config.load(ROOT)), {})
    assert table.without_runtimes(there) == table.without_runtimes(made), (
        "docs/weeks.md is not current: run `torchstone week table`, and commit it"
    )


def test_runtimes_are_kept_and_do_not_count():
    week = table.WeekCounts(
        "week01", "Doubling", (table.Counts("double", 4, 2, 5, 3), table.Counts("triple", 3, 1, 4, 2))
    )
    text = table.page([week], {"week01": ("1.5", "17")})
    assert "| [week01](#week01) | Doubling | 2 | 7 | 3 | 9 | 5 | 1.5 | 17 |" in text
    assert table.known_runtimes(text) == {"week01": ("1.5", "17")}
    assert table.without_runtimes(text) == table.without_runtimes(table.page([week], {}))
    assert table.without_runtimes(text) != table.without_runtimes(table.page([], {}))
