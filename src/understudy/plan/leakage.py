"""Nothing that a recogniser is tested on may have shaped what it is trained on.

A test video that drove a synthetic one teaches the recogniser the very motion it is asked about;
a subject who did both, the way that person moves. Here tables are compared, before any job;
`recognition.duplicates` compares what the files show.
"""

import os
from dataclasses import dataclass

from understudy.errors import UserError
from understudy.plan.tables import Tables

TOLD = 10  # leaks in one error


@dataclass(frozen=True)
class Allowed:
    """A pair that may look like copies: the ids and paths of the test video and the other one, and
    the user's reason."""

    test: str
    test_video: str
    other: str
    other_video: str
    reason: str


def refuse_leaks(tables: Tables, disjoint_by: str, allowed: list[Allowed]) -> None:
    """Raises UserError for test videos that are also references or training videos, and with
    disjoint_by "subject" for references' subjects who are in the test set. It names all but those
    of `allowed` pairs."""
    passed = {(pair.test, pair.other) for pair in allowed}
    tests = [row for row in tables.real.values() if row["split"] == "test"]
    trained = [row for row in tables.real.values() if row["split"] == "train"]
    by_file: dict[str, list[dict]] = {}
    for test in tests:
        by_file.setdefault(_file(test), []).append(test)
    leaks = [
        f"{row['video']} is {what} '{row['id']}' and test video '{test['id']}'"
        for what, rows in (
            ("reference", tables.references.values()),
            ("training video", trained),
        )
        for row in rows
        for test in by_file.get(_file(row), [])
        if (test["id"], row["id"]) not in passed
    ]
    advice = "the recogniser would be tested on what it is trained on; remove one from its table"
    if not leaks and disjoint_by == "subject":
        performs = {test["subject"]: test["id"] for test in reversed(tests) if "subject" in test}
        leaks = [
            f"subject '{row['subject']}' of reference '{row['id']}' also performs test video "
            f"'{performs[row['subject']]}'"
            for row in tables.references.values()
            if row.get("subject") in performs
        ]
        advice = "remove one, or set experiments.disjoint_by: video"
    if leaks:
        more = f"; and {len(leaks) - TOLD} more" if len(leaks) > TOLD else ""
        raise UserError(f"leakage: {'; '.join(leaks[:TOLD])}{more}: {advice}")


def allowed_pairs(tables: Tables, pairs: list[dict]) -> list[Allowed]:
    """The pairs of `experiments.allowed_pairs`. Raises UserError for an id that is in no table."""
    real = tables.real.values()
    tests = {row["id"]: row["video"] for row in real if row["split"] == "test"}
    others = {row["id"]: row["video"] for row in real if row["split"] == "train"}
    others |= {row["id"]: row["video"] for row in tables.references.values()}
    for pair in pairs:
        for key, known, what in (
            ("test", tests, "a test video of real.tsv"),
            ("other", others, "a reference or a training video"),
        ):
            if pair[key] not in known:
                raise UserError(
                    f"config: experiments.allowed_pairs: '{pair[key]}' is not the id of {what}; "
                    "correct it, or remove the pair"
                )
    return [
        Allowed(
            *(pair["test"], tests[pair["test"]], pair["other"], others[pair["other"]]),
            pair["reason"],
        )
        for pair in pairs
    ]


def _file(row: dict) -> str:
    """One name for a file, however the table writes it."""
    return os.path.realpath(row["video"])
