"""Nothing that a recogniser is tested on may have shaped what it is trained on.

A test video that drove a synthetic one teaches the recogniser the very motion it is asked about;
a subject who did both, the way that person moves. Here tables are compared, before any job;
`recognition.duplicates` compares what the files show.
"""

import os
from dataclasses import dataclass

from understudy.errors import UserError
from understudy.plan.tables import Tables


def refuse_leaks(tables: Tables, disjoint_by: str) -> None:
    """Raises UserError, naming both, for a test video that is also a reference or a training
    video, and with disjoint_by "subject" for a reference's subject who is in the test set."""
    tests = {row["id"]: row for row in tables.real.values() if row["split"] == "test"}
    by_file = {_file(row): row["id"] for row in tests.values()}
    for row in tables.references.values():
        if test := by_file.get(_file(row)):
            raise UserError(
                f"leakage: {row['video']} is reference '{row['id']}' and test video '{test}': the "
                "recogniser would be tested on a motion that drove its synthetic training data; "
                "remove it from one table"
            )
    for row in tables.real.values():
        if row["split"] == "train" and (test := by_file.get(_file(row))):
            raise UserError(
                f"leakage: {row['video']} is training video '{row['id']}' and test video '{test}'; "
                "remove one from the table of real videos"
            )
    if disjoint_by != "subject":
        return
    by_subject = {row["subject"]: row["id"] for row in tests.values() if "subject" in row}
    for row in tables.references.values():
        if test := by_subject.get(row.get("subject")):
            raise UserError(
                f"leakage: subject '{row['subject']}' of reference '{row['id']}' also performs "
                f"test video '{test}'; remove one, or set experiments.disjoint_by: video"
            )


@dataclass(frozen=True)
class Allowed:
    """A pair that may look like copies: the ids and paths of the test video and the other one, and
    the user's reason."""

    test: str
    test_video: str
    other: str
    other_video: str
    reason: str


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
