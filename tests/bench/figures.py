"""Figures of a bench: written as JSON, printed as a table, put into docs/results.md."""

import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figure:
    """One measured number and its bar: `at_most` or at least `bar`; None: it is only told. `value`
    None: not measured."""

    figure: str
    value: float | None
    unit: str
    bar: float | None
    at_most: bool

    @property
    def passed(self) -> bool:
        if self.value is None:
            return False
        if self.bar is None:
            return True
        return bool(self.value <= self.bar if self.at_most else self.value >= self.bar)

    @property
    def wanted(self) -> str:
        return "none" if self.bar is None else f"{'≤' if self.at_most else '≥'} {self.bar:g}"


def write_figures(name: str, figures: list[Figure]) -> None:
    """results/bench/{name}.json: a list of {figure, value, unit, bar, pass}."""
    rows = [
        {
            "figure": figure.figure,
            "value": None if figure.value is None else round(float(figure.value), 7),
            "unit": figure.unit,
            "bar": figure.wanted,
            "pass": figure.passed,
        }
        for figure in figures
    ]
    target = ROOT / "results/bench" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        value = "not measured" if row["value"] is None else f"{row['value']:.4g} {row['unit']}"
        print(f"{'pass' if row['pass'] else 'FAIL'}  {row['figure']:34} {value:>18}  {row['bar']}")
    _write_page(name, rows)
    print(f"written to {target.relative_to(ROOT)}")


def _write_page(name: str, rows: list[dict]) -> None:
    """Renew the bench's table in docs/results.md, between its two markers."""
    page = ROOT / "docs/results.md"
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    text = page.read_text(encoding="utf-8")
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    lines = ["| figure | value | bar | |", "|---|---|---|---|"]
    for row in rows:
        value = "not measured" if row["value"] is None else f"{row['value']:.4g} {row['unit']}"
        lines.append(
            f"| `{row['figure']}` | {value} | {row['bar']} | {'✓' if row['pass'] else '✗'} |"
        )
    page.write_text(head + begin + "\n".join(lines) + "\n" + end + tail, encoding="utf-8")
