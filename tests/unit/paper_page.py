"""What docs/paper.md says of each sentence of the paper that asks for something."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/paper.md"
ROW = re.compile(
    r"^\| (?P<section>\d[\d.]*) \| (?P<text>[^|]+) \| (?P<met>[✓–]) \| (?P<how>[^|]+) \|$"
)


@dataclass(frozen=True)
class Sentence:
    """section of the paper; text: what it asks for; met; how: where it is done, or why not."""

    section: str
    text: str
    met: bool
    how: str


def sentences() -> list[Sentence]:
    """Every row of the page's tables of sentences."""
    matches = (ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return [
        Sentence(found["section"], found["text"], found["met"] == "✓", found["how"])
        for found in matches
        if found
    ]


def share_met() -> float:
    """The share of the sentences that are met, %."""
    told = sentences()
    return 100 * sum(sentence.met for sentence in told) / len(told)
