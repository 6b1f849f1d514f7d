"""What a run shows: few lines in a file, one screen in a terminal; errors in full, once."""

import logging
import os
import pty
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_understudy import words
from snakemake_logger_plugin_understudy.calm import Calm, keep_logs
from snakemake_logger_plugin_understudy.lines import WIDTH, Lines
from snakemake_logger_plugin_understudy.run import Job, Run, Stage
from snakemake_logger_plugin_understudy.screen import picture
from snakemake_logger_plugin_understudy.streams import Aside

SNAKEFILE = """
rule all:
    input: expand("good/{i}", i=range(6)), "told", "again", "killed", "absent"

rule good:
    output: "good/{i}"
    log: "logs/good/{i}.log"
    shell: "echo noise; echo noise >&2; sleep 0.3; touch {output}"

rule told:
    output: "told"
    log: "logs/told.log"
    shell: "(echo masks: 100%; echo error: a.mp4: is empty) > {log}; exit 1"

rule again:
    output: "again"
    log: "logs/again.log"
    retries: 1
    shell: "test -e first && touch {output} || {{ touch first; cp traceback {log}; exit 1; }}"

rule killed:
    output: "killed"
    log: "logs/killed.log"
    shell: "kill -9 $$"

rule absent:
    output: "absent"
    shell: "true"
"""
TRACEBACK = "Traceback (most recent call last):\nValueError: no\n"
ROOT = Path(__file__).resolve().parents[2]
PATH = f"{ROOT / 'src'}:{ROOT / 'workflow/logger'}"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A workflow in which parts fail, each in a different way."""
    return written(tmp_path)


@pytest.fixture(scope="module")
def failed(tmp_path_factory) -> tuple[Path, str]:
    """That workflow after a run into a pipe, and its output."""
    folder = written(tmp_path_factory.mktemp("failed"))
    run = snakemake(folder, "--logger", "understudy", "--show-failed-logs")
    assert run.returncode == 1 and run.stdout == ""
    return folder, run.stderr


def written(folder: Path) -> Path:
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "traceback").write_text(TRACEBACK)
    return folder


def command(*arguments: str) -> list[str]:
    return [
        *(sys.executable, "-m", "snakemake", "--cores", "2", "--keep-going"),
        *("--scheduler", "greedy", "--latency-wait", "0", *arguments),
    ]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": PATH, "COLUMNS": "80", "LINES": "24"}


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=folder, env=environment(), text=True, capture_output=True
    )


def test_a_file_gets_few_lines_and_each_error_once(failed):
    _, told = failed
    assert "Error in rule told: log logs/told.log\nerror: a.mp4: is empty\n" in told
    assert told.count("error: a.mp4") == 1 and "masks: 100%" not in told
    assert "Error in rule killed: log logs/killed.log\ndied with <Signals.SIGKILL: 9>.\n" in told
    assert f"Error in rule again: log logs/again.log\n{TRACEBACK}" in told
    assert "\nagain is tried again\n" in told
    assert told.count("MissingOutputException") == 1 and "\nabsent\n" not in told
    assert "noise" not in told
    end = re.search(r"^7 of 11 jobs done in \d+ s\.\n3 failed:\n((?:    .*\n){3})", told, re.M)
    rows = {"told  logs/told.log", "killed  logs/killed.log", "absent"}
    assert {row.strip() for row in end[1].splitlines()} == rows
    assert len(told.splitlines()) < 40


def test_the_rest_is_in_files_that_are_named(failed):
    folder, told = failed
    log = (folder / re.search(r"^Snakemake's log: (\S+)$", told, re.M)[1]).read_text()
    assert log.count("Finished jobid") == 7 and "masks: 100%" in log
    (jobs,) = (folder / ".snakemake/log").glob("*.jobs.log")
    assert jobs.read_text().count("noise\n") == 12


def test_a_terminal_gets_one_screen_and_is_given_back(folder):
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command("--logger", "understudy"),
        cwd=folder,
        env={**environment(), "TERM": "xterm"},
        stdout=theirs,
        stderr=theirs,
    ) as run:
        os.close(theirs)
        text = ""
        while True:
            try:
                text += os.read(ours, 65536).decode(errors="replace")
            except OSError:  # the other side is closed
                break
    assert run.returncode == 1
    assert " of 6" in text and "  now  " in text and "noise" not in text
    assert "\x1b[?25l" in text and text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.replace("\r\n", "\n"))
    assert "Error in rule told: log logs/told.log\nerror: a.mp4: is empty\n" in plain


@pytest.mark.parametrize("asked", [["-n"], ["-n", "--quiet", "rules"], ["--rulegraph"]])
def test_what_would_run_is_told_as_snakemake_tells_it(folder, asked):
    def said(run: subprocess.CompletedProcess[str]) -> list[str]:
        changing = r" +(Date|Workflow ID|Command|reason): |\[|\s*$"
        return sorted(row for row in run.stdout.splitlines() if not re.match(changing, row))

    own, ours = snakemake(folder, *asked), snakemake(folder, "--logger", "understudy", *asked)
    assert said(ours) == said(own) != []
    assert not list((folder / ".snakemake").glob("log/*.jobs.log"))


def test_nothing_to_do_is_said(folder):
    assert snakemake(folder, "--", "good/1").returncode == 0
    assert (
        "Nothing to be done" in snakemake(folder, "--logger", "understudy", "--", "good/1").stderr
    )


def record(event: LogEvent | None, now: float, text: str = "", **told) -> logging.LogRecord:
    made = logging.LogRecord("snakemake", logging.INFO, "", 0, text, None, None)
    made.__dict__.update(told, created=now)
    if event:
        made.event = event
    return made


def job_info(id_: int, rule: str, now: float) -> logging.LogRecord:
    told = {"jobid": id_, "rule_name": rule, "log": [f"logs/{rule}.log"], "benchmark": None}
    return record(LogEvent.JOB_INFO, now, wildcards={"id": f"n{id_}"}, **told)


def test_days_of_many_jobs_are_few_lines():
    """24,000 jobs in three days."""
    stream = StringIO()
    calm = Calm(Lines(stream))
    calm.take(record(LogEvent.RUN_INFO, 0, stats={"composite": 24_000, "total": 24_000}))
    for number in range(24_000):
        began = 1.0 + number * 10.8
        calm.take(job_info(number, "composite", began))
        calm.take(record(LogEvent.JOB_FINISHED, began + 10, job_id=number))
    calm.close()
    lines = stream.getvalue().splitlines()
    assert 100 < len(lines) < 500
    assert max(map(len, lines)) <= WIDTH
    assert re.match(
        r"\d\d:\d\d:\d\d  56 of 24,000 jobs, about 71 h \d+ min left; now composite n\d+$", lines[1]
    )


def test_lines_are_no_longer_than_a_screen_is_wide():
    stream = StringIO()
    lines = Lines(stream)
    stages = {f"a_rule_with_a_long_name_{i}": Stage(3) for i in range(20)}
    run = Run(0.0, stages)
    for number, rule in enumerate(stages):
        run.begin(number, Job(rule, "x" * 30, "", 0.0))
    lines.update(run, 0.0)
    run.finish(0, 700.0)
    lines.update(run, 700.0)
    assert len(stream.getvalue().rstrip("\n")) == WIDTH


def test_what_waits_in_a_clusters_queue_is_told_apart():
    stream = StringIO()
    calm = Calm(Lines(stream))
    calm.take(record(LogEvent.RUN_INFO, 0.0, stats={"fit": 3, "train": 2, "total": 5}))
    for number, rule, local in [(1, "fit", True), (2, "train", False), (3, "train", False)]:
        told = job_info(number, rule, 1.0)
        told.local = local
        calm.take(told)
    calm.take(job_info(4, "fit", 1.0))
    calm.take(record(LogEvent.JOB_FINISHED, 20.0, job_id=4))
    told = stream.getvalue().splitlines()[-1]
    assert told.endswith("; now fit n1; submitted 2 × train")


def test_a_retrys_log_is_read_before_it_is_deleted(tmp_path):
    """Snakemake deletes it at once; a plugin's thread comes later."""
    log = tmp_path / "job.log"
    log.write_text("fit:  40% 4/10 [00:01<00:02]" + TRACEBACK)
    failed = record(
        LogEvent.JOB_ERROR, 1.0, log=[str(log)], rule_msg=None, jobid=1, rule_name="fit"
    )
    assert keep_logs(failed)
    log.unlink()
    stream = StringIO()
    Calm(Lines(stream)).take(failed)
    assert stream.getvalue().endswith(f"\n{TRACEBACK}")


def test_without_an_error_in_the_log_its_end_is_shown_with_what_the_cluster_says(tmp_path):
    log = tmp_path / "job.log"
    log.write_text("\n".join(f"step {i}" for i in range(50)))
    told = {"rule_msg": "SLURM-job '7' failed, SLURM status is: 'TIMEOUT'", "log": [str(log)]}
    failed = record(LogEvent.JOB_ERROR, 1.0, jobid=1, rule_name="fit", **told)
    keep_logs(failed)
    stream = StringIO()
    Calm(Lines(stream)).take(failed)
    lines = stream.getvalue().splitlines()
    assert lines[1] == told["rule_msg"] and lines[2:] == [f"step {i}" for i in range(30, 50)]


def test_a_clusters_warning_is_told_once():
    stream = StringIO()
    calm = Calm(Lines(stream))
    for number in range(3):
        warning = record(None, float(number), "No account given, trying to guess.")
        warning.levelno = logging.WARNING
        calm.take(warning)
    assert stream.getvalue() == "No account given, trying to guess.\n"


def test_what_the_user_stops_is_no_error(tmp_path):
    """Ctrl-C ends the jobs, too."""
    stream = StringIO()
    calm = Calm(Lines(stream))
    calm.take(record(LogEvent.RUN_INFO, 0.0, stats={"fit": 2, "total": 2}))
    calm.take(job_info(1, "fit", 1.0))
    calm.take(
        record(None, 2.0, "Terminating processes on user request, this might take some time.")
    )
    ended = {"rule_msg": None, "rule_name": "fit", "log": [], "told": "", "end": ""}
    calm.take(record(LogEvent.JOB_ERROR, 3.0, jobid=1, **ended))
    calm.close()
    assert "Error in rule" not in stream.getvalue()
    assert "0 of 2 jobs done in 3 s.\n" in stream.getvalue()


def run_with(rules: int, running: int) -> Run:
    run = Run(0.0, {f"rule_{i}": Stage(4) for i in range(rules)})
    for number in range(running):
        run.begin(number, Job(f"rule_{number % rules}", f"n{number}", "", 5.0))
    return run


@pytest.mark.parametrize("height", [15, 24, 60])
@pytest.mark.parametrize("running", [0, 1, 40])
@pytest.mark.parametrize("rules", [1, 9, 40])
def test_the_picture_fits_the_terminal(rules, running, height):
    run = run_with(rules, running)
    run.stages["rule_0"].done = 4
    console = Console(width=80, height=height, file=StringIO(), force_terminal=True)
    shown = console.render_lines(picture(run, 10.0, height))
    if running < rules:  # if more rules are active than there are lines, the terminal cuts them
        assert len(shown) < height
    text = "\n".join("".join(part.text for part in line) for line in shown)
    assert f"of {4 * rules} jobs" in text


def test_rules_that_are_done_share_a_line_where_there_is_little_room():
    run = run_with(30, 0)
    for i in range(10):
        run.stages[f"rule_{i}"].done = 4
    run.begin(1, Job("rule_10", "anna", "", 5.0))
    console = Console(width=80, file=StringIO(), record=True, force_terminal=True)
    console.print(picture(run, 10.0, 24))
    rows = [row.rstrip() for row in console.export_text().splitlines()]
    assert re.fullmatch(r"  10 rules done +━+ +40 of 40", rows[2])
    assert re.fullmatch(r"  rule_10 +━+ +0 of 4", rows[3])
    assert re.fullmatch(r"  19 rules to come +━+ +0 of 76", rows[4])
    assert re.fullmatch(r"  now +rule_10 anna +5 s", rows[6])


def test_time_left_is_the_work_that_is_left_at_the_pace_so_far():
    run = Run(0.0, {"fit": Stage(10), "train": Stage(1)})
    for number in range(4):  # two at once, 10 s each
        run.begin(number, Job("fit", "", "", 10.0 * (number // 2)))
        run.finish(number, 10.0 * (number // 2) + 10)
    assert run.seconds_left(20.0) == (35.0, False)  # 60 s of fit, 10 s of what was never measured
    assert words.left(run, 20.0) == "roughly 40 s left"
    run.stages["train"].earlier = 100.0
    assert run.seconds_left(20.0) == (80.0, True)


def test_earlier_runs_tell_how_long_a_rule_takes(tmp_path):
    folder = tmp_path / "benchmarks/train"
    folder.mkdir(parents=True)
    (folder / "anna.tsv").write_text("s\th:m:s\n90.5\t0:01:30\n")
    (folder / "damaged.tsv").write_text("s\n")
    run = Run(0.0, {"fit": Stage(1), "train": Stage(1)})
    run.begin(1, Job("fit", "anna", "", 0.0), str(tmp_path / "benchmarks/fit/anna.tsv"))
    assert run.stages["train"].earlier == 90.5 and run.stages["fit"].earlier is None


def test_streams_of_others_are_left_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = sys.stderr
    aside = Aside()
    assert aside.terminal is before
    aside.close()
    assert sys.stderr is before and not aside.path.exists()
