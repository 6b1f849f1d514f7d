"""Logs and benchmarks of finished jobs, packed a rule: read as before; the rest stays files."""

import os
from pathlib import Path

import pytest

from understudy.packed import MANY, changed_ns, pack, read_text, texts
from understudy.plan.digests import changed_after_job
from understudy.plan.finished import pack_finished
from understudy.plan.job import Expected
from understudy.report.benchmarks import read_benchmarks
from understudy.report.failures import GONE, find_failures

HEAD = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def jobs(count: int) -> list[Expected]:
    """Jobs of a rule that all have finished: job n took n s and 100 + n MB."""
    found = []
    for number in range(count):
        parts = (f"r{number:04}", "anna", "source")
        item = Expected(
            f"results/white/{'/'.join(parts)}.mp4",
            "animate_avatar",
            f"results/logs/animate_avatar/{'/'.join(parts)}.log",
            wildcards=parts,
        )
        cost = f"{number}\t0:00:01\t{100 + number}\t1\t1\t1\t0\t0\t90\t{number}\n"
        for path, text in ((item.path, ""), (item.log, f"log {number}\n")):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text)
        Path(item.benchmark).parent.mkdir(parents=True, exist_ok=True)
        Path(item.benchmark).write_text(HEAD + cost)
        found.append(item)
    return found


@pytest.fixture
def finished(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return jobs(MANY + 2)


def small_files() -> list[str]:
    return sorted(str(p) for f in ("logs", "benchmarks") for p in Path("results", f).rglob("*"))


def test_many_small_files_become_one_and_are_read_as_before(finished):
    before = read_benchmarks(Path("results/benchmarks"))
    times = {item: changed_ns(item.benchmark) for item in finished}
    pack_finished("results", finished)
    assert small_files() == [
        "results/benchmarks/animate_avatar.zip",
        "results/logs/animate_avatar.zip",
    ]
    assert read_benchmarks(Path("results/benchmarks")) == before
    assert before[0].jobs == len(finished)
    assert {item: changed_ns(item.benchmark) for item in finished} == times
    assert read_text(finished[7].log) == "log 7\n"
    assert read_text("results/logs/animate_avatar/none.log") is None
    assert read_text("results/logs/other/none.log") is None


def test_what_was_lost_or_changed_is_still_known(finished):
    pack_finished("results", finished)
    lost, changed = Path(finished[3].path), Path(finished[4].path)
    lost.unlink()
    assert [(f.path, f.why) for f in find_failures(finished)] == [(str(lost), GONE)]
    assert not changed_after_job(finished[4], changed.stat())
    later = changed_ns(finished[4].benchmark) + 3_000_000_000
    os.utime(changed, ns=(later, later))
    assert changed_after_job(finished[4], changed.stat())


def test_a_job_that_failed_or_ran_again_is_told_by_its_newest_log(finished):
    pack_finished("results", finished)
    again, failed = finished[5], finished[6]
    for item, text in ((again, "second try\n"), (failed, "error: no\n")):
        Path(item.log).parent.mkdir(parents=True)
        Path(item.log).write_text(text)
    Path(failed.path).unlink()
    assert [failure.why for failure in find_failures(finished)] == ["no"]
    Path(again.benchmark).parent.mkdir(parents=True)
    Path(again.benchmark).write_text(HEAD + "900\t0:15:00\t7\t1\t1\t1\t0\t0\t90\t3\n")
    assert read_benchmarks(Path("results/benchmarks"))[0].longest_s == 900
    assert read_benchmarks(Path("results/benchmarks"))[0].jobs == len(finished)
    pack_finished("results", finished)
    assert read_text(again.log) == "second try\n"
    assert small_files()[-1] == failed.log, "that of a failed job stays a file"


def test_few_files_stay_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    few = jobs(3)
    pack_finished("results", few)
    assert [Path(item.log).exists() for item in few] == [True] * 3


def test_a_damaged_pack_is_as_none(finished):
    pack_finished("results", finished)
    Path("results/benchmarks/animate_avatar.zip").write_bytes(b"PK\x03\x04 cut")
    assert list(texts("results/benchmarks", ".tsv")) == []
    assert changed_ns(finished[0].benchmark) is None
    pack("results/logs", "animate_avatar", [])
    assert read_text(finished[0].log) == "log 0\n"
