"""Copies of test videos among the references and the training videos, by the files' content."""

import sys

from job import job

with job(snakemake):
    from pathlib import Path

    from understudy.files import write_json
    from understudy.recognition.duplicates import copies, judged
    from understudy.recognition.fingerprint import fingerprints
    from understudy.sources import record_path, remember_all

    told = snakemake.params
    tests, others = told.tests, told.others
    prints, unread = fingerprints([*tests, *others], snakemake.threads)
    for path in unread:
        print(
            f"warning: {path}: cannot be read, so copies of it are not searched for",
            file=sys.stderr,
        )
    seen = {id_: row for id_, row in told.real.items() if Path(row[0]).is_file()}
    remember_all(record_path(told.records, "real", ""), seen)
    allowed = {(test, other): reason for test, other, reason in told.allowed}
    passed = judged(copies(tests, others, prints), allowed)
    about = {"test": tests, "others": others, "unread": unread, "allowed": passed}
    write_json(snakemake.output[0], about)
