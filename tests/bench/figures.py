"""Figures of a bench: written as JSON, printed as a table, put into docs/results.md."""

import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/results.md"


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
    """Write results/bench/{name}.json, a list of {figure, value, unit, bar, pass}, and the bench's
    table in docs/results.md, between its two markers."""
    _write(name, [_row(figure) for figure in figures])


def renew_figures(name: str, figures: list[Figure]) -> None:
    """The same of a part of a bench: the other rows stay as the page has them."""
    renewed = {figure.figure: _row(figure) for figure in figures}
    rows = [renewed.pop(row["figure"], row) for row in _read_page(name)]
    _write(name, [*rows, *renewed.values()])


def _read_page(name: str) -> list[dict]:
    """The rows of a bench's table in docs/results.md."""
    text = PAGE.read_text(encoding="utf-8")
    table = text.split(_begin(name))[1].split(_end(name))[0]
    rows = []
    for line in table.splitlines()[2:]:
        figure, told, bar, passed = (cell.strip() for cell in line.strip("|").split("|"))
        value, _, unit = told.partition(" ")
        if told == "not measured":
            value, unit = None, ""
        known = {"figure": figure.strip("`"), "value": value and float(value), "unit": unit}
        rows.append({**known, "bar": bar, "pass": passed == "✓"})
    return rows


def _begin(name: str) -> str:
    return f"<!-- begin {name} -->\n"


def _end(name: str) -> str:
    return f"<!-- end {name} -->"


def _row(figure: Figure) -> dict:
    return {
        "figure": figure.figure,
        "value": None if figure.value is None else round(float(figure.value), 7),
        "unit": figure.unit,
        "bar": figure.wanted,
        "pass": figure.passed,
    }


def _write(name: str, rows: list[dict]) -> None:
    target = ROOT / "results/bench" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        value = "not measured" if row["value"] is None else f"{row['value']:.4g} {row['unit']}"
        print(f"{'pass' if row['pass'] else 'FAIL'}  {row['figure']:34} {value:>18}  {row['bar']}")
    _write_page(name, rows)
    print(f"written to {target.relative_to(ROOT)}")


def _write_page(name: str, rows: list[dict]) -> None:
    head, rest = PAGE.read_text(encoding="utf-8").split(_begin(name))
    _, tail = rest.split(_end(name))
    lines = ["| figure | value | bar | |", "|---|---|---|---|"]
    for row in rows:
        value = "not measured" if row["value"] is None else f"{row['value']:.4g} {row['unit']}"
        lines.append(
            f"| `{row['figure']}` | {value} | {row['bar']} | {'✓' if row['pass'] else '✗'} |"
        )
    text = head + _begin(name) + "\n".join(lines) + "\n" + _end(name) + tail
    PAGE.write_text(text, encoding="utf-8")
