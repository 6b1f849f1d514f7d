"""Copies of test videos among the references and the training videos, by the files' content; and
all real videos that cannot be read, before the first recogniser is trained."""

import sys

from job import job

with job(snakemake):
    from pathlib import Path

    from understudy.errors import UserError
    from understudy.files import write_json
    from understudy.recognition.duplicates import copies, judged
    from understudy.recognition.fingerprint import fingerprints
    from understudy.sources import record_path, remember_all

    told = snakemake.params
    tests, others = told.tests, told.others
    prints, unread = fingerprints([*tests, *others], snakemake.threads)
    unusable = {id_: unread[path] for id_, path in told.rows.items() if path in unread}
    for path, why in unread.items():
        if path not in told.rows.values():
            print(f"warning: {why}; copies of it are not searched for", file=sys.stderr)
    if unusable:
        rows = "".join(f"\n  row '{id_}': {why}" for id_, why in unusable.items())
        raise UserError(
            f"{told.table}: {len(unusable)} of {len(told.rows)} videos cannot be read; restore the "
            f"files, or take out their rows:{rows}"
        )
    seen = {id_: row for id_, row in told.real.items() if Path(row[0]).is_file()}
    remember_all(record_path(told.records, "real", ""), seen)
    allowed = {(test, other): reason for test, other, reason in told.allowed}
    passed = judged(copies(tests, others, prints), allowed)
    about = {"test": tests, "others": others, "unread": list(unread), "allowed": passed}
    write_json(snakemake.output[0], about)
