"""Writes the table of cases in docs/devices.md: `python tests/sim/inside/table.py`."""

from pathlib import Path

from cases import FAMILIES

PAGE = Path(__file__).parents[3] / "docs" / "devices.md"
BEGIN, END = "<!-- cases: written by tests/sim/inside/table.py -->\n", "<!-- end of cases -->\n"


def table() -> str:
    """The families and how many cases each has, as Markdown."""
    rows = [f"| {title} | {len(names)} |" for title, names in sorted(FAMILIES.items())]
    total = sum(len(names) for names in FAMILIES.values())
    return "\n".join(["| family | cases |", "|---|---:|", *rows, f"| **together** | **{total}** |", ""])


def page_with_table(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text()))
