"""The table of a bench in docs/results.md: written, read back, renewed in part."""

import json

import pytest

from tests.bench import figures
from tests.bench.figures import Figure, renew_figures, write_figures


@pytest.fixture
def page(tmp_path, monkeypatch):
    path = tmp_path / "docs/results.md"
    path.parent.mkdir()
    path.write_text("before\n<!-- begin x -->\n<!-- end x -->\nafter\n")
    monkeypatch.setattr(figures, "ROOT", tmp_path)
    monkeypatch.setattr(figures, "PAGE", path)
    return path


FIGURES = [
    Figure("time", 1.23456, "s a video", 2, True),
    Figure("found", 93.0, "% of 16", 95, False),
    Figure("told", 7, "", None, False),
    Figure("gpu", None, "×", 4, False),
]


def test_a_part_renews_its_own_rows_alone(page):
    write_figures("x", FIGURES)
    whole = page.read_text()
    assert "| `time` | 1.235 s a video | ≤ 2 | ✓ |\n| `found` | 93 % of 16 | ≥ 95 | ✗ |" in whole
    assert "| `gpu` | not measured | ≥ 4 | ✗ |" in whole
    renew_figures("x", [])
    assert page.read_text() == whole
    renew_figures("x", [Figure("found", 96, "% of 16", 95, False), Figure("more", 1, "x", 1, True)])
    told = "| `found` | 93 % of 16 | ≥ 95 | ✗ |", "| `found` | 96 % of 16 | ≥ 95 | ✓ |"
    last = "| `gpu` | not measured | ≥ 4 | ✗ |\n"
    expected = whole.replace(*told).replace(last, last + "| `more` | 1 x | ≤ 1 | ✓ |\n")
    assert page.read_text() == expected
    rows = json.loads((page.parents[1] / "results/bench/x.json").read_text())
    assert [row["value"] for row in rows] == [1.235, 96, 7, None, 1]
