"""docs/weeks.md says what the weeks are."""

from pathlib import Path

from torchstone import config
from torchstone.contracts import table
from torchstone.contracts.chance import Chance

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


def test_what_is_left_to_chance_is_told():
    known = Chance("coin", 1e-12, 200, {"tails up": ("test_share",), "on the cpu": ()})
    changed = Chance("die", 2e-10, 0, {})
    text = table.page([table.WeekCounts("week01", "Chance", (), (known, changed))], {})
    assert "`coin` (week01): false failure ≤ 1e-12; power ≥ 98.5 % (200 seeds)" in text
    assert "| tails up | `test_share` |" in text
    assert "| on the cpu | none here: it shows on an accelerator" in text
    assert "`die` (week01): false failure ≤ 2e-10; not graded with many seeds since it changed" in text
    assert "## Chance" not in table.page([table.WeekCounts("week01", "None", ())], {})
