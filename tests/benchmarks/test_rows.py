"""Rows of a benchmark, from its process into the page."""

from __future__ import annotations

from pathlib import Path

from benchmarks.rows import Row, at_least, at_most, between, dump, load, table


def test_rows_are_written_into_their_place(tmp_path: Path) -> None:
    page, rows = tmp_path / "page.md", [at_least("speed", 31, 30, "×"), at_most("wire", 2.0, 1.5, "ms"), Row("a", "b")]
    page.write_text("before\n<!-- begin -->\nstale figures\n<!-- end -->\nafter\n")
    dump(rows, tmp_path / "rows.json")
    between(page, "<!-- begin -->", "<!-- end -->", table(load(tmp_path / "rows.json")))
    text = page.read_text()
    assert text.startswith("before\n<!-- begin -->\n| what")
    assert text.endswith("<!-- end -->\nafter\n")
    assert "| speed | ≥ 30 × | 31 × | holds |" in text
    assert "| wire | ≤ 1.5 ms | 2 ms | **falls short** |" in text
    assert "stale" not in text
