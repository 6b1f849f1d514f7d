"""Snakemake's own report of a finished run."""

import re


def test_it_shows_tables_figures_and_one_loop_an_action(finished, tmp_path):
    page = tmp_path / "report.html"
    run = finished.snakemake("--report", str(page))
    assert run.returncode == 0, run.stdout[-3000:]
    text = page.read_text()
    for shown in ("table1.csv", "gains.csv", "per_class.csv", "accuracy.svg", "confusion.svg"):
        assert f"experiments/world/{shown}" in text, shown
    assert set(re.findall(r"sheets/preview/(\w+)\.webp", text)) == {"wave", "bow"}
    assert "Accuracy on real test videos of recognisers" in text  # a caption
    assert "fitted to a reference video" in text  # and that of the whole
